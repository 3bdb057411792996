//! One day beside another, lists of what is allowed, and clusters as an analyst is told of them.

use std::collections::BTreeSet;
use std::fs;

use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;
use serde_json::Value;

use crate::{Folder, TUTORIAL};

/// The hosts `hosts` of the /24 that begins with `network`.
fn hosts(network: &str, hosts: std::ops::Range<u32>) -> Vec<String> {
    hosts.map(|host| format!("{network}.{host}\n")).collect()
}

/// Two subnets, of which one goes and the other grows; another network comes.
fn two_days(folder: &Folder) {
    let monday = [hosts("10.0.0", 1..120), hosts("10.0.7", 1..20), hosts("192.168.5", 1..60)];
    folder.write("monday.txt", monday.concat().concat());
    let tuesday = [
        hosts("10.0.0", 2..124),
        hosts("10.0.9", 1..4),
        hosts("172.20.1", 10..40),
        vec!["203.0.113.7\n".to_owned()],
    ];
    folder.write("tuesday.txt", tuesday.concat().concat());
}

/// The addresses of a table.
fn addresses(folder: &Folder, name: &str) -> BTreeSet<String> {
    let text = folder.read(name);
    text.lines().skip(1).filter_map(|line| line.split(',').next()).map(str::to_owned).collect()
}

#[test]
fn another_day_is_told_by_what_has_changed() {
    let folder = Folder::new();
    two_days(&folder);
    for command in ["fit", "detect"] {
        folder.octomix(&[command, "monday.txt", "-k", "3", "-o", "monday"]).assert().success();
        let score = ["score", "--model", "monday", "tuesday.txt", "-o", "tuesday"];
        let done = folder.octomix(&score).assert().success();
        let printed = String::from_utf8(done.get_output().stdout.clone()).unwrap();
        // In lines of the terminal.
        let printed = printed.replace("\n    ", " ");
        for told in [
            "; 38 new sources, ",
            "\nSources, since monday (model monday/src/model.json, fitted to monday.txt, written 20",
            "\n  38 of 156 addresses are new (24%), the least expected first: 203.0.113.7, 172.20.1.",
            " and 28 more, all of them marked in the column new of the table of addresses.\n",
            "\n  In blocks where none was then, the largest first: 172.20.1.0/26 with 30, \
             10.0.0.120/30 with 4, 10.0.9.0/30 with 3, 203.0.113.7.\n",
            "\n  79 of 197 addresses have vanished (40%): 192.168.5.0/26 with 59, 10.0.7.0/27 with 19, \
             10.0.0.1.\n",
        ] {
            assert!(printed.contains(told), "{told:?} in {printed}");
        }

        let csv = folder.read("tuesday/src/changes.csv");
        let (blocks, newly): (Vec<&str>, Vec<&str>) =
            csv.lines().partition(|line| !line.starts_with("newly-flagged"));
        assert_eq!(
            blocks,
            [
                "kind,block,addresses,records",
                "new-block,10.0.0.120/30,4,4",
                "new-block,10.0.9.0/30,3,3",
                "new-block,172.20.1.0/26,30,30",
                "new-address,203.0.113.7,1,1",
                "vanished-address,10.0.0.1,1,",
                "vanished-block,10.0.7.0/27,19,",
                "vanished-block,192.168.5.0/26,59,",
            ],
        );

        // What is flagged now and was not then, by the tables of both days.
        let changes = folder.json("tuesday/summary.json")["src"]["changes"].clone();
        let now = addresses(&folder, "tuesday/src/anomalies.csv");
        assert_eq!(changes["newly_flagged"]["count"], newly.len());
        assert!(newly.contains(&"newly-flagged,203.0.113.7,1,1"), "{newly:?}");
        if command == "detect" {
            let then = addresses(&folder, "monday/src/anomalies.csv");
            let named = newly.iter().map(|row| row.split(',').nth(1).unwrap().to_owned());
            assert_eq!(named.collect::<BTreeSet<_>>(), now.difference(&then).cloned().collect());
        }

        // The tables mark what is new.
        for table in ["addresses.csv", "anomalies.csv"] {
            let new = |day: &str| addresses(&folder, &format!("{day}/src/{table}"));
            let text = folder.read(&format!("tuesday/src/{table}"));
            assert!(text.lines().next().unwrap().ends_with(",new"));
            let marked = text.lines().filter(|line| line.ends_with(",true"));
            let marked: BTreeSet<String> =
                marked.map(|line| line.split(',').next().unwrap().to_owned()).collect();
            let monday: BTreeSet<String> =
                folder.read("monday.txt").lines().map(str::to_owned).collect();
            assert_eq!(marked, new("tuesday").difference(&monday).cloned().collect());
        }
        assert_eq!(changes["addresses"]["newest"][0]["address"], "203.0.113.7");
        assert_eq!(changes["addresses"]["new_blocks"]["count"], 4);
        assert_eq!(changes["since"]["model"], "monday/src/model.json");
        assert_eq!(changes["since"]["fitted"]["files"], serde_json::json!(["monday.txt"]));

        // The terminal tells both weights of each cluster.
        assert!(printed.contains("  #  weight then "), "{printed}");
        for weight in changes["weights"].as_array().unwrap() {
            let percent = |key: &str| format!("{:.1}%", 100.0 * weight[key].as_f64().unwrap());
            let begin = weight["cluster"].to_string();
            let mut rows = printed.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
            let cells = [begin, percent("then"), percent("now")];
            // A cluster that holds nothing now is not told.
            assert!(
                weight["now"].as_f64() < Some(0.01)
                    || rows.any(|row| row.starts_with(&cells.each_ref().map(|cell| &**cell)))
            );
        }

        // The shares of both days: 192.168.5 had 59 of 197 addresses, and has none.
        let weights = changes["weights"].as_array().unwrap();
        let sum = |key: &str| weights.iter().map(|w| w[key].as_f64().unwrap()).sum::<f64>();
        assert!((sum("then") - 1.0).abs() < 1e-6 && (sum("now") - 1.0).abs() < 1e-6, "{weights:?}");
        assert!(weights.iter().any(|w| w["now"].as_f64() < Some(0.01)), "{weights:?}");
        assert_eq!(changes["missing"], serde_json::json!([]));
    }
}

#[test]
fn what_is_newly_flagged_is_named_where_no_rule_finds_anything() {
    let folder = Folder::new();
    two_days(&folder);
    folder.octomix(&["fit", "monday.txt", "-k", "3", "-o", "monday"]).assert().success();
    let score = ["score", "--model", "monday", "tuesday.txt", "-o", "tuesday"];
    let score = [&score[..], &["--rules", "low-density"]].concat();
    let done = folder.octomix(&score).assert().success();
    let printed = String::from_utf8_lossy(&done.get_output().stdout).into_owned();
    let newly = folder.json("tuesday/summary.json")["src"]["changes"]["newly_flagged"].clone();
    let named: Vec<&str> =
        newly["addresses"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let (count, more) = (named.len(), named.len() - 3);
    // The least dense, which leads the table.
    let worst = folder.rows("tuesday/src/anomalies.csv")[0][0].clone();
    assert_eq!(named[0], worst);
    let verdict = format!(
        "No rule finds anything in 156 sources, but {count} are newly flagged since monday: {} and {more} more; 38 new \
         sources",
        named[..3].join(", ")
    );
    let lines = printed.replace("\n    ", " ");
    assert!(lines.starts_with(&format!("{verdict}\n\nRead ")), "{printed}");
    let page = folder.read("tuesday/report.html");
    assert!(page.contains(&format!("<p class=\"verdict\">{verdict}</p>")));
    let rows = folder.read("tuesday/src/changes.csv");
    let first = rows.lines().find(|row| row.starts_with("newly-flagged")).unwrap();
    assert_eq!(first, format!("newly-flagged,{worst},1,1"));

    // With a threshold that may flag nothing, what it flags are findings.
    let fit = ["fit", "monday.txt", "-k", "3", "-o", "monday", "--threshold", "fdr:0.05"];
    folder.octomix(&fit).assert().success();
    let done = folder.octomix(&score).assert().success();
    done.stdout(contains(" worth a look: ").and(contains("(remote)")));
}

#[test]
fn the_same_day_has_no_change() {
    let folder = Folder::new();
    for model in [&["-k", "3"][..], &["--model", "kmeans", "-k", "3", "--weight", "packets"]] {
        folder.octomix(&[&["detect", TUTORIAL, "-o", "a"], model].concat()).assert().success();
        let done =
            folder.octomix(&["score", "--model", "a", TUTORIAL, "-o", "b"]).assert().success();
        done.stdout(contains("  None of 187 addresses is new.\n"))
            .stdout(contains("  None of 187 addresses has vanished.\n"))
            .stdout(contains("  No address is flagged that was not then.\n"))
            .stdout(contains("  No cluster's weight moved by a percentage point.\n"))
            .stdout(contains("; nothing new since a\n"));
        for role in ["src", "dst"] {
            let csv = folder.read(&format!("b/{role}/changes.csv"));
            assert_eq!(csv, "kind,block,addresses,records\n");
        }
    }
}

#[test]
fn the_busiest_of_what_is_new_is_named_first() {
    let folder = Folder::new();
    two_days(&folder);
    folder.octomix(&["fit", "monday.txt", "-k", "3", "-o", "monday"]).assert().success();
    folder.write("tuesday.txt", folder.read("tuesday.txt") + &"10.0.9.2\n".repeat(1499));
    let score = ["score", "--model", "monday/src/model.json", "tuesday.txt", "-o", "tuesday"];
    folder.octomix(&score).assert().success().stdout(contains(
        "  38 of 156 addresses are new (24%), by records, then the least expected: 10.0.9.2 1,500,\n    \
         203.0.113.7 1,",
    ));
    assert!(folder.read("tuesday/src/changes.csv").contains("\nnew-block,10.0.9.0/30,3,1502\n"));
}

#[cfg(feature = "parquet")]
#[test]
fn a_parquet_table_marks_what_is_new() {
    use parquet::file::reader::FileReader;
    use parquet::file::serialized_reader::SerializedFileReader;

    let folder = Folder::new();
    two_days(&folder);
    folder.octomix(&["fit", "monday.txt", "-k", "3", "-o", "monday"]).assert().success();
    let score = ["score", "--model", "monday", "tuesday.txt", "-o", "t", "--tables", "parquet"];
    folder.octomix(&score).assert().success();
    let file = fs::File::open(folder.path("t/src/addresses.parquet")).unwrap();
    let reader = SerializedFileReader::new(file).unwrap();
    let is_new = |row: parquet::errors::Result<parquet::record::Row>| {
        let row = row.unwrap();
        row.get_column_iter().any(|(name, field)| name == "new" && field.to_string() == "true")
    };
    assert_eq!(reader.get_row_iter(None).unwrap().map(is_new).filter(|&new| new).count(), 38);
}

#[test]
fn what_is_not_known_of_the_other_day_is_said() {
    let folder = Folder::new();
    two_days(&folder);
    folder.octomix(&["fit", "monday.txt", "-k", "3", "-o", "monday"]).assert().success();
    fs::remove_file(folder.path("monday/src/seen.roaring")).unwrap();
    let score = ["score", "--model", "monday/src/model.json", "tuesday.txt", "-o", "tuesday"];
    folder.octomix(&score).assert().success().stdout(contains(
        "  What was seen then is not known: no seen.roaring beside the model; fit it again.\n",
    ));
    let verdict = folder.octomix(&score).assert().success();
    verdict.stdout(contains("nothing new since").not());
    let changes = folder.json("tuesday/summary.json")["src"]["changes"].clone();
    assert_eq!(changes["missing"], serde_json::json!(["seen.roaring"]));
    assert_eq!(changes["addresses"], Value::Null);

    folder.octomix(&["fit", "tuesday.txt", "-k", "3", "-o", "other"]).assert().success();
    let other = folder.path("other/src/seen.roaring");
    fs::copy(other, folder.path("monday/src/seen.roaring")).unwrap();
    folder.octomix(&score).assert().code(1).stderr(
        "octomix: error: the model 'monday/src/seen.roaring' is damaged: it has 156 addresses, but \
         the model beside it was fitted to 197; fit it again\n",
    );
}

#[test]
fn what_is_allowed_is_flagged_silently_and_fitted_as_before() {
    let folder = Folder::new();
    folder.octomix(&["detect", TUTORIAL, "-o", "all"]).assert().success();
    let all = addresses(&folder, "all/src/anomalies.csv");
    let allowed = all.iter().next().unwrap();
    folder.write("allow.txt", format!("# ours\n{allowed}  # the scanner\n"));
    folder.write("more.txt", "0.0.0.0/8\n");
    let allow = ["detect", TUTORIAL, "-o", "some", "--allow", "allow.txt", "--allow", "more.txt"];
    let done = folder.octomix(&allow).assert().success();
    let left: BTreeSet<String> = all
        .iter()
        .filter(|address| *address != allowed && !address.starts_with("0."))
        .cloned()
        .collect();
    let silenced = all.len() - left.len();
    assert!(silenced > 0 && !left.is_empty());
    done.stdout(contains("allowed, and not told\n"));
    assert_eq!(addresses(&folder, "some/src/anomalies.csv"), left);
    let summary = folder.json("some/summary.json");
    assert_eq!(summary["src"]["suppressed"], silenced);
    assert_eq!(summary["src"]["anomaly_count"], left.len());
    assert_eq!(folder.json("all/summary.json")["src"]["suppressed"], Value::Null);
    assert_eq!(folder.read("some/src/model.json"), folder.read("all/src/model.json"));

    folder.write("wrong.txt", "10.0.0.0/8\n10.0.0.0/33\n");
    let wrong = ["score", "--model", "all", TUTORIAL, "--allow", "wrong.txt"];
    folder.octomix(&wrong).assert().code(2).stderr(contains("line 2: '10.0.0.0/33'"));
    let none = ["detect", TUTORIAL, "--allow", "none.txt"];
    folder.octomix(&none).assert().code(2).stderr(contains("cannot read 'none.txt'"));
}

#[test]
fn clusters_are_told_by_their_blocks() {
    let folder = Folder::new();
    two_days(&folder);
    for model in ["bayesian", "gaussian", "kmeans"] {
        let run = ["detect", "monday.txt", "--model", model, "-k", "3"];
        let done = folder.octomix(&run).assert().success();
        done.stdout(contains("tight")).stdout(contains("all private"));
        let rows = folder.rows("octomix-out/src/addresses.csv");
        let summary = folder.json("octomix-out/summary.json");
        let clusters = summary["src"]["clusters"].as_array().unwrap();
        let weights: Vec<f64> = clusters.iter().map(|c| c["weight"].as_f64().unwrap()).collect();
        assert!(weights.is_sorted_by(|a, b| a >= b), "{model}: {weights:?}");
        for cluster in clusters.iter().filter(|cluster| cluster["size"] != 0) {
            let blocks = cluster["blocks"].as_array().unwrap();
            let covered: u64 =
                blocks.iter().map(|block| block["addresses"].as_u64().unwrap()).sum();
            assert_eq!(cluster["size"], covered);
            let number = cluster["cluster"].to_string();
            let own: Vec<&Vec<String>> = rows.iter().filter(|row| row[2] == number).collect();
            let flagged = own.iter().filter(|row| row[4] == "true").count();
            assert_eq!(cluster["anomalies"], flagged);
            assert_eq!(cluster["kinds"][0]["addresses"], own.len());
        }
        let told = clusters.iter().flat_map(|cluster| cluster["blocks"].as_array().unwrap());
        let told: BTreeSet<&str> = told.map(|block| block["block"].as_str().unwrap()).collect();
        assert!(told.contains("192.168.5.0/26"), "{model}: {told:?}");
    }
}
