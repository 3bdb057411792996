//! Objects as records: what each says about a packet, a flow or an address of a list.

use std::sync::Arc;

use memchr::memchr_iter;

use super::inside::{Found, Inside};
use super::paths::{INSIDE, Paths};
use super::scan::{Kind, WantedValues};
use super::value::{begins_column, cells, raw};
use super::wanted::{Names, paths, wanted};
use crate::input::format::Parser;
use crate::input::message::excerpt;
use crate::input::names::{self, Field};
use crate::input::options::Options;
use crate::input::protocol::parse_protocol;
use crate::input::read::block::{Block, MalformedInBlock};
use crate::input::record::{Cell, Facts, Record};
use crate::input::role::Role;
use crate::input::text::cell::parse_cell;
use crate::input::text::facts::{parse_count, parse_port};
use crate::input::text::log::embedded::Embedded;
use crate::input::time::parse_time;

/// How objects stand in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// One or more on each line.
    Lines,
    /// Over any number of lines, in arrays, or in an object of any size.
    Forest,
}

/// Reads objects.
#[derive(Debug)]
pub(super) struct Objects {
    pub paths: Arc<Paths>,
    /// The paths of the sources and those of the destinations, by rank.
    pub sources: Vec<(u16, String)>,
    pub destinations: Vec<(u16, String)>,
    pub layout: Layout,
    /// Whether flows in strings count, which have no fields that options could name.
    pub has_flows: bool,
    /// Whether the file is a list of addresses, without sources and destinations.
    pub is_list: bool,
    /// How the lines of a log are read that objects hold.
    pub embedded: Option<Embedded>,
}

impl Objects {
    pub fn new(options: &Options, of_addresses: Names, layout: Layout) -> Self {
        let wanted = wanted(options, of_addresses);
        let of = |slot| {
            let of_slot = wanted.iter().filter(move |want| want.slot == slot);
            of_slot.map(|want| (want.rank, want.path.to_owned())).collect()
        };
        Self {
            paths: paths(&wanted, options, of_addresses),
            sources: of(Field::Source),
            destinations: of(Field::Destination),
            layout,
            has_flows: options.names_no_column(),
            is_list: false,
            embedded: None,
        }
    }

    /// Adds the object at `start`, whose wanted values are `found` in `bytes`, or the records inside it.
    #[inline]
    pub fn add(
        &self,
        bytes: &[u8],
        found: &WantedValues,
        start: usize,
        origin: Origin,
        block: &mut Block,
    ) {
        let cells = cells(bytes, found, block.wanted().notation);
        if cells.iter().any(|cell| cell.is_address()) {
            self.add_record(bytes, found, cells, &|| origin.place(bytes, start), block);
        } else {
            self.add_other(bytes, found, start, origin, block);
        }
    }

    /// Adds an object without an address of its own.
    #[cold]
    fn add_other(
        &self,
        bytes: &[u8],
        found: &WantedValues,
        start: usize,
        origin: Origin,
        block: &mut Block,
    ) {
        let is_none = |slot: Field| found[slot as usize].kind == Kind::Absent;
        let is_other = is_none(Field::Source) && is_none(Field::Destination);
        if self.search(bytes, start, origin, block) {
            return;
        }
        // A record of something else, such as statistics, has neither.
        let cells = match is_other {
            true => [Cell::NotIp; 2],
            false => cells(bytes, found, block.wanted().notation),
        };
        self.add_record(bytes, found, cells, &|| origin.place(bytes, start), block);
    }

    /// Adds the records inside the sound object or array at `start`; returns whether there are any.
    pub fn search(&self, bytes: &[u8], start: usize, origin: Origin, block: &mut Block) -> bool {
        self.inside(bytes, origin, block, |inside| inside.search(bytes, start))
    }

    /// Adds the string at `start`, an element of an array, if it is a flow or an address of a list.
    pub fn add_text(&self, bytes: &[u8], start: usize, origin: Origin, block: &mut Block) -> bool {
        self.inside(bytes, origin, block, |inside| inside.text(bytes, start))
    }

    fn inside(
        &self,
        bytes: &[u8],
        origin: Origin,
        block: &mut Block,
        look: impl FnOnce(&mut Inside<'_>) -> bool,
    ) -> bool {
        let notation = block.wanted().notation;
        let mut sink = |at: usize, what: Found<'_>| {
            let place = || origin.place(bytes, at);
            match what {
                Found::Line(line) => {
                    let embedded = self.embedded.as_ref();
                    return embedded.is_some_and(|embedded| embedded.add(line, block, &place));
                }
                Found::Object(text, _, found) => {
                    self.add_record(text, found, cells(text, found, notation), &place, block);
                }
                Found::Flow(flow) => block.add(&flow, |_| place()),
                Found::Listed(text) => {
                    let cell = parse_cell(text, notation);
                    let value = || MalformedInBlock { value: excerpt(text), ..place() };
                    block.add(&Record::of(cell, cell), |_| value());
                }
                Found::Other => block.add(&Record::of(Cell::NotIp, Cell::NotIp), |_| place()),
            }
            true
        };
        let paths = &*self.paths;
        look(&mut Inside {
            paths,
            notation,
            has_flows: self.has_flows,
            has_lists: self.is_list,
            has_lines: self.embedded.is_some(),
            sink: &mut sink,
        })
    }

    /// Adds the record that an object is.
    #[inline]
    fn add_record(
        &self,
        bytes: &[u8],
        found: &WantedValues,
        [source, destination]: [Cell; 2],
        place: &dyn Fn() -> MalformedInBlock,
        block: &mut Block,
    ) {
        let raw = |slot| raw(bytes, found[slot as usize]);
        let facts = if block.wanted().needs_facts() {
            Facts {
                protocol: parse_protocol(raw(Field::Protocol)),
                source_port: parse_port(raw(Field::SourcePort)),
                destination_port: parse_port(raw(Field::DestinationPort)),
                time: time(raw(Field::Time), found[Field::Time as usize].rank, block),
            }
        } else {
            Facts::default()
        };
        // Both directions are added if they belong to one pair of names.
        let sum = |out: Field, back: Field| {
            let is_pair = found[out as usize].rank == found[back as usize].rank;
            let back = if is_pair { parse_count(raw(back)) } else { None };
            match (parse_count(raw(out)), back) {
                (Some(out), Some(back)) => Some(out.saturating_add(back)),
                (out, back) => out.or(back),
            }
        };
        // The address of a list belongs to whatever role is asked for.
        let destination = if self.is_list { source } else { destination };
        let packets = sum(Field::Packets, Field::PacketsBack);
        if packets.is_none() && !raw(Field::Packets).is_empty() {
            let rank = found[Field::Packets as usize].rank;
            block.add_unread_packets(raw(Field::Packets), known_name(Field::Packets, rank));
        }
        let is_column = |slot: Field| begins_column(bytes, found[slot as usize]);
        if is_column(Field::Source) || is_column(Field::Destination) {
            block.irregular.columns += 1;
        }
        let back = [Field::PacketsBack, Field::BytesBack].map(|back| parse_count(raw(back)));
        let is_answered = back.into_iter().flatten().next().map(|back| back > 0);
        let bytes = sum(Field::Bytes, Field::BytesBack);
        block.add(&Record { source, destination, packets, bytes, is_answered, facts }, |role| {
            let (slot, paths) = match role {
                Role::Destination if !self.is_list => (Field::Destination, &self.destinations),
                _ => (Field::Source, &self.sources),
            };
            let column = path(paths, found[slot as usize].rank);
            MalformedInBlock { column, value: excerpt(raw(slot)), ..place() }
        });
    }

    /// Counts `bytes`, which are not an object, as malformed.
    pub fn add_damage(
        &self,
        bytes: &[u8],
        start: usize,
        end: usize,
        origin: Origin,
        block: &mut Block,
    ) {
        block.add(&Record::of(Cell::Malformed, Cell::Malformed), |_| MalformedInBlock {
            value: excerpt(&bytes[start..end]),
            ..origin.place(bytes, start)
        });
    }
}

impl Parser for Objects {
    fn parse(&self, bytes: &[u8], is_last: bool, block: &mut Block) -> usize {
        match self.layout {
            Layout::Lines => self.lines(bytes, is_last, block),
            Layout::Forest => self.forest(bytes, block),
        }
    }
}

/// Where a text stands in its block.
#[derive(Debug, Clone, Copy)]
pub(super) struct Origin {
    /// The line of the block on which byte `from` of the text stands.
    pub number: u64,
    pub from: usize,
    /// The byte of the block at which the text begins.
    pub offset: usize,
}

impl Origin {
    /// The location of byte `at` of `text`.
    fn place(self, text: &[u8], at: usize) -> MalformedInBlock {
        let lines = memchr_iter(b'\n', text.get(self.from..at).unwrap_or_default()).count() as u64;
        MalformedInBlock {
            number: self.number + lines,
            offset: (self.offset + at) as u64,
            column: None,
            value: excerpt(text.get(at..).unwrap_or_default()),
        }
    }
}

/// The first of `paths` with this rank, or with this rank inside wrappers.
pub(super) fn path(paths: &[(u16, String)], rank: u16) -> Option<String> {
    let rank = rank & !INSIDE;
    paths.iter().find(|&&(known, _)| known == rank).map(|(_, path)| path.clone())
}

/// The time `text` of an object, whose name has this rank. One that cannot be read is counted in `block`.
fn time(text: &[u8], rank: u16, block: &mut Block) -> Option<i64> {
    let time = parse_time(text, block.wanted().notation);
    if time.is_none() && !text.is_empty() {
        block.add_unread_time(text, known_name(Field::Time, rank));
    }
    time
}

/// The name of `field` that has this rank.
fn known_name(field: Field, rank: u16) -> &'static str {
    let (name, _) = names::pairs(field).nth(usize::from(rank & !INSIDE)).unwrap_or_default();
    name.unwrap_or_default()
}
