//! Points in time, in the notations that captures use.
//!
//! A time is nanoseconds since 1970-01-01 UTC in an `i64`, from the year 1677 to 2262. A time without a
//! zone is taken as UTC; leap seconds are not counted. `epoch` parses what tables of millions of rows hold,
//! and `date` all else; the calendar is jiff's. A time that may mean two moments is refused, and
//! [`advice`] tells which option decides between them.

use crate::input::digits::eight;
use crate::input::options::Notation;

mod date;
mod epoch;
mod scanner;
mod zone;

/// Nanoseconds of a second.
pub const SECOND: i64 = 1_000_000_000;
const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;

/// Parses a time: seconds since 1970, with or without a fraction (TShark's `frame.time_epoch`, Zeek) or an
/// exponent; milliseconds, microseconds or nanoseconds, told by their size; or a date, with or without a time
/// of day and a zone, in numbers (RFC 3339, Argus's slashes) or with the name of the month (TShark's
/// `frame.time`, Apache, RFC 2822).
///
/// A date such as 05/07/2017, in which both numbers may be the month, is read only if `notation` says which
/// one is; one without a year, as in syslog, only if it says which year is meant.
///
/// ```
/// use octomix::input::{Notation, parse_time};
/// let parse_time = |text: &[u8]| parse_time(text, Notation::default());
/// let noon = Some(1_767_268_800_000_000_000);
/// assert_eq!(parse_time(b"1767268800"), noon);
/// assert_eq!(parse_time(b"1767268800000"), noon);
/// assert_eq!(parse_time(b"2026-01-01T12:00:00Z"), noon);
/// assert_eq!(parse_time(b"2026/01/01 13:00:00.000+01:00"), noon);
/// assert_eq!(parse_time(b"Jan  1, 2026 13:00:00.000000000 CET"), noon);
/// assert_eq!(parse_time(b"02/01/2026 12:00"), None);
/// assert_eq!(parse_time(b"noon"), None);
/// ```
#[inline]
pub fn parse_time(text: &[u8], notation: Notation) -> Option<i64> {
    epoch::usual(text).or_else(|| parse_any(text, notation))
}

fn parse_any(text: &[u8], notation: Notation) -> Option<i64> {
    let text = text.trim_ascii();
    epoch::parse(text).or_else(|| date::parse(text, notation))
}

/// What to do about a `text` that is no time in this `notation`.
pub(crate) fn advice(text: &[u8], notation: Notation) -> &'static str {
    let is_time = |notation| parse_time(text, notation).is_some();
    let dated = Notation { year: notation.year.or(Some(2024)), ..notation };
    if is_time(dated) {
        "give the year with --year YEAR"
    } else if is_time(Notation { day_first: true, ..dated }) {
        "say with --day-first or --month-first which number is the day"
    } else {
        "write times as seconds since 1970 or as 2026-01-31T23:59:59Z"
    }
}

/// The digits that `text` begins with, and what follows them.
#[inline]
fn leading_digits(text: &[u8]) -> (&[u8], &[u8]) {
    let mut count = 0;
    while text
        .get(count..)
        .and_then(<[u8]>::first_chunk)
        .is_some_and(|digits| eight(digits).is_some())
    {
        count += 8;
    }
    count += text[count..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    text.split_at(count)
}

/// The number that `digits` consists of.
#[inline]
fn whole(digits: &[u8]) -> Option<i64> {
    if digits.is_empty() {
        return None;
    }
    let (eights, rest) = digits.as_chunks();
    let before = eights.iter().try_fold(0i64, |before, digits| {
        before.checked_mul(100_000_000)?.checked_add(eight(digits)?.into())
    })?;
    rest.iter().try_fold(before, |number, byte| {
        let digit = byte.is_ascii_digit().then_some(i64::from(byte.wrapping_sub(b'0')))?;
        number.checked_mul(10)?.checked_add(digit)
    })
}

fn two_digits(text: &[u8]) -> Option<(i64, &[u8])> {
    let (digits, rest) = text.split_at_checked(2)?;
    Some((whole(digits)?, rest))
}

/// The digits after a decimal point as nanoseconds, rounded down, and what follows them.
fn fraction(text: &[u8]) -> Option<(i64, &[u8])> {
    let (digits, rest) = leading_digits(text);
    let kept = &digits[..digits.len().min(9)];
    let missing = 9 - kept.len() as u32;
    let nanoseconds = if kept.is_empty() { 0 } else { whole(kept)? };
    Some((nanoseconds * 10i64.pow(missing), rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::words::Rfc3339;

    fn parse_time(text: &[u8]) -> Option<i64> {
        super::parse_time(text, Notation::default())
    }

    #[test]
    fn times_of_every_tool_are_read() {
        let at = 1_700_000_000 * SECOND;
        for (text, nanoseconds) in [
            ("1700000000", 0),
            ("1700000000.123456789", 123_456_789), // TShark
            ("1700000000.123456", 123_456_000),    // Zeek
            ("1700000000123", 123_000_000),
            ("1700000000123.5", 123_500_000),
            ("1700000000123456", 123_456_000),
            ("1700000000123456789", 123_456_789),
            ("2023-11-14T22:13:20Z", 0),
            ("2023-11-14T22:13:20.123456+0000", 123_456_000), // Suricata
            ("2023-11-14T23:13:20.5+01:00", 500_000_000),
            ("2023-11-14 17:43:20 -0430", 0),
            ("2023/11/14 22:13:20.678901", 678_901_000), // Argus
            ("2023-11-14 22:13:20,25", 250_000_000),
            (" 2023-11-14T22:13:20 ", 0),
        ] {
            assert_eq!(parse_time(text.as_bytes()), Some(at + nanoseconds), "{text}");
        }
        assert_eq!(parse_time(b"2023-11-14"), Some((at / SECOND - 80_000) * SECOND));
        assert_eq!(parse_time(b"2023-11-14T22:13"), Some(at - 20 * SECOND));
        assert_eq!(parse_time(b"-1.5"), Some(-1_500_000_000));
        assert_eq!(parse_time(b"22.335172"), Some(22_335_172_000));
    }

    #[test]
    fn dates_are_read_as_tools_and_people_write_them() {
        let at = 1_700_000_000 * SECOND;
        for text in [
            "Nov 14, 2023 22:13:20.000000000 UTC", // TShark's frame.time
            "Nov 14, 2023 23:13:20.000000000 CET",
            "November 14, 2023 22:13:20",
            "Nov 14, 2023 @ 22:13:20.000", // Kibana
            "11/14/2023, 10:13:20.000 PM", // Azure
            "11/14/2023, 10:13:20\u{202f}PM",
            "14/11/2023 10:13:20 PM", // CICFlowMeter
            "14/11/2023 22:13:20",
            "11/14/2023-22:13:20.000000", // Suricata's fast.log
            "[14/Nov/2023:22:13:20 +0000]",
            "14/Nov/2023:23:13:20 +0100",
            "14-Nov-2023 22:13:20.000",
            "Tue, 14 Nov 2023 22:13:20 GMT",
            "Tue, 14 Nov 2023 17:13:20 -0500 (EST)",
            "Tue Nov 14 22:13:20 2023",
            "Tue Nov 14 22:13:20 UTC 2023",
            "Nov 14 2023 22:13:20",
            "14.11.2023 22:13:20",
            "2023-11-14-22-13-20",
            "20231114T221320Z",
            "20231114 221320",
            "20231114221320",
            "2023-11-14T23:13:20+01:00[Europe/Berlin]",
            "2023-11-14 10:13:20 p.m.",
            "1.7e9",
            "1.7E+09",
            "1.7e12",
            "17e8",
            "0.00000000017e19",
        ] {
            assert_eq!(parse_time(text.as_bytes()), Some(at), "{text}");
        }
        assert_eq!(parse_time(b"1.70000000012E9"), Some(at + 120_000_000));
        assert_eq!(parse_time(b"Feb 29, 2024"), parse_time(b"2024-02-29"));
        assert_eq!(parse_time(b"01/01/2026 12:30 AM"), parse_time(b"2026-01-01 00:30"));
        assert_eq!(parse_time(b"01/01/2026 12:30 PM"), parse_time(b"2026-01-01 12:30"));
    }

    #[test]
    fn options_decide_where_a_date_does_not() {
        let plain = Notation::default();
        let day_first = Notation { day_first: true, ..plain };
        let month_first = Notation { month_first: true, ..plain };
        let year = Notation { year: Some(2024), ..plain };
        let said = |text: &str, notation| super::parse_time(text.as_bytes(), notation);
        let advised = |text: &str| advice(text.as_bytes(), plain);
        let (date, syslog) = ("05/07/2017 8:55", "Feb 29 22:13:20");
        assert_eq!(said(date, day_first), parse_time(b"2017-07-05 08:55"));
        assert_eq!(said(date, month_first), parse_time(b"2017-05-07 08:55"));
        assert_eq!(said("23/07/2017", month_first), parse_time(b"2017-07-23"));
        assert_eq!(said(syslog, year), parse_time(b"2024-02-29 22:13:20"));
        assert_eq!(said(syslog, plain), None);
        assert!(advised(date).contains("--day-first") && advised(syslog).contains("--year"));
        assert!(advised("noon").contains("since 1970"));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for wrong in [
            "",
            "-",
            ".5",
            "1e",
            "1e99",
            "e9",
            "1e-3",
            "0x65920080",
            "12 34",
            "2023-02-29",
            "2023-13-01",
            "2023-00-10",
            "2023-01-32",
            "2023-01/02",
            "2023-01-02T",
            "2023-01-02T25:00",
            "2023-01-02T10:60",
            "2023-01-02T10:00:61",
            "2023-01-02T10:00X",
            "2023-01-02T10:00+1",
            "2023-01-02T10:00+24:00",
            "9999-01-01",
            "99999999999999999999",
            "2023-11-14T2é:13",
            "00:00:00",
            "05/07/2017 11:42:42 PM",
            "23/13/2017",
            "23/07/17",
            "13/07/2017 13:42 PM",
            "23/07-2017",
            "Jan  1 00:00:00",
            "Jan 1, 2026 00:00:00 CST",
            "Foo 1, 2026 00:00:00",
            "Feb 30, 2026",
            "20261301T000000Z",
            "1 2 2026",
        ] {
            assert_eq!(parse_time(wrong.as_bytes()), None, "{wrong}");
        }
    }

    const KNOWN: &[&str] = &[
        "Nov 14, 2023 22:13:20.000000000 UTC",
        "11/14/2023, 10:13:20.000 PM",
        "[14/Nov/2023:22:13:20 +0000]",
        "Tue, 14 Nov 2023 17:13:20 -0500 (EST)",
        "Tue Nov 14 22:13:20 UTC 2023",
        "2023-11-14-22-13-20",
        "20231114T221320Z",
        "1.70000000012E9",
    ];

    fn notations() -> [Notation; 3] {
        let plain = Notation::default();
        let day_first = Notation { day_first: true, ..plain };
        [plain, day_first, Notation { month_first: true, year: Some(i16::MAX), ..plain }]
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(time in any::<i64>()) {
            // The whole second before such an early time is out of range.
            prop_assume!(time > i64::MIN + SECOND);
            prop_assert_eq!(parse_time(Rfc3339(time).to_string().as_bytes()), Some(time));
        }

        #[test]
        fn no_text_panics(text in prop::collection::vec(any::<u8>(), 0..40), tail in "[0-9T:./+Z -]{0,30}") {
            for notation in notations() {
                super::parse_time(&text, notation);
                super::parse_time(tail.as_bytes(), notation);
            }
        }

        #[test]
        fn no_change_to_a_time_panics(
            known in prop::sample::select(KNOWN),
            at in any::<prop::sample::Index>(),
            byte in any::<u8>(),
            is_cut in any::<bool>(),
        ) {
            let mut text = known.as_bytes().to_vec();
            let at = at.index(text.len());
            text[at] = byte;
            text.truncate(if is_cut { at } else { text.len() });
            for notation in notations() {
                super::parse_time(&text, notation);
                advice(&text, notation);
            }
        }
    }
}
