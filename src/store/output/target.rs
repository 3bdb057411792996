//! Where what is written to a path goes: into a new file in place of an older one, or into a device or pipe.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

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
    use std::os::unix::fs::symlink;

    use super::*;

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
