//! The paths that a pattern such as `day*.csv` matches.
//!
//! The crate `glob` tells whether a name matches; the walk is our own. Its wildcards match no link to a
//! directory, because such links may form a cycle, or lead to a file a second time. A link that the pattern
//! spells out is followed.

use std::ffi::OsString;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Component, Path, PathBuf};

use glob::{MatchOptions, Pattern, PatternError};

/// What a pattern matches.
#[derive(Debug, Default)]
pub(crate) struct Matches {
    /// Sorted.
    pub paths: Vec<PathBuf>,
    /// The paths that could not be looked at, and why.
    pub unreadable: Vec<(PathBuf, io::Error)>,
}

/// Hidden files have to be spelled out.
const OPTIONS: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: true,
};

/// Whether `text` has anything that may stand for other text.
pub(crate) fn has_wildcard(text: &str) -> bool {
    text.contains(['*', '?', '['])
}

/// Finds what matches `pattern`, name by name of its path.
///
/// # Errors
/// A pattern that is not valid.
pub(crate) fn find(pattern: &str) -> Result<Matches, PatternError> {
    let mut found = Matches { paths: vec![PathBuf::new()], unreadable: Vec::new() };
    let mut ends_in_any = false;
    for component in Path::new(pattern).components() {
        let name = component.as_os_str().to_str().unwrap_or_default();
        let is_wild = matches!(component, Component::Normal(_)) && has_wildcard(name);
        ends_in_any = name == "**";
        if ends_in_any {
            found.descend();
        } else if is_wild {
            found.select(&Pattern::new(name)?);
        } else {
            found.paths.iter_mut().for_each(|path| path.push(component));
            found.keep_existing();
        }
    }
    if ends_in_any {
        found.select(&Pattern::new("*")?);
        found.paths.retain(|path| !path.is_dir());
    }
    found.paths.sort();
    Ok(found)
}

impl Matches {
    /// Replaces every path by the names in it that match `pattern`.
    fn select(&mut self, pattern: &Pattern) {
        for directory in std::mem::take(&mut self.paths) {
            let entries = self.entries(&directory);
            let matching = entries.into_iter().filter(|(name, is_entered)| {
                let is_file = || !directory.join(name).is_dir();
                pattern.matches_with(&name.to_string_lossy(), OPTIONS) && (*is_entered || is_file())
            });
            self.paths.extend(matching.map(|(name, _)| directory.join(name)));
        }
    }

    /// Adds all directories below every path.
    fn descend(&mut self) {
        let mut left = std::mem::take(&mut self.paths);
        while let Some(directory) = left.pop() {
            let entries = self.entries(&directory).into_iter();
            let below = entries.filter(|(name, is_entered)| {
                *is_entered && name.as_encoded_bytes().first() != Some(&b'.')
            });
            left.extend(below.map(|(name, _)| directory.join(name)));
            self.paths.push(directory);
        }
        // `**/**` leads to a directory more than once.
        self.paths.sort();
        self.paths.dedup();
    }

    /// Drops the paths at which there is nothing.
    fn keep_existing(&mut self) {
        for path in std::mem::take(&mut self.paths) {
            match fs::symlink_metadata(&path) {
                Ok(_) => self.paths.push(path),
                Err(error) => self.fail(&path, error),
            }
        }
    }

    /// The names in `directory`, and whether each is a directory itself, and not a link to one.
    fn entries(&mut self, directory: &Path) -> Vec<(OsString, bool)> {
        let here = directory.as_os_str().is_empty();
        let entries = match fs::read_dir(if here { Path::new(".") } else { directory }) {
            Ok(entries) => entries,
            Err(error) => {
                self.fail(directory, error);
                return Vec::new();
            }
        };
        let mut found = Vec::new();
        for entry in entries {
            match entry.and_then(|entry| Ok((entry.file_name(), entry.file_type()?.is_dir()))) {
                Ok(entry) => found.push(entry),
                Err(error) => self.fail(directory, error),
            }
        }
        found
    }

    fn fail(&mut self, path: &Path, error: io::Error) {
        // Not every directory that a wildcard matches has what follows it.
        if !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) {
            self.unreadable.push((path.to_path_buf(), error));
        }
    }
}
