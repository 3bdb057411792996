//! A capture studied as a whole: its roles fitted or scored, judged and described, with everything in memory, and from
//! there a page or a folder of files.
//!
//! The program writes files as it goes and so takes the parts: [`RoleWork`], [`Task::pairs`] and
//! [`folder::complete`](super::folder::complete).
//!
//! ```
//! use octomix::BayesianMixture;
//! use octomix::analysis::{Criteria, Plan};
//! use octomix::engine::choice::{Choice, EngineKind};
//! use octomix::input::{Options, read};
//! use octomix::report::page::Invocation;
//! use octomix::report::study::Task;
//! use octomix::store::model::WeightedBy;
//!
//! let file = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/tutorial_packets.csv");
//! let capture = read(&[file.into()], &Options::default(), &mut |_| std::ops::ControlFlow::Continue(()))?;
//! let params = BayesianMixture::params(14);
//! let search = params.best_search();
//! let plan = Plan { params: params.search(search).check()?.into(), auto: true };
//! let engine = (EngineKind::Cpu, Choice::new(EngineKind::Cpu, None, 0, 0)?);
//! let task = Task::new(&capture, Criteria::default());
//! let study = task.detect(&plan, WeightedBy::Addresses, (engine.0, &engine.1), &mut ())?;
//! let sources = study.summary.roles.source.as_ref().ok_or("no sources")?;
//! assert_eq!(sources.findings[0].address.to_string(), "172.19.2.66");
//! assert!(study.page(&Invocation::default())?.starts_with("<!DOCTYPE html>"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
mod role;
mod tabled;
mod told;

use std::path::Path;
use std::time::Instant;

pub use error::StudyError;
pub use role::{Found, RoleWork};
pub use told::{NO_PAIRS, told_of_end, told_of_few, told_of_plan, told_of_trouble};

use super::csv::write_pairs;
use super::page::{self, Invocation, MOST_FLAGS};
use super::summary::pairs::PairsSummary;
use super::summary::{EngineSummary, RoleSummary, RunSeconds, Summary};
use super::{TableOptions, folder};
use crate::address::AddressSet;
use crate::analysis::{Criteria, Plan, Watcher};
use crate::behaviour::{Conversations, Timeline};
use crate::engine::choice::{Choice, EngineKind};
use crate::engine::{CpuEngine, Engine, ReferenceEngine};
use crate::input::{Capture, PerRole, Role, Roles};
use crate::rule::Context;
use crate::rule::pairs::{self, Pair};
use crate::store::behaviour;
use crate::store::model::{BY, Models, WeightedBy};
use crate::store::{Output, WriteError};

/// The kind of runs that score, in manifests.
pub const SCORE: &str = "score";

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
    /// Whether to look for pairs of addresses that do not belong together.
    pub pairs: bool,
}

impl<'a> Task<'a> {
    /// To find by `criteria` what is odd in `capture`, and to describe as much of it as a page shows.
    pub fn new(capture: &'a Capture, criteria: Criteria<'a>) -> Self {
        let criteria = Criteria { listed: MOST_FLAGS, ..criteria };
        let tables = Some(TableOptions::default());
        Self { capture, roles: None, criteria, tables, pairs: false }
    }

    /// What is known of what the addresses of `role` do.
    fn context(&self, role: Role) -> Context<'a> {
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
            let name = under_way.engine.1.name();
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

/// What was found for a role, if it was looked at.
type FoundOfRole = Option<(RoleSummary, Found)>;

/// A study under way.
struct UnderWay<'a> {
    task: &'a Task<'a>,
    engine: (EngineKind, &'a Choice),
    started: Instant,
    warnings: Vec<String>,
}

impl<'a> UnderWay<'a> {
    fn new(task: &'a Task<'a>, engine: (EngineKind, &'a Choice)) -> Self {
        let mut warnings = task.capture.account.told();
        warnings.extend(engine.1.warning.clone());
        Self { task, engine, started: Instant::now(), warnings }
    }

    /// What `work` finds for each role that has addresses.
    fn each_role(
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

    /// An engine over `set`, the addresses of `role`.
    fn engine(
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
    fn end(
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
) -> Result<crate::Points<'_>, StudyError> {
    let unit = set.unit().name();
    weighted_by.points(set).map_err(|reason| StudyError::Weights { role, unit, reason })
}

/// What was found in a capture.
#[derive(Debug, Clone)]
pub struct Study {
    /// What is told of all roles. It names no files, and no time for what was done before.
    pub summary: Summary<RoleSummary>,
    /// What else was found for each of them.
    pub found: PerRole<Option<Found>>,
    /// The pairs that do not belong together, if they were asked for and are known.
    pub pairs: Option<Vec<Pair>>,
    by: &'static str,
    timeline: Timeline,
}

impl Study {
    /// The page that shows it.
    ///
    /// # Errors
    /// When it cannot be rendered.
    pub fn page(&self, invocation: &Invocation) -> std::io::Result<String> {
        let mut page = Vec::new();
        self.write_page(&self.summary, invocation, &mut page)?;
        String::from_utf8(page).map_err(std::io::Error::other)
    }

    fn write_page(
        &self,
        summary: &Summary<RoleSummary>,
        invocation: &Invocation,
        out: &mut dyn std::io::Write,
    ) -> std::io::Result<()> {
        let pages = self.found.map(|_, found| found.as_ref()?.page.as_ref());
        page::write(summary, &pages, &self.timeline, invocation, out)
    }

    /// An engine that labels `set` as that of the study did: all label on the CPU, and all but the reference alike.
    fn labeller<'a>(&self, set: &'a AddressSet) -> Box<dyn Engine + 'a> {
        match self.summary.engine.used == EngineKind::Reference.name() {
            true => Box::new(ReferenceEngine::new(set.addresses())),
            false => Box::new(CpuEngine::new(set.addresses())),
        }
    }

    /// Writes the folder of results that the program writes, of `task`, which led to this. Each address is labelled
    /// again for the tables, which are too large to be kept.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(
        &self,
        task: &Task<'_>,
        directory: &Path,
        invocation: &Invocation,
    ) -> Result<Summary<RoleSummary>, StudyError> {
        let mut output = Output::new(directory, folder::intent(self.by))?;
        for (role, found) in self.found.iter() {
            let (Some(found), Some(told)) = (found, self.summary.role(role)) else { continue };
            let mut engine = self.labeller(task.capture.sets.get(role));
            found.write((task, role), told.threshold, engine.as_mut(), &mut output)?;
        }
        if self.by == BY {
            behaviour::keep(&mut output, task.capture)?;
        }
        task.write_pairs(self.pairs.as_deref(), &mut output)?;
        let mut summary = self.summary.clone();
        summary.warnings.extend(folder::told_of_left(&output, true));
        let page =
            |summary: &_, out: &mut dyn std::io::Write| self.write_page(summary, invocation, out);
        Ok(folder::complete(summary, output, Some(&page))?)
    }
}
