//! Looks on while the library works without the interpreter's lock: shows progress, and lets Ctrl-C through.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use octomix::analysis::Watcher;
use octomix::model::{Progress, Stage};
use pyo3::prelude::*;

/// How often the interpreter is asked.
const EVERY: Duration = Duration::from_millis(100);

/// A watcher of one call.
pub struct Watch {
    /// Called with the stage, how much of it is done, and of how much; 0 where that is not known.
    progress: Option<Py<PyAny>>,
    last: Instant,
    failure: Option<PyErr>,
}

impl Watch {
    /// One that calls `progress`, if there is any.
    pub fn new(progress: Option<Py<PyAny>>) -> Self {
        Self { progress, last: Instant::now(), failure: None }
    }

    /// What `result`, of the call that was watched, is to the interpreter.
    pub fn end<T, E>(self, result: Result<T, E>, told: impl FnOnce(E) -> PyErr) -> PyResult<T> {
        match self.failure {
            Some(failure) => Err(failure),
            None => result.map_err(told),
        }
    }

    /// Tells now and then how much of `stage` is done; breaks off for a signal, or where telling fails.
    pub fn look(&mut self, stage: &str, done: u64, most: u64) -> ControlFlow<()> {
        if self.last.elapsed() < EVERY {
            return ControlFlow::Continue(());
        }
        self.last = Instant::now();
        let told = Python::attach(|py| {
            py.check_signals()?;
            let Some(progress) = &self.progress else { return Ok(()) };
            progress.call1(py, (stage, done, most)).map(drop)
        });
        match told {
            Ok(()) => ControlFlow::Continue(()),
            Err(failure) => {
                self.failure = Some(failure);
                ControlFlow::Break(())
            }
        }
    }

    /// Tells where a fit stands.
    pub fn of_fit(&mut self, at: Progress) -> ControlFlow<()> {
        let stage = match at.stage {
            Stage::Seeding => "seeding",
            Stage::KMeans => "K-Means",
            Stage::Mixture => "mixture",
            Stage::Search => "search",
        };
        self.look(stage, at.iteration as u64, at.max_iter as u64)
    }
}

impl Watcher for Watch {
    fn progress(&mut self, progress: Progress) -> ControlFlow<()> {
        self.of_fit(progress)
    }

    fn judged(&mut self, _: &[octomix::rule::judge::Verdict]) -> std::io::Result<()> {
        match self.look("labelling", 0, 0) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(std::io::Error::other("interrupted")),
        }
    }
}
