//! Formats that are recognised only to say what they are and how to convert them. None of them is read.
//!
//! `table` lists them, and `shape` knows those that have no plain signature. What is not in the table and no text is refused all the same, without a name.

mod shape;
mod table;

use std::fmt;

use memchr::memmem;
use table::{FORMATS, Mark};

use crate::input::text::lines;

/// A format that octomix does not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Foreign {
    what: &'static str,
    advice: Option<&'static str>,
}

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.what)
    }
}

impl Foreign {
    /// A Parquet file whose columns are compressed with Brotli.
    #[cfg(feature = "parquet")]
    pub(crate) const BROTLI: Self = Self {
        what: "a Parquet file compressed with Brotli",
        advice: Some(
            "convert it first: duckdb -c \"copy (from 'FILE') to 'NEW.parquet' (compression zstd)\"",
        ),
    };

    /// The format of a file that starts with `head`, if it is a known one.
    pub(crate) fn of(head: &[u8]) -> Option<Self> {
        let is_binary = is_binary(head);
        let text = &head[lines::bom(head)..];
        let is_marked = |mark: &Mark| match *mark {
            // A text may begin with the same letters.
            Mark::At(offset, bytes) => {
                head.get(offset..).is_some_and(|rest| rest.starts_with(bytes))
                    && (is_binary || !bytes.is_ascii())
            }
            Mark::Text(start) => text.trim_ascii_start().starts_with(start),
            Mark::Element(name) => {
                let text = text.trim_ascii_start();
                let start = &text[..text.len().min(PROLOGUE)];
                text.starts_with(b"<") && memmem::find(start, name).is_some()
            }
            Mark::Shape(has_shape) => is_binary && has_shape(head),
        };
        let found = FORMATS.iter().find(|(marks, ..)| marks.iter().any(is_marked));
        found.map(|&(_, what, advice)| Self { what, advice })
    }

    /// What to do with it, as part of a sentence.
    pub fn advice(self) -> &'static str {
        self.advice.unwrap_or("name a capture, a log or a list of addresses instead")
    }

    /// Whether it may hold what octomix is for.
    pub(crate) fn may_hold_addresses(self) -> bool {
        self.advice.is_some()
    }
}

/// Bytes of a document in XML within which its first element begins.
const PROLOGUE: usize = 4096;

/// Of how many bytes of a text one may be a control character.
const CONTROLS: usize = 32;

/// Whether `head` is no text: it contains zeros, or many control characters. Zeros before the first line do
/// not count: a log that is cut while it is written to begins with them.
pub(crate) fn is_binary(head: &[u8]) -> bool {
    let zeros = head.iter().take_while(|&&byte| byte == 0).count();
    let text = match &head[zeros..] {
        // Numbers begin with few zeros.
        text if zeros >= CONTROLS && !text.is_empty() => text,
        _ => head,
    };
    let is_control = |byte: u8| {
        byte.is_ascii_control() && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x08 | 0x0c | 0x1b)
    };
    let controls = text.iter().filter(|&&byte| is_control(byte)).count();
    text.contains(&0) || controls * CONTROLS > text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_told_from_bytes() {
        let log = [&[0; 4096][..], b"10.0.0.1\n"].concat();
        for text in
            [&b""[..], b"10.0.0.1\n", b"\xe4\xf6\xfc caf\xe9\r\n", b"\x1b[1mbold\x1b[0m", &log]
        {
            assert!(!is_binary(text), "{text:?}");
        }
        for bytes in [&b"a\0b"[..], b"\0\0\0\x07text", &[0; 64], b"\x01\x02\x03text"] {
            assert!(is_binary(bytes), "{bytes:?}");
        }
    }
}
