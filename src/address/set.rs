//! A set of distinct addresses with their packets, as small as it can be held.

use std::collections::HashMap;

use super::unit::Unit;
use crate::behaviour::{Activities, Activity, Span};

/// Distinct addresses, each with its number of packets: what a [`Counter`](super::Counter) ends in.
///
/// Up to [`LARGEST_UNSORTED`](super::LARGEST_UNSORTED) addresses stand in order of first appearance,
/// more in ascending order. An address takes 4 bytes; where one of them has several packets, each
/// takes another 4. Where its behaviour was counted, each takes another 52.
#[derive(Debug, Default, Clone)]
pub struct AddressSet {
    addresses: Vec<u32>,
    packets: Packets,
    unit: Unit,
    activities: Activities,
}

impl AddressSet {
    /// Of distinct `addresses`, whose `packets` have the same order.
    pub(super) fn new(addresses: Vec<u32>, packets: Packets) -> Self {
        Self { addresses, packets, unit: Unit::default(), activities: Activities::default() }
    }

    /// The same set with what its addresses did, in their order.
    pub fn with_activities(self, activities: Activities) -> Self {
        Self { activities, ..self }
    }

    /// The same set, whose counts stand for `unit`.
    pub fn counting(self, unit: Unit) -> Self {
        Self { unit, ..self }
    }

    /// What the counts stand for, which are called packets throughout.
    pub fn unit(&self) -> Unit {
        self.unit
    }

    /// What all addresses did.
    pub fn activities(&self) -> &Activities {
        &self.activities
    }

    /// What the address at position `at` did, as far as it was counted and records say.
    #[inline]
    pub fn activity(&self, at: usize) -> Activity {
        self.activities.at(at)
    }

    /// When the address at position `at` was seen, if times were gathered and a record says so.
    pub fn span(&self, at: usize) -> Option<Span> {
        self.activity(at).span
    }

    /// The distinct addresses.
    pub fn addresses(&self) -> &[u32] {
        &self.addresses
    }

    /// Packets of the address at position `at` of [`addresses`](Self::addresses).
    #[inline]
    pub fn packets(&self, at: usize) -> u64 {
        self.packets.of(at, self.addresses[at])
    }

    /// Packets of each address, in the order of [`addresses`](Self::addresses): 8 bytes an address.
    pub fn weights(&self) -> Vec<u64> {
        (0..self.len()).map(|at| self.packets(at)).collect()
    }

    /// Packets of all addresses together; a larger sum stays at the largest `u64`.
    pub fn total(&self) -> u64 {
        (0..self.len()).fold(0, |total, at| total.saturating_add(self.packets(at)))
    }

    /// Whether a sum of packets was larger than a `u64`.
    pub fn is_saturated(&self) -> bool {
        // 2^32 addresses of fewer than 2^32 packets each stay below it.
        !self.packets.beyond.is_empty() && self.total() == u64::MAX
    }

    /// How many distinct addresses there are.
    pub fn len(&self) -> usize {
        self.addresses.len()
    }

    /// Whether there is no address.
    pub fn is_empty(&self) -> bool {
        self.addresses.is_empty()
    }
}

/// A number of packets for each address of a list.
#[derive(Debug, Default, Clone)]
pub(super) struct Packets {
    /// One entry an address, at most `MANY`; empty while each has one packet.
    counts: Vec<u32>,
    /// The packets of those that have `MANY` or more, by address: positions change. A capture that
    /// has some such addresses has tens of gigabytes of packets for each.
    beyond: HashMap<u32, u64>,
}

/// Stands for a number kept apart.
const MANY: u32 = u32::MAX;

impl Packets {
    /// Those of `address`, which is at position `at` of the list.
    #[inline]
    pub fn of(&self, at: usize, address: u32) -> u64 {
        match self.counts.get(at) {
            None => 1,
            Some(&MANY) => self.beyond.get(&address).copied().unwrap_or(u64::from(MANY)),
            Some(&count) => u64::from(count),
        }
    }

    /// Gives `address` at position `at` of a list of `len` addresses `packets`, at least 1.
    pub fn set(&mut self, at: usize, len: usize, address: u32, packets: u64) {
        if self.counts.is_empty() {
            if packets == 1 {
                return;
            }
            self.counts = vec![1; len];
        }
        self.counts[at] = match u32::try_from(packets) {
            Ok(count) if count < MANY => count,
            _ => {
                self.beyond.insert(address, packets);
                MANY
            }
        };
    }

    /// Makes room for one packet each of addresses that lengthen the list to `len`.
    pub fn grow(&mut self, len: usize) {
        if !self.counts.is_empty() {
            self.counts.reserve_exact(len - self.counts.len());
            self.counts.resize(len, 1);
        }
    }

    /// Copies what is known of the address at position `from` to position `to`, where it moves.
    #[inline]
    pub fn copy(&mut self, from: usize, to: usize) {
        if !self.counts.is_empty() {
            self.counts[to] = self.counts[from];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_packets_are_exact_however_large() {
        let mut packets = Packets::default();
        packets.set(0, 3, 7, 1);
        assert!(packets.counts.is_empty(), "nothing is stored of single packets");
        let large = u64::from(u32::MAX);
        for (at, count) in [(0, large - 1), (1, large), (2, 1 << 40)] {
            packets.set(at, 3, at as u32 + 7, count);
            assert_eq!(packets.of(at, at as u32 + 7), count);
        }
        packets.grow(4);
        packets.copy(2, 3);
        assert_eq!(packets.of(3, 9), 1 << 40);
    }
}
