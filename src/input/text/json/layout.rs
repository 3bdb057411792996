//! Whether a file is JSON, and how its objects stand in it.
//!
//! A file is JSON from its first sound object on, if what stands before it looks like damage or like the
//! prefixes of a logger. A table or a log of words in which objects occur is none.

use super::objects::Layout;
use super::prefix;
use super::syntax::Cursor;
use super::tokens::{separators, window_end};
use crate::input::options::Notation;
use crate::input::read::head::Head;
use crate::input::text::cell::parse_cell;

/// The most lines that may be damaged before the first sound one.
const MOST_DAMAGED: usize = 16;
/// Bytes that suffice to see what follows a damaged line.
const ENOUGH: usize = 64 << 10;

/// How objects stand in the file from byte `start` on; `None` if it is not JSON. `has_addresses` tells
/// whether an object has.
pub fn layout(
    head: &mut Head<'_>,
    start: usize,
    has_addresses: &dyn Fn(&[u8]) -> bool,
) -> Option<Layout> {
    let is_blank = |byte: u8| byte.is_ascii_whitespace() || matches!(byte, 0 | 0x1e);
    let (bracket, at) = first(head, start, is_blank)?;
    match bracket {
        b'{' => match first(head, at + 1, |byte| byte.is_ascii_whitespace()) {
            // A file that is cut off here is still JSON.
            None | Some((b'"' | b'}', _)) => Some(of_first_object(head, at)),
            _ => None,
        },
        b'[' => {
            let is_inner = |byte: u8| byte.is_ascii_whitespace() || byte == b'[';
            match first(head, at + 1, is_inner)? {
                (b'{' | b']', _) => Some(Layout::Forest),
                // The rows of a table: which of their addresses is the source, they do not say.
                (b'"', text) if head.bytes()[at + 1..text].contains(&b'[') => None,
                (b'"', text) => is_address(&head.bytes()[text..]).then_some(Layout::Forest),
                _ => None,
            }
        }
        _ => of_damaged(head, start, has_addresses),
    }
}

/// The first byte from `at` on that does not count as blank, and its position.
fn first(head: &mut Head<'_>, mut at: usize, is_blank: impl Fn(u8) -> bool) -> Option<(u8, usize)> {
    loop {
        match head.bytes().get(at) {
            Some(&byte) if !is_blank(byte) => return Some((byte, at)),
            Some(_) => at += 1,
            None => {
                if !head.grow() {
                    return None;
                }
            }
        }
    }
}

/// Whether `text` begins with a string that is an address or a block of addresses.
fn is_address(text: &[u8]) -> bool {
    let mut cursor = Cursor { bytes: text, at: 0 };
    let text = cursor.string().map(|found| &text[found.start..found.end]);
    text.is_some_and(|text| parse_cell(text, Notation::default()).is_address())
}

/// The layout of a file whose first object begins at `at`.
fn of_first_object(head: &mut Head<'_>, at: usize) -> Layout {
    loop {
        let bytes = head.bytes();
        let mut cursor = Cursor { bytes: &bytes[..window_end(bytes, at)], at };
        let is_whole = cursor.skip_value(0).is_some();
        let (end, window_end) = (cursor.at, cursor.bytes.len());
        let is_spread = bytes[at..end].contains(&b'\n');
        match bytes.get(end..) {
            // Lines that end with a CR alone are one line to all that follows.
            Some([b'\r', next, ..]) if is_whole && *next != b'\n' => return Layout::Forest,
            _ if is_whole && is_spread => return Layout::Forest,
            _ if is_whole => return Layout::Lines,
            _ if end < window_end => return of_lines(&bytes[at..]),
            _ if window_end < bytes.len() => return Layout::Forest,
            _ => {}
        }
        if !head.grow() {
            return Layout::Forest;
        }
    }
}

/// The layout of text whose first object is damaged: objects a line if there is a sound one on a line.
fn of_lines(text: &[u8]) -> Layout {
    let mut lines = text.split(|&byte| byte == b'\n').map(trimmed);
    if lines.any(is_object)
        || trimmed(text.split(|&byte| byte == b'\n').next().unwrap_or(text)) != b"{"
    {
        return Layout::Lines;
    }
    Layout::Forest
}

/// The layout of a file that begins with something else than an object.
fn of_damaged(
    head: &mut Head<'_>,
    start: usize,
    has_addresses: &dyn Fn(&[u8]) -> bool,
) -> Option<Layout> {
    // A pipe may deliver a line at a time: only the rest of an object is worth waiting for other lines.
    while is_rest_of_object(first_line(&head.bytes()[start..]))
        && head.bytes().len() < ENOUGH
        && head.grow()
    {}
    let text = &head.bytes()[start..];
    let mut at = 0;
    // Whether all lines so far may be the rest of an object, and of one over several lines.
    let (mut damaged, mut is_rest, mut is_spread_rest) = (0, true, true);
    while at < text.len() && damaged <= MOST_DAMAGED {
        let end = memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |len| at + len);
        let line = trimmed(&text[at..end]);
        let next = (end + 1).min(text.len());
        if is_object(line) {
            let is_sure = is_rest || is_object(first_line(&text[next..])) || has_addresses(line);
            return is_sure.then_some(Layout::Lines);
        }
        let is_first = damaged == 0;
        if line.starts_with(b"{") {
            let mut cursor = Cursor { bytes: text, at };
            cursor.at += text[at..].iter().position(|&byte| byte == b'{').unwrap_or_default();
            return (is_spread_rest && cursor.skip_value(0).is_some()).then_some(Layout::Forest);
        }
        if let Some(object) = prefix::object_start(line)
            && is_rest
            && has_addresses(&line[object..])
        {
            return Some(Layout::Lines);
        }
        if !line.is_empty() {
            damaged += 1;
            is_rest &= is_first && line.ends_with(b"}");
            let is_member =
                matches!(line[0], b'"' | b'}' | b']') || is_first && line.ends_with(b",");
            is_spread_rest &= is_member || is_first && line.ends_with(b"}");
        }
        at = next;
    }
    None
}

fn first_line(text: &[u8]) -> &[u8] {
    trimmed(text.split(|&byte| byte == b'\n').next().unwrap_or_default())
}

/// Whether a line may be the end of an object, or one of several lines of it.
fn is_rest_of_object(line: &[u8]) -> bool {
    line.ends_with(b"}")
        || line.ends_with(b",") && line.contains(&b'"')
        || line.starts_with(b"\"") && line.windows(2).any(|pair| pair == b"\":")
}

/// A line without what may stand around an object.
fn trimmed(line: &[u8]) -> &[u8] {
    let start = line.iter().take_while(|&&byte| byte == 0).count();
    let line = &line[start..];
    line[separators(line)..].trim_ascii_end()
}

/// Whether `line` is one object that has members, and perhaps a comma.
fn is_object(line: &[u8]) -> bool {
    let mut cursor = Cursor { bytes: line, at: 0 };
    let is_whole = line.first() == Some(&b'{') && cursor.skip_value(0).is_some();
    is_whole && cursor.at > 2 && separators(&line[cursor.at..]) == line.len() - cursor.at
}
