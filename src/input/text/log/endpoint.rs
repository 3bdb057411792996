//! Addresses within a line of text, with the port that is written after them in one of many ways.
//!
//! An address counts only if it is a word of its own: `10.0.0.1` in `v10.0.0.1-2` or `1.3.6.1.4.1` is none.

use crate::input::options::Notation;
use crate::input::protocol::parse_number;
use crate::input::record::Cell;
use crate::input::text::cell::{leading_ipv4, parse_cell};

/// The longest word that is searched for an address: `interface:[address%zone]:port` is shorter.
const LONGEST_WORD: usize = 128;
/// The longest IPv6 address with a port.
const LONGEST_IPV6: usize = 56;

/// An address and its port.
#[derive(Debug, Clone, Copy)]
pub(super) struct Endpoint<'l> {
    pub cell: Cell,
    pub port: Option<u16>,
    /// As the line writes it.
    pub text: &'l [u8],
}

impl<'l> Endpoint<'l> {
    /// One that the line does not tell.
    pub fn missing() -> Self {
        Self { cell: Cell::Missing, port: None, text: b"" }
    }

    /// Where an address should be, but is none.
    pub fn malformed(text: &'l [u8]) -> Self {
        Self { cell: Cell::Malformed, port: None, text }
    }
}

/// The endpoint that `text` begins with, and what follows it.
pub(super) fn leading(text: &[u8], notation: Notation) -> Option<(Endpoint<'_>, &[u8])> {
    let (cell, after) = leading_address(text, notation)?;
    let (port, rest) = leading_port(after, matches!(cell, Cell::Address { .. }));
    let is_longer = match rest {
        [b'-', next, ..] => next.is_ascii_alphanumeric(),
        [b'.', next, ..] => next.is_ascii_digit(),
        [next, ..] => next.is_ascii_alphanumeric() || matches!(next, b'_' | b'@'),
        [] => false,
    };
    let text = &text[..text.len() - rest.len()];
    (!is_longer).then_some((Endpoint { cell, port, text }, rest))
}

/// The first endpoint in `word`, after brackets, quotes, or a name such as `inside:` and `outside/`; and what
/// follows it.
pub(super) fn within(word: &[u8], notation: Notation) -> Option<(Endpoint<'_>, &[u8])> {
    let mut is_start = true;
    for (at, &byte) in word.iter().enumerate().take(LONGEST_WORD) {
        if is_start
            && may_begin(byte)
            && let Some(found) = leading(&word[at..], notation)
        {
            return Some(found);
        }
        is_start = is_opening(byte) || matches!(byte, b':' | b'/' | b'=' | b'@' | b',');
    }
    None
}

/// Whether `byte` stands before an address and does not belong to it.
pub(super) fn is_opening(byte: u8) -> bool {
    matches!(byte, b'(' | b'[' | b'{' | b'<' | b'"' | b'\'')
}

/// Whether an address can begin with `byte`.
fn may_begin(byte: u8) -> bool {
    byte.is_ascii_hexdigit() || matches!(byte, b':' | b'[')
}

/// The address that `text` begins with, and what follows it.
fn leading_address(text: &[u8], notation: Notation) -> Option<(Cell, &[u8])> {
    if let Some((address, rest)) = leading_ipv4(text) {
        // `10.0.0.1::` is none, and `10.0.0.1234` is not 10.0.0.123.
        return (!rest.first().is_some_and(u8::is_ascii_digit))
            .then(|| (Cell::plain(address), rest));
    }
    if notation.zero_padded
        && let Some(len) = padded_quad(text)
    {
        let cell = parse_cell(&text[..len], notation);
        return cell.is_address().then(|| (cell, &text[len..]));
    }
    if let [b'[', inner @ ..] = text {
        let end = inner.iter().take(LONGEST_IPV6).position(|&byte| byte == b']')?;
        let cell = parse_cell(&inner[..end], notation);
        return cell.is_address().then(|| (cell, &inner[end + 1..]));
    }
    leading_ipv6(text, notation)
}

/// The length of four groups of digits with dots between them at the start of `text`.
fn padded_quad(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    for group in 0..4 {
        if group > 0 {
            at += usize::from(text.get(at) == Some(&b'.'));
        }
        let digits = text[at..].iter().take(4).take_while(|byte| byte.is_ascii_digit()).count();
        if !(1..=3).contains(&digits) {
            return None;
        }
        at += digits;
    }
    Some(at)
}

/// The IPv6 address that `text` begins with, and what follows it: the address may be followed by a dot or a
/// colon and a port, which only its length tells from a group.
fn leading_ipv6(text: &[u8], notation: Notation) -> Option<(Cell, &[u8])> {
    let is_part = |byte: &&u8| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.');
    let len = text.iter().take(LONGEST_IPV6).take_while(is_part).count();
    let run = &text[..len];
    if run.iter().filter(|&&byte| byte == b':').count() < 2 {
        return None;
    }
    let is_address = |len: usize| parse_cell(&run[..len], notation).is_address();
    let stop = if run.ends_with(b"::") { None } else { run.len().checked_sub(1) };
    let stop = stop.filter(|&stop| matches!(run[stop], b':' | b'.'));
    let end = stop.unwrap_or(run.len());
    let last = |byte: u8| run[..end].iter().rposition(|&other| other == byte);
    let ends = [Some(end), last(b'.'), last(b':')];
    let end = ends.into_iter().flatten().find(|&end| is_address(end))?;
    let cell = parse_cell(&run[..end], notation);
    let rest = &text[end..];
    Some((cell, without_zone(rest)))
}

/// What follows a zone such as `%eth0`.
fn without_zone(rest: &[u8]) -> &[u8] {
    let [b'%', zone @ ..] = rest else { return rest };
    let len = zone.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
    &zone[len..]
}

/// The port after an address, and what follows it: `:80`, `.80`, `/80`, `#80`, `(80)`. A name such as
/// `.https` is passed over, and so are the type and code of ICMP.
fn leading_port(after: &[u8], is_ipv4: bool) -> (Option<u16>, &[u8]) {
    let (mark, word) = match after {
        [mark @ (b':' | b'.' | b'/' | b'#' | b'('), word @ ..] => (*mark, word),
        _ => return (None, after),
    };
    let is_word = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'-';
    let len = word.iter().take(LONGEST_WORD).take_while(is_word).count();
    let (port, rest) = word.split_at(len);
    let is_number = port.iter().all(u8::is_ascii_digit);
    match (mark, rest) {
        _ if port.is_empty() => (None, after),
        (b'(', [b')', rest @ ..]) => (parse_number(port), rest),
        (b'(', _) => (None, after),
        // nfdump writes the type and the code of ICMP as 8.0.
        (b':', [b'.', code @ ..]) if is_number => {
            let len = code.iter().take_while(|byte| byte.is_ascii_digit()).count();
            (None, if len > 0 { &code[len..] } else { rest })
        }
        (b':' | b'#', _) if !is_number => (None, after),
        // A dot that ends a sentence is followed by a blank; one of IPv6 belongs to a port.
        (b'.', _) if !is_ipv4 && !is_number => (None, after),
        _ => (parse_number(port), rest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Option<(Cell, Option<u16>, String)> {
        let (endpoint, rest) = within(text.as_bytes(), Notation::default())?;
        Some((endpoint.cell, endpoint.port, String::from_utf8_lossy(rest).into_owned()))
    }

    #[test]
    fn addresses_are_found_with_their_ports() {
        let (ten, port) = (Cell::plain(0x0a00_0001), Some(80));
        for (text, port, rest) in [
            ("10.0.0.1", None, ""),
            ("10.0.0.1,", None, ","),
            ("10.0.0.1.", None, "."),
            ("10.0.0.1.80:", port, ":"),
            ("10.0.0.1.https:", None, ":"),
            ("10.0.0.1:80,", port, ","),
            ("10.0.0.1:80:X1", port, ":X1"),
            ("10.0.0.1:8.0", None, ""),
            ("10.0.0.1:ssh", None, ":ssh"),
            ("10.0.0.1/80", port, ""),
            ("10.0.0.1/ssh", None, ""),
            ("10.0.0.1(80),", port, ","),
            ("10.0.0.1#80", port, ""),
            ("inside:10.0.0.1/80", port, ""),
            ("inside/10.0.0.1(80)", port, ""),
            ("unknown[10.0.0.1]:", None, "]:"),
            ("\"10.0.0.1\"", None, "\""),
            ("10.0.0.1->10.0.0.2", None, "->10.0.0.2"),
            ("10.0.0.1:99999", None, ""),
        ] {
            assert_eq!(shown(text), Some((ten, port, rest.to_owned())), "{text}");
        }
        for text in [
            "fe80::1.80:",
            "2001:db8::1",
            "ff02::1:",
            "[::1]:80",
            "2001:db8:0:0:0:0:0:1:80",
            "fe80::",
            "fe80::1%eth0",
        ] {
            assert_eq!(shown(text).map(|(cell, ..)| cell), Some(Cell::Ipv6), "{text}");
        }
    }

    #[test]
    fn other_numbers_are_no_addresses() {
        for text in [
            "",
            "10.0.0",
            "10.0.0.256",
            "10.0.0.1234",
            "1.3.6.1.4.1.9",
            "v10.0.0.1",
            "10.0.0.1-rc1",
            "10.0.0.1_2",
            "10.0.19041.1",
            "00:00:00.000000",
            "aa:bb:cc:dd:ee:ff",
            "::",
            "[10]",
            "a:b",
        ] {
            assert!(
                shown(text).is_none_or(|(cell, ..)| text == "::" && cell == Cell::Ipv6),
                "{text}"
            );
        }
    }
}
