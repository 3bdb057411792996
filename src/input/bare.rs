//! Rows whose fields are divided by one byte and stand bare, without quotes: Zeek's logs and flow logs of a VPC.

use std::sync::Arc;

use memchr::{memchr, memchr_iter};

use super::account::At;
use super::block::{Block, Place};
use super::cell::Cell;
use super::delimited::columns::{self, Column};
use super::format::{Head, Opened, Parser};
use super::known::FactColumns;
use super::lines::{self, LineCutter};
use super::record::{Facts, Record};
use super::text::{excerpt, printable};
use super::{Format, InputError, Options, Role, Roles};

/// The rows below a header.
#[derive(Debug)]
pub(super) struct Rows {
    separator: u8,
    /// The columns of the header.
    width: usize,
    /// None in a log of something else than packets and flows: its rows are counted.
    columns: Vec<Column>,
    facts: FactColumns,
    /// What stands for no value, beside the usual words.
    unset: Vec<Vec<u8>>,
}

impl Rows {
    pub fn new(
        separator: u8,
        header: &[String],
        columns: Vec<Column>,
        unset: Vec<Vec<u8>>,
    ) -> Self {
        Self { separator, width: header.len(), columns, facts: FactColumns::of(header), unset }
    }

    /// Adds the row `line`, which starts at byte `at` of the block; `fields` is room for its fields.
    fn add<'l>(&self, line: &'l [u8], at: usize, fields: &mut Vec<&'l [u8]>, block: &mut Block) {
        let needs_facts = block.wanted().needs_facts();
        let facts_end = self.facts.last().filter(|_| needs_facts).map_or(0, |last| last + 1);
        let end = self.columns.iter().map(|column| column.index + 1).max().unwrap_or(0);
        fields.clear();
        fields.extend(line.split(|&byte| byte == self.separator).take(end.max(facts_end)));
        block.ragged += u64::from(self.fields_of(line) != self.width);

        let field = |at: usize| fields.get(at).copied().unwrap_or_default();
        let of = |role| self.columns.iter().find(|column| column.role == role);
        let cell = |role| match of(role) {
            None if self.columns.is_empty() => Cell::NotIp,
            None => Cell::Missing,
            Some(column) => match Cell::of(field(column.index)) {
                Cell::Malformed if self.unset.iter().any(|unset| unset == field(column.index)) => {
                    Cell::Missing
                }
                cell => cell,
            },
        };
        let record = Record {
            source: cell(Role::Source),
            destination: cell(Role::Destination),
            packets: 1,
            facts: if needs_facts { self.facts.read(field) } else { Facts::default() },
        };
        let number = block.passed;
        block.add(&record, |role| Place {
            number,
            offset: at as u64,
            column: of(role).map(|column| column.name.clone()),
            value: excerpt(of(role).map_or(b"", |column| field(column.index))),
        });
    }

    fn fields_of(&self, line: &[u8]) -> usize {
        memchr_iter(self.separator, line).count() + 1
    }
}

impl Parser for Rows {
    fn parse(&self, bytes: &[u8], is_last: bool, block: &mut Block) -> usize {
        let mut fields = Vec::with_capacity(self.width);
        let mut at = 0;
        while at < bytes.len() {
            let end = memchr(b'\n', &bytes[at..]).map(|len| at + len);
            let raw = &bytes[at..end.unwrap_or(bytes.len())];
            let line = raw.strip_suffix(b"\r").unwrap_or(raw);
            let is_row = !line.is_empty() && line[0] != b'#';
            // A last row without its end and short of fields is cut off.
            if end.is_none() && (!is_last || is_row && self.fields_of(line) < self.width) {
                return at;
            }
            if is_row {
                self.add(line, at, &mut fields, block);
            }
            block.passed += u64::from(end.is_some());
            at = end.map_or(bytes.len(), |end| end + 1);
        }
        at
    }
}

/// The names of `columns` for the account, and the roles that they fill.
pub(super) fn described(name: &'static str, columns: &[Column]) -> (Format, Roles) {
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
    let record = ["row", "rows"];
    (Format { name, record, has_roles: true, source, destination }, roles)
}

/// Recognises flow logs of a VPC: names with spaces between them, `srcaddr` and `dstaddr` among them.
///
/// # Errors
///
/// A header without the columns that the options name.
pub(super) fn recognise(
    head: &mut Head<'_>,
    options: &Options,
) -> Result<Option<Opened>, InputError> {
    let Some(first) = lines::first(head.bytes(), head.is_whole()) else {
        return Ok(None);
    };
    let header: Vec<String> = first
        .text
        .split(|&byte| byte == b' ')
        .map(|name| printable(&String::from_utf8_lossy(name)))
        .collect();
    let has = |name: &str| header.iter().any(|column| column == name);
    if !has("srcaddr") && !has("dstaddr") {
        return Ok(None);
    }
    let (skip, lines_before) = (first.offset, first.lines_before);
    let header_end = lines::line_end(&head.bytes()[skip..], head.is_whole());
    let skip = header_end.map_or(head.bytes().len(), |(_, next)| skip + next);
    let (columns, warnings) = columns::choose(&header, options, head.name())?;
    let (format, roles) = described("vpc", &columns);
    Ok(Some(Opened {
        format,
        roles,
        skip,
        lines_before: lines_before + 1,
        counted_by: At::Line,
        cutter: Box::new(LineCutter(Arc::new(Rows::new(b' ', &header, columns, Vec::new())))),
        warnings,
    }))
}
