//! The first bytes of a file, by which its format is recognised.

#[cfg(feature = "parquet")]
use std::io;

use memchr::memchr_iter;

use crate::input::foreign::is_binary;
use crate::input::names;
#[cfg(feature = "parquet")]
use crate::input::read::stream::Decoded;
use crate::input::read::stream::Stream;
use crate::input::read::wide::{Encoding, Wide};
use crate::input::text::cell::parse_ipv4;
use crate::input::text::lines;

/// The first bytes of a file: so many that the lines tell its format, or 64 KiB, or the whole file, whichever
/// is shortest.
pub(crate) struct Head<'a> {
    name: &'a str,
    stream: &'a mut Stream,
    bytes: Vec<u8>,
}

/// Bytes to read at a time while looking for the format.
const STEP: usize = 64 << 10;
/// Bytes by which a format that is no text can be told.
const BINARY: usize = 512;
/// The longest header, in bytes.
const LONGEST: usize = 16 << 20;

/// Lines after which no header is expected any more.
const MANY_LINES: usize = 32;

/// Whether a first line tells the format: an object, or a line with an address or the name of its column.
fn is_telling(line: &[u8]) -> bool {
    let is_separator = |byte: &u8| matches!(byte, b',' | b';' | b'|' | b'\t' | b' ');
    line.starts_with(b"{")
        || line.starts_with(b"[")
        || line.split(is_separator).any(|cell| {
            parse_ipv4(cell).is_some() || str::from_utf8(cell).is_ok_and(names::is_address)
        })
}

impl<'a> Head<'a> {
    /// Reads as far as a format needs and no further, so that a slow pipe is answered at once.
    pub fn read(name: &'a str, stream: &'a mut Stream) -> Self {
        let mut head = Self { name, stream, bytes: Vec::new() };
        head.fill();
        if let Some(encoding) = Encoding::of(&head.bytes) {
            let start = std::mem::take(&mut head.bytes);
            head.stream.wrap(|stream| Box::new(Wide::new(stream, encoding, start)));
            head.fill();
        }
        head
    }

    fn fill(&mut self) {
        while self.bytes.len() < STEP && !self.is_enough() && self.grow() {}
    }

    /// Whether a format can be told by what has been read: a line that tells it, or so many lines that damage
    /// and titles are behind them. Bytes that are no text have no lines.
    fn is_enough(&self) -> bool {
        let is_told = match lines::first(&self.bytes, false) {
            Some(line) if line.is_whole => {
                is_telling(line.text) || memchr_iter(b'\n', &self.bytes).count() >= MANY_LINES
            }
            _ => false,
        };
        is_told && (self.bytes.len() >= BINARY || !is_binary(&self.bytes))
    }

    /// The file's name, safe to display.
    pub fn name(&self) -> &str {
        self.name
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether nothing follows [`bytes`](Self::bytes).
    pub fn is_whole(&self) -> bool {
        self.stream.has_ended()
    }

    /// Reads more, for a header of several lines; false at the end of the file or when the header is too
    /// long.
    pub fn grow(&mut self) -> bool {
        self.bytes.len() < LONGEST && self.stream.append(&mut self.bytes, STEP) > 0
    }

    /// The file itself, for a format that reads it out of order.
    ///
    /// # Errors
    /// A pipe or a compressed file, which can only be read in order, or an error of the system.
    #[cfg(feature = "parquet")]
    pub fn reopen(&self) -> io::Result<std::fs::File> {
        self.stream.reopen()
    }

    /// Replaces the file's own bytes, including these first ones, by `decoded`.
    #[cfg(feature = "parquet")]
    pub fn decode(&mut self, decoded: Box<dyn Decoded>) {
        self.bytes.clear();
        self.stream.decode(decoded);
    }

    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}
