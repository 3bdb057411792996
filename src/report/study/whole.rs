//! What was found in a capture, and from there the page and the folder of results.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{Found, StudyError, Task};
use crate::address::AddressSet;
use crate::analysis::Watcher;
use crate::behaviour::Timeline;
use crate::engine::choice::EngineKind;
use crate::engine::{CpuEngine, Engine, ReferenceEngine};
use crate::input::PerRole;
use crate::report::folder;
use crate::report::page::{self, Invocation};
use crate::report::summary::{RoleSummary, Summary};
use crate::rule::pairs::Pair;
use crate::store::model::BY;
use crate::store::{Output, Targets, behaviour};

/// What was found in a capture.
#[derive(Debug, Clone)]
pub struct Study {
    /// What is told of all roles. It names no files, and no time for what was done before.
    pub summary: Summary<RoleSummary>,
    /// What else was found for each of them.
    pub found: PerRole<Option<Found>>,
    /// The pairs that do not belong together, if they were asked for and are known.
    pub pairs: Option<Vec<Pair>>,
    pub(super) by: &'static str,
    pub(super) timeline: Timeline,
}

impl Study {
    /// The page that shows it.
    ///
    /// # Errors
    /// When it cannot be rendered.
    pub fn page(&self, invocation: &Invocation) -> io::Result<String> {
        let mut page = Vec::new();
        self.write_page(&self.summary, invocation, &mut page)?;
        String::from_utf8(page).map_err(io::Error::other)
    }

    fn write_page(
        &self,
        summary: &Summary<RoleSummary>,
        invocation: &Invocation,
        out: &mut dyn Write,
    ) -> io::Result<()> {
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
    /// again for the tables, which are too large to be kept, and `watcher` sees them judged.
    ///
    /// # Errors
    /// When a file cannot be written or would take the place of one that was read, or `watcher` fails.
    pub fn write(
        &self,
        task: &Task<'_>,
        directory: &Path,
        invocation: &Invocation,
        watcher: &mut dyn Watcher,
    ) -> Result<Summary<RoleSummary>, StudyError> {
        let intent = folder::intent(self.by);
        let opened = task.capture.account.opened.iter().map(PathBuf::as_path);
        Targets::of(directory, intent)?.spare(opened)?;
        let mut output = Output::new(directory, intent)?;
        for (role, found) in self.found.iter() {
            let (Some(found), Some(told)) = (found, self.summary.role(role)) else { continue };
            let mut engine = self.labeller(task.capture.sets.get(role));
            let (engine, output) = (engine.as_mut(), &mut output);
            found.write((task, role), told.threshold, engine, output, watcher)?;
        }
        if self.by == BY {
            behaviour::keep(&mut output, task.capture)?;
        }
        task.write_pairs(self.pairs.as_deref(), &mut output)?;
        let mut summary = self.summary.clone();
        summary.warnings.extend(folder::told_of_left(&output, true));
        let page = |summary: &_, out: &mut dyn Write| self.write_page(summary, invocation, out);
        Ok(folder::complete(summary, output, Some(&page))?)
    }
}
