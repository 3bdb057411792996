//! Sets of addresses written as CIDR blocks: which side of a network an address is on.
//!
//! However many blocks a list has and however they overlap, a set is ascending ranges that neither
//! overlap nor touch, and an address is looked up among those that begin with its first octet.

use std::ops::RangeInclusive;

/// IPv4 addresses, held as ranges.
///
/// ```
/// use octomix::address::Blocks;
/// let office = Blocks::parse("10.0.0.0/8\n192.0.2.7  # the printer\n")?;
/// assert!(office.contains(0x0a01_0203) && office.contains(0xc000_0207));
/// assert!(!office.contains(0xc000_0208));
/// # Ok::<(), octomix::input::BlocksError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocks {
    /// Ascending, first and last address of each; between two of them lies an address of neither.
    ranges: Vec<(u32, u32)>,
    /// For each first octet the ranges that may hold its addresses, and one more: the number of ranges.
    starts: Box<[u32; 257]>,
}

impl Blocks {
    /// The set of all addresses of `ranges`.
    pub fn new(ranges: impl IntoIterator<Item = RangeInclusive<u32>>) -> Self {
        let pairs = ranges.into_iter().filter(|range| !range.is_empty());
        let mut sorted: Vec<(u32, u32)> = pairs.map(|range| range.into_inner()).collect();
        sorted.sort_unstable();
        let mut ranges: Vec<(u32, u32)> = Vec::new();
        for (first, last) in sorted {
            match ranges.last_mut() {
                Some(before) if first <= before.1.saturating_add(1) => {
                    before.1 = before.1.max(last)
                }
                _ => ranges.push((first, last)),
            }
        }
        ranges.shrink_to_fit();
        let mut starts = Box::new([ranges.len() as u32; 257]);
        for (octet, start) in (0u32..256).zip(starts.iter_mut()) {
            // Ranges do not overlap, so there are 2^31 at the most.
            *start = ranges.partition_point(|&(_, last)| last < octet << 24) as u32;
        }
        Self { ranges, starts }
    }

    /// The private networks of RFC 1918.
    pub fn private() -> Self {
        // 10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16
        Self::new([0x0a00_0000..=0x0aff_ffff, 0xac10_0000..=0xac1f_ffff, 0xc0a8_0000..=0xc0a8_ffff])
    }

    /// Whether `address` is in one of the blocks.
    #[inline]
    pub fn contains(&self, address: u32) -> bool {
        let octet = (address >> 24) as usize;
        // A range that reaches beyond its first octet is the first of the next one's, too.
        let near =
            self.starts[octet] as usize..self.ranges.len().min(self.starts[octet + 1] as usize + 1);
        let near = &self.ranges[near];
        let at = near.partition_point(|&(_, last)| last < address);
        near.get(at).is_some_and(|&(first, _)| first <= address)
    }

    /// How many addresses there are.
    pub fn addresses(&self) -> u64 {
        self.ranges.iter().map(|&(first, last)| u64::from(last - first) + 1).sum()
    }

    /// The addresses as ascending ranges that neither overlap nor touch.
    pub fn ranges(&self) -> impl ExactSizeIterator<Item = RangeInclusive<u32>> {
        self.ranges.iter().map(|&(first, last)| first..=last)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn whole_space_and_its_ends() {
        let all = Blocks::new([0..=u32::MAX]);
        assert_eq!(all.addresses(), 1 << 32);
        assert!(all.contains(0) && all.contains(u32::MAX));
        let halves = Blocks::new([1 << 31..=u32::MAX, 0..=u32::MAX >> 1]);
        assert_eq!(halves, all, "what touches is one range");
    }

    proptest! {
        #[test]
        fn an_address_is_inside_as_a_walk_over_the_blocks_says(
            blocks in prop::collection::vec((any::<u32>(), 0u32..=32), 0..40),
            near in prop::collection::vec((any::<prop::sample::Index>(), -2i64..3), 20),
            far in prop::collection::vec(any::<u32>(), 20),
        ) {
            let set = Blocks::new(blocks.iter().map(|&(address, length)| {
                let rest = u32::MAX.checked_shr(length).unwrap_or(0);
                address & !rest..=address | rest
            }));
            let naive = |address: u32| blocks.iter().any(|&(block, length)| {
                let shift = 32 - length;
                u64::from(block) >> shift == u64::from(address) >> shift
            });
            let edges = near.iter().filter(|_| !blocks.is_empty()).map(|(index, step)| {
                let (block, length) = *index.get(&blocks);
                let size = 1i64 << (32 - length);
                let first = i64::from(block) / size * size;
                (first + if *step > 0 { size + step } else { *step }).rem_euclid(1 << 32) as u32
            });
            for address in edges.chain(far.iter().copied()) {
                prop_assert_eq!(set.contains(address), naive(address));
            }
        }
    }
}
