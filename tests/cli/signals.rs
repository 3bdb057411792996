//! How a run ends when it is told to: it dies of the signal, and what was there before stays as it was.
#![cfg(unix)]

use std::fs;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Folder;

/// octomix in `folder`, to be signalled; its standard error is a pipe.
fn start(folder: &Folder, arguments: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_octomix"));
    command.current_dir(folder.path("")).args(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

fn send(signal: &str, run: &Child) {
    let sent = Command::new("kill").args([&format!("-{signal}"), &run.id().to_string()]).status();
    assert!(sent.unwrap().success());
}

/// All that is below `folder`, with contents.
fn everything(folder: &Path) -> Vec<(String, Option<Vec<u8>>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(everything(&path)),
            false => found.push((path.to_string_lossy().into_owned(), fs::read(&path).ok())),
        }
    }
    found.sort();
    found
}

/// Waits until `run` has made a temporary file below `folder`.
fn wait_for_unfinished(folder: &Path, run: &mut Child) {
    let begun = Instant::now();
    let is_there = || everything(folder).iter().any(|(name, _)| name.contains("/.octomix-"));
    while !is_there() {
        assert!(run.try_wait().unwrap().is_none(), "it has ended before it began to write");
        assert!(begun.elapsed() < Duration::from_secs(60), "it does not begin to write");
        std::thread::sleep(Duration::from_millis(5));
    }
}

const SIGNALS: [(&str, i32); 5] = [("INT", 2), ("TERM", 15), ("HUP", 1), ("QUIT", 3), ("XCPU", 24)];

/// Whether this process ignores the signal of that number, as those in the background or below `nohup` do. What it
/// starts does so too, and must not end by it.
pub fn is_ignored(number: i32) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (number - 1) & 1 == 1)
}

/// Those that end what this process starts.
fn signals() -> impl Iterator<Item = (&'static str, i32)> {
    SIGNALS.into_iter().filter(|&(_, number)| !is_ignored(number))
}

#[test]
fn a_signal_ends_a_run_that_waits_for_input() {
    for (name, number) in signals() {
        let folder = Folder::new();
        let mut run = start(&folder, &["detect", "-", "-o", "a/out"]);
        // It waits for more of its input, which stays open.
        let input = run.stdin.take().unwrap();
        let begun = Instant::now();
        while !folder.path("a/out").exists() {
            assert!(begun.elapsed() < Duration::from_secs(60), "it does not begin");
            std::thread::sleep(Duration::from_millis(5));
        }
        send(name, &run);
        let done = run.wait_with_output().unwrap();
        drop(input);
        assert_eq!(done.status.signal(), Some(number), "SIG{name}");
        assert_eq!(
            String::from_utf8_lossy(&done.stderr),
            format!(
                "octomix: error: ended by SIG{name}; files that were not finished are removed\n"
            )
        );
        assert!(!folder.path("a").exists(), "SIG{name}: no trace");
    }
}

#[test]
fn a_signal_leaves_no_unfinished_file() {
    for (name, number) in signals() {
        let folder = Folder::new();
        let mut run = start(&folder, &["generate", "--addresses", "1000000000", "-o", "list.txt"]);
        wait_for_unfinished(&folder.path(""), &mut run);
        send(name, &run);
        assert_eq!(run.wait().unwrap().signal(), Some(number), "SIG{name}");
        assert_eq!(everything(&folder.path("")), []);
    }
}

#[test]
fn what_an_earlier_run_found_outlasts_one_that_is_ended() {
    let folder = Folder::new();
    folder.octomix(&["generate", "--addresses", "300k", "-o", "list.txt"]).assert().success();
    let run =
        ["detect", "list.txt", "-o", "out", "--engine", "cpu", "--model", "kmeans", "-k", "2"];
    folder.octomix(&run).assert().success();
    let before = everything(&folder.path("out"));
    for (name, number) in [("TERM", 15), ("KILL", 9)] {
        let mut again = start(&folder, &[&run[..], &["--seed", "7"]].concat());
        wait_for_unfinished(&folder.path("out"), &mut again);
        send(name, &again);
        assert_eq!(again.wait().unwrap().signal(), Some(number));
        let mut after = everything(&folder.path("out"));
        // Nothing handles SIGKILL: what it leaves is removed by the next run.
        after.retain(|(name, _)| !name.contains("/.octomix-"));
        assert!(before == after, "SIG{name}");
    }
    let last = folder.octomix(&run).assert().success();
    let told = String::from_utf8_lossy(&last.get_output().stderr).into_owned();
    assert!(told.contains("that a killed run left in 'out'"), "{told}");
    assert!(!everything(&folder.path("out")).iter().any(|(name, _)| name.contains("/.octomix-")));
}

#[test]
fn a_signal_that_was_ignored_at_the_start_stays_ignored() {
    for name in ["INT", "HUP"] {
        let folder = Folder::new();
        let mut command = Command::new("sh");
        let program = env!("CARGO_BIN_EXE_octomix");
        command.args(["-c", &format!("trap '' {name}; exec \"$0\" extract - -o out"), program]);
        command.current_dir(folder.path("")).stdin(Stdio::piped()).stdout(Stdio::null());
        // Of its own group, lest the signal of a terminal reach the tests.
        let mut run = command.process_group(0).spawn().unwrap();
        while !folder.path("out").exists() {
            std::thread::sleep(Duration::from_millis(5));
        }
        send(name, &run);
        std::thread::sleep(Duration::from_millis(100));
        std::io::Write::write_all(&mut run.stdin.take().unwrap(), b"10.0.0.1\n").unwrap();
        assert!(run.wait().unwrap().success(), "SIG{name}");
    }
}

#[test]
fn a_file_that_grows_too_large_is_told_and_the_run_dies_of_the_signal() {
    let folder = Folder::new();
    let program = env!("CARGO_BIN_EXE_octomix");
    let limited =
        format!("ulimit -c 0; ulimit -f 8; exec '{program}' generate --addresses 300k -o list.txt");
    let done =
        Command::new("sh").args(["-c", &limited]).current_dir(folder.path("")).output().unwrap();
    assert_eq!(done.status.signal(), Some(25));
    assert_eq!(
        String::from_utf8_lossy(&done.stderr),
        "octomix: error: cannot write 'list.txt': it grows larger than files may be here (see ulimit -f); choose \
         another directory\n"
    );
    assert_eq!(everything(&folder.path("")), []);
}
