//! Numbers of seconds since 1970, as tables of millions of rows hold them.

use super::{SECOND, fraction, leading_digits, whole};
use crate::input::digits::{eight, few};

/// A number at least this large is in the next smaller unit: seconds reach the year 5138, and milliseconds
/// begin in 1973.
const LARGEST: i64 = 100_000_000_000;

/// The digits before and after the point that a number with an exponent may have.
const MOST_DIGITS: usize = 40;
/// An exponent at least this large is that of no time.
const MOST_ZEROS: usize = 20;

/// Parses seconds with or without a fraction; milliseconds, microseconds or nanoseconds, told by their size;
/// or any of these with an exponent.
#[inline]
pub(super) fn parse(text: &[u8]) -> Option<i64> {
    let (is_negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        _ => (false, text),
    };
    let (digits, rest) = leading_digits(digits);
    let time = match rest {
        [] => count(digits, b"")?,
        [b'.', rest @ ..] => match leading_digits(rest) {
            (after, []) => count(digits, after)?,
            (after, rest) => with_exponent(digits, after, rest)?,
        },
        rest => with_exponent(digits, b"", rest)?,
    };
    Some(if is_negative { -time } else { time })
}

/// Of these what most rows have: seconds of ten digits with a fraction, or digits alone.
#[inline]
pub(super) fn usual(text: &[u8]) -> Option<i64> {
    let Some(([digits @ .., b'.'], fraction)) = text.split_first_chunk::<11>() else {
        return count(text, b"");
    };
    let seconds = i64::from(eight(digits.first_chunk()?)?) * 100 + i64::from(few(&digits[8..])?);
    let nanoseconds = match fraction {
        [digits @ .., last] if digits.len() == 8 => few(digits)? * 10 + few(&[*last])?,
        _ => few(fraction)? * 10u32.pow(9 - fraction.len() as u32),
    };
    seconds.checked_mul(SECOND)?.checked_add(nanoseconds.into())
}

/// The time of a number with the digits `before` and `after` the point.
#[inline]
fn count(before: &[u8], after: &[u8]) -> Option<i64> {
    let whole = whole(before).filter(|_| before.len() <= 19)?;
    let (unit, units) = match whole {
        ..LARGEST => (SECOND, 1),
        _ if whole < LARGEST * 1000 => (SECOND / 1000, 1000),
        _ if whole < LARGEST * 1_000_000 => (1000, SECOND / 1000),
        _ => (1, SECOND),
    };
    let time = whole.checked_mul(unit)?;
    if after.is_empty() { Some(time) } else { time.checked_add(fraction(after)?.0 / units) }
}

/// The time of a number whose exponent is all of `exponent`: `e9`, `E+09`.
#[cold]
fn with_exponent(before: &[u8], after: &[u8], exponent: &[u8]) -> Option<i64> {
    let [b'e' | b'E', exponent @ ..] = exponent else { return None };
    let exponent = exponent.strip_prefix(b"+").unwrap_or(exponent);
    let places = usize::try_from(whole(exponent)?).ok().filter(|&places| places < MOST_ZEROS)?;
    if before.is_empty() || before.len() + after.len() > MOST_DIGITS {
        return None;
    }
    // The point moves to the right.
    let mut digits = [before, after].concat();
    let point = before.len() + places;
    digits.resize(digits.len().max(point), b'0');
    let (before, after) = digits.split_at(point);
    let zeros = before.iter().take_while(|&&digit| digit == b'0').count();
    count(&before[zeros.min(before.len() - 1)..], after)
}
