//! What addresses do: its columns, the rules that look at it, and one day against another.

use std::fs;

use crate::Folder;

/// A table of flows, each with its time in seconds, both addresses, protocol, both ports, and the packets and bytes
/// of both ways.
fn table(flows: impl IntoIterator<Item = Flow>) -> String {
    let header = "ts,src,dst,proto,sport,dport,orig_pkts,resp_pkts,orig_bytes,resp_bytes\n";
    flows.into_iter().fold(header.to_owned(), |text, (time, src, dst, port, [out, back])| {
        let (from, bytes) = (40_000 + time % 20_000, 60 * out);
        let second = 1_700_000_000 + time;
        text + &format!(
            "{second},{src},{dst},tcp,{from},{port},{out},{back},{bytes},{}\n",
            60 * back
        )
    })
}

/// Its time, its addresses, the port asked for, and the packets out and back.
type Flow = (u32, String, String, u16, [u32; 2]);

/// A clean office: forty clients that ask four servers again and again, and are answered.
fn office() -> impl Iterator<Item = Flow> {
    (0..40u32).flat_map(|client| {
        (0..32u32).map(move |i| {
            let (src, dst) = (format!("10.1.1.{}", 50 + client), format!("10.1.1.{}", 10 + i % 4));
            (client + 60 * i, src, dst, [443, 445, 53, 389][i as usize % 4], [12, 10])
        })
    })
}

fn sweep() -> impl Iterator<Item = Flow> {
    (1..200u32)
        .map(|host| (host / 5, "10.1.1.60".to_owned(), format!("10.20.30.{host}"), 445, [1, 0]))
}

fn port_scan() -> impl Iterator<Item = Flow> {
    (1..121u32).map(|i| {
        (
            i,
            "10.1.1.61".to_owned(),
            "10.1.1.10".to_owned(),
            7 * i as u16,
            [1, u32::from(i % 40 == 0)],
        )
    })
}

/// A host that calls the same address of elsewhere every minute.
fn beacon() -> impl Iterator<Item = Flow> {
    (0..100u32).map(|i| (60 * i, "10.1.1.62".to_owned(), "198.41.7.9".to_owned(), 443, [3, 3]))
}

fn findings(folder: &Folder, output: &str, role: &str) -> Vec<(String, String)> {
    let summary = folder.json(&format!("{output}/summary.json"));
    let found = summary[role]["findings"].as_array().unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    found.iter().map(|one| (text(&one["rule"]), text(&one["reason"]))).collect()
}

#[test]
fn a_clean_capture_has_no_findings() {
    let folder = Folder::new();
    folder.write("day.csv", table(office()));
    let printed = folder.stdout(&["day.csv", "-o", "day"]);
    assert!(
        printed.contains("\nSources: nothing found\n\nDestinations: nothing found\n"),
        "{printed}"
    );
    assert!(folder.read("day/report.html").contains("Nothing was found."));
}

#[test]
fn a_sweep_and_a_port_scan_are_told_first_with_what_they_touched() {
    let folder = Folder::new();
    folder.write("day.csv", table(office().chain(sweep()).chain(port_scan()).chain(beacon())));
    let printed = folder.stdout(&["day.csv", "-o", "day"]);
    let found = findings(&folder, "day", "src");
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].0.contains("sweep") && found[1].0.contains("port-scan"), "{found:?}");
    let swept = "10.1.1.60: contacted 199 of the 199 addresses of 10.20.30.1-10.20.30.199, one record each, \
                 all tcp/445, none answered, in 39.0 s from 2023-11-14T22:13:20Z; ";
    assert!(found[0].1.starts_with(swept), "{found:?}");
    let scanned = "10.1.1.61: asked 10.1.1.10 for 121 services, tcp/7 to tcp/840; ";
    assert!(found[1].1.starts_with(scanned), "{found:?}");
    assert!(printed.find("contacted 199").unwrap() < printed.find("Most remote").unwrap());
    let verdict = "3 worth a look: 10.1.1.60 (swept a /24), 10.1.1.61 (scanned 10.1.1.10), 198.41.7.9 (stands apart)\n";
    assert!(printed.starts_with(verdict), "{printed}");
    // The beacon is no finding of a single day, but heads a counter.
    let told = "  to one alone    10.1.1.62 100";
    assert!(printed.contains(told), "{printed}");
    let page = folder.read("day/report.html");
    assert_eq!(page.matches("<svg class=\"strip\"").count(), 2);
    let rows = folder.read("day/src/addresses.csv");
    let row = rows.lines().find(|row| row.starts_with("10.1.1.60,")).unwrap();
    let last = "231,54180,203,4,199,2023-11-14T22:13:20Z,2023-11-14T22:44:30Z";
    assert!(row.ends_with(last), "{row}");
}

/// Twenty clients that ask a resolver and ping a gateway, a row for each direction.
fn both_directions(write: impl Fn(&str, &str, &str, [u16; 2]) -> String) -> String {
    let of_client = |client: u16| {
        let (own, port) = (format!("10.1.0.{}", 20 + client), 50_000 + client);
        write(&own, "10.1.0.5", "udp", [port, 53])
            + &write("10.1.0.5", &own, "udp", [53, port])
            + &write(&own, "10.1.0.1", "icmp", [8, 0])
            + &write("10.1.0.1", &own, "icmp", [0, 0])
    };
    (0..20).map(of_client).collect()
}

#[test]
fn who_answers_sweeps_nobody() {
    let folder = Folder::new();
    let without = both_directions(|src, dst, _, _| format!("{src},{dst}\n"));
    folder.write("without.csv", format!("src,dst\n{without}"));
    let flow = |src: &str, dst: &str, proto: &str, [from, to]: [u16; 2]| {
        format!("{src},{dst},{proto},{from},{to}\n")
    };
    let with = format!("src,dst,proto,sport,dport\n{}", both_directions(flow));
    folder.write("with.csv", &with);
    for file in ["without.csv", "with.csv"] {
        let printed = folder.stdout(&[file, "-o", "day"]);
        assert!(printed.contains("\nSources: nothing found\n"), "{file}: {printed}");
    }
    // A scan from the port of a server is none the less a scan, and one of many tries as well.
    let scan = |from: u16, tries: usize| -> String {
        let host = |host: u8| flow("10.1.0.25", &format!("10.9.9.{host}"), "tcp", [from, 3389]);
        (1..60).map(|at| host(at).repeat(tries)).collect()
    };
    for (from, tries) in [(53, 1), (40_000, 9)] {
        folder.write("scan.csv", with.clone() + &scan(from, tries));
        folder.stdout(&["scan.csv", "-o", "day"]);
        let found = findings(&folder, "day", "src");
        assert!(found.len() == 1 && found[0].0.contains("sweep"), "{from}, {tries}: {found:?}");
        let told = "10.1.0.25: contacted 59 of the 59 addresses of 10.9.9.1-10.9.9.59, ";
        assert!(found[0].1.starts_with(told), "{found:?}");
    }
}

#[test]
fn what_records_do_not_say_is_empty_and_told_once() {
    let folder = Folder::new();
    folder.write("pairs.csv", "src,dst\n10.0.0.1,10.0.0.2\n10.0.0.1,10.0.0.3\n10.0.0.4,10.0.0.2\n");
    let printed = folder.stdout(&["pairs.csv", "-o", "pairs"]);
    assert_eq!(printed.matches("not applied: no record has ports").count(), 1, "{printed}");
    let rows = folder.read("pairs/src/addresses.csv");
    assert!(rows.lines().nth(1).unwrap().ends_with(",,2,,,,"), "{rows}");
    folder.write("list.txt", "10.0.0.1\n10.0.0.2\n");
    folder.stdout(&["list.txt", "-o", "list"]);
    let rows = folder.read("list/src/addresses.csv");
    assert!(rows.lines().nth(1).unwrap().ends_with(",,,,,,"), "{rows}");
    folder.stdout(&["pairs.csv", "-o", "off", "--behaviour", "off"]);
    let header = "address,records,cluster,log_density,anomaly,pc1,pc2,finding,surprise";
    assert_eq!(folder.read("off/src/addresses.csv").lines().next(), Some(header));
    assert!(!folder.path("off/seen.behaviour").exists());
}

#[test]
fn a_busy_destination_that_is_new_is_a_finding_of_the_next_day() {
    let folder = Folder::new();
    folder.write("monday.csv", table(office()));
    folder.write("tuesday.csv", table(office().chain(beacon())));
    folder.octomix(&["fit", "monday.csv", "-o", "monday"]).assert().success();
    let score = ["score", "tuesday.csv", "--model", "monday", "-o", "tuesday", "--pairs"];
    folder.octomix(&score).assert().success();
    let found = findings(&folder, "tuesday", "dst");
    let (rule, reason) = &found[0];
    assert!(
        rule.contains("new-busy")
            && reason.starts_with("198.41.7.9: not seen on the day of the model; ")
    );
    assert!(reason.ends_with("100 records from 1 address: 10.1.1.62; 600 packets."), "{reason}");
    let pairs = folder.read("tuesday/pairs.csv");
    assert!(pairs.contains("\n10.1.1.62,198.41.7.9,7+,tcp/443,true,lone-destination,"), "{pairs}");
    let growth = &folder.json("tuesday/summary.json")["src"]["highest"];
    let growth = growth.as_array().unwrap().iter().find(|one| one["counter"] == "growth");
    assert!(growth.is_none(), "32 records and 100 more are not four times as many: {growth:?}");
    // Without what addresses did, the seen ones are still known.
    fs::remove_file(folder.path("monday/seen.behaviour")).unwrap();
    folder.octomix(&score).assert().success();
    assert!(findings(&folder, "tuesday", "dst")[0].0.contains("new-busy"));
    folder.write("monday/seen.behaviour", "octomix behaviour 2\nX");
    let told = "'monday/seen.behaviour' is not the file that octomix wrote: expected ";
    folder.octomix(&score).assert().code(1).stderr(predicates::str::contains(told));
    fs::remove_file(folder.path("monday/manifest.json")).unwrap();
    let told = "is damaged: a row is of no known kind; fit the model again";
    folder.octomix(&score).assert().code(1).stderr(predicates::str::contains(told));
}

#[test]
fn shards_keep_what_addresses_did_and_unite_exactly() {
    let folder = Folder::new();
    let flows: Vec<Flow> = office().chain(sweep()).chain(port_scan()).collect();
    folder.write("all.csv", table(flows.clone()));
    for (at, part) in flows.chunks(500).enumerate() {
        folder.write(&format!("part{at}.csv"), table(part.to_vec()));
        let (from, to) = (format!("part{at}.csv"), format!("shards/{at}"));
        folder.octomix(&["extract", &from, "-o", &to]).assert().success();
    }
    folder.octomix(&["merge", "shards", "-o", "united"]).assert().success();
    folder.octomix(&["extract", "all.csv", "-o", "whole"]).assert().success();
    for file in ["src.csv", "dst.csv", "behaviour.bin"] {
        let read = |of: &str| fs::read(folder.path(&format!("{of}/{file}"))).unwrap();
        assert!(read("united") == read("whole"), "{file}");
    }
    folder.stdout(&["--recursive", "united", "-o", "day"]);
    let found = findings(&folder, "day", "src");
    assert!(found[0].0.contains("sweep") && found[1].0.contains("port-scan"), "{found:?}");

    // A file that is named and cut off is read up to there, and told.
    let bytes = fs::read(folder.path("whole/behaviour.bin")).unwrap();
    folder.write("whole/behaviour.bin", &bytes[..bytes.len() / 2]);
    let told = "its end is missing";
    let merge = ["merge", "whole/src.csv", "whole/dst.csv", "whole/behaviour.bin", "-o", "cut"];
    folder.octomix(&merge).assert().code(3).stderr(predicates::str::contains(told));
}

#[test]
fn peers_can_be_counted_approximately() {
    let folder = Folder::new();
    folder.write("day.csv", table(office().chain(sweep())));
    let printed = folder.stdout(&["day.csv", "-o", "day", "--behaviour", "approximate"]);
    assert!(printed.contains("approximately"), "{printed}");
    let rows = folder.read("day/src/addresses.csv");
    let row = rows.lines().find(|row| row.starts_with("10.1.1.60,")).unwrap();
    let fields: Vec<&str> = row.split(',').collect();
    let peers: f64 = fields[11].parse().unwrap();
    assert!((peers / 203.0 - 1.0).abs() < 0.4 && fields[13].is_empty(), "{row}");
    let again = folder.stdout(&["day.csv", "-o", "again", "--behaviour", "approximate"]);
    assert!(again.contains("approximately"));
    assert_eq!(folder.read("again/src/addresses.csv"), rows);
}
