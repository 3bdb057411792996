//! The time of a line: its first words, or what stands in its first brackets.

use crate::input::options::Notation;
use crate::input::time::parse_time;

/// The most words of a time: `Thu Jan  1 00:00:00 UTC 2026`.
const MOST_WORDS: usize = 6;
/// The bytes at the front in which a time is looked for.
const FRONT: usize = 300;
/// A whole number with fewer digits is no time since 1970: the seconds since a kernel started, or a number of
/// the line.
const FEWEST_DIGITS: usize = 9;

/// The time at the front of `line`.
pub(super) fn leading(line: &[u8], notation: Notation) -> Option<i64> {
    let front = without_priority(line[..line.len().min(FRONT)].trim_ascii_start());
    let mut ends = [0; MOST_WORDS];
    let mut count = 0;
    let mut at = 0;
    while count < MOST_WORDS && at < front.len() {
        let blanks = front[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let word = &front[at + blanks..];
        let len = word.iter().position(u8::is_ascii_whitespace).unwrap_or(word.len());
        at += blanks + len;
        ends[count] = at;
        count += 1;
    }
    let words = ends[..count].iter().rev().map(|&end| front[..end].trim_ascii_end());
    let words = words.map(|words| words.strip_suffix(b":").unwrap_or(words));
    words
        .chain(bracketed(front))
        .filter(|text| !is_small(text))
        .find_map(|text| parse_time(text, notation))
}

/// What stands in the first brackets of `front`, and in the next.
fn bracketed(front: &[u8]) -> impl Iterator<Item = &[u8]> {
    let parts = front.split(|&byte| byte == b'[').skip(1).take(2);
    parts.filter_map(|part| part.split(|&byte| byte == b']').next())
}

/// Whether `text` is a number that is too small for a time.
fn is_small(text: &[u8]) -> bool {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let is_number = text[digits..].iter().all(|byte| byte.is_ascii_digit() || *byte == b'.');
    is_number && digits < FEWEST_DIGITS
}

/// `front` without what syslog and Cisco write before a time: `<134>`, `1 ` and `*`, or the number of a line.
fn without_priority(front: &[u8]) -> &[u8] {
    let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut front = front;
    if let [b'<', rest @ ..] = front {
        let len = digits(rest);
        if let Some(rest) = rest[len..].strip_prefix(b">") {
            front = rest.strip_prefix(b"1 ").unwrap_or(rest).trim_ascii_start();
        }
    }
    if let Some(rest) = front[digits(front)..].strip_prefix(b": ") {
        front = rest.trim_ascii_start();
    }
    match front {
        [b'*' | b'.', rest @ ..] => rest,
        _ => front,
    }
}
