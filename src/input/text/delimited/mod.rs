//! Tables of text: a header names the columns, and every row is a record. The delimiter is a comma, a
//! semicolon, a tab or a vertical bar. This file recognises the header; `table` reads the rows.

mod exact;
mod fast;
mod table;

use std::sync::Arc;

use crate::input::account::{Format, RecordNumber};
use crate::input::error::InputError;
use crate::input::format::Opened;
use crate::input::message::{excerpt, printable};
use crate::input::names;
use crate::input::options::Options;
use crate::input::read::head::Head;
use crate::input::role::{Role, Roles};
use crate::input::text::cell::parse_cell;
use crate::input::text::columns::{self, Column, described};
use crate::input::text::cutter::LineCutter;
use crate::input::text::facts::FactColumns;
use crate::input::text::lines;
use exact::Exact;
use table::Table;

/// The first columns of a table that octomix wrote.
const OWN: [&str; 2] = ["address", "packets"];

/// Possible delimiters, the likeliest first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Recognises a header: a line without control characters that has several fields or is the name of a
/// column.
///
/// # Errors
///
/// A header without address columns, or data instead of a header.
pub(crate) fn recognise(
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
    // The header may span several lines.
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
    if let Some(data) = (0..row.fields)
        .map(|at| exact.field(at))
        .find(|f| parse_cell(f, options.notation).is_address())
    {
        return Err(InputError::NoHeader { name: head.name().to_owned(), value: excerpt(data) });
    }
    let header: Vec<String> = (0..row.fields).map(|at| column_name(exact.field(at))).collect();
    let is_own = header.iter().take(2).eq(OWN) && options.names_no_column();
    let (columns, warnings) = if is_own {
        // The one column of addresses fills roles as a list does.
        let column = |&role| Column { role, index: 0, name: OWN[0].to_owned() };
        let roles = Roles::of_single(options.roles);
        (roles.as_slice().iter().map(column).collect(), Vec::new())
    } else {
        columns::choose(&header, options, head.name())?
    };
    let (format, roles) = described("csv", &columns);
    let format = Format { has_roles: !is_own, ..format };
    let skip = offset + row.len;
    let facts = FactColumns::of(&header, options.needs_facts());
    let table = Table::new(delimiter, &header, columns, &facts);
    Ok(Some(Opened {
        format,
        roles,
        skip,
        lines_before: lines_before + lines::count(&head.bytes()[offset..skip]),
        counted_by: RecordNumber::Line,
        cutter: Box::new(LineCutter(Arc::new(table))),
        warnings,
    }))
}

/// Cuts and reads the rows below a header: fields separated by tabs, and quoted if they contain one.
#[cfg(feature = "parquet")]
pub(crate) fn rows(header: &[String], columns: Vec<Column>, facts: &FactColumns) -> LineCutter {
    LineCutter(Arc::new(Table::new(b'\t', header, columns, facts)))
}

/// The delimiter of a header; `None` if `line` is not a header.
fn delimiter(line: &[u8], options: &Options) -> Option<u8> {
    // A list's comment may contain commas and quotes, and a column's name may contain a `#`: an address
    // before the `#` decides.
    let is_listed = |content| parse_cell(content, options.notation).is_address();
    let is_binary = line.iter().any(|&byte| byte.is_ascii_control() && byte != b'\t');
    if is_binary || lines::content(line).is_some_and(is_listed) {
        return None;
    }
    let count = |delimiter: u8| line.iter().filter(|&&byte| byte == delimiter).count();
    // Reversed, because max_by_key returns the last of equals.
    let most = DELIMITERS.into_iter().rev().max_by_key(|&delimiter| count(delimiter))?;
    let name = String::from_utf8_lossy(line);
    let is_named = [Role::Source, Role::Destination]
        .into_iter()
        .filter_map(|role| options.column(role))
        .any(|column| names::is_same(column, &name));
    let is_header = count(most) > 0 || line.contains(&b'"') || is_named || names::is_address(&name);
    is_header.then_some(most)
}

/// A column's name as messages show it and as options name it.
fn column_name(cell: &[u8]) -> String {
    printable(String::from_utf8_lossy(cell).trim())
}
