//! Conditions, lists of blocks, one set of both sides, times.

use predicates::str::contains;

use super::Folder;

/// Twelve flows of private clients to public servers, one of them in the evening.
fn flows() -> String {
    let mut text = "frame.time_epoch,ip.src,ip.dst,ip.proto,udp.dstport\n".to_owned();
    for i in 1..=12 {
        let hour = if i == 12 { 20 } else { 8 };
        text +=
            &format!("2026-01-01T{hour:02}:00:{i:02}Z,10.0.0.{i},198.51.100.{i},17,{}\n", 50 + i);
    }
    text
}

#[test]
fn one_set_of_both_sides_has_its_own_folder() {
    let folder = Folder::new();
    folder.write("flows.csv", flows());
    folder
        .octomix(&["detect", "--role", "any", "-k", "2", "--times", "flows.csv"])
        .assert()
        .success()
        .stdout(contains("Addresses: 24 addresses"));
    let table = folder.read("octomix-out/any/addresses.csv");
    let mut lines = table.lines();
    assert_eq!(
        lines.next(),
        Some(
            "address,records,cluster,log_density,anomaly,pc1,pc2,finding,surprise,bytes,peers,services,\
             unanswered,first_seen,last_seen"
        )
    );
    let first = lines.next().unwrap();
    assert!(first.starts_with("10.0.0.1,1,"), "{first}");
    assert!(first.ends_with(",2026-01-01T08:00:01Z,2026-01-01T08:00:01Z"), "{first}");
    assert!(!folder.path("octomix-out/src").exists());
    assert!(folder.path("octomix-out/any/model.json").exists());
    let summary = folder.json("octomix-out/summary.json");
    assert_eq!(summary["any"]["addresses"], 24);
    assert!(summary["src"].is_null() && summary["skipped_roles"].as_array().unwrap().is_empty());

    // The model is of both sides, and so is what it scores.
    folder
        .octomix(&["score", "--model", "octomix-out", "-o", "scored", "flows.csv"])
        .assert()
        .success();
    assert_eq!(folder.read("scored/any/addresses.csv").lines().count(), 25);
}

#[test]
fn what_filters_drop_is_counted() {
    let folder = Folder::new();
    folder.write("flows.csv", flows());
    folder.write("good.txt", "# ours\n10.0.0.1-10.0.0.3\n");
    folder
        .octomix(&[
            "fit", "-k", "2", "--where", "time<2026-01-01T12:00 and udp and port<61", "flows.csv",
        ])
        .assert()
        .code(2)
        .stderr(contains("expected proto, port, sport, dport, time, src, dst, ip, private or public at character 27, found 'udp'"));
    folder
        .octomix(&[
            "fit",
            "-k",
            "2",
            "--where",
            "time<2026-01-01T12:00 and proto=udp and dport<61",
            "--exclude",
            "good.txt",
            "flows.csv",
        ])
        .assert()
        .success()
        .stdout(contains("7 of 12 source cells used; 5 filtered out"));
    let cells = &folder.json("octomix-out/summary.json")["input"]["cells"];
    assert_eq!((&cells["src"]["ipv4"], &cells["src"]["filtered"]), (&7.into(), &5.into()));
    assert_eq!((&cells["dst"]["ipv4"], &cells["dst"]["filtered"]), (&10.into(), &2.into()));
}

#[test]
fn lists_of_blocks_are_written_as_the_options_say() {
    let folder = Folder::new();
    folder.write("flows.csv", "src\n10.0.0.1\n10.0.0.2\n");
    folder.write("padded.txt", "010.000.000.001\n");
    folder.write("integers.txt", "167772161\n");
    for (list, option) in [("padded.txt", "--zero-padded"), ("integers.txt", "--integers")] {
        let arguments = ["extract", "flows.csv", "--only", list, "-o", "out"];
        folder.octomix(&arguments).assert().code(2);
        folder
            .octomix(&[&arguments[..], &[option]].concat())
            .assert()
            .success()
            .stdout(contains("1 filtered out"));
    }
}

#[test]
fn a_wrong_list_of_blocks_is_told_with_its_line() {
    let folder = Folder::new();
    folder.write("flows.csv", flows());
    folder.write("blocks.txt", "10.0.0.0/8\n10.0.0/8\n");
    folder
        .octomix(&["fit", "--only", "blocks.txt", "flows.csv"])
        .assert()
        .code(2)
        .stderr(contains("line 2: '10.0.0/8'; write one a line"));
    folder
        .octomix(&["fit", "--only", "nowhere.txt", "flows.csv"])
        .assert()
        .code(2)
        .stderr(contains("cannot read 'nowhere.txt'"));
    folder
        .octomix(&["fit", "--where", "sport=1", "flows.csv"])
        .assert()
        .code(1)
        .stderr(contains("drop all 24, 24 of them because their records do not say what is asked"));
}
