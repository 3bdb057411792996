//! The header of a table of text: the names of its columns, and by what they are divided.

use crate::input::options::Options;
use crate::input::role::Role;
use crate::input::text::blanks;
use crate::input::text::exact::Exact;
use crate::words::shown;

/// Possible delimiters, the likeliest first.
pub(crate) const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// A longer line further down is no header.
const LONGEST: usize = 1 << 20;

/// What divides the cells of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Division {
    /// This byte; cells may be quoted.
    Delimiter(u8),
    /// This byte; quotes mean nothing.
    Byte(u8),
    /// Any number of spaces and tabs; cells may be quoted.
    Blanks,
}

/// The names of a table's columns, and what divides them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    pub division: Division,
    /// Safe to display.
    pub names: Vec<String>,
}

impl Header {
    /// The names in `line`, divided by the delimiter that it has most of, or else by blanks. `None` if it
    /// cannot be a header, as it has control characters.
    pub fn of(line: &[u8], options: &Options) -> Option<Self> {
        if line.len() > LONGEST || is_binary(line) {
            return None;
        }
        let is_named = |role| {
            options.column(role).is_some_and(|name| name.trim().as_bytes() == line.trim_ascii())
        };
        let is_one = [Role::Source, Role::Destination].into_iter().any(is_named);
        let division = match delimiter(line) {
            Some(delimiter) => Division::Delimiter(delimiter),
            None if is_one || !has_blanks(line) => Division::Delimiter(b','),
            None => Division::Blanks,
        };
        Some(Self { division, names: names(line, division) })
    }
}

/// Whether `line` has control characters, which no header has, but for line ends in quotes.
pub(crate) fn is_binary(line: &[u8]) -> bool {
    let is_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
    let mut controls = line.trim_ascii().iter();
    let has_quotes = line.contains(&b'"');
    controls.any(|byte| byte.is_ascii_control() && *byte != b'\t' && !(has_quotes && is_end(byte)))
}

/// The delimiter that `line` has most of.
pub(crate) fn delimiter(line: &[u8]) -> Option<u8> {
    let count = |delimiter: u8| line.iter().filter(|&&byte| byte == delimiter).count();
    // Reversed, because max_by_key returns the last of equals.
    let most = DELIMITERS.into_iter().rev().max_by_key(|&delimiter| count(delimiter))?;
    (count(most) > 0).then_some(most)
}

fn has_blanks(line: &[u8]) -> bool {
    let is_quoted =
        |cell: &[u8]| cell.len() > 1 && cell.starts_with(b"\"") && cell.ends_with(b"\"");
    let mut words =
        line.trim_ascii().split(|&byte| blanks::is_blank(byte)).filter(|word| !word.is_empty());
    // R quotes all names.
    words.clone().count() > 1 && (!line.contains(&b'"') || words.all(is_quoted))
}

/// The cells of `line` as names.
pub(crate) fn names(line: &[u8], division: Division) -> Vec<String> {
    match division {
        Division::Delimiter(delimiter) => {
            let mut exact = Exact::new(delimiter);
            let fields = exact.read(line, true).map_or(0, |row| row.fields);
            (0..fields).map(|at| name(exact.field(at))).collect()
        }
        Division::Byte(byte) => line.split(|&other| other == byte).map(name).collect(),
        Division::Blanks => blanks::cells(line).map(name).collect(),
    }
}

/// A column's name as messages show it and as options name it.
pub(crate) fn name(cell: &[u8]) -> String {
    shown(String::from_utf8_lossy(cell).trim())
}
