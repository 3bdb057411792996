//! Writes what addresses did.

use std::io::{self, Write};

use super::{CONVERSATION, END, HEADER, letter};
use crate::address::AddressSet;
use crate::behaviour::Conversations;
use crate::input::PerRole;

/// Writes what was gathered of the addresses of `sets`, and `conversations`.
///
/// # Errors
/// When `out` fails.
pub fn write(
    sets: &PerRole<AddressSet>,
    conversations: Option<&Conversations>,
    out: &mut dyn Write,
) -> io::Result<()> {
    out.write_all(HEADER)?;
    let mut rows = 0u64;
    let mut put = |letter: u8, bytes: &[u8]| {
        rows += 1;
        out.write_all(&[letter]).and_then(|()| out.write_all(bytes))
    };
    for (role, set) in sets.iter() {
        for sum in set.activities().sums().iter().filter(|sum| sum.records > 0) {
            put(letter(role), &sum.to_bytes())?;
        }
    }
    for row in conversations.map(Conversations::rows).unwrap_or_default() {
        put(CONVERSATION, row)?;
    }
    out.write_all(&[END])?;
    out.write_all(&rows.to_le_bytes())
}
