//! The summary.json of an earlier run, as far as later runs ask: what it found, what it was made from. A file that
//! is missing, damaged or lacks these fields is ignored.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::bounded;
use super::original::Original;
use super::output::Manifest;
use crate::describe::flagged::Lead;
use crate::input::Lost;
use crate::words::{Rfc3339, shown};

/// What the results of a capture were made from, to know whether they would be made again the same.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeFrom {
    /// A fingerprint of the options, in hexadecimal digits.
    pub options: String,
    /// The files read: those of the capture, then those that options name.
    pub files: Vec<Original>,
}

/// What an earlier batch tells of one capture, and as `R` of its roles.
#[derive(Debug, Clone, Deserialize)]
pub struct Earlier<R = EarlierRole> {
    octomix: String,
    made_from: MadeFrom,
    /// What it read.
    pub input: EarlierInput,
    /// The sources, if they were looked at.
    pub src: Option<R>,
    /// The destinations, if they were looked at.
    pub dst: Option<R>,
    /// Both as one set, if they were looked at so.
    pub any: Option<R>,
    /// How long it took.
    pub seconds: EarlierSeconds,
}

/// What summary.json tells of the shards beside it.
#[derive(Debug, Clone, Deserialize)]
pub struct EarlierShards {
    /// What they were made from.
    pub input: EarlierReading,
    /// Their names, and those of the files that were written with them.
    pub files: Vec<String>,
}

/// The files that a run read.
#[derive(Debug, Clone, Deserialize)]
pub struct EarlierReading {
    /// What it could not read whole.
    pub lost: Lost,
    /// Each of them.
    pub files: Vec<EarlierFile>,
}

/// A file that was read.
#[derive(Debug, Clone, Deserialize)]
pub struct EarlierFile {
    /// Its path, as it was given.
    pub name: String,
    /// The name of its format.
    pub format: String,
}

/// What index.json tells of the captures of a batch.
#[derive(Debug, Deserialize)]
struct Batch {
    captures: Vec<Capture>,
}

#[derive(Debug, Deserialize)]
struct Capture {
    name: String,
}

/// The folders below `directory` that the batch there is of, if its index tells.
pub fn folders_of_batch(directory: &Path) -> Option<Vec<PathBuf>> {
    let index = bounded::read_regular(&directory.join("index.json")).ok()?;
    let batch: Batch = serde_json::from_slice(&index).ok()?;
    Some(batch.captures.into_iter().map(|capture| directory.join(capture.name)).collect())
}

impl EarlierShards {
    /// The run whose results `directory` holds.
    pub fn of(directory: &Path) -> Option<Self> {
        summary(directory)
    }
}

/// The results of one role, where it was fitted.
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
    /// The first of these.
    pub findings: Vec<Lead>,
}

/// A cluster.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct EarlierCluster {
    /// Its addresses.
    pub size: u64,
}

/// What a run read.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct EarlierInput {
    /// What it could not read whole.
    pub lost: Lost,
}

/// Seconds of a run.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct EarlierSeconds {
    /// From its start until its summary was made.
    pub total: f64,
}

impl<R: DeserializeOwned> Earlier<R> {
    /// The run of the kind `by` whose results `directory` holds, if they are as they were written, and were made
    /// from `made_from` by this version of octomix.
    pub fn of(directory: &Path, by: &str, made_from: &MadeFrom) -> Option<Self> {
        let earlier: Self = summary(directory)?;
        let is_same =
            earlier.octomix == env!("CARGO_PKG_VERSION") && &earlier.made_from == made_from;
        let manifest = Manifest::read(directory).ok().flatten();
        let is_whole = |manifest: Manifest| {
            let mut results = manifest.by(by).peekable();
            results.peek().is_some() && results.all(|entry| entry.check(directory).is_ok())
        };
        (is_same && manifest.is_some_and(is_whole)).then_some(earlier)
    }
}

/// Where earlier results in a folder come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// The names of the files that were read, if they are known.
    pub files: Vec<String>,
    /// When they were written, to the second.
    pub written: String,
}

impl Origin {
    /// That of the results that runs of the kind `by` left in `directory`, if its manifest lists some.
    pub fn of(directory: &Path, by: &str) -> Option<Self> {
        Self::listed(&Manifest::read(directory).ok()??, directory, by)
    }

    /// That of the results which a run of the kind `by` is to replace in `directory`: those of the last of its kind,
    /// or else those that the summary tells of.
    pub fn replaced(directory: &Path, by: &str) -> Option<Self> {
        let manifest = Manifest::read(directory).ok()??;
        Self::listed(&manifest, directory, by)
            .or_else(|| Self::listed(&manifest, directory, &manifest.entry(SUMMARY)?.by))
    }

    fn listed(manifest: &Manifest, directory: &Path, by: &str) -> Option<Self> {
        let origin = Self::of_file(&directory.join(&manifest.by(by).next()?.file))?;
        // The summary is that of the last run, of whatever kind.
        let is_told = manifest.entry(SUMMARY).is_some_and(|entry| entry.by == by);
        let summary = is_told.then(|| summary::<OfFiles>(directory)).flatten();
        let files = summary.map(|summary| summary.input.files).unwrap_or_default();
        Some(Self { files: files.iter().map(|file| shown(&file.name)).collect(), ..origin })
    }

    /// That of the file at `path`, if it is there, of which nothing but its time is known.
    pub fn of_file(path: &Path) -> Option<Self> {
        let since = fs::metadata(path).ok()?.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        let nanoseconds = i64::try_from(since.as_secs()).ok()?.checked_mul(1_000_000_000)?;
        Some(Self { files: Vec::new(), written: Rfc3339(nanoseconds).to_string() })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.files.as_slice() {
            [] => {}
            [file] => write!(f, "{file}, ")?,
            [file, more @ ..] => write!(f, "{file} and {} more, ", more.len())?,
        }
        write!(f, "written {}", self.written)
    }
}

/// What a summary tells of the files that were read.
#[derive(Deserialize)]
struct OfFiles {
    input: Files,
}

#[derive(Deserialize)]
struct Files {
    files: Vec<FileName>,
}

#[derive(Deserialize)]
struct FileName {
    name: String,
}

/// The summary of a run.
const SUMMARY: &str = "summary.json";

/// What `directory`'s summary.json tells a `T`.
fn summary<T: DeserializeOwned>(directory: &Path) -> Option<T> {
    let text = bounded::read_regular(&directory.join(SUMMARY)).ok()?;
    serde_json::from_slice(&text).ok()
}
