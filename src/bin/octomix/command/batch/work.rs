//! Works through captures: a thread reads one ahead of the one that is fitted, so two are in memory at a time. All
//! share one device. What becomes of each is told as it goes; nothing is kept here.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::Builder;
use std::time::{Duration, Instant};

use octomix::engine::choice::Chooser;
use octomix::input::{self, Capture, Directories, InputError, Lost, Options};
use octomix::report::summary::index::Entry;
use octomix::store::Output;
use octomix::words::escaped;
use rayon::Yield;
use serde::{Deserialize, Serialize};

use super::Item;
use crate::cli::DetectArgs;
use crate::command::plan::Plan;
use crate::command::run::{Run, intent, warn_of_swept};
use crate::command::{Failure, detect, page, warn_of};
use crate::console::Console;
use crate::memory::{self, Stage};
use crate::progress::Unit;

/// What is told of a batch as it goes.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(not(unix), allow(dead_code, reason = "only another process tells all of it"))]
pub enum Event {
    /// The reading of the capture at this place has begun.
    Begun(usize),
    /// A capture has come to an end.
    Done {
        at: usize,
        entry: Box<Entry>,
        /// Its files that were not read whole.
        lost: Lost,
        /// Whether nothing of it could be read.
        is_unread: bool,
    },
    /// Memory was refused, and nothing more follows.
    Refused(String),
    /// The batch cannot go on.
    Ended { error: String, status: u8 },
    /// A file has reached the largest size that a process may write.
    TooLarge,
}

/// Who is told.
pub type Tell = Arc<dyn Fn(Event) + Send + Sync>;

/// What works through captures.
pub struct Work<'a> {
    args: &'a DetectArgs,
    plan: &'a Plan,
    chooser: Chooser,
    console: Console,
    tell: Tell,
}

impl<'a> Work<'a> {
    /// Does what `args` ask for by `plan`, and tells of it.
    pub fn new(args: &'a DetectArgs, plan: &'a Plan, tell: Tell) -> Self {
        Self {
            args,
            plan,
            chooser: Chooser::new(args.engine.engine, args.engine.adapter.as_deref()),
            console: Console::new(&args.print),
            tell,
        }
    }

    /// Works through `items`.
    ///
    /// # Errors
    /// When no thread can be had, or the engine asked for.
    pub fn all(&mut self, items: &[Item]) -> Result<(), Failure> {
        let reached = Arc::new(Reached::default());
        let options = Options { directories: Directories::Files, ..self.args.input.options() };
        let paths = items.iter().map(|item| (item.at, item.path.clone())).collect();
        let captures = read_ahead(paths, options, reached.clone(), self.tell.clone())
            .map_err(Failure::Thread)?;
        for item in items {
            memory::at(Stage::Reading);
            let (capture, read_seconds) = self.wait(item, &captures, &reached)?;
            memory::at(Stage::Working);
            let begun = Instant::now().checked_sub(Duration::from_secs_f64(read_seconds));
            let begun = begun.unwrap_or_else(Instant::now);
            let done = match capture {
                Ok(capture) => self.one(item, &capture, begun, read_seconds),
                Err(error) => Err(error.into()),
            };
            match done {
                Ok(done) => (self.tell)(done),
                // The next would fail as well.
                Err(error @ Failure::Gpu(_)) => return Err(error),
                Err(error) => (self.tell)(item.failed(&error, &mut self.console)),
            }
        }
        Ok(())
    }

    /// The whole way of one capture, from its addresses to its summary.
    fn one(
        &mut self,
        item: &Item,
        capture: &Capture,
        started: Instant,
        read_seconds: f64,
    ) -> Result<Event, Failure> {
        let DetectArgs { input, output, print, engine, pictures, .. } = self.args;
        let mut console = Console::of(print, &item.name);
        warn_of(&capture.account, &mut console);
        let output = Output::new(&output.directory.join(&item.name), intent(detect::MODELS))?;
        warn_of_swept(&output, &mut console);
        let opened = Instant::now();
        let largest = capture.largest().len();
        let choice = self.chooser.choose(largest, self.plan.params.components())?;
        let mut run = Run {
            choice,
            console,
            output,
            requested: engine.engine.name(),
            roles: input.options().roles,
            pairs: None,
            started,
            read_seconds,
            engine_seconds: opened.elapsed().as_secs_f64(),
        };
        if let Some(warning) = &run.choice.warning {
            run.console.warn(warning.clone());
        }
        let found = detect::roles(&mut run, capture, self.plan, self.args)?;
        let made_from = Some(item.made_from.clone());
        let summary = page::complete(run, capture, found, *pictures, made_from)?;
        let entry = Entry::ok(&item.name, &escaped(&item.path.to_string_lossy()), &summary);
        let (at, lost) = (item.at, summary.input.lost);
        Ok(Event::Done { at, entry: Box::new(entry), lost, is_unread: false })
    }

    /// The capture of `item`, once it is read.
    fn wait(
        &self,
        item: &Item,
        captures: &Receiver<Read>,
        reached: &Reached,
    ) -> Result<Read, Failure> {
        let mut bar = self.console.bar(&format!("{}: reading", item.name));
        loop {
            // The reader hands sorting to the pool, of which this thread is one: it may be the only one.
            let patience = match rayon::yield_now() {
                Some(Yield::Executed) => Duration::ZERO,
                _ => Duration::from_millis(2),
            };
            match captures.recv_timeout(patience) {
                Ok(read) => return Ok(read),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    let error = std::io::Error::other("the thread that reads captures has failed");
                    return Err(Failure::Thread(error));
                }
            }
            let (bytes, total) = *lock(reached);
            bar.update(Unit::Bytes, bytes, total, String::new());
        }
    }
}

/// A capture, or why it could not be read, and the seconds that it took.
type Read = (Result<Capture, InputError>, f64);

/// The bytes that have been read of the capture being read, and its size where that is known.
type Reached = Mutex<(u64, Option<u64>)>;

fn lock(reached: &Reached) -> MutexGuard<'_, (u64, Option<u64>)> {
    reached.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reads `paths`, each a capture with its place, one ahead of what is taken.
fn read_ahead(
    paths: Vec<(usize, PathBuf)>,
    options: Options,
    reached: Arc<Reached>,
    tell: Tell,
) -> std::io::Result<Receiver<Read>> {
    // No room: the reader waits with a capture until it is taken.
    let (captures, taken) = sync_channel(0);
    Builder::new().name("octomix captures".to_owned()).spawn(move || {
        for (at, path) in paths {
            tell(Event::Begun(at));
            let started = Instant::now();
            let capture = input::read(&[path], &options, &mut |at| {
                memory::reached(at.bytes);
                *lock(&reached) = (at.bytes, at.total);
                ControlFlow::Continue(())
            });
            if captures.send((capture, started.elapsed().as_secs_f64())).is_err() {
                return;
            }
        }
    })?;
    Ok(taken)
}
