//! Works through captures: a thread reads one ahead of the one that is worked on, so two are in memory at a time. What
//! becomes of each is told as it goes; nothing is kept here.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::Builder;
use std::time::{Duration, Instant};

use octomix::input::{self, Capture, Directories, InputError, Options};
use octomix::report::summary::index::Entry;
use octomix::store::WriteError;
use octomix::words::escaped;
use rayon::Yield;
use serde::{Deserialize, Serialize};

use super::finish::Finishers;
use super::{Done, Each, Item, Setting};
use crate::command::{Failure, warn_of};
use crate::console::Console;
use crate::memory::{self, Stage};
use crate::progress::Unit;

/// What is told of a batch as it goes.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(not(unix), allow(dead_code, reason = "only another process tells all of it"))]
pub enum Event<C> {
    /// The reading of the capture at this place has begun.
    Begun(usize),
    /// A warning, and the capture or file that it is about.
    Warned { about: String, message: String },
    /// A capture has come to an end.
    Done {
        at: usize,
        entry: Box<Entry<C>>,
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
pub type Tell<C> = Arc<dyn Fn(Event<C>) + Send + Sync>;

/// What works through captures.
pub struct Work<'a, E: Each> {
    setting: &'a Setting<'a>,
    each: &'a mut E,
    console: Console,
    tell: Tell<E::Counts>,
}

impl<'a, E: Each> Work<'a, E> {
    /// Does what `each` does, and tells of it.
    pub fn new(setting: &'a Setting<'a>, each: &'a mut E, tell: Tell<E::Counts>) -> Self {
        Self { setting, each, console: Console::new(setting.print), tell }
    }

    /// Works through `items`.
    ///
    /// # Errors
    /// When no thread can be had, or the engine asked for.
    pub fn all(self, items: &[Item]) -> Result<(), Failure> {
        let reached = Arc::new(Reached::default());
        let options = Options { directories: Directories::Files, ..self.setting.input.options() };
        let paths = items.iter().map(|item| (item.at, item.path.clone())).collect();
        let captures = read_ahead(paths, options, reached.clone(), self.tell.clone())
            .map_err(Failure::Thread)?;
        let mut finishers = Finishers::new();
        for (i, item) in items.iter().enumerate() {
            memory::at(Stage::Reading);
            let (capture, read_seconds) = self.wait(item, &captures, &reached)?;
            memory::at(Stage::Working);
            let begun = Instant::now().checked_sub(Duration::from_secs_f64(read_seconds));
            let begun = begun.unwrap_or_else(Instant::now);
            let done = match capture {
                Ok(capture) => {
                    let mut console = self.console_of(item);
                    warn_of(&capture.account, &mut console);
                    self.each.one(item, console, &capture, begun, read_seconds)
                }
                Err(error) => Err(error.into()),
            };
            match done {
                Ok(mut done) => match done.output.take() {
                    Some(output) => {
                        finishers.hand_over((i, done), output).map_err(Failure::Thread)?;
                    }
                    None => self.end(item, done, Ok(())),
                },
                // The next would fail as well.
                Err(error @ Failure::Gpu(_)) => return Err(error),
                Err(error) => (self.tell)(item.failed(&error)),
            }
            for ((i, done), written) in finishers.ended() {
                self.end(&items[i], done, written);
            }
        }
        for ((i, done), written) in finishers.end() {
            self.end(&items[i], done, written);
        }
        Ok(())
    }

    /// A console for `item`, whose warnings are told as being of it, or of the file that they begin with.
    fn console_of(&self, item: &Item) -> Console {
        let (tell, name) = (self.tell.clone(), item.name.clone());
        let file = escaped(&item.path.to_string_lossy());
        let taker = move |told: &str| {
            let of_file = told.split_once(": ").filter(|(about, _)| about.starts_with(&file));
            let (about, message) = of_file.unwrap_or((&name, told));
            tell(Event::Warned { about: about.to_owned(), message: message.to_owned() });
        };
        Console::of(self.setting.print, &item.name, Box::new(taker))
    }

    /// Tells what became of a capture whose results were written or, for an error, not.
    fn end(&self, item: &Item, done: Done<E::Counts>, written: Result<(), WriteError>) {
        if let Err(error) = written {
            return (self.tell)(item.failed(&error.into()));
        }
        let Done { roles, lost, seconds, .. } = done;
        let input = escaped(&item.path.to_string_lossy());
        let entry = Box::new(Entry::ok(&item.name, &input, roles, lost, seconds));
        (self.tell)(Event::Done { at: item.at, entry, is_unread: false });
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
fn read_ahead<C: Send + 'static>(
    paths: Vec<(usize, PathBuf)>,
    options: Options,
    reached: Arc<Reached>,
    tell: Tell<C>,
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
