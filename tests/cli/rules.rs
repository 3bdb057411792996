//! What flags addresses, and what is told of them.

use crate::{Folder, TUTORIAL};

/// The addresses of a role's anomalies, each with its rules.
fn flagged(folder: &Folder, output: &str, role: &str) -> Vec<(String, String)> {
    let rows = folder.rows(&format!("{output}/{role}/anomalies.csv"));
    rows.into_iter().map(|row| (row[0].clone(), row[7].clone())).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|&(a, b)| (a.to_owned(), b.to_owned())).collect()
}

#[test]
fn each_flag_has_its_rules_and_a_reason() {
    let folder = Folder::new();
    let printed = folder.stdout(&[TUTORIAL, "--role", "src", "-k", "3"]);
    let first = "\nSources: 2 findings\n\n  isolated           172.19.2.66: nothing else here begins with 172 ";
    assert!(printed.contains(first), "{printed}");
    let found = flagged(&folder, "octomix-out", "src");
    assert_eq!(
        found[..2],
        pairs(&[
            ("0.0.0.0", "low-density+reserved+isolated"),
            ("172.19.2.66", "low-density+isolated")
        ])
    );
    assert!(found[2..].iter().all(|(_, rule)| rule == "low-density"));
    let rows = folder.rows("octomix-out/src/anomalies.csv");
    assert_eq!(
        rows[1][8],
        "172.19.2.66: nothing else here begins with 172 (14.5 of 38.5 bits); nearest cluster 1 is \
         130 sd away; seen from 2012-03-16T18:02:05Z to 2012-03-16T18:07:02Z; 15 records."
    );
    assert_eq!(rows[1][9..15], ["38.4527", "14.4527", "8", "8", "8", "true"]);
    assert!(rows[2..].iter().all(|row| row[14] == "false"));
    let rules = &folder.json("octomix-out/summary.json")["src"]["rules"];
    assert_eq!(
        *rules,
        serde_json::json!([
            { "rule": "low-density", "flagged": 8 },
            { "rule": "reserved", "flagged": 1, "addresses": ["0.0.0.0"], "kinds": { "unspecified": 1 } },
            { "rule": "isolated", "flagged": 2, "addresses": ["0.0.0.0", "172.19.2.66"], "diffuse": false },
            { "rule": "gap", "flagged": 0 },
            { "rule": "sweep", "flagged": 0 },
            { "rule": "port-scan", "flagged": 0 },
        ])
    );
}

#[test]
fn rules_are_chosen() {
    let folder = Folder::new();
    let run =
        |rules: &str| folder.stdout(&[TUTORIAL, "-k", "3", "--role", "src", "--rules", rules]);
    let printed = run("isolated");
    let expected = [("0.0.0.0", "isolated"), ("172.19.2.66", "isolated")];
    assert_eq!(flagged(&folder, "octomix-out", "src"), pairs(&expected));
    assert!(printed.contains("\nSources: 2 findings\n"), "{printed}");
    assert!(
        printed.contains("\n  isolated    2: 0.0.0.0, 172.19.2.66\n")
            && !printed.contains("  low-density"),
        "{printed}"
    );
    let flags = folder.rows("octomix-out/src/addresses.csv");
    assert_eq!(flags.iter().filter(|row| row[4] == "true").count(), 2);
    run("gap");
    assert_eq!(flagged(&folder, "octomix-out", "src"), []);
    run("reserved,low-density");
    assert_eq!(flagged(&folder, "octomix-out", "src").len(), 8);
}

/// Two dense subnets; in one a host apart, and an address of elsewhere.
fn network() -> String {
    let hosts = (0..160).map(|i| format!("10.1.{}.{}\n", i % 2, 10 + i / 2));
    hosts.chain(["10.1.1.200\n".to_owned(), "77.3.2.1\n".to_owned()]).collect()
}

#[test]
fn what_the_density_does_not_tell_other_rules_do() {
    let folder = Folder::new();
    folder.write("network.txt", network());
    folder.stdout(&["network.txt", "--rules", "isolated,gap,reserved", "-k", "2"]);
    let mut found = flagged(&folder, "octomix-out", "src");
    found.sort();
    assert_eq!(found, pairs(&[("10.1.1.200", "gap"), ("77.3.2.1", "isolated")]));
    let rows = folder.rows("octomix-out/src/anomalies.csv");
    let gap = rows.iter().find(|row| row[7] == "gap").unwrap();
    assert!(
        gap[8].contains("51.9 neighbours expected in 10.1.1.90-10.1.1.255, none seen"),
        "{gap:?}"
    );
}

#[test]
fn a_threshold_can_be_a_density() {
    let folder = Folder::new();
    let run = |threshold: &str, output: &str| {
        let options = ["-k", "3", "--role", "src", "--threshold", threshold, "-o", output];
        folder.stdout(&[&[TUTORIAL], &options[..]].concat())
    };
    let printed = run("density:-20", "low");
    assert!(printed.contains("\n  low-density 2: log-density below -20.000\n"), "{printed}");
    let threshold = &folder.json("low/src/model.json")["threshold"];
    assert_eq!(
        (&threshold["rule"], &threshold["log_density"]),
        (&"density".into(), &(-20.0).into())
    );
    folder.octomix(&["score", TUTORIAL, "--model", "low", "-o", "again"]).assert().success();
    let again = folder.read_without_new("again/src/anomalies.csv");
    assert_eq!(again, folder.read("low/src/anomalies.csv"));
}

#[test]
fn a_threshold_can_be_a_rate_of_false_discoveries() {
    let folder = Folder::new();
    let grid =
        (0..1024).fold(String::new(), |list, i| list + &format!("10.0.{}.{}\n", i / 256, i % 256));
    folder.write("grid.txt", &grid);
    let run = |output: &str, threads: &str| {
        let mut run =
            folder.detect(&["grid.txt", "-k", "2", "--threshold", "fdr:0.05", "-o", output]);
        let done = run.env("RAYON_NUM_THREADS", threads).assert().success();
        String::from_utf8(done.get_output().stdout.clone()).unwrap()
    };
    let printed = run("one", "1");
    let told = "\n  low-density 0: at a false discovery rate of 0.05, log-density below ";
    assert!(printed.contains(told) && printed.contains("Sources: nothing found\n"), "{printed}");
    run("two", "2");
    assert_eq!(folder.read("one/src/model.json"), folder.read("two/src/model.json"));
    let threshold = &folder.json("one/src/model.json")["threshold"];
    assert_eq!((&threshold["rule"], &threshold["fdr"]), (&"fdr".into(), &0.05.into()));

    // The density that it came to goes for another day as well.
    folder.write("day.txt", grid + "10.9.0.1\n");
    let score = ["score", "day.txt", "--model", "one", "-o", "day", "--rules", "low-density"];
    folder.octomix(&score).assert().success();
    assert_eq!(flagged(&folder, "day", "src"), pairs(&[("10.9.0.1", "low-density")]));
}

#[test]
fn a_day_is_scored_by_its_own_structure() {
    let folder = Folder::new();
    folder.write("network.txt", network().replace("77.3.2.1\n", ""));
    folder.octomix(&["fit", "network.txt", "-k", "2"]).assert().success();
    folder.write("day.txt", network());
    let score = ["score", "day.txt", "--model", "octomix-out", "-o", "day", "--rules", "isolated"];
    folder.octomix(&score).assert().success();
    assert_eq!(flagged(&folder, "day", "src"), pairs(&[("77.3.2.1", "isolated")]));
}
