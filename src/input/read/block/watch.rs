//! What addresses do, as the records of a block say it: gathered beside the addresses, and only if the run wants it.

use super::Block;
use crate::behaviour::{Conversation, Flow, Service, Sum, Totals};
use crate::input::read::wanted::Verdict;
use crate::input::record::{Cell, Facts, Record};
use crate::input::role::Role;
use crate::input::time::SECOND;

/// What `record` adds to the sums of its addresses.
#[inline]
pub(super) fn totals(record: &Record) -> Totals {
    Totals::of(record.bytes, record.facts.time)
}

/// What `record` says of its two addresses together.
#[inline]
pub(super) fn conversation(source: u32, destination: u32, record: &Record) -> Conversation {
    let Facts { protocol, source_port, destination_port, .. } = record.facts;
    let is_answered = record.is_answered;
    let service = Service::of(protocol, source_port, destination_port, is_answered.is_some());
    let size = (record.packets.unwrap_or(0), record.bytes.unwrap_or(0));
    Conversation::of(source, destination, service, is_answered == Some(true), size)
}

impl Block {
    /// Gathers what `record` says of its two addresses.
    #[inline]
    pub(super) fn watch_pair(&mut self, source: u32, destination: u32, record: &Record) {
        self.see(record.facts.time);
        let totals = totals(record);
        let is_flow = self.wanted.conversations && self.has_source && self.has_destination;
        if self.wanted.sums && !is_flow {
            if self.has_source {
                self.source.keys.sums.push(Sum { address: source, totals });
            }
            if self.has_destination {
                self.destination.keys.sums.push(Sum { address: destination, totals });
            }
        }
        if self.wanted.conversations {
            // Where both addresses count, the flow adds to the sums of both.
            let totals = if is_flow { totals } else { Totals::NONE };
            let conversation = conversation(source, destination, record);
            self.flows.push(Flow { conversation, totals });
        }
    }

    /// Takes note of the time of a record that counts.
    #[inline]
    pub(super) fn see(&mut self, time: Option<i64>) {
        let Some(time) = time else { return };
        self.timed += 1;
        if !self.wanted.conversations {
            return;
        }
        let second = time.div_euclid(SECOND);
        match self.seconds.last_mut() {
            Some((last, records)) if *last == second => *records += 1,
            _ => self.seconds.push((second, 1)),
        }
    }

    /// Adds `records` to a stretch of the timeline.
    pub fn add_stretch(&mut self, shift: u32, stretch: i64, records: u64) {
        self.records += 1;
        if self.wanted.conversations && !self.is_filtered {
            self.stretches.push((shift, stretch, records));
        }
    }

    /// Adds `sum` to what an address did as `role`.
    pub fn add_sum(&mut self, role: Role, sum: Sum) {
        self.records += 1;
        let counts = self.is_wanted(&[sum.address]);
        let side = match role {
            Role::Any if !self.is_any => return,
            _ if self.is_any => &mut self.source,
            Role::Destination => &mut self.destination,
            _ => &mut self.source,
        };
        if counts && self.wanted.sums {
            side.keys.sums.push(sum);
        }
    }

    /// Adds a `conversation` of two addresses of which one counts.
    pub fn add_conversation(&mut self, conversation: Conversation) {
        self.records += 1;
        let ends = [conversation.source(), conversation.destination()];
        if self.wanted.conversations && self.is_wanted(&ends) {
            self.flows.push(Flow { conversation, totals: Totals::NONE });
        }
    }

    /// Whether one of `addresses` counts, of which no record is known.
    fn is_wanted(&self, addresses: &[u32]) -> bool {
        let counts = |&address: &u32| {
            let cell = Cell::plain(address);
            self.wanted.judge(&Record::of(cell, cell), address) == Verdict::Counts
        };
        !self.is_filtered || addresses.iter().any(counts)
    }
}
