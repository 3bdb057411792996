//! Tables of text: a header names the columns, every row is a record; the delimiter is a comma, a
//! semicolon, a tab or a vertical bar.

pub(super) mod columns;
mod exact;

use std::sync::Arc;

use super::account::At;
use super::block::{Block, Place};
use super::cell::Cell;
use super::format::{Head, Opened, Parser};
use super::known::FactColumns;
use super::lines::{self, LineCutter};
use super::record::{Facts, Record};
use super::{Format, InputError, Options, Role, Roles, text};
use columns::Column;
use exact::{Exact, Row};

/// Lines of a record beyond which an unclosed quote is likelier than a cell with that many lines.
pub(super) const MANY_LINES: u64 = 100;

/// What fields may be divided by, the likeliest first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Recognises a header: a line of several fields, or the name of a column, and no control characters.
///
/// # Errors
///
/// A header without the columns, and data in the place of the header.
pub(super) fn recognise(
    head: &mut Head<'_>,
    options: &Options,
) -> Result<Option<Opened>, InputError> {
    let Some(first) = lines::first(head.bytes(), head.is_whole()) else {
        return Ok(None);
    };
    let (offset, lines_before) = (first.offset, first.lines_before);
    let Some(delimiter) = delimiter(first.text, options) else {
        return Ok(None);
    };
    // The header may go on over several lines.
    let mut exact = Exact::new(delimiter);
    let row = loop {
        let is_last = head.is_whole();
        if let Some(row) = exact.read(&head.bytes()[offset..], is_last) {
            break row;
        }
        if !head.grow() {
            return Ok(None);
        }
    };
    if let Some(data) = (0..row.fields).map(|at| exact.field(at)).find(|f| Cell::of(f).is_address())
    {
        return Err(InputError::NoHeader {
            name: head.name().to_owned(),
            value: text::excerpt(data),
        });
    }
    let header: Vec<String> = (0..row.fields).map(|at| column_name(exact.field(at))).collect();
    let (columns, warnings) = columns::choose(&header, options, head.name())?;
    let name_of = |role| {
        let column = columns.iter().find(|column| column.role == role);
        column.map(|column| column.name.clone())
    };
    let (source, destination) = (name_of(Role::Source), name_of(Role::Destination));
    let roles = match (&source, &destination) {
        (_, None) => Roles::Source,
        (None, _) => Roles::Destination,
        _ => Roles::Both,
    };
    let format =
        Format { name: "csv", record: ["row", "rows"], has_roles: true, source, destination };
    let skip = offset + row.len;
    let table = Table { delimiter, width: header.len(), columns, facts: FactColumns::of(&header) };
    Ok(Some(Opened {
        format,
        roles,
        skip,
        lines_before: lines_before + lines::count(&head.bytes()[offset..skip]),
        counted_by: At::Line,
        cutter: Box::new(LineCutter(Arc::new(table))),
        warnings,
    }))
}

/// What divides the fields of a header; `None` if `line` is none.
fn delimiter(line: &[u8], options: &Options) -> Option<u8> {
    // A comment may hold commas and quotes, and a column's name a '#': the address before it decides.
    if lines::content(line).is_some_and(|content| Cell::of(content).is_address()) {
        return None;
    }
    if line.iter().any(|&byte| byte.is_ascii_control() && byte != b'\t') {
        return None;
    }
    let count = |delimiter: u8| line.iter().filter(|&&byte| byte == delimiter).count();
    // The first of equals, and max_by_key takes the last.
    let most = DELIMITERS.into_iter().rev().max_by_key(|&delimiter| count(delimiter))?;
    let name = String::from_utf8_lossy(line);
    let is_named = [Role::Source, Role::Destination]
        .into_iter()
        .filter_map(|role| options.column(role))
        .any(|column| columns::is_same(column, &name));
    let is_header = count(most) > 0 || line.contains(&b'"') || is_named || columns::is_known(&name);
    is_header.then_some(most)
}

/// A column's name as messages show it, which is also how options name it.
fn column_name(cell: &[u8]) -> String {
    text::printable(String::from_utf8_lossy(cell).trim())
}

/// The rows of a table.
struct Table {
    delimiter: u8,
    /// The columns of the header.
    width: usize,
    columns: Vec<Column>,
    facts: FactColumns,
}

impl Parser for Table {
    fn parse(&self, bytes: &[u8], is_last: bool, block: &mut Block) -> usize {
        let mut exact = Exact::new(self.delimiter);
        let mut at = 0;
        loop {
            at += self.blank(&bytes[at..], block);
            if at == bytes.len() {
                return at;
            }
            let Some(row) = exact.read(&bytes[at..], is_last) else { return at };
            // A last row without its end and short of fields is cut off.
            if !row.has_end && row.fields < self.width {
                return at;
            }
            self.add(&exact, &row, at, block);
            let ends = lines::count(&bytes[at..at + row.len]);
            if ends > MANY_LINES {
                block.long_record.get_or_insert(block.passed);
            }
            block.passed += ends;
            at += row.len;
        }
    }
}

impl Table {
    /// Passes the blank lines that `bytes` begin with.
    fn blank(&self, bytes: &[u8], block: &mut Block) -> usize {
        let mut at = 0;
        while let Some((0, next)) = lines::line_end(&bytes[at..], true) {
            block.passed += 1;
            at += next;
        }
        at
    }

    /// Adds a row that starts at byte `at` of the block.
    fn add(&self, exact: &Exact, row: &Row, at: usize, block: &mut Block) {
        block.ragged += u64::from(row.fields != self.width);
        let of = |role| self.columns.iter().find(|column| column.role == role);
        let field = |at| if at < row.fields { exact.field(at) } else { b"" };
        let content = |column: &Column| field(column.index);
        let cell = |role| of(role).map_or(Cell::Missing, |column| Cell::of(content(column)));
        let record = Record {
            source: cell(Role::Source),
            destination: cell(Role::Destination),
            packets: 1,
            facts: match block.wanted().needs_facts() {
                true => self.facts.read(field),
                false => Facts::default(),
            },
        };
        let number = block.passed;
        block.add(&record, |role| Place {
            number,
            offset: at as u64,
            column: of(role).map(|column| column.name.clone()),
            value: text::excerpt(of(role).map_or(b"", content)),
        });
    }
}
