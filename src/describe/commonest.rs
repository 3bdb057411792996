//! What most addresses of a cluster start with, and the values of their octets, from one walk over them.
//!
//! In ascending order, addresses that share leading octets are neighbours. So it is enough to count the
//! current run for each length of prefix, and to keep the largest one so far.

use super::octets::{LEADING, ValueCounts};
use crate::address::octets;

/// The commonest first octet of ascending addresses, the commonest second octet after it, and so on;
/// of equals the lowest.
#[derive(Debug, Clone, Default)]
pub struct Commonest {
    latest: u32,
    /// How many addresses share the first octet with the latest, the first two, and so on.
    runs: [u64; LEADING],
    /// The largest ended run within the current run of one octet less.
    largest: [Largest; LEADING],
    /// How often each octet took each value, in runs that have ended.
    values: [ValueCounts; LEADING],
}

/// A run, and the path of largest runs within it.
#[derive(Debug, Clone, Copy, Default)]
struct Largest {
    /// One of the addresses at the end of that path.
    address: u32,
    /// How many addresses share each step of it; entries above the run are unused.
    sizes: [u64; LEADING],
}

impl Commonest {
    /// Counts `address`, which must not be less than those before.
    pub fn add(&mut self, address: u32) {
        let shared = (address ^ self.latest).leading_zeros() as usize / 8;
        if shared < LEADING {
            self.end(shared);
        }
        self.latest = address;
        self.runs.iter_mut().for_each(|run| *run += 1);
    }

    /// Ends the runs of more than `shared` octets.
    fn end(&mut self, shared: usize) {
        for depth in (shared..LEADING).rev() {
            let mut ended = match self.largest.get_mut(depth + 1) {
                Some(within) => std::mem::take(within),
                None => Largest { address: self.latest, ..Largest::default() },
            };
            ended.sizes[depth] = std::mem::take(&mut self.runs[depth]);
            self.values[depth].add(octets(self.latest)[depth], ended.sizes[depth]);
            if ended.sizes[depth] > self.largest[depth].sizes[depth] {
                self.largest[depth] = ended;
            }
        }
    }

    /// The octets of the path, each with how many addresses start with the path up to it; empty if
    /// there are no addresses. And how often the first, second and third octet take each value.
    pub fn finish(mut self) -> (Vec<(u8, u64)>, [ValueCounts; LEADING]) {
        self.end(0);
        let Largest { address, sizes } = self.largest[0];
        let path = octets(address).into_iter().zip(sizes).filter(|&(_, size)| size > 0);
        (path.collect(), self.values)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    /// The definition: one octet after the other.
    fn expected(addresses: &[u32]) -> Vec<(u8, u64)> {
        let mut path: Vec<(u8, u64)> = Vec::new();
        let mut left = addresses.to_vec();
        for depth in 0..LEADING {
            let mut counts = [0u64; 256];
            left.iter().for_each(|&address| counts[usize::from(octets(address)[depth])] += 1);
            let most = counts.iter().max().copied().unwrap_or_default();
            let octet = (0..=255).find(|&octet| counts[usize::from(octet)] == most);
            left.retain(|&address| Some(octets(address)[depth]) == octet);
            path.extend(octet.map(|octet| (octet, most)).filter(|_| most > 0));
        }
        path
    }

    proptest! {
        #[test]
        fn runs_lead_where_counting_octets_leads(
            picks in prop::collection::vec((0u8..3, 0u8..3, 0u8..3, any::<u8>()), 0..60),
        ) {
            let mut addresses: Vec<u32> =
                picks.iter().map(|&(a, b, c, d)| u32::from_be_bytes([a, b, c, d])).collect();
            addresses.sort_unstable();
            addresses.dedup();
            let mut commonest = Commonest::default();
            addresses.iter().for_each(|&address| commonest.add(address));
            let (path, values) = commonest.finish();
            prop_assert_eq!(path, expected(&addresses));
            for (depth, values) in values.iter().enumerate() {
                let mut counts = BTreeMap::new();
                for &address in &addresses {
                    *counts.entry(octets(address)[depth]).or_insert(0) += 1;
                }
                let found: BTreeMap<u8, u64> = values.commonest().into_iter().collect();
                prop_assert_eq!(found, counts);
            }
        }
    }
}
