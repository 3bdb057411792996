//! summary.json: what a run read, fitted, found and wrote.

use serde::Serialize;

use super::reading::Reading;
use crate::input::Role;
use crate::store::MadeFrom;

/// The summary of a run that found an `R` for each role.
#[derive(Debug, Clone, Serialize)]
pub struct Summary<R> {
    /// The version that ran.
    pub octomix: &'static str,
    /// What was read.
    pub input: Reading,
    /// Where it was computed.
    pub engine: EngineSummary,
    /// The sources, if they were looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub src: Option<R>,
    /// The destinations, if they were looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dst: Option<R>,
    /// The addresses of both sides, if they were looked at as one set.
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
    /// What the results of a batch were made from, so that it can be continued.
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
