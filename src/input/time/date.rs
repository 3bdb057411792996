//! Dates as tools and people write them, with or without a time of day.
//!
//! A date whose day and month may be mistaken for each other, or that names no year, is refused unless the
//! options tell how it is meant.

use jiff::civil::Date;
use jiff::tz::Offset;

use super::scanner::Scanner;
use super::{HOUR, MINUTE, SECOND, fraction, zone};
use crate::input::options::Notation;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const WEEKDAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// A day of a year that may have yet to come.
struct Day {
    year: Option<i64>,
    month: i64,
    day: i64,
}

/// Parses a date that is all of `text`.
#[inline(never)]
pub(super) fn parse(text: &[u8], notation: Notation) -> Option<i64> {
    let text = match text {
        [b'[', inner @ .., b']'] => inner,
        _ => text,
    };
    let mut rest = Scanner(text);
    // Basic ISO may put nothing between the day and the time.
    let is_joined = rest.digits() == 14;
    skip_weekday(&mut rest);
    let Day { year, month, day } = day(&mut rest, notation)?;
    let (seconds, nanoseconds) = if rest.0.is_empty() {
        (0, 0)
    } else if is_joined || separate(&mut rest) {
        clock(&mut rest)?
    } else {
        return None;
    };
    // The date of ctime ends in the year.
    let (zone, year) = match year.map_or_else(|| zone::without_year(rest.0), |_| None) {
        Some((zone, year)) => (zone, year),
        None => (rest.0, year.or(notation.year.map(i64::from))?),
    };
    let [month, day] = [month, day].map(i8::try_from);
    let date = Date::new(i16::try_from(year).ok()?, month.ok()?, day.ok()?).ok()?;
    let midnight = Offset::UTC.to_timestamp(date.at(0, 0, 0, 0)).ok()?.as_second();
    let seconds = midnight + seconds - zone::parse(zone)?;
    seconds.checked_mul(SECOND)?.checked_add(nanoseconds)
}

/// Skips `Thu, `.
fn skip_weekday(rest: &mut Scanner<'_>) {
    let mut after = *rest;
    if position(&WEEKDAYS, after.word()).is_some() {
        after.blanks(b",");
        *rest = after;
    }
}

/// Where the name that `word` begins, or is, stands in `names`.
fn position(names: &[&str], word: &[u8]) -> Option<usize> {
    if word.len() < 3 {
        return None;
    }
    let begins = |name: &&str| {
        let start = name.as_bytes().get(..word.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(word))
    };
    names.iter().position(begins)
}

fn month_name(rest: &mut Scanner<'_>) -> Option<i64> {
    position(&MONTHS, rest.word()).map(|month| month as i64 + 1)
}

/// Takes the day, in any order of its parts.
fn day(rest: &mut Scanner<'_>, notation: Notation) -> Option<Day> {
    match rest.digits() {
        0 => {
            // Jan  1, 2026
            let month = month_name(rest)?;
            rest.blanks(b"-.");
            let day = rest.short_number()?;
            Some(Day { year: year_if_any(rest), month, day })
        }
        8 | 14 => {
            let [year, month, day] = [4, 2, 2].map(|digits| rest.number(digits));
            Some(Day { year: Some(year?), month: month?, day: day? })
        }
        4 => {
            let year = rest.number(4)?;
            let separator = separator(rest)?;
            let month = match rest.digits() {
                0 => month_name(rest)?,
                _ => rest.short_number()?,
            };
            let is_alike = rest.take(separator);
            let day = rest.short_number().filter(|_| is_alike)?;
            Some(Day { year: Some(year), month, day })
        }
        _ => {
            let first = rest.short_number()?;
            let separator = separator(rest)?;
            rest.blanks(b"");
            if rest.digits() == 0 {
                // 1 Jan 2026, 01/Jan/2026
                let month = month_name(rest)?;
                let _ = rest.take(separator);
                return Some(Day { year: year_if_any(rest), month, day: first });
            }
            let second = rest.short_number().filter(|_| separator != b' ')?;
            let (month, day) = month_and_day(first, second, separator, notation)?;
            let is_alike = rest.take(separator) && rest.digits() == 4;
            let year = rest.number(4).filter(|_| is_alike)?;
            Some(Day { year: Some(year), month, day })
        }
    }
}

/// Which of two numbers is the month; `None` where both may be. Dots always divide the day from the month.
fn month_and_day(first: i64, second: i64, separator: u8, notation: Notation) -> Option<(i64, i64)> {
    let (month_first, day_first) = ((first, second), (second, first));
    if first > 12 || separator == b'.' {
        Some(day_first)
    } else if second > 12 || first == second || notation.month_first {
        Some(month_first)
    } else {
        notation.day_first.then_some(day_first)
    }
}

/// Takes what divides the parts of a date.
fn separator(rest: &mut Scanner<'_>) -> Option<u8> {
    b"/-. ".iter().copied().find(|&byte| rest.take(byte))
}

/// Takes a year, unless what comes next is something else, such as a time of day.
fn year_if_any(rest: &mut Scanner<'_>) -> Option<i64> {
    let mut after = *rest;
    after.blanks(b",");
    if after.digits() != 4 {
        return None;
    }
    let year = after.number(4);
    *rest = after;
    year
}

/// Takes what stands between the day and the time of day, and tells whether anything does.
fn separate(rest: &mut Scanner<'_>) -> bool {
    b"Tt:-_".iter().any(|&byte| rest.take(byte)) || rest.blanks(b",@")
}

/// Takes a time of day: its seconds, and the nanoseconds beyond them.
fn clock(rest: &mut Scanner<'_>) -> Option<(i64, i64)> {
    let (hour, minute, second) = match rest.digits() {
        digits @ (4 | 6) => {
            let [hour, minute] = [2, 2].map(|digits| rest.number(digits));
            (hour?, minute?, if digits == 6 { rest.number(2)? } else { 0 })
        }
        _ => {
            let hour = rest.short_number()?;
            let separator = b":-".iter().copied().find(|&byte| rest.take(byte))?;
            let minute = rest.number(2)?;
            let mut after = *rest;
            let has_second = after.take(separator) && after.digits() == 2;
            let second = if has_second { after.number(2) } else { None };
            if second.is_some() {
                *rest = after;
            }
            (hour, minute, second.unwrap_or(0))
        }
    };
    let mut nanoseconds = 0;
    if rest.take(b'.') || rest.take(b',') {
        (nanoseconds, rest.0) = fraction(rest.0)?;
    }
    let hour = match meridiem(rest) {
        None => hour,
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(more) => hour % 12 + more,
    };
    // 60 is a leap second, which is taken as the first second of the next minute.
    let is_time = hour <= 23 && minute <= 59 && second <= 60;
    is_time.then_some((hour * HOUR + minute * MINUTE + second, nanoseconds))
}

/// Takes AM or PM: how many hours it adds.
fn meridiem(rest: &mut Scanner<'_>) -> Option<i64> {
    let mut after = *rest;
    after.blanks(b"");
    let hours = match after.0.first()?.to_ascii_lowercase() {
        b'a' => 0,
        b'p' => 12,
        _ => return None,
    };
    after.0 = &after.0[1..];
    after.take(b'.');
    if !(after.take(b'm') || after.take(b'M')) {
        return None;
    }
    after.take(b'.');
    let is_word = after.0.first().is_none_or(|byte| !byte.is_ascii_alphabetic());
    is_word.then(|| *rest = after).map(|()| hours)
}
