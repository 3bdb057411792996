//! Few addresses with their packets, in order of first appearance.
//!
//! A table of one word a slot, address and packets, is some ten times as fast as a general hash map: one
//! access a packet, and a million addresses take 20 MiB.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

/// The slots of an empty table, as a power of two.
const LEAST_SLOTS: u32 = 10;

/// Addresses in order of first appearance.
#[derive(Debug, Clone)]
pub(super) struct Folded {
    addresses: Vec<u32>,
    /// The address in the upper half, packets in the lower; 0 where there is none. At most half are taken.
    slots: Vec<u64>,
    /// Slots are found by the upper bits of a product with this odd number. It is drawn anew each time, so
    /// that nobody can send addresses that all meet at one slot.
    factor: u32,
    /// The bits of an address's product that do not count.
    shift: u32,
    /// Packets that did not fit in a slot.
    beyond: HashMap<u32, u64>,
}

impl Default for Folded {
    fn default() -> Self {
        Self {
            addresses: Vec::new(),
            slots: vec![0; 1 << LEAST_SLOTS],
            factor: RandomState::new().hash_one(0) as u32 | 1,
            shift: u32::BITS - LEAST_SLOTS,
            beyond: HashMap::new(),
        }
    }
}

impl Folded {
    /// How many addresses there are.
    pub fn len(&self) -> usize {
        self.addresses.len()
    }

    /// The addresses, in order of first appearance.
    pub fn addresses(&self) -> &[u32] {
        &self.addresses
    }

    /// Adds one packet of `address`.
    #[inline]
    pub fn count(&mut self, address: u32) {
        let at = self.slot(address);
        let slot = &mut self.slots[at];
        if *slot as u32 == 0 || *slot as u32 == u32::MAX {
            return self.add(address, 1);
        }
        *slot += 1;
    }

    /// Adds `packets`, at least one, of `address`. A larger sum stays at the largest `u64`.
    pub fn add(&mut self, address: u32, packets: u64) {
        if 2 * self.addresses.len() >= self.slots.len() {
            self.grow();
        }
        let at = self.slot(address);
        let counted = u64::from(self.slots[at] as u32);
        if counted == 0 {
            self.addresses.push(address);
        }
        // One stays, as that is how a slot is known to be taken.
        let sum = counted.saturating_add(packets);
        let (kept, beyond) = u32::try_from(sum).map_or((1, sum - 1), |sum| (sum, 0));
        if beyond > 0 {
            let packets = self.beyond.entry(address).or_default();
            *packets = packets.saturating_add(beyond);
        }
        self.slots[at] = u64::from(address) << 32 | u64::from(kept);
    }

    /// The packets of `address`.
    pub fn packets(&self, address: u32) -> u64 {
        let counted = u64::from(self.slots[self.slot(address)] as u32);
        counted.saturating_add(self.beyond.get(&address).copied().unwrap_or(0))
    }

    /// The slot of `address`, or the one that it would take.
    #[inline]
    fn slot(&self, address: u32) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = (address.wrapping_mul(self.factor) >> self.shift) as usize;
        // Half of the slots are free.
        loop {
            let slot = self.slots[at & mask];
            if slot as u32 == 0 || (slot >> 32) as u32 == address {
                return at & mask;
            }
            at += 1;
        }
    }

    fn grow(&mut self) {
        self.shift -= 1;
        let slots = vec![0; 2 * self.slots.len()];
        for slot in std::mem::replace(&mut self.slots, slots) {
            if slot as u32 != 0 {
                let at = self.slot((slot >> 32) as u32);
                self.slots[at] = slot;
            }
        }
    }
}
