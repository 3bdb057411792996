//! Points in time: the notations that captures use, and RFC 3339, which octomix writes.
//!
//! A time is nanoseconds since 1970-01-01 UTC in an `i64`, from the year 1677 to 2262. A time without a
//! zone is taken as UTC; leap seconds are not counted. Epochs, which tables of millions of rows hold, are
//! parsed here; the calendar is jiff's.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use crate::input::options::Notation;

/// Nanoseconds of a second.
pub const SECOND: i64 = 1_000_000_000;
const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;

/// Parses a time: seconds since 1970, with or without a fraction (TShark's `frame.time_epoch`, Zeek);
/// milliseconds, microseconds or nanoseconds, told by their size; or a date, with or without a time of day
/// and a zone (RFC 3339, Suricata's `+0000`, Argus's slashes).
///
/// ```
/// use octomix::input::{Notation, parse_time};
/// let parse_time = |text| parse_time(text, Notation::default());
/// let noon = Some(1_767_268_800_000_000_000);
/// assert_eq!(parse_time(b"1767268800"), noon);
/// assert_eq!(parse_time(b"1767268800000"), noon);
/// assert_eq!(parse_time(b"2026-01-01T12:00:00Z"), noon);
/// assert_eq!(parse_time(b"2026/01/01 13:00:00.000+01:00"), noon);
/// assert_eq!(parse_time(b"noon"), None);
/// ```
pub fn parse_time(text: &[u8], notation: Notation) -> Option<i64> {
    let _ = notation;
    let text = text.trim_ascii();
    match text.get(4) {
        Some(b'-' | b'/') => parse_date(text),
        _ => parse_epoch(text),
    }
}

/// A number at least this large is in the next smaller unit: seconds reach the year 5138, and milliseconds
/// begin in 1973.
const LARGEST: i64 = 100_000_000_000;

fn parse_epoch(text: &[u8]) -> Option<i64> {
    let (is_negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        _ => (false, text),
    };
    let (digits, rest) = leading_digits(digits);
    let whole = whole(digits).filter(|_| digits.len() <= 19)?;
    let (mut unit, mut bound) = (SECOND, LARGEST);
    while unit > 1 && whole >= bound {
        (unit, bound) = (unit / 1000, bound.saturating_mul(1000));
    }
    let fraction = match rest {
        [] => 0,
        [b'.', rest @ ..] => match fraction(rest)? {
            (nanoseconds, []) => nanoseconds / (SECOND / unit),
            _ => return None,
        },
        _ => return None,
    };
    let time = whole.checked_mul(unit)?.checked_add(fraction)?;
    Some(if is_negative { -time } else { time })
}

/// `YYYY-MM-DD`, and what may follow.
fn parse_date(text: &[u8]) -> Option<i64> {
    let (date, rest) = text.split_at_checked(10)?;
    let is_date = date[7] == date[4];
    let (year, month, day) = (whole(&date[..4])?, whole(&date[5..7])?, whole(&date[8..])?);
    // They have four digits and two.
    let date = Date::new(year as i16, month as i8, day as i8).ok().filter(|_| is_date)?;
    let midnight = Offset::UTC.to_timestamp(date.at(0, 0, 0, 0)).ok()?.as_second();
    let [b'T' | b't' | b' ', rest @ ..] = rest else {
        return rest.is_empty().then(|| midnight.checked_mul(SECOND))?;
    };
    let (hour, rest) = two_digits(rest)?;
    let (minute, rest) = two_digits(rest.strip_prefix(b":")?)?;
    let (second, rest) = match rest {
        [b':', rest @ ..] => two_digits(rest)?,
        _ => (0, rest),
    };
    // 60 is a leap second, which is taken as the first second of the next minute.
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let (nanoseconds, rest) = match rest {
        [b'.' | b',', rest @ ..] => fraction(rest)?,
        _ => (0, rest),
    };
    let offset = parse_zone(rest)?;
    let seconds = midnight + hour * HOUR + minute * MINUTE + second - offset;
    seconds.checked_mul(SECOND)?.checked_add(nanoseconds)
}

/// The seconds by which a zone is ahead of UTC.
fn parse_zone(text: &[u8]) -> Option<i64> {
    let (sign, rest) = match text.trim_ascii_start() {
        [] | b"Z" | b"z" | b"UTC" => return Some(0),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let (hours, rest) = two_digits(rest)?;
    let minutes = match rest.strip_prefix(b":").unwrap_or(rest) {
        [] => 0,
        minutes => whole(minutes).filter(|&number| minutes.len() == 2 && number < 60)?,
    };
    (hours < 24).then_some(sign * (hours * HOUR + minutes * MINUTE))
}

/// The digits that `text` begins with, and what follows them.
fn leading_digits(text: &[u8]) -> (&[u8], &[u8]) {
    text.split_at(text.iter().take_while(|byte| byte.is_ascii_digit()).count())
}

/// The number that `digits` consists of.
fn whole(digits: &[u8]) -> Option<i64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0i64, |number, byte| {
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

/// Nanoseconds since 1970, displayed as RFC 3339 in UTC, with a fraction of 0, 3, 6 or 9 digits, as needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rfc3339(pub i64);

impl fmt::Display for Rfc3339 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = Timestamp::from_nanosecond(self.0.into()).map_err(|_| fmt::Error)?;
        let time = Offset::UTC.to_datetime(time);
        match time.subsec_nanosecond() {
            0 => write!(f, "{time:.0}Z"),
            nanoseconds if nanoseconds % 1_000_000 == 0 => write!(f, "{time:.3}Z"),
            nanoseconds if nanoseconds % 1000 == 0 => write!(f, "{time:.6}Z"),
            _ => write!(f, "{time:.9}Z"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

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
    fn what_is_no_time_is_refused() {
        for wrong in [
            "",
            "-",
            ".5",
            "1e9",
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
        ] {
            assert_eq!(parse_time(wrong.as_bytes()), None, "{wrong}");
        }
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
            parse_time(&text);
            parse_time(tail.as_bytes());
        }
    }
}
