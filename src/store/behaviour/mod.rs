//! What addresses did, as octomix extract and the commands that fit write it: the sums of each address and all
//! conversations, so that shards unite exactly and another day can be compared.
//!
//! The file begins with a line that names its version. Rows follow, each with a letter that tells its kind: `S`,
//! `D` and `A` for the sums of an address as a source, as a destination or as either, `C` for a conversation, `T`
//! for the records of a stretch of time, and `E` for the end, with the number of rows before it.

use crate::behaviour::{Conversation, Sum};
use crate::input::Role;

mod read;
#[cfg(feature = "report")]
mod write;

pub(crate) use read::recognise;
#[cfg(feature = "report")]
pub use read::{Day, DayError, read};
#[cfg(feature = "report")]
pub use write::write;

/// Its name among shards.
pub const SHARD: &str = "behaviour.bin";

/// Its name beside a model.
pub const SEEN: &str = "seen.behaviour";

/// The first line.
const HEADER: &[u8] = b"octomix behaviour 1\n";
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
            Some(role) => rest.first_chunk().map(|&b| (Row::Sum(role, Sum::of_bytes(b)), b.len())),
            None => return Err("a row is of no known kind"),
        },
    };
    Ok(row.map(|(row, len)| (row, 1 + len)))
}
