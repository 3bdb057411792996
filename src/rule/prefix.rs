//! Counts of addresses that share leading bits: what structural rules and reasons are made of.
//!
//! Sorted addresses of one block stand side by side, so counts of all prefix lengths come from one
//! walk, in memory that does not grow with the set; those of a single address from binary searches.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use rayon::prelude::*;

/// Distinct addresses in ascending order, and the position of each in its set.
#[derive(Debug, Clone)]
pub struct Ascending<'a> {
    addresses: Cow<'a, [u32]>,
    /// The positions in a set of another order; small sets only, see
    /// [`LARGEST_UNSORTED`](crate::address::LARGEST_UNSORTED).
    positions: Option<Vec<u32>>,
    /// The rank of the first address of each /16 and, last, the number of addresses: where a binary search over all of
    /// them begins.
    starts: Vec<usize>,
}

/// Blocks of two octets.
const BLOCKS: u32 = 1 << 16;

/// Addresses from which it takes less time to find where each block of two octets starts than to look for it each time.
const LARGE: usize = 1 << 16;

/// As [`Ascending::starts`], of large sets.
fn starts(addresses: &[u32]) -> Vec<usize> {
    if addresses.len() < LARGE {
        return Vec::new();
    }
    let mut rank = 0;
    let start = |block: u32| {
        let rest = &addresses[rank..];
        rank += rest.partition_point(|&address| address >> 16 < block);
        rank
    };
    (0..=BLOCKS).map(start).collect()
}

impl<'a> Ascending<'a> {
    /// Of the distinct `addresses` of a set; those in another order are copied, 8 bytes each.
    pub fn new(addresses: &'a [u32]) -> Self {
        if addresses.is_sorted() {
            let starts = starts(addresses);
            return Self { addresses: Cow::Borrowed(addresses), positions: None, starts };
        }
        // Positions fit in u32: there are 2^32 addresses.
        let mut pairs: Vec<(u32, u32)> = addresses.iter().copied().zip(0..=u32::MAX).collect();
        pairs.sort_unstable();
        let (addresses, positions): (Vec<u32>, Vec<u32>) = pairs.into_iter().unzip();
        let starts = starts(&addresses);
        Self { addresses: Cow::Owned(addresses), positions: Some(positions), starts }
    }

    /// The addresses.
    pub fn addresses(&self) -> &[u32] {
        &self.addresses
    }

    /// Whether the set is in ascending order itself.
    pub fn is_in_order(&self) -> bool {
        self.positions.is_none()
    }

    /// Where the address of rank `rank` stands in the set.
    pub fn position(&self, rank: usize) -> u32 {
        self.positions.as_ref().map_or(rank as u32, |positions| positions[rank])
    }

    /// The ranks of the addresses that share the leading `length` bits of `address`.
    pub fn block(&self, address: u32, length: u32) -> Range<usize> {
        let (least, most) = prefix(address, length);
        let near = match self.starts[..] {
            [] => 0..self.addresses.len(),
            ref starts => starts[(least >> 16) as usize]..starts[(most >> 16) as usize + 1],
        };
        if length <= 16 && !self.starts.is_empty() {
            return near;
        }
        self.within(near, least, most)
    }

    /// As [`block`](Self::block) of each of `lengths`, which ascend: each is looked for in the one before.
    pub fn blocks<const L: usize>(&self, address: u32, lengths: [u32; L]) -> [Range<usize>; L] {
        let mut around = None;
        lengths.map(|length| {
            let block = match around.take() {
                Some(around) if length > 16 => {
                    let (least, most) = prefix(address, length);
                    self.within(around, least, most)
                }
                _ => self.block(address, length),
            };
            around = Some(block.clone());
            block
        })
    }

    /// The ranks of the addresses from `least` to `most` among those of `around`.
    fn within(&self, around: Range<usize>, least: u32, most: u32) -> Range<usize> {
        let block = &self.addresses[around.clone()];
        let first = block.partition_point(|&other| other < least);
        let len = block[first..].partition_point(|&other| other <= most);
        around.start + first..around.start + first + len
    }
}

/// The first and the last address that share the leading `length` bits of `address`.
pub fn prefix(address: u32, length: u32) -> (u32, u32) {
    let hosts = u32::MAX.checked_shr(length).unwrap_or(0);
    (address & !hosts, address | hosts)
}

/// Walks the blocks of sorted `addresses` by the prefix `lengths`, which ascend from 1: `visit` is
/// given each block of the last length, its rank, and how many addresses each of the blocks around it
/// holds, itself last.
pub fn walk<const D: usize>(
    addresses: &[u32],
    lengths: &[u32; D],
    mut visit: impl FnMut(&[u32], usize, &[u32; D]),
) {
    descend(addresses, 0, lengths, 0, &mut [0; D], &mut visit);
}

fn descend<const D: usize>(
    addresses: &[u32],
    mut rank: usize,
    lengths: &[u32; D],
    depth: usize,
    counts: &mut [u32; D],
    visit: &mut impl FnMut(&[u32], usize, &[u32; D]),
) {
    let Some(length) = lengths.get(depth) else {
        visit(addresses, rank, counts);
        return;
    };
    let shift = u32::BITS - length;
    for block in addresses.chunk_by(|a, b| a >> shift == b >> shift) {
        // Half of all addresses at the most.
        counts[depth] = block.len() as u32;
        descend(block, rank, lengths, depth + 1, counts, visit);
        rank += block.len();
    }
}

/// How many addresses have which counts: what a likelihood of counts is a sum over.
///
/// Where there are too many different counts, their least significant bits are dropped until there are
/// few enough; the leading bit stays. What is kept depends on the counts alone, not on their order.
#[derive(Debug, Clone)]
pub struct Classes<const D: usize> {
    sizes: HashMap<[u32; D], u64>,
    /// What came last, not yet among them: neighbours are often alike.
    latest: ([u32; D], u64),
    /// Significant bits that are kept.
    bits: u32,
}

/// The most classes: some 10 MiB. Powers of two of the counts within /8, /16, /20, /24 and /28 are
/// fewer than half of it.
const CLASSES: usize = 1 << 18;

impl<const D: usize> Default for Classes<D> {
    fn default() -> Self {
        Self { sizes: HashMap::new(), latest: ([0; D], 0), bits: u32::BITS }
    }
}

impl<const D: usize> Classes<D> {
    /// The classes of sorted `addresses`: `counts_of` makes the counts of a class from those that
    /// [`walk`] hands out for `lengths`, the first of which is at least 4.
    pub fn of<const L: usize>(
        addresses: &[u32],
        lengths: &[u32; L],
        counts_of: impl Fn(&[u32; L]) -> [u32; D] + Sync,
    ) -> Vec<([u32; D], u64)> {
        let parts: Vec<&[u32]> = addresses.chunk_by(|a, b| a >> 28 == b >> 28).collect();
        let classes = |part: &&[u32]| {
            let mut classes = Self::default();
            let mut add = |block: &[u32], _, counts: &[u32; L]| {
                classes.add(counts_of(counts), block.len() as u64);
            };
            walk(part, lengths, &mut add);
            classes
        };
        let join = |mut one: Self, mut other: Self| {
            other.settle();
            other.sizes.into_iter().for_each(|(counts, size)| one.add(counts, size));
            one
        };
        parts.par_iter().map(classes).reduce(Self::default, join).finish()
    }

    /// Counts `addresses` addresses with these `counts`.
    pub fn add(&mut self, counts: [u32; D], addresses: u64) {
        if counts != self.latest.0 {
            self.settle();
            self.latest.0 = counts;
        }
        self.latest.1 += addresses;
    }

    fn settle(&mut self) {
        let (counts, addresses) = (self.latest.0, std::mem::take(&mut self.latest.1));
        if addresses == 0 {
            return;
        }
        let bits = self.bits;
        *self.sizes.entry(counts.map(|count| rounded(count, bits))).or_default() += addresses;
        while self.sizes.len() > CLASSES && self.bits > 1 {
            self.bits = if self.bits > 8 { 8 } else { self.bits - 1 };
            for (counts, size) in std::mem::take(&mut self.sizes) {
                *self.sizes.entry(counts.map(|count| rounded(count, self.bits))).or_default() +=
                    size;
            }
        }
    }

    /// The counts in ascending order, each with how many addresses have them.
    pub fn finish(mut self) -> Vec<([u32; D], u64)> {
        self.settle();
        let mut classes: Vec<_> = self.sizes.into_iter().collect();
        classes.sort_unstable();
        classes
    }
}

/// The middle of the numbers that share the leading `bits` significant bits of `count`.
fn rounded(count: u32, bits: u32) -> u32 {
    let dropped = (u32::BITS - count.leading_zeros()).saturating_sub(bits);
    if dropped == 0 { count } else { (count >> dropped << dropped) | 1 << (dropped - 1) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_walk_counts_what_shares_each_prefix(
            picks in prop::collection::btree_set((0u8..3, 0u8..2, 0u8..3, any::<u8>()), 0..80),
        ) {
            const LENGTHS: [u32; 4] = [8, 13, 24, 28];
            let addresses: Vec<u32> =
                picks.iter().map(|&(a, b, c, d)| u32::from_be_bytes([a, b, c, d])).collect();
            let ascending = Ascending::new(&addresses);
            let mut next = 0;
            walk(&addresses, &LENGTHS, |block, rank, counts| {
                assert_eq!((block, rank), (&addresses[next..next + block.len()], next));
                next += block.len();
                for (&count, length) in counts.iter().zip(LENGTHS) {
                    let (first, last) = prefix(block[0], length);
                    let sharing = addresses.iter().filter(|a| (first..=last).contains(a)).count();
                    assert_eq!(count as usize, sharing);
                    assert_eq!(ascending.block(block[0], length).len(), sharing);
                }
            });
            prop_assert_eq!(next, addresses.len());
        }

        #[test]
        fn positions_are_those_of_the_set(mut addresses in prop::collection::vec(any::<u32>(), 0..50)) {
            addresses.sort_unstable();
            addresses.dedup();
            addresses.reverse();
            let ascending = Ascending::new(&addresses);
            prop_assert!(ascending.addresses().is_sorted());
            for (rank, &address) in ascending.addresses().iter().enumerate() {
                prop_assert_eq!(addresses[ascending.position(rank) as usize], address);
            }
        }
    }

    #[test]
    fn blocks_of_a_large_set_are_those_of_a_small_one() {
        let mut addresses: Vec<u32> =
            (0..LARGE as u32).map(|i| i.wrapping_mul(2_654_435_761)).collect();
        addresses.extend([0, u32::MAX]);
        addresses.sort_unstable();
        addresses.dedup();
        let large = Ascending::new(&addresses);
        let small = Ascending { starts: Vec::new(), ..large.clone() };
        assert!(!large.starts.is_empty());
        for address in
            addresses.iter().step_by(997).flat_map(|&address| [address, !address, address ^ 256])
        {
            for length in 0..=32 {
                let block = large.block(address, length);
                assert_eq!(block, small.block(address, length), "{address:x}/{length}");
            }
            let lengths = [0, 3, 12, 16, 17, 24, 31, 32];
            let one_by_one = lengths.map(|length| large.block(address, length));
            assert_eq!(large.blocks(address, lengths), one_by_one);
            assert_eq!(small.blocks(address, lengths), one_by_one);
        }
    }

    #[test]
    fn blocks_of_no_and_of_all_bits() {
        let addresses = [0, 7, u32::MAX];
        let ascending = Ascending::new(&addresses);
        assert_eq!(ascending.block(7, 0), 0..3);
        assert_eq!(ascending.block(7, 32), 1..2);
        assert_eq!(ascending.block(9, 32), 2..2);
    }

    #[test]
    fn classes_stay_few_whatever_their_order() {
        let counts = |i: u32| [i + 1, i.wrapping_mul(2_654_435_761) >> 12 | 1];
        let all = 2 * CLASSES as u32;
        let of = |order: &mut dyn Iterator<Item = u32>| {
            let mut classes = Classes::default();
            order.for_each(|i| classes.add(counts(i), 3));
            classes.finish()
        };
        let found = of(&mut (0..all));
        assert!(found.len() <= CLASSES);
        assert_eq!(found.iter().map(|class| class.1).sum::<u64>(), 3 * u64::from(all));
        assert_eq!(of(&mut (0..all).rev()), found);
        // Few are kept as they are.
        assert_eq!(of(&mut (0..2)), [(counts(0), 3), (counts(1), 3)]);
    }

    #[test]
    fn rounding_again_changes_nothing_more() {
        for count in [1, 2, 3, 255, 256, 1_000_003, u32::MAX] {
            for bits in 1..=32 {
                let once = rounded(count, bits);
                assert_eq!(rounded(once, bits), once);
                assert_eq!(rounded(rounded(count, bits), 1), rounded(count, 1), "{count}, {bits}");
                assert!(
                    f64::from(once.abs_diff(count)) <= f64::from(count) * 0.5f64.powi(bits as i32)
                );
            }
        }
    }
}
