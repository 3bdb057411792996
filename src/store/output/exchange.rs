//! Files of one run in place of those of another, all of them or none.
//!
//! No system renames several files at once. So the older ones get second names first, which also tells whether they
//! can be replaced, and where a rename fails they get back their own.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::WriteError;
use super::unfinished::{directory_of, temporary};
use crate::words::shown_path;

/// A name that is to stand for another file, or for none.
#[derive(Debug)]
pub(super) struct Change {
    /// The name, as it is told.
    path: PathBuf,
    /// The name without links.
    target: PathBuf,
    /// The new file; none where the old one is removed.
    new: Option<NamedTempFile>,
    /// The old file under its second name, which is removed when dropped.
    old: Option<NamedTempFile<()>>,
    /// Whether the name stands for the old file no more.
    is_made: bool,
}

impl Change {
    /// The file `new` for `path`, which is `target` without links.
    pub fn new(path: PathBuf, target: PathBuf, new: NamedTempFile) -> Self {
        Self { path, target, new: Some(new), old: None, is_made: false }
    }

    /// No file at `path`.
    pub fn removal(path: PathBuf) -> Self {
        Self { target: path.clone(), path, new: None, old: None, is_made: false }
    }

    /// The name that changes, without links.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Gives the old file, if there is one, a second name, by which it outlives the change.
    fn keep_old(&mut self) -> io::Result<()> {
        let found = match fs::symlink_metadata(&self.target) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            found => found?,
        };
        if found.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let directory = directory_of(&self.target);
        if !is_sticky(directory)
            && let Ok(link) =
                temporary().make_in(directory, |second| fs::hard_link(&self.target, second))
        {
            self.old = Some(link);
            return Ok(());
        }
        // There are no links here, or the file cannot be replaced, as one that is immutable or a mount point; a link in
        // a sticky folder could not be removed. A rename is refused for the same reasons as the change.
        let moved = temporary().make_in(directory, |second| fs::rename(&self.target, second))?;
        (self.old, self.is_made) = (Some(moved), true);
        Ok(())
    }

    fn make(&mut self) -> io::Result<()> {
        match self.new.take() {
            Some(new) => new.persist(&self.target).map(drop).map_err(|error| error.error)?,
            None => match fs::remove_file(&self.target) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                removed => removed?,
            },
        }
        self.is_made = true;
        Ok(())
    }

    /// Takes back what was made.
    fn undo(self) -> Result<(), PathBuf> {
        if !self.is_made {
            return Ok(());
        }
        let undone = match self.old {
            // Where it cannot have its name it keeps the second, until the next run into the folder.
            Some(old) => old.persist(&self.target).map(drop).map_err(|error| {
                let _ = error.file.keep();
            }),
            None => match fs::remove_file(&self.target) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(()),
                _ => Ok(()),
            },
        };
        undone.map_err(|()| self.path)
    }
}

/// Whether users may remove only files of their own from `directory`.
fn is_sticky(directory: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::metadata(directory).is_ok_and(|found| found.permissions().mode() & 0o1000 != 0)
    }
    #[cfg(not(unix))]
    {
        let _ = directory;
        false
    }
}

/// Makes all of `changes`, in their order, or none.
///
/// # Errors
/// When one cannot be made; should some not be taken back then, the message names them.
pub(super) fn exchange(mut changes: Vec<Change>) -> Result<(), WriteError> {
    // A single rename is made or not.
    let kept = match changes.len() {
        ..=1 => Ok(()),
        _ => each(&mut changes, Change::keep_old),
    };
    let Err(error) = kept.and_then(|()| each(&mut changes, Change::make)) else { return Ok(()) };
    let stay: Vec<String> = changes
        .into_iter()
        .rev()
        .filter_map(|change| change.undo().err())
        .map(|path| format!("'{}'", shown_path(&path)))
        .collect();
    if stay.is_empty() {
        return Err(error);
    }
    let reason = format!(
        "{}; what cannot be taken back any more is of this run: {}",
        error.reason,
        stay.join(", ")
    );
    Err(WriteError { reason, ..error })
}

fn each(
    changes: &mut [Change],
    step: impl Fn(&mut Change) -> io::Result<()>,
) -> Result<(), WriteError> {
    changes
        .iter_mut()
        .try_for_each(|change| step(change).map_err(|error| WriteError::new(&change.path, &error)))
}
