//! summary.json: what a run read, fitted, found and wrote.

use serde::{Serialize, Serializer};

use super::pairs::PairsSummary;
use super::reading::Reading;
use crate::engine::choice::{Choice, EngineKind};
use crate::input::{Capture, PerRole, Role, Roles};
use crate::store::{MadeFrom, Origin};

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
    /// What was found in pairs of addresses, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pairs: Option<PairsSummary>,
    /// Roles that were asked for and have no address: `src`, `dst`, `any`.
    pub skipped_roles: Vec<&'static str>,
    /// All warnings.
    pub warnings: Vec<String>,
    /// The directory of the files.
    pub output: String,
    /// The files written, as paths below that directory.
    pub files: Vec<String>,
    /// Where the results come from that these took the place of. It is of the folder, and not of the results.
    #[serde(skip)]
    pub replaced: Option<Origin>,
    /// How long it took.
    pub seconds: RunSeconds,
    /// What the results of a batch were made from, so that it can be continued.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub made_from: Option<MadeFrom>,
}

impl<R> Summary<R> {
    /// That of a run over `capture` that was `asked` for some roles, computed on `engine` and found this for `roles`. What
    /// else there is to tell is filled in.
    pub fn new(
        capture: &Capture,
        asked: Option<Roles>,
        engine: EngineSummary,
        roles: PerRole<Option<R>>,
    ) -> Self {
        Self {
            octomix: env!("CARGO_PKG_VERSION"),
            input: Reading::new(&capture.account),
            engine,
            roles,
            pairs: None,
            skipped_roles: capture.skipped(asked),
            warnings: Vec::new(),
            output: String::new(),
            files: Vec::new(),
            replaced: None,
            seconds: RunSeconds::default(),
            made_from: None,
        }
    }

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

impl EngineSummary {
    /// That of the engine `requested`, of which `choice` came.
    pub fn new(requested: EngineKind, choice: &Choice) -> Self {
        Self {
            requested: requested.name(),
            used: choice.name(),
            device: choice.description(),
            reason: choice.reason.clone(),
        }
    }
}

/// Seconds of a run.
#[derive(Debug, Clone, Copy, Default, Serialize)]
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
