//! `octomix detect --each` and `octomix extract --each`: every input a capture of its own.

use std::fs;

use octomix::synthetic::{Shape, Synthetic};
use predicates::str::contains;
use serde_json::{Value, json};

use crate::{Folder, TUTORIAL};

/// A folder with three captures: the tutorial's, a list, and a file without addresses.
fn captures() -> Folder {
    let folder = Folder::new();
    fs::create_dir_all(folder.path("day")).unwrap();
    folder.write("day/a.csv", fs::read(TUTORIAL).unwrap());
    folder.write("day/b.txt", "10.0.0.1\n10.0.0.2\n10.9.0.3\n");
    folder.write("day/c.csv", "a,b\n1,2\n");
    folder
}

/// Why the tutorial's first finding is one.
const REASON: &str = "172.19.2.66: nothing else here begins with 172 (14.5 of 38.5 bits); nearest cluster 1 is \
                      130 sd away; seen from 2012-03-16T18:02:05Z to 2012-03-16T18:07:02Z; 15 records.";

const EACH: [&str; 7] = ["detect", "--each", "day/*", "-o", "out", "--search", "restarts"];

/// Runs the batch with more `arguments`, which ends with this status, and returns the captures of the
/// index.
fn batch(folder: &Folder, arguments: &[&str], status: i32) -> Vec<Value> {
    folder.octomix(&[&EACH, arguments].concat()).assert().code(status);
    let index = folder.json("out/index.json");
    index["captures"].as_array().unwrap().clone()
}

fn statuses(captures: &[Value]) -> Vec<&str> {
    captures.iter().map(|capture| capture["status"].as_str().unwrap()).collect()
}

#[test]
fn one_that_fails_does_not_stop_the_others() {
    let folder = captures();
    let done = folder.octomix(&EACH).assert().code(3);
    let output = done.get_output();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        text.starts_with(
            "1 of 2 captures has findings that no other has: a.csv (2 of 2)\n\n\
             3 captures: 2 done, 1 failed\n"
        ),
        "{text}"
    );
    let errors = String::from_utf8_lossy(&output.stderr);
    let end = "octomix: error: 1 of 3 captures failed; the index tells why of each\n";
    assert!(errors.ends_with(end), "{errors}");
    let told = "c.csv: 'day/c.csv' has no known column of source or destination addresses; its columns \
                are 'a', 'b'; name yours with --src-column NAME or --dst-column NAME";
    assert!(text.contains(&format!("\n  {told}\n")), "{text}");

    let index = folder.json("out/index.json");
    let captures = index["captures"].as_array().unwrap();
    assert_eq!(statuses(captures), ["ok", "ok", "failed"]);
    let name = |capture: &Value| capture["name"].clone();
    assert_eq!(captures.iter().map(name).collect::<Vec<_>>(), ["a.csv", "b.txt", "c.csv"]);
    assert_eq!(captures[0]["input"], "day/a.csv");
    assert_eq!(
        captures[0]["src"],
        json!({"addresses": 187, "clusters": 3, "anomalies": 8, "findings": 2, "worst": {
            "address": "172.19.2.66", "gist": "stands apart", "reason": REASON,
        }})
    );
    assert_eq!(captures[1]["dst"], Value::Null);
    let table = folder.read("out/index.csv");
    let rows: Vec<&str> = table.lines().collect();
    assert_eq!(
        rows[0],
        "name,status,src_addresses,src_clusters,src_anomalies,dst_addresses,dst_clusters,\
         dst_anomalies,seconds,error,src_findings,dst_findings,lost,src_worst,dst_worst,own_findings"
    );
    assert!(rows[1].starts_with("a.csv,ok,187,3,8,2673,"), "{table}");
    assert!(rows[1].ends_with(&format!(",2,0,0,{REASON},,2")), "{table}");
    assert!(rows[2].starts_with("b.txt,ok,3,") && rows[2].contains(",,,,"), "{table}");
    assert!(
        rows[3].starts_with("c.csv,failed,,,,,,,,\"'day/c.csv' has no known column"),
        "{table}"
    );
    assert!(!folder.path("out/c.csv").exists());
}

#[test]
fn captures_with_the_most_findings_come_first_and_say_where_to_look() {
    let folder = captures();
    folder.write("day/0.txt", "10.0.0.1\n10.0.0.2\n10.0.0.3\n");
    let done = folder.octomix(&EACH).assert().code(3);
    let text = String::from_utf8_lossy(&done.get_output().stdout).into_owned();
    let table = text.split_once("  capture ").unwrap().1;
    let names: Vec<_> =
        table.lines().skip(1).filter_map(|row| row.split_whitespace().next()).collect();
    assert_eq!(names[..4], ["a.csv", "0.txt", "b.txt", "c.csv"], "{text}");
    assert!(table.contains("172.19.2.66 (stands apart)\n"), "{text}");
    let page = folder.read("out/index.html");
    assert!(page.find(">a.csv</a>").unwrap() < page.find(">0.txt</a>").unwrap());
    let verdict = "1 of 3 captures has findings that no other has: a.csv (2 of 2)";
    assert!(page.contains(&format!("<p class=\"verdict\">{verdict}</p>")));
    assert!(page.contains(REASON), "{page}");
    // The tables keep the order given.
    let index = folder.json("out/index.json");
    assert_eq!(index["captures"][0]["name"], "0.txt");

    fs::remove_file(folder.path("day/a.csv")).unwrap();
    let done = folder.octomix(&EACH).assert().code(3);
    done.stdout(contains("Nothing stands out in 2 captures\n"));
}

#[test]
fn what_several_captures_have_is_told_once_and_what_is_rare_first() {
    let folder = Folder::new();
    fs::create_dir_all(folder.path("day")).unwrap();
    let hosts: String = (1..60).map(|host| format!("10.0.0.{host}\n10.0.1.{host}\n")).collect();
    for (name, odd) in [
        ("a", "172.19.2.66\n0.0.0.0\n"),
        ("b", "172.19.2.66\n"),
        ("c", ""),
        ("d", "172.19.2.66\n0.0.0.0\n"),
        ("e", "172.19.2.66\n127.0.0.1\n"),
    ] {
        folder.write(&format!("day/{name}"), hosts.clone() + odd);
    }
    let each =
        ["detect", "--each", "day/*", "-o", "out", "-k", "1", "--rules", "reserved,isolated"];
    let done = folder.octomix(&each).assert().success();
    let text = String::from_utf8_lossy(&done.get_output().stdout).into_owned();
    assert!(
        text.starts_with(
            "4 of 5 captures have findings, 1 of them some that no other has: e (1 of 2)\n\
             Found in several captures: 172.19.2.66 (stands apart) in 4 of 5, \
             0.0.0.0 (the unspecified address) in 2 of 5\n\n"
        ),
        "{text}"
    );
    let rows = text.lines().skip_while(|row| !row.starts_with("  capture ")).skip(1);
    let rows: Vec<_> = rows.take(5).map(|row| row.split_whitespace().collect::<Vec<_>>()).collect();
    let names: Vec<_> = rows.iter().map(|row| row[0]).collect();
    assert_eq!(names, ["e", "a", "d", "b", "c"]);
    let ends = |row: usize, end: &str| {
        assert!(rows[row].join(" ").ends_with(end), "{:?}", rows[row]);
    };
    ends(0, " 127.0.0.1 (loopback)");
    ends(1, " 0.0.0.0 (the unspecified address), in 2 captures");
    ends(2, " 172.19.2.66 (stands apart), in 4 captures");
    ends(3, " as above");
    assert!(!rows[4].join(" ").ends_with("above"), "{text}");

    let index = folder.json("out/index.json");
    let shared = &index["shared"];
    assert_eq!((&shared[0]["address"], &shared[0]["captures"]), (&json!("172.19.2.66"), &json!(4)));
    assert_eq!(shared.as_array().unwrap().len(), 2);
    let of = |at: usize| &index["captures"][at];
    assert_eq!((&of(4)["own_findings"], &of(4)["src"]["findings"]), (&json!(1), &json!(2)));
    assert_eq!(of(4)["src"]["worst"]["address"], "127.0.0.1");
    assert!(of(4)["src"]["leads"].is_null());
    assert_eq!(of(2)["own_findings"], 0);
    // What was finished before is compared all the same.
    folder.octomix(&each).assert().success();
    let again = folder.json("out/index.json");
    assert_eq!(again["shared"], *shared);
}

#[test]
fn what_a_capture_alone_has_is_named_however_much_it_shares() {
    let folder = Folder::new();
    let rows = |of: &dyn Fn(usize) -> String, count: usize| -> String {
        (0..count).map(|i| format!("{},10.1.9.1\n", of(i))).collect()
    };
    let network = rows(&|i| format!("10.1.{}.{}", i >> 8, i & 255), 3000);
    let shared = rows(&|i| format!("127.0.0.{}", i + 1), 20);
    for name in ["a", "b", "c"] {
        let own = if name == "c" { "127.0.0.77,10.1.9.1\n" } else { "" };
        folder.write(&format!("{name}.csv"), format!("src,dst\n{network}{shared}{own}"));
    }
    let each = ["detect", "--each", "a.csv", "b.csv", "c.csv", "--role", "src", "-o", "out"];
    folder.octomix(&each).assert().success();
    let index = folder.json("out/index.json");
    assert_eq!(index["shared"].as_array().unwrap().len(), 20);
    let own: Vec<&Value> =
        index["captures"].as_array().unwrap().iter().map(|one| &one["own_findings"]).collect();
    assert_eq!(own, [&json!(0), &json!(0), &json!(1)]);
    assert_eq!(index["captures"][2]["src"]["worst"]["address"], "127.0.0.77");
}

#[test]
fn folders_that_are_no_part_of_a_batch_any_more_are_told() {
    let folder = Folder::new();
    for name in ["a", "b", "c", "d", "e"] {
        folder.write(name, "10.0.0.1\n");
    }
    let batch = |captures: &[&str]| {
        let each = [&["extract", "--each", "-o", "out"], captures].concat();
        let done = folder.octomix(&each).assert().success();
        String::from_utf8_lossy(&done.get_output().stderr).into_owned()
    };
    assert_eq!(batch(&["a", "b", "c", "d", "e"]), "");
    fs::create_dir(folder.path("out/mine")).unwrap();
    let told = "octomix: warning: 'out' still holds 4 folders of captures that are not in this batch, and not in its \
                index: a, c, d and 1 more; remove what is not wanted\n";
    assert_eq!(batch(&["b"]), told);
    let index = folder.json("out/index.json");
    assert_eq!(index["captures"].as_array().unwrap().len(), 1);
    let told = "shards count of captures that are not in the index of their batch any more: 'out/a' and 3 more; \
                remove what is not wanted\n";
    folder.octomix(&["merge", "out", "-o", "all"]).assert().success().stderr(contains(told));
    for name in ["a", "c", "d", "e"] {
        fs::remove_dir_all(folder.path(&format!("out/{name}"))).unwrap();
    }
    assert_eq!(batch(&["b"]), "");
    folder.octomix(&["merge", "out", "-o", "all"]).assert().success().stderr("");
}

#[test]
fn a_batch_tells_which_index_it_replaces_and_how_folders_are_named() {
    let folder = Folder::new();
    for day in ["mon", "tue"] {
        fs::create_dir(folder.path(day)).unwrap();
        folder.write(&format!("{day}/a"), "10.0.0.1\n");
    }
    let each = ["extract", "--each", "mon/a", "tue/a", "-o", "out"];
    let note = "octomix: note: captures of one name have folders named by more of their paths: mon_a, tue_a\n";
    let replaced = "Replaced there results written 20";
    let done = folder.octomix(&each).assert().success().stderr(note);
    assert!(!String::from_utf8_lossy(&done.get_output().stdout).contains(replaced));
    folder.octomix(&each).assert().success().stdout(contains(replaced));
}

#[test]
fn a_folder_that_cannot_be_made_is_told_before_anything_is_done() {
    let folder = Folder::new();
    fs::create_dir(folder.path("io")).unwrap();
    folder.write("io/src.csv", "src,dst\n10.0.0.1,10.0.0.2\n");
    folder.write("other.txt", "10.0.0.1\n");
    let told = "octomix: error: the results of a capture would go into 'io/src.csv', which is a file; choose another \
                directory with --output\n";
    for command in ["detect", "extract"] {
        let each = [command, "--each", "other.txt", "io/src.csv", "-o", "io"];
        folder.octomix(&each).assert().code(1).stderr(told);
    }
    assert_eq!(fs::read_dir(folder.path("io")).unwrap().count(), 1);
}

#[test]
fn a_path_spelt_otherwise_is_the_same_capture() {
    let folder = captures();
    let each = |path: &str| {
        let arguments = ["detect", "--each", path, "-o", "out", "--search", "restarts"];
        folder.octomix(&arguments).assert().success();
        folder.json("out/index.json")["captures"][0]["status"].as_str().unwrap().to_owned()
    };
    assert_eq!(each("day/a.csv"), "ok");
    for path in ["./day/a.csv", "day//a.csv", "day/../day/a.csv"] {
        assert_eq!(each(path), "skipped", "{path}");
    }
    assert_eq!(each(folder.path("day/a.csv").to_str().unwrap()), "skipped");
}

/// A folder with 40 captures in `day`, which hold `content` each.
fn alike(content: &str) -> Folder {
    let folder = Folder::new();
    fs::create_dir(folder.path("day")).unwrap();
    for at in 0..40 {
        folder.write(&format!("day/{at:02}.csv"), content);
    }
    folder
}

#[test]
fn warnings_of_all_captures_are_a_few_lines_a_kind() {
    let folder = alike("src,dst\n10.0.0.1,10.0.0.2\n10.0.0.3");
    let told = "the last row is cut off; what stands before byte 26 is read, what follows is not";
    let warned = |name: &str| format!("octomix: warning: day/{name}.csv: {told}\n");
    let extract = ["extract", "--each", "day/*", "-o", "out"];
    let done = folder.octomix(&extract).assert().code(3).stderr(format!(
        "{}{}{}octomix: warning: 37 more of this kind, the last: day/39.csv: {told}\n\
         octomix: error: 40 files are damaged; the results are whole but for what is there\n",
        warned("00"),
        warned("01"),
        warned("02")
    ));
    done.stdout(contains("lost")).stdout(contains("1 file"));
    // All of them are where the results are.
    let index = folder.json("out/index.json");
    assert_eq!(index["captures"][39]["lost"], json!({"unreadable": 0, "damaged": 1}));
    let warnings = &folder.json("out/39.csv/summary.json")["warnings"];
    assert_eq!(*warnings, json!([format!("day/39.csv: {told}")]));
    // Whoever skips them knows it still.
    folder.octomix(&extract).assert().code(3);
    assert!(folder.read("out/index.csv").lines().skip(1).all(|row| row.ends_with(",1")));
}

#[test]
fn failures_of_a_kind_are_a_few_lines() {
    let folder = alike("a,b\n1,2\n");
    let done = folder.octomix(&["extract", "--each", "day/*", "-o", "out"]).assert().code(1);
    let told = String::from_utf8_lossy(&done.get_output().stderr).into_owned();
    assert_eq!(told.lines().count(), 5, "{told}");
    assert!(
        told.starts_with("octomix: warning: failed: 'day/00.csv' has no known column"),
        "{told}"
    );
    assert!(told.contains("warning: 37 more of this kind, the last: failed: 'day/39.csv' has"));
    let text = String::from_utf8_lossy(&done.get_output().stdout).into_owned();
    assert_eq!(text.matches("has no known column").count(), 3, "{text}");
    assert!(
        text.contains("\n  and 37 more for reasons like these; index.json has all\n"),
        "{text}"
    );
    let index = folder.json("out/index.json");
    assert!(index["captures"][39]["error"].is_string() && index["captures"][39]["lost"].is_null());
}

#[test]
fn damage_fails_a_capture_and_the_batch_where_strictness_is_asked_for() {
    let folder = captures();
    folder.write("day/c.csv", "src,dst\n10.0.0.1,10.0.0.2\n10.0.0.3");
    let index = batch(&folder, &[], 3);
    assert_eq!(statuses(&index), ["ok", "ok", "partial"]);
    let lost = |at: usize| index[at]["lost"]["damaged"].as_u64();
    assert_eq!([lost(0), lost(2)], [Some(0), Some(1)]);
    let page = folder.read("out/index.html");
    assert!(page.contains("<td class=\"n\">1 file</td>"));
    assert!(page.contains("2 done, 1 read in part, 0 failed"));
    assert_eq!(page.matches("</a> <span class=\"note\">partial</span></th>").count(), 1);
    let again = folder.octomix(&EACH).assert().code(3);
    let told = "3 captures: 3 done before, 1 of these read in part, 0 failed\n";
    again.stdout(contains(told));
    assert_eq!(statuses(&batch(&folder, &["--strict"], 1)), ["ok", "ok", "failed"]);
}

#[cfg(unix)]
#[test]
fn a_batch_takes_neither_an_input_nor_the_results_of_another_capture() {
    use std::os::unix::fs::symlink;

    let folder = captures();
    folder.write("index.csv", "src,dst\n10.0.0.1,10.0.0.2\n");
    let told = "'index.csv' is an input, and results would take its place";
    for command in ["detect", "extract"] {
        let each = [command, "--each", "index.csv", "day/b.txt", "-o", "."];
        folder.octomix(&each).assert().code(1).stderr(contains(told));
    }
    assert_eq!(folder.read("index.csv"), "src,dst\n10.0.0.1,10.0.0.2\n");
    let each = ["extract", "--each", "day/a.csv", "day/b.txt", "-o", "out"];
    folder.octomix(&each).assert().success();
    let again = ["extract", "--each", "out/a.csv/src.csv", "out/b.txt", "-o", "up"];
    folder.octomix(&again).assert().success();
    // The results of one would be the input of the other.
    fs::remove_dir_all(folder.path("up/src.csv")).unwrap();
    symlink("../out/b.txt", folder.path("up/src.csv")).unwrap();
    let told = "'out/b.txt/src.csv' is an input, and results would take its place";
    folder.octomix(&again).assert().code(1).stderr(contains(told));

    fs::remove_dir_all(folder.path("out/a.csv")).unwrap();
    symlink("b.txt", folder.path("out/a.csv")).unwrap();
    let told = "cannot write 'out/b.txt': its results would go into the same files as those in 'out/a.csv'";
    folder.octomix(&each).assert().code(1).stderr(contains(told));
}

#[test]
fn results_are_those_of_each_capture_on_its_own() {
    let folder = captures();
    folder.octomix(&EACH).assert().code(3);
    folder
        .octomix(&["detect", "day/a.csv", "-o", "alone", "--search", "restarts"])
        .assert()
        .success();
    for file in ["src/addresses.csv", "dst/addresses.csv", "dst/anomalies.csv", "dst/model.json"] {
        let (batch, alone) = (format!("out/a.csv/{file}"), format!("alone/{file}"));
        assert!(folder.read(&batch) == folder.read(&alone), "{file}");
    }
    let mut summary = folder.json("out/a.csv/summary.json");
    let mut alone = folder.json("alone/summary.json");
    assert_eq!(summary["made_from"]["files"][0]["path"], "day/a.csv");
    for summary in [&mut summary, &mut alone] {
        // Times differ, and where it is written.
        for key in ["made_from", "seconds", "output"] {
            summary.as_object_mut().unwrap().remove(key);
        }
        for role in ["src", "dst"] {
            summary[role].as_object_mut().unwrap().remove("seconds");
        }
    }
    assert_eq!(summary, alone);
}

#[test]
fn finished_captures_are_skipped_when_nothing_has_changed() {
    let folder = captures();
    fs::remove_file(folder.path("day/c.csv")).unwrap();
    let first = batch(&folder, &[], 0);
    assert_eq!(statuses(&first), ["ok", "ok"]);
    let second = batch(&folder, &[], 0);
    assert_eq!(statuses(&second), ["skipped", "skipped"]);
    let found = |captures: &[Value]| captures.iter().map(|c| c["dst"].clone()).collect::<Vec<_>>();
    assert_eq!(found(&first), found(&second), "the index tells of them all the same");

    folder.write("day/b.txt", "10.0.0.1\n10.0.0.2\n10.9.0.3\n10.9.0.4\n");
    assert_eq!(statuses(&batch(&folder, &[], 0)), ["skipped", "ok"], "another file");
    assert_eq!(statuses(&batch(&folder, &["--seed", "1"], 0)), ["ok", "ok"], "other options");
    let again = batch(&folder, &["--seed", "1", "--again"], 0);
    assert_eq!(statuses(&again), ["ok", "ok"]);
    let quiet = batch(&folder, &["--seed", "1", "--quiet"], 0);
    assert_eq!(statuses(&quiet), ["skipped", "skipped"], "what is printed makes no difference");

    let summary = folder.read("out/a.csv/summary.json");
    folder.write("out/a.csv/summary.json", &summary[..summary.len() / 2]);
    fs::remove_file(folder.path("out/b.txt/src/model.json")).unwrap();
    let repaired = batch(&folder, &["--seed", "1"], 0);
    assert_eq!(statuses(&repaired), ["ok", "ok"], "what is not whole is made again");
    folder.octomix(&["detect", "x", "--again"]).assert().code(2);
}

#[test]
fn a_directory_is_a_capture_and_names_are_told_apart() {
    let folder = captures();
    for day in ["mon", "tue"] {
        fs::create_dir_all(folder.path(&format!("{day}/log"))).unwrap();
        folder.write(&format!("{day}/log/1.txt"), "10.0.0.1\n10.0.0.2\n");
        folder.write(&format!("{day}/log/2.txt"), format!("10.0.0.1\n10.0.1.{}\n", day.len()));
    }
    let each =
        ["detect", "--each", "mon/log", "tue/log", "gone.csv", "out", "-o", "out", "-k", "1"];
    folder.octomix(&each).assert().code(3).stdout(contains("cannot read 'gone.csv': no such file"));
    let index = folder.json("out/index.json");
    let captures = index["captures"].as_array().unwrap();
    let names: Vec<_> = captures.iter().map(|capture| capture["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["mon_log", "tue_log", "gone.csv", "out"]);
    assert_eq!(captures[0]["src"]["addresses"], 3);
    assert_eq!(folder.rows("out/mon_log/src/addresses.csv")[0][..2], ["10.0.0.1", "2"]);
    // By now it holds results, which are no capture and no failure.
    let each = ["detect", "--each", "mon/log", "out", "-o", "out", "-k", "1"];
    let told = "octomix: warning: 'out' holds results of octomix, not captures; name the captures\n\
                octomix: warning: 'out' still holds 2 folders of captures that are not in this batch, and not in its \
                index: mon_log, tue_log; remove what is not wanted\n";
    folder.octomix(&each).assert().success().stderr(told);
}

#[test]
fn captures_that_sort_on_the_pool_are_read_ahead_by_a_pool_of_one() {
    let folder = Folder::new();
    for name in ["a", "b"] {
        let set = Synthetic::new(Shape::Sparse, 1_300_000, 5).unwrap();
        let lines = set.iter().fold(String::new(), |lines, address| {
            lines + &octomix::address::dotted(address).to_string() + "\n"
        });
        folder.write(name, lines);
    }
    let each = ["detect", "--each", "a", "b", "-k", "1", "--model", "kmeans", "--n-init", "1"];
    let done = folder.octomix(&each).env("RAYON_NUM_THREADS", "1").assert().success();
    done.stdout(contains("2 captures: 2 done"));
}

#[test]
fn shards_of_each_capture_unite_to_those_of_all() {
    let folder = captures();
    let each = ["extract", "--each", "day/*", "-o", "out"];
    let extracted = |arguments: &[&str], status: i32| {
        folder.octomix(&[&each, arguments].concat()).assert().code(status);
        folder.json("out/index.json")["captures"].as_array().unwrap().clone()
    };
    let captures = extracted(&[], 3);
    assert_eq!(statuses(&captures), ["ok", "ok", "failed"]);
    assert_eq!(captures[0]["src"], json!({"addresses": 187, "packets": 4087, "unit": "records"}));
    let table = folder.read("out/index.csv");
    let rows: Vec<&str> = table.lines().collect();
    assert_eq!(
        rows[0],
        "name,status,src_addresses,src_count,src_unit,dst_addresses,dst_count,dst_unit,seconds,error,lost"
    );
    assert!(rows[1].starts_with("a.csv,ok,187,4087,records,2673,4068,records,"), "{table}");
    assert!(rows[2].starts_with("b.txt,ok,3,3,records,,,,"), "{table}");
    assert!(rows[3].starts_with("c.csv,failed,,,,,,,,"), "{table}");
    assert!(!folder.path("out/c.csv").exists() && !folder.path("out/index.html").exists());
    let made_from = &folder.json("out/a.csv/summary.json")["made_from"];
    assert_eq!(made_from["files"][0]["path"], "day/a.csv");

    folder.octomix(&["merge", "out", "-o", "united"]).assert().success();
    let all = ["extract", "day/a.csv", "day/b.txt", "-o", "all"];
    folder.octomix(&all).assert().success();
    for file in ["src.csv", "dst.csv", "behaviour.bin"] {
        let read = |of: &str| fs::read(folder.path(&format!("{of}/{file}"))).unwrap();
        assert!(read("united") == read("all"), "{file}");
    }

    fs::remove_file(folder.path("day/c.csv")).unwrap();
    assert_eq!(statuses(&extracted(&[], 0)), ["skipped", "skipped"]);
    assert_eq!(folder.json("out/index.json")["captures"][0]["src"], captures[0]["src"]);
    fs::write(folder.path("out/b.txt/.octomix-dead"), "").unwrap();
    folder.write("day/a.csv", "10.0.0.1\n");
    assert_eq!(statuses(&extracted(&[], 0)), ["ok", "skipped"], "another file");
    assert!(!folder.path("out/b.txt/.octomix-dead").exists(), "a killed run's");
    assert!(!folder.path("out/a.csv/dst.csv").exists(), "it has no destinations any more");
    fs::remove_file(folder.path("out/b.txt/src.csv")).unwrap();
    assert_eq!(statuses(&extracted(&[], 0)), ["skipped", "ok"], "what is not whole is made again");
    assert_eq!(statuses(&extracted(&["--role", "dst"], 0)), ["ok", "ok"], "other options");
    assert_eq!(statuses(&extracted(&["--role", "dst", "--again"], 0)), ["ok", "ok"]);
    folder.octomix(&["extract", "x", "--again"]).assert().code(2);
}
