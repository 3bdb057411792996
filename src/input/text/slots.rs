//! How a usual row becomes a record, whichever way its cells were found.

use super::fast::{Between, Targets};
use crate::input::read::block::{Block, MalformedInBlock};
use crate::input::record::{Cell, Record};
use crate::input::role::Role;
use crate::input::text::facts::FactColumns;
use crate::input::text::layout::Layout;

/// A column that is read: its number, and where the fast reader finds it.
#[derive(Clone, Copy)]
pub(super) struct Slot {
    pub index: usize,
    pub between: Between,
}

/// The columns of a layout that are read.
pub(super) struct Slots {
    pub targets: Targets,
    /// The columns of the header.
    pub width: usize,
    source: Option<Slot>,
    destination: Option<Slot>,
    /// Of a side that is not asked for, where its peers are.
    peers: [Option<Slot>; 2],
    facts: FactColumns<Slot>,
}

impl Slots {
    pub fn new(layout: &Layout) -> Self {
        let roles = [Role::Source, Role::Destination];
        let asked = layout.columns.iter().map(|column| column.index);
        let peers = roles.map(|role| layout.peers(role));
        let indices = asked.chain(peers.into_iter().flatten()).chain(layout.facts.all());
        let targets = Targets::new(indices);
        let slot = |index| Slot { index, between: targets.between(index) };
        let [source, destination] =
            roles.map(|role| layout.column(role).map(|column| slot(column.index)));
        let peers = peers.map(|peers| peers.map(slot));
        let (width, facts) = (layout.width(), layout.facts.map(slot));
        Self { targets, width, source, destination, peers, facts }
    }

    /// Adds a row of as many fields as the header has, if its addresses are usual cells. Returns whether it
    /// did. `cell` says what a field holds.
    #[inline(always)]
    pub fn add<'a>(
        &self,
        fields: usize,
        field: impl Fn(Slot) -> &'a [u8],
        cell: impl Fn(&'a [u8]) -> Cell,
        block: &mut Block,
    ) -> bool {
        let content = |slot: Option<Slot>| slot.map_or(b"".as_slice(), &field);
        let source = cell(content(self.source));
        let destination = cell(content(self.destination));
        if fields != self.width || !source.is_usual() || !destination.is_usual() {
            return false;
        }
        let (source, destination) = match self.peers {
            [None, None] => (source, destination),
            [Some(peers), _] => (cell(field(peers)).or_missing(), destination),
            [_, Some(peers)] => (source, cell(field(peers)).or_missing()),
        };
        let record = Record {
            source,
            destination,
            packets: self.facts.packets(&field, block),
            bytes: self.facts.bytes(&field),
            is_answered: self.facts.is_answered(&field),
            facts: self.facts.read(&field, block),
        };
        block.add(&record, |_| MalformedInBlock::default());
        block.recount(self.facts.unit());
        true
    }
}
