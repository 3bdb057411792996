//! Text in UTF-16 or UTF-32, as PowerShell and Excel write it, turned into UTF-8 before any format sees it.
//!
//! Only a byte order mark tells it. Offsets then count bytes of the UTF-8. Half a character at the end is
//! damage; halves elsewhere become replacement characters.

use crate::input::read::stream::{Decoded, Stream};

/// How characters are written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Encoding {
    /// Bytes of a unit.
    width: usize,
    is_big_endian: bool,
}

impl Encoding {
    /// The encoding that a byte order mark at the start of `head` announces.
    pub fn of(head: &[u8]) -> Option<Self> {
        let (width, is_big_endian) = match head {
            [0xff, 0xfe, 0, 0, ..] => (4, false),
            [0, 0, 0xfe, 0xff, ..] => (4, true),
            [0xff, 0xfe, ..] => (2, false),
            [0xfe, 0xff, ..] => (2, true),
            _ => return None,
        };
        Some(Self { width, is_big_endian })
    }

    fn unit(self, bytes: &[u8]) -> u32 {
        let join = |unit: u32, &byte: &u8| unit << 8 | u32::from(byte);
        match self.is_big_endian {
            true => bytes.iter().fold(0, join),
            false => bytes.iter().rev().fold(0, join),
        }
    }
}

/// A text that is being turned into UTF-8.
pub(crate) struct Wide {
    stream: Stream,
    encoding: Encoding,
    /// Bytes that are still to be decoded.
    bytes: Vec<u8>,
    /// Decoded text, of which this much has been delivered.
    text: String,
    delivered: usize,
}

/// Bytes to decode at a time.
const STEP: usize = 64 << 10;

impl Wide {
    /// The text that begins with `start`, a byte order mark first, and goes on in `stream`.
    pub fn new(stream: Stream, encoding: Encoding, mut start: Vec<u8>) -> Self {
        start.drain(..encoding.width.min(start.len()));
        Self { stream, encoding, bytes: start, text: String::new(), delivered: 0 }
    }

    /// Decodes the whole characters of `bytes`.
    fn decode(&mut self) {
        let Encoding { width, .. } = self.encoding;
        let units: Vec<u32> =
            self.bytes.chunks_exact(width).map(|unit| self.encoding.unit(unit)).collect();
        let mut used = units.len();
        if width == 4 {
            let decoded = units.iter().map(|&unit| char::from_u32(unit));
            self.text.extend(decoded.map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)));
        } else {
            // Its other half may follow.
            let is_half = units.last().is_some_and(|last| (0xd800..0xdc00).contains(last));
            used -= usize::from(is_half && !self.stream.has_ended());
            // They are units of two bytes.
            let halves = units[..used].iter().map(|&unit| unit as u16);
            let decoded = char::decode_utf16(halves);
            self.text.extend(decoded.map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)));
        }
        self.bytes.drain(..used * width);
    }
}

impl Decoded for Wide {
    fn read(&mut self, bytes: &mut [u8]) -> Result<usize, String> {
        while self.delivered == self.text.len() {
            self.text.clear();
            self.delivered = 0;
            self.decode();
            if !self.text.is_empty() {
                break;
            }
            if self.stream.append(&mut self.bytes, STEP) == 0
                && self.bytes.len() < self.encoding.width
            {
                return match self.stream.damage() {
                    Some(reason) => Err(reason),
                    None if self.bytes.is_empty() => Ok(0),
                    None => Err("the last character is cut off".to_owned()),
                };
            }
        }
        let rest = &self.text.as_bytes()[self.delivered..];
        let len = rest.len().min(bytes.len());
        bytes[..len].copy_from_slice(&rest[..len]);
        self.delivered += len;
        Ok(len)
    }

    fn passed(&self) -> u64 {
        self.stream.bytes()
    }
}
