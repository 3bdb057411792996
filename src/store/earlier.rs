//! The summary.json of an earlier run, as far as later runs ask: what it found, what it was made from,
//! which files it wrote. A file that is missing, damaged or lacks these fields is ignored.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// What the results of a capture were made from, to know whether they would be made again the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeFrom {
    /// A fingerprint of the options, in hexadecimal digits.
    pub options: String,
    /// The files read: those of the capture, then those that options name.
    pub files: Vec<Original>,
}

/// A file that results were made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Original {
    /// Its path.
    pub path: String,
    /// Its bytes, if it has an end.
    pub bytes: Option<u64>,
    /// When it was last written to, in nanoseconds since 1970-01-01 UTC, if the system knows.
    pub modified: Option<u64>,
}

/// What an earlier batch tells of one capture.
#[derive(Debug, Clone, Deserialize)]
pub struct Earlier {
    octomix: String,
    made_from: MadeFrom,
    /// The sources, if they were looked at.
    pub src: Option<EarlierRole>,
    /// The destinations, if they were looked at.
    pub dst: Option<EarlierRole>,
    /// Both as one set, if they were looked at so.
    pub any: Option<EarlierRole>,
    files: Vec<String>,
    /// How long it took.
    pub seconds: EarlierSeconds,
}

/// The results of one role.
#[derive(Debug, Clone, Deserialize)]
pub struct EarlierRole {
    /// Distinct addresses.
    pub addresses: usize,
    /// The clusters, empty ones among them.
    pub clusters: Vec<EarlierCluster>,
    /// Addresses that any rule flagged.
    pub anomaly_count: usize,
    /// Those that a rule flagged that can flag nothing.
    pub finding_count: usize,
}

/// A cluster.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct EarlierCluster {
    /// Its addresses.
    pub size: u64,
}

/// Seconds of a run.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct EarlierSeconds {
    /// From its start until its summary was made.
    pub total: f64,
}

impl Earlier {
    /// The run whose results `directory` holds, if they are complete and were made from `made_from` by
    /// this version of octomix.
    pub fn of(directory: &Path, made_from: &MadeFrom) -> Option<Self> {
        let earlier: Self = summary(directory)?;
        let is_same =
            earlier.octomix == env!("CARGO_PKG_VERSION") && &earlier.made_from == made_from;
        let is_whole = || earlier.files.iter().all(|file| directory.join(file).is_file());
        (is_same && is_whole()).then_some(earlier)
    }
}

/// The files that the run in `directory` wrote, as paths below it; empty without a summary.
pub fn earlier_files(directory: &Path) -> Vec<String> {
    #[derive(Deserialize)]
    struct Files {
        files: Vec<String>,
    }
    summary(directory).map_or_else(Vec::new, |Files { files }| files)
}

/// What `directory`'s summary.json tells a `T`.
fn summary<T: for<'a> Deserialize<'a>>(directory: &Path) -> Option<T> {
    let text = fs::read(directory.join("summary.json")).ok()?;
    serde_json::from_slice(&text).ok()
}
