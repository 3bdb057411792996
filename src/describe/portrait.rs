//! Where the addresses of a cluster lie, from one walk over them in ascending order.
//!
//! Memory does not grow with the addresses: a cluster takes some 10 KiB.

use std::collections::BTreeMap;

use serde::Serialize;

use super::commonest::Commonest;
use super::cover::{Cover, CoverBlock};
use super::octets::{LEADING, ValueCounts};
use crate::rule::prefix::prefix;
use crate::rule::reserved::{self, BLOCKS, Kind};

/// Addresses at most this far apart are neighbours, as in a /24 with eight hosts, evenly spread.
const NEAR: u32 = 32;

/// Gathers a [`Portrait`] from ascending addresses.
#[derive(Debug, Clone, Default)]
pub struct PortraitBuilder {
    commonest: Commonest,
    cover: Cover,
    kinds: Kinds,
    neighbours: Neighbours,
}

/// Where the addresses of a cluster lie.
#[derive(Debug, Clone)]
pub struct Portrait {
    /// The commonest first octet, the commonest second one after it, and so on, each with the
    /// addresses that start so.
    pub path: Vec<(u8, u64)>,
    /// The values of the first, second and third octet.
    pub octets: [ValueCounts; LEADING],
    /// The blocks that hold the addresses.
    pub blocks: Vec<CoverBlock>,
    /// The addresses in blocks that are set aside.
    pub kinds: Vec<KindCount>,
    /// How close together the addresses lie; `None` if there are none.
    pub spread: Option<Spread>,
}

/// How close together the addresses of a cluster lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Spread {
    /// There is only one.
    Single,
    /// At least half of them have another within 32 addresses: a /24 with eight hosts or more.
    Tight,
    /// Fewer than half have.
    Scattered,
}

impl Spread {
    /// Its name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::Tight => "tight",
            Self::Scattered => "scattered",
        }
    }
}

/// The addresses in blocks that are set aside for one purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct KindCount {
    /// The purpose.
    pub kind: Kind,
    /// How many addresses.
    pub addresses: u64,
}

impl PortraitBuilder {
    /// Adds `address`, which is greater than those before.
    pub fn add(&mut self, address: u32) {
        self.commonest.add(address);
        self.cover.add(address);
        self.kinds.add(address);
        self.neighbours.add(address);
    }

    /// The portrait.
    pub fn finish(self) -> Portrait {
        let (path, octets) = self.commonest.finish();
        let blocks = self.cover.blocks();
        let (kinds, spread) = (self.kinds.finish(), self.neighbours.spread());
        Portrait { path, octets, blocks, kinds, spread }
    }
}

/// Addresses by what the blocks that they lie in are set aside for.
#[derive(Debug, Clone, Default)]
struct Kinds {
    /// The kind of the latest address, and the last address that is known to share it.
    kind: Option<Kind>,
    until: Option<u32>,
    /// Addresses of this kind that are not yet in `counts`.
    run: u64,
    counts: BTreeMap<Kind, u64>,
}

impl Kinds {
    fn add(&mut self, address: u32) {
        if self.until.is_none_or(|until| until < address) {
            self.end();
            self.kind = reserved::Block::of(address).map(|block| block.kind);
            // Up to where the next block begins, or one ends.
            let ranges = BLOCKS.iter().map(|block| prefix(block.first, block.length));
            let until = ranges.flat_map(|(first, last)| [first.wrapping_sub(1), last]);
            self.until = until.filter(|&until| until >= address).min().or(Some(u32::MAX));
        }
        self.run += 1;
    }

    fn end(&mut self) {
        let run = std::mem::take(&mut self.run);
        if let Some(kind) = self.kind.filter(|_| run > 0) {
            *self.counts.entry(kind).or_default() += run;
        }
    }

    fn finish(mut self) -> Vec<KindCount> {
        self.end();
        let count = |(kind, addresses)| KindCount { kind, addresses };
        self.counts.into_iter().map(count).collect()
    }
}

/// Addresses with another nearby.
#[derive(Debug, Clone, Default)]
struct Neighbours {
    latest: Option<u32>,
    addresses: u64,
    /// Those with another nearby, and whether the latest is among them.
    near: u64,
    is_near: bool,
}

impl Neighbours {
    fn add(&mut self, address: u32) {
        let is_near = self.latest.is_some_and(|latest| address - latest <= NEAR);
        if is_near {
            self.near += 1 + u64::from(!self.is_near);
        }
        self.latest = Some(address);
        self.is_near = is_near;
        self.addresses += 1;
    }

    fn spread(&self) -> Option<Spread> {
        match self.addresses {
            0 => None,
            1 => Some(Spread::Single),
            addresses if 2 * self.near >= addresses => Some(Spread::Tight),
            _ => Some(Spread::Scattered),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn portrait(addresses: impl IntoIterator<Item = u32>) -> Portrait {
        let mut sketch = PortraitBuilder::default();
        addresses.into_iter().for_each(|address| sketch.add(address));
        sketch.finish()
    }

    /// Addresses in, beside and between blocks that are set aside.
    fn addresses() -> impl Strategy<Value = Vec<u32>> {
        let edge = prop::sample::select(&BLOCKS[..]).prop_flat_map(|block| {
            let (first, last) = prefix(block.first, block.length);
            let near = |end: u32| (-3i64..4).prop_map(move |by| (i64::from(end) + by) as u32);
            prop_oneof![near(first), near(last)]
        });
        let address = prop_oneof![3 => edge, 1 => any::<u32>(), 1 => 0x0a00_0000u32..0x0a00_0200];
        prop::collection::btree_set(address, 0..80).prop_map(|set| set.into_iter().collect())
    }

    proptest! {
        #[test]
        fn kinds_and_neighbours_are_those_of_each_address(addresses in addresses()) {
            let found = portrait(addresses.iter().copied());
            let mut counts = BTreeMap::new();
            for block in addresses.iter().filter_map(|&address| reserved::Block::of(address)) {
                *counts.entry(block.kind).or_insert(0) += 1;
            }
            let kinds: BTreeMap<Kind, u64> =
                found.kinds.iter().map(|count| (count.kind, count.addresses)).collect();
            prop_assert_eq!(kinds, counts);
            let is_near = |&&address: &&u32| {
                let mut others = addresses.iter().filter(|&&other| other != address);
                others.any(|&other| other.abs_diff(address) <= NEAR)
            };
            let near = addresses.iter().filter(is_near).count();
            let spread = match addresses.len() {
                0 => None,
                1 => Some(Spread::Single),
                all if 2 * near >= all => Some(Spread::Tight),
                _ => Some(Spread::Scattered),
            };
            prop_assert_eq!(found.spread, spread);
        }
    }

    #[test]
    fn a_subnet_is_tight_and_the_internet_is_not() {
        let subnet = (0..40).map(|i| 0xc0a8_0105 + 6 * i);
        let found = portrait(subnet);
        assert_eq!(found.spread, Some(Spread::Tight));
        assert_eq!(found.kinds, [KindCount { kind: Kind::Private, addresses: 40 }]);
        let internet = (1..200).map(|i| i * 16_900_001);
        assert_eq!(portrait(internet).spread, Some(Spread::Scattered));
        assert_eq!(portrait([7]).spread, Some(Spread::Single));
        assert!(portrait([]).blocks.is_empty());
    }
}
