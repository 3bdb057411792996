//! Packets one by one, counted into an [`AddressSet`].
//!
//! A small set is folded by a hash table, which keeps the order of first appearance. That takes some
//! 20 bytes an address, so a large one is a sorted list and a batch of packets since; a full batch
//! is sorted and merged into the list in place. As a batch is an eighth of the list, an address is
//! moved some nine times however many there are: the time is linear, and the memory 4.5 bytes an
//! address, or 8.5 where one of them has several packets.

use rayon::prelude::*;

use super::folded::Folded;
use super::set::{AddressSet, Packets};

/// The most distinct addresses that keep their order of first appearance: as many as a hash table
/// holds in 20 MiB. From there on a sorted list is faster, too.
pub const LARGEST_UNSORTED: usize = 1 << 20;

/// The fewest packets of a batch: 4 MiB of them.
const LEAST_BATCH: usize = 1 << 20;

/// A batch is this share of the list.
const BATCH_SHARE: usize = 8;

/// Counts packets by address.
///
/// ```
/// use octomix::address::Counter;
/// let mut counter = Counter::default();
/// for address in [9, 7, 9] {
///     counter.count(address);
/// }
/// let set = counter.finish();
/// assert_eq!((set.addresses(), set.weights()), (&[9, 7][..], vec![2, 1]));
/// ```
#[derive(Debug, Clone)]
pub struct Counter {
    form: Form,
    largest_unsorted: usize,
    least_batch: usize,
}

#[derive(Debug, Clone)]
enum Form {
    Folded(Folded),
    Sorted(Sorted),
}

impl Default for Counter {
    fn default() -> Self {
        Self::new(LARGEST_UNSORTED, LEAST_BATCH)
    }
}

impl Counter {
    fn new(largest_unsorted: usize, least_batch: usize) -> Self {
        Self { form: Form::Folded(Folded::default()), largest_unsorted, least_batch }
    }

    /// Counts one packet of `address`.
    #[inline]
    pub fn count(&mut self, address: u32) {
        self.add(address, 1);
    }

    /// Counts one packet of each of `addresses`.
    pub fn extend(&mut self, addresses: &[u32]) {
        let mut addresses = addresses.iter();
        if let Form::Folded(folded) = &mut self.form {
            for &address in addresses.by_ref() {
                folded.count(address);
                if folded.len() > self.largest_unsorted {
                    break;
                }
            }
            self.outgrow();
        }
        addresses.for_each(|&address| self.add(address, 1));
    }

    /// Counts `packets` packets of `address`; none is nothing. A larger sum stays at the largest `u64`.
    #[inline]
    pub fn add(&mut self, address: u32, packets: u64) {
        if packets == 0 {
            return;
        }
        match &mut self.form {
            Form::Sorted(sorted) => {
                if packets > 1 {
                    sorted.more.push((address, packets - 1));
                }
                sorted.batch.push(address);
                if sorted.batch.len() >= sorted.full {
                    sorted.merge();
                    sorted.make_room(self.least_batch);
                }
            }
            Form::Folded(folded) => {
                folded.add(address, packets);
                self.outgrow();
            }
        }
    }

    /// Counts one packet of each address from `first` to `last`. A block that outweighs what a batch would take is
    /// merged as it is: what it needs is allocated at once.
    pub fn extend_block(&mut self, first: u32, last: u32) {
        let addresses = u64::from(last.saturating_sub(first)) + u64::from(first <= last);
        if addresses > self.largest_unsorted as u64
            && let Form::Folded(folded) = &self.form
        {
            self.form = Form::Sorted(Sorted::new(folded, self.least_batch));
        }
        match &mut self.form {
            Form::Sorted(sorted) if addresses >= sorted.full as u64 => {
                sorted.merge();
                sorted.merge_block(first, last);
                sorted.make_room(self.least_batch);
            }
            _ => (first..=last).for_each(|address| self.count(address)),
        }
    }

    /// Sorts addresses that have become too many to keep their order.
    #[inline]
    fn outgrow(&mut self) {
        if let Form::Folded(folded) = &mut self.form
            && folded.len() > self.largest_unsorted
        {
            let sorted = Sorted::new(folded, self.least_batch);
            self.form = Form::Sorted(sorted);
        }
    }

    /// What was counted.
    pub fn finish(self) -> AddressSet {
        match self.form {
            Form::Folded(folded) => {
                let addresses = folded.addresses();
                let mut packets = Packets::default();
                for (at, &address) in addresses.iter().enumerate() {
                    packets.set(at, addresses.len(), address, folded.packets(address));
                }
                AddressSet::new(addresses.to_vec(), packets)
            }
            Form::Sorted(mut sorted) => {
                sorted.merge();
                AddressSet::new(sorted.addresses, sorted.packets)
            }
        }
    }
}

/// Ascending addresses, and packets that have yet to be sorted in.
#[derive(Debug, Clone)]
struct Sorted {
    addresses: Vec<u32>,
    packets: Packets,
    batch: Vec<u32>,
    /// Packets of addresses in the batch beyond the one for which they stand there.
    more: Vec<(u32, u64)>,
    /// The packets of a full batch.
    full: usize,
}

impl Sorted {
    fn new(folded: &Folded, least_batch: usize) -> Self {
        let mut addresses = folded.addresses().to_vec();
        addresses.sort_unstable();
        let mut packets = Packets::default();
        for (at, &address) in addresses.iter().enumerate() {
            packets.set(at, addresses.len(), address, folded.packets(address));
        }
        let (batch, more) = (Vec::new(), Vec::new());
        let mut sorted = Self { addresses, packets, batch, more, full: 0 };
        sorted.make_room(least_batch);
        sorted
    }

    /// Makes room for a batch of `least` packets or more.
    fn make_room(&mut self, least: usize) {
        self.full = (self.addresses.len() / BATCH_SHARE).max(least);
        self.batch.reserve_exact(self.full);
    }

    /// Sorts the batch into the list.
    fn merge(&mut self) {
        self.batch.par_sort_unstable();
        let mut batch = std::mem::take(&mut self.batch);
        let of_address = batch.chunk_by(|a, b| a == b).rev();
        self.merge_in(self.unseen(&batch), of_address.map(|same| (same[0], same.len() as u64)));
        batch.clear();
        self.batch = batch;
        for (address, packets) in self.more.drain(..) {
            // All of the batch is in the list by now.
            if let Ok(at) = self.addresses.binary_search(&address) {
                let packets = packets.saturating_add(self.packets.of(at, address));
                self.packets.set(at, self.addresses.len(), address, packets);
            }
        }
    }

    /// Sorts one packet of each address from `first` to `last` into the list; the batch is empty.
    fn merge_block(&mut self, first: u32, last: u32) {
        let below = |end: u64| self.addresses.partition_point(|&address| u64::from(address) < end);
        let seen = below(u64::from(last) + 1) - below(first.into());
        let unseen = (u64::from(last - first) + 1) as usize - seen;
        self.merge_in(unseen, (first..=last).rev().map(|address| (address, 1)));
    }

    /// Sorts the packets of `added`, addresses in descending order of which `new` are not in the list, into it.
    fn merge_in(&mut self, new: usize, added: impl Iterator<Item = (u32, u64)>) {
        let old = self.addresses.len();
        self.addresses.reserve_exact(new);
        self.addresses.resize(old + new, 0);
        self.packets.grow(old + new);

        // From the end, so that what has not been moved is not overwritten.
        let (mut from, mut to) = (old, old + new);
        for (address, mut packets) in added {
            while from > 0 && self.addresses[from - 1] > address {
                (from, to) = (from - 1, to - 1);
                self.addresses[to] = self.addresses[from];
                self.packets.copy(from, to);
            }
            to -= 1;
            if from > 0 && self.addresses[from - 1] == address {
                from -= 1;
                packets = packets.saturating_add(self.packets.of(from, address));
            }
            self.addresses[to] = address;
            self.packets.set(to, old + new, address, packets);
        }
    }

    /// How many addresses of `batch`, which is sorted, are not in the list.
    fn unseen(&self, batch: &[u32]) -> usize {
        let (mut at, mut unseen) = (0, 0);
        for of_address in batch.chunk_by(|a, b| a == b) {
            while at < self.addresses.len() && self.addresses[at] < of_address[0] {
                at += 1;
            }
            unseen += usize::from(self.addresses.get(at) != Some(&of_address[0]));
        }
        unseen
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn counted(packets: &[(u32, u64)], largest_unsorted: usize, least_batch: usize) -> AddressSet {
        let mut counter = Counter::new(largest_unsorted, least_batch);
        packets.iter().for_each(|&(address, packets)| counter.add(address, packets));
        counter.finish()
    }

    #[test]
    fn sums_of_packets_saturate_in_every_form() {
        for largest_unsorted in [0, 5] {
            let most = [(7, u64::MAX), (8, u64::MAX - 1), (7, 1), (8, 1), (8, 1), (8, u64::MAX)];
            let set = counted(&most, largest_unsorted, 1);
            assert_eq!((set.weights(), set.total()), (vec![u64::MAX; 2], u64::MAX));
        }
    }

    proptest! {
        #[test]
        fn a_block_counts_as_its_addresses_do(
            blocks in prop::collection::vec((0u32..60, 0u32..40, 1u64..3), 0..12),
            last in any::<bool>(),
            largest_unsorted in 0usize..50,
            least_batch in 1usize..30,
        ) {
            let new = || Counter::new(largest_unsorted, least_batch);
            let (mut whole, mut single) = (new(), new());
            // At the end of all addresses, too.
            let base = if last { u32::MAX - 99 } else { 0 };
            for (first, more, packets) in blocks {
                let (first, last) = (base + first, base + first + more);
                whole.extend_block(first, last);
                (first..=last).for_each(|address| single.count(address));
                whole.add(first, packets);
                single.add(first, packets);
            }
            let (whole, single) = (whole.finish(), single.finish());
            prop_assert_eq!(whole.weights().len(), single.weights().len());
            let sorted = |set: &AddressSet| {
                let counts: BTreeMap<u32, u64> =
                    set.addresses().iter().copied().zip(set.weights()).collect();
                counts
            };
            prop_assert_eq!(sorted(&whole), sorted(&single));
        }

        #[test]
        fn packets_are_counted_whatever_the_form(
            near in prop::collection::vec(
                (prop_oneof![0u32..40, any::<u32>()], prop_oneof![9 => 1u64..2, 1 => 0u64..1 << 40]),
                0..400,
            ),
            largest_unsorted in 0usize..50,
            least_batch in 1usize..30,
        ) {
            let mut model: BTreeMap<u32, u64> = BTreeMap::new();
            let counts = near.iter().filter(|(_, packets)| *packets > 0);
            counts.clone().for_each(|&(address, packets)| *model.entry(address).or_default() += packets);
            let set = counted(&near, largest_unsorted, least_batch);
            let found: Vec<(u32, u64)> =
                set.addresses().iter().copied().zip(set.weights()).collect();
            if model.len() > largest_unsorted {
                prop_assert_eq!(found, model.into_iter().collect::<Vec<_>>());
            } else {
                let mut first: Vec<u32> = counts.map(|&(address, _)| address).collect();
                let mut seen = std::collections::HashSet::new();
                first.retain(|&address| seen.insert(address));
                prop_assert_eq!(set.addresses(), first);
                prop_assert_eq!(found.into_iter().collect::<BTreeMap<_, _>>(), model);
            }
        }
    }
}
