//! What was found for one role: its clusters, its fit, and what is flagged.

use serde::Serialize;

use super::changes::Changes;
use super::fit::FitSummary;
use super::run::RoleSeconds;
use crate::address::{AddressSet, Unit};
use crate::analysis::Judged;
use crate::describe::clusters::Cluster;
use crate::describe::flagged::{Anomaly, LISTED, RuleSummary};
use crate::describe::highest::Highest;
use crate::store::model::AppliedThreshold;

/// What was found for one role.
#[derive(Debug, Clone, Serialize)]
pub struct RoleSummary {
    /// Distinct addresses.
    pub addresses: usize,
    /// Packets of all of them, or what else was counted.
    pub packets: u64,
    /// What was counted: `packets`, `records` or `packets or records`.
    pub unit: Unit,
    /// The fits, the last of which is the model; several where other numbers of components were tried,
    /// none where the model came from a file.
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
    /// Addresses that a rule flagged that can flag nothing.
    pub finding_count: usize,
    /// At most [`LISTED`] of them, the most telling first.
    pub findings: Vec<Anomaly>,
    /// Of what only a ranking flags, the ten addresses of the most surprise.
    pub most_remote: Vec<Anomaly>,
    /// The ten addresses with the highest counters.
    pub highest: Vec<Highest>,
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
        let Judged { mut findings, finding_count, most_remote, highest, .. } = judged;
        anomalies.truncate(LISTED);
        findings.truncate(LISTED);
        Self {
            addresses: set.len(),
            packets: set.total(),
            unit: set.unit(),
            fits,
            clusters,
            threshold,
            rules,
            anomaly_count: flagged.len(),
            suppressed,
            finding_count,
            findings,
            most_remote,
            highest,
            anomalies,
            changes: None,
            seconds,
        }
    }
}
