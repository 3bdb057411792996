//! Writes what addresses did.

use std::io::{self, Write};

use super::{CONVERSATION, END, HEADER, SEEN, STRETCH, letter, put_sum};
use crate::behaviour::Conversations;
use crate::input::Capture;
use crate::store::{Output, WriteError};

/// Bytes that are written at a time.
const HELD: usize = 1 << 18;

/// Writes what the addresses of a `capture` did beside the models of them, for the days to come, if that is known.
///
/// # Errors
/// When the file cannot be written.
pub fn keep(output: &mut Output, capture: &Capture) -> Result<(), WriteError> {
    if capture.sets.iter().all(|(_, set)| set.activities().sums().is_empty()) {
        output.remove(SEEN);
        return Ok(());
    }
    output.write(SEEN, |out| write(capture, out))
}

/// Writes what was gathered of the addresses of a `capture`.
///
/// # Errors
/// When `out` fails.
pub fn write(
    Capture { sets, conversations, timeline, .. }: &Capture,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut text = HEADER.to_vec();
    let mut rows = 0u64;
    let mut put = |row: &dyn Fn(&mut Vec<u8>)| -> io::Result<()> {
        rows += 1;
        row(&mut text);
        if text.len() >= HELD {
            out.write_all(&text)?;
            text.clear();
        }
        Ok(())
    };
    for (role, set) in sets.iter() {
        for sum in set.activities().sums().iter().filter(|sum| sum.totals.records > 0) {
            put(&|text| {
                text.push(letter(role));
                put_sum(sum, text);
            })?;
        }
    }
    for row in conversations.as_ref().map(Conversations::rows).unwrap_or_default() {
        put(&|text| {
            text.push(CONVERSATION);
            text.extend(row);
        })?;
    }
    for (stretch, records) in timeline.stretches() {
        put(&|text| {
            text.extend([STRETCH, timeline.shift() as u8]);
            text.extend(stretch.to_le_bytes());
            text.extend(records.to_le_bytes());
        })?;
    }
    text.push(END);
    text.extend(rows.to_le_bytes());
    out.write_all(&text)
}
