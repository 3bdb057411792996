//! What addresses did, as octomix extract and the commands that fit write it: the sums of each address and all
//! conversations, so that shards unite exactly and another day can be compared.
//!
//! The file begins with a line that names its version. Rows follow, each with a letter that tells its kind: `S`,
//! `D` and `A` for the sums of an address as a source, as a destination or as either, `C` for a conversation, `T`
//! for the records of a stretch of time, and `E` for the end, with the number of rows before it. Sums are of
//! numbers as long as they need to be: most addresses have few records and no bytes.

use crate::behaviour::{Conversation, Span, Sum, Totals};
use crate::input::Role;

mod read;
#[cfg(feature = "report")]
mod write;

pub(crate) use read::recognise;
#[cfg(feature = "report")]
pub use read::{Day, DayError, read};
#[cfg(feature = "report")]
pub use write::{keep, write};

/// Its name among shards.
pub const SHARD: &str = "behaviour.bin";

/// Its name beside a model.
pub const SEEN: &str = "seen.behaviour";

/// The first line.
const HEADER: &[u8] = b"octomix behaviour 2\n";
/// What the first line begins with in every version.
const MAGIC: &[u8] = b"octomix behaviour ";

const CONVERSATION: u8 = b'C';
const STRETCH: u8 = b'T';
const END: u8 = b'E';

/// The seconds of a stretch of time are at most this power of two, and no time is farther from 1970, in seconds.
const LARGEST_SHIFT: u32 = 34;
const FARTHEST: i64 = 1 << LARGEST_SHIFT;

/// The letter of the sums of a role.
fn letter(role: Role) -> u8 {
    match role {
        Role::Source => b'S',
        Role::Destination => b'D',
        Role::Any => b'A',
    }
}

/// A row.
#[derive(Debug, Clone, Copy)]
enum Row {
    Sum(Role, Sum),
    Conversation(Conversation),
    /// A stretch of time: its seconds as a power of two, its number since 1970, its records.
    Stretch(u32, i64, u64),
    /// The end, after so many rows.
    End(u64),
}

/// Appends `number`, seven bits a byte from the lowest on; all but the last byte have the highest bit (LEB128).
#[cfg(feature = "report")]
fn put_number(mut number: u64, bytes: &mut Vec<u8>) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// The number that `bytes` begin with, and what follows it; `None` if they hold no whole number.
///
/// # Errors
/// Above 2^64.
#[inline]
fn number(bytes: &[u8]) -> Result<Option<(u64, &[u8])>, &'static str> {
    let mut number = 0;
    for (at, &byte) in bytes.iter().enumerate().take(10) {
        let bits = u64::from(byte & 0x7f);
        number |= bits << (7 * at);
        if number >> (7 * at) != bits {
            break;
        }
        if byte < 0x80 {
            return Ok(Some((number, &bytes[at + 1..])));
        }
    }
    if bytes.len() < 10 { Ok(None) } else { Err("a number is too large") }
}

/// Appends `sum`: the address, its records, its bytes and its span. What is not known is 0, and what is known one
/// more.
#[cfg(feature = "report")]
fn put_sum(sum: &Sum, bytes: &mut Vec<u8>) {
    bytes.extend(sum.address.to_be_bytes());
    put_number(sum.totals.records, bytes);
    put_number(sum.totals.bytes().map_or(0, |bytes| bytes + 1), bytes);
    let Some(Span { first, last }) = sum.totals.span() else { return put_number(0, bytes) };
    // The longest span of all, of 584 years, loses a nanosecond.
    put_number(first.abs_diff(last).saturating_add(1), bytes);
    bytes.extend(first.to_le_bytes());
}

/// The sum that `bytes` begin with, and its length; `None` if they hold no whole sum.
#[inline]
fn sum(bytes: &[u8]) -> Result<Option<(Sum, usize)>, &'static str> {
    let Some((address, rest)) = bytes.split_first_chunk() else { return Ok(None) };
    let Some((records, rest)) = number(rest)? else { return Ok(None) };
    let Some((said, rest)) = number(rest)? else { return Ok(None) };
    let Some((length, mut rest)) = number(rest)? else { return Ok(None) };
    let mut span = None;
    if let Some(length) = length.checked_sub(1) {
        let Some((first, behind)) = rest.split_first_chunk() else { return Ok(None) };
        let first = i64::from_le_bytes(*first);
        span = Some(Span { first, last: first.saturating_add_unsigned(length) });
        rest = behind;
    }
    let totals = Totals::new(records, said.checked_sub(1), span);
    let sum = Sum { address: u32::from_be_bytes(*address), totals };
    Ok(Some((sum, bytes.len() - rest.len())))
}

/// The row that `bytes` begin with, and its length; `None` if they hold no whole row.
fn row(bytes: &[u8]) -> Result<Option<(Row, usize)>, &'static str> {
    let Some((&letter, rest)) = bytes.split_first() else { return Ok(None) };
    let row = match letter {
        CONVERSATION => {
            rest.first_chunk().map(|&b| (Row::Conversation(Conversation::of_bytes(b)), b.len()))
        }
        STRETCH => rest.first_chunk::<17>().map(|b| {
            let number = |at: usize| {
                b[at..at + 8].iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte))
            };
            let shift = u32::from(b[0]).min(LARGEST_SHIFT);
            let farthest = FARTHEST >> shift;
            let stretch = (number(1) as i64).clamp(-farthest - 1, farthest);
            (Row::Stretch(shift, stretch, number(9)), b.len())
        }),
        END => rest.first_chunk().map(|&b| (Row::End(u64::from_le_bytes(b)), b.len())),
        _ => match Role::ALL.into_iter().find(|&role| self::letter(role) == letter) {
            Some(role) => sum(rest)?.map(|(sum, len)| (Row::Sum(role, sum), len)),
            None => return Err("a row is of no known kind"),
        },
    };
    Ok(row.map(|(row, len)| (row, 1 + len)))
}

#[cfg(all(test, feature = "report"))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn sums_are_read_as_written(
            address: u32,
            records: u64,
            said: Option<u64>,
            times: Option<(i64, i64)>,
        ) {
            let span = times.map(|(a, b)| Span { first: a.min(b) / 2, last: a.max(b) / 2 });
            let written = Sum { address, totals: Totals::new(records, said, span) };
            let mut bytes = vec![];
            put_sum(&written, &mut bytes);
            prop_assert_eq!(sum(&bytes), Ok(Some((written, bytes.len()))));
            for len in 0..bytes.len() {
                prop_assert_eq!(sum(&bytes[..len]), Ok(None));
            }
        }
    }

    #[test]
    fn numbers_above_2_to_the_64_are_refused() {
        let most = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1];
        assert_eq!(number(&most), Ok(Some((u64::MAX, &[][..]))));
        for last in [2, 0x81] {
            let mut more = most;
            more[9] = last;
            assert!(number(&more).is_err(), "{last}");
        }
    }
}
