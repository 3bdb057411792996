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
    /// Called with the stage, the iteration, the most iterations and the restarts under way.
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

    /// Tells `said`, now and then; breaks off for a signal, or where that fails.
    pub fn look<S>(&mut self, said: S) -> ControlFlow<()>
    where
        S: for<'py> IntoPyObject<'py, Target = pyo3::types::PyTuple>,
        S: for<'py> pyo3::call::PyCallArgs<'py>,
    {
        if self.last.elapsed() < EVERY {
            return ControlFlow::Continue(());
        }
        self.last = Instant::now();
        let told = Python::attach(|py| {
            py.check_signals()?;
            self.progress.as_ref().map_or(Ok(()), |progress| progress.call1(py, said).map(drop))
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
        self.look((stage, at.iteration as u64, at.max_iter as u64))
    }
}

impl Watcher for Watch {
    fn progress(&mut self, progress: Progress) -> ControlFlow<()> {
        self.of_fit(progress)
    }

    fn judged(&mut self, _: &[octomix::rule::judge::Verdict]) -> std::io::Result<()> {
        match self.look(("labelling", 0, 0)) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(std::io::Error::other("interrupted")),
        }
    }
}
