//! One line of a list: its entries, what stands between and behind them, and comments.
//!
//! This is the only parser of lists of addresses. Inputs and the lists that options name are read by it.

use super::entry::{Entry, between, entry, mask_length};
use super::written;
use crate::input::options::Notation;
use crate::input::record::Cell;
use crate::input::text::cell::{parse_cell, parse_ipv4};
use crate::input::text::lines;

/// What begins a line that is a comment, and, behind an entry, the rest of a line that is one.
const COMMENTS: [&[u8]; 3] = [b"#", b";", b"//"];
/// More packets than any link carries in a century. A larger number is no count, so that sums stay exact.
const MOST_PACKETS: u64 = 1 << 56;

/// What a line holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Line {
    /// Nothing, a comment, or a line that a tool writes around its entries.
    Nothing,
    /// Entries, and how many packets each stands for, if the line says so.
    Entries {
        packets: Option<u64>,
    },
    /// Several addresses side by side, as in a row of a table: nothing tells which of them is meant.
    Row,
    Malformed,
}

/// Reads `line` into `entries`, which holds nothing else afterwards.
pub(crate) fn read(line: &[u8], notation: Notation, entries: &mut Vec<Entry>) -> Line {
    entries.clear();
    // Colours, as grep writes them.
    let told = match memchr::memchr(0x1b, line) {
        Some(_) => told(&without_colours(line), notation, entries),
        None => told(line, notation, entries),
    };
    if let Line::Nothing | Line::Malformed = told {
        // A line that is broken further on.
        entries.clear();
    }
    told
}

/// `line` without the sequences that colour it on a terminal: `ESC [ 31 m`.
fn without_colours(line: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = memchr::memchr(0x1b, rest) {
        plain.extend_from_slice(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(sequence) = rest.strip_prefix(b"[") {
            let end = sequence.iter().position(u8::is_ascii_alphabetic);
            rest = &sequence[end.map_or(sequence.len(), |end| end + 1)..];
        }
    }
    plain.extend_from_slice(rest);
    plain
}

fn told(line: &[u8], notation: Notation, entries: &mut Vec<Entry>) -> Line {
    let bare = lines::without_zeros(line).trim_ascii();
    if bare.is_empty() || COMMENTS.iter().any(|comment| bare.starts_with(comment)) {
        return Line::Nothing;
    }
    // Most lines begin with an address.
    let is_written = !bare[0].is_ascii_digit() || memchr::memchr(b'|', bare).is_some();
    if is_written && let Some(told) = written::read(bare, notation, entries) {
        return told;
    }
    let content = without_comment(bare);
    if parse_cell(content, notation) == Cell::Missing {
        entries.push(Entry::One(Cell::Missing));
        return Line::Entries { packets: None };
    }
    if let Some((packets, single)) = counted(content, line.len() > bare.len(), notation) {
        entries.push(single);
        return Line::Entries { packets: Some(packets) };
    }
    items(content, notation, entries)
}

/// `bare` up to a comment behind its content. A semicolon right behind a value divides cells if one of the next
/// is an address.
pub(super) fn without_comment(bare: &[u8]) -> &[u8] {
    let divides = |at: usize| {
        let mut cells = bare[at + 1..].split(|&byte| byte == b';');
        !bare[at - 1].is_ascii_whitespace()
            && cells.any(|cell| parse_ipv4(cell.trim_ascii()).is_some())
    };
    let is_comment = |&at: &usize| match bare[at] {
        b'#' => true,
        b';' => !divides(at),
        // The slashes of a link follow a colon.
        b'/' => bare[at..].starts_with(b"//") && bare[at - 1].is_ascii_whitespace(),
        _ => false,
    };
    match (1..bare.len()).find(is_comment) {
        Some(at) => bare[..at].trim_ascii_end(),
        None => bare,
    }
}

/// The count before or behind a single entry, as `uniq -c` and reports write it. A count stands behind white
/// space if both are whole numbers.
fn counted(content: &[u8], is_indented: bool, notation: Notation) -> Option<(u64, Entry)> {
    let (first, rest) = cut(content);
    let second = rest.trim_ascii_start();
    if second.is_empty() || second.iter().any(|&byte| is_separator(byte)) {
        return None;
    }
    let of = |count, token| {
        let count = number(count).filter(|&count| count <= MOST_PACKETS)?;
        Some((count, entry(token, notation).filter(|entry| entry.is_address())?))
    };
    let (before, behind) = (of(first, second), of(second, first));
    if is_indented { before.or(behind) } else { behind.or(before) }
}

/// The number that `token` is.
fn number(token: &[u8]) -> Option<u64> {
    let is_number = !token.is_empty() && token.iter().all(u8::is_ascii_digit);
    str::from_utf8(token).ok()?.parse().ok().filter(|_| is_number)
}

/// Reads the entries at the start of `content`: one, or several with commas or white space between. What
/// follows them is text.
pub(super) fn items(content: &[u8], notation: Notation, entries: &mut Vec<Entry>) -> Line {
    let inner = content.strip_prefix(b"{").unwrap_or(content);
    let inner = inner.trim_ascii_end().strip_suffix(b"}").unwrap_or(inner).trim_ascii_end();
    // Only lists end their lines so.
    let is_enclosed = inner.len() < content.len() || inner.ends_with(b",");
    let mut rest = inner;
    let (mut is_several, mut has_address) = (false, false);
    loop {
        rest = rest.trim_ascii_start();
        let Some((item, after)) = item(rest, notation) else { break };
        is_several |= has_address && item.is_address() && entries.last() != Some(&item);
        has_address |= item.is_address();
        entries.push(item);
        let after = after.trim_ascii_start();
        rest = after.strip_prefix(b",").unwrap_or(after);
    }
    match entries[..] {
        [] if is_enclosed && inner.trim_ascii().is_empty() => Line::Nothing,
        [] => Line::Malformed,
        _ if is_several && !is_enclosed || has_address && holds_address(rest, notation) => {
            Line::Row
        }
        _ => Line::Entries { packets: None },
    }
}

/// Whether one of the words of `text` is an IPv4 address.
fn holds_address(text: &[u8], notation: Notation) -> bool {
    // A number in a text is likelier a number than an address.
    let notation = Notation { integers: false, ..notation };
    let mut words = text.split(|&byte| is_separator(byte));
    words.any(|word| matches!(parse_cell(word, notation), Cell::Address { .. }))
}

/// The entry that `text` begins with, and what follows it.
fn item(text: &[u8], notation: Notation) -> Option<(Entry, &[u8])> {
    let (token, rest) = cut(text);
    let next = rest.trim_ascii_start();
    if let Some(after) = next.strip_prefix(b"-") {
        let (last, behind) = cut(after.trim_ascii_start());
        if let Some(range) = range(token, last, notation) {
            return Some((range, behind));
        }
    }
    if let Some(first) = token.strip_suffix(b"-") {
        let (last, behind) = cut(next);
        if let Some(range) = range(first, last, notation) {
            return Some((range, behind));
        }
    }
    let one = entry(token, notation)?;
    let Entry::One(Cell::Address { address, .. }) = one else { return Some((one, rest)) };
    let next = [&b"netmask "[..], b"mask "]
        .iter()
        .find_map(|word| next.strip_prefix(*word))
        .unwrap_or(next);
    let (second, behind) = cut(next.trim_ascii_start());
    if let Some(length) = mask_length(second) {
        return Some((Entry::prefix(address, length), behind));
    }
    // DShield writes the first and the last address of a block, and the length of its prefix.
    let (third, behind) = cut(behind.trim_ascii_start());
    if let (Some(Entry::One(Cell::Address { address: last, .. })), Some(length @ ..=32)) =
        (entry(second, notation), number(third))
        && Entry::prefix(address, length as u32) == Entry::Range(address, last)
    {
        return Some((Entry::Range(address, last), behind));
    }
    Some((one, rest))
}

fn range(first: &[u8], last: &[u8], notation: Notation) -> Option<Entry> {
    between((str::from_utf8(first).ok()?, str::from_utf8(last).ok()?), notation)
}

/// The token that `text` begins with, up to white space or a comma, and what follows it.
pub(super) fn cut(text: &[u8]) -> (&[u8], &[u8]) {
    text.split_at(text.iter().position(|&byte| is_separator(byte)).unwrap_or(text.len()))
}

fn is_separator(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b',' | b';')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn said(text: &str, notation: Notation) -> (Line, Vec<Entry>) {
        let mut entries = vec![Entry::Range(0, 0)];
        let line = read(text.as_bytes(), notation, &mut entries);
        (line, entries)
    }

    fn entries(text: &str) -> Vec<Entry> {
        let (line, entries) = said(text, Notation::default());
        assert!(matches!(line, Line::Entries { packets: None }), "{text}: {line:?}");
        entries
    }

    #[test]
    fn an_entry_is_read_whatever_stands_behind_it() {
        let block = [Entry::Range(0x1400_0000, 0x14ff_ffff)];
        for text in [
            "20.0.0.0/8",
            "  20.0.0.0/8\t",
            "20.0.0.0/8 # azure",
            "20.0.0.0/8#azure",
            "20.0.0.0/8 ; SBL1",
            "20.0.0.0/8 // azure",
            "20.0.0.0/8;",
            "\0\x0020.0.0.0/8",
            "\x1b[01;31m\x1b[K20.0.0.0/8\x1b[m\x1b[K",
            "20.0.0.0/8 azure",
            "20.0.0.0/8\tazure\tcloud",
            "20.0.0.0/8,azure",
            "20.0.0.0/8,",
            "20.0.0.0-20.255.255.255",
            "20.0.0.0 - 20.255.255.255",
            "20.0.0.0 -20.255.255.255 azure",
            "20.0.0.0- 20.255.255.255",
            "20.0.0.0 255.0.0.0",
            "20.0.0.0 0.255.255.255 azure",
            "20.0.0.0 netmask 255.0.0.0",
            "20.0.0.0 mask 255.0.0.0",
            "20.1.2.3/8",
        ] {
            assert_eq!(entries(text), block, "{text}");
        }
        let address = [Entry::One(Cell::plain(0x0a00_0001))];
        for text in ["10.0.0.1 localhost", "10.0.0.1 - a server", "10.0.0.1 see http://example.org"]
        {
            assert_eq!(entries(text), address, "{text}");
        }
        // As in the list of hosts that has this name for this address.
        assert_eq!(entries("0.0.0.0 0.0.0.0")[0], Entry::One(Cell::plain(0)));
    }

    #[test]
    fn several_entries_are_read_unless_they_may_be_a_row() {
        let blocks = entries("20.0.0.0/8, 34.0.0.0/8");
        assert_eq!(blocks, [Entry::prefix(0x1400_0000, 8), Entry::prefix(0x2200_0000, 8)]);
        assert_eq!(entries("20.0.0.0/8 34.0.0.0/8"), blocks);
        assert_eq!(entries("20.0.0.0/8,34.0.0.0/8,azure"), blocks);
        for text in [
            "10.0.0.1 10.0.0.2",
            "10.0.0.1,10.0.0.2",
            "10.0.0.1;10.0.0.2",
            "10.0.0.1;10.0.0.2;10.0.0.3",
            "10.0.0.1;443;10.0.0.2;80",
            "10.0.0.1\t10.0.0.2\t24",
            "10.0.0.1 0.0.0.0",
            "10.0.0.1,443,10.0.0.2,80",
            "10.0.0.1 tcp 10.0.0.2",
        ] {
            assert_eq!(said(text, Notation::default()).0, Line::Row, "{text}");
        }
    }

    #[test]
    fn counts_are_packets() {
        let counted = |text, notation| match said(text, notation) {
            (Line::Entries { packets: Some(packets) }, entries) => Some((packets, entries[0])),
            _ => None,
        };
        let (own, integers) =
            (Notation::default(), Notation { integers: true, ..Notation::default() });
        let one = Entry::One(Cell::plain(0x0a00_0001));
        for text in
            ["     12 10.0.0.1", "12 10.0.0.1", "10.0.0.1 12", "10.0.0.1\t12", "10.0.0.1  12 # x"]
        {
            assert_eq!(counted(text, own), Some((12, one)), "{text}");
        }
        assert_eq!(counted("  12 167772161", integers), Some((12, one)));
        assert_eq!(counted("167772161 12", integers), Some((12, one)));
        for text in ["10.0.0.1 12 x", "10.0.0.1 x", "10.0.0.1 -1", "10.0.0.1 99999999999999999999"]
        {
            assert_eq!(counted(text, own), None, "{text}");
        }
    }

    #[test]
    fn comments_are_nothing_and_words_malformed() {
        for text in ["", " \t", "# 10.0.0.1", "; 10.0.0.1", "// 10.0.0.1", "  #"] {
            assert_eq!(said(text, Notation::default()), (Line::Nothing, vec![]), "{text}");
        }
        for text in ["word", "a b", "10.0.0", "10.0.0/8 ; short", "some text, 10.0.0.1"] {
            assert_eq!(said(text, Notation::default()), (Line::Malformed, vec![]), "{text}");
        }
        let broken = "elements = { 10.0.0.1, x }";
        assert_eq!(said(broken, Notation::default()), (Line::Malformed, vec![]));
        assert_eq!(entries("NaN"), [Entry::One(Cell::Missing)]);
        assert_eq!(entries("2001:db8::/32 x"), [Entry::One(Cell::Ipv6)]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn no_line_panics_and_only_entries_leave_some(
            text in prop_oneof![
                "[0-9./:,;#|* x{}\\-]{0,60}",
                "(add b|-A I -s|elements = \\{|arin\\|US\\|ipv4\\|)? ?[0-9.]{0,15}[-/ ,|]{0,2}[0-9./]{0,15}",
                any::<String>(),
            ],
            integers: bool,
            zero_padded: bool,
        ) {
            let notation = Notation { integers, zero_padded, ..Notation::default() };
            let (line, entries) = said(&text, notation);
            match line {
                Line::Entries { packets } => {
                    prop_assert!(!entries.is_empty());
                    prop_assert!(packets.is_none() || entries.len() == 1);
                }
                Line::Row => {}
                Line::Nothing | Line::Malformed => prop_assert!(entries.is_empty()),
            }
            for entry in entries {
                prop_assert!(!matches!(entry, Entry::Range(first, last) if first > last));
            }
        }
    }
}
