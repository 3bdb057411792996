//! A batch works in a process of its own: whatever becomes of that one, the index tells of all captures, and neither
//! process outlives the other.
#![cfg(target_os = "linux")]

use std::fs;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Folder;
use crate::signals::is_ignored;

/// A batch of a list, standard input, which stays open, and another list.
fn start(folder: &Folder) -> Child {
    folder.write("a.txt", "10.0.0.1\n10.0.0.2\n10.9.0.3\n");
    folder.write("b.txt", "10.0.0.1\n10.0.0.2\n10.9.0.4\n");
    let mut command = Command::new(env!("CARGO_BIN_EXE_octomix"));
    command.current_dir(folder.path("")).args(["detect", "--each", "a.txt", "-", "b.txt"]);
    command.args(["-o", "up/out", "--engine", "cpu", "-k", "1"]);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(60), "it does not happen: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The process that works for `run`, once it has finished the first list, and so waits for standard input.
fn worker(folder: &Folder, run: &Child) -> u32 {
    wait_until("the first is finished", || folder.path("up/out/a.txt/manifest.json").exists());
    let children = format!("/proc/{0}/task/{0}/children", run.id());
    fs::read_to_string(children).unwrap().trim().parse().unwrap()
}

fn send(signal: &str, process: u32) {
    let sent = Command::new("kill").args([&format!("-{signal}"), &process.to_string()]).status();
    assert!(sent.unwrap().success());
}

fn is_alive(process: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // One that nobody has waited for yet has ended all the same.
    stat.rsplit(')').next().is_some_and(|rest| !rest.is_empty() && !rest.starts_with(" Z"))
}

#[test]
fn one_that_is_killed_costs_the_capture_that_it_was_at() {
    for signal in ["KILL", "ABRT", "ILL"] {
        let folder = Folder::new();
        let mut run = start(&folder);
        let input = run.stdin.take().unwrap();
        send(signal, worker(&folder, &run));
        let done = run.wait_with_output().unwrap();
        drop(input);
        let told = String::from_utf8_lossy(&done.stderr).into_owned();
        assert_eq!(done.status.code(), Some(1), "{told}");
        let index = folder.json("up/out/index.json");
        let status = |at: usize| index["captures"][at]["status"].clone();
        assert_eq!([status(0), status(1), status(2)], ["ok", "failed", "ok"], "{told}");
        let error = index["captures"][1]["error"].as_str().unwrap();
        assert!(error.ends_with(&format!(": SIG{signal}")), "{error}");
    }
}

#[test]
fn a_signal_ends_both() {
    let signals = [("INT", 2), ("TERM", 15), ("HUP", 1)].into_iter();
    for (name, number) in signals.filter(|&(_, number)| !is_ignored(number)) {
        for to_worker in [false, true] {
            let folder = Folder::new();
            let mut run = start(&folder);
            let input = run.stdin.take().unwrap();
            let worker = worker(&folder, &run);
            send(name, if to_worker { worker } else { run.id() });
            let done = run.wait_with_output().unwrap();
            drop(input);
            assert_eq!(done.status.signal(), Some(number), "SIG{name}");
            let told = String::from_utf8_lossy(&done.stderr).into_owned();
            let expected = format!(
                "octomix: error: ended by SIG{name}; files that were not finished are removed\n"
            );
            assert!(told.ends_with(&expected), "{told}");
            assert_eq!(told.matches("ended by").count(), 1, "{told}");
            assert!(!is_alive(worker));
            assert!(!folder.path("up/out/index.json").exists());
        }
    }
}

#[test]
fn none_works_on_for_one_that_is_killed() {
    let folder = Folder::new();
    let mut run = start(&folder);
    let input = run.stdin.take().unwrap();
    let worker = worker(&folder, &run);
    send("KILL", run.id());
    run.wait().unwrap();
    wait_until("the worker ends", || !is_alive(worker));
    drop(input);
    // What was finished is whole.
    assert!(folder.path("up/out/a.txt/summary.json").exists());
    assert!(!Path::new(&folder.path("up/out/standard-input")).exists());
}

#[test]
fn standard_input_reaches_the_process_that_works() {
    let folder = Folder::new();
    let mut run = start(&folder);
    let mut input = run.stdin.take().unwrap();
    input.write_all(b"10.0.0.1\n10.0.0.7\n").unwrap();
    drop(input);
    let done = run.wait_with_output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let index = folder.json("up/out/index.json");
    assert_eq!(index["captures"][1]["src"]["addresses"], 2);
}
