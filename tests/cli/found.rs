//! Files that are found: twice, of other kinds, or not to be opened.

use std::fs;

use predicates::str::contains;

use crate::Folder;

/// The columns of what addresses did.
const ACTIVITY: &str = ",bytes,peers,services,unanswered,first_seen,last_seen";

#[test]
fn a_file_that_is_given_twice_counts_once() {
    let folder = Folder::new();
    folder.write("a.txt", "10.0.0.1\n10.0.0.2\n");
    let done = folder.octomix(&["extract", "a.txt", "./a.txt", "a*"]).assert().success();
    done.stderr(
        "octomix: warning: 2 files are given more than once, and count once: './a.txt' is the same file \
         as 'a.txt'\n",
    );
    assert_eq!(
        folder.read("octomix-out/src.csv"),
        format!("address,records{ACTIVITY}\n10.0.0.1,1,,,,,,\n10.0.0.2,1,,,,,,\n")
    );
    let summary = folder.json("octomix-out/summary.json");
    assert_eq!(summary["input"]["repeated"][0]["first"], "a.txt");
    let mut piped = folder.octomix(&["extract", "-", "-", "-o", "piped"]);
    let done = piped.write_stdin("10.0.0.1\n").assert().success();
    done.stderr("octomix: warning: standard input is given twice, and counts once\n");
}

#[test]
fn logs_of_other_kinds_are_passed_over_in_one_line() {
    let folder = Folder::new();
    fs::create_dir(folder.path("logs")).unwrap();
    folder.write("logs/conn.log", "{\"id.orig_h\":\"10.0.0.1\",\"id.resp_h\":\"10.0.0.2\"}\n");
    folder.write("logs/stats.log", "{\"ts\":1.5,\"mem\":3}\n{\"ts\":2.5,\"mem\":3}\n");
    folder.write("logs/eve-stats.json", "{\"event_type\":\"stats\",\"stats\":{\"uptime\":1}}\n");
    folder.write("logs/x509.log", "#separator \\x09\n#fields\tts\tfingerprint\n1.5\tab\n");
    folder.write("logs/README.md", "# Logs\n\nThey are of one day.\n");
    folder.write("logs/settings.json", "{\n  \"editor\": 2\n}\n");
    folder.write("logs/run.sh", "#!/bin/sh\necho done\n");
    let done = folder.octomix(&["extract", "-r", "logs"]).assert().success();
    done.stderr("").stdout(contains("\n  6 files of other kinds were passed over\n"));
    assert_eq!(
        folder.read("octomix-out/src.csv"),
        format!("address,records{ACTIVITY}\n10.0.0.1,1,,1,,,,\n")
    );
    // One that is named is an error.
    for name in ["logs/stats.log", "logs/x509.log", "logs/README.md"] {
        folder.octomix(&["extract", name, "-o", "named"]).assert().code(1);
    }
}

#[test]
fn files_that_could_be_converted_are_told() {
    let folder = Folder::new();
    fs::create_dir(folder.path("day")).unwrap();
    folder.write("day/a.txt", "10.0.0.1\n");
    folder.write("day/nfcapd.1", b"\x0c\xa5\x02\0\0\0");
    folder.write("day/nfcapd.2", b"\x0c\xa5\x02\0\0\0");
    let done = folder.octomix(&["extract", "-r", "day"]).assert().success();
    done.stderr(
        "octomix: warning: 2 files passed over: 'day/nfcapd.1' is a file of nfdump, which is not read; convert it \
         first: nfdump -r FILE -o csv | octomix detect -; 'day/nfcapd.2' is a file of nfdump, which is not read; \
         convert it first: nfdump -r FILE -o csv | octomix detect -\n",
    )
    .stdout(contains("\n  2 files that are not read as they are were passed over\n"));
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_opened_makes_the_status_3_when_the_rest_is_done() {
    use std::os::unix::fs::symlink;

    let folder = Folder::new();
    fs::create_dir(folder.path("day")).unwrap();
    folder.write("day/a.txt", "10.0.0.1\n10.0.0.2\n10.9.0.3\n");
    symlink("gone", folder.path("day/b.txt")).unwrap();
    let warning = "octomix: warning: cannot read 'day/b.txt': no such file; check the path\n";
    let error =
        "octomix: error: 1 file could not be opened; the results are whole but for what is there\n";
    for named in [&["-r", "day"][..], &["day/*"]] {
        let done = folder.octomix(&[&["extract"], named].concat()).assert().code(3);
        done.stderr(format!("{warning}{error}"));
        assert_eq!(folder.read("octomix-out/src.csv").lines().count(), 4);
    }
    folder.detect(&["-r", "day", "-k", "1"]).assert().code(3).stderr(format!("{warning}{error}"));
    let done = folder.detect(&["--each", "day", "-k", "1", "-o", "each"]).assert().code(3);
    done.stderr(contains(warning.trim_start_matches("octomix: warning: ")));
    assert!(folder.path("each/day/summary.json").is_file());
}

#[test]
fn a_capture_of_a_batch_that_is_given_twice_counts_once() {
    let folder = Folder::new();
    folder.write("a.txt", "10.0.0.1\n10.0.0.2\n10.9.0.3\n");
    let done =
        folder.detect(&["--each", "a.txt", "*.txt", "-k", "1", "-o", "out"]).assert().success();
    done.stderr(contains("octomix: warning: 'a.txt' is given twice, and counts once\n"));
    assert_eq!(folder.json("out/index.json")["captures"].as_array().map(Vec::len), Some(1));
}
