//! Memory: what needs more than there may be is refused in one line, and of a batch it is the failure of one capture.

use std::fs;

use assert_cmd::Command;
use serde_json::Value;

use crate::Folder;

/// Runs `command`, which must be refused, in one line, without a trace of what it had begun in `out`.
fn refused(folder: &Folder, command: &mut Command) -> String {
    let done = command.output().unwrap();
    let told = String::from_utf8_lossy(&done.stderr).into_owned();
    assert_eq!(done.status.code(), Some(1), "{told}");
    assert!(told.starts_with("octomix: error: ") && told.lines().count() == 1, "{told}");
    assert!(!folder.path("out").exists(), "a trace");
    told
}

/// The name, the status and the error of each capture of the batch in `out`.
fn captures(folder: &Folder) -> Vec<[String; 3]> {
    let index = folder.json("out/index.json");
    let text = |capture: &Value, key: &str| capture[key].as_str().unwrap_or_default().to_owned();
    let captures = index["captures"].as_array().unwrap().iter();
    captures.map(|capture| ["name", "status", "error"].map(|key| text(capture, key))).collect()
}

/// A small list, a large one, and a table without addresses.
fn three() -> Folder {
    let folder = Folder::new();
    folder.write("a.txt", "10.0.0.1\n10.0.0.2\n10.9.0.3\n");
    folder.octomix(&["generate", "--addresses", "3M", "-o", "b.txt"]).assert().success();
    folder.write("c.csv", "a,b\n1,2\n");
    folder
}

const BATCH: &str = "detect --each a.txt b.txt c.csv a2.txt -o out --model kmeans -k 2 --n-init 1 --engine cpu --quiet";

#[test]
fn more_than_the_limit_is_refused_in_one_line() {
    let folder = three();
    let run = ["detect", "b.txt", "-o", "out", "--engine", "cpu", "--memory-limit", "20M"];
    let told = refused(&folder, &mut folder.octomix(&run));
    assert!(told.contains("error: out of memory while reading after "), "{told}");
    assert!(told.contains(" of 20.00 MB are in use; raise --memory-limit "), "{told}");
    // Of one that exists, nothing of it is lost.
    folder.octomix(&["detect", "a.txt", "-o", "out", "--engine", "cpu"]).assert().success();
    let before = folder.read("out/manifest.json");
    folder.octomix(&run).assert().code(1);
    assert_eq!(folder.read("out/manifest.json"), before);
    assert!(
        !fs::read_dir(folder.path("out"))
            .unwrap()
            .any(|file| { file.unwrap().file_name().to_string_lossy().starts_with(".octomix") })
    );
    for wrong in ["0", "x", "-1", "8X", "1", "15M"] {
        let limit = format!("--memory-limit={wrong}");
        folder.octomix(&["detect", "a.txt", &limit]).assert().code(2);
    }
    folder
        .octomix(&["detect", "a.txt", "--memory-limit=16M", "--engine", "cpu"])
        .assert()
        .success();
}

#[cfg(unix)]
#[test]
fn a_capture_that_is_too_large_does_not_stop_a_batch() {
    let folder = three();
    fs::copy(folder.path("a.txt"), folder.path("a2.txt")).unwrap();
    let run: Vec<&str> = BATCH.split(' ').chain(["--memory-limit", "20M"]).collect();
    folder
        .octomix(&run)
        .assert()
        .code(1)
        .stderr("octomix: error: 2 of 4 captures failed; the index tells why of each\n");
    let found = captures(&folder);
    let statuses: Vec<[&str; 2]> =
        found.iter().map(|[name, status, _]| [name.as_str(), status]).collect();
    let expected = [["a.txt", "ok"], ["b.txt", "failed"], ["c.csv", "failed"], ["a2.txt", "ok"]];
    assert_eq!(statuses, expected);
    assert!(found[1][2].starts_with("out of memory while reading after "), "{}", found[1][2]);
    assert!(found[2][2].contains("no known column"), "{}", found[2][2]);
    assert!(folder.path("out/a.txt/manifest.json").exists());
    assert!(!folder.path("out/b.txt").exists());
    // With what it needs it is made, and the others are known to be finished.
    fs::remove_file(folder.path("c.csv")).unwrap();
    folder.octomix(&BATCH.split(' ').collect::<Vec<_>>()).assert().code(3);
    let statuses: Vec<String> =
        captures(&folder).into_iter().map(|[_, status, _]| status).collect();
    assert_eq!(statuses, ["skipped", "ok", "failed", "skipped"]);
}

#[cfg(target_os = "linux")]
#[test]
fn an_allocation_that_the_system_refuses_is_the_failure_of_its_capture() {
    let folder = three();
    let program = env!("CARGO_BIN_EXE_octomix");
    // A limit that is far above what the system gives.
    let line = format!("ulimit -c 0; ulimit -v 131072; exec '{program}' {BATCH} --memory-limit 1T");
    let done =
        Command::new("sh").args(["-c", &line]).current_dir(folder.path("")).output().unwrap();
    let told = String::from_utf8_lossy(&done.stderr).into_owned();
    assert_eq!(done.status.code(), Some(1), "{told}");
    let found = captures(&folder);
    assert_eq!([&found[0][1], &found[1][1]], ["ok", "failed"], "{found:?}");
    // A small allocation may be the one that is refused, in code that is not ours.
    let reasons = ["the system gives no more than ", "ran out of memory"];
    assert!(reasons.iter().any(|reason| found[1][2].contains(reason)), "{}", found[1][2]);
    assert!(!told.contains("memory allocation of"), "{told}");
}

#[test]
fn what_is_short_and_stands_for_much_is_refused_before_it_is_allocated() {
    let folder = Folder::new();
    let blocks: String = (0..256).map(|octet| format!("{octet}.0.0.0/8\n")).collect();
    folder.write("all.txt", blocks);
    let detect = |file| {
        let run = ["detect", file, "-o", "out", "--engine", "cpu", "--memory-limit", "1G"];
        refused(&folder, &mut folder.octomix(&run))
    };
    // All of them at once: nothing was allocated for the first.
    let told = detect("all.txt");
    assert!(told.contains(": 17.18 GB more are needed, and "), "{told}");
    // A bitmap of all addresses: a run for each upper half.
    let halves = 0..=u16::MAX;
    let mut bitmap = (12_347u32 | 65_535 << 16).to_le_bytes().to_vec();
    bitmap.extend([0xff; 8192]);
    bitmap.extend(halves.clone().flat_map(|half| [half, u16::MAX]).flat_map(u16::to_le_bytes));
    bitmap.extend([0; 4 << 16]);
    bitmap.extend(halves.flat_map(|_| [1, 0, u16::MAX]).flat_map(u16::to_le_bytes));
    folder.write("all.roaring", bitmap);
    let told = detect("all.roaring");
    assert!(told.contains(": 17.18 GB more are needed, and "), "{told}");
}

#[test]
fn a_model_that_is_too_large_is_told_before_it_is_fitted() {
    let folder = Folder::new();
    folder.octomix(&["generate", "--addresses", "1100k", "-o", "x.txt"]).assert().success();
    for model in ["kmeans", "gaussian", "bayesian"] {
        let run = ["detect", "x.txt", "-o", "out", "--engine", "cpu", "-k", "1000000"];
        let limit = ["--memory-limit", "1G", "--quiet", "--model", model];
        let told = refused(&folder, folder.octomix(&run).args(limit));
        let begin = "octomix: error: sources: 1000000 components: about ";
        let end = "; give fewer, or raise --memory-limit\n";
        assert!(told.starts_with(begin) && told.ends_with(end), "{told}");
    }
    // All numbers of a sweep are fitted at once, by restarts, or one after the other.
    for (search, components) in [("restarts", "1000020"), ("merge-split", "1000000")] {
        let sweep = ["sweep", "x.txt", "-o", "out", "--engine", "cpu", "--memory-limit", "1G"];
        let numbers = ["--quiet", "--k", "20,1000000", "--search", search];
        let told = refused(&folder, folder.octomix(&sweep).args(numbers));
        let begin = format!("octomix: error: sources: {components} components: about ");
        assert!(told.starts_with(&begin), "{told}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn files_without_an_end_are_refused() {
    let folder = Folder::new();
    folder.write("a.txt", "10.0.0.1\n10.0.0.2\n10.9.0.3\n");
    let run = |arguments: &[&str]| {
        let done = folder.octomix(arguments).args(["a.txt", "-o", "out"]).output().unwrap();
        let told = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(matches!(done.status.code(), Some(1 | 2)), "{arguments:?}: {told}");
        // The command line's own errors have a line on help.
        assert!(told.lines().count() <= 3, "{arguments:?}: {told}");
        assert!(!told.contains("panicked"), "{arguments:?}: {told}");
        assert!(!folder.path("out").exists(), "{arguments:?}: a trace");
        told
    };
    for file in [["score", "--model"], ["fit", "--warm-start"], ["fit", "--init-file"]] {
        let told = run(&[&file[..], &["/dev/zero", "--memory-limit", "64M"]].concat());
        assert!(told.contains("out of memory while starting: "), "{told}");
    }
    for option in ["--only", "--exclude", "--allow"] {
        let told = run(&["detect", option, "/dev/zero"]);
        assert!(told.contains(option), "{told}");
    }
    // A list that never ends is read until memory does.
    let line = format!(
        "yes 10.0.0.1 | '{}' detect --only /dev/stdin --memory-limit=64M a.txt",
        env!("CARGO_BIN_EXE_octomix")
    );
    let done =
        Command::new("sh").args(["-c", &line]).current_dir(folder.path("")).output().unwrap();
    let told = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(told.starts_with("octomix: error: out of memory while starting: "), "{told}");
    // Beside a model nothing is read that is no file, and nobody waits for a writer.
    folder.octomix(&["fit", "a.txt", "-o", "m", "-k", "1"]).assert().success();
    for (model, file) in [("m/src/model.json", "m/src/seen.roaring"), ("m", "m/manifest.json")] {
        let (at, before) = (folder.path(file), fs::read(folder.path(file)).unwrap());
        fs::remove_file(&at).unwrap();
        std::os::unix::fs::symlink("/dev/zero", &at).unwrap();
        let told = run(&["score", "--model", model]);
        assert!(told.contains("it is no file"), "{file}: {told}");
        fs::remove_file(&at).unwrap();
        fs::write(&at, before).unwrap();
    }
}
