//! Rows whose cells are divided by one byte and never quoted, as in Zeek's logs, or by blanks.

use std::sync::Arc;

use memchr::{memchr, memchr_iter};

use crate::input::format::Parser;
use crate::input::options::Notation;
use crate::input::read::block::{Block, MalformedInBlock};
use crate::input::record::{Cell, Record};
use crate::input::role::Role;
use crate::input::text::blanks;
use crate::input::text::cell::parse_cell;
use crate::input::text::header::Division;
use crate::input::text::layout::{Headers, Layout};
use crate::input::text::unusual::Unusual;

/// The rows below a header.
pub(crate) struct Rows {
    layout: Arc<Layout>,
    /// How many columns to look at: up to the last one that is read.
    read: usize,
    /// What stands for a missing value, besides the usual words.
    unset: Vec<Vec<u8>>,
    unusual: Unusual,
}

impl Rows {
    /// A layout without columns is that of a log of something other than packets and flows, whose rows are
    /// only counted.
    pub fn new(layout: Arc<Layout>, unset: Vec<Vec<u8>>, headers: Option<Arc<Headers>>) -> Self {
        let columns = layout.columns.iter().map(|column| column.index);
        let last = columns.chain(layout.facts.all()).max();
        let read = last.map_or(0, |last| last + 1);
        let unusual = Unusual::new(layout.clone(), headers);
        Self { layout, read, unset, unusual }
    }

    /// Adds the row `line`, which starts at byte `at` of the block. `fields` is scratch space.
    fn add<'l>(&self, line: &'l [u8], at: usize, fields: &mut Vec<&'l [u8]>, block: &mut Block) {
        let notation = block.wanted().notation;
        fields.clear();
        let cells = match self.layout.header.division {
            Division::Byte(byte) | Division::Delimiter(byte) => {
                fields.extend(line.split(|&other| other == byte).take(self.read));
                memchr_iter(byte, line).count() + 1
            }
            Division::Blanks => {
                fields.extend(blanks::cells(line));
                fields.len()
            }
        };
        let field = |at: usize| fields.get(at).copied().unwrap_or_default();
        let cell = |role| match self.layout.column(role) {
            None if self.layout.columns.is_empty() => Cell::NotIp,
            None => Cell::Missing,
            Some(column) => self.cell(field(column.index), notation),
        };
        let (source, destination) = (cell(Role::Source), cell(Role::Destination));
        let is_usual = cells == self.layout.width() && source.is_usual() && destination.is_usual();
        if !is_usual && !self.layout.columns.is_empty() {
            return self.add_unusual(line, at, block);
        }
        block.irregular.ragged += u64::from(cells != self.layout.width());
        let facts = &self.layout.facts;
        let record = Record {
            source,
            destination,
            packets: facts.packets(field),
            bytes: facts.bytes(field),
            facts: facts.read(field, block),
        };
        block.add(&record, |_| MalformedInBlock::default());
        block.recount(facts.unit());
    }

    #[cold]
    fn add_unusual(&self, line: &[u8], at: usize, block: &mut Block) {
        let notation = block.wanted().notation;
        let cells = self.cells(line);
        self.unusual.add(&cells, line, at, block, |cell| self.cell(cell, notation));
    }

    fn cell(&self, content: &[u8], notation: Notation) -> Cell {
        match parse_cell(content, notation) {
            Cell::Malformed if self.unset.iter().any(|unset| unset == content) => Cell::Missing,
            cell => cell,
        }
    }

    /// All cells of `line`.
    fn cells<'l>(&self, line: &'l [u8]) -> Vec<&'l [u8]> {
        match self.layout.header.division {
            Division::Byte(byte) | Division::Delimiter(byte) => {
                line.split(|&other| other == byte).collect()
            }
            Division::Blanks => blanks::cells(line).collect(),
        }
    }
}

impl Parser for Rows {
    fn parse(&self, bytes: &[u8], is_last: bool, block: &mut Block) -> usize {
        let mut fields = Vec::with_capacity(self.layout.width());
        let mut at = 0;
        while at < bytes.len() && block.successor.is_none() {
            let end = memchr(b'\n', &bytes[at..]).map(|len| at + len);
            let raw = &bytes[at..end.unwrap_or(bytes.len())];
            let line = raw.strip_suffix(b"\r").unwrap_or(raw);
            let is_row = !line.trim_ascii().is_empty() && line[0] != b'#';
            // A last row that has no line end and too few fields is truncated.
            let is_cut = || is_row && self.cells(line).len() < self.layout.width();
            if end.is_none() && (!is_last || is_cut()) {
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
