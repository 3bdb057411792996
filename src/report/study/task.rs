//! What is asked of a capture, and the calls that answer it.

use super::told::told_of_plan;
use super::under_way::UnderWay;
use super::{RoleWork, SCORE, Study, StudyError};
use crate::analysis::{Criteria, Plan, Watcher};
use crate::behaviour::Conversations;
use crate::engine::choice::{Choice, EngineKind};
use crate::input::{Capture, Role, Roles};
use crate::report::TableOptions;
use crate::report::csv::write_pairs;
use crate::report::page::MOST_FLAGS;
use crate::report::summary::pairs::PairsSummary;
use crate::rule::Context;
use crate::rule::pairs::{self, Pair};
use crate::store::model::{BY, Models, WeightedBy};
use crate::store::{Output, WriteError};

/// The file of pairs.
const PAIRS: &str = "pairs.csv";

/// What is asked of a capture.
#[derive(Debug, Clone, Copy)]
pub struct Task<'a> {
    /// The capture.
    pub capture: &'a Capture,
    /// The roles asked for when it was read.
    pub roles: Option<Roles>,
    /// What makes an address odd; their context is that of the capture.
    pub criteria: Criteria<'a>,
    /// The tables that are wanted; without them nothing is drawn either.
    pub tables: Option<TableOptions>,
    /// Whether to draw the plane of each role in files of its own.
    pub plots: bool,
    /// Whether to look for pairs of addresses that do not belong together.
    pub pairs: bool,
}

impl<'a> Task<'a> {
    /// To find by `criteria` what is odd in `capture`, and to describe as much of it as a page shows.
    pub fn new(capture: &'a Capture, criteria: Criteria<'a>) -> Self {
        let criteria = Criteria { listed: MOST_FLAGS, ..criteria };
        let tables = Some(TableOptions::default());
        Self { capture, roles: None, criteria, tables, plots: false, pairs: false }
    }

    /// What is known of what the addresses of `role` do.
    pub(super) fn context(&self, role: Role) -> Context<'a> {
        Context {
            side: role.side(),
            conversations: self.capture.conversations.as_ref(),
            destinations: Some(&self.capture.sets.destination),
            earlier: None,
        }
    }

    /// The pairs of addresses that do not belong together, beside an `earlier` day if there is one, and what is told of
    /// them; `None` if they are not asked for, or none is known.
    pub fn pairs(&self, earlier: Option<&Conversations>) -> Option<(Vec<Pair>, PairsSummary)> {
        let conversations = self.capture.conversations.as_ref().filter(|_| self.pairs)?;
        let earlier = earlier.filter(|earlier| !earlier.is_empty());
        let mut flagged = pairs::find(conversations, earlier);
        if let Some(allowed) = self.criteria.allowed {
            flagged.retain(|pair| {
                !allowed.contains(pair.source) && !allowed.contains(pair.destination)
            });
        }
        let all = conversations.distinct_pairs().len();
        let summary = PairsSummary::new(all, &flagged, earlier.is_some());
        Some((flagged, summary))
    }

    /// Writes pairs.csv of the `flagged` pairs to `output`, or removes that of an earlier run.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write_pairs(
        &self,
        flagged: Option<&[Pair]>,
        output: &mut Output,
    ) -> Result<(), WriteError> {
        let Some((flagged, conversations)) = flagged.zip(self.capture.conversations.as_ref())
        else {
            output.remove(PAIRS);
            return Ok(());
        };
        output.write(PAIRS, |out| write_pairs(flagged, conversations, out))
    }

    /// Fits the model of `plan` to each role, with no more components than it has addresses, and says which addresses
    /// are odd under it. They are `weighted_by` addresses or packets, and worked on by the engine of the choice that came
    /// of the kind asked for.
    ///
    /// # Errors
    /// When a model cannot be fitted, or the engine fails.
    pub fn detect(
        &self,
        plan: &Plan,
        weighted_by: WeightedBy,
        engine: (EngineKind, &Choice),
        watcher: &mut dyn Watcher,
    ) -> Result<Study, StudyError> {
        let mut under_way = UnderWay::new(self, engine);
        let found = under_way.each_role(|under_way, role, set| {
            let mut engine = under_way.engine(role, set, weighted_by)?;
            under_way.warnings.extend(told_of_plan(role, plan, set.len()));
            let (task, engine) = (self, engine.as_mut());
            let work = RoleWork { task, role, engine, output: None, watcher: &mut *watcher };
            let name = under_way.engine_name();
            work.detect(&plan.clone().within(set.len()), weighted_by, name).map(Some)
        })?;
        Ok(under_way.end(BY, found, None))
    }

    /// Says which addresses of the roles that there are `models` of are odd under these, and what has changed since.
    /// Scores and thresholds are those of the models.
    ///
    /// # Errors
    /// When what is kept beside a model cannot be used, or the engine fails.
    pub fn score(
        &self,
        models: &Models,
        engine: (EngineKind, &Choice),
        watcher: &mut dyn Watcher,
    ) -> Result<Study, StudyError> {
        let mut under_way = UnderWay::new(self, engine);
        under_way.warnings.extend(models.doubts.iter().cloned());
        let day = models.day()?;
        let found = under_way.each_role(|under_way, role, set| {
            let Some(loaded) = models.loaded.get(role) else { return Ok(None) };
            let mut engine = under_way.engine(role, set, loaded.file.weighted_by)?;
            let (task, engine) = (self, engine.as_mut());
            let work = RoleWork { task, role, engine, output: None, watcher: &mut *watcher };
            work.score(models, loaded, day.as_ref()).map(Some)
        })?;
        Ok(under_way.end(SCORE, found, day.as_ref().map(|day| &day.conversations)))
    }
}
