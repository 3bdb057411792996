//! index.json: the captures of a batch, each with what was found or what went wrong.

use serde::{Deserialize, Serialize};

use super::role::RoleSummary;
use super::run::Summary;
use crate::input::{PerRole, Role};
use crate::store::{Earlier, EarlierRole};

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
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Entry {
    /// The name of its folder of results.
    pub name: String,
    /// The file, directory or pattern that it was read from.
    pub input: String,
    /// How it ended.
    pub status: Status,
    /// What was found for each role that was looked at.
    #[serde(flatten)]
    pub roles: PerRole<Option<RoleCounts>>,
    /// Seconds from the start of its reading until its summary was made; those of the earlier run if it
    /// was skipped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
    /// What went wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// How a capture ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Its results are written.
    Ok,
    /// Something went wrong.
    Failed,
    /// Its results were there already, made from the same files with the same options.
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleCounts {
    /// Distinct addresses.
    pub addresses: usize,
    /// Clusters that have addresses.
    pub clusters: usize,
    /// Addresses that any rule flagged.
    pub anomalies: usize,
    /// Those that a rule flagged that can flag nothing.
    pub findings: usize,
}

impl RoleCounts {
    fn new(
        addresses: usize,
        sizes: impl Iterator<Item = u64>,
        [anomalies, findings]: [usize; 2],
    ) -> Self {
        let clusters = sizes.filter(|&size| size > 0).count();
        Self { addresses, clusters, anomalies, findings }
    }
}

impl Entry {
    /// A capture that went well.
    pub fn ok(name: &str, input: &str, summary: &Summary<RoleSummary>) -> Self {
        let counts = |found: &RoleSummary| {
            let flagged = [found.anomaly_count, found.finding_count];
            RoleCounts::new(found.addresses, found.clusters.iter().map(|it| it.size), flagged)
        };
        Self {
            roles: summary.roles.map(|_, found| found.as_ref().map(counts)),
            seconds: Some(summary.seconds.total),
            ..Self::new(name, input, Status::Ok)
        }
    }

    /// A capture that went wrong.
    pub fn failed(name: &str, input: &str, error: String) -> Self {
        Self { error: Some(error), ..Self::new(name, input, Status::Failed) }
    }

    /// A capture whose results were there already, as `earlier` tells.
    pub fn skipped(name: &str, input: &str, earlier: &Earlier) -> Self {
        let counts = |found: &EarlierRole| {
            let flagged = [found.anomaly_count, found.finding_count];
            RoleCounts::new(found.addresses, found.clusters.iter().map(|it| it.size), flagged)
        };
        let found = |role: &Option<EarlierRole>| role.as_ref().map(counts);
        let (source, destination) = (found(&earlier.src), found(&earlier.dst));
        Self {
            roles: PerRole { source, destination, any: found(&earlier.any) },
            seconds: Some(earlier.seconds.total),
            ..Self::new(name, input, Status::Skipped)
        }
    }

    fn new(name: &str, input: &str, status: Status) -> Self {
        let (name, input) = (name.to_owned(), input.to_owned());
        Self { name, input, status, roles: PerRole::default(), seconds: None, error: None }
    }
}

impl Index {
    /// How many captures ended with `status`.
    pub fn count(&self, status: Status) -> usize {
        self.captures.iter().filter(|entry| entry.status == status).count()
    }

    /// The roles that a row shows: both sides, or all addresses as one set where that was asked for.
    pub fn roles(&self) -> Vec<Role> {
        match self.captures.iter().any(|entry| entry.roles.any.is_some()) {
            true => vec![Role::Any],
            false => vec![Role::Source, Role::Destination],
        }
    }
}
