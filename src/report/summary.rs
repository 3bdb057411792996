//! summary.json: what a run read, fitted, found and wrote.

use serde::Serialize;

use super::changes::Changes;
use super::clusters::Cluster;
use super::fit::FitSummary;
use super::index::MadeFrom;
use super::model::AppliedThreshold;
use super::reading::Reading;
use super::rules::{Anomaly, Flagged, RuleSummary};
use super::text::Scatter;
use crate::address::AddressSet;
use crate::input::Role;

/// The most anomalies that a summary lists; all of them stand in anomalies.csv.
pub const LISTED: usize = 1000;

/// The summary of a run that found an `R` for each role.
#[derive(Debug, Clone, Serialize)]
pub struct Summary<R> {
    /// The version that ran.
    pub octomix: &'static str,
    /// What was read.
    pub input: Reading,
    /// Where it was computed.
    pub engine: EngineSummary,
    /// The sources, if looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub src: Option<R>,
    /// The destinations, if looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dst: Option<R>,
    /// The addresses of either side, if looked at as one set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub any: Option<R>,
    /// Roles that were asked for and have no address: `src`, `dst`, `any`.
    pub skipped_roles: Vec<&'static str>,
    /// All warnings.
    pub warnings: Vec<String>,
    /// The directory of the files.
    pub output: String,
    /// The files written, as paths below that directory.
    pub files: Vec<String>,
    /// How long it took.
    pub seconds: RunSeconds,
    /// What it was made from, where that may be asked: of a batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub made_from: Option<MadeFrom>,
}

impl<R> Summary<R> {
    /// What was found for `role`.
    pub fn role(&self, role: Role) -> Option<&R> {
        match role {
            Role::Source => self.src.as_ref(),
            Role::Destination => self.dst.as_ref(),
            Role::Any => self.any.as_ref(),
        }
    }
}

/// Where a run computed.
#[derive(Debug, Clone, Serialize)]
pub struct EngineSummary {
    /// The engine asked for.
    pub requested: &'static str,
    /// The engine used.
    pub used: &'static str,
    /// The engine and its device, for people.
    pub device: String,
    /// Why that one.
    pub reason: String,
}

/// Seconds of a run.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct RunSeconds {
    /// Reading the captures.
    pub read: f64,
    /// Choosing and opening the engine.
    pub engine: f64,
    /// From the start until the summary was made.
    pub total: f64,
}

/// What was found for one role.
#[derive(Debug, Clone, Serialize)]
pub struct RoleSummary {
    /// Distinct addresses.
    pub addresses: usize,
    /// Packets of all of them.
    pub packets: u64,
    /// The fits, the last of which is the model; more than one where the first showed how many
    /// components are needed. None where a model from a file was used.
    pub fits: Vec<FitSummary>,
    /// The clusters, one a component.
    pub clusters: Vec<Cluster>,
    /// The threshold of the rule `low-density`.
    pub threshold: AppliedThreshold,
    /// What each rule flagged.
    pub rules: Vec<RuleSummary>,
    /// Addresses that any of them flagged, but for those that are allowed.
    pub anomaly_count: usize,
    /// Flagged addresses that are not told, being allowed; nothing where no list says which.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suppressed: Option<u64>,
    /// The least dense of them, at most [`LISTED`], least dense first.
    pub anomalies: Vec<Anomaly>,
    /// What has changed since the day of a model from a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changes: Option<Changes>,
    /// How long it took.
    pub seconds: RoleSeconds,
    /// A picture for the terminal, where one was asked for.
    #[serde(skip)]
    pub scatter: Option<Scatter>,
}

/// Seconds of one role's work.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct RoleSeconds {
    /// Fitting.
    pub fit: f64,
    /// Finding the threshold, and what the rules flag that need no model.
    pub label: f64,
    /// Labelling every address, and writing the files.
    pub write: f64,
}

impl RoleSummary {
    /// What the model of these `clusters` and the rules say of `set`.
    pub fn new(
        set: &AddressSet,
        fits: Vec<FitSummary>,
        clusters: Vec<Cluster>,
        flagged: &Flagged<'_>,
        threshold: AppliedThreshold,
        seconds: RoleSeconds,
    ) -> Self {
        Self {
            addresses: set.len(),
            packets: clusters.iter().map(|cluster| cluster.packets).sum(),
            fits,
            clusters,
            threshold,
            rules: flagged.by_rule(set),
            anomaly_count: flagged.rows.len(),
            suppressed: flagged.suppressed,
            anomalies: flagged.anomalies(set, LISTED),
            changes: None,
            seconds,
            scatter: None,
        }
    }
}
