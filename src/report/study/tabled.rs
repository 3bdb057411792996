//! A watcher that writes tables as addresses are judged, and hands all on to another watcher.

use std::io;
use std::ops::ControlFlow;

use super::StudyError;
use crate::address::AddressSet;
use crate::analysis::{AnalysisError, Criteria, Fitted, Watcher};
use crate::describe::drawing::Drawing;
use crate::describe::flagged::Flagged;
use crate::engine::EngineError;
use crate::input::Role;
use crate::model::Progress;
use crate::model::any::Model;
use crate::model::pca::Pca;
use crate::report::tables::{TableOptions, Tables};
use crate::rule::judge::Verdict;
use crate::store::{Output, WriteError};

/// A watcher of a role that makes its tables.
pub(super) struct Tabled<'a> {
    role: Role,
    set: &'a AddressSet,
    criteria: Criteria<'a>,
    /// The tables that are wanted; none and no drawing without.
    wanted: Option<TableOptions>,
    /// Where they are written, until they are begun.
    output: Option<&'a mut Output>,
    tables: Option<Tables<'a>>,
    drawing: Option<Drawing>,
    watcher: &'a mut dyn Watcher,
    failure: Option<WriteError>,
}

impl<'a> Tabled<'a> {
    /// One that makes what is `wanted` of the addresses of `role`, which are `set`, and writes it to `output` if that is
    /// given.
    pub fn new(
        (role, set): (Role, &'a AddressSet),
        criteria: Criteria<'a>,
        wanted: Option<TableOptions>,
        output: Option<&'a mut Output>,
        watcher: &'a mut dyn Watcher,
    ) -> Self {
        let (tables, drawing, failure) = (None, None, None);
        Self { role, set, criteria, wanted, output, tables, drawing, watcher, failure }
    }

    /// Begins the tables of addresses under `model`, in the plane of `pca`.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn begin(&mut self, model: &Model, pca: &Pca) -> Result<(), WriteError> {
        let Some(wanted) = self.wanted else { return Ok(()) };
        let (addresses, output) = ((self.role, self.set), self.output.take());
        self.tables = Some(Tables::new(addresses, (model, pca), &self.criteria, wanted, output)?);
        Ok(())
    }

    /// What the analysis returned, and what pictures show.
    ///
    /// # Errors
    /// That of the analysis, or of the file that ended it.
    pub fn end<T>(
        self,
        analysed: Result<T, AnalysisError>,
    ) -> Result<(T, Option<Drawing>), StudyError> {
        match (analysed, self.failure) {
            (Ok(found), _) => Ok((found, self.drawing)),
            (Err(AnalysisError::Engine(EngineError::Sink(_))), Some(failure)) => {
                Err(failure.into())
            }
            (Err(error), _) => Err(StudyError::of(self.role, error)),
        }
    }

    /// Keeps the failure of a file, which tells its name, until the analysis has ended.
    fn kept<T>(&mut self, written: Result<T, WriteError>) -> io::Result<T> {
        written.map_err(|failure| {
            let error = io::Error::other(failure.to_string());
            self.failure = Some(failure);
            error
        })
    }
}

impl Watcher for Tabled<'_> {
    fn progress(&mut self, progress: Progress) -> ControlFlow<()> {
        self.watcher.progress(progress)
    }

    fn fitted(&mut self, fitted: &Fitted) -> io::Result<()> {
        self.watcher.fitted(fitted)?;
        let begun = self.begin(&fitted.model(), &Pca::new(fitted.fit.moments()));
        self.kept(begun)
    }

    fn judged(&mut self, verdicts: &[Verdict]) -> io::Result<()> {
        if let Some(tables) = &mut self.tables {
            let written = tables.judged(verdicts);
            self.kept(written)?;
        }
        self.watcher.judged(verdicts)
    }

    fn flagged(&mut self, flagged: &Flagged<'_>) -> io::Result<()> {
        if let Some(tables) = self.tables.take() {
            let drawing = tables.flagged(flagged);
            self.drawing = Some(self.kept(drawing)?);
        }
        self.watcher.flagged(flagged)
    }
}
