//! What passed its trial, in a small file of the user's cache. A file that cannot be read or written is no error:
//! the trial is then made again.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::{env, fs};

/// Lines that are kept at most; more are forgotten, all of them.
const MOST: usize = 256;
/// Bytes that are read at most.
const MOST_BYTES: u64 = 1 << 17;

/// The lines of the file.
pub struct Passed {
    file: Option<PathBuf>,
    lines: BTreeSet<String>,
}

impl Passed {
    /// Those of the user's cache.
    pub fn read() -> Self {
        Self::at(file(|name| env::var_os(name)))
    }

    fn at(file: Option<PathBuf>) -> Self {
        // A FIFO of that name would be waited for.
        let regular = file.as_ref().filter(|path| path.is_file());
        let mut text = String::new();
        let opened = regular.and_then(|path| fs::File::open(path).ok());
        let read = opened.and_then(|file| file.take(MOST_BYTES).read_to_string(&mut text).ok());
        let lines: BTreeSet<String> = match read {
            Some(_) => text.lines().map(str::to_owned).collect(),
            None => BTreeSet::new(),
        };
        let lines = if lines.len() > MOST { BTreeSet::new() } else { lines };
        Self { file, lines }
    }

    /// Whether `line` is one of them.
    pub fn contains(&self, line: &str) -> bool {
        self.lines.contains(line)
    }

    /// Takes `line` out of the file; whether it was there.
    pub fn take(&mut self, line: &str) -> bool {
        let was_there = self.lines.remove(line);
        if was_there {
            self.write();
        }
        was_there
    }

    /// Adds `lines`.
    pub fn extend(&mut self, lines: impl IntoIterator<Item = String>) {
        self.lines.extend(lines);
    }

    /// Writes the file, whole or not at all.
    pub fn write(&self) {
        let Some((path, folder)) = self.file.as_ref().and_then(|path| Some((path, path.parent()?)))
        else {
            return;
        };
        let written = || {
            fs::create_dir_all(folder)?;
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            for line in &self.lines {
                writeln!(file, "{line}")?;
            }
            file.persist(path)?;
            Ok::<(), std::io::Error>(())
        };
        // The next start makes the trial again.
        let _ = written();
    }
}

/// The file, in the folder that the system has for what may be lost.
fn file(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let folder = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let folder = folder("XDG_CACHE_HOME")
        .or_else(|| Some(folder("HOME")?.join(".cache")))
        .or_else(|| folder("LOCALAPPDATA"))?;
    Some(folder.join("octomix").join("gpus"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_there_until_they_are_taken() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("of octomix/gpus");
        let mut passed = Passed::at(Some(path.clone()));
        assert!(!passed.take("a"));
        passed.extend(["a", "b"].map(str::to_owned));
        passed.write();
        let mut passed = Passed::at(Some(path.clone()));
        assert!(passed.contains("a") && passed.take("a"));
        // As if the process had crashed now.
        let mut passed = Passed::at(Some(path));
        assert!(!passed.take("a") && passed.take("b"));
    }

    #[test]
    fn what_is_no_such_file_has_no_lines_and_is_no_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| Some(folder.path().join(name));
        fs::write(folder.path().join("binary"), [b'a', b'\n', 0xff]).unwrap();
        fs::write(folder.path().join("long"), "a\n".repeat(200_000)).unwrap();
        fs::write(
            folder.path().join("many"),
            (0..1000).map(|i| format!("a\n{i}\n")).collect::<String>(),
        )
        .unwrap();
        fs::create_dir(folder.path().join("folder")).unwrap();
        for file in
            [None, path("none"), path("binary"), path("many"), path("folder"), path("binary/below")]
        {
            let mut passed = Passed::at(file);
            assert!(!passed.contains("a"), "{:?}", passed.file);
            passed.extend(["b".to_owned()]);
            passed.write();
        }
        assert!(Passed::at(path("long")).lines.len() <= 2);
        // What can be replaced is.
        assert!(Passed::at(path("many")).contains("b"));
    }

    #[test]
    fn the_file_is_where_caches_are() {
        let of = |set: &'static [(&str, &str)]| {
            file(|name| {
                set.iter().find(|(n, _)| *n == name).map(|(_, value)| OsString::from(value))
            })
        };
        assert_eq!(of(&[("HOME", "/me")]), Some("/me/.cache/octomix/gpus".into()));
        let both = &[("HOME", "/me"), ("XDG_CACHE_HOME", "/cache")];
        assert_eq!(of(both), Some("/cache/octomix/gpus".into()));
        // The specification says to ignore relative ones.
        let relative = &[("HOME", "/me"), ("XDG_CACHE_HOME", "cache")];
        assert_eq!(of(relative), Some("/me/.cache/octomix/gpus".into()));
        assert_eq!(of(&[]), None);
    }
}
