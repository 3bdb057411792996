//! Zones: how far they are ahead of UTC.

use super::{HOUR, MINUTE, two_digits, whole};

/// Names that mean one zone everywhere, and their hours. CST, IST and BST, for example, do not.
const NAMES: &[(&str, i64)] = &[
    ("Z", 0),
    ("UTC", 0),
    ("GMT", 0),
    ("UCT", 0),
    ("Coordinated Universal Time", 0),
    ("WET", 0),
    ("WEST", 1),
    ("CET", 1),
    ("CEST", 2),
    ("MEZ", 1),
    ("MESZ", 2),
    ("EET", 2),
    ("EEST", 3),
    ("MSK", 3),
    ("JST", 9),
    ("KST", 9),
    ("AEST", 10),
    ("AEDT", 11),
    ("NZST", 12),
    ("NZDT", 13),
    ("EST", -5),
    ("EDT", -4),
    ("CDT", -5),
    ("MST", -7),
    ("MDT", -6),
    ("PST", -8),
    ("PDT", -7),
];

/// The seconds by which the zone that all of `text` names is ahead of UTC; none is UTC.
pub(super) fn parse(text: &[u8]) -> Option<i64> {
    let text = text.trim_ascii();
    let (sign, rest) = match text {
        [] => return Some(0),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return named(text),
    };
    let (hours, rest) = two_digits(rest)?;
    let rest = rest.strip_prefix(b":").unwrap_or(rest);
    let (minutes, rest) = match rest {
        [b'0'..=b'9', ..] => two_digits(rest)?,
        _ => (0, rest),
    };
    let is_whole = rest.is_empty() || is_comment(rest.trim_ascii_start());
    (hours < 24 && minutes < 60 && is_whole).then_some(sign * (hours * HOUR + minutes * MINUTE))
}

fn named(text: &[u8]) -> Option<i64> {
    let is_name = |&&(name, _): &&(&str, i64)| text.eq_ignore_ascii_case(name.as_bytes());
    NAMES.iter().find(is_name).map(|&(_, hours)| hours * HOUR)
}

/// Whether `text` is the name of a zone whose offset was given: `(CET)`, `[Europe/Berlin]`.
fn is_comment(text: &[u8]) -> bool {
    matches!(text, [b'(', .., b')'] | [b'[', .., b']'])
}

/// The year that ends `text`, as in `UTC 2026`, and what stands before it.
pub(super) fn without_year(text: &[u8]) -> Option<(&[u8], i64)> {
    let (rest, year) = text.split_at_checked(text.len().checked_sub(4)?)?;
    Some((rest.strip_suffix(b" ")?, whole(year)?))
}
