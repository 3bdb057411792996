//! One role, in every command the same way: what the library works out is watched and told of on the terminal.

use std::io;
use std::ops::ControlFlow;

use octomix::address::AddressSet;
use octomix::analysis::{Fitted, Watcher};
use octomix::engine::choice::Choice;
use octomix::engine::{Engine, RecordedEngine, Recorder};
use octomix::input::{Capture, PerRole, Role};
use octomix::model::{Progress, Stage};
use octomix::report::page::RolePage;
use octomix::report::study::{Found, RoleWork, StudyError, Task, points};
use octomix::report::summary::RoleSummary;
use octomix::report::summary::fit::FitSummary;
use octomix::rule::judge::Verdict;
use octomix::store::Output;
use octomix::store::model::WeightedBy;

use super::Failure;
use super::run::Run;
use crate::console::Console;
use crate::progress::{self, Bar};

/// What was found for a role.
pub struct Findings {
    /// For summary.json and the terminal.
    pub summary: RoleSummary,
    /// For pictures, where files are written.
    pub page: Option<RolePage>,
}

/// One role's addresses, and where they are worked on, told of and written.
pub struct Desk<'a> {
    /// The role.
    pub role: Role,
    /// Its addresses.
    pub set: &'a AddressSet,
    /// Where to compute.
    pub choice: &'a Choice,
    /// Where to tell.
    pub console: &'a mut Console,
    /// Where to write.
    pub output: &'a mut Output,
    /// What keeps the answers of engines, if anything does.
    pub record: Option<&'a Recorder>,
}

impl Run {
    /// What `work` finds for each role that has addresses.
    ///
    /// # Errors
    /// The first of `work`.
    pub fn each_role<T>(
        &mut self,
        capture: &Capture,
        mut work: impl FnMut(Desk<'_>) -> Result<T, Failure>,
    ) -> Result<PerRole<Option<T>>, Failure> {
        let Self { choice, console, output, record, .. } = self;
        let record = record.as_ref().map(|(record, _)| record);
        capture.sets.try_map(|role, set| match set.is_empty() {
            true => Ok(None),
            false => work(Desk { role, set, choice, console, output, record }).map(Some),
        })
    }
}

impl<'a> Desk<'a> {
    /// An engine over the addresses, each counted as `weighted_by` says. Warns if not all counts are packets.
    ///
    /// # Errors
    /// When the packets are too many to be counted exactly, or the record is of other addresses.
    pub fn engine(&mut self, weighted_by: WeightedBy) -> Result<Box<dyn Engine + 'a>, Failure> {
        if let Some(told) = weighted_by.told(self.set) {
            self.console.warn_once(told);
        }
        let points = points(self.role, self.set, weighted_by)?;
        let Some(record) = self.record else { return Ok(self.choice.engine(points)) };
        let engine = self.choice.engine(points.clone());
        Ok(Box::new(RecordedEngine::new(engine, &points, record.clone())?))
    }

    /// Warns of what is `told`, if anything is.
    pub fn warn(&mut self, told: Option<String>) {
        told.into_iter().for_each(|told| self.console.warn(told));
    }

    /// `name` in the role's folder.
    pub fn file(&self, name: &str) -> String {
        self.role.file(name)
    }

    /// What `work` finds for the role of `task` on `engine`, watched and written.
    ///
    /// # Errors
    /// That of `work`.
    pub fn study(
        &mut self,
        task: &Task<'_>,
        engine: &mut dyn Engine,
        work: impl FnOnce(RoleWork<'_>) -> Result<(RoleSummary, Found), StudyError>,
    ) -> Result<Findings, Failure> {
        let mut watcher = RoleWatcher::new(self.role, self.set, self.console);
        let (role, output) = (self.role, Some(&mut *self.output));
        let (summary, found) =
            work(RoleWork { task, role, engine, output, watcher: &mut watcher })?;
        found.warnings.into_iter().for_each(|warning| self.console.warn(warning));
        Ok(Findings { summary, page: found.page })
    }
}

/// Shows where the analysis of a role stands, and tells of its fits.
pub struct RoleWatcher<'a> {
    role: Role,
    console: &'a Console,
    bar: Option<Bar>,
    /// All addresses, and those judged so far.
    all: usize,
    judged: usize,
}

impl<'a> RoleWatcher<'a> {
    /// Watches the analysis of the addresses of `role`, which are `set`.
    pub fn new(role: Role, set: &AddressSet, console: &'a Console) -> Self {
        Self { role, console, bar: None, all: set.len(), judged: 0 }
    }
}

impl Watcher for RoleWatcher<'_> {
    fn progress(&mut self, progress: Progress) -> ControlFlow<()> {
        let Self { role, console, bar, .. } = self;
        show(bar.get_or_insert_with(|| console.bar(&format!("{role}s:"))), progress)
    }

    fn fitted(&mut self, fitted: &Fitted) -> io::Result<()> {
        self.bar = None;
        self.judged = 0;
        FitSummary::all(fitted).iter().for_each(|fit| tell(self.role, fit, self.console));
        Ok(())
    }

    fn judged(&mut self, verdicts: &[Verdict]) -> io::Result<()> {
        self.judged += verdicts.len();
        let Self { role, console, bar, .. } = self;
        let bar = bar.get_or_insert_with(|| console.bar(&format!("{role}s: labelling")));
        let (done, all) = (self.judged as u64, self.all as u64);
        bar.update(progress::Unit::Addresses, done, Some(all), String::new());
        if self.judged == self.all {
            self.bar = None;
        }
        Ok(())
    }
}

/// What `--verbose` tells of a fit.
pub fn tell(role: Role, fit: &FitSummary, console: &Console) {
    let fitted = format!("{role}s, {} components", fit.components);
    if let Some(search) = &fit.search {
        for step in &search.moves {
            let of: Vec<String> = step.components.iter().map(ToString::to_string).collect();
            let of = if of.is_empty() { String::new() } else { format!(" of {}", of.join(", ")) };
            let spent = 100.0 * step.evaluations / search.budget;
            let (kind, after) = (&step.kind, step.after);
            console.detail(&format!(
                "{fitted}, {spent:.0}% of the budget: {kind}{of}: lower bound {after:.3}"
            ));
        }
        return;
    }
    for (r, restart) in fit.restarts.iter().enumerate() {
        let best = if r == fit.best_restart { ", the best" } else { "" };
        let (objective, n_iter) = (restart.objective, restart.n_iter);
        console.detail(&format!("{fitted}, restart {r}: {objective} in {n_iter} iterations{best}"));
    }
}

/// Shows where a fit stands.
pub fn show(bar: &mut Bar, progress: Progress) -> ControlFlow<()> {
    let stage = match progress.stage {
        Stage::Seeding => "seeding",
        Stage::KMeans => "K-Means",
        Stage::Mixture => "mixture",
        Stage::Search => "search",
    };
    let (iteration, most, active) = (progress.iteration, progress.max_iter, progress.active);
    let message = format!("{stage} {iteration}/{most}, {active} restarts");
    bar.update(progress::Unit::Steps, iteration as u64, Some(most as u64), message);
    ControlFlow::Continue(())
}
