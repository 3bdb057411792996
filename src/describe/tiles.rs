//! Two sets of addresses side by side: the blocks of what is new in the second, and of what has vanished.
//!
//! A block is as tight as it can be: it holds addresses of one set and none of the other, and it ends where these
//! do. Both sets come in ascending order, so one walk compares them, a /16 at a time.

use std::fmt;

use crate::address::dotted;
use crate::rule::prefix::prefix;

/// Bits that the addresses of the largest block share: what is larger belongs to nobody in particular.
const LARGEST: u32 = 16;

/// How an address or a block differs between two sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It is in the later set only.
    New,
    /// It is in the earlier set only.
    Vanished,
}

/// The tightest block around addresses of one set, in which the other has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tile {
    /// Its first address.
    pub first: u32,
    /// Bits that its addresses share: 32 of a lone address.
    pub length: u32,
    /// How many addresses it holds.
    pub addresses: u64,
}

impl fmt::Display for Tile {
    /// A network; a lone address is told as itself.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = dotted(self.first);
        if self.length == u32::BITS {
            write!(f, "{first}")
        } else {
            write!(f, "{first}/{}", self.length)
        }
    }
}

/// How many addresses two sets have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// The earlier one.
    pub then: u64,
    /// The later one.
    pub now: u64,
    /// Both.
    pub both: u64,
}

/// Compares the ascending distinct addresses of `then` with those of `now`.
///
/// Calls `visit`, in ascending order, for every block that holds addresses of the one and none of the other. Each
/// new and each vanished address lies in exactly one, and no block is larger than a /16.
///
/// # Errors
/// When `visit` fails.
pub fn compare<E>(
    then: impl Iterator<Item = u32>,
    now: impl Iterator<Item = u32>,
    mut visit: impl FnMut(Tile, Change) -> Result<(), E>,
) -> Result<Counts, E> {
    let mut all = merged(then, now).peekable();
    let mut counts = Counts::default();
    let mut block: Vec<(u32, Option<Change>)> = Vec::new();
    while let Some(&(next, _)) = all.peek() {
        block.clear();
        block
            .extend(std::iter::from_fn(|| all.next_if(|(at, _)| at >> LARGEST == next >> LARGEST)));
        let mut from = 0;
        for run in block.chunk_by(|a, b| a.1 == b.1) {
            let (size, to) = (run.len() as u64, from + run.len());
            counts.then += if run[0].1 == Some(Change::New) { 0 } else { size };
            counts.now += if run[0].1 == Some(Change::Vanished) { 0 } else { size };
            match run[0].1 {
                None => counts.both += size,
                Some(change) => {
                    let before = from.checked_sub(1).map(|at| block[at].0);
                    let after = block.get(to).map(|&(address, _)| address);
                    tiles(run, [before, after], |tile| visit(tile, change))?;
                }
            }
            from = to;
        }
    }
    Ok(counts)
}

/// Calls `visit` for the blocks of a `run` of addresses between two `others`, which lie in none of them.
fn tiles<E>(
    mut run: &[(u32, Option<Change>)],
    others: [Option<u32>; 2],
    mut visit: impl FnMut(Tile) -> Result<(), E>,
) -> Result<(), E> {
    while let Some(&(first, _)) = run.first() {
        // One bit more than it shares with the nearer of the others.
        let apart = others.into_iter().flatten().map(|other| (first ^ other).leading_zeros() + 1);
        let (_, end) = prefix(first, apart.fold(LARGEST, u32::max));
        let (own, rest) = run.split_at(run.partition_point(|&(address, _)| address <= end));
        let last = own.last().map_or(first, |&(address, _)| address);
        let length = (first ^ last).leading_zeros();
        visit(Tile { first: prefix(first, length).0, length, addresses: own.len() as u64 })?;
        run = rest;
    }
    Ok(())
}

/// Each address of either set, ascending, and how it differs.
fn merged(
    then: impl Iterator<Item = u32>,
    now: impl Iterator<Item = u32>,
) -> impl Iterator<Item = (u32, Option<Change>)> {
    let (mut then, mut now) = (then.peekable(), now.peekable());
    std::iter::from_fn(move || {
        let next = then.peek().into_iter().chain(now.peek()).min().copied()?;
        let was = then.next_if_eq(&next).is_some();
        let change = match (was, now.next_if_eq(&next).is_some()) {
            (true, true) => None,
            (true, false) => Some(Change::Vanished),
            (false, _) => Some(Change::New),
        };
        Some((next, change))
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::convert::Infallible;

    use proptest::prelude::*;

    use super::*;

    type Set = BTreeSet<u32>;

    fn found(then: &Set, now: &Set) -> (Counts, Vec<(Tile, Change)>) {
        let mut tiles = Vec::new();
        let Ok(counts) = compare(then.iter().copied(), now.iter().copied(), |tile, change| {
            tiles.push((tile, change));
            Ok::<_, Infallible>(())
        });
        (counts, tiles)
    }

    fn addresses() -> impl Strategy<Value = Set> {
        let octet = || prop_oneof![Just(0u8), Just(1), Just(255)];
        prop::collection::btree_set((octet(), octet(), octet(), 0u8..9), 0..60).prop_map(|picks| {
            picks.into_iter().map(|(a, b, c, d)| u32::from_be_bytes([a, b, c, d])).collect()
        })
    }

    /// The definition: a block of at most a /16 is halved until it holds addresses of one set alone.
    fn halved(own: &Set, other: &Set, first: u32, length: u32, tiles: &mut Vec<Tile>) {
        let (first, last) = prefix(first, length);
        let inside: Vec<u32> = own.range(first..=last).copied().collect();
        let [Some(&least), Some(&most)] = [inside.first(), inside.last()] else { return };
        if other.range(first..=last).next().is_none() {
            let length = (0..=32).rfind(|&length| prefix(least, length) == prefix(most, length));
            let length = length.unwrap();
            let (first, addresses) = (prefix(least, length).0, inside.len() as u64);
            return tiles.push(Tile { first, length, addresses });
        }
        let half = 1 << (31 - length);
        [first, first + half].into_iter().for_each(|at| halved(own, other, at, length + 1, tiles));
    }

    proptest! {
        #[test]
        fn blocks_are_those_that_halving_finds(then in addresses(), now in addresses()) {
            let (counts, tiles) = found(&then, &now);
            for (change, own, other) in [(Change::New, &now, &then), (Change::Vanished, &then, &now)] {
                let of: Vec<Tile> =
                    tiles.iter().filter(|tile| tile.1 == change).map(|tile| tile.0).collect();
                // What both have stands in the way of either.
                let alone: Set = own.difference(other).copied().collect();
                let mut expected = Vec::new();
                let networks: Set = own.iter().map(|address| address & 0xffff_0000).collect();
                networks.iter().for_each(|&at| halved(&alone, other, at, 16, &mut expected));
                prop_assert_eq!(&of, &expected);
                let sum: u64 = of.iter().map(|tile| tile.addresses).sum();
                prop_assert_eq!(sum, alone.len() as u64);
            }
            prop_assert_eq!(counts, Counts {
                then: then.len() as u64,
                now: now.len() as u64,
                both: then.intersection(&now).count() as u64,
            });
        }
    }

    #[test]
    fn blocks_are_tight_and_a_lone_address_is_itself() {
        let then: Set = [0x0a00_0001, 0x0a00_0105, 0x0a00_0106, 0x0b00_0001].into();
        let now: Set =
            [0x0a00_0001, 0x0a00_0002, 0x0a00_0003, 0xc000_0210, 0xc000_021f, 0xffff_ffff].into();
        let (_, tiles) = found(&then, &now);
        let told: Vec<String> =
            tiles.iter().map(|(tile, change)| format!("{change:?} {tile}")).collect();
        assert_eq!(
            told,
            [
                "New 10.0.0.2/31",
                "Vanished 10.0.1.4/30",
                "Vanished 11.0.0.1",
                "New 192.0.2.16/28",
                "New 255.255.255.255"
            ]
        );
    }
}
