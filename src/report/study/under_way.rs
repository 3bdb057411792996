//! A study under way: each role in turn, and what there is to warn of on the way.

use std::time::Instant;

use super::told::NO_PAIRS;
use super::{Found, Study, StudyError, Task};
use crate::address::{AddressSet, Points};
use crate::behaviour::Conversations;
use crate::engine::Engine;
use crate::engine::choice::{Choice, EngineKind};
use crate::input::{PerRole, Role};
use crate::report::summary::{EngineSummary, RoleSummary, RunSeconds, Summary};
use crate::store::model::WeightedBy;

/// What was found for a role, if it was looked at.
pub(super) type FoundOfRole = Option<(RoleSummary, Found)>;

/// A study under way.
pub(super) struct UnderWay<'a> {
    task: &'a Task<'a>,
    /// The kind of engine that was asked for, and what came of it.
    engine: (EngineKind, &'a Choice),
    started: Instant,
    /// What there is to warn of so far.
    pub warnings: Vec<String>,
}

impl<'a> UnderWay<'a> {
    /// Begins `task` on this engine.
    pub fn new(task: &'a Task<'a>, engine: (EngineKind, &'a Choice)) -> Self {
        let mut warnings = task.capture.account.told();
        warnings.extend(engine.1.warning.clone());
        Self { task, engine, started: Instant::now(), warnings }
    }

    /// What `work` finds for each role that has addresses.
    pub fn each_role(
        &mut self,
        mut work: impl FnMut(&mut Self, Role, &'a AddressSet) -> Result<FoundOfRole, StudyError>,
    ) -> Result<PerRole<FoundOfRole>, StudyError> {
        let task = self.task;
        task.capture.sets.try_map(|role, set| {
            let found = if set.is_empty() { None } else { work(self, role, set)? };
            let warnings = found.iter().flat_map(|(_, found)| found.warnings.iter().cloned());
            self.warnings.extend(warnings);
            Ok(found)
        })
    }

    /// The name of the engine.
    pub fn engine_name(&self) -> &'static str {
        self.engine.1.name()
    }

    /// An engine over `set`, the addresses of `role`.
    pub fn engine(
        &mut self,
        role: Role,
        set: &'a AddressSet,
        weighted_by: WeightedBy,
    ) -> Result<Box<dyn Engine + 'a>, StudyError> {
        let told = weighted_by.told(set).map(str::to_owned);
        self.warnings.extend(told.filter(|told| !self.warnings.contains(told)));
        Ok(self.engine.1.engine(points(role, set, weighted_by)?))
    }

    /// The study of the kind `by` that `found` this, beside an `earlier` day if there is one.
    pub fn end(
        self,
        by: &'static str,
        found: PerRole<FoundOfRole>,
        earlier: Option<&Conversations>,
    ) -> Study {
        let Self { task, engine: (requested, choice), started, mut warnings } = self;
        let (roles, found) = found.into_map(|_, found| found.unzip()).unzip();
        let (pairs, told) = task.pairs(earlier).unzip();
        if task.pairs && pairs.is_none() {
            warnings.push(NO_PAIRS.to_owned());
        }
        let engine = EngineSummary::new(requested, choice);
        let summary = Summary {
            pairs: told,
            warnings,
            seconds: RunSeconds { total: started.elapsed().as_secs_f64(), ..RunSeconds::default() },
            ..Summary::new(task.capture, task.roles, engine, roles)
        };
        Study { by, summary, found, pairs, timeline: task.capture.timeline.clone() }
    }
}

/// The addresses of `set`, those of `role`, `weighted_by` what they are to count.
///
/// # Errors
/// When their packets are too many.
pub fn points(
    role: Role,
    set: &AddressSet,
    weighted_by: WeightedBy,
) -> Result<Points<'_>, StudyError> {
    let unit = set.unit().name();
    weighted_by.points(set).map_err(|reason| StudyError::Weights { role, unit, reason })
}
