//! summary.json: what a run read, fitted, found and wrote, and of each role its clusters, its fit, and what
//! is flagged.

use serde::{Serialize, Serializer};

use super::changes::Changes;
use super::fit::FitSummary;
use super::reading::Reading;
use crate::address::AddressSet;
use crate::analysis::Judged;
use crate::describe::clusters::Cluster;
use crate::describe::flagged::{Anomaly, LISTED, RuleSummary};
use crate::input::{PerRole, Role};
use crate::store::MadeFrom;
use crate::store::model::AppliedThreshold;

/// The summary of a run that found an `R` for each role.
#[derive(Debug, Clone, Serialize)]
pub struct Summary<R> {
    /// The version that ran.
    pub octomix: &'static str,
    /// What was read.
    pub input: Reading,
    /// Where it was computed.
    pub engine: EngineSummary,
    /// What was found for each role that was looked at.
    #[serde(flatten)]
    pub roles: PerRole<Option<R>>,
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
    /// What the results of a batch were made from, so that it can be continued.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub made_from: Option<MadeFrom>,
}

impl<R> Summary<R> {
    /// What was found for `role`.
    pub fn role(&self, role: Role) -> Option<&R> {
        self.roles.get(role).as_ref()
    }
}

impl<T: Serialize> Serialize for PerRole<Option<T>> {
    /// A map from the keys of roles to the values that are there.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer
            .collect_map(self.iter().filter_map(|(role, it)| Some((role.key(), it.as_ref()?))))
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
    /// Why that engine was used.
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

/// What was found for a role, and how long it took.
#[derive(Debug, Clone, Serialize)]
pub struct Timed<T> {
    /// What was found.
    #[serde(flatten)]
    pub found: T,
    /// How long it took.
    pub seconds: RoleSeconds,
}

/// What was found for one role.
#[derive(Debug, Clone, Serialize)]
pub struct RoleSummary {
    /// Distinct addresses.
    pub addresses: usize,
    /// Packets of all of them.
    pub packets: u64,
    /// The fits, the last of which is the model; several where the first showed how many components are
    /// needed, none where the model came from a file.
    pub fits: Vec<FitSummary>,
    /// The clusters, one for each component.
    pub clusters: Vec<Cluster>,
    /// The threshold of the rule `low-density`.
    pub threshold: AppliedThreshold,
    /// What each rule flagged.
    pub rules: Vec<RuleSummary>,
    /// Addresses that any rule flagged, except those that are allowed.
    pub anomaly_count: usize,
    /// Flagged addresses that were left out because they are allowed; `None` without a list of these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suppressed: Option<u64>,
    /// At most [`LISTED`] anomalies, least dense first.
    pub anomalies: Vec<Anomaly>,
    /// What has changed since the day of a model from a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changes: Option<Changes>,
    /// How long it took.
    pub seconds: RoleSeconds,
}

impl RoleSummary {
    /// What was `judged` of `set`.
    pub fn new(
        set: &AddressSet,
        fits: Vec<FitSummary>,
        judged: Judged,
        threshold: AppliedThreshold,
        seconds: RoleSeconds,
    ) -> Self {
        let Judged { clusters, rules, flagged, suppressed, mut anomalies, .. } = judged;
        anomalies.truncate(LISTED);
        Self {
            addresses: set.len(),
            packets: clusters.iter().map(|cluster| cluster.packets).sum(),
            fits,
            clusters,
            threshold,
            rules,
            anomaly_count: flagged.len(),
            suppressed,
            anomalies,
            changes: None,
            seconds,
        }
    }
}
