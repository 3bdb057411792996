//! What the values of an object say: addresses, or blocks of addresses.

use std::borrow::Cow;

use super::scan::{Kind, Value, WantedValues};
use super::strings::unescaped;
use crate::input::names::Field;
use crate::input::options::Notation;
use crate::input::record::Cell;
use crate::input::text::cell::{network, parse_cell};

/// The text of `value`, as it is in the file.
pub fn raw(bytes: &[u8], value: Value) -> &[u8] {
    &bytes[value.start..value.end]
}

/// The text that `value` stands for.
pub fn plain(bytes: &[u8], value: Value) -> Cow<'_, [u8]> {
    let raw = raw(bytes, value);
    if value.kind == Kind::Escaped { unescaped(raw).into() } else { raw.into() }
}

/// What the source and the destination are.
#[inline]
pub fn cells(bytes: &[u8], found: &WantedValues, notation: Notation) -> [Cell; 2] {
    [Field::Source, Field::Destination].map(|slot| {
        let value = found[slot as usize];
        let text = raw(bytes, value);
        match value.kind {
            Kind::Absent => Cell::Missing,
            Kind::Text => parse_cell(text, notation),
            Kind::Escaped => parse_cell(&unescaped(text), notation),
            Kind::Number if notation.integers => parse_cell(text, notation),
            Kind::Number | Kind::Word => Cell::Malformed,
        }
    })
}

/// Whether the source of an object is one of a list: an address or a block of addresses.
pub fn is_list_cell(bytes: &[u8], found: &WantedValues, notation: Notation) -> bool {
    is_listed(&plain(bytes, found[Field::Source as usize]), notation)
}

/// Whether `text` is an address or a block of addresses.
pub fn is_listed(text: &[u8], notation: Notation) -> bool {
    network(text).is_some() || parse_cell(text, notation).is_address()
}
