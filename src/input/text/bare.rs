//! Rows whose cells are divided by one byte and never quoted, as in Zeek's logs, or by blanks.

use std::sync::Arc;

use memchr::memchr;

use crate::input::format::Parser;
use crate::input::options::Notation;
use crate::input::read::block::{Block, MalformedInBlock};
use crate::input::record::{Cell, Record};
use crate::input::text::blanks;
use crate::input::text::cell::parse_cell;
use crate::input::text::fast::{self, Quotes};
use crate::input::text::header::Division;
use crate::input::text::layout::{Headers, Layout};
use crate::input::text::slots::{Slot, Slots};
use crate::input::text::unusual::Unusual;

/// The rows below a header.
pub(crate) struct Rows {
    division: Division,
    slots: Slots,
    /// Whether the log is one of something other than packets and flows, whose rows are only counted.
    is_counted_only: bool,
    /// What stands for a missing value, besides the usual words.
    unset: Vec<Vec<u8>>,
    unusual: Unusual,
}

impl Rows {
    /// A layout without columns is that of a log whose rows are only counted.
    pub fn new(layout: Arc<Layout>, unset: Vec<Vec<u8>>, headers: Option<Arc<Headers>>) -> Self {
        Self {
            division: layout.header.division,
            slots: Slots::new(&layout),
            is_counted_only: layout.columns.is_empty(),
            unset,
            unusual: Unusual::new(layout, headers),
        }
    }

    /// Adds the row `line` of so many fields, which starts at byte `at` of the block.
    #[inline(always)]
    fn add<'l>(
        &self,
        (line, at): (&'l [u8], usize),
        fields: usize,
        field: impl Fn(Slot) -> &'l [u8],
        block: &mut Block,
    ) {
        let notation = block.wanted().notation;
        if self.is_counted_only {
            block.irregular.ragged += u64::from(fields != self.slots.width);
            let record = Record::of(Cell::NotIp, Cell::NotIp);
            block.add(&record, |_| MalformedInBlock::default());
        } else if !self.slots.add(fields, field, |content| self.cell(content, notation), block) {
            self.add_unusual(line, at, block);
        }
    }

    #[cold]
    fn add_unusual(&self, line: &[u8], at: usize, block: &mut Block) {
        let notation = block.wanted().notation;
        let mut cells = Vec::new();
        self.divide(line, &mut cells);
        self.unusual.add(&cells, line, at, block, |cell| self.cell(cell, notation));
    }

    #[inline(always)]
    fn cell(&self, content: &[u8], notation: Notation) -> Cell {
        match parse_cell(content, notation) {
            Cell::Malformed if self.unset.iter().any(|unset| unset == content) => Cell::Missing,
            cell => cell,
        }
    }

    /// All cells of `line`.
    fn divide<'l>(&self, line: &'l [u8], cells: &mut Vec<&'l [u8]>) {
        cells.clear();
        match self.division {
            Division::Byte(byte) | Division::Delimiter(byte) => {
                cells.extend(line.split(|&other| other == byte));
            }
            Division::Blanks => cells.extend(blanks::cells(line)),
        }
    }

    /// Reads rows as long as nothing but their bytes divides them. Returns where the first other one begins.
    fn parse_plain(
        &self,
        bytes: &[u8],
        at: usize,
        found: &mut [usize],
        block: &mut Block,
    ) -> usize {
        let Division::Byte(byte) = self.division else { return at };
        fast::rows(bytes, at, (byte, Quotes::Plain), &self.slots.targets, found, |row| {
            let line = &bytes[row.start..row.end];
            if is_row(line) {
                let field = |slot: Slot| row.field(slot.between);
                self.add((line, row.start), row.fields, field, block);
            }
            block.passed += 1;
            block.successor.is_none()
        })
    }
}

/// Whether `line` is neither blank nor a declaration.
fn is_row(line: &[u8]) -> bool {
    !line.trim_ascii().is_empty() && line[0] != b'#'
}

impl Parser for Rows {
    fn parse(&self, bytes: &[u8], is_last: bool, block: &mut Block) -> usize {
        let (mut found, mut cells) = (self.slots.targets.room(), Vec::new());
        let mut at = 0;
        loop {
            at = self.parse_plain(bytes, at, &mut found, block);
            if at == bytes.len() || block.successor.is_some() {
                return at;
            }
            let end = memchr(b'\n', &bytes[at..]).map(|len| at + len);
            let raw = &bytes[at..end.unwrap_or(bytes.len())];
            let line = raw.strip_suffix(b"\r").unwrap_or(raw);
            let is_row = is_row(line);
            if is_row {
                self.divide(line, &mut cells);
            }
            // A last row that has no line end and too few fields is truncated.
            let is_cut = is_row && cells.len() < self.slots.width;
            if end.is_none() && (!is_last || is_cut) {
                return at;
            }
            if is_row {
                let field = |slot: Slot| cells.get(slot.index).copied().unwrap_or_default();
                self.add((line, at), cells.len(), field, block);
            }
            block.passed += u64::from(end.is_some());
            at = end.map_or(bytes.len(), |end| end + 1);
            if block.successor.is_some() {
                return at;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::input::options::Options;
    use crate::input::read::wanted::Wanted;
    use crate::input::role::{Role, Roles};
    use crate::input::text::cell::parse_ipv4;
    use crate::input::text::columns::{Column, Sample};
    use crate::input::text::header::Header;

    /// Fields that are read fast, and some that are not.
    fn field() -> impl Strategy<Value = String> {
        prop_oneof![
            6 => any::<u8>().prop_map(|octet| format!("10.0.0.{octet}")),
            1 => "[a1 .#\"]{0,90}",
            1 => "[\"\r]{1,2}",
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn rows_are_what_their_lines_say(
            lines in prop::collection::vec(prop::collection::vec(field(), 0..5), 0..30),
            end in prop_oneof![Just("\n"), Just("\r\n")],
        ) {
            let names = ["src", "note", "dst"].map(str::to_owned).to_vec();
            let columns = vec![
                Column::of(Role::Source, 0, &names),
                Column::of(Role::Destination, 2, &names),
            ];
            let header = Header { division: Division::Byte(b'\t'), names };
            let layout = Layout::new(header, columns, &Options::default(), &Sample::default());
            let rows = Rows::new(Arc::new(layout), Vec::new(), None);
            let mut block = Block::new(Arc::new(Wanted::new(Roles::Both, &Options::default())));
            let text: String = lines.iter().map(|cells| cells.join("\t") + end).collect();
            prop_assert_eq!(rows.parse(text.as_bytes(), true, &mut block), text.len());

            let (mut records, mut ragged, mut sources) = (0, 0, Vec::new());
            for line in text.lines().filter(|line| is_row(line.as_bytes())) {
                let mut cells: Vec<&str> = line.split('\t').collect();
                while cells.len() > 3 && cells.last().is_some_and(|cell| cell.trim().is_empty()) {
                    cells.pop();
                }
                records += 1;
                ragged += u64::from(cells.len() != 3);
                sources.extend(parse_ipv4(cells[0].as_bytes()));
            }
            prop_assert_eq!((block.records, block.irregular.ragged), (records, ragged));
            prop_assert_eq!(&block.source.keys.addresses, &sources);
            prop_assert_eq!(block.passed, lines.len() as u64);
        }
    }
}
