//! `octomix detect --each`: every input a capture of its own, with a folder of results and a line in an
//! index over all.
//!
//! A thread reads one capture ahead of the one that is fitted, so two are in memory at a time. All share
//! one device. What goes wrong with one is told in the index and does not stop the others.

mod names;

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::Builder;
use std::time::{Duration, Instant};

use octomix::engine::choice::Chooser;
use octomix::input::{
    self, Account, Capture, Directories, Expanded, Identity, InputError, Lost, Options, Repeated,
    Sources,
};
use octomix::report::csv::write_index;
use octomix::report::page::write_batch;
use octomix::report::summary::index::{Entry, Index, Status};
use octomix::report::text;
use octomix::store::{Earlier, Intent, MadeFrom, Original, Output};
use octomix::words::escaped;
use rayon::Yield;

use super::detect;
use super::plan::Plan;
use super::run::{Run, intent, warn_of_swept};
use super::{Failure, all_read, page, print, warn_of, write_json};
use crate::cli::DetectArgs;
use crate::console::Console;
use crate::gpu;
use crate::progress::Unit;

/// Detects anomalies in each capture on its own.
///
/// # Errors
/// When the engine asked for cannot be had, the index cannot be written, or any capture failed.
pub fn run(args: &DetectArgs) -> Result<(), Failure> {
    let started = Instant::now();
    let plan = detect::plan(&args.model, &args.score)?;
    let directory = &args.output.directory;
    let files = ["index.json", "index.csv", "index.html", "manifest.json"];
    let mut output = Output::new(directory, Intent { by: "each", folders: &[], files: &files })?;
    let mut batch = Batch {
        args,
        plan: &plan,
        chooser: Chooser::new(args.engine.engine, args.engine.adapter.as_deref())
            .opened_by(gpu::open),
        console: Console::new(&args.print),
        entries: Vec::new(),
        lost: Lost::default(),
        unread: 0,
    };
    let Found { captures, account, .. } = Found::all(args);
    warn_of(&account, &mut batch.console);
    batch.lost = account.lost();
    let todo = batch.plan(captures);
    batch.detect(todo)?;

    let Batch { mut entries, lost, unread, .. } = batch;
    entries.sort_by_key(|(at, _)| *at);
    let index = Index {
        octomix: env!("CARGO_PKG_VERSION"),
        captures: entries.into_iter().map(|(_, entry)| entry).collect(),
        output: escaped(&directory.to_string_lossy()),
        seconds: started.elapsed().as_secs_f64(),
    };
    output.write("index.json", |file| write_json(&index, file))?;
    output.write("index.csv", |file| write_index(&index, file))?;
    output.write("index.html", |file| write_batch(&index, &page::invocation(), file))?;
    output.complete()?;
    print(args.print.format, &index, |out| text::index::write(&index, out))?;
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

/// The path of a capture, and the files that it stands for.
type Input = (PathBuf, Result<Sources, InputError>);

/// All captures, and what was found beside them.
#[derive(Default)]
struct Found {
    captures: Vec<Input>,
    /// Where each capture is, by its files.
    places: HashMap<Vec<Identity>, usize>,
    account: Account,
}

impl Found {
    /// Finds all captures: of a pattern each match. A capture that is found again counts once.
    fn all(args: &DetectArgs) -> Self {
        let mut found = Self::default();
        for path in &args.input.captures {
            match input::expand(path) {
                Ok(Expanded { paths, mut passed_over }) => {
                    found.account.passed_over.append(&mut passed_over);
                    paths.into_iter().for_each(|path| found.add(path));
                }
                Err(error) => found.captures.push((path.clone(), Err(error))),
            }
        }
        found
    }

    fn add(&mut self, path: PathBuf) {
        let sources = Sources::find(std::slice::from_ref(&path), Directories::Files);
        if let Ok(sources) = &sources {
            let files: Vec<_> = sources.files.iter().map(|file| file.identity.clone()).collect();
            let earlier = self.places.get(&files).filter(|_| !files.is_empty());
            if let Some((first, _)) = earlier.and_then(|&at| self.captures.get(at)) {
                return self.account.repeated.push(Repeated::new(&path, first));
            }
            self.places.insert(files, self.captures.len());
        }
        self.captures.push((path, sources));
    }
}

/// A batch under way.
struct Batch<'a> {
    args: &'a DetectArgs,
    plan: &'a Plan,
    chooser: Chooser,
    console: Console,
    /// What has come to an end, with its place.
    entries: Vec<(usize, Entry)>,
    /// Files of all captures that were not read whole.
    lost: Lost,
    /// Captures of which nothing could be read.
    unread: usize,
}

impl Batch<'_> {
    /// What there is to do of `captures`: those that cannot be found are failed, those that are finished
    /// skipped.
    fn plan(&mut self, captures: Vec<Input>) -> Vec<Item> {
        let paths: Vec<PathBuf> = captures.iter().map(|(path, _)| path.clone()).collect();
        let options = fingerprint(self.args);
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
            files.extend(self.args.model.files().map(original_at));
            let made_from = MadeFrom { options: options.clone(), files };
            let directory = self.args.output.directory.join(&name);
            // Standard input is gone once it is read.
            let is_same = !self.args.again && path.as_os_str() != "-";
            match Earlier::of(&directory, detect::MODELS, &made_from) {
                Some(earlier) if is_same => {
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
    fn detect(&mut self, items: Vec<Item>) -> Result<(), Failure> {
        if items.is_empty() {
            return Ok(());
        }
        let reached = Arc::new(Reached::default());
        let options = Options { directories: Directories::Files, ..self.args.input.options() };
        let paths = items.iter().map(|item| item.path.clone()).collect();
        let captures = read_ahead(paths, options, reached.clone()).map_err(Failure::Thread)?;
        for item in items {
            let (capture, read_seconds) = self.wait(&item, &captures, &reached)?;
            let begun = Instant::now().checked_sub(Duration::from_secs_f64(read_seconds));
            let begun = begun.unwrap_or_else(Instant::now);
            let done = match capture {
                Ok(capture) => self.one(&item, &capture, begun, read_seconds),
                Err(error) => Err(error.into()),
            };
            match done {
                Ok(entry) => self.entries.push((item.at, entry)),
                // The next would fail as well.
                Err(error @ Failure::Gpu(_)) => return Err(error),
                Err(error) => self.fail(item.at, &item.name, &item.path, error),
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
    ) -> Result<Entry, Failure> {
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
        self.lost = self.lost.plus(summary.input.lost);
        Ok(Entry::ok(&item.name, &escaped(&item.path.to_string_lossy()), &summary))
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

/// What the options come to: results by others are other results.
fn fingerprint(args: &DetectArgs) -> String {
    let DetectArgs { input, tables, pictures, model, score, rules, allow, engine, .. } = args;
    let input = input.options();
    let mut hasher = DefaultHasher::new();
    format!("{input:?} {tables:?} {pictures:?} {model:?}").hash(&mut hasher);
    format!("{score:?} {rules:?} {allow:?} {engine:?}").hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// The file at `path`, which an option names.
fn original_at(path: &Path) -> Original {
    let found = Sources::find(&[path.to_path_buf()], Directories::Refused).ok();
    let source = found.and_then(|found| found.files.into_iter().next());
    source.as_ref().map_or_else(|| Original::missing(path), Original::of)
}
