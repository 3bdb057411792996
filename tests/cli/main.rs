//! The command line as a whole: what it reads, prints and writes, and how it ends.

mod bad_input;
mod batch;
mod behaviour;
mod bench;
mod changes;
mod compare;
mod counts;
mod engines;
mod extract;
mod files;
mod filters;
mod folders;
mod found;
mod habits;
mod inputs;
mod memory;
mod models;
#[cfg(not(feature = "gpu"))]
mod no_gpu;
mod output;
mod pictures;
mod refusals;
mod resume;
mod rules;
mod sets;
mod signals;
mod soak;
mod starts;
mod strangers;
mod study;
mod sweep;
mod threads;
mod tutorial;
mod worker;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

/// The tutorial's packet export.
const TUTORIAL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/tutorial_packets.csv");

/// A folder of its own in which octomix is run, so that messages name files shortly.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap();
    }

    fn read(&self, name: &str) -> String {
        let path = self.path(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"))
    }

    fn json(&self, name: &str) -> Value {
        serde_json::from_str(&self.read(name)).unwrap()
    }

    /// The rows of a table below its header, which is the contract's for a capture that says no packets.
    fn rows(&self, name: &str) -> Vec<Vec<String>> {
        const TABLE: &str = "address,records,cluster,log_density,anomaly,pc1,pc2";
        const FLAGGED: &str = "rule,reason,surprise,surprise_octet1,surprise_octet2,surprise_octet3,\
                               surprise_octet4,finding";
        const ACTIVITY: &str = "bytes,peers,services,unanswered,first_seen,last_seen";
        let text = self.read(name);
        let header = match name.ends_with("anomalies.csv") {
            true => format!("{TABLE},{FLAGGED},{ACTIVITY}"),
            false => format!("{TABLE},finding,surprise,{ACTIVITY}"),
        };
        let first = text.lines().next().unwrap_or_default();
        // octomix score tells what is new as well.
        assert_eq!(first.strip_suffix(",new").unwrap_or(first), header);
        let mut table = csv::Reader::from_reader(text.as_bytes());
        let row =
            |row: csv::Result<csv::StringRecord>| row.unwrap().iter().map(str::to_owned).collect();
        table.records().map(row).collect()
    }

    /// A table of octomix score beside a day that has seen all its addresses, without the column that says so.
    fn read_without_new(&self, name: &str) -> String {
        let text = self.read(name);
        let line = |(at, line): (usize, &str)| {
            let end = if at == 0 { ",new" } else { ",false" };
            line.strip_suffix(end).unwrap_or_else(|| panic!("{name}: {line}")).to_owned() + "\n"
        };
        text.lines().enumerate().map(line).collect()
    }

    /// octomix, run in this folder.
    fn octomix(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_octomix"));
        command.current_dir(&self.0).args(arguments);
        // What is remembered of GPUs is none of the user's.
        command.env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"));
        command
    }

    /// `octomix detect` in this folder; results come into `octomix-out`.
    fn detect(&self, arguments: &[&str]) -> Command {
        let mut command = self.octomix(&["detect"]);
        command.args(arguments);
        command
    }

    /// What a run prints that must go well.
    fn stdout(&self, arguments: &[&str]) -> String {
        let done = self.detect(arguments).assert().success();
        String::from_utf8(done.get_output().stdout.clone()).unwrap()
    }
}

/// A golden file: scikit-learn's results.
fn golden(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    serde_json::from_str(&text).unwrap()
}

/// Whether the build has no GPU support, or OCTOMIX_NO_GPU=1 leaves the GPU out, which is then said.
fn without_gpu() -> bool {
    if cfg!(not(feature = "gpu")) {
        return true;
    }
    let left_out = std::env::var_os("OCTOMIX_NO_GPU").is_some_and(|value| value == "1");
    if left_out {
        // Past the test harness, which swallows what a passing test prints by `eprintln!`.
        let _ = writeln!(io::stderr(), "OCTOMIX_NO_GPU=1: the GPU is left out");
    }
    left_out
}
