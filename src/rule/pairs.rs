//! Pairs of a source and a destination that do not belong together, by counting.
//!
//! A *lone destination* is one that nobody of the source's /24 is near to: its surprise, given where the others of that
//! block go, exceeds [`LONE`] bits. It is counted half an octet at a time, as [`surprise`](super::surprise) does: of the
//! `n` other pairs of the block whose destinations share what comes before, `c` go on in the same way, and
//!
//! ```text
//! p = (c + g) / (n + 1)
//! ```
//!
//! where `g` is the same share among the pairs of all sources, which backs off to 1 / 16. Two /24s are *new blocks* if no
//! source of the one had to do with a destination of the other on another day, on which both had to do with others.
//!
//! Both flag a share of the pairs of a clean network: they are rankings, and no findings.

use rayon::prelude::*;

use crate::behaviour::Conversations;

/// Bits from which on a destination is lone.
pub const LONE: f64 = 30.0;

/// Bits of a step, and the ways to go.
const STEP: u32 = 4;
const WAYS: f64 = 16.0;
const LEVELS: u32 = u32::BITS / STEP;

/// A pair that a rule flags.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// The source.
    pub source: u32,
    /// The destination.
    pub destination: u32,
    /// The surprise of the destination, given the source's /24, in bits.
    pub surprise: f64,
    /// How many other pairs the source's /24 has.
    pub others: u32,
    /// Whether the destination is lone.
    pub is_lone: bool,
    /// Whether the /24s are new to each other.
    pub are_new: bool,
}

/// The flagged pairs of `conversations`, those of the most surprise first. Blocks are new only beside an `earlier`
/// day.
pub fn find(conversations: &Conversations, earlier: Option<&Conversations>) -> Vec<Pair> {
    let pairs = conversations.distinct_pairs();
    let mut all: Vec<u32> = pairs.iter().map(|&(_, destination)| destination).collect();
    all.par_sort_unstable();
    let known = earlier.map(Blocks::new);
    let of_block = |pairs: &[(u32, u32)]| {
        let mut near: Vec<u32> = pairs.iter().map(|&(_, destination)| destination).collect();
        near.sort_unstable();
        let judged = pairs.iter().map(|&(source, destination)| {
            let surprise = surprise(destination, &near, &all);
            Pair {
                source,
                destination,
                surprise: (surprise * 1e4).round() / 1e4,
                others: near.len() as u32 - 1,
                is_lone: surprise > LONE,
                are_new: known.as_ref().is_some_and(|known| known.are_new(source, destination)),
            }
        });
        judged.filter(|pair| pair.is_lone || pair.are_new).collect::<Vec<_>>()
    };
    let blocks = pairs.par_chunk_by(|a, b| a.0 >> 8 == b.0 >> 8);
    let mut found: Vec<Pair> = blocks.flat_map_iter(of_block).collect();
    found.par_sort_by(|a, b| {
        let place = |pair: &Pair| (pair.source, pair.destination);
        b.surprise.total_cmp(&a.surprise).then(place(a).cmp(&place(b)))
    });
    found
}

/// The surprise of `destination`, given those `near` and `all` others, both ascending and with itself in them.
fn surprise(destination: u32, near: &[u32], all: &[u32]) -> f64 {
    let (mut near, mut all, mut bits) = (near, all, 0.0);
    for level in 1..=LEVELS {
        let (near_before, all_before) = (near.len(), all.len());
        near = within(near, destination, level * STEP);
        all = within(all, destination, level * STEP);
        // It does not count itself.
        let share = |of: usize, before: usize, prior: f64| {
            (of as f64 - 1.0 + prior) / (before as f64 - 1.0 + 1.0)
        };
        bits -= share(near.len(), near_before, share(all.len(), all_before, 1.0 / WAYS)).log2();
    }
    bits
}

/// Those of `addresses`, which ascend, that share the leading `length` bits of `address`.
fn within(addresses: &[u32], address: u32, length: u32) -> &[u32] {
    let (first, last) = super::prefix::prefix(address, length);
    let start = addresses.partition_point(|&other| other < first);
    let rest = &addresses[start..];
    &rest[..rest.partition_point(|&other| other <= last)]
}

/// The /24s of a day: which are sources, which are destinations, and which of them had to do with each other.
struct Blocks {
    sources: Vec<u32>,
    destinations: Vec<u32>,
    pairs: Vec<(u32, u32)>,
}

impl Blocks {
    fn new(conversations: &Conversations) -> Self {
        let pairs = conversations.distinct_pairs().into_iter();
        let mut pairs: Vec<(u32, u32)> = pairs.map(|(s, d)| (s >> 8, d >> 8)).collect();
        pairs.par_sort_unstable();
        pairs.dedup();
        let mut sources: Vec<u32> = pairs.iter().map(|pair| pair.0).collect();
        sources.dedup();
        let mut destinations: Vec<u32> = pairs.iter().map(|pair| pair.1).collect();
        destinations.par_sort_unstable();
        destinations.dedup();
        Self { sources, destinations, pairs }
    }

    fn are_new(&self, source: u32, destination: u32) -> bool {
        let (source, destination) = (source >> 8, destination >> 8);
        self.sources.binary_search(&source).is_ok()
            && self.destinations.binary_search(&destination).is_ok()
            && self.pairs.binary_search(&(source, destination)).is_err()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::behaviour::{Conversation, Gathered, Service};

    fn made(pairs: impl IntoIterator<Item = (u32, u32)>) -> Conversations {
        let mut gathered = Gathered::default();
        for (source, destination) in pairs {
            gathered.add(Conversation::of(source, destination, Service::UNSAID, false, (1, 60)));
        }
        Conversations::new(gathered.finish())
    }

    /// Two offices of fifty hosts, each with servers of its own.
    fn offices() -> impl Iterator<Item = (u32, u32)> {
        let of = |office: u32| {
            (0..200).map(move |i| {
                (0x0a00_0000 | office << 8 | (i % 50), 0x0a01_0000 | office << 8 | (i % 7))
            })
        };
        of(1).chain(of(2))
    }

    #[test]
    fn a_lone_destination_is_told_and_usual_ones_are_not() {
        assert_eq!(find(&made(offices()), None), []);
        let found = find(&made(offices().chain([(0x0a00_0107, 0xc633_6407)])), None);
        assert_eq!(found.len(), 1);
        assert!(found[0].is_lone && !found[0].are_new && found[0].surprise > 35.0, "{found:?}");
    }

    #[test]
    fn blocks_are_new_to_each_other_if_both_were_known() {
        let before = made(offices());
        let today = [(0x0a00_0103, 0x0a01_0203), (0x0a00_0903, 0x0a01_0203)];
        let found = find(&made(offices().chain(today)), Some(&before));
        let new: Vec<u32> =
            found.iter().filter(|pair| pair.are_new).map(|pair| pair.source).collect();
        assert_eq!(new, [0x0a00_0103]);
    }
}
