//! The result of parsing one block of records: its addresses in order, and its share of the account.

mod watch;

use std::sync::Arc;

use watch::{conversation, totals};

use crate::address::Unit;
use crate::behaviour::{Flow, Sum, Totals};
use crate::input::format::Parser;
use crate::input::irregular::Irregular;
use crate::input::read::keys::Keys;
use crate::input::read::unread::Unread;
use crate::input::read::wanted::{Verdict, Wanted};
use crate::input::record::{Cell, Form, Record};
use crate::input::role::Role;
use crate::input::tally::Tally;

/// Malformed cells of a file that are kept to be shown.
pub(crate) const REMEMBERED: usize = 3;

/// The addresses of a /8, the largest block that stands for its addresses.
pub(crate) const LARGEST_NETWORK: u32 = 1 << 24;

/// Addresses of a run that repay being counted as a block.
const LEAST_RUN: u64 = 256;

/// In a record of more lines than this, an unclosed quote is likelier than a cell of so many lines.
pub(crate) const MANY_LINES: u64 = 100;

/// A malformed cell, located relative to its block. The driver adds what came before the block.
#[derive(Debug, Default)]
pub(crate) struct MalformedInBlock {
    /// The line or packet of the block, from 0, at which its record starts.
    pub number: u64,
    /// The byte of the block at which its record starts.
    pub offset: u64,
    /// Its column or field; the cells of a list have none.
    pub column: Option<String>,
    /// The beginning of its content, safe to display.
    pub value: String,
}

/// Where in a block another capture begins.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Joint {
    /// The packets of the block before it.
    pub number: u64,
    /// The byte of the block at which its header begins.
    pub offset: u64,
}

/// The keys and cells of one role.
#[derive(Debug, Default)]
pub(crate) struct Side {
    pub keys: Keys,
    pub tally: Tally,
}

impl Side {
    #[inline]
    fn add(&mut self, cell: Cell, packets: u64) {
        if let Cell::Address { address, form: Form::Plain } = cell {
            self.tally.ipv4 += 1;
            self.keys.push(address, packets);
        } else {
            self.add_other(cell, packets);
        }
    }

    #[cold]
    fn add_other(&mut self, cell: Cell, packets: u64) {
        self.tally.add(cell);
        if let Cell::Address { address, .. } = cell {
            self.keys.push(address, packets);
        }
    }
}

/// What one block of records holds, in order.
#[derive(Default)]
pub(crate) struct Block {
    wanted: Arc<Wanted>,
    has_source: bool,
    has_destination: bool,
    /// Whether addresses may be dropped.
    is_filtered: bool,
    /// Whether more is gathered than addresses and their packets.
    is_watched: bool,
    /// Whether both sides go into the keys of the source.
    is_any: bool,
    /// How many more malformed cells to keep.
    pub malformed_left: usize,
    pub source: Side,
    pub destination: Side,
    /// Who asks whom for what, if the run wants that.
    pub flows: Vec<Flow>,
    /// Seconds since 1970, and how many records in a row have them.
    pub seconds: Vec<(i64, u64)>,
    /// What another timeline holds: stretches of so many seconds, as a power of two.
    pub stretches: Vec<(u32, i64, u64)>,
    pub records: u64,
    /// Whether a record with an address says how many packets it stands for, and whether one does not.
    says_packets: bool,
    lacks_packets: bool,
    /// The packets and bytes that records say, each saturating.
    pub packets: u64,
    pub bytes: u64,
    /// Records with a time, if filters or times need it.
    pub timed: u64,
    /// Times that cannot be read.
    pub unread_times: Unread,
    /// Numbers of packets that cannot be read.
    pub unread_packets: Unread,
    /// What stands in a table besides rows that are as long as its header.
    pub irregular: Irregular,
    /// What reads the rest of the block and of the file, if a header further down names other columns.
    /// A parser that sets this stops behind that header.
    pub successor: Option<Arc<dyn Parser>>,
    /// Bytes of the block that earlier parsers have used.
    base: u64,
    /// Lines or packets that the parser has passed. Parsers advance this; malformed cells are numbered by
    /// it.
    pub passed: u64,
    /// The first malformed cells.
    pub malformed: Vec<MalformedInBlock>,
    /// The line of the block on which a suspiciously long record starts.
    pub long_record: Option<u64>,
    /// The link type of the first packet whose link type is not read.
    pub unknown_link: Option<u16>,
    /// The first place where another capture begins.
    pub joint: Option<Joint>,
    /// Blocks of addresses, such as 10.0.0.0/24, that were read.
    pub networks: u64,
    /// The line of the block that holds the first block of too many addresses.
    pub large_network: Option<u64>,
}

impl Block {
    pub fn new(wanted: Arc<Wanted>) -> Self {
        let roles = wanted.roles.sides();
        Self {
            is_filtered: !wanted.is_all(),
            is_watched: wanted.sums || wanted.conversations,
            is_any: wanted.is_any,
            wanted,
            has_source: roles.contains(&Role::Source),
            has_destination: roles.contains(&Role::Destination),
            malformed_left: REMEMBERED,
            ..Self::default()
        }
    }

    /// Empties the block for another use, keeping its allocations.
    pub fn reset(&mut self, wanted: Arc<Wanted>, malformed_left: usize) {
        let [source, destination] =
            [&mut self.source.keys, &mut self.destination.keys].map(|keys| {
                keys.clear();
                Side { keys: std::mem::take(keys), tally: Tally::default() }
            });
        self.flows.clear();
        self.seconds.clear();
        let flows = std::mem::take(&mut self.flows);
        let seconds = std::mem::take(&mut self.seconds);
        let kept = Self::new(wanted);
        *self = Self { source, destination, flows, seconds, malformed_left, ..kept };
    }

    /// Empties the block so that it can be parsed again.
    pub fn restart(&mut self) {
        self.reset(self.wanted.clone(), self.malformed_left);
    }

    /// Parses `bytes` with `parser` and its successors. Returns how many bytes were used, and the last
    /// successor.
    pub fn parse(
        &mut self,
        parser: &Arc<dyn Parser>,
        bytes: &[u8],
        is_last: bool,
    ) -> (usize, Option<Arc<dyn Parser>>) {
        let (mut used, mut successor) = (0, None::<Arc<dyn Parser>>);
        loop {
            self.base = used as u64;
            let parser = successor.as_ref().unwrap_or(parser);
            used += parser.parse(&bytes[used..], is_last, self).min(bytes.len() - used);
            let Some(next) = self.successor.take() else { return (used, successor) };
            successor = Some(next);
        }
    }

    /// What the run wants from records.
    pub fn wanted(&self) -> &Wanted {
        &self.wanted
    }

    /// Counts `record`. `place` is called only for the first malformed cells. Malformed cells of both roles
    /// with the same location are kept once.
    #[inline]
    pub fn add(&mut self, record: &Record, place: impl FnMut(Role) -> MalformedInBlock) {
        // Most records have two addresses.
        if let Cell::Address { address: source, form: Form::Plain } = record.source
            && let Cell::Address { address: destination, form: Form::Plain } = record.destination
            && !(self.is_filtered || self.is_any)
        {
            self.records += 1;
            let packets = self.count(record, true);
            if self.is_watched {
                self.watch_pair(source, destination, record);
            }
            return self.add_pair(source, destination, packets);
        }
        self.add_any(record, place);
    }

    /// Counts `record`, a packet, as [`add`](Self::add) does. `length` is its bytes.
    #[inline]
    pub fn add_packet(
        &mut self,
        record: &Record,
        length: u32,
        place: impl FnMut(Role) -> MalformedInBlock,
    ) {
        if let Cell::Address { address: source, form: Form::Plain } = record.source
            && let Cell::Address { address: destination, form: Form::Plain } = record.destination
            && !(self.is_filtered || self.is_any)
        {
            // Blocks are too short for more than 2^32 packets of less than 2^32 bytes.
            self.records += 1;
            self.packets += 1;
            self.bytes += u64::from(length);
            self.says_packets = true;
            if self.is_watched {
                let bytes = Some(u64::from(length));
                let record = Record { packets: Some(1), bytes, ..*record };
                self.watch_pair(source, destination, &record);
            }
            return self.add_pair(source, destination, 1);
        }
        let bytes = Some(u64::from(length));
        self.add_any(&Record { packets: Some(1), bytes, ..*record }, place);
    }

    /// Counts two addresses of a record of so many packets.
    #[inline(always)]
    fn add_pair(&mut self, source: u32, destination: u32, packets: u64) {
        if self.has_source {
            self.source.tally.ipv4 += 1;
            self.source.keys.push(source, packets);
        }
        if self.has_destination {
            self.destination.tally.ipv4 += 1;
            self.destination.keys.push(destination, packets);
        }
    }

    /// Counts any record.
    #[inline]
    fn add_any(&mut self, record: &Record, mut place: impl FnMut(Role) -> MalformedInBlock) {
        if record.has_network() {
            return self.add_with_network(*record, place);
        }
        self.records += 1;
        let [source, destination] =
            [record.source, record.destination].map(|cell| matches!(cell, Cell::Address { .. }));
        let packets = self.count(record, source | destination);
        if self.is_filtered || self.is_watched || self.is_any {
            return self.add_some(record, packets, place);
        }
        if self.has_source {
            self.source.add(record.source, packets);
            if record.source == Cell::Malformed {
                self.remember(|| place(Role::Source));
            }
        }
        if self.has_destination {
            self.destination.add(record.destination, packets);
            if record.destination == Cell::Malformed {
                self.remember(|| place(Role::Destination));
            }
        }
    }

    /// Counts the packets and bytes of `record`. Returns the packets that it stands for.
    #[inline]
    fn count(&mut self, record: &Record, has_address: bool) -> u64 {
        if let Some(bytes) = record.bytes {
            self.bytes = self.bytes.saturating_add(bytes);
        }
        match record.packets {
            // A record was written because a packet was seen.
            None => {
                self.lacks_packets |= has_address;
                1
            }
            Some(packets) => {
                self.says_packets |= has_address;
                self.packets = self.packets.saturating_add(packets);
                // It was written all the same.
                self.irregular.without_packets += u64::from(has_address && packets == 0);
                packets.max(1)
            }
        }
    }

    /// Counts what the filters leave of `record`, with its time, and as one set if the run wants that.
    #[inline(never)]
    fn add_some(
        &mut self,
        record: &Record,
        packets: u64,
        mut place: impl FnMut(Role) -> MalformedInBlock,
    ) {
        let mut counts = false;
        let sides = [
            (self.has_source, Role::Source, record.source),
            (self.has_destination, Role::Destination, record.destination),
        ];
        for (_, role, cell) in sides.into_iter().filter(|(is_wanted, ..)| *is_wanted) {
            let is_source = role == Role::Source;
            let tally =
                if is_source { &mut self.source.tally } else { &mut self.destination.tally };
            if let Cell::Address { address, .. } = cell {
                let verdict = self.wanted.judge(record, address);
                if verdict != Verdict::Counts {
                    tally.filtered += 1;
                    tally.unsaid += u64::from(verdict == Verdict::Unsaid);
                    continue;
                }
                let into_source = is_source || self.is_any;
                let side = if into_source { &mut self.source } else { &mut self.destination };
                side.keys.push(address, packets);
                if self.wanted.sums {
                    side.keys.sums.push(Sum { address, totals: totals(record) });
                }
                counts = true;
            }
            let tally =
                if is_source { &mut self.source.tally } else { &mut self.destination.tally };
            tally.add(cell);
            if cell == Cell::Malformed {
                self.remember(|| place(role));
            }
        }
        self.timed += u64::from(!counts && record.facts.time.is_some());
        if counts {
            self.see(record.facts.time);
        }
        if let Cell::Address { address: source, .. } = record.source
            && let Cell::Address { address: destination, .. } = record.destination
            && counts
            && self.wanted.conversations
        {
            // Its addresses have been counted one by one.
            let conversation = conversation(source, destination, record);
            self.flows.push(Flow { conversation, totals: Totals::NONE });
        }
    }

    #[cold]
    fn add_with_network(
        &mut self,
        record: Record,
        mut place: impl FnMut(Role) -> MalformedInBlock,
    ) {
        let role = if self.has_source { Role::Source } else { Role::Destination };
        match record.network() {
            Some((first, last)) => self.add_network(first, last, || place(role)),
            None => self.add(&record.without_networks(), place),
        }
    }

    /// Counts a record that stands for one packet of each address from `first` to `last`. Too many are left
    /// out, as a malformed cell at `place`.
    pub fn add_network(&mut self, first: u32, last: u32, place: impl FnOnce() -> MalformedInBlock) {
        self.records += 1;
        self.lacks_packets = true;
        let is_large = last - first >= LARGEST_NETWORK && !self.wanted.is_set_of_blocks;
        let (whole, left) =
            ([(first, last)], (!is_large && !self.wanted.is_all()).then(|| self.left(first, last)));
        let (kept, is_said) =
            left.as_ref().map_or((&whole[..], true), |(kept, said)| (kept, *said));
        let sides =
            [(self.has_source, &mut self.source), (self.has_destination, &mut self.destination)];
        for (_, side) in sides.into_iter().filter(|(is_wanted, _)| *is_wanted) {
            if is_large {
                side.tally.malformed += 1;
                continue;
            }
            // The block is one cell, which counts as filtered if nothing is left.
            if kept.is_empty() {
                side.tally.filtered += 1;
                side.tally.unsaid += u64::from(!is_said);
            } else {
                side.tally.ipv4 += 1;
            }
            let at = side.keys.addresses.len();
            side.keys.networks.extend(kept.iter().map(|&(first, last)| (at, first, last)));
        }
        if is_large {
            self.large_network.get_or_insert(self.passed);
            self.remember(place);
        } else {
            self.networks += 1;
        }
    }

    /// Counts a record of each address from `first` to `last`, as of a set that was read. Many stay a block.
    pub fn add_run(&mut self, first: u32, last: u32) {
        let records = u64::from(last - first) + 1;
        if records < LEAST_RUN || self.is_filtered || self.is_watched || self.is_any {
            for address in first..=last {
                let cell = Cell::plain(address);
                // No cell is malformed.
                self.add(&Record::of(cell, cell), |_| MalformedInBlock::default());
            }
            return;
        }
        self.records += records;
        self.lacks_packets = true;
        let sides =
            [(self.has_source, &mut self.source), (self.has_destination, &mut self.destination)];
        for (_, side) in sides.into_iter().filter(|(is_wanted, _)| *is_wanted) {
            side.tally.ipv4 += records;
            side.keys.networks.push((side.keys.addresses.len(), first, last));
        }
    }

    /// What the counts of the block stand for, if it has an address.
    pub fn unit(&self) -> Option<Unit> {
        match (self.says_packets, self.lacks_packets) {
            (true, true) => Some(Unit::Mixed),
            (true, false) => Some(Unit::Packets),
            (false, true) => Some(Unit::Records),
            (false, false) => None,
        }
    }

    /// Counts a time that the next record has in `column` but that cannot be read.
    #[cold]
    pub fn add_unread_time(&mut self, value: &[u8], column: &str) {
        self.unread_times.see(value, column, self.passed, self.wanted.notation);
    }

    /// Counts a number of packets that the next record has in `column` but that cannot be read.
    #[cold]
    pub fn add_unread_packets(&mut self, value: &[u8], column: &str) {
        self.unread_packets.see(value, column, self.passed, self.wanted.notation);
    }

    /// Declares that what records gave as packets are counts of `unit`, as some tables of octomix hold.
    #[inline]
    pub fn recount(&mut self, unit: Unit) {
        if unit != Unit::Packets {
            self.lacks_packets |= self.says_packets;
            self.says_packets &= unit == Unit::Mixed;
            self.packets = 0;
        }
    }

    /// What the filters leave of a block of addresses, as ranges, and whether all were told.
    fn left(&self, first: u32, last: u32) -> (Vec<(u32, u32)>, bool) {
        let (mut kept, mut is_said): (Vec<(u32, u32)>, _) = (Vec::new(), true);
        for address in first..=last {
            let cell = Cell::plain(address);
            let record = Record::of(cell, cell);
            match self.wanted.judge(&record, address) {
                Verdict::Counts => match kept.last_mut() {
                    Some((_, end)) if *end + 1 == address => *end = address,
                    _ => kept.push((address, address)),
                },
                Verdict::Dropped => {}
                Verdict::Unsaid => is_said = false,
            }
        }
        (kept, is_said)
    }

    #[cold]
    fn remember(&mut self, place: impl FnOnce() -> MalformedInBlock) {
        if self.malformed.len() >= self.malformed_left {
            return;
        }
        let mut place = place();
        place.offset += self.base;
        let last = self.malformed.last().map(|last| (last.offset, &last.column));
        if last != Some((place.offset, &place.column)) {
            self.malformed.push(place);
        }
    }
}
