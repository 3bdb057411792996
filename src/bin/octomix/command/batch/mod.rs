//! `octomix detect --each` and `octomix extract --each`: every input a capture of its own, with a folder of results
//! and a line in an index over all.
//!
//! A thread reads one capture ahead of the one that is worked on, so two are in memory at a time. What goes wrong with
//! one is told in the index and does not stop the others. What is done with a capture is not known here.

mod detect;
mod extract;
mod finish;
mod found;
mod names;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::Builder;
use std::time::{Duration, Instant};

use octomix::input::{self, Capture, Directories, InputError, Lost, Options, PerRole, Sources};
use octomix::report::csv::write_index;
use octomix::report::summary::index::{Counts, Entry, Index, Status};
use octomix::report::text;
use octomix::store::{Earlier, Intent, MadeFrom, Original, Output, WriteError, sweep};
use octomix::words::escaped;
use rayon::Yield;
use serde::Serialize;
use serde::de::DeserializeOwned;

use self::finish::Finishers;
use self::found::{Found, Input};
use super::{Failure, all_read, print, warn_of, write_json};
use crate::cli::{InputArgs, PrintArgs};
use crate::console::Console;
use crate::progress::Unit;

pub use self::detect::run;
pub use self::extract::run as extract;

/// What is done with each capture, by one kind of command.
trait Each {
    /// What the index tells of a role.
    type Counts: Counts + Serialize + Send + for<'a> From<&'a Self::Earlier> + 'static;
    /// What the summary of an earlier run tells of a role.
    type Earlier: DeserializeOwned;

    /// The folders below that of a capture, and the kind of its runs in manifests.
    const INTENT: Intent<'static>;

    /// The whole way of one capture, which took so many seconds to read: what is found, what was lost of it and the
    /// seconds since `started`.
    fn one(
        &mut self,
        item: &Item,
        capture: &Capture,
        started: Instant,
        read_seconds: f64,
    ) -> Result<Done<Self::Counts>, Failure>;

    /// Writes files of the index besides those of every batch.
    fn write_index(&self, _: &Index<Self::Counts>, _: &mut Output) -> Result<(), Failure> {
        Ok(())
    }
}

/// What became of one capture.
struct Done<C> {
    roles: PerRole<Option<C>>,
    lost: Lost,
    seconds: f64,
    /// What is still to be completed.
    output: Option<Output>,
}

/// What a batch is told besides what to do with each capture.
struct Setting<'a> {
    input: &'a InputArgs,
    directory: &'a Path,
    print: &'a PrintArgs,
    /// Whether to do again what is finished.
    again: bool,
    /// A fingerprint of the options: results by others are other results.
    options: String,
    /// The files that options name.
    files: Vec<&'a Path>,
}

/// Works through all captures, each of them by `each`, and writes the index.
fn batch<E: Each>(setting: &Setting<'_>, each: E) -> Result<(), Failure> {
    let started = Instant::now();
    let directory = setting.directory;
    let files = ["index.json", "index.csv", "index.html", "manifest.json"];
    let mut output = Output::new(directory, Intent { by: "each", folders: &[], files: &files })?;
    let mut batch = Batch {
        setting,
        each,
        console: Console::new(setting.print),
        entries: Vec::new(),
        lost: Lost::default(),
        unread: 0,
    };
    let Found { captures, account, .. } = Found::all(&setting.input.captures);
    warn_of(&account, &mut batch.console);
    batch.lost = account.lost();
    let todo = batch.plan(captures);
    batch.work(todo)?;

    let Batch { mut entries, lost, unread, each, .. } = batch;
    entries.sort_by_key(|(at, _)| *at);
    let index = Index {
        octomix: env!("CARGO_PKG_VERSION"),
        captures: entries.into_iter().map(|(_, entry)| entry).collect(),
        output: escaped(&directory.to_string_lossy()),
        seconds: started.elapsed().as_secs_f64(),
    };
    output.write("index.json", |file| write_json(&index, file))?;
    output.write("index.csv", |file| write_index(&index, file))?;
    each.write_index(&index, &mut output)?;
    output.complete()?;
    print(setting.print.format, &index, |out| text::index::write(&index, out))?;
    match index.count(Status::Failed) {
        0 => all_read(lost),
        failed => {
            let all = index.captures.len();
            let is_of_input = failed == unread && failed < all;
            Err(Failure::Batch { failed, all, is_of_input })
        }
    }
}

/// One capture of a batch.
struct Item {
    /// Its place among all.
    at: usize,
    /// The name of its folder.
    name: String,
    /// The file or directory.
    path: PathBuf,
    made_from: MadeFrom,
}

/// A batch under way.
struct Batch<'a, E: Each> {
    setting: &'a Setting<'a>,
    each: E,
    console: Console,
    /// What has come to an end, with its place.
    entries: Vec<(usize, Entry<E::Counts>)>,
    /// Files of all captures that were not read whole.
    lost: Lost,
    /// Captures of which nothing could be read.
    unread: usize,
}

impl<E: Each> Batch<'_, E> {
    /// What there is to do of `captures`: those that cannot be found are failed, those that are finished
    /// skipped.
    fn plan(&mut self, captures: Vec<Input>) -> Vec<Item> {
        let paths: Vec<PathBuf> = captures.iter().map(|(path, _)| path.clone()).collect();
        let setting = self.setting;
        let mut todo = Vec::new();
        for (at, (name, (path, found))) in
            names::names(&paths).into_iter().zip(captures).enumerate()
        {
            let sources = match found {
                Ok(sources) => sources,
                // That of an earlier batch, say, where all of a folder are named.
                Err(error @ InputError::OwnResults { .. }) => {
                    self.console.warn(error.to_string());
                    continue;
                }
                Err(error) => {
                    self.fail(at, &name, &path, error.into());
                    continue;
                }
            };
            let mut files: Vec<Original> = sources.files.iter().map(Original::of).collect();
            files.extend(setting.files.iter().map(|path| original_at(path)));
            let made_from = MadeFrom { options: setting.options.clone(), files };
            let directory = setting.directory.join(&name);
            // Standard input is gone once it is read.
            let is_same = !setting.again && path.as_os_str() != "-";
            match Earlier::<E::Earlier>::of(&directory, E::INTENT.by, &made_from) {
                Some(earlier) if is_same => {
                    // A run that was to replace it may have been killed.
                    sweep(&directory);
                    for folder in E::INTENT.folders {
                        sweep(&directory.join(folder));
                    }
                    self.lost = self.lost.plus(earlier.input.lost);
                    self.entries.push((
                        at,
                        Entry::skipped(&name, &escaped(&path.to_string_lossy()), &earlier),
                    ));
                }
                _ => todo.push(Item { at, name, path, made_from }),
            }
        }
        todo
    }

    /// Works through `items`.
    fn work(&mut self, items: Vec<Item>) -> Result<(), Failure> {
        if items.is_empty() {
            return Ok(());
        }
        let reached = Arc::new(Reached::default());
        let options = Options { directories: Directories::Files, ..self.setting.input.options() };
        let paths = items.iter().map(|item| item.path.clone()).collect();
        let captures = read_ahead(paths, options, reached.clone()).map_err(Failure::Thread)?;
        let mut finishers = Finishers::new().map_err(Failure::Thread)?;
        for item in items {
            let (capture, read_seconds) = self.wait(&item, &captures, &reached)?;
            let begun = Instant::now().checked_sub(Duration::from_secs_f64(read_seconds));
            let begun = begun.unwrap_or_else(Instant::now);
            let done = match capture {
                Ok(capture) => self.each.one(&item, &capture, begun, read_seconds),
                Err(error) => Err(error.into()),
            };
            match done {
                Ok(mut done) => match done.output.take() {
                    Some(output) => {
                        finishers.hand_over((item, done), output).map_err(Failure::Thread)?;
                    }
                    None => self.end((item, done), Ok(())),
                },
                // The next would fail as well.
                Err(error @ Failure::Gpu(_)) => return Err(error),
                Err(error) => self.fail(item.at, &item.name, &item.path, error),
            }
            for (of, ended) in finishers.ended() {
                self.end(of, ended);
            }
        }
        for (of, ended) in finishers.end() {
            self.end(of, ended);
        }
        Ok(())
    }

    /// Enters what became of a capture whose results were written or, for an error, not.
    fn end(&mut self, (item, done): (Item, Done<E::Counts>), written: Result<(), WriteError>) {
        if let Err(error) = written {
            return self.fail(item.at, &item.name, &item.path, error.into());
        }
        self.lost = self.lost.plus(done.lost);
        let input = escaped(&item.path.to_string_lossy());
        self.entries.push((item.at, Entry::ok(&item.name, &input, done.roles, done.seconds)));
    }

    fn fail(&mut self, at: usize, name: &str, path: &Path, error: Failure) {
        self.unread += usize::from(matches!(error, Failure::Input(_)));
        let error = error.to_string();
        self.console.warn(format!("{name}: failed: {error}"));
        self.entries.push((at, Entry::failed(name, &escaped(&path.to_string_lossy()), error)));
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

/// Reads `paths`, each a capture, one ahead of what is taken.
fn read_ahead(
    paths: Vec<PathBuf>,
    options: Options,
    reached: Arc<Reached>,
) -> std::io::Result<Receiver<Read>> {
    // No room: the reader waits with a capture until it is taken.
    let (captures, taken) = sync_channel(0);
    Builder::new().name("octomix captures".to_owned()).spawn(move || {
        for path in paths {
            let started = Instant::now();
            let capture = input::read(&[path], &options, &mut |at| {
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

/// What `options`, as they are shown, come to.
pub fn fingerprint(options: &str) -> String {
    let mut hasher = DefaultHasher::new();
    options.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// The file at `path`, which an option names.
pub fn original_at(path: &Path) -> Original {
    let found = Sources::find(&[path.to_path_buf()], Directories::Refused).ok();
    let source = found.and_then(|found| found.files.into_iter().next());
    source.as_ref().map_or_else(|| Original::missing(path), Original::of)
}
