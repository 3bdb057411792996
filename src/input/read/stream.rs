//! The bytes of one file as formats see them: opened, counted and decompressed, or decoded by a format that
//! does not read its file in order.

#[cfg(feature = "parquet")]
use std::fs::File;
#[cfg(feature = "parquet")]
use std::io::ErrorKind;
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::input::read::archive::{HEADER, Kind, may_begin};
use crate::input::read::bytes::{damage, damaged, read_some};
use crate::input::read::decompress::{Compression, Decompressed, SIGNATURE};

/// How a file ended.
#[derive(Debug)]
pub(crate) enum StreamEnd {
    /// With its last byte.
    Whole,
    /// In bytes that cannot be decompressed, for the given reason.
    Damaged(String),
    /// The system could not read on.
    Failed(io::Error),
}

/// The bytes that a format makes, in order, of a file that it does not read in order.
pub(crate) trait Decoded {
    /// Reads some bytes; 0 at the end.
    ///
    /// # Errors
    /// The reason why no more follow.
    fn read(&mut self, bytes: &mut [u8]) -> Result<usize, String>;

    /// Bytes of the file itself that have been passed.
    fn passed(&self) -> u64;
}

/// A file that is being read.
pub(crate) struct Stream {
    /// Where it is, unless it is a member of an archive.
    path: Option<PathBuf>,
    /// The file, decompressed.
    content: Box<dyn Read>,
    compression: Option<Compression>,
    /// What is read instead of the content.
    decoded: Option<Box<dyn Decoded>>,
    /// Bytes read from this file, and from all files, for progress.
    counts: [Arc<AtomicU64>; 2],
    end: Option<StreamEnd>,
}

/// Bytes to skip at a time.
const SKIMMED: usize = 64 << 10;
/// The most times that a file may be compressed, one compression inside another.
const MOST_COMPRESSIONS: usize = 3;

impl Stream {
    /// Reads `content`, which is decompressed. `counts` count the bytes of the file, and of all files.
    pub fn new(
        content: Box<dyn Read>,
        compression: Option<Compression>,
        counts: [Arc<AtomicU64>; 2],
    ) -> Self {
        Self { path: None, content, compression, decoded: None, counts, end: None }
    }

    /// The file is the one at `path`.
    pub fn with_path(self, path: &Path) -> Self {
        Self { path: Some(path.to_path_buf()), ..self }
    }

    /// Opens the file once more.
    ///
    /// # Errors
    /// A pipe or a compressed file, or an error of the system.
    #[cfg(feature = "parquet")]
    pub fn reopen(&self) -> io::Result<File> {
        let sequential = |why: &str| Err(io::Error::new(ErrorKind::NotSeekable, why));
        let Some(path) = &self.path else { return sequential("it is in an archive") };
        match self.compression {
            Some(compression) => {
                sequential(&format!("it is compressed with {}", compression.name()))
            }
            None if is_standard_input(path) || !path.metadata()?.is_file() => {
                sequential("it is a pipe")
            }
            None => File::open(path),
        }
    }

    /// Continues with the bytes of `decoded`.
    #[cfg(feature = "parquet")]
    pub fn decode(&mut self, decoded: Box<dyn Decoded>) {
        self.decoded = Some(decoded);
        self.end = None;
    }

    /// Continues with the bytes that `wrapped` makes of the rest of this stream.
    pub fn wrap(&mut self, wrapped: impl FnOnce(Stream) -> Box<dyn Decoded>) {
        let outer = Self {
            path: self.path.clone(),
            content: Box::new(io::empty()),
            compression: self.compression,
            decoded: None,
            counts: self.counts.clone(),
            end: None,
        };
        let inner = std::mem::replace(self, outer);
        self.decoded = Some(wrapped(inner));
    }

    /// Why the file ended before its last byte.
    pub fn damage(&self) -> Option<String> {
        match &self.end {
            Some(StreamEnd::Damaged(reason)) => Some(reason.clone()),
            Some(StreamEnd::Failed(error)) => Some(error.to_string()),
            _ => None,
        }
    }

    pub fn compression(&self) -> Option<Compression> {
        self.compression
    }

    /// Bytes read from the file itself so far.
    pub fn bytes(&self) -> u64 {
        self.counts[0].load(Ordering::Relaxed)
    }

    pub fn has_ended(&self) -> bool {
        self.end.is_some()
    }

    /// Whether the file was read to its last byte.
    pub fn is_whole(&self) -> bool {
        matches!(self.end, Some(StreamEnd::Whole))
    }

    /// Skips the remaining bytes and counts them.
    pub fn skim(&mut self) -> u64 {
        let (mut skimmed, mut bytes) = (0, vec![0; SKIMMED]);
        loop {
            match self.read(&mut bytes) {
                0 => return skimmed,
                read => skimmed += read as u64,
            }
        }
    }

    /// How the file ended, once it [has ended](Self::has_ended).
    pub fn into_end(self) -> StreamEnd {
        self.end.unwrap_or(StreamEnd::Whole)
    }

    /// Appends up to `most` bytes to `bytes`: from a pipe what is available, at the end nothing.
    pub fn append(&mut self, bytes: &mut Vec<u8>, most: usize) -> usize {
        let before = bytes.len();
        bytes.resize(before + most, 0);
        let read = self.read(&mut bytes[before..]);
        bytes.truncate(before + read);
        read
    }

    /// Fills `bytes`, unless the file ends first.
    pub fn fill(&mut self, bytes: &mut [u8]) -> usize {
        let mut filled = 0;
        while filled < bytes.len() {
            match self.read(&mut bytes[filled..]) {
                0 => break,
                read => filled += read,
            }
        }
        filled
    }

    /// Reads some bytes; 0 at the end, which [`into_end`](Self::into_end) describes.
    fn read(&mut self, bytes: &mut [u8]) -> usize {
        if self.end.is_some() || bytes.is_empty() {
            return 0;
        }
        let read = match &mut self.decoded {
            Some(decoded) => {
                let read = decoded.read(bytes);
                let passed = decoded.passed().saturating_sub(self.bytes());
                self.counts.iter().for_each(|count| _ = count.fetch_add(passed, Ordering::Relaxed));
                read.map_err(damaged)
            }
            None => read_some(&mut self.content, bytes),
        };
        match read {
            Ok(0) => self.end = Some(StreamEnd::Whole),
            Ok(read) => return read,
            Err(error) => {
                let reason = damage(&error).map(str::to_owned);
                self.end = Some(reason.map_or(StreamEnd::Failed(error), StreamEnd::Damaged));
            }
        }
        0
    }
}

/// The bytes of a file, decompressed; how it is compressed; and whether they are an archive.
pub(crate) type Content = (Box<dyn Read>, Option<Compression>, Option<Kind>);

/// The decompressed bytes of `file`, how it is compressed, and whether they are an archive.
pub(crate) fn content(mut file: Box<dyn Read>) -> io::Result<Content> {
    let mut outermost = None;
    for _ in 0..=MOST_COMPRESSIONS {
        let start = start(&mut file)?;
        match Compression::of(&start) {
            Some(compression) => {
                outermost = outermost.or(Some(compression));
                file = Box::new(Decompressed::new(compression, start, file));
            }
            None => {
                let archive = Kind::of(&start);
                file = Box::new(Cursor::new(start).chain(file));
                return Ok((file, outermost, archive));
            }
        }
    }
    Ok((file, outermost, None))
}

/// Reads as much of `file` as tells what it is, and no further than its first line, so that a slow pipe is
/// answered at once.
pub(crate) fn start(file: &mut dyn Read) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    loop {
        let most = if may_begin(&start) { HEADER } else { SIGNATURE };
        if start.len() >= most || has_line(&start) {
            return Ok(start);
        }
        let before = start.len();
        start.resize(most, 0);
        let read = read_some(file, &mut start[before..]);
        start.truncate(before + read.as_ref().unwrap_or(&0));
        match read {
            Ok(0) => return Ok(start),
            // Whoever reads on learns of the damage.
            Err(error) if damage(&error).is_some() => return Ok(start),
            Err(error) => return Err(error),
            Ok(_) => {}
        }
    }
}

/// Whether `start` has a whole line of text.
fn has_line(start: &[u8]) -> bool {
    let line = start.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
    line.is_some_and(|line| start[..line].iter().all(|&byte| byte >= b' ' || byte == b'\t'))
}

pub(crate) fn is_standard_input(path: &Path) -> bool {
    path.as_os_str() == "-"
}
