//! What the values of an object say.

use super::scan::{Kind, Value, WantedValues};
use super::strings::unescaped;
use super::syntax::Cursor;
use crate::input::names::Field;
use crate::input::options::Notation;
use crate::input::record::Cell;
use crate::input::text::cell::parse_cell;

/// The text of `value`, as it is in the file.
pub fn raw(bytes: &[u8], value: Value) -> &[u8] {
    &bytes[value.start..value.end]
}

/// The most headers that a packet may have one inside the other, of which TShark writes all addresses.
const MOST_HEADERS: usize = 8;

/// Whether `value` is the first of more strings in an array than a packet has headers: a column of a table.
#[inline]
pub fn begins_column(bytes: &[u8], value: Value) -> bool {
    if !matches!(value.kind, Kind::Text | Kind::Escaped) {
        return false;
    }
    // The quotes around it belong to no value.
    let before = bytes.get(..value.start.saturating_sub(1)).unwrap_or_default();
    if !before.trim_ascii_end().ends_with(b"[") {
        return false;
    }
    let mut cursor = Cursor { bytes, at: value.end + 1 };
    (0..MOST_HEADERS).all(|_| cursor.more(b']') == Some(true) && cursor.string().is_some())
}

/// What the source and the destination are.
#[inline]
pub fn cells(bytes: &[u8], found: &WantedValues, notation: Notation) -> [Cell; 2] {
    [Field::Source, Field::Destination].map(|slot| {
        let value = found[slot as usize];
        let text = raw(bytes, value);
        match value.kind {
            Kind::Absent => Cell::Missing,
            Kind::Text | Kind::Number => parse_cell(text, notation),
            Kind::Escaped => parse_cell(&unescaped(text), notation),
            Kind::Word => Cell::Malformed,
        }
    })
}
