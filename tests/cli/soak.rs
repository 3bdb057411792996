//! A soak: run after run, each with a fault drawn for it, and one long run. Nothing that stood is lost, what comes
//! next is as if nothing had happened, and memory stays as it is.
//!
//! `OCTOMIX_SOAK=3600` goes on for an hour instead of some seconds. `tests/faults.rs` has the same of devices.
#![cfg(target_os = "linux")]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use octomix::store::Manifest;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

use crate::Folder;

/// How long each soak goes on where nothing is asked for.
const SECONDS: u64 = 6;

fn seconds() -> u64 {
    let asked = std::env::var("OCTOMIX_SOAK").ok();
    asked.map_or(SECONDS, |asked| asked.parse().expect("OCTOMIX_SOAK is a number of seconds"))
}

/// What happens to a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    /// No space is left for one of the results.
    Full,
    /// Files must not grow beyond some kilobytes.
    Limited,
    /// A file among the captures cannot be read.
    Unreadable,
    /// One is cut.
    Cut,
    /// The run is told to end, or killed.
    Signal(&'static str),
    /// Another process has the folder.
    Locked,
}

const FAULTS: [Fault; 8] = [
    Fault::Full,
    Fault::Limited,
    Fault::Unreadable,
    Fault::Cut,
    Fault::Signal("TERM"),
    // Not one that a shell's background jobs ignore, as INT.
    Fault::Signal("XCPU"),
    Fault::Signal("KILL"),
    Fault::Locked,
];

/// Results by name, without what a run tells of itself: when it ran, how long, and by which command.
type Results = BTreeMap<String, Vec<u8>>;

const RESULTS: [&str; 4] =
    ["src/addresses.csv", "src/anomalies.csv", "src/model.json", "seen.behaviour"];

fn results(folder: &Folder) -> Results {
    let read =
        |name: &&str| Some(((*name).to_owned(), fs::read(folder.path("out").join(name)).ok()?));
    let mut results: Results = RESULTS.iter().filter_map(read).collect();
    // Other parts have times.
    if let Ok(summary) = fs::read(folder.path("out/summary.json")) {
        let summary: Value = serde_json::from_slice(&summary).unwrap();
        results.insert("summary.json".to_owned(), summary["src"]["clusters"].to_string().into());
    }
    results
}

/// Whether the folder's results are those of one run, as the manifest says.
fn is_whole(folder: &Folder) -> bool {
    let out = folder.path("out");
    let manifest = Manifest::read(&out).unwrap().expect("a run has ended well before");
    !manifest.entries().is_empty() && manifest.entries().iter().all(|e| e.check(&out).is_ok())
}

/// The runs take turns, so that a fault that lets results of the other run through is seen.
const SEEDS: [&str; 2] = ["1", "2"];

fn arguments(seed: &str) -> Vec<&str> {
    let run = ["detect", "-r", "day", "-o", "out", "--engine", "cpu", "--search", "restarts"];
    [&run[..], &["--role", "src", "--init", "random-from-data", "-k", "4", "--seed", seed]].concat()
}

fn command(folder: &Folder, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_octomix"));
    command.current_dir(folder.path("")).args(arguments);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

/// Does a run under `fault`. Returns how it ended: its status or minus its signal, and its last words.
fn suffer(folder: &Folder, fault: Fault, seed: &str, after: Duration) -> (i32, String) {
    let arguments = arguments(seed);
    let mut run = command(folder, &arguments);
    let result = folder.path("out/src/addresses.csv");
    let (aside, odd) = (folder.path("aside"), folder.path("day/odd.csv"));
    let mut lock = None;
    match fault {
        Fault::Full => {
            fs::rename(&result, &aside).unwrap();
            symlink("/dev/full", &result).unwrap();
        }
        Fault::Limited => {
            let limited = "ulimit -c 0; ulimit -f 8; exec \"$0\" \"$@\"";
            run = Command::new("sh");
            run.args(["-c", limited, env!("CARGO_BIN_EXE_octomix")]).args(&arguments);
            run.current_dir(folder.path("")).stdout(Stdio::null()).stderr(Stdio::piped());
        }
        // Its first page cannot be read, not even by root.
        Fault::Unreadable => symlink("/proc/self/mem", &odd).unwrap(),
        Fault::Cut => fs::write(&odd, "src,dst\n10.0.0.1,10.0.0.2\n10.0.0.3").unwrap(),
        Fault::Signal(_) => {}
        Fault::Locked => {
            let other = File::open(folder.path("out")).unwrap();
            other.lock().unwrap();
            lock = Some(other);
        }
    }
    let run = run.spawn().unwrap();
    if let Fault::Signal(name) = fault {
        sleep(after);
        let pid = run.id().to_string();
        // It may have ended.
        let mut kill = Command::new("kill");
        kill.args([&format!("-{name}"), &pid]).stderr(Stdio::null()).status().unwrap();
    }
    let done = run.wait_with_output().unwrap();
    drop(lock);
    let _ = fs::remove_file(odd);
    if fault == Fault::Full {
        assert!(fs::symlink_metadata(&result).unwrap().is_symlink(), "the link is what it was");
        fs::rename(&aside, &result).unwrap();
    }
    let told = String::from_utf8_lossy(&done.stderr).into_owned();
    (done.status.code().unwrap_or_else(|| -done.status.signal().unwrap()), told)
}

/// Whether a run under `fault` may end so.
fn is_expected(fault: Fault, status: i32, told: &str) -> bool {
    let says = |words: &str| told.lines().last().is_some_and(|line| line.contains(words));
    match fault {
        Fault::Full => status == 1 && says("cannot write 'out/src/addresses.csv': "),
        Fault::Limited => status == -25 && says("larger than files may be"),
        Fault::Unreadable => status == 3 && says("1 file could not be opened"),
        Fault::Cut => status == 3 && says("1 file is damaged"),
        Fault::Signal(name) => {
            let number = [("TERM", -15), ("XCPU", -24), ("KILL", -9)];
            status == 0 || number.contains(&(name, status))
        }
        Fault::Locked => status == 1 && says("another octomix is writing there"),
    }
}

#[test]
fn whatever_fails_nothing_is_lost() {
    let folder = Folder::new();
    fs::create_dir(folder.path("day")).unwrap();
    for seed in ["1", "2", "3"] {
        let name = format!("day/{seed}.csv");
        let generate = ["generate", "--addresses", "2k", "--packets", "6k", "--seed", seed];
        folder.octomix(&[&generate[..], &["-o", &name]].concat()).assert().success();
    }
    let mut longest = Duration::ZERO;
    let expected = SEEDS.map(|seed| {
        let begun = Instant::now();
        let done = command(&folder, &arguments(seed)).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        longest = longest.max(begun.elapsed());
        results(&folder)
    });
    assert!(expected[0] != expected[1] && expected[0].len() == 5, "the runs can be told apart");

    let rng = &mut ChaCha8Rng::seed_from_u64(7);
    let (begun, mut rounds, mut ends) = (Instant::now(), 0, BTreeMap::new());
    while rounds < FAULTS.len() || begun.elapsed() < Duration::from_secs(seconds()) {
        // What stands there is of the other.
        let (before, next) = (&expected[(rounds + 1) % 2], &expected[rounds % 2]);
        let seed = SEEDS[rounds % 2];
        // Every fault has its turn, in another order each time.
        let fault = match FAULTS.get(rounds) {
            Some(fault) => *fault,
            None => *FAULTS.choose(rng).unwrap(),
        };
        let after = longest.mul_f64(rng.random_range(0.0..1.1));
        let (status, told) = suffer(&folder, fault, seed, after);
        let what = format!("round {rounds}, {fault:?} after {after:?}, ended by {status}: {told}");
        assert!(is_expected(fault, status, &told), "{what}");
        let (after, is_whole) = (results(&folder), is_whole(&folder));
        let end = match (is_whole, status) {
            // Damage among the captures is told, and the rest gives results of its own.
            (true, 3) => "other results",
            (true, 0) if after == *next => "done",
            (true, _) if after == *before => "nothing changed",
            // Killed between its last file and its last words.
            (true, _) if after == *next => "done, then ended",
            // Killed between two of the files: the manifest says so, and each of them is whole.
            (false, -9) => {
                let is_of =
                    |(name, bytes)| [before, next].iter().any(|r| r.get(name) == Some(bytes));
                assert!(after.len() == before.len() && after.iter().all(is_of), "{what}");
                "told by the manifest"
            }
            _ => panic!("{what}: whole {is_whole}, {:?}", after.keys()),
        };
        *ends.entry((fault, end)).or_insert(0) += 1;

        let done = command(&folder, &arguments(seed)).output().unwrap();
        let told = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "after {what}: {told}");
        assert!(self::is_whole(&folder) && results(&folder) == *next, "after {what}");
        assert!(!leaves_unfinished(&folder.path("out")), "after {what}");
        rounds += 1;
    }
    println!("{rounds} rounds");
    for ((fault, end), count) in &ends {
        println!("{fault:?}: {end}, {count}");
    }
}

fn leaves_unfinished(folder: &Path) -> bool {
    fs::read_dir(folder).unwrap().map(Result::unwrap).any(|entry| {
        let path = entry.path();
        entry.file_name().to_string_lossy().starts_with(".octomix-")
            || path.is_dir() && leaves_unfinished(&path)
    })
}

/// What memory the process `id` holds, in KiB; none if it has ended.
fn resident(id: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

/// Restarts that fit in a second: how many captures and restarts of each a long run has.
const RESTARTS_A_SECOND: u64 = 1200;

/// What the allocator may take anew in a short run, when a thread comes late, in KiB.
const LATE: u64 = 1024;

/// Samples of the end of a run, half a second.
const END: usize = 50;

/// Captures of a longer run, whose results take half a gigabyte: it has more restarts of each.
const MOST_CAPTURES: u64 = 2000;

#[test]
fn memory_stays_as_it_is() {
    let folder = Folder::new();
    fs::create_dir(folder.path("day")).unwrap();
    for seed in 0..20u32 {
        let name = format!("day/{seed}.csv");
        let seed = seed.to_string();
        let generate = ["generate", "--addresses", "600", "--packets", "2k", "--seed", &seed];
        folder.octomix(&[&generate[..], &["-o", &name]].concat()).assert().success();
    }
    // Damaged and unreadable ones among them.
    let text = fs::read(folder.path("day/0.csv")).unwrap();
    folder.write("day/3.csv", &text[..text.len() / 2]);
    folder.write("day/4.csv", "a,b\n1,2\n");
    fs::remove_file(folder.path("day/5.csv")).unwrap();
    symlink("/proc/self/mem", folder.path("day/5.csv")).unwrap();
    // The same again and again; a link would be known as the same capture.
    let captures = (25 * seconds()).clamp(150, MOST_CAPTURES);
    let restarts = (seconds() * RESTARTS_A_SECOND / captures).max(1).to_string();
    for at in (20..captures).filter(|at| at % 20 != 5) {
        let [of, copy] = [at % 20, at].map(|at| folder.path(&format!("day/{at}.csv")));
        fs::copy(of, copy).unwrap();
    }
    let captures = fs::read_dir(folder.path("day")).unwrap().count() as u64;
    let run = ["detect", "--each", "day/*", "-o", "out", "--engine", "cpu", "--tables", "none"];
    let search = ["--search", "restarts", "-k", "3", "--n-init", &restarts, "--quiet"];
    let mut process = command(&folder, &[&run[..], &search].concat()).spawn().unwrap();
    // How many are done is not known from without, so that samples are by time.
    let mut samples = Vec::new();
    let status = loop {
        if let Some(status) = process.try_wait().unwrap() {
            break status;
        }
        samples.extend(resident(process.id()));
        sleep(Duration::from_millis(10));
    };
    assert_eq!(status.code(), Some(3), "some failed, as they should");
    let done = fs::read_to_string(folder.path("out/index.csv")).unwrap().lines().count() as u64 - 1;
    assert_eq!(done, captures);
    // At its end it writes the index of all, for which it may take more for a moment.
    samples.truncate(samples.len().saturating_sub(END));
    let quarter = samples.len() / 4;
    let most = |at: usize| *samples[at * quarter..(at + 1) * quarter].iter().max().unwrap();
    let (second, last) = (most(1), most(3));
    println!("{captures} captures, {} samples; {second} KiB, at last {last} KiB", samples.len());
    let noise = if seconds() < 60 { LATE } else { 0 };
    assert!(last <= second + second / 20 + noise, "{second} KiB grew to {last} KiB");
}
