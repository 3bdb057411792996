//! Files that hold files: tar and zip. Each member is read as an input of its own, in the order of the
//! archive and without unpacking it anywhere. Folders, hidden and empty members are passed over, as in a
//! directory. An archive within an archive is not opened.

mod tar;
mod zip;

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

pub(crate) use tar::{LEN as HEADER, may_begin};

use crate::input::error::InputError;
use crate::input::foreign::Foreign;
use crate::input::message::file_name;
use crate::input::read::bytes::{Counted, damage};
use crate::input::read::decompress::Parallel;
use crate::input::read::stream::{Stream, content, is_standard_input, start};
use crate::words::escaped;

/// What a file turns out to be.
pub(crate) enum Contents {
    File(Stream),
    Archive(Archive),
}

/// A file that holds files.
pub(crate) enum Archive {
    Tar(tar::Tar),
    Zip(zip::Zip),
}

/// One file of an archive.
pub(crate) struct Member {
    /// Its path in the archive, safe to display.
    pub name: String,
    /// Its bytes, or why they are not read, as part of a sentence.
    pub bytes: Result<Box<dyn Read>, String>,
}

/// Which archive begins with `start`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Tar,
    Zip,
}

impl Kind {
    pub fn of(start: &[u8]) -> Option<Self> {
        match start {
            // A member, or the end of an archive without any.
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(Kind::Zip),
            _ => tar::begins(start).then_some(Kind::Tar),
        }
    }
}

/// Opens the file at `path`, whose bytes `meter` counts.
///
/// # Errors
/// Those of the system, a zip archive that cannot be read from its end, or a zip file that holds a document.
pub(crate) fn open(path: &Path, meter: Arc<AtomicU64>) -> Result<Contents, InputError> {
    let failed = |error| unreadable(path, error);
    let is_pipe = is_standard_input(path) || !path.is_file();
    let file: Box<dyn Read + Send> = match is_standard_input(path) {
        true => Box::new(io::stdin()),
        false => Box::new(File::open(path).map_err(failed)?),
    };
    let counts = [Arc::default(), meter.clone()];
    let mut file = Counted { from: file, counts: counts.to_vec() };
    let start = start(&mut file).map_err(failed)?;
    let parallel = if is_pipe { None } else { Parallel::suits(&start) };
    let file: Box<dyn Read> = match parallel {
        Some(compression) => {
            Box::new(Parallel::new(compression, start, Box::new(file)).map_err(failed)?)
        }
        None => Box::new(Cursor::new(start).chain(file)),
    };
    let (bytes, compression, archive) = content(file).map_err(failed)?;
    let compression = parallel.or(compression);
    let archive = match archive {
        None => {
            let stream = Stream::new(bytes, compression, counts).with_path(path);
            return Ok(Contents::File(stream));
        }
        Some(Kind::Tar) => Archive::Tar(tar::Tar::new(bytes)),
        Some(Kind::Zip) => {
            let reason = match compression {
                Some(compression) => Some(format!("it is compressed with {}", compression.name())),
                None if is_pipe => Some("it is a pipe".to_owned()),
                None => None,
            };
            if let Some(reason) = reason {
                let name = file_name(path);
                return Err(InputError::Sequential { name, format: "a zip archive", reason });
            }
            let zip = zip::Zip::open(path, meter).map_err(failed)?;
            if let Some(kind) = zip.document().or_else(|| Documents::named(path)) {
                return Err(InputError::Foreign { name: file_name(path), kind });
            }
            Archive::Zip(zip)
        }
    };
    Ok(Contents::Archive(archive))
}

/// Says why `path` cannot be read: the system fails, or the file is damaged.
pub(crate) fn unreadable(path: &Path, error: io::Error) -> InputError {
    match damage(&error) {
        Some(reason) => InputError::Damaged { name: file_name(path), reason: reason.to_owned() },
        None => InputError::unreadable(path, error),
    }
}

impl Archive {
    /// The next member that is neither a folder nor hidden nor empty.
    ///
    /// # Errors
    /// Those of the system, or damage after which no member can be found.
    pub fn next(&mut self) -> io::Result<Option<Member>> {
        match self {
            Archive::Tar(tar) => tar.next(),
            Archive::Zip(zip) => Ok(zip.next()),
        }
    }
}

impl Member {
    /// Its bytes, decompressed.
    ///
    /// # Errors
    /// A member that cannot be read, and an archive, which is not opened.
    pub fn open(self, path: &str) -> Result<Stream, InputError> {
        let name = || path.to_owned();
        let refused = |reason| InputError::Member { name: name(), reason };
        let counts = [Arc::default(), Arc::default()];
        let bytes = Counted { from: self.bytes.map_err(refused)?, counts: counts.to_vec() };
        let (bytes, compression, archive) =
            content(Box::new(bytes)).map_err(|reason| InputError::Read { name: name(), reason })?;
        match archive {
            None => Ok(Stream::new(bytes, compression, counts)),
            Some(_) => Err(refused("is an archive within an archive".to_owned())),
        }
    }
}

/// The path of a member, safe to display; `None` if it is a folder or hidden.
fn visible(path: &[u8]) -> Option<String> {
    let is_separator = |byte: &u8| matches!(byte, b'/' | b'\\');
    let is_folder = path.last().is_none_or(is_separator);
    let mut names =
        path.split(is_separator).filter(|name| !matches!(*name, [] | [b'.'] | [b'.', b'.']));
    // What macOS adds to its archives is no file of the user's.
    let is_hidden = names.any(|name| name[0] == b'.' || name == b"__MACOSX");
    let path = path.strip_prefix(b"./").unwrap_or(path);
    (!is_folder && !is_hidden).then(|| escaped(&String::from_utf8_lossy(path)))
}

/// Finds out whether a zip file is no archive of files but one document.
#[derive(Default)]
struct Documents(Option<Foreign>);

impl Documents {
    /// Sees the path of a member.
    fn see(&mut self, path: &[u8]) {
        let kind = match path {
            b"xl/workbook.xml" | b"xl/workbook.bin" => Foreign::EXCEL,
            b"word/document.xml" | b"ppt/presentation.xml" => Foreign::OFFICE,
            // OpenDocument; epub has no such file.
            b"content.xml" => Foreign::OPEN_DOCUMENT,
            b"AndroidManifest.xml" | b"META-INF/MANIFEST.MF" => Foreign::PACKAGE,
            _ => return,
        };
        self.0 = self.0.or(Some(kind));
    }

    fn kind(self) -> Option<Foreign> {
        self.0
    }

    /// What the name of the zip file at `path` says that it is.
    fn named(path: &Path) -> Option<Foreign> {
        match path.extension()?.to_str()? {
            "xlsx" | "xlsm" | "xlsb" => Some(Foreign::EXCEL),
            "ods" => Some(Foreign::OPEN_DOCUMENT),
            _ => None,
        }
    }
}
