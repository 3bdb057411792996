//! Folders of results: what is written through, refused, locked, replaced, left and believed.

use std::fs::{self, File};

use predicates::str::contains;

use crate::Folder;

const LIST: &str = "10.0.0.1\n10.0.0.2\n10.9.0.3\n";

fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("list.txt", LIST);
    folder
}

#[cfg(unix)]
#[test]
fn devices_links_and_directories_are_what_they_were() {
    use std::os::unix::fs::symlink;

    let folder = folder();
    symlink("/dev/null", folder.path("null")).unwrap();
    folder.write("target", "keep");
    symlink("target", folder.path("link")).unwrap();
    let generate = |output| folder.octomix(&["generate", "--addresses", "3", "-o", output]);
    for output in ["null", "link", "/dev/stdout"] {
        generate(output).assert().success();
    }
    assert_eq!(fs::read_link(folder.path("null")).unwrap().to_str(), Some("/dev/null"));
    assert!(fs::symlink_metadata(folder.path("link")).unwrap().is_symlink());
    assert_eq!(folder.read("target").lines().count(), 3);
    fs::create_dir(folder.path("directory")).unwrap();
    generate("directory").assert().code(1).stderr(contains("there is a directory of that name"));
    generate("/dev/full").assert().code(1).stderr(contains("cannot write '/dev/full': "));

    // A table into nothing, as a link says, and the rest into the folder.
    fs::create_dir_all(folder.path("out/src")).unwrap();
    symlink("/dev/null", folder.path("out/src/addresses.csv")).unwrap();
    for _ in 0..2 {
        folder.detect(&["list.txt", "-k", "1", "-o", "out"]).assert().success();
        assert!(fs::symlink_metadata(folder.path("out/src/addresses.csv")).unwrap().is_symlink());
    }
}

#[cfg(unix)]
#[test]
fn what_cannot_be_written_is_told_before_anything_is_read() {
    let folder = folder();
    std::os::unix::fs::symlink("nowhere", folder.path("dangling")).unwrap();
    folder.write("file", "");
    fs::create_dir_all(folder.path("late/src/model.json")).unwrap();
    fs::create_dir_all(folder.path("early/summary.json")).unwrap();
    for (output, told) in [
        ("dangling", "cannot write 'dangling': it is a link that leads nowhere; choose"),
        ("file", "cannot write 'file': "),
        ("file/x", "cannot write 'file/x': "),
        ("late", "cannot write 'late/src/model.json': there is a directory of that name"),
        ("early", "cannot write 'early/summary.json': there is a directory of that name"),
    ] {
        // Standard input stays open: who reads it waits.
        for command in ["detect", "fit", "sweep", "compare"] {
            let run = [command, "gone.txt", "-o", output];
            folder.octomix(&run).assert().code(1).stderr(contains(told));
        }
    }
    assert!(!folder.path("nowhere").exists());
}

#[cfg(unix)]
#[test]
fn two_results_that_lead_to_one_file_are_refused_before_anything_is_read() {
    let folder = folder();
    fs::create_dir_all(folder.path("out/src")).unwrap();
    std::os::unix::fs::symlink("src", folder.path("out/dst")).unwrap();
    let told = "cannot write 'out/dst': its results would go into the same files as those in 'out/src'; choose";
    for command in ["detect", "fit", "sweep", "compare"] {
        let run = [command, "gone.txt", "-o", "out"];
        folder.octomix(&run).assert().code(1).stderr(contains(told));
    }
}

#[cfg(unix)]
#[test]
fn a_folder_that_is_being_written_is_locked() {
    let folder = folder();
    fs::create_dir(folder.path("out")).unwrap();
    let other = File::open(folder.path("out")).unwrap();
    other.lock().unwrap();
    let told = "cannot write 'out': another octomix is writing there; wait for its end, or choose";
    for command in ["detect", "extract"] {
        folder.octomix(&[command, "list.txt", "-o", "out"]).assert().code(1).stderr(contains(told));
    }
    drop(other);
    folder.octomix(&["extract", "list.txt", "-o", "out"]).assert().success().stderr("");
}

#[test]
fn an_old_role_is_told_and_no_longer_scored() {
    let folder = folder();
    folder.write("both.csv", "src,dst\n10.0.0.1,10.9.0.1\n10.0.0.2,10.9.0.2\n10.1.0.3,10.9.1.3\n");
    let fit = |more: &[&str]| {
        folder
            .octomix(&[&["fit", "both.csv", "-k", "1", "-o", "out"], more].concat())
            .assert()
            .success()
    };
    fit(&[]).stderr("");
    let told = "octomix: warning: 'out' still holds files of an earlier run, no results of this one: \
                dst/seen.roaring and 2 more\n";
    fit(&["--role", "src"]).stderr(told);
    let score = ["score", "both.csv", "--model", "out", "-o", "scored"];
    folder.octomix(&score).assert().success();
    let scored = folder.json("scored/summary.json");
    assert!(scored["src"].is_object() && scored["dst"].is_null());
    folder
        .octomix(&[&score[..], &["--role", "dst"]].concat())
        .assert()
        .code(1)
        .stderr(contains("the last fit in that directory wrote no model 'out/dst/model.json'"));
    // Who names the file itself means it.
    folder.octomix(&["score", "both.csv", "--model", "out/dst/model.json"]).assert().success();

    // Runs of other kinds into the same folder take nothing from it.
    folder.octomix(&["score", "both.csv", "--model", "out", "-o", "out"]).assert().success();
    folder.octomix(&["sweep", "both.csv", "--k", "1,2", "-o", "out"]).assert().success();
    folder.octomix(&score).assert().success();
    let model = folder.read("out/src/model.json");
    folder.write("out/src/model.json", model.replacen("10.", "11.", 1) + " ");
    let told = "'out/src/model.json' is not the file that octomix wrote: expected ";
    folder.octomix(&score).assert().code(1).stderr(contains(told));
}

#[test]
fn a_folder_of_two_days_is_scored_by_the_last_of_them_alone() {
    let folder = folder();
    let days = ["tue", "mon"].map(|day| format!("{day}.csv"));
    for (at, day) in days.iter().enumerate() {
        let row = |host: usize| format!("10.{at}.0.{host},10.9.{at}.{host}\n");
        folder.write(day, "src,dst\n".to_owned() + &(1..9).map(row).collect::<String>());
    }
    folder.detect(&["tue.csv", "-k", "1", "-o", "st"]).assert().success();
    let monday = ["mon.csv", "--role", "src", "-k", "1", "-o", "st"];
    folder
        .detect(&monday)
        .assert()
        .success()
        .stdout(contains("\nReplaced there the results of tue.csv, written 20"));
    // Tuesday's destinations are still there, and no results.
    assert!(folder.path("st/dst/model.json").exists());
    let score = ["score", "mon.csv", "--model", "st", "-o", "scored"];
    folder
        .octomix(&score)
        .assert()
        .success()
        .stdout(contains("None of 8 addresses is new.\n"))
        .stdout(contains("model st/src/model.json, fitted to mon.csv, written 20"));
    assert!(!folder.path("scored/dst").exists());
    let summary = folder.json("scored/summary.json");
    assert!(summary["dst"].is_null() && summary["src"]["changes"]["addresses"]["new"] == 0);
}

#[test]
fn what_is_replaced_is_told_whatever_the_kind_of_the_run() {
    let folder = folder();
    folder.write("other.txt", "10.0.0.1\n10.0.0.9\n");
    let run = |arguments: &[&str]| {
        let done = folder.octomix(&[arguments, &["-o", "out"]].concat()).assert().success();
        let printed = String::from_utf8_lossy(&done.get_output().stdout).into_owned();
        let replaced = printed.lines().find_map(|line| line.strip_prefix("Replaced there "));
        let named = |told| {
            ["the results of ", "results "].iter().find_map(|of| str::strip_prefix(told, of))
        };
        let told = replaced.and_then(named);
        told.map(|told| told.split(',').next().unwrap_or_default().to_owned())
    };
    assert_eq!(run(&["fit", "list.txt", "-k", "1"]), None);
    // The summary is replaced, if nothing else.
    assert_eq!(run(&["extract", "other.txt"]).as_deref(), Some("list.txt"));
    assert_eq!(run(&["sweep", "list.txt", "--k", "1"]).as_deref(), Some("other.txt"));
    assert_eq!(run(&["sweep", "other.txt", "--k", "1"]).as_deref(), Some("list.txt"));
    // Nothing tells any more what the fit had read: its date alone is known.
    let told = run(&["fit", "list.txt", "-k", "1"]);
    assert!(told.as_deref().is_some_and(|told| told.starts_with("written 20")), "{told:?}");
}

#[test]
fn a_capture_whose_results_were_changed_is_done_again() {
    let folder = folder();
    let each = ["detect", "--each", "list.txt", "-k", "1", "-o", "each", "--quiet"];
    let done = |arguments: &[&str]| {
        let done = folder.octomix(arguments).assert().success();
        let text = String::from_utf8_lossy(&done.get_output().stdout).into_owned();
        text.lines().find(|line| line.starts_with("1 capture: ")).unwrap_or_default().to_owned()
    };
    let (made, kept) = ("1 capture: 1 done, 0 failed", "1 capture: 1 done before, 0 failed");
    assert_eq!(done(&each), made);
    assert_eq!(done(&each), kept);
    // However the path is spelt.
    let spelt = folder.path("list.txt");
    let spelt = [&each[..2], &[spelt.to_str().unwrap()], &each[3..]].concat();
    assert_eq!(done(&spelt), kept);
    for file in ["src/addresses.csv", "src/model.json", "report.html", "manifest.json"] {
        folder.write(&format!("each/list.txt/{file}"), "");
        assert_eq!(done(&each), made, "{file}");
        assert_eq!(done(&each), kept, "{file}");
    }
}

#[test]
fn warnings_of_a_kind_are_one_line() {
    let folder = Folder::new();
    fs::create_dir(folder.path("day")).unwrap();
    for at in 0..40 {
        folder.write(&format!("day/{at:02}.csv"), "src,dst\n10.0.0.1,10.0.0.2\n10.0.0.3");
    }
    let done = folder.octomix(&["extract", "-r", "day"]).assert().code(3);
    let told = "the last row is cut off; what stands before byte 26 is read, what follows is not";
    done.stderr(format!(
        "octomix: warning: 40 warnings of a kind: day/00.csv: {told}; day/01.csv: {told}; day/02.csv: {told}; \
         and 37 more\noctomix: error: 40 files are damaged; the results are whole but for what is there\n"
    ));
    let summary = folder.json("octomix-out/summary.json");
    assert_eq!(summary["input"]["lost"]["damaged"], 40);
    assert_eq!(summary["input"]["files"][39]["warnings"][0], told);
}

#[test]
fn no_result_takes_the_place_of_a_file_that_an_option_names() {
    let folder = folder();
    fs::create_dir_all(folder.path("out/src")).unwrap();
    folder.write("out/addresses.csv", "10.0.0.0/8\n");
    folder.write("out/src/addresses.csv", "address,cluster\n10.0.0.1,0\n10.0.0.2,0\n10.9.0.3,1\n");
    folder.write("out/src.csv", "10.0.0.0/8\n");
    folder.detect(&["list.txt", "-k", "1", "-o", "model"]).assert().success();
    let (blocks, start) = ("out/addresses.csv", "out/src/addresses.csv");
    let refused = |arguments: &[&str], file: &str| {
        let told = format!("'{file}' is an input, and results would take its place");
        let all = [arguments, &["list.txt", "-o", "out"]].concat();
        folder.octomix(&all).assert().code(1).stderr(contains(told));
    };
    for option in ["--only", "--exclude"] {
        for command in ["detect", "fit", "compare"] {
            refused(&[command, option, blocks], blocks);
        }
        refused(&["score", "--model", "model", option, blocks], blocks);
        refused(&["extract", option, "out/src.csv"], "out/src.csv");
    }
    refused(&["detect", "--allow", blocks], blocks);
    refused(&["score", "--model", "model", "--allow", blocks], blocks);
    for command in ["detect", "fit", "compare"] {
        refused(&[command, "--init-file", start], start);
    }
    // In a batch the folder is that of a capture.
    fs::create_dir_all(folder.path("all/list.txt")).unwrap();
    folder.write("all/list.txt/summary.json", "10.0.0.0/8\n");
    for option in ["--only", "--exclude", "--allow"] {
        let each =
            ["detect", "--each", "list.txt", "-o", "all", option, "all/list.txt/summary.json"];
        folder.octomix(&each).assert().code(1).stderr(contains("results would take its place"));
    }
    assert_eq!(folder.read(blocks), "10.0.0.0/8\n");
    // The model that a run goes on from is its own to replace.
    let warm = ["fit", "list.txt", "--warm-start", "model/src/model.json", "-o", "model"];
    folder.octomix(&warm).assert().success();
}

#[test]
fn no_result_takes_the_place_of_an_input_or_a_checkpoint() {
    let folder = folder();
    folder.detect(&["list.txt", "-k", "1", "-o", "out"]).assert().success();
    let before = folder.read("out/src/addresses.csv");
    let told = "'out/src/addresses.csv' is an input, and results would take its place";
    let again = ["out/src/addresses.csv", "--role", "src", "-k", "1", "-o", "out"];
    folder.detect(&again).assert().code(1).stderr(contains(told));
    assert!(before == folder.read("out/src/addresses.csv"));
    folder.octomix(&["extract", "list.txt", "-o", "m"]).assert().success();
    let shards = folder.read("m/src.csv");
    let told = "m/src.csv' is an input, and results would take its place";
    for run in [
        &["merge", "m", "-o", "m"][..],
        &["merge", "m", "-o", "m", "--as", "bitmap"],
        &["merge", "m/src.csv", "-o", "m"],
        &["extract", "m/src.csv", "-o", "m"],
        &["extract", "-r", "m", "-o", "./m/../m"],
    ] {
        folder.octomix(run).assert().code(1).stderr(contains(told));
        assert_eq!(folder.read("m/src.csv"), shards);
    }
    for file in ["new/kept", "new/src/model.json", "./new/../new/summary.json"] {
        let told = "would be among the results in 'new'; keep it elsewhere";
        let run = ["list.txt", "-k", "1", "-o", "new", "--checkpoint", file];
        folder.detect(&run).assert().code(1).stderr(contains(told));
    }
    assert!(!folder.path("new").exists());
}

#[test]
fn results_beside_captures_are_passed_over() {
    let folder = Folder::new();
    fs::create_dir(folder.path("day")).unwrap();
    folder.write("day/list.txt", LIST);
    let run = || folder.stdout(&["-r", "day", "-k", "1", "-o", "day"]);
    assert!(!run().contains("passed over"));
    let table = folder.read("day/src/addresses.csv");
    // What an earlier run left is no capture either.
    fs::create_dir(folder.path("day/dst")).unwrap();
    folder.write("day/dst/addresses.csv", "address\n10.7.7.7\n");
    let again = run();
    assert!(again.contains("\n  1 folder of own results was passed over\n"), "{again}");
    assert_eq!(folder.read("day/src/addresses.csv"), table);
    fs::remove_file(folder.path("day/list.txt")).unwrap();
    let told = "'day' holds results of octomix, not captures; name the captures";
    folder.detect(&["-r", "day", "-o", "day"]).assert().code(1).stderr(contains(told));
}

#[test]
fn models_that_no_manifest_vouches_for_are_told() {
    let folder = folder();
    folder.octomix(&["fit", "list.txt", "-k", "1", "-o", "out"]).assert().success();
    let score = ["score", "list.txt", "--model", "out", "-o", "scored"];
    folder.octomix(&score).assert().success().stderr("");
    fs::remove_file(folder.path("out/src/seen.roaring")).unwrap();
    let told = "octomix: warning: 'out/src/seen.roaring' is gone; the model is used without it\n";
    folder.octomix(&score).assert().success().stderr(told);
    fs::remove_file(folder.path("out/manifest.json")).unwrap();
    let told =
        "'out' has no manifest.json, as where a run was killed: its models are used as they are\n";
    folder.octomix(&score).assert().success().stderr(contains(told));
}
