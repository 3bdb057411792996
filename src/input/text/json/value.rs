//! What the values of an object say.

use super::scan::{Kind, Value, WantedValues};
use super::strings::unescaped;
use crate::input::names::Field;
use crate::input::options::Notation;
use crate::input::record::Cell;
use crate::input::text::cell::parse_cell;

/// The text of `value`, as it is in the file.
pub fn raw(bytes: &[u8], value: Value) -> &[u8] {
    &bytes[value.start..value.end]
}

/// Whether `value` is a string that another one follows in an array.
#[inline]
pub fn is_first_of_several(bytes: &[u8], value: Value) -> bool {
    if !matches!(value.kind, Kind::Text | Kind::Escaped) {
        return false;
    }
    // The quotes around it belong to no value.
    let before = bytes.get(..value.start.saturating_sub(1)).unwrap_or_default();
    let after = bytes.get(value.end + 1..).unwrap_or_default();
    before.trim_ascii_end().ends_with(b"[") && after.trim_ascii_start().starts_with(b",")
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
