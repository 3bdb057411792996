//! Opens a table whose header is known: chooses its columns and makes the parser of its rows.

use std::sync::Arc;

use crate::input::account::{Format, RecordNumber};
use crate::input::error::InputError;
use crate::input::format::{Opened, Parser};
use crate::input::names;
use crate::input::options::Options;
use crate::input::read::head::Head;
use crate::input::record::Cell;
use crate::input::role::Roles;
use crate::input::text::bare::Rows;
use crate::input::text::cell::parse_cell;
use crate::input::text::columns::{self, Column, Sample, described};
use crate::input::text::cutter::LineCutter;
use crate::input::text::delimited::table::Table;
use crate::input::text::header::{self, Division, Header};
use crate::input::text::layout::{Headers, Layout};
use crate::input::text::lines;
use crate::input::text::log::embedded::{self, Embedded};
use crate::input::warning::Warning;

/// Rows that tell columns of addresses from others.
const SAMPLED: usize = 5;

/// Bytes of the first rows that tell what a column of lines holds.
const ENOUGH: usize = 64 << 10;

/// Where the rows of a table begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Start {
    pub offset: usize,
    pub lines_before: u64,
}

/// Opens the table of the format `format` with `header`, whose rows begin at `start`.
///
/// # Errors
/// A named column that does not exist, or no column for any role.
pub(crate) fn open(
    head: &mut Head<'_>,
    options: &Options,
    format: &'static str,
    header: Header,
    start: Start,
) -> Result<Opened, InputError> {
    let named = header.names.len();
    let header = with_row_names(head, options, header, start.offset);
    let has_row_names = header.names.len() > named;
    let names = &header.names;
    let sample = match names.iter().filter(|name| names::is_address(name)).count() {
        // No two columns compete for a role.
        0..=2 => Sample::default(),
        _ => sample(head, options, &header, start.offset),
    };
    let list = list_column(names, options, &sample);
    let (columns, warnings) = match list {
        Some(column) => (fill(column, names, options), Vec::new()),
        None => match columns::choose_by(names, options, head.name(), &sample) {
            Ok(chosen) => chosen,
            Err(error) => return with_lines(head, options, &header, start).ok_or(error),
        },
    };
    let (format, roles) = described(format, &columns);
    let format = Format { has_roles: list.is_none(), ..format };
    let layout = Layout::new(header, columns, options, &sample);
    let parser = Headers::new(options, make).parser(Layout {
        is_list: list.is_some(),
        has_row_names,
        ..layout
    });
    Ok(Opened {
        format,
        roles,
        skip: start.offset,
        lines_before: start.lines_before,
        counted_by: RecordNumber::Line,
        cutter: Box::new(LineCutter(parser)),
        warnings,
    })
}

/// Opens a table without columns of addresses, of which one column holds the lines of a log.
fn with_lines(
    head: &mut Head<'_>,
    options: &Options,
    header: &Header,
    start: Start,
) -> Option<Opened> {
    let Division::Delimiter(delimiter) = header.division else { return None };
    let may_hold = |name: &String| embedded::may_hold(name);
    let column = header.names.iter().position(may_hold).filter(|_| options.names_no_column())?;
    while head.bytes().len() < ENOUGH && head.grow() {}
    let rows = head.bytes().get(start.offset..)?;
    let lines = embedded::lines_of(rows, head.is_whole(), delimiter, column);
    let lines: Vec<&[u8]> = lines.iter().map(Vec::as_slice).collect();
    let embedded = Embedded::of(&lines, options)?;
    let has_roles = embedded.has_destination;
    let roles = match has_roles {
        true => options.roles.unwrap_or(Roles::Both),
        false => Roles::of_log(options.roles),
    };
    let parser = embedded::parser(delimiter, &header.names, column, embedded);
    Some(Opened {
        format: Format { name: "csv", record: ["row", "rows"], has_roles, ..Format::default() },
        roles,
        skip: start.offset,
        lines_before: start.lines_before,
        counted_by: RecordNumber::Line,
        cutter: Box::new(LineCutter(parser)),
        warnings: Vec::new(),
    })
}

/// The parser of rows that are divided as `layout` says.
pub(crate) fn make(layout: Arc<Layout>, headers: Arc<Headers>) -> Arc<dyn Parser> {
    match layout.header.division {
        Division::Delimiter(delimiter) => Arc::new(Table::new(delimiter, layout, Some(headers))),
        Division::Byte(_) | Division::Blanks => {
            Arc::new(Rows::new(layout, Vec::new(), Some(headers)))
        }
    }
}

/// `header` with a column in front if the first rows show that it lacks one: R and pandas do not name the column
/// of the names of rows. Rows that are longer because a cell holds several values have an address where the
/// header says first.
fn with_row_names(head: &mut Head<'_>, options: &Options, header: Header, at: usize) -> Header {
    let sides = columns::sides(&header.names, options, &Sample::default());
    let cell_of = |row: &[String], at: usize| parse_cell(row[at].as_bytes(), options.notation);
    let Some(first) = sides.into_iter().flatten().min() else { return header };
    let is_moved = |row: &[String]| {
        let mut sides = sides.into_iter().flatten();
        row.len() == header.names.len() + 1
            && !cell_of(row, first).is_address()
            && sides.all(|at| cell_of(row, at + 1).is_address())
    };
    loop {
        let rest = &head.bytes()[at.min(head.bytes().len())..];
        let rows = lines::all(rest, head.is_whole()).take(SAMPLED);
        let rows: Vec<_> = rows.map(|line| header::names(line, header.division)).collect();
        if rows.iter().any(|row| !is_moved(row)) {
            return header;
        }
        if rows.len() == SAMPLED || !head.grow() {
            let is_sure = !rows.is_empty();
            let front = is_sure.then(String::new);
            return Header { names: front.into_iter().chain(header.names).collect(), ..header };
        }
    }
}

/// The one column of addresses of a table that is a list with notes.
pub(crate) fn list_column(names: &[String], options: &Options, sample: &Sample) -> Option<usize> {
    match columns::sides(names, options, sample) {
        [Some(column), None] if options.names_no_column() => {
            names::is_of_list(&names[column]).then_some(column)
        }
        _ => None,
    }
}

/// The column as that of each role that a list fills.
pub(crate) fn fill(column: usize, names: &[String], options: &Options) -> Vec<Column> {
    let roles = Roles::of_single(options.roles);
    roles.as_slice().iter().map(|&role| Column::of(role, column, names)).collect()
}

/// The first rows from `at` on.
fn sample(head: &mut Head<'_>, options: &Options, header: &Header, at: usize) -> Sample {
    let row = |line: &[u8]| -> Vec<Cell> {
        let cells = header::names(line, header.division);
        cells.iter().map(|cell| parse_cell(cell.as_bytes(), options.notation)).collect()
    };
    loop {
        let rest = &head.bytes()[at.min(head.bytes().len())..];
        let rows: Vec<_> = lines::all(rest, head.is_whole()).take(SAMPLED).map(row).collect();
        if rows.len() == SAMPLED || !head.grow() {
            return Sample(rows);
        }
    }
}

/// Says that lines above the header are passed over.
pub(crate) fn passed_over(lines: u64, first: String) -> Option<Warning> {
    (lines > 0).then_some(Warning::LinesAbove { lines, first })
}
