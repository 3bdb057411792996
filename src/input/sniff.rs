//! What the first bytes of a file say it is: a list, a CSV, or something that is not read at all.

use std::fmt;
use std::io::{self, Read};

use super::cell::Cell;
use super::{Options, Role, columns};

/// Bytes read at a time.
pub(super) const BLOCK: usize = 64 << 10;
/// Bytes within which the first line that is neither blank nor a comment is looked for.
const HEAD: usize = BLOCK;
/// Bytes of the longest signature.
const SIGNATURE: usize = 4;
const BOM: &[u8] = b"\xef\xbb\xbf";

/// A format that is recognised in order to say how to convert it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreign {
    /// A packet capture, pcap or pcapng.
    Pcap,
    /// A gzip file.
    Gzip,
    /// A Zstandard file.
    Zstd,
    /// UTF-16 text, as PowerShell writes it.
    Utf16,
}

impl Foreign {
    pub(super) fn of(signature: &[u8]) -> Option<Self> {
        match signature {
            // Microsecond and nanosecond pcap in either byte order, and pcapng.
            [0xa1, 0xb2, 0xc3, 0xd4]
            | [0xd4, 0xc3, 0xb2, 0xa1]
            | [0xa1, 0xb2, 0x3c, 0x4d]
            | [0x4d, 0x3c, 0xb2, 0xa1]
            | [0x0a, 0x0d, 0x0d, 0x0a] => Some(Foreign::Pcap),
            [0x1f, 0x8b, ..] => Some(Foreign::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd] => Some(Foreign::Zstd),
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some(Foreign::Utf16),
            _ => None,
        }
    }

    /// The command that makes a readable file of it.
    pub fn conversion(self) -> &'static str {
        match self {
            Foreign::Pcap => {
                "tshark -r FILE -T fields -E header=y -E separator=, -e ip.src -e ip.dst > FILE.csv"
            }
            Foreign::Gzip => "gzip -dc FILE | octomix detect -",
            Foreign::Zstd => "zstd -dc FILE | octomix detect -",
            Foreign::Utf16 => "iconv -f UTF-16 -t UTF-8 FILE | octomix detect -",
        }
    }
}

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Foreign::Pcap => "a pcap packet capture",
            Foreign::Gzip => "a gzip file",
            Foreign::Zstd => "a zstd file",
            Foreign::Utf16 => "UTF-16 text",
        })
    }
}

/// The first bytes of a file, as many as a signature has.
pub(super) fn signature(file: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut signature = Vec::with_capacity(SIGNATURE);
    file.take(SIGNATURE as u64).read_to_end(&mut signature)?;
    Ok(signature)
}

pub(super) fn without_bom(mut signature: Vec<u8>) -> Vec<u8> {
    if signature.starts_with(BOM) {
        signature.drain(..BOM.len());
    }
    signature
}

/// Reads until the first significant line is whole: no further, so that a slow pipe is answered at once.
pub(super) fn head(lines: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    let mut block = vec![0; BLOCK];
    while head.len() < HEAD && !first_line(&head).is_some_and(|line| line.is_whole) {
        let read = lines.read(&mut block)?;
        if read == 0 {
            break;
        }
        head.extend_from_slice(&block[..read]);
    }
    Ok(head)
}

/// How a file is to be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Start {
    pub(super) is_list: bool,
    /// Where the first significant line begins.
    pub(super) offset: usize,
    /// The lines above it.
    pub(super) lines_before: u64,
}

impl Start {
    /// A head without a significant line is the start of a list: lists are what has comments.
    pub(super) fn of(head: &[u8], options: &Options) -> Self {
        let Some(first) = first_line(head) else {
            return Self { is_list: true, offset: 0, lines_before: 0 };
        };
        Self {
            is_list: is_list(first.text, options),
            offset: first.offset,
            lines_before: first.lines_before,
        }
    }
}

fn is_list(line: &[u8], options: &Options) -> bool {
    // A comment may hold commas and quotes, and a column's name a '#': the address before it decides.
    if content(line).is_some_and(|content| Cell::of(content).is_address()) {
        return true;
    }
    let name = String::from_utf8_lossy(line);
    let is_named = [Role::Source, Role::Destination]
        .into_iter()
        .filter_map(|role| options.column(role))
        .any(|column| columns::is_same(column, &name));
    !line.contains(&b',') && !line.contains(&b'"') && !is_named && !columns::is_known(&name)
}

/// What a line of a list holds besides its comment, if anything.
pub(super) fn content(line: &[u8]) -> Option<&[u8]> {
    let content = match line.iter().position(|&byte| byte == b'#') {
        // The space before a comment belongs to the comment.
        Some(at) => line[..at].trim_ascii_end(),
        None => line,
    };
    (!content.trim_ascii().is_empty()).then_some(content)
}

struct FirstLine<'a> {
    text: &'a [u8],
    offset: usize,
    lines_before: u64,
    /// Whether its end has been read.
    is_whole: bool,
}

/// The first line that is neither blank nor a comment.
fn first_line(head: &[u8]) -> Option<FirstLine<'_>> {
    let mut offset = 0;
    for (lines_before, line) in (0..).zip(head.split_inclusive(|&byte| byte == b'\n')) {
        if content(line).is_some() {
            let is_whole = line.ends_with(b"\n");
            return Some(FirstLine { text: line.trim_ascii(), offset, lines_before, is_whole });
        }
        offset += line.len();
    }
    None
}
