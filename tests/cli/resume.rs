//! Runs that are killed at random moments and started again: the results are those of a run that was not, and nothing
//! else stays. `OCTOMIX_KILLS=200` kills each kind of run so often.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use predicates::str::contains;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

use crate::Folder;

/// Times a kind of run is killed in the suite.
const KILLS: usize = 5;

/// Milliseconds after which a checkpoint is written again; a minute otherwise.
const EVERY_MS: &str = "5";

fn start(folder: &Folder, arguments: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_octomix"));
    command.current_dir(folder.path("")).args(arguments).env("OCTOMIX_CHECKPOINT_MS", EVERY_MS);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

fn since_1970(time: SystemTime) -> Duration {
    time.duration_since(SystemTime::UNIX_EPOCH).unwrap()
}

/// Runs octomix to its end, which must be good, and returns what it tells on standard error.
fn run(folder: &Folder, arguments: &[&str]) -> String {
    let done = start(folder, arguments).wait_with_output().unwrap();
    let told = String::from_utf8(done.stderr).unwrap();
    assert!(done.status.success(), "{arguments:?}: {told}");
    told
}

/// All files below `folder`, without what a clock says.
fn results(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(at) = folders.pop() {
        for entry in fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
            let content = timeless(&name, fs::read(&path).unwrap());
            found.insert(name, content);
        }
    }
    found
}

/// The `content` of the file `name` without what a clock says.
fn timeless(name: &str, content: Vec<u8>) -> Vec<u8> {
    let text = |content| String::from_utf8(content).unwrap();
    let without = |text: String, is_time: fn(&str) -> bool| {
        text.lines().filter(|line| !is_time(line)).collect::<Vec<_>>().join("\n").into_bytes()
    };
    match name.rsplit('/').next().unwrap() {
        "summary.json" | "index.json" | "manifest.json" => {
            let mut value = serde_json::from_slice(&content).unwrap();
            strip(&mut value);
            serde_json::to_vec_pretty(&value).unwrap()
        }
        "report.html" => without(text(content), |line| {
            let is_length = line.contains("<span aria-hidden") && line.ends_with('s');
            is_length || line.contains("data-unix") || line.contains("<dt>Time</dt>")
        }),
        // Its columns are name, status, those of roles, seconds, error and lost.
        "index.csv" => {
            let row = |row: &str| {
                let cells: Vec<&str> = row.split(',').collect();
                [&cells[..1], &cells[2..cells.len() - 3], &cells[cells.len() - 1..]]
                    .concat()
                    .join(",")
            };
            text(content).lines().map(row).collect::<Vec<_>>().join("\n").into_bytes()
        }
        _ => content,
    }
}

/// Removes times, whether a capture was skipped, and the hashes of files that tell of these.
fn strip(value: &mut Value) {
    match value {
        Value::Array(entries) => entries.iter_mut().for_each(strip),
        Value::Object(fields) => {
            fields.retain(|name, _| name != "seconds" && name != "status");
            let names = ["summary.json", "report.html", "index.json", "index.csv"];
            let is_timed = |file: &Value| names.contains(&file.as_str().unwrap_or_default());
            if fields.get("file").is_some_and(is_timed) {
                fields.retain(|name, _| name != "bytes" && name != "xxh3");
            }
            fields.values_mut().for_each(strip);
        }
        _ => {}
    }
}

/// Kills runs with `arguments`, which write to `out`, at random moments, up to three times before one is let go on to
/// its end; returns how many of these went on from a checkpoint.
fn killed_and_resumed(folder: &Folder, arguments: &[&str], kept: Option<&str>) -> usize {
    let out = folder.path("out");
    let begun = Instant::now();
    run(folder, arguments);
    let whole = begun.elapsed();
    let expected = results(&out);
    assert!(expected.len() > 1);
    let kills = std::env::var("OCTOMIX_KILLS").ok().map_or(KILLS, |text| text.parse().unwrap());
    let seed = u64::from(since_1970(SystemTime::now()).subsec_nanos());
    eprintln!("killed with the seed {seed}: {arguments:?}");
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let (mut killed, mut resumed) = (0, 0);
    while killed < kills {
        // Half of them replace results that are there.
        if random.random() {
            fs::remove_dir_all(&out).unwrap();
        }
        for _ in 0..random.random_range(1..=3) {
            let mut run = start(folder, arguments);
            std::thread::sleep(whole.mul_f64(random.random_range(0.0..1.0)));
            run.kill().unwrap();
            // One that has come to its end before was not killed.
            killed += usize::from(!run.wait().unwrap().success());
        }
        let told = run(folder, arguments);
        resumed += usize::from(told.contains("going on after"));
        let found = results(&out);
        let names = |of: &BTreeMap<String, Vec<u8>>| of.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&found), names(&expected));
        let differ = found.iter().filter(|(name, content)| expected[*name] != **content);
        assert_eq!(differ.map(|(name, _)| name).collect::<Vec<_>>(), [""; 0]);
        let stays = fs::read_dir(folder.path("")).unwrap().map(|entry| entry.unwrap().file_name());
        let stale = |name: &str| name.starts_with(".octomix-") || Some(name) == kept;
        assert!(!stays.into_iter().any(|name| stale(&name.to_string_lossy())));
    }
    resumed
}

/// A folder with so many captures of 50 rows in `day`.
fn captures(count: u32) -> Folder {
    let folder = Folder::new();
    fs::create_dir(folder.path("day")).unwrap();
    for capture in 0..count {
        let row = |row: u32| format!("10.0.{capture}.{row},192.0.2.{}\n", row % 7);
        let rows: String = (0..50).map(row).collect();
        folder.write(&format!("day/{capture}.csv"), format!("ip.src,ip.dst\n{rows}"));
    }
    folder
}

#[test]
fn a_killed_extraction_of_each_goes_on_with_what_is_missing() {
    let folder = captures(40);
    killed_and_resumed(&folder, &["extract", "--each", "day/*", "-o", "out"], None);
}

#[test]
fn a_killed_merge_leaves_nothing_and_is_made_again() {
    let folder = captures(40);
    run(&folder, &["extract", "--each", "day/*", "-o", "shards"]);
    killed_and_resumed(&folder, &["merge", "shards", "-o", "out"], None);
}

/// A folder with a list that takes some time to fit.
fn list() -> Folder {
    let folder = Folder::new();
    let list = ["generate", "--shape", "mixed", "--addresses", "100k", "-o", "list.txt"];
    folder.octomix(&list).assert().success();
    folder
}

#[test]
fn a_killed_detection_goes_on_from_its_checkpoint() {
    let folder = list();
    let detect = ["detect", "list.txt", "-k", "4", "--role", "both", "--engine", "cpu"];
    let ends = ["--checkpoint", "kept", "-o", "out"];
    let resumed = killed_and_resumed(&folder, &[&detect[..], &ends].concat(), Some("kept"));
    assert!(resumed > 0, "all were killed before the first checkpoint, or none had one");
}

/// Kills a run with `arguments` once it has written the checkpoint `kept`.
fn leave_a_checkpoint(folder: &Folder, arguments: &[&str]) {
    let mut run = start(folder, arguments);
    let begun = Instant::now();
    while !folder.path("kept").exists() {
        assert!(run.try_wait().unwrap().is_none(), "it has ended without a checkpoint");
        assert!(begun.elapsed() < Duration::from_secs(60), "it writes no checkpoint");
        std::thread::sleep(Duration::from_millis(1));
    }
    run.kill().unwrap();
    run.wait().unwrap();
}

#[test]
fn a_checkpoint_of_another_run_is_refused_with_what_differs() {
    let folder = list();
    let fit =
        ["fit", "list.txt", "--engine", "cpu", "--checkpoint", "kept", "-o", "out", "-k", "4"];
    leave_a_checkpoint(&folder, &fit);
    let kept = fs::read(folder.path("kept")).unwrap();
    let refused = |arguments: &[&str], what: &str| {
        let told = format!(
            "'kept' is the checkpoint of another run: {what}; give another FILE to --checkpoint, or remove it"
        );
        folder.octomix(arguments).assert().code(1).stderr(contains(told));
    };
    refused(&[&["detect"], &fit[1..]].concat(), "it was started with 'fit', not with 'detect'");
    let of = |last: &[&'static str]| [&fit[..7], last].concat();
    refused(&of(&["elsewhere", "-k", "5"]), "it was started with '-k 4', not with '-k 5'");
    refused(&of(&["out", "-k", "4", "--seed", "1"]), "it was started without '--seed 1'");
    folder.write("other.txt", folder.read("list.txt"));
    let other: Vec<_> =
        fit.iter().map(|&part| if part == "list.txt" { "other.txt" } else { part }).collect();
    refused(&other, "it is of 'list.txt', not of 'other.txt'");

    let list = folder.read("list.txt");
    folder.write("list.txt", format!("{list}10.0.0.1\n"));
    refused(&fit, "'list.txt' has changed since");
    folder.write("list.txt", &list);
    let at = kept.iter().position(|&byte| byte == b'\n').unwrap();
    let line = String::from_utf8(kept[..at].to_vec()).unwrap();
    let with = |from: &str, to: &str| {
        let changed = line.replace(from, to);
        assert_ne!(changed, line);
        folder.write("kept", [changed.as_bytes(), &kept[at..]].concat());
    };
    let version = |version: &str| format!("\"octomix\":\"{version}\"");
    with(&version(env!("CARGO_PKG_VERSION")), &version("0.0.9"));
    let here = env!("CARGO_PKG_VERSION");
    refused(&fit, &format!("octomix 0.0.9 wrote it, and this is {here}"));
    folder.write("kept", &kept[..kept.len() - 1]);
    let told = "'kept' is no whole checkpoint; give another FILE to --checkpoint, or remove it";
    folder.octomix(&fit).assert().code(1).stderr(contains(told));

    // What does not change what is computed may differ, and so may the time of an input.
    folder.write("kept", &kept);
    folder.write("list.txt", &list);
    let mut again = fit;
    again[7] = "elsewhere";
    let told = run(&folder, &[&again[..], &["-v", "--format", "json", "--threads", "1"]].concat());
    assert!(told.contains("octomix: note: going on after "), "{told}");
    assert!(!folder.path("kept").exists());
    run(&folder, &["fit", "list.txt", "--engine", "cpu", "-k", "4", "-o", "whole"]);
    let model = |output: &str| folder.read(&format!("{output}/src/model.json"));
    assert!(model("elsewhere") == model("whole"));
    folder.octomix(&["detect", "--each", "x", "--checkpoint", "kept"]).assert().code(2);
}

#[test]
fn a_checkpoint_is_of_one_run_at_a_time_and_leaves_no_directory() {
    let folder = list();
    let fit = |name: &str, kept: &'static str| {
        let files = ["fit", "list.txt", "--engine", "cpu", "-k", "4", "--checkpoint", kept, "-o"];
        files.iter().map(|part| (*part).to_owned()).chain([name.to_owned()]).collect::<Vec<_>>()
    };
    let run_of = |name: &str, kept: &'static str| {
        let arguments = fit(name, kept);
        folder.octomix(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let mut first = Command::new(env!("CARGO_BIN_EXE_octomix"));
    first.current_dir(folder.path("")).args(["fit", "-", "--checkpoint", "new/at/kept", "-o", "a"]);
    first.stdin(Stdio::piped()).stdout(Stdio::null());
    let mut first = first.spawn().unwrap();
    // It waits for its input, with the checkpoint to itself.
    let begun = Instant::now();
    while fs::read_dir(folder.path("new/at")).map_or(0, Iterator::count) == 0 {
        assert!(begun.elapsed() < Duration::from_secs(60), "it claims no checkpoint");
        std::thread::sleep(Duration::from_millis(1));
    }
    let told = "cannot write 'new/at/kept': another octomix is writing there; wait for its end, or give \
                another FILE to --checkpoint\n";
    run_of("b", "new/at/kept").assert().code(1).stderr(contains(told));
    first.kill().unwrap();
    first.wait().unwrap();
    run_of("b", "new/at/kept").assert().success();
    // Nor does what a killed run had made.
    assert!(!folder.path("new").exists());
    run_of("b", "newer/at/kept").assert().success();
    assert!(!folder.path("newer").exists());

    // What a link leads to is the checkpoint, and the link is the user's.
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("elsewhere/kept", folder.path("link")).unwrap();
        run_of("b", "link").assert().success();
        assert!(folder.path("link").is_symlink() && !folder.path("elsewhere").exists());
    }

    fs::create_dir(folder.path("directory")).unwrap();
    for (kept, what) in [
        ("directory", "there is a directory of that name"),
        ("none/", "a name that ends in a slash is that of a directory"),
        ("/dev/null", "it is no regular file"),
    ] {
        let told = format!("cannot write '{kept}': {what}; give another FILE to --checkpoint\n");
        run_of("b", kept).assert().code(1).stderr(contains(told));
    }
}
