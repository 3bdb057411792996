//! A folder of results. A run replaces those of the run before as a whole, at its end, or not at all.
//!
//! Until then its files have other names, and the folder is locked. The manifest, which comes last, says what the
//! results are. What files hold is not known here.

mod exchange;
mod manifest;
mod target;
#[cfg(test)]
mod tests;
mod unfinished;

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::store::Origin;
use crate::words::shown_path;

pub use manifest::{Entry, MANIFEST, Manifest, ManifestError};
use target::Target;
pub use target::{Overwritten, Targets};
pub(super) use unfinished::{Claim, directory_of};
use unfinished::{Finished, leftovers, lock, make, publish, sync_all};
pub use unfinished::{Unfinished, abandon, sweep};

/// A file that cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write '{}': {reason}; {}{advice}", shown_path(path), wait(*is_busy))]
pub struct WriteError {
    path: PathBuf,
    reason: String,
    /// Whether another process is at it.
    is_busy: bool,
    advice: &'static str,
}

fn wait(is_busy: bool) -> &'static str {
    if is_busy { "wait for its end, or " } else { "" }
}

impl WriteError {
    pub(crate) fn new(path: &Path, error: &io::Error) -> Self {
        let reason = match error.kind() {
            io::ErrorKind::IsADirectory => "there is a directory of that name".to_owned(),
            io::ErrorKind::FileTooLarge => {
                "it grows larger than files may be here (see ulimit -f)".to_owned()
            }
            io::ErrorKind::Other => error.to_string(),
            // The error of a temporary file names that file, which tells the user nothing: what it wraps is told.
            kind => {
                let wrapped = error.get_ref().and_then(|error| error.source());
                let wrapped = wrapped.and_then(|error| error.downcast_ref::<io::Error>());
                let of_system = wrapped.unwrap_or(error);
                of_system.raw_os_error().map_or(kind.to_string(), |_| of_system.to_string())
            }
        };
        let advice = "choose another directory";
        Self { path: path.to_path_buf(), reason, is_busy: false, advice }
    }

    fn shared(path: &Path, other: &Path) -> Self {
        let shared =
            format!("its results would go into the same files as those in '{}'", shown_path(other));
        Self::new(path, &io::Error::other(shared))
    }

    fn busy(path: &Path) -> Self {
        let busy = io::Error::other("another octomix is writing there");
        Self { is_busy: true, ..Self::new(path, &busy) }
    }

    /// The same with other `advice` on where to write.
    pub(super) fn with_advice(self, advice: &'static str) -> Self {
        Self { advice, ..self }
    }
}

/// What a run means to write into a folder.
#[derive(Debug, Clone, Copy)]
pub struct Intent<'a> {
    /// Its kind: it replaces the results of the last run of this kind.
    pub by: &'static str,
    /// The folders below the folder.
    pub folders: &'a [&'a str],
    /// Files that it may write, in the folder and in each of `folders`.
    pub files: &'a [&'a str],
}

/// A folder of results that are being made. What has not been [completed](Self::complete) is gone when it is
/// dropped.
#[derive(Debug)]
pub struct Output {
    directory: PathBuf,
    by: &'static str,
    /// Files that are whole, under other names, and their own.
    finished: Vec<(String, Finished)>,
    /// Files to be removed.
    removed: Vec<String>,
    /// The names of all files so far.
    files: Vec<String>,
    /// What the folder held before, as far as that is known.
    earlier: Option<Manifest>,
    swept: usize,
    _lock: Option<File>,
}

impl Output {
    /// Makes `directory`, locks it, and checks that all that is `intended` can be written: what comes before the
    /// first file may take an hour. Removes unfinished files that a killed run left there.
    ///
    /// # Errors
    /// When another process writes there, or a file or folder cannot be made.
    pub fn new(directory: &Path, intended: Intent<'_>) -> Result<Self, WriteError> {
        make(directory, &mut leftovers()).map_err(|error| WriteError::new(directory, &error))?;
        let mut output = Self {
            directory: directory.to_path_buf(),
            by: intended.by,
            finished: Vec::new(),
            removed: Vec::new(),
            files: Vec::new(),
            // One that is damaged says nothing of what is there.
            earlier: Manifest::read(directory).ok().flatten(),
            swept: 0,
            _lock: lock(directory)?,
        };
        Targets::of(directory, intended)?;
        let folders = intended.folders.iter().map(|folder| directory.join(folder));
        for (at, folder) in std::iter::once(directory.to_path_buf()).chain(folders).enumerate() {
            // Folders are made with their first file.
            if at == 0 || fs::symlink_metadata(&folder).is_ok() {
                output.swept += sweep(&folder);
                writable(&folder, intended.files)?;
            }
        }
        Ok(output)
    }

    /// Writes `file`, a path below the directory. It gets its name when all is [complete](Self::complete); if
    /// anything fails, it is gone.
    ///
    /// # Errors
    /// When the disk or `content` fails.
    pub fn write(
        &mut self,
        file: &str,
        content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), WriteError> {
        let mut unfinished = self.create(file)?;
        content(&mut unfinished).map_err(|error| unfinished.failed(&error))?;
        self.keep(file, unfinished)
    }

    /// Starts `file`, a path below the directory: for what is written between other work. It is gone when
    /// dropped before it is [kept](Self::keep).
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn create(&self, file: &str) -> Result<Unfinished, WriteError> {
        Unfinished::create(&self.directory.join(file))
    }

    /// Ends `unfinished`, which [`create`](Self::create) made for `file`.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn keep(&mut self, file: &str, unfinished: Unfinished) -> Result<(), WriteError> {
        self.finished.push((file.to_owned(), unfinished.finish()?));
        self.files.push(file.to_owned());
        Ok(())
    }

    /// Removes `file`, a path below the directory, if it is there, when all is complete.
    pub fn remove(&mut self, file: &str) {
        self.removed.push(file.to_owned());
    }

    /// The error to report when writing `file`, a path below the directory, failed with `error`.
    pub fn failed(&self, file: &str, error: &io::Error) -> WriteError {
        WriteError::new(&self.directory.join(file), error)
    }

    /// What the last run of this kind wrote and this one does not, whose last files are `to_come`. It stays, but is
    /// no result any more.
    pub fn left(&self, to_come: &[&str]) -> Vec<&str> {
        let earlier = self.earlier.iter().flat_map(|earlier| earlier.by(self.by));
        let is_ours = |file: &str| {
            self.files.iter().chain(&self.removed).any(|ours| ours == file)
                || to_come.contains(&file)
        };
        earlier
            .map(|entry| entry.file.as_str())
            .filter(|file| !is_ours(file) && self.directory.join(file).exists())
            .collect()
    }

    /// Gives all files their names, in place of those of the last run of this kind, and says so in the manifest.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn complete(mut self) -> Result<(), WriteError> {
        let entries = self.finished.iter().filter_map(|(file, done)| done.entry(file, self.by));
        let mut entries: Vec<Entry> = entries.collect();
        let earlier = self.earlier.take().into_iter();
        let others: Vec<Entry> =
            earlier.flat_map(|earlier| earlier.others(self.by, &entries)).collect();
        entries.extend(others.into_iter().filter(|entry| !self.removed.contains(&entry.file)));
        let manifest = Manifest::new(entries);
        self.write(MANIFEST, |out| {
            serde_json::to_writer_pretty(&mut *out, &manifest)?;
            writeln!(out)
        })?;
        self.publish()
    }

    /// Gives all files their names, and says so nowhere: for folders that several runs fill.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn publish(mut self) -> Result<(), WriteError> {
        sync_all(self.finished.iter().map(|(_, finished)| finished))?;
        let finished = std::mem::take(&mut self.finished).into_iter().map(|(_, finished)| finished);
        let removed = self.removed.iter().map(|file| self.directory.join(file));
        publish(finished, removed)
    }

    /// Where the results come from that these will replace, until all is complete.
    pub fn replaced(&self) -> Option<Origin> {
        Origin::replaced(&self.directory, self.by)
    }

    /// The directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The files written so far, as paths below the directory.
    pub fn files(&self) -> &[String] {
        &self.files
    }

    /// All files of the run, as paths below the directory: those written so far, those `to_come`, and the manifest,
    /// which [`complete`](Self::complete) writes.
    pub fn files_with(&self, to_come: &[&str]) -> Vec<String> {
        let to_come = to_come.iter().copied().chain([MANIFEST]).map(str::to_owned);
        self.files.iter().cloned().chain(to_come).collect()
    }

    /// How many unfinished files of killed runs were removed from the directory.
    pub fn swept(&self) -> usize {
        self.swept
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        // Their directories are empty without them.
        self.finished.clear();
        leftovers().remove_empty(&self.directory);
    }
}

/// Checks that `files` can be made in `folder`, which is there.
fn writable(folder: &Path, files: &[&str]) -> Result<(), WriteError> {
    tempfile::tempfile_in(folder).map_err(|error| WriteError::new(folder, &error))?;
    files.iter().map(|file| folder.join(file)).try_for_each(|path| match Target::of(&path) {
        Ok(_) => Ok(()),
        Err(error) => Err(WriteError::new(&path, &error)),
    })
}
