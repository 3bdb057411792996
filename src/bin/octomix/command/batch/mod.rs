//! `octomix detect --each` and `octomix extract --each`: every input a capture of its own, with a folder of results
//! and a line in an index over all.
//!
//! What goes wrong with one is told in the index and does not stop the others. The work is done in a process of its
//! own, where the system can, because what memory runs out for, and whatever else the system ends, cannot be undone
//! in the same one. What is done with a capture is not known here.

mod detect;
mod extract;
mod finish;
mod folders;
mod found;
mod names;
#[cfg(unix)]
mod process;
mod told;
mod work;

#[cfg(unix)]
use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use octomix::input::{Capture, Directories, InputError, Lost, PerRole, Sources};
use octomix::report::csv::write_index;
use octomix::report::summary::Leads;
use octomix::report::summary::index::{Counts, Entry, Index, Status};
use octomix::report::text;
use octomix::store::{Earlier, Intent, MadeFrom, Origin, Original, Output, sweep};
use octomix::words::escaped;
use serde::Serialize;
use serde::de::DeserializeOwned;

use self::found::{Found, Input};
use self::names::Names;
use self::told::Told;
use self::work::{Event, Tell, Work};
use super::{Failure, Machine, all_read, print, warn_of, write_json};
use crate::cli::{InputArgs, PrintArgs};
use crate::console::{Console, terminal_width};

pub use self::detect::run;
pub use self::extract::run as extract;

/// What is done with each capture, by one kind of command.
trait Each {
    /// What the index tells of a role.
    type Counts: Counts
        + Serialize
        + DeserializeOwned
        + Send
        + for<'a> From<&'a Self::Earlier>
        + 'static;
    /// What the summary of an earlier run tells of a role.
    type Earlier: DeserializeOwned;

    /// The folders below that of a capture, and the kind of its runs in manifests.
    const INTENT: Intent<'static>;

    /// The whole way of one capture, which took so many seconds to read: what is found, what was lost of it and the
    /// seconds since `started`.
    fn one(
        &mut self,
        item: &Item,
        console: Console,
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
    machine: &'a Machine,
    input: &'a InputArgs,
    directory: &'a Path,
    print: &'a PrintArgs,
    /// Whether to do again what is finished.
    again: bool,
    /// A fingerprint of the options: results by others are other results.
    options: String,
    /// The files that options name, other than those of blocks, which the fingerprint knows by their content.
    files: Vec<&'a Path>,
    /// The files that options name and that no result may replace.
    spared: Vec<&'a Path>,
}

/// What a batch means to write besides what it finds in each capture.
const INDEX: Intent<'static> = Intent {
    by: "each",
    folders: &[],
    files: &["index.json", "index.csv", "index.html", "manifest.json"],
};

/// Works through all captures, each of them by `each`, and writes the index.
fn batch<E: Each>(setting: &Setting<'_>, mut each: E) -> Result<(), Failure> {
    let started = Instant::now();
    let directory = setting.directory;
    let mut output = Output::new(directory, INDEX)?;
    let mut batch = Batch::<E> {
        setting,
        told: Told::new(setting.print),
        entries: Vec::new(),
        others: Leads::default(),
        unread: 0,
        refused: None,
        ended: None,
        is_too_large: false,
    };
    let Found { captures, account, .. } = Found::all(&setting.input.captures);
    warn_of(&account, &mut batch.told.console);
    let Names { all: names, told_apart } = names::names(captures.iter().map(|(path, _)| &**path));
    folders::check(setting, E::INTENT, &names, &captures)?;
    folders::tell_of_long(&told_apart, &batch.told.console);
    let left = folders::left(directory, E::INTENT.by, &names);
    let todo = batch.plan(names, captures);
    let worked = batch.work(&mut each, todo);
    batch.told.end();
    worked?;
    folders::warn_of_left(directory, &left, &batch.told.console);

    let Batch { mut entries, others, unread, is_too_large, .. } = batch;
    if is_too_large {
        crate::signals::file_was_too_large();
    }
    entries.sort_by_key(|(at, _)| *at);
    let index = Index::new(
        entries.into_iter().map(|(_, entry)| entry).collect(),
        others,
        escaped(&directory.to_string_lossy()),
        started.elapsed().as_secs_f64(),
        Origin::of(directory, INDEX.by),
    );
    output.write("index.json", |file| write_json(&index, file))?;
    output.write("index.csv", |file| write_index(&index, file))?;
    each.write_index(&index, &mut output)?;
    output.complete()?;
    let width = terminal_width().unwrap_or(usize::MAX);
    print(setting.print.format, &index, |out| text::index::write(&index, width, out))?;
    match index.count(Status::Failed) {
        0 => all_read(index.lost().plus(account.lost())),
        failed => {
            let all = index.captures.len();
            // Who asks for strictness takes no batch for done of which anything is missing.
            let is_of_input = failed == unread && failed < all && !setting.input.strict;
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

impl Item {
    /// That it has failed.
    fn failed<C>(&self, error: &Failure) -> Event<C> {
        let is_unread = matches!(error, Failure::Input(_));
        let input = escaped(&self.path.to_string_lossy());
        let entry = Entry::failed(&self.name, &input, error.to_string());
        Event::Done { at: self.at, entry: Box::new(entry), is_unread }
    }
}

/// A batch under way.
struct Batch<'a, E: Each> {
    setting: &'a Setting<'a>,
    told: Told,
    /// What has come to an end, with its place.
    entries: Vec<(usize, Entry<E::Counts>)>,
    /// The reasons of findings that captures keep none of their own of.
    others: Leads,
    /// Captures of which nothing could be read.
    unread: usize,
    /// Why a process that works was refused memory.
    #[cfg_attr(not(unix), allow(dead_code, reason = "there is no other process"))]
    refused: Option<String>,
    /// Why the batch cannot go on.
    #[cfg_attr(not(unix), allow(dead_code, reason = "there is no other process"))]
    ended: Option<Failure>,
    /// Whether a file reached the largest size that a process may write.
    is_too_large: bool,
}

impl<E: Each> Batch<'_, E> {
    /// What there is to do of `captures` with these `names`: those that cannot be found are failed, those that are finished
    /// skipped.
    fn plan(&mut self, names: Vec<String>, captures: Vec<Input>) -> Vec<Item> {
        let setting = self.setting;
        let mut todo = Vec::new();
        for (at, (name, (path, found))) in names.into_iter().zip(captures).enumerate() {
            let sources = match found {
                Ok(sources) => sources,
                // That of an earlier batch, say, where all of a folder are named.
                Err(error @ InputError::OwnResults { .. }) => {
                    self.told.warn(None, &error.to_string());
                    continue;
                }
                Err(error) => {
                    let item = Item { at, name, path, made_from: MadeFrom::default() };
                    self.take(item.failed(&error.into()));
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
                    let input = escaped(&path.to_string_lossy());
                    self.keep(at, Entry::skipped(&name, &input, &earlier));
                }
                _ => todo.push(Item { at, name, path, made_from }),
            }
        }
        todo
    }

    /// Keeps what was found in the capture at place `at`.
    fn keep(&mut self, at: usize, mut entry: Entry<E::Counts>) {
        entry.thin(&mut self.others);
        self.entries.push((at, entry));
    }

    /// Notes what has become of a capture, or of all.
    fn take(&mut self, event: Event<E::Counts>) {
        match event {
            Event::Begun(_) => {}
            Event::Warned { about, message } => self.told.warn(Some(&about), &message),
            Event::Done { at, entry, is_unread } => {
                if let Some(error) = &entry.error {
                    // Most name the file.
                    let about = Some(&*entry.name).filter(|_| !error.contains(&entry.input));
                    self.told.warn(about, &format!("failed: {error}"));
                }
                self.unread += usize::from(is_unread);
                self.keep(at, *entry);
            }
            Event::Refused(refusal) => self.refused = Some(refusal),
            Event::Ended { error, status } => self.ended = Some(Failure::Ended { error, status }),
            Event::TooLarge => self.is_too_large = true,
        }
    }

    /// Works through `items`, in a process of its own where one can be had.
    #[cfg(unix)]
    fn work(&mut self, each: &mut E, items: Vec<Item>) -> Result<(), Failure> {
        let (setting, machine) = (self.setting, self.setting.machine);
        let mut todo = VecDeque::from(items);
        // Those that were under way when a process died: which of them is to blame shows when each is alone.
        let mut suspects: VecDeque<Item> = VecDeque::new();
        crate::signals::pass_on();
        while !(todo.is_empty() && suspects.is_empty()) {
            let group: Vec<Item> = match suspects.pop_front() {
                Some(suspect) => vec![suspect],
                None => todo.drain(..).collect(),
            };
            let mut under_way: Vec<usize> = Vec::new();
            self.refused = None;
            // The other process has a copy of `each`.
            let work = |tell: Tell<E::Counts>| {
                machine.start()?;
                Work::new(setting, &mut *each, tell).all(&group)
            };
            let died = process::run(work, &mut |event| {
                match &event {
                    Event::Begun(at) => under_way.push(*at),
                    Event::Done { at, .. } => under_way.retain(|begun| begun != at),
                    _ => {}
                }
                self.take(event);
            });
            if let Some(ended) = self.ended.take() {
                return Err(ended);
            }
            let reason = match died {
                Ok(None) => continue,
                Ok(Some(reason)) => self.refused.take().unwrap_or(reason),
                // No more processes: the work is done in this one.
                Err(_) => {
                    todo.extend(group);
                    todo.extend(suspects);
                    crate::signals::stop_passing_on();
                    machine.start()?;
                    return self.here(each, &Vec::from(todo));
                }
            };
            self.after(&reason, group, &under_way, &mut suspects, &mut todo);
        }
        // What is left to do is little.
        crate::signals::stop_passing_on();
        machine.start_one()
    }

    /// Sorts what is left of `group`, whose process died for `reason`: what was `under_way` alone has failed.
    #[cfg(unix)]
    fn after(
        &mut self,
        reason: &str,
        group: Vec<Item>,
        under_way: &[usize],
        suspects: &mut VecDeque<Item>,
        todo: &mut VecDeque<Item>,
    ) {
        let is_done = |at| self.entries.iter().any(|(done, _)| *done == at);
        let mut to_blame = Vec::new();
        let left = group.into_iter().filter(|item| !is_done(item.at));
        let (begun, not_begun): (Vec<Item>, Vec<Item>) =
            left.partition(|item| under_way.contains(&item.at));
        todo.extend(not_begun);
        match begun.len() {
            // It died before any was begun, and would again.
            0 => to_blame.extend(todo.pop_front()),
            1 => to_blame.extend(begun),
            _ => {
                let names: Vec<&str> = begun.iter().map(|item| item.name.as_str()).collect();
                let names = names.join(" and ");
                self.told.warn(Some(&names), &format!("each is done again by itself: {reason}"));
                for item in begun {
                    // Standard input is gone once it is read.
                    let is_gone = item.path.as_os_str() == "-";
                    if is_gone { to_blame.push(item) } else { suspects.push_back(item) }
                }
            }
        }
        for item in to_blame {
            self.sweep(&item);
            let failure = Failure::Died(reason.to_owned());
            self.take(item.failed(&failure));
        }
    }

    /// Removes the unfinished files of `item`, which its process left.
    #[cfg(unix)]
    fn sweep(&self, item: &Item) {
        let directory = self.setting.directory.join(&item.name);
        if directory.is_dir() {
            // What cannot be removed now is at the next run.
            let _ = Output::new(&directory, E::INTENT);
            // Only an empty one goes.
            let _ = std::fs::remove_dir(&directory);
        }
    }

    /// Works through `items`.
    #[cfg(not(unix))]
    fn work(&mut self, each: &mut E, items: Vec<Item>) -> Result<(), Failure> {
        self.setting.machine.start()?;
        self.here(each, &items)
    }

    /// Works through `items` in this process.
    fn here(&mut self, each: &mut E, items: &[Item]) -> Result<(), Failure> {
        let told = Arc::new(Mutex::new(Vec::new()));
        let tell: Tell<E::Counts> = Arc::new({
            let told = told.clone();
            move |event| told.lock().unwrap_or_else(PoisonError::into_inner).push(event)
        });
        let done = Work::new(self.setting, each, tell).all(items);
        let told: Vec<Event<E::Counts>> =
            told.lock().unwrap_or_else(PoisonError::into_inner).drain(..).collect();
        told.into_iter().for_each(|event| self.take(event));
        done
    }
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
