//! `manifest.json`: which files of a folder are results, each with its size and hash, and which kind of run wrote
//! it. What lies there beside is not ours, or of an earlier run.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};
use twox_hash::XxHash3_128;

use super::unfinished::holds_unfinished;
use crate::store::bounded;
use crate::words::{shown, shown_path};

/// The name of the file.
pub const MANIFEST: &str = "manifest.json";

const FORMAT: &str = "octomix manifest";
const VERSION: u32 = 1;

/// The results in a folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    format: String,
    version: u32,
    octomix: String,
    files: Vec<Entry>,
}

/// A result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its path below the folder, with `/` between the parts.
    pub file: String,
    /// The kind of run that wrote it. A run of one kind replaces the results of the last of its kind.
    pub by: String,
    /// Its size.
    pub bytes: u64,
    /// Its hash by XXH3 with 128 bits, in hexadecimal digits, as `xxhsum -H128` prints it.
    pub xxh3: String,
}

/// Why a folder's results cannot be believed.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// The manifest cannot be read.
    #[error("cannot read '{}': {reason}", shown_path(path))]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: io::Error,
    },
    /// It is none of this version.
    #[error(
        "'{}' is no manifest that this octomix reads ({reason}); run again what wrote it",
        shown_path(path)
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// There is none, and files that are not whole.
    #[error(
        "the run that writes into '{}' has not come to its end; run it again, or name the files themselves to use \
         them as they are",
        shown_path(directory)
    )]
    Unfinished {
        /// The directory.
        directory: PathBuf,
    },
    /// A file is not what it was.
    #[error(
        "'{}' is not the file that octomix wrote: expected {}, found {found}; run again what wrote it, or name the \
         file itself to use it as it is",
        shown_path(path),
        expected(entry)
    )]
    Changed {
        /// The file.
        path: PathBuf,
        /// What is known of it.
        entry: Box<Entry>,
        /// What was found.
        found: String,
    },
}

fn expected(Entry { bytes, xxh3, .. }: &Entry) -> String {
    told(*bytes, &shown(xxh3))
}

fn told(bytes: u64, xxh3: &str) -> String {
    format!("{bytes} bytes with the hash {xxh3}")
}

impl Entry {
    pub(super) fn new(file: &str, by: &str, bytes: u64, hash: u128) -> Self {
        Self { file: file.to_owned(), by: by.to_owned(), bytes, xxh3: format!("{hash:032x}") }
    }

    /// Whether it names a file below its directory.
    fn is_below(&self) -> bool {
        let mut parts = Path::new(&self.file).components().peekable();
        parts.peek().is_some() && parts.all(|part| matches!(part, Component::Normal(_)))
    }

    /// Checks that the file below `directory` is as it was written.
    ///
    /// # Errors
    /// When it is missing, unreadable or another.
    pub fn check(&self, directory: &Path) -> Result<(), ManifestError> {
        let path = directory.join(&self.file);
        let changed = |path: PathBuf, found: String| {
            Err(ManifestError::Changed { path, entry: Box::new(self.clone()), found })
        };
        match hash(&path) {
            Ok((bytes, xxh3)) if bytes == self.bytes && xxh3 == self.xxh3 => Ok(()),
            Ok((bytes, xxh3)) => changed(path, told(bytes, &xxh3)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                changed(path, "none".to_owned())
            }
            Err(reason) => Err(ManifestError::Read { path, reason }),
        }
    }
}

/// The size of the file at `path`, and its hash.
fn hash(path: &Path) -> io::Result<(u64, String)> {
    // A device or pipe in its place has no end.
    if !fs::metadata(path)?.is_file() {
        return Err(io::ErrorKind::NotFound.into());
    }
    let (mut file, mut hash) = (File::open(path)?, XxHash3_128::new());
    let (mut buffer, mut bytes) = (vec![0; 1 << 18], 0);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok((bytes, format!("{:032x}", hash.finish_128()))),
            read => {
                hash.write(&buffer[..read]);
                bytes += read as u64;
            }
        }
    }
}

impl Manifest {
    pub(super) fn new(files: Vec<Entry>) -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            octomix: env!("CARGO_PKG_VERSION").to_owned(),
            files,
        }
    }

    /// The manifest of `directory`, if it has one.
    ///
    /// # Errors
    /// When it cannot be read, or is none.
    pub fn read(directory: &Path) -> Result<Option<Self>, ManifestError> {
        let path = directory.join(MANIFEST);
        match bounded::read_regular(&path) {
            Ok(text) => Self::parse(&path, &text).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(reason) => Err(ManifestError::Read { path, reason }),
        }
    }

    /// As [`read`](Self::read), of a directory that must not be that of a run which has come to no end.
    ///
    /// # Errors
    /// As there, and when it is.
    pub fn of_whole(directory: &Path) -> Result<Option<Self>, ManifestError> {
        let manifest = Self::read(directory)?;
        match manifest.is_none() && holds_unfinished(directory) {
            true => Err(ManifestError::Unfinished { directory: directory.to_path_buf() }),
            false => Ok(manifest),
        }
    }

    /// The manifest that `text` holds; errors name `path`, which is not looked at.
    ///
    /// # Errors
    /// When it is none of this version.
    pub fn parse(path: &Path, text: &[u8]) -> Result<Self, ManifestError> {
        let damaged = |reason| ManifestError::Damaged { path: path.to_path_buf(), reason };
        let manifest: Self =
            serde_json::from_slice(text).map_err(|error| damaged(shown(&error.to_string())))?;
        match (manifest.format.as_str(), manifest.version) {
            (FORMAT, VERSION) => match manifest.files.iter().find(|entry| !entry.is_below()) {
                None => Ok(manifest),
                Some(entry) => Err(damaged(format!(
                    "the file '{}' would not be in its directory",
                    shown(&entry.file)
                ))),
            },
            (FORMAT, version) => Err(damaged(format!("its version is {version}, not {VERSION}"))),
            _ => Err(damaged(format!("its format is not '{FORMAT}'"))),
        }
    }

    /// All results.
    pub fn entries(&self) -> &[Entry] {
        &self.files
    }

    /// What is known of `file`, a path below the folder.
    pub fn entry(&self, file: &str) -> Option<&Entry> {
        self.files.iter().find(|entry| entry.file == file)
    }

    /// The results of runs of the kind `by`.
    pub fn by<'a>(&'a self, by: &'a str) -> impl Iterator<Item = &'a Entry> {
        self.files.iter().filter(move |entry| entry.by == by)
    }

    /// Those of other kinds of runs, but for the files that are `written` now.
    pub(super) fn others(self, by: &str, written: &[Entry]) -> impl Iterator<Item = Entry> {
        let is_other = move |entry: &Entry| {
            entry.by != by && !written.iter().any(|written| written.file == entry.file)
        };
        self.files.into_iter().filter(is_other)
    }
}
