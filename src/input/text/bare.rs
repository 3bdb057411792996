//! Rows whose fields are separated by one byte and never quoted: Zeek's logs, whose head `zeek` reads, and VPC
//! flow logs.

use std::sync::Arc;

use memchr::{memchr, memchr_iter};

use crate::input::account::RecordNumber;
use crate::input::error::InputError;
use crate::input::format::{Opened, Parser};
use crate::input::message::{excerpt, printable};
use crate::input::options::Options;
use crate::input::read::block::{Block, MalformedInBlock};
use crate::input::read::head::Head;
use crate::input::record::{Cell, Record};
use crate::input::role::Role;
use crate::input::text::cell::parse_cell;
use crate::input::text::columns::{self, Column, described};
use crate::input::text::cutter::LineCutter;
use crate::input::text::facts::FactColumns;
use crate::input::text::lines;

/// Recognises VPC flow logs: names separated by spaces, `srcaddr` or `dstaddr` among them.
///
/// # Errors
///
/// A header without the columns that the options name.
pub(crate) fn recognise(
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
        counted_by: RecordNumber::Line,
        cutter: Box::new(LineCutter(Arc::new(Rows::new(
            b' ',
            &header,
            columns,
            Vec::new(),
            options.needs_facts(),
        )))),
        warnings,
    }))
}

/// The rows below a header.
#[derive(Debug)]
pub(crate) struct Rows {
    separator: u8,
    /// The columns of the header.
    width: usize,
    /// Empty for a log of something other than packets and flows, whose rows are only counted.
    columns: Vec<Column>,
    facts: FactColumns,
    /// How many columns to look at: up to the last one that is read.
    read: usize,
    /// What stands for a missing value, besides the usual words.
    unset: Vec<Vec<u8>>,
}

impl Rows {
    pub fn new(
        separator: u8,
        header: &[String],
        columns: Vec<Column>,
        unset: Vec<Vec<u8>>,
        with_facts: bool,
    ) -> Self {
        let facts = FactColumns::of(header, with_facts);
        let last = columns.iter().map(|column| column.index).chain(facts.all()).max();
        let read = last.map_or(0, |last| last + 1);
        Self { separator, width: header.len(), columns, facts, read, unset }
    }

    /// Adds the row `line`, which starts at byte `at` of the block. `fields` is scratch space.
    fn add<'l>(&self, line: &'l [u8], at: usize, fields: &mut Vec<&'l [u8]>, block: &mut Block) {
        let notation = block.wanted().notation;
        fields.clear();
        fields.extend(line.split(|&byte| byte == self.separator).take(self.read));
        block.ragged += u64::from(self.fields_of(line) != self.width);

        let field = |at: usize| fields.get(at).copied().unwrap_or_default();
        let of = |role| self.columns.iter().find(|column| column.role == role);
        let cell = |role| match of(role) {
            None if self.columns.is_empty() => Cell::NotIp,
            None => Cell::Missing,
            Some(column) => match parse_cell(field(column.index), notation) {
                Cell::Malformed if self.unset.iter().any(|unset| unset == field(column.index)) => {
                    Cell::Missing
                }
                cell => cell,
            },
        };
        let record = Record {
            source: cell(Role::Source),
            destination: cell(Role::Destination),
            packets: self.facts.packets(field),
            bytes: self.facts.bytes(field),
            facts: self.facts.read(field, block),
        };
        let number = block.passed;
        block.add(&record, |role| MalformedInBlock {
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
            // A last row that has no line end and too few fields is truncated.
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
