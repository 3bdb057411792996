//! The rows of a table: read fast as long as they have no quotes, and exactly where they do.

use std::sync::Arc;

use crate::input::format::Parser;
use crate::input::options::Notation;
use crate::input::read::block::{Block, MANY_LINES};
use crate::input::record::Cell;
use crate::input::text::cell::{parse_cell, parse_ipv4};
use crate::input::text::exact::Exact;
use crate::input::text::fast::{self, Quotes};
use crate::input::text::layout::{Headers, Layout};
use crate::input::text::lines;
use crate::input::text::slots::{Slot, Slots};
use crate::input::text::unusual::Unusual;

/// Columns that identify a table of nfdump.
const NFDUMP: [&str; 4] = ["ts", "te", "sa", "da"];

/// The rows of a table.
pub(crate) struct Table {
    delimiter: u8,
    slots: Slots,
    is_nfdump: bool,
    others: Unusual,
}

impl Table {
    pub fn new(delimiter: u8, layout: Arc<Layout>, headers: Option<Arc<Headers>>) -> Self {
        let header = &layout.header.names;
        let is_nfdump = NFDUMP.iter().all(|name| header.iter().any(|column| column == name));
        let slots = Slots::new(&layout);
        Self { delimiter, slots, is_nfdump, others: Unusual::new(layout, headers) }
    }
}

impl Parser for Table {
    fn parse(&self, bytes: &[u8], is_last: bool, block: &mut Block) -> usize {
        // Created only if needed: that takes as long as reading many rows.
        let mut exact = None;
        let (mut found, mut at) = (self.slots.targets.room(), 0);
        let cuts = (self.delimiter, Quotes::Strange);
        loop {
            at = fast::rows(bytes, at, cuts, &self.slots.targets, &mut found, |row| {
                let is_read = row.end == row.start
                    || self.add(row.fields, |slot: Slot| row.field(slot.between), block);
                if !is_read {
                    let line = &bytes[row.start..row.end];
                    let cells: Vec<&[u8]> = line.split(|&byte| byte == self.delimiter).collect();
                    self.add_other(&cells, line, row.start, block);
                }
                block.passed += 1;
                is_read || block.successor.is_none()
            });
            if at == bytes.len() || block.successor.is_some() {
                return at;
            }
            if let Some((0, next)) = lines::line_end(&bytes[at..], true) {
                block.passed += 1;
                at += next;
                continue;
            }
            let exact = exact.get_or_insert_with(|| Exact::new(self.delimiter));
            let Some(row) = exact.read(&bytes[at..], is_last) else { return at };
            let ends = lines::count(&bytes[at..at + row.len]);
            if ends > MANY_LINES {
                block.long_record.get_or_insert(block.passed);
            }
            // A last row that has no line end and too few fields is truncated, as is one that ends in quotes.
            if !row.has_end && row.fields < self.slots.width || row.is_open {
                return at;
            }
            let field = |slot: Slot| match slot.index < row.fields {
                true => exact.field(slot.index),
                false => b"".as_slice(),
            };
            if !self.add(row.fields, field, block) {
                let cells: Vec<&[u8]> = (0..row.fields).map(|at| exact.field(at)).collect();
                self.add_other(&cells, &bytes[at..at + row.len], at, block);
            }
            block.passed += ends;
            at += row.len;
            if block.successor.is_some() {
                return at;
            }
        }
    }
}

impl Table {
    /// Adds a row that is as its header says. Returns whether it is.
    #[inline(always)]
    fn add<'a>(&self, fields: usize, field: impl Fn(Slot) -> &'a [u8], block: &mut Block) -> bool {
        let notation = block.wanted().notation;
        self.slots.add(fields, field, |content| cell(content, notation), block)
    }

    /// Adds any other row, `line`, which starts at byte `at` of the block.
    #[cold]
    fn add_other(&self, cells: &[&[u8]], line: &[u8], at: usize, block: &mut Block) {
        // The summary below a table of nfdump: the word Summary, and the names and values of six sums.
        if self.is_nfdump && cells.len() != self.slots.width && matches!(cells.len(), 1 | 6) {
            return;
        }
        let notation = block.wanted().notation;
        self.others.add(cells, line, at, block, |field| cell(field, notation));
    }
}

/// What a field holds. If it has several values, as TShark writes for nested headers, the first one counts.
#[inline(always)]
fn cell(field: &[u8], notation: Notation) -> Cell {
    match parse_ipv4(field) {
        Some(address) => Cell::plain(address),
        None => other_cell(field, notation),
    }
}

#[cold]
fn other_cell(field: &[u8], notation: Notation) -> Cell {
    let first = field.split(|&byte| byte == b',').next().unwrap_or_default();
    match parse_cell(field, notation) {
        Cell::Malformed if first.len() < field.len() => match parse_cell(first, notation) {
            cell if cell.is_address() => cell,
            _ => Cell::Malformed,
        },
        cell => cell,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::input::message::excerpt;
    use crate::input::options::Options;
    use crate::input::read::block::{MalformedInBlock, Side};
    use crate::input::read::wanted::Wanted;
    use crate::input::record::Record;
    use crate::input::role::{Role, Roles};
    use crate::input::text::columns::{Column, Sample};
    use crate::input::text::header::{Division, Header};
    use crate::input::text::ragged::Placed;

    /// A table of three columns, the first and the last of which are read.
    fn table(delimiter: u8) -> Table {
        let header = ["src", "note", "dst"].map(str::to_owned);
        let column = |role, index: usize| Column { role, index, name: header[index].clone() };
        let columns = vec![column(Role::Source, 0), column(Role::Destination, 2)];
        let names = header.to_vec();
        let header = Header { division: Division::Delimiter(delimiter), names };
        let layout = Layout::new(header, columns, &Options::default(), &Sample::default());
        Table::new(delimiter, Arc::new(layout), None)
    }

    fn block() -> Block {
        Block::new(Arc::new(Wanted::new(Roles::Both, &Options::default())))
    }

    /// All that a block holds, with places counted from `number` and `offset` on.
    type Found = (u64, u64, Vec<(Vec<u32>, crate::input::Tally)>, Vec<(u64, u64, String)>);

    fn found(block: &Block) -> Found {
        let side = |side: &Side| (side.keys.addresses.clone(), side.tally);
        let places = block.malformed.iter();
        (
            block.records,
            block.irregular.ragged,
            vec![side(&block.source), side(&block.destination)],
            places.map(|place| (place.number, place.offset, place.value.clone())).collect(),
        )
    }

    /// What the csv crate reads, but for the last row if `is_cut`.
    fn expected(text: &[u8], delimiter: u8, is_cut: bool) -> Found {
        let mut reader = csv::ReaderBuilder::new();
        let mut reader =
            reader.has_headers(false).flexible(true).delimiter(delimiter).from_reader(text);
        let mut rows: Vec<csv::ByteRecord> = reader.byte_records().map(Result::unwrap).collect();
        if is_cut {
            rows.pop();
        }
        let mut block = block();
        for row in &rows {
            let notation = Notation::default();
            let is_padded =
                row.len() > 3 && row.iter().skip(3).all(|cell| cell.trim_ascii().is_empty());
            let is_overlong = row.len() > 3 && !is_padded;
            block.irregular.ragged += u64::from(row.len() < 3 || is_overlong);
            let field = |at| row.get(at).unwrap_or_default();
            let cell = |at| other_cell(field(at), notation);
            let placed = Placed::new(row.len(), 3, [Some(0), Some(2)], cell);
            let at = if is_overlong { placed.sides()[1] } else { Some(2) };
            let record = Record::of(cell(0), at.map_or(Cell::Malformed, cell));
            // The line of a record after blank ones is that of the first of these, so it is counted anew.
            let start = row.position().unwrap().byte() as usize;
            let is_end = |byte: &&u8| matches!(byte, b'\n' | b'\r');
            let offset = start + text[start..].iter().take_while(is_end).count();
            block.add(&record, |role| MalformedInBlock {
                number: lines::count(&text[..offset]),
                offset: offset as u64,
                column: Some(role.to_string()),
                value: match (role, at) {
                    (Role::Source, _) => excerpt(field(0)),
                    (_, Some(at)) => excerpt(field(at)),
                    (_, None) => {
                        let cells: Vec<&[u8]> = row.iter().skip(2).take(row.len() - 2).collect();
                        excerpt(&cells[..cells.len().min(8)].join(&b','))
                    }
                },
            });
        }
        found(&block)
    }

    /// Fields near enough to all that may be in a table.
    fn field() -> impl Strategy<Value = String> {
        prop_oneof![
            6 => any::<u8>().prop_map(|octet| format!("10.0.0.{octet}")),
            1 => Just("::1".to_owned()),
            2 => "[a1 .]{0,90}",
            1 => "\"([a,;\n\r]|\"\"){0,6}\"",
            1 => "[a\"]{0,4}",
        ]
    }

    fn text() -> impl Strategy<Value = (u8, String)> {
        let delimiter = prop_oneof![Just(','), Just(';')];
        let end =
            prop_oneof![4 => Just("\n"), 1 => Just("\r\n"), 1 => Just("\r"), 1 => Just("\n\n")];
        let row = (prop::collection::vec(field(), 0..5), end);
        (delimiter, prop::collection::vec(row, 0..30), field()).prop_map(
            |(delimiter, rows, last)| {
                let mut text = String::new();
                for (fields, end) in rows {
                    text += &fields.join(&delimiter.to_string());
                    text += end;
                }
                (delimiter as u8, text + &last)
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn both_readers_agree_with_the_csv_crate((delimiter, text) in text()) {
            let mut block = block();
            let used = table(delimiter).parse(text.as_bytes(), true, &mut block);
            let is_cut = used < text.len();
            prop_assert_eq!(found(&block), expected(text.as_bytes(), delimiter, is_cut));
            prop_assert_eq!(block.passed, lines::count(&text.as_bytes()[..used]));
        }

        #[test]
        fn a_cut_changes_nothing((delimiter, text) in text(), cut in any::<prop::sample::Index>()) {
            let bytes = text.as_bytes();
            let table = table(delimiter);
            let mut whole = block();
            let all = table.parse(bytes, true, &mut whole);
            let ends: Vec<usize> = (0..bytes.len()).filter(|&at| bytes[at] == b'\n').collect();
            prop_assume!(!ends.is_empty());
            let cut = ends[cut.index(ends.len())] + 1;
            let (mut first, mut second) = (block(), block());
            let used = table.parse(&bytes[..cut], false, &mut first);
            let rest = table.parse(&bytes[used..], true, &mut second);
            prop_assert_eq!(used + rest, all);
            prop_assert_eq!(first.records + second.records, whole.records);
            prop_assert_eq!(first.passed + second.passed, whole.passed);
            let keys = [&first, &second].map(|block| block.destination.keys.addresses.clone()).concat();
            prop_assert_eq!(keys, whole.destination.keys.addresses);
        }
    }
}
