//! Looks on while the library works without the interpreter's lock: shows progress, and lets Ctrl-C through.
//!
//! A [`Watch`] looks where the work calls it. Work with steps that call nobody for seconds is [`attended`] instead.

use std::io;
use std::ops::ControlFlow;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::Builder;
use std::time::{Duration, Instant};

use octomix::analysis::Watcher;
use octomix::model::{Progress, Stage};
use octomix::rule::judge::Verdict;
use pyo3::prelude::*;

use crate::{error, fork};

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
    pub fn new(progress: Option<Py<PyAny>>) -> PyResult<Self> {
        fork::begin()?;
        Ok(Self { progress, last: Instant::now(), failure: None })
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

    /// Tells how many addresses are labelled, of how many.
    pub fn labelled(&mut self, done: usize, all: usize) -> io::Result<()> {
        match self.look("labelling", done as u64, all as u64) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(io::Error::other("interrupted")),
        }
    }

    /// Tells where a fit stands.
    pub fn of_fit(&mut self, at: Progress) -> ControlFlow<()> {
        let (stage, done, most) = standing(at);
        self.look(stage, done, most)
    }
}

/// A stage, how much of it is done, and of how much.
type Standing = (&'static str, u64, u64);

fn standing(at: Progress) -> Standing {
    let stage = match at.stage {
        Stage::Seeding => "seeding",
        Stage::KMeans => "K-Means",
        Stage::Mixture => "mixture",
        Stage::Search => "search",
    };
    (stage, at.iteration as u64, at.max_iter as u64)
}

impl Watcher for Watch {
    fn progress(&mut self, progress: Progress) -> ControlFlow<()> {
        self.of_fit(progress)
    }

    fn judged(&mut self, _: &[Verdict]) -> io::Result<()> {
        self.labelled(0, 0)
    }
}

/// The stack of a thread at work, that of a main thread.
const STACK: usize = 8 << 20;

/// Work in a thread of its own, as seen from there.
struct Apart {
    at: Arc<Mutex<Standing>>,
    is_left: Arc<AtomicBool>,
}

impl Apart {
    /// Says where the work stands; breaks off once nobody waits for its end.
    fn tell(&self, at: Standing) -> ControlFlow<()> {
        *self.at.lock().unwrap_or_else(PoisonError::into_inner) = at;
        match self.is_left.load(Ordering::Relaxed) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }
}

impl Watcher for Apart {
    fn progress(&mut self, progress: Progress) -> ControlFlow<()> {
        self.tell(standing(progress))
    }

    fn judged(&mut self, _: &[Verdict]) -> io::Result<()> {
        match self.tell(("labelling", 0, 0)) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(io::Error::other("interrupted")),
        }
    }
}

/// Does `work` in a thread of its own and waits for its end, but no longer than until a signal comes or telling
/// `progress` fails: the work then ends by itself, where it next tells how far it is.
pub fn attended<T: Send + 'static, E: Send + 'static>(
    py: Python<'_>,
    progress: Option<Py<PyAny>>,
    told: impl FnOnce(E) -> PyErr,
    work: impl FnOnce(&mut dyn Watcher) -> Result<T, E> + Send + 'static,
) -> PyResult<T> {
    let mut watch = Watch::new(progress)?;
    let (at, is_left) = (Arc::new(Mutex::new(("", 0, 0))), Arc::new(AtomicBool::new(false)));
    let mut apart = Apart { at: at.clone(), is_left: is_left.clone() };
    let (at_work, mut ended) = channel::<()>();
    let worker =
        Builder::new().name("octomix study".to_owned()).stack_size(STACK).spawn(move || {
            // Dropped at the end, however it ends.
            let _at_work = at_work;
            work(&mut apart)
        });
    let worker = worker.map_err(error::octomix)?;
    let mut waited = || {
        let ended = &mut ended;
        py.detach(move || ended.recv_timeout(EVERY))
    };
    while waited() == Err(RecvTimeoutError::Timeout) {
        let (stage, done, most) = *at.lock().unwrap_or_else(PoisonError::into_inner);
        if watch.look(stage, done, most).is_break() {
            is_left.store(true, Ordering::Relaxed);
            break;
        }
    }
    if let Some(failure) = watch.failure {
        return Err(failure);
    }
    worker.join().unwrap_or_else(|panic| resume_unwind(panic)).map_err(told)
}
