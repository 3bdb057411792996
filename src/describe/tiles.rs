//! Two sets of addresses side by side, subnet by subnet: what is new in the second, and what has
//! vanished.
//!
//! Both come in ascending order, so one walk compares them in constant memory.

use std::fmt;

use crate::address::dotted;

/// Addresses of a block in two sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Those of the earlier set.
    pub then: u64,
    /// Those of the later one.
    pub now: u64,
    /// Those of both.
    pub both: u64,
}

impl Counts {
    /// Addresses of the later set only.
    pub fn added(&self) -> u64 {
        self.now - self.both
    }

    /// Addresses of the earlier set only.
    pub fn vanished(&self) -> u64 {
        self.then - self.both
    }

    /// How the block differs; `None` where it does not.
    pub fn change(&self) -> Option<Change> {
        match self {
            Self { then: 0, now: 0, .. } => None,
            Self { then: 0, .. } => Some(Change::New),
            Self { now: 0, .. } => Some(Change::Vanished),
            counts if counts.added() + counts.vanished() == 0 => None,
            _ => Some(Change::Changed),
        }
    }

    fn add(&mut self, other: &Self) {
        self.then += other.then;
        self.now += other.now;
        self.both += other.both;
    }
}

/// How a block differs between two sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// None of its addresses were in the earlier set.
    New,
    /// None of its addresses are in the later set.
    Vanished,
    /// Some of its addresses are new, or have vanished.
    Changed,
}

/// A /16 or a /24 and its addresses in two sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tile {
    /// Its first address.
    pub first: u32,
    /// Bits that its addresses share.
    pub length: u32,
    /// Its addresses.
    pub counts: Counts,
}

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", dotted(self.first), self.length)
    }
}

/// Totals over all blocks of a length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Those with addresses in the later set only.
    pub new: u64,
    /// Those with addresses in the earlier set only.
    pub vanished: u64,
}

impl Totals {
    fn add(&mut self, change: Option<Change>) {
        match change {
            Some(Change::New) => self.new += 1,
            Some(Change::Vanished) => self.vanished += 1,
            _ => {}
        }
    }
}

/// How two sets differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Difference {
    /// Their addresses.
    pub addresses: Counts,
    /// Their /24s.
    pub slash24: Totals,
    /// Their /16s.
    pub slash16: Totals,
}

/// Compares the ascending distinct addresses of `then` with those of `now`.
///
/// Calls `visit`, in ascending order, for every /16 that is new or has vanished and, within the other
/// /16s, for every /24 that is new, has vanished or has changed. Each new and each vanished address lies
/// in one of these blocks.
///
/// # Errors
/// When `visit` fails.
pub fn compare<E>(
    then: impl Iterator<Item = u32>,
    now: impl Iterator<Item = u32>,
    mut visit: impl FnMut(Tile, Change) -> Result<(), E>,
) -> Result<Difference, E> {
    let mut all = merged(then, now).peekable();
    let mut found = Difference::default();
    // The /24s of one /16.
    let mut tiles: Vec<Tile> = Vec::with_capacity(256);
    while let Some(&(next, _)) = all.peek() {
        let mut whole = Tile { first: next & 0xffff_0000, length: 16, counts: Counts::default() };
        tiles.clear();
        while let Some((address, counts)) = all.next_if(|(at, _)| at >> 16 == next >> 16) {
            whole.counts.add(&counts);
            match tiles.last_mut().filter(|tile| tile.first >> 8 == address >> 8) {
                Some(tile) => tile.counts.add(&counts),
                None => tiles.push(Tile { first: address & !0xff, length: 24, counts }),
            }
        }
        found.addresses.add(&whole.counts);
        tiles.iter().for_each(|tile| found.slash24.add(tile.counts.change()));
        found.slash16.add(whole.counts.change());
        match whole.counts.change() {
            None => {}
            Some(change @ (Change::New | Change::Vanished)) => visit(whole, change)?,
            Some(Change::Changed) => {
                for tile in &tiles {
                    if let Some(change) = tile.counts.change() {
                        visit(*tile, change)?;
                    }
                }
            }
        }
    }
    Ok(found)
}

/// Each address of either set, ascending, with its own counts.
fn merged(
    then: impl Iterator<Item = u32>,
    now: impl Iterator<Item = u32>,
) -> impl Iterator<Item = (u32, Counts)> {
    let (mut then, mut now) = (then.peekable(), now.peekable());
    std::iter::from_fn(move || {
        let next = then.peek().into_iter().chain(now.peek()).min().copied()?;
        let was = then.next_if_eq(&next).is_some();
        let is = now.next_if_eq(&next).is_some();
        let [then, now, both] = [was, is, was && is].map(u64::from);
        Some((next, Counts { then, now, both }))
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::convert::Infallible;

    use proptest::prelude::*;

    use super::*;

    type Set = BTreeSet<u32>;

    fn found(then: &Set, now: &Set) -> (Difference, Vec<(Tile, Change)>) {
        let mut tiles = Vec::new();
        let Ok(difference) = compare(then.iter().copied(), now.iter().copied(), |tile, change| {
            tiles.push((tile, change));
            Ok::<_, Infallible>(())
        });
        (difference, tiles)
    }

    fn addresses() -> impl Strategy<Value = Set> {
        let octet = || prop_oneof![Just(0u8), Just(1), Just(255)];
        prop::collection::btree_set((octet(), octet(), octet(), 0u8..3), 0..40).prop_map(|picks| {
            picks.into_iter().map(|(a, b, c, d)| u32::from_be_bytes([a, b, c, d])).collect()
        })
    }

    /// The definition: block by block.
    fn counts(then: &Set, now: &Set, first: u32, length: u32) -> Counts {
        let last = first | u32::MAX >> length;
        let inside = |set: &Set| -> Set { set.range(first..=last).copied().collect() };
        let (then, now) = (inside(then), inside(now));
        Counts {
            then: then.len() as u64,
            now: now.len() as u64,
            both: then.intersection(&now).count() as u64,
        }
    }

    proptest! {
        #[test]
        fn blocks_are_counted_as_one_by_one(then in addresses(), now in addresses()) {
            let (difference, tiles) = found(&then, &now);
            let all: Set = then.union(&now).copied().collect();
            let mut expected = Vec::new();
            let mut totals = [Totals::default(); 2];
            for (totals, length) in totals.iter_mut().zip([16, 24]) {
                let blocks: Set = all.iter().map(|a| a & !(u32::MAX >> length)).collect();
                for first in blocks {
                    let tile = Tile { first, length, counts: counts(&then, &now, first, length) };
                    totals.add(tile.counts.change());
                    let around = counts(&then, &now, first & 0xffff_0000, 16);
                    let is_told = match length {
                        16 => around.then == 0 || around.now == 0,
                        _ => around.then > 0 && around.now > 0,
                    };
                    expected.extend(tile.counts.change().filter(|_| is_told).map(|change| (tile, change)));
                }
            }
            expected.sort_by_key(|(tile, _)| tile.first);
            prop_assert_eq!(&tiles, &expected);
            prop_assert_eq!([difference.slash16, difference.slash24], totals);
            prop_assert_eq!(difference.addresses, Counts {
                then: then.len() as u64,
                now: now.len() as u64,
                both: then.intersection(&now).count() as u64,
            });
            let new: u64 = tiles.iter().map(|(tile, _)| tile.counts.added()).sum();
            prop_assert_eq!(new, now.difference(&then).count() as u64);
            let vanished: u64 = tiles.iter().map(|(tile, _)| tile.counts.vanished()).sum();
            prop_assert_eq!(vanished, then.difference(&now).count() as u64);
        }
    }

    #[test]
    fn blocks_are_named_as_networks_are() {
        let then: Set = [0x0a00_0001, 0x0a00_0105, 0x0b00_0001].into();
        let now: Set = [0x0a00_0001, 0x0a00_0002, 0xffff_ffff].into();
        let (_, tiles) = found(&then, &now);
        let told: Vec<String> =
            tiles.iter().map(|(tile, change)| format!("{change:?} {tile}")).collect();
        assert_eq!(
            told,
            [
                "Changed 10.0.0.0/24",
                "Vanished 10.0.1.0/24",
                "Vanished 11.0.0.0/16",
                "New 255.255.0.0/16"
            ]
        );
    }
}
