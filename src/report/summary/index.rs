//! index.json: the captures of a batch, each with what was found or what went wrong. What is found of a role differs
//! between kinds of batches; all else is the same.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use super::extraction::Extracted;
use super::role::RoleSummary;
use crate::describe::flagged::{Anomaly, Lead};
use crate::input::{Lost, PerRole, Role};
use crate::store::{Earlier, EarlierRole};
use crate::words::{counted, grouped};

/// All captures of a batch.
#[derive(Debug, Clone, Serialize)]
pub struct Index<C = RoleCounts> {
    /// The version that ran.
    pub octomix: &'static str,
    /// The captures, in the order given.
    pub captures: Vec<Entry<C>>,
    /// The directory of their folders.
    pub output: String,
    /// Seconds that this run took.
    pub seconds: f64,
}

/// One capture of a batch.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Entry<C = RoleCounts> {
    /// The name of its folder of results.
    pub name: String,
    /// The file, directory or pattern that it was read from.
    pub input: String,
    /// How it ended.
    pub status: Status,
    /// What was found for each role that was looked at.
    #[serde(flatten)]
    pub roles: PerRole<Option<C>>,
    /// Seconds from the start of its reading until its summary was made; those of the earlier run if it
    /// was skipped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
    /// What went wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Its files that were not read whole, unless it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost: Option<Lost>,
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleCounts {
    /// Distinct addresses.
    pub addresses: usize,
    /// Clusters that have addresses.
    pub clusters: usize,
    /// Addresses that any rule flagged.
    pub anomalies: usize,
    /// Those that a rule flagged that can flag nothing.
    pub findings: usize,
    /// The first of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worst: Option<Lead>,
}

impl From<&RoleSummary> for RoleCounts {
    fn from(found: &RoleSummary) -> Self {
        let sizes = found.clusters.iter().map(|cluster| cluster.size);
        let worst = found.findings.first().map(Anomaly::lead);
        Self::new(found.addresses, sizes, [found.anomaly_count, found.finding_count], worst)
    }
}

impl From<&EarlierRole> for RoleCounts {
    fn from(found: &EarlierRole) -> Self {
        let sizes = found.clusters.iter().map(|cluster| cluster.size);
        let worst = found.findings.first().cloned();
        Self::new(found.addresses, sizes, [found.anomaly_count, found.finding_count], worst)
    }
}

impl From<&Extracted> for Extracted {
    fn from(found: &Extracted) -> Self {
        *found
    }
}

impl RoleCounts {
    fn new(
        addresses: usize,
        sizes: impl Iterator<Item = u64>,
        [anomalies, findings]: [usize; 2],
        worst: Option<Lead>,
    ) -> Self {
        let clusters = sizes.filter(|&size| size > 0).count();
        Self { addresses, clusters, anomalies, findings, worst }
    }
}

/// How tables tell what was found of a role. The names of columns come after the role's.
pub trait Counts {
    /// The files of the index, in words.
    const FILES: &'static str;
    /// Columns of index.csv before the seconds.
    const COLUMNS: &'static [&'static str];
    /// Columns after the errors.
    const LATER: &'static [&'static str];
    /// Columns at the end.
    const LAST: &'static [&'static str];
    /// Headings for people; the first stands for the role's addresses and has its name.
    const HEADINGS: &'static [&'static str];

    /// The cells of [`COLUMNS`](Self::COLUMNS), then those of [`LATER`](Self::LATER) and of [`LAST`](Self::LAST).
    fn cells(&self) -> Vec<String>;

    /// The figures below [`HEADINGS`](Self::HEADINGS), the first among them.
    fn figures(&self) -> Vec<String>;

    /// How many findings there are, and the first of them, where rules were applied.
    fn findings(&self) -> Option<(usize, Option<&Lead>)> {
        None
    }
}

impl Counts for RoleCounts {
    const FILES: &'static str = "index.html, index.csv, index.json and manifest.json";
    const COLUMNS: &'static [&'static str] = &["addresses", "clusters", "anomalies"];
    const LATER: &'static [&'static str] = &["findings"];
    const LAST: &'static [&'static str] = &["worst"];
    const HEADINGS: &'static [&'static str] = &["clusters", "findings"];

    fn cells(&self) -> Vec<String> {
        let Self { addresses, clusters, anomalies, findings, worst } = self;
        let counts = [addresses, clusters, anomalies, findings].map(usize::to_string);
        let worst = worst.as_ref().map_or(String::new(), |worst| worst.reason.clone());
        counts.into_iter().chain([worst]).collect()
    }

    fn figures(&self) -> Vec<String> {
        [self.addresses, self.clusters, self.findings].map(|count| grouped(count as u64)).into()
    }

    fn findings(&self) -> Option<(usize, Option<&Lead>)> {
        Some((self.findings, self.worst.as_ref()))
    }
}

impl Counts for Extracted {
    const FILES: &'static str = "index.csv, index.json and manifest.json";
    const COLUMNS: &'static [&'static str] = &["addresses", "count", "unit"];
    const LATER: &'static [&'static str] = &[];
    const LAST: &'static [&'static str] = &[];
    const HEADINGS: &'static [&'static str] = &["count"];

    fn cells(&self) -> Vec<String> {
        let Self { addresses, packets, unit } = self;
        vec![addresses.to_string(), packets.to_string(), unit.name().to_owned()]
    }

    fn figures(&self) -> Vec<String> {
        let [one, several] = self.unit.nouns();
        vec![grouped(self.addresses as u64), counted(self.packets, one, several)]
    }
}

impl<C> Entry<C> {
    /// A capture that went well: what was `found` and `lost`, in so many `seconds`.
    pub fn ok(
        name: &str,
        input: &str,
        found: PerRole<Option<C>>,
        lost: Lost,
        seconds: f64,
    ) -> Self {
        let (seconds, lost) = (Some(seconds), Some(lost));
        Self { roles: found, seconds, lost, ..Self::new(name, input, Status::Ok) }
    }

    /// A capture that went wrong.
    pub fn failed(name: &str, input: &str, error: String) -> Self {
        Self { error: Some(error), ..Self::new(name, input, Status::Failed) }
    }

    /// A capture whose results were there already, as `earlier` tells.
    pub fn skipped<R>(name: &str, input: &str, earlier: &Earlier<R>) -> Self
    where
        C: for<'a> From<&'a R>,
    {
        let found = |role: &Option<R>| role.as_ref().map(C::from);
        let (source, destination) = (found(&earlier.src), found(&earlier.dst));
        Self {
            roles: PerRole { source, destination, any: found(&earlier.any) },
            seconds: Some(earlier.seconds.total),
            lost: Some(earlier.input.lost),
            ..Self::new(name, input, Status::Skipped)
        }
    }

    fn new(name: &str, input: &str, status: Status) -> Self {
        let (name, input) = (name.to_owned(), input.to_owned());
        let roles = PerRole { source: None, destination: None, any: None };
        Self { name, input, status, roles, seconds: None, error: None, lost: None }
    }
}

impl<C: Counts> Entry<C> {
    /// How many findings its roles have, where rules were applied to any.
    pub fn findings(&self) -> Option<usize> {
        self.found().map(|(count, _)| count).reduce(|a, b| a + b)
    }

    /// What to look at first of it.
    pub fn worst(&self) -> Option<&Lead> {
        self.found().find_map(|(_, worst)| worst)
    }

    fn found(&self) -> impl Iterator<Item = (usize, Option<&Lead>)> {
        self.roles.iter().filter_map(|(_, found)| found.as_ref()?.findings())
    }
}

impl<C: Counts> Index<C> {
    /// The captures, those with the most findings first, and else as they were given.
    pub fn by_findings(&self) -> Vec<&Entry<C>> {
        let mut captures: Vec<&Entry<C>> = self.captures.iter().collect();
        captures.sort_by_key(|entry| Reverse(entry.findings()));
        captures
    }
}

impl<C> Index<C> {
    /// How many captures ended with `status`.
    pub fn count(&self, status: Status) -> usize {
        self.captures.iter().filter(|entry| entry.status == status).count()
    }

    /// The files of all captures that were not read whole.
    pub fn lost(&self) -> Lost {
        self.captures.iter().filter_map(|entry| entry.lost).fold(Lost::default(), Lost::plus)
    }

    /// The roles that a row shows: both sides, or all addresses as one set where that was asked for.
    pub fn roles(&self) -> Vec<Role> {
        match self.captures.iter().any(|entry| entry.roles.any.is_some()) {
            true => vec![Role::Any],
            false => vec![Role::Source, Role::Destination],
        }
    }
}
