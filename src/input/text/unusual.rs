//! Rows that are not as their header says: longer, shorter, without an address where one belongs, or headers
//! themselves. They are rare, so nothing here needs to be fast.

use std::sync::Arc;

use crate::input::message::excerpt;
use crate::input::read::block::{Block, MalformedInBlock};
use crate::input::record::{Cell, Record};
use crate::input::role::Role;
use crate::input::text::layout::{Further, Headers, Layout};
use crate::input::text::ragged::Placed;

/// Cells of a row that are shown if it cannot be told which of them a column's is.
const SHOWN: usize = 8;

/// Reads such rows of one table.
pub(crate) struct Unusual {
    layout: Arc<Layout>,
    /// None for rows that were made here, which hold no headers.
    headers: Option<Arc<Headers>>,
}

impl Unusual {
    pub fn new(layout: Arc<Layout>, headers: Option<Arc<Headers>>) -> Self {
        Self { layout, headers }
    }

    /// Adds the row `line`, which starts at byte `at` of the block and has these `cells`; `cell` says what
    /// one of them holds. If the row is a header that names other columns, the block gets a successor.
    pub fn add(
        &self,
        cells: &[&[u8]],
        line: &[u8],
        at: usize,
        block: &mut Block,
        cell: impl Fn(&[u8]) -> Cell,
    ) {
        let width = self.layout.width();
        // Separators at the end of a row say nothing.
        let is_padded = cells.len() > width && cells[width..].iter().all(|cell| is_empty(cell));
        let cells = if is_padded { &cells[..width] } else { cells };
        if self.is_header(cells, line, block, &cell) {
            return;
        }
        let placed = (cells.len() > width)
            .then(|| Placed::new(cells.len(), width, self.layout.sides, |at| cell(cells[at])));
        block.irregular.ragged += u64::from(cells.len() != width);
        block.irregular.overlong += u64::from(placed.is_some());

        // Nothing tells whether such a row lacks its name or its end.
        let is_short = self.layout.has_row_names && cells.len() < width;
        let found = |column: usize| match &placed {
            None if is_short => None,
            None => Some(column),
            Some(placed) => {
                let side = self.layout.sides.iter().position(|&side| side == Some(column));
                side.map_or_else(|| placed.at(column), |side| placed.sides()[side])
            }
        };
        let content = |at: usize| cells.get(at).copied().unwrap_or_default();
        let of = |role| match self.layout.column(role) {
            None => {
                let peers = self.layout.peers(role).and_then(found);
                peers.map_or(Cell::Missing, |at| cell(content(at)).or_missing())
            }
            Some(column) => found(column.index).map_or(Cell::Malformed, |at| cell(content(at))),
        };
        let field = |column: usize| found(column).map_or(b"".as_slice(), content);
        let facts = &self.layout.facts;
        let record = Record {
            source: of(Role::Source),
            destination: of(Role::Destination),
            packets: facts.packets(field, block),
            bytes: facts.bytes(field),
            is_answered: facts.is_answered(field),
            facts: facts.read(field, block),
        };
        let number = block.passed;
        block.add(&record, |role| {
            let column = self.layout.column(role);
            let index = column.map_or(0, |column| column.index);
            let value = match found(index) {
                Some(at) => excerpt(content(at)),
                None => {
                    let last = (index + 1 + cells.len()).saturating_sub(width);
                    let last = cells.len().min(last.max(index + 1)).min(index + SHOWN);
                    excerpt(&cells[index.min(last)..last].join(&b','))
                }
            };
            let column = column.map(|column| column.name.clone());
            MalformedInBlock { number, offset: at as u64, column, value }
        });
        block.recount(facts.unit());
    }

    /// Whether the row is a header, which is then counted, and obeyed.
    fn is_header(
        &self,
        cells: &[&[u8]],
        line: &[u8],
        block: &mut Block,
        cell: impl Fn(&[u8]) -> Cell,
    ) -> bool {
        let Some(headers) = &self.headers else { return false };
        // Names of hosts are more usual than headers, and quickly told from names of columns. A line of one
        // cell may be divided otherwise.
        let is_name =
            |content: &&[u8]| str::from_utf8(content).is_ok_and(|name| headers.knows(name));
        if cells.len() > 1 && !cells.iter().any(is_name)
            || cells.iter().any(|content| cell(content).is_address())
        {
            return false;
        }
        let Some(further) = headers.further(line, &self.layout) else { return false };
        block.irregular.headers += 1;
        if let Further::Other(parser) = further {
            block.irregular.changes += 1;
            block.successor = Some(parser);
        }
        true
    }
}

fn is_empty(cell: &[u8]) -> bool {
    cell.trim_ascii().is_empty()
}
