//! index.json: the captures of a batch, each with what was found or what went wrong. What is found of a role differs
//! between kinds of batches; all else is the same.

use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use super::extraction::Extracted;
use super::rarity::{Leads, Rarity, Shared};
use super::role::RoleSummary;
use crate::describe::flagged::{Anomaly, Lead};
use crate::input::{Lost, PerRole, Role};
use crate::store::{Earlier, EarlierRole, Origin};
use crate::words::{counted, grouped};

/// Findings of a role that a capture keeps its own reasons of, the most telling ones; of the others it keeps the
/// address, and their reasons are kept once for all captures.
const TOLD: usize = 10;

/// All captures of a batch.
#[derive(Debug, Clone, Serialize)]
pub struct Index<C = RoleCounts> {
    /// The version that ran.
    pub octomix: &'static str,
    /// The captures, in the order given.
    pub captures: Vec<Entry<C>>,
    /// The findings of several captures, those of the most captures first.
    pub shared: Vec<Shared>,
    /// The directory of their folders.
    pub output: String,
    /// Seconds that this run took.
    pub seconds: f64,
    /// Where the index comes from that this one took the place of. It is of the folder, and not of the captures.
    #[serde(skip)]
    pub replaced: Option<Origin>,
    /// The places of the captures, those with the rarest findings first, and what to look at first of each.
    #[serde(skip)]
    order: Vec<(usize, Option<Shared>)>,
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
    /// Findings that no other capture has, where rules were applied, of those that summaries list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own_findings: Option<usize>,
}

/// How a capture ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Its results are written.
    Ok,
    /// Its results are written, but not all of it could be read.
    Partial,
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
            Self::Partial => "partial",
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
    /// What to look at first: of these the one that the fewest captures have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worst: Option<Lead>,
    /// Those of them that are listed, until they have been compared with those of the other captures.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    leads: Vec<Lead>,
    /// The addresses of these, of which the captures of a batch keep few reasons.
    #[serde(skip)]
    compared: Vec<Ipv4Addr>,
}

impl From<&RoleSummary> for RoleCounts {
    fn from(found: &RoleSummary) -> Self {
        let sizes = found.clusters.iter().map(|cluster| cluster.size);
        let counts = [found.addresses, found.anomaly_count, found.finding_count];
        Self::new(counts, sizes, found.findings.iter().map(Anomaly::lead).collect())
    }
}

impl From<&EarlierRole> for RoleCounts {
    fn from(found: &EarlierRole) -> Self {
        let sizes = found.clusters.iter().map(|cluster| cluster.size);
        let counts = [found.addresses, found.anomaly_count, found.finding_count];
        Self::new(counts, sizes, found.findings.clone())
    }
}

impl From<&Extracted> for Extracted {
    fn from(found: &Extracted) -> Self {
        *found
    }
}

impl RoleCounts {
    fn new(
        [addresses, anomalies, findings]: [usize; 3],
        sizes: impl Iterator<Item = u64>,
        leads: Vec<Lead>,
    ) -> Self {
        let clusters = sizes.filter(|&size| size > 0).count();
        let (worst, compared) = (None, Vec::new());
        Self { addresses, clusters, anomalies, findings, worst, leads, compared }
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
    /// Whether rules were applied.
    const IS_JUDGED: bool;
    /// Headings for people; the first stands for the role's addresses and has its name.
    const HEADINGS: &'static [&'static str];

    /// The cells of [`COLUMNS`](Self::COLUMNS), then those of [`LATER`](Self::LATER) and of [`LAST`](Self::LAST).
    fn cells(&self) -> Vec<String>;

    /// The figures below [`HEADINGS`](Self::HEADINGS), the first among them.
    fn figures(&self) -> Vec<String>;

    /// How many findings there are, where rules were applied.
    fn findings(&self) -> Option<usize> {
        None
    }

    /// The findings that it keeps its own reasons of.
    fn leads(&self) -> &[Lead] {
        &[]
    }

    /// The addresses of all findings that are compared with those of other captures.
    fn compared(&self) -> &[Ipv4Addr] {
        &[]
    }

    /// Moves the reasons of all findings but a few to `others`.
    fn thin(&mut self, _others: &mut Leads) {}

    /// Keeps of the findings the rarest alone.
    fn settle(&mut self, _: &Rarity) {}
}

impl Counts for RoleCounts {
    const FILES: &'static str = "index.html, index.csv, index.json and manifest.json";
    const COLUMNS: &'static [&'static str] = &["addresses", "clusters", "anomalies"];
    const LATER: &'static [&'static str] = &["findings"];
    const LAST: &'static [&'static str] = &["worst"];
    const IS_JUDGED: bool = true;
    const HEADINGS: &'static [&'static str] = &["clusters", "findings"];

    fn cells(&self) -> Vec<String> {
        let Self { addresses, clusters, anomalies, findings, worst, .. } = self;
        let counts = [addresses, clusters, anomalies, findings].map(usize::to_string);
        let worst = worst.as_ref().map_or(String::new(), |worst| worst.reason.clone());
        counts.into_iter().chain([worst]).collect()
    }

    fn figures(&self) -> Vec<String> {
        [self.addresses, self.clusters, self.findings].map(|count| grouped(count as u64)).into()
    }

    fn findings(&self) -> Option<usize> {
        Some(self.findings)
    }

    fn leads(&self) -> &[Lead] {
        &self.leads
    }

    fn compared(&self) -> &[Ipv4Addr] {
        &self.compared
    }

    fn thin(&mut self, others: &mut Leads) {
        self.compared = self.leads.iter().map(|lead| lead.address).collect();
        others.keep(self.leads.drain(TOLD.min(self.leads.len())..));
        self.leads.shrink_to_fit();
    }

    fn settle(&mut self, rarity: &Rarity) {
        let rarest = rarity.rarest(self.compared.iter().copied());
        self.worst = rarest.and_then(|address| rarity.lead(&self.leads, address)).cloned();
        (self.leads, self.compared) = (Vec::new(), Vec::new());
    }
}

impl Counts for Extracted {
    const FILES: &'static str = "index.csv, index.json and manifest.json";
    const COLUMNS: &'static [&'static str] = &["addresses", "count", "unit"];
    const LATER: &'static [&'static str] = &[];
    const LAST: &'static [&'static str] = &[];
    const IS_JUDGED: bool = false;
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
    /// A capture whose results are written: what was `found` and `lost`, in so many `seconds`.
    pub fn ok(
        name: &str,
        input: &str,
        found: PerRole<Option<C>>,
        lost: Lost,
        seconds: f64,
    ) -> Self {
        let status = if lost.is_nothing() { Status::Ok } else { Status::Partial };
        let (seconds, lost) = (Some(seconds), Some(lost));
        Self { roles: found, seconds, lost, ..Self::new(name, input, status) }
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
        let (seconds, error, lost, own_findings) = (None, None, None, None);
        Self { name, input, status, roles, seconds, error, lost, own_findings }
    }
}

impl<C> Entry<C> {
    /// Whether there are results of it, but not all of it could be read.
    pub fn is_partial(&self) -> bool {
        self.lost.is_some_and(|lost| !lost.is_nothing())
    }
}

impl<C: Counts> Entry<C> {
    /// How many findings its roles have, where rules were applied to any.
    pub fn findings(&self) -> Option<usize> {
        self.found().filter_map(C::findings).reduce(|a, b| a + b)
    }

    /// Moves the reasons of all its findings but a few to `others`, so that a batch holds each once.
    pub fn thin(&mut self, others: &mut Leads) {
        let PerRole { source, destination, any } = &mut self.roles;
        [source, destination, any].into_iter().flatten().for_each(|found| found.thin(others));
    }

    /// The findings of its roles that it keeps its own reasons of.
    pub(super) fn leads(&self) -> impl Iterator<Item = &Lead> {
        self.found().flat_map(C::leads)
    }

    /// The addresses of all that are compared with those of other captures.
    pub(super) fn compared(&self) -> impl Iterator<Item = Ipv4Addr> {
        self.found().flat_map(C::compared).copied()
    }

    /// Tells its own findings from those of others, and keeps of each role the rarest alone.
    fn settle(&mut self, rarity: &Rarity) {
        self.own_findings = self.findings().map(|_| rarity.own(self.compared()));
        let PerRole { source, destination, any } = &mut self.roles;
        [source, destination, any].into_iter().flatten().for_each(|found| found.settle(rarity));
    }

    fn found(&self) -> impl Iterator<Item = &C> {
        self.roles.iter().filter_map(|(_, found)| found.as_ref())
    }
}

impl<C: Counts> Index<C> {
    /// The index of `captures`, whose other reasons are in `others` and whose folders are in `output`.
    pub fn new(
        mut captures: Vec<Entry<C>>,
        others: Leads,
        output: String,
        seconds: f64,
        replaced: Option<Origin>,
    ) -> Self {
        let rarity = Rarity::of(&captures, others);
        let order = rarity.order(&captures);
        captures.iter_mut().for_each(|entry| entry.settle(&rarity));
        let (octomix, shared) = (env!("CARGO_PKG_VERSION"), rarity.into_shared());
        Self { octomix, captures, shared, output, seconds, replaced, order }
    }

    /// The captures, those with the most findings that no other has first, then those with the rarest, and else as they
    /// were given; with each what to look at first of it, if no capture before it tells of that.
    pub fn by_rarity(&self) -> impl Iterator<Item = (&Entry<C>, Option<&Shared>)> {
        self.order.iter().filter_map(|(at, lead)| Some((self.captures.get(*at)?, lead.as_ref())))
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
