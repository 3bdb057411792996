//! Where what is written to a path goes: into a new file in place of an older one, or into a device or pipe.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use super::{Intent, WriteError};
use crate::words::shown_path;

/// An input that a result would replace.
#[derive(Debug, thiserror::Error)]
#[error("'{}' is an input, and results would take its place; write them elsewhere", shown_path(.0))]
pub struct Overwritten(pub PathBuf);

/// Where runs put their results, links followed: no two of them into one file.
#[derive(Debug, Default)]
pub struct Targets<'a> {
    /// Folders without links: how they were named, and the files that may be written there.
    folders: HashMap<PathBuf, (PathBuf, &'a [&'a str])>,
    /// The files that links lead to, each with its link.
    links: HashMap<PathBuf, PathBuf>,
}

impl<'a> Targets<'a> {
    /// Those of a run into `directory` that is `intended`, as far as that is there.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub fn of(directory: &Path, intended: Intent<'a>) -> Result<Self, WriteError> {
        let mut targets = Self::default();
        targets.add(directory, intended)?;
        Ok(targets)
    }

    /// Adds those of one more run.
    ///
    /// # Errors
    /// When two results would go into the same file.
    pub fn add(&mut self, directory: &Path, intended: Intent<'a>) -> Result<(), WriteError> {
        let files = intended.files;
        let below = intended.folders.iter().map(|folder| directory.join(folder));
        for folder in std::iter::once(directory.to_path_buf()).chain(below) {
            let Ok(place) = fs::canonicalize(&folder) else { continue };
            if let Some((other, _)) = self.folders.insert(place, (folder.clone(), files)) {
                return Err(WriteError::shared(&folder, &other));
            }
            for path in files.iter().map(|file| folder.join(file)).filter(|path| path.is_symlink())
            {
                // One that cannot be written is told by who writes it.
                let Ok(Target::File(target)) = Target::of(&path) else { continue };
                if let Some(other) = self.links.insert(placed(target), path.clone()) {
                    return Err(WriteError::shared(&path, &other));
                }
            }
        }
        match self.links.iter().find_map(|(target, link)| Some((link, self.folder_of(target)?))) {
            Some((link, folder)) => Err(WriteError::shared(link, folder)),
            None => Ok(()),
        }
    }

    /// Checks that no result takes the place of one of `inputs`; those that are not there have no place.
    ///
    /// # Errors
    /// When one would.
    pub fn spare<'p>(&self, inputs: impl IntoIterator<Item = &'p Path>) -> Result<(), Overwritten> {
        let is_lost = |path: &&Path| fs::canonicalize(path).is_ok_and(|path| self.take(&path));
        inputs.into_iter().find(is_lost).map_or(Ok(()), |path| Err(Overwritten(path.to_owned())))
    }

    /// Whether a result may take the place of the file at `path`, which is without links.
    fn take(&self, path: &Path) -> bool {
        self.links.contains_key(path) || self.folder_of(path).is_some()
    }

    /// The folder that holds the result at `path`.
    fn folder_of(&self, path: &Path) -> Option<&Path> {
        let (folder, files) = self.folders.get(path.parent()?)?;
        let name = path.file_name()?.to_str()?;
        files.contains(&name).then_some(folder)
    }
}

/// `path`, which may be that of no file yet, in a folder without links.
fn placed(path: PathBuf) -> PathBuf {
    let folder = path.parent().and_then(|folder| fs::canonicalize(folder).ok());
    folder.and_then(|folder| Some(folder.join(path.file_name()?))).unwrap_or(path)
}

/// What a path stands for to one who writes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A file, whether it is there or not: the path, followed to the end of its links.
    File(PathBuf),
    /// A device or a pipe, which takes bytes and must stay what it is.
    Stream(PathBuf),
}

/// Links that are followed before they are taken for a circle, as by Linux.
const MOST_LINKS: usize = 40;

impl Target {
    /// What `path` stands for.
    ///
    /// # Errors
    /// When it is a directory, its links form a circle, or a directory above it cannot be entered.
    pub fn of(path: &Path) -> io::Result<Self> {
        match fs::metadata(path) {
            Ok(found) if found.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
            // What the links of these lead to is no path: `/dev/stdout` is a pipe or another's open file.
            Ok(found) if !found.is_file() || is_of_system(path) => {
                Ok(Self::Stream(path.to_path_buf()))
            }
            Ok(_) => Ok(Self::File(fs::canonicalize(path)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => match ends_in_slash(path) {
                true => Err(io::Error::other("a name that ends in a slash is that of a directory")),
                false => Ok(Self::File(end_of_links(path)?)),
            },
            Err(error) => Err(error),
        }
    }

    /// Opens a device or pipe; that of a pipe waits for a reader, as a shell's `>` does.
    ///
    /// # Errors
    /// When it takes no bytes.
    pub fn open(path: &Path) -> io::Result<File> {
        OpenOptions::new().write(true).truncate(true).open(path)
    }
}

fn ends_in_slash(path: &Path) -> bool {
    path.as_os_str()
        .as_encoded_bytes()
        .last()
        .is_some_and(|&last| std::path::is_separator(last.into()))
}

fn is_of_system(path: &Path) -> bool {
    cfg!(unix) && ["/dev", "/proc"].iter().any(|system| path.starts_with(system))
}

/// The path at the end of the links from `path`, where there is nothing yet.
fn end_of_links(path: &Path) -> io::Result<PathBuf> {
    let mut at = path.to_path_buf();
    for _ in 0..MOST_LINKS {
        match fs::read_link(&at) {
            Ok(to) => at = at.parent().unwrap_or(Path::new("")).join(to),
            Err(_) => return Ok(at),
        }
    }
    Err(io::Error::other("its links lead in a circle"))
}

#[cfg(all(test, unix))]
mod tests {
    use std::error::Error;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn no_two_results_go_into_one_file() -> Result<(), Box<dyn Error>> {
        let intended = Intent { by: "test", folders: &["a", "b"], files: &["x", "y"] };
        let refused = |links: &[(&str, &str)]| -> Result<Option<String>, Box<dyn Error>> {
            let folder = tempfile::tempdir()?;
            let of = |name: &str| folder.path().join(name);
            for made in ["one/a", "two"] {
                fs::create_dir_all(of(made))?;
            }
            links.iter().try_for_each(|(target, link)| symlink(target, of(link)))?;
            let mut targets = Targets::of(&of("one"), intended)?;
            let told = |error: WriteError| {
                let shown = format!("{}/", crate::words::shown_path(folder.path()));
                error.to_string().replace(&shown, "")
            };
            Ok(targets.add(&of("two"), intended).err().map(told))
        };
        assert_eq!(refused(&[("other", "one/x"), ("/dev/null", "one/a/x")])?, None);
        assert_eq!(refused(&[("/dev/null", "one/x"), ("/dev/null", "one/a/x")])?, None);
        let told =
            "cannot write 'two/a': its results would go into the same files as those in 'one/a'";
        let told = Some(format!("{told}; choose another directory"));
        assert_eq!(refused(&[("../one/a", "two/a")])?, told);
        for link in [("../one/a/y", "two/x"), ("../two/../one/a/y", "two/x")] {
            let told = refused(&[link])?.unwrap_or_default();
            assert!(told.starts_with("cannot write 'two/x': "), "{told}");
        }
        assert!(refused(&[("nowhere", "two/x"), ("../two/nowhere", "one/y")])?.is_some());
        Ok(())
    }

    #[test]
    fn links_are_followed_whether_they_end_in_a_file_or_not()
    -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let at = |name: &str| folder.path().canonicalize().map(|folder| folder.join(name));
        fs::write(at("file")?, "")?;
        fs::create_dir(at("folder")?)?;
        symlink("file", at("link")?)?;
        symlink("../file", at("folder/link")?)?;
        symlink("nowhere", at("dangling")?)?;
        symlink("dangling", at("twice")?)?;
        symlink("folder", at("folder-link")?)?;
        symlink("circle", at("circle")?)?;
        for (name, file) in [
            ("file", "file"),
            ("new", "new"),
            ("link", "file"),
            ("folder/link", "file"),
            ("twice", "nowhere"),
        ] {
            assert_eq!(Target::of(&at(name)?)?, Target::File(at(file)?), "{name}");
        }
        for directory in ["folder", "folder-link"] {
            let refused = Target::of(&at(directory)?).map_err(|error| error.kind());
            assert_eq!(refused, Err(io::ErrorKind::IsADirectory));
        }
        assert!(Target::of(&at("circle")?).is_err());
        assert!(Target::of(&at("new/")?).is_err());
        let null = Path::new("/dev/null");
        assert_eq!(Target::of(null)?, Target::Stream(null.to_path_buf()));
        symlink(null, at("null")?)?;
        assert_eq!(Target::of(&at("null")?)?, Target::Stream(at("null")?));
        Ok(())
    }
}
