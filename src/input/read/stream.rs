//! The bytes of one file as formats see them: opened, counted and decompressed, or decoded by a format that
//! does not read its file in order.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::input::read::decompress::{Compression, Decoder};

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
pub(crate) trait Decoded: Send {
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
    #[cfg(feature = "parquet")]
    path: std::path::PathBuf,
    file: Box<dyn Read + Send>,
    decoder: Decoder,
    /// What is read instead of the file.
    decoded: Option<Box<dyn Decoded>>,
    /// Bytes read from all files, for progress.
    meter: Arc<AtomicU64>,
    /// Bytes read from this file.
    bytes: u64,
    end: Option<StreamEnd>,
}

/// Bytes of the longest signature of a compressed file.
const SIGNATURE: usize = 4;
/// Bytes to skip at a time.
const SKIMMED: usize = 64 << 10;

impl Stream {
    pub fn open(path: &Path, meter: Arc<AtomicU64>) -> io::Result<Self> {
        let file: Box<dyn Read + Send> = if is_standard_input(path) {
            Box::new(io::stdin())
        } else {
            Box::new(File::open(path)?)
        };
        let mut stream = Self {
            #[cfg(feature = "parquet")]
            path: path.to_path_buf(),
            file,
            decoder: Decoder::default(),
            decoded: None,
            meter,
            bytes: 0,
            end: None,
        };
        let mut signature = vec![0; SIGNATURE];
        let found = stream.fill(&mut signature);
        signature.truncate(found);
        // The bytes of a file so short are still to be delivered.
        stream.end.take_if(|end| matches!(end, StreamEnd::Whole));
        stream.decoder = Decoder::of(signature);
        Ok(stream)
    }

    /// Opens the file once more.
    ///
    /// # Errors
    /// A pipe or a compressed file, or an error of the system.
    #[cfg(feature = "parquet")]
    pub fn reopen(&self) -> io::Result<File> {
        let is_pipe = is_standard_input(&self.path) || !self.path.metadata()?.is_file();
        let in_order = match self.compression() {
            Some(compression) => Some(format!("it is compressed with {}", compression.name())),
            None => is_pipe.then(|| "it is a pipe".to_owned()),
        };
        match in_order {
            Some(why) => Err(io::Error::new(ErrorKind::NotSeekable, why)),
            None => File::open(&self.path),
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
            #[cfg(feature = "parquet")]
            path: self.path.clone(),
            file: Box::new(io::empty()),
            decoder: Decoder::default(),
            decoded: None,
            meter: self.meter.clone(),
            bytes: self.bytes,
            end: None,
        };
        let mut inner = std::mem::replace(self, outer);
        // The outer stream counts what the inner one has passed.
        inner.meter = Arc::default();
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
        self.decoder.compression()
    }

    /// Bytes read from the file itself so far.
    pub fn bytes(&self) -> u64 {
        self.bytes
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
        let read = match self.decoded.take() {
            Some(mut decoded) => {
                let read = decoded.read(bytes);
                self.count(decoded.passed().saturating_sub(self.bytes));
                self.decoded = Some(decoded);
                Ok(read)
            }
            None => {
                let mut decoder = std::mem::take(&mut self.decoder);
                let read = decoder.read(&mut |input| self.read_raw(input), bytes);
                self.decoder = decoder;
                read
            }
        };
        match read {
            Ok(Ok(0)) => self.end = Some(StreamEnd::Whole),
            Ok(Ok(read)) => return read,
            Ok(Err(reason)) => self.end = Some(StreamEnd::Damaged(reason)),
            Err(error) => self.end = Some(StreamEnd::Failed(error)),
        }
        0
    }

    fn read_raw(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.file.read(bytes) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
                Ok(read) => {
                    self.count(read as u64);
                    return Ok(read);
                }
            }
        }
    }

    fn count(&mut self, read: u64) {
        self.bytes += read;
        self.meter.fetch_add(read, Ordering::Relaxed);
    }
}

pub(crate) fn is_standard_input(path: &Path) -> bool {
    path.as_os_str() == "-"
}
