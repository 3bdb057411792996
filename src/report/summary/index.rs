//! index.json and index.csv: the captures of a batch, each with what was found or what went wrong.
//!
//! A capture that was finished before is known by what it was made from, which its summary.json records.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::role::RoleSummary;
use super::run::Summary;
use crate::input::Role;

/// All captures of a batch.
#[derive(Debug, Clone, Serialize)]
pub struct Index {
    /// The version that ran.
    pub octomix: &'static str,
    /// The captures, in the order given.
    pub captures: Vec<Entry>,
    /// The directory of their folders.
    pub output: String,
    /// Seconds that this run took.
    pub seconds: f64,
}

/// One capture of a batch.
#[derive(Debug, Clone, Serialize)]
pub struct Entry {
    /// The name of its folder of results.
    pub name: String,
    /// The file, directory or pattern that it was read from, fit to be shown.
    pub input: String,
    /// How it ended.
    pub status: Status,
    /// The sources, if looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub src: Option<Found>,
    /// The destinations, if looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dst: Option<Found>,
    /// Both as one set, if so it was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub any: Option<Found>,
    /// Seconds from the start of its reading until its summary was made; if skipped, those of then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
    /// What went wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// How a capture ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Its results are written.
    Ok,
    /// Something went wrong.
    Failed,
    /// Its results were there already, made from the same files by the same options.
    Skipped,
}

impl Status {
    /// Its name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

/// What was found for one role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Found {
    /// Distinct addresses.
    pub addresses: usize,
    /// Clusters that have addresses.
    pub clusters: usize,
    /// Anomalous addresses.
    pub anomalies: usize,
}

impl From<&RoleSummary> for Found {
    fn from(summary: &RoleSummary) -> Self {
        Self {
            addresses: summary.addresses,
            clusters: summary.clusters.iter().filter(|cluster| cluster.size > 0).count(),
            anomalies: summary.anomaly_count,
        }
    }
}

impl Entry {
    /// A capture that went well.
    pub fn ok(name: &str, input: &str, summary: &Summary<RoleSummary>) -> Self {
        let found = |role| summary.role(role).map(Found::from);
        Self {
            src: found(Role::Source),
            dst: found(Role::Destination),
            any: found(Role::Any),
            seconds: Some(summary.seconds.total),
            ..Self::new(name, input, Status::Ok)
        }
    }

    /// A capture that did not.
    pub fn failed(name: &str, input: &str, error: String) -> Self {
        Self { error: Some(error), ..Self::new(name, input, Status::Failed) }
    }

    /// A capture of whose results `directory` is full, if they were made from `made_from` by this
    /// version of octomix.
    pub fn finished(
        name: &str,
        input: &str,
        directory: &Path,
        made_from: &MadeFrom,
    ) -> Option<Self> {
        let text = fs::read(directory.join("summary.json")).ok()?;
        let old: Old = serde_json::from_slice(&text).ok()?;
        let is_same = old.octomix == env!("CARGO_PKG_VERSION") && &old.made_from == made_from;
        if !is_same || !old.files.iter().all(|file| directory.join(file).is_file()) {
            return None;
        }
        let found = |role: Option<OldRole>| role.map(|role| role.found());
        Some(Self {
            src: found(old.src),
            dst: found(old.dst),
            any: found(old.any),
            seconds: Some(old.seconds.total),
            ..Self::new(name, input, Status::Skipped)
        })
    }

    fn new(name: &str, input: &str, status: Status) -> Self {
        let (name, input) = (name.to_owned(), input.to_owned());
        Self { name, input, status, src: None, dst: None, any: None, seconds: None, error: None }
    }

    /// What was found for `role`.
    pub fn role(&self, role: Role) -> Option<Found> {
        match role {
            Role::Source => self.src,
            Role::Destination => self.dst,
            Role::Any => self.any,
        }
    }
}

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

/// The part of an older summary.json that an index tells.
#[derive(Deserialize)]
struct Old {
    octomix: String,
    made_from: MadeFrom,
    src: Option<OldRole>,
    dst: Option<OldRole>,
    any: Option<OldRole>,
    files: Vec<String>,
    seconds: OldSeconds,
}

#[derive(Deserialize)]
struct OldRole {
    addresses: usize,
    clusters: Vec<OldCluster>,
    anomaly_count: usize,
}

#[derive(Deserialize)]
struct OldCluster {
    size: u64,
}

#[derive(Deserialize)]
struct OldSeconds {
    total: f64,
}

impl OldRole {
    fn found(&self) -> Found {
        Found {
            addresses: self.addresses,
            clusters: self.clusters.iter().filter(|cluster| cluster.size > 0).count(),
            anomalies: self.anomaly_count,
        }
    }
}

impl Index {
    /// How many captures ended so.
    pub fn count(&self, status: Status) -> usize {
        self.captures.iter().filter(|entry| entry.status == status).count()
    }

    /// The roles of a row: both sides, or all addresses where so they were asked for.
    pub fn roles(&self) -> Vec<Role> {
        match self.captures.iter().any(|entry| entry.any.is_some()) {
            true => vec![Role::Any],
            false => vec![Role::Source, Role::Destination],
        }
    }

    /// Writes the index as CSV.
    ///
    /// # Errors
    /// When `out` fails.
    pub fn write_csv(&self, out: &mut dyn Write) -> io::Result<()> {
        write!(out, "name,status")?;
        let roles = self.roles();
        for role in &roles {
            let key = role.key();
            write!(out, ",{key}_addresses,{key}_clusters,{key}_anomalies")?;
        }
        writeln!(out, ",seconds,error")?;
        for entry in &self.captures {
            write!(out, "{},{}", field(&entry.name), entry.status.name())?;
            for found in roles.iter().map(|&role| entry.role(role)) {
                match found {
                    Some(Found { addresses, clusters, anomalies }) => {
                        write!(out, ",{addresses},{clusters},{anomalies}")?;
                    }
                    None => write!(out, ",,,")?,
                }
            }
            let seconds = entry.seconds.map_or(String::new(), |seconds| format!("{seconds:.3}"));
            writeln!(out, ",{seconds},{}", field(entry.error.as_deref().unwrap_or_default()))?;
        }
        Ok(())
    }
}

/// `text` as a field of a CSV.
fn field(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
