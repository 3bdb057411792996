//! What is counted is called what it is, everywhere; and times that cannot be read are told.

use super::Folder;

/// Flows with and without their packets, of sixteen hosts in two subnets and one elsewhere.
fn flows(packets: Option<u64>) -> String {
    let header =
        if packets.is_some() { "srcaddr,dstaddr,packets,bytes" } else { "srcaddr,dstaddr" };
    let more = packets.map(|packets| format!(",{packets},100")).unwrap_or_default();
    let row = |i: u8| format!("10.0.{}.{i},192.0.2.1{more}\n", i % 2);
    (1..=16).map(row).fold(format!("{header}\n"), |text, row| text + &row)
        + &format!("172.16.9.9,192.0.2.1{more}\n")
}

fn both(folder: &Folder, arguments: &[&str]) -> (String, String) {
    let done = folder.octomix(arguments).assert().success();
    let [out, err] = [&done.get_output().stdout, &done.get_output().stderr]
        .map(|text| String::from_utf8(text.clone()).unwrap());
    (out, err)
}

#[test]
fn records_of_no_packets_are_told() {
    let folder = Folder::new();
    folder.write("z.csv", "address,packets\n10.0.0.1,0\n10.0.0.2,3\n,0\n");
    let (told, _) = both(&folder, &["extract", "z.csv", "--role", "src"]);
    assert!(told.contains("\n  1 record says 0 packets, and counts as one\n"), "{told}");
    assert!(told.contains("Sources: 2 addresses, 4 packets\n"), "{told}");
    assert_eq!(folder.json("octomix-out/summary.json")["input"]["without_packets"], 1);
}

#[test]
fn counts_are_packets_or_records_everywhere() {
    let folder = Folder::new();
    folder.write("said.csv", flows(Some(7)));
    folder.write("unsaid.csv", flows(None));
    for (file, unit, other, count) in
        [("said.csv", "packets", "record", 119), ("unsaid.csv", "records", "packet", 17)]
    {
        let (told, _) = both(
            &folder,
            &["detect", file, "-k", "2", "--role", "src", "-o", file.trim_end_matches(".csv")],
        );
        let output = file.trim_end_matches(".csv");
        // Records are a counter as well, but not what clusters are told by.
        let tables = &told[told.find("commonest octets").unwrap_or(0)..];
        assert!(told.contains(&format!("size  {unit}")) && !tables.contains(other), "{told}");
        let summary = folder.json(&format!("{output}/summary.json"));
        assert_eq!(summary["src"]["unit"], unit);
        assert_eq!(summary["src"]["packets"], count);
        for table in ["addresses.csv", "anomalies.csv"] {
            let text = folder.read(&format!("{output}/src/{table}"));
            assert!(text.starts_with(&format!("address,{unit},cluster,")), "{text}");
            assert!(!text.contains(&format!("{other} ")), "{text}");
        }
        let page = folder.read(&format!("{output}/report.html"));
        assert!(page.contains(&format!("<dt>{unit}</dt>")), "{file}");
    }
}

#[test]
fn what_records_say_of_their_traffic_is_told() {
    let folder = Folder::new();
    folder.write("said.csv", flows(Some(7)));
    let (told, _) = both(&folder, &["extract", "said.csv"]);
    assert!(told.contains("17 rows (119 packets, 1.70 kB of traffic), "), "{told}");
    let summary = folder.json("octomix-out/summary.json");
    for read in [&summary["input"], &summary["input"]["files"][0]] {
        assert_eq!((&read["packets"], &read["traffic_bytes"]), (&119.into(), &1700.into()));
    }
    folder.write("unsaid.csv", flows(None));
    both(&folder, &["extract", "unsaid.csv"]);
    let summary = folder.json("octomix-out/summary.json");
    assert!(summary["input"].get("packets").is_none(), "{summary}");
}

#[test]
fn records_weighed_as_packets_are_told_once() {
    let folder = Folder::new();
    let weigh = |file: &str| both(&folder, &["detect", file, "-k", "1", "--weight", "packets"]).1;
    folder.write("said.csv", flows(Some(7)));
    folder.write("unsaid.csv", flows(None));
    assert_eq!(weigh("said.csv"), "");
    let told = "octomix: warning: no packet counts in the input: records are weighed\n";
    assert_eq!(weigh("unsaid.csv"), told);
}

#[test]
fn shards_keep_what_they_count_and_large_sums_are_told() {
    let folder = Folder::new();
    folder.write("said.csv", flows(Some(7)));
    folder.write("unsaid.csv", flows(None));
    for file in ["said", "unsaid"] {
        both(&folder, &["extract", &format!("{file}.csv"), "-o", file]);
    }
    let header = |name: &str| folder.read(name).lines().next().map(str::to_owned);
    let activity = "bytes,peers,services,unanswered,first_seen,last_seen";
    let expected = |counts: &str| format!("address,{counts},{activity}");
    assert_eq!(header("said/src.csv"), Some(expected("packets,records")));
    assert_eq!(header("unsaid/src.csv"), Some(expected("records")));
    let (told, _) = both(&folder, &["merge", "said", "unsaid", "-o", "mixed"]);
    assert!(told.contains("Sources: 17 addresses, 136 packets or records"), "{told}");
    let mixed = folder.read("mixed/src.csv");
    let header = expected("count,records");
    assert!(mixed.starts_with(&format!("{header}\n10.0.1.1,8,")), "{mixed}");
    both(&folder, &["merge", "mixed", "-o", "again"]);
    assert_eq!(folder.read("again/src.csv"), folder.read("mixed/src.csv"));

    let most = u64::MAX;
    folder.write("src.csv", format!("address,packets\n10.0.0.1,{most}\n10.0.0.1,1\n10.0.0.2,5\n"));
    let (_, told) = both(&folder, &["merge", "src.csv", "-o", "large"]);
    let sum = format!("the packets of the sources add up to more than {most}, at which they stay");
    assert!(told.contains(&sum) && told.lines().count() == 1, "{told}");
    assert_eq!(
        folder.read("large/src.csv"),
        format!("{}\n10.0.0.1,{most},,,,,,,\n10.0.0.2,5,,,,,,,\n", expected("packets,records"))
    );
    let weigh = ["detect", "large/src.csv", "-k", "1", "--weight", "packets"];
    let done = folder.octomix(&weigh).assert().code(1);
    let told = String::from_utf8(done.get_output().stderr.clone()).unwrap();
    assert!(told.contains("the packets of the sources cannot be their weights"), "{told}");
    both(&folder, &["detect", "large/src.csv", "-k", "1"]);
}

#[test]
fn a_time_that_may_be_two_is_refused_until_an_option_tells() {
    let folder = Folder::new();
    let row = |time: &str| format!("10.0.0.1,10.0.0.2,{time}\n");
    let times = ["05/07/2017 11:42:42 PM", "23/07/2017 8:55", "-"].map(row).concat();
    folder.write("flows.csv", format!("Src IP,Dst IP,Timestamp\n{times}"));
    let extract = ["extract", "flows.csv", "--times"];
    assert_eq!(
        both(&folder, &extract).1,
        "octomix: warning: flows.csv: times that cannot be read: 1; the first is '05/07/2017 \
         11:42:42 PM' on line 2, column 'Timestamp': say with --day-first or --month-first which \
         number is the day\n"
    );
    for (option, most) in [("--day-first", "2017-07-06"), ("--month-first", "2017-05-08")] {
        let condition = format!("time<{most}");
        let (told, warned) =
            both(&folder, &[&extract[..2], &[option, "--where", &condition]].concat());
        assert!(told.contains("Sources: 1 address, 1 record\n"), "{told}");
        assert!(warned.contains("do not say what --where asks (time)"), "{warned}");
    }
    folder.octomix(&["extract", "flows.csv", "--day-first", "--month-first"]).assert().code(2);
    folder.write("syslog.csv", "time,src,dst\nJan  1 00:00:00,10.0.0.1,10.0.0.2\n");
    let (_, told) = both(&folder, &["extract", "syslog.csv", "--times"]);
    assert!(
        told.contains("'Jan  1 00:00:00' on line 2, column 'time': give the year with --year"),
        "{told}"
    );
    assert_eq!(both(&folder, &["extract", "syslog.csv", "--times", "--year", "2026"]).1, "");
}
