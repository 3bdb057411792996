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
