//! Writes what addresses did.

use std::io::{self, Write};

use super::{CONVERSATION, END, HEADER, STRETCH, letter};
use crate::behaviour::Conversations;
use crate::input::Capture;

/// Writes what was gathered of the addresses of a `capture`.
///
/// # Errors
/// When `out` fails.
pub fn write(
    Capture { sets, conversations, timeline, .. }: &Capture,
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
    for row in conversations.as_ref().map(Conversations::rows).unwrap_or_default() {
        put(CONVERSATION, row)?;
    }
    for (stretch, records) in timeline.stretches() {
        let shift = [timeline.shift() as u8];
        put(STRETCH, &[&shift[..], &stretch.to_le_bytes(), &records.to_le_bytes()].concat())?;
    }
    out.write_all(&[END])?;
    out.write_all(&rows.to_le_bytes())
}
