//! The blocks that a cluster's addresses lie in, from one walk over them.
//!
//! A cover is a list of CIDR blocks and ranges, each with how many of its addresses belong to the
//! cluster. The best cover describes the addresses in the fewest bits (minimum description length,
//! Rissanen 1978): 32 bits for where a CIDR block begins, 64 for the two ends of a range, and
//! `log2 C(span, n)` for which n addresses of the block are meant. So a hole between addresses is closed
//! where its ends would cost more bits than they save: a subnet with forty hosts becomes one block, a
//! full range keeps its own ends, and a lone address stays alone.
//!
//! Memory does not grow with the addresses: only the [`PIECES`] - 1 largest holes are candidates.

use std::fmt;
use std::iter::zip;

use statrs::function::factorial::ln_binomial;

use crate::address::dotted;

/// The most blocks of a cover.
pub const PIECES: usize = 128;

/// Bits that describe an address.
const ADDRESS: f64 = 32.0;

/// A CIDR block or a range, and the addresses in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CoverBlock {
    /// Its first address.
    pub first: u32,
    /// Its last address.
    pub last: u32,
    /// How many of its addresses belong to the cluster.
    pub addresses: u64,
}

impl CoverBlock {
    /// How many addresses it spans, of the cluster or not.
    pub fn span(&self) -> u64 {
        u64::from(self.last - self.first) + 1
    }

    /// The smallest CIDR block around it.
    fn widened(&self) -> Self {
        let hosts = u32::MAX.checked_shr((self.first ^ self.last).leading_zeros()).unwrap_or(0);
        Self { first: self.first & !hosts, last: self.last | hosts, ..*self }
    }

    /// Bits that describe which of its addresses belong to the cluster.
    fn choice(&self) -> f64 {
        ln_binomial(self.span(), self.addresses) / std::f64::consts::LN_2
    }
}

impl fmt::Display for CoverBlock {
    /// An address, a CIDR block, or the two ends: `10.0.0.1`, `10.0.0.0/8`, `10.0.0.1-10.0.0.9`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = dotted(self.first);
        if self.first == self.last {
            write!(f, "{first}")
        } else if self.widened() == *self {
            write!(f, "{first}/{}", (self.first ^ self.last).leading_zeros())
        } else {
            write!(f, "{first}-{}", dotted(self.last))
        }
    }
}

/// Runs of ascending addresses; where they are too many, the smallest holes between them are closed.
#[derive(Debug, Clone, Default)]
pub struct Cover {
    pieces: Vec<CoverBlock>,
}

impl Cover {
    /// Adds `address`, which is greater than those before.
    #[inline]
    pub fn add(&mut self, address: u32) {
        match self.pieces.last_mut() {
            Some(CoverBlock { last, addresses, .. }) if address - *last == 1 => {
                *last = address;
                *addresses += 1;
            }
            _ => {
                if self.pieces.len() == 2 * PIECES {
                    self.pieces = close(&self.pieces, PIECES);
                }
                self.pieces.push(CoverBlock { first: address, last: address, addresses: 1 });
            }
        }
    }

    /// The cover, ascending: each address is in one block, and no two blocks overlap.
    pub fn blocks(&self) -> Vec<CoverBlock> {
        shortest(&close(&self.pieces, PIECES))
    }
}

/// Closes the smallest holes until at most `many` of `pieces` are left; of equal holes the last first.
fn close(pieces: &[CoverBlock], many: usize) -> Vec<CoverBlock> {
    let mut holes: Vec<(u32, usize)> =
        pieces.windows(2).zip(1..).map(|(pair, at)| (pair[1].first - pair[0].last, at)).collect();
    let Some(excess) = pieces.len().checked_sub(many).filter(|&excess| excess > 0) else {
        return pieces.to_vec();
    };
    let smaller = |a: &(u32, usize), b: &(u32, usize)| a.0.cmp(&b.0).then(b.1.cmp(&a.1));
    holes.select_nth_unstable_by(excess - 1, smaller);
    let mut closed = vec![false; pieces.len()];
    holes[..excess].iter().for_each(|&(_, at)| closed[at] = true);
    let mut left: Vec<CoverBlock> = Vec::with_capacity(2 * PIECES);
    for (piece, closed) in zip(pieces, closed) {
        match left.last_mut() {
            Some(before) if closed => {
                before.last = piece.last;
                before.addresses += piece.addresses;
            }
            _ => left.push(*piece),
        }
    }
    left
}

/// The cover of the fewest bits among those that join neighbouring `pieces`; of equals one with the
/// fewest blocks.
fn shortest(pieces: &[CoverBlock]) -> Vec<CoverBlock> {
    // The best cover of the pieces before each: its bits, its number of blocks, its last block, and the
    // piece that this starts at.
    let mut best: Vec<(f64, usize, Option<CoverBlock>, usize)> = vec![(0.0, 0, None, 0)];
    for end in 0..pieces.len() {
        let after = pieces.get(end + 1).map(|piece| piece.first);
        let mut least = (f64::INFINITY, 0, None, 0);
        let mut joined = CoverBlock { addresses: 0, ..pieces[end] };
        for start in (0..=end).rev() {
            joined.first = pieces[start].first;
            joined.addresses += pieces[start].addresses;
            let before = start.checked_sub(1).map(|at| pieces[at].last);
            let (block, bits) = described(joined, before, after);
            let (bits, blocks) = (best[start].0 + bits, best[start].1 + 1);
            if (bits, blocks) < (least.0, least.1) {
                least = (bits, blocks, Some(block), start);
            }
        }
        best.push(least);
    }
    let mut blocks = Vec::new();
    let mut end = pieces.len();
    while let (_, _, Some(block), start) = best[end] {
        blocks.push(block);
        end = start;
    }
    blocks.reverse();
    blocks
}

/// `joined` as a range, or as the CIDR block around it where that takes no more bits and reaches neither
/// the address `before` nor the one `after`; and the bits it takes.
fn described(joined: CoverBlock, before: Option<u32>, after: Option<u32>) -> (CoverBlock, f64) {
    let widened = joined.widened();
    let is_apart = before.is_none_or(|before| before < widened.first)
        && after.is_none_or(|after| widened.last < after);
    let range = 2.0 * ADDRESS + joined.choice();
    if !is_apart {
        return (joined, range);
    }
    let cidr = ADDRESS + if widened == joined { range - 2.0 * ADDRESS } else { widened.choice() };
    if cidr <= range { (widened, cidr) } else { (joined, range) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cover(addresses: impl IntoIterator<Item = u32>) -> Vec<CoverBlock> {
        let mut cover = Cover::default();
        addresses.into_iter().for_each(|address| cover.add(address));
        cover.blocks()
    }

    fn cover_told(addresses: impl IntoIterator<Item = u32>) -> Vec<String> {
        let told = |block: &CoverBlock| format!("{block}, {} of {}", block.addresses, block.span());
        cover(addresses).iter().map(told).collect()
    }

    /// The bits of `addresses` told as one block, and that block.
    fn one_block(addresses: &[u32], before: Option<u32>, after: Option<u32>) -> f64 {
        let (first, last) = (addresses[0], addresses[addresses.len() - 1]);
        let choice = |span: u64| {
            let n = addresses.len() as u64;
            (0..n).map(|i| ((span - i) as f64 / (n - i) as f64).log2()).sum::<f64>()
        };
        let mut least = 64.0 + choice(u64::from(last - first) + 1);
        let length = (0..=32).rev().find(|&length| {
            let hosts = u32::MAX.checked_shr(length).unwrap_or(0);
            first & !hosts == last & !hosts
        });
        let hosts = u32::MAX.checked_shr(length.unwrap()).unwrap_or(0);
        let apart = before.is_none_or(|before| before < first & !hosts)
            && after.is_none_or(|after| after > last | hosts);
        if apart {
            least = least.min(32.0 + choice(u64::from(hosts) + 1));
        }
        least
    }

    /// The fewest bits of all ways to cut `addresses` into blocks.
    fn fewest_bits(addresses: &[u32]) -> f64 {
        let holes = addresses.len() - 1;
        let bits = |cuts: u32| {
            let ends = (1..=holes).filter(|hole| cuts >> (hole - 1) & 1 == 1);
            let ends: Vec<usize> = ends.chain([addresses.len()]).collect();
            let starts = [0].into_iter().chain(ends.iter().copied());
            let block = |(start, &end): (usize, &usize)| {
                let before = start.checked_sub(1).map(|at| addresses[at]);
                one_block(&addresses[start..end], before, addresses.get(end).copied())
            };
            starts.zip(&ends).map(block).sum::<f64>()
        };
        (0..1u32 << holes).map(bits).fold(f64::INFINITY, f64::min)
    }

    fn assert_exact(blocks: &[CoverBlock], addresses: &[u32]) {
        assert!(blocks.windows(2).all(|pair| pair[0].last < pair[1].first), "{blocks:?}");
        for block in blocks {
            let inside = addresses.iter().filter(|&&a| (block.first..=block.last).contains(&a));
            assert_eq!(inside.count() as u64, block.addresses, "{block}");
            assert!(block.addresses > 0);
        }
        let all: u64 = blocks.iter().map(|block| block.addresses).sum();
        assert_eq!(all, addresses.len() as u64);
        assert!(blocks.len() <= PIECES);
    }

    /// Distinct addresses in a few clumps.
    fn addresses(most: usize) -> impl Strategy<Value = Vec<u32>> {
        let clump =
            prop_oneof![Just(0x0a00_0000u32), Just(0x0a00_00f0), Just(0xc0a8_0100), any::<u32>()];
        let within = prop_oneof![0u32..8, 0u32..300, 0u32..70_000];
        prop::collection::btree_set((clump, within), 1..most).prop_map(|picks| {
            let mut all: Vec<u32> = picks.iter().map(|(a, b)| a.wrapping_add(*b)).collect();
            all.sort_unstable();
            all.dedup();
            all
        })
    }

    proptest! {
        #[test]
        fn covers_are_exact_and_take_the_fewest_bits(addresses in addresses(11)) {
            let blocks = cover(addresses.iter().copied());
            assert_exact(&blocks, &addresses);
            let mut rest = &addresses[..];
            let mut bits = 0.0;
            let mut before = None;
            for block in &blocks {
                let (own, others) = rest.split_at(block.addresses as usize);
                bits += one_block(own, before, others.first().copied());
                (before, rest) = (own.last().copied(), others);
            }
            let fewest = fewest_bits(&addresses);
            prop_assert!((bits - fewest).abs() < 1e-6, "{bits} for {fewest}: {blocks:?}");
        }

        #[test]
        fn the_largest_holes_stay(addresses in addresses(60), many in 1usize..20) {
            let piece = |&address| CoverBlock { first: address, last: address, addresses: 1 };
            let pieces: Vec<CoverBlock> = addresses.iter().map(piece).collect();
            let mut holes: Vec<(u32, std::cmp::Reverse<u32>)> = addresses
                .windows(2)
                .map(|pair| (pair[1] - pair[0], std::cmp::Reverse(pair[1])))
                .collect();
            holes.sort_unstable();
            let mut after: Vec<u32> =
                holes.iter().rev().take(many - 1).map(|hole| hole.1.0).collect();
            after.sort_unstable();
            let left = close(&pieces, many);
            assert_exact(&left, &addresses);
            let found: Vec<u32> = left.iter().skip(1).map(|piece| piece.first).collect();
            prop_assert_eq!(&found, &after);
            // As one after the other.
            let one_by_one = pieces.iter().fold(Vec::new(), |mut left: Vec<CoverBlock>, piece| {
                left.push(*piece);
                close(&left, many)
            });
            prop_assert_eq!(one_by_one, left);
        }
    }

    #[test]
    fn covers_of_many_runs_are_exact() {
        // Holes of 1 to 9, and a large one after each 1,000 addresses.
        let mut address = 0x0100_0000u32;
        let addresses: Vec<u32> = (0..200_000u32)
            .map(|i| {
                address += 1 + (i % 1000).pow(2) % 9 + if i % 1000 == 0 { 1 << 18 } else { 0 };
                address
            })
            .collect();
        let blocks = cover(addresses.iter().copied());
        assert_exact(&blocks, &addresses);
        assert_eq!(blocks.len(), PIECES);
        assert!(blocks[0].addresses == 1000 && blocks[0].span() < 10_000, "{}", blocks[0]);
    }

    #[test]
    fn blocks_are_those_that_a_network_engineer_would_name() {
        let of = |[a, b, c, d]: [u8; 4]| u32::from_be_bytes([a, b, c, d]);
        let full = of([192, 168, 21, 0])..=of([192, 168, 28, 255]);
        assert_eq!(cover_told(full), ["192.168.21.0-192.168.28.255, 2048 of 2048"]);
        assert_eq!(
            cover_told(of([10, 0, 0, 0])..=of([10, 0, 3, 255])),
            ["10.0.0.0/22, 1024 of 1024"]
        );
        // Forty hosts of a subnet, two full subnets, a lone address, the ends of the address space.
        let hosts = (0..40).map(|i| of([10, 1, 2, 5]) + 6 * i + i % 3);
        assert_eq!(cover_told(hosts), ["10.1.2.0/24, 40 of 256"]);
        let apart = (0..256).map(|d| of([10, 1, 0, 0]) + d);
        let apart = apart.chain((0..256).map(|d| of([10, 9, 0, 0]) + d));
        assert_eq!(
            cover_told(apart.chain([of([172, 19, 2, 66])])),
            ["10.1.0.0/24, 256 of 256", "10.9.0.0/24, 256 of 256", "172.19.2.66, 1 of 1"]
        );
        assert_eq!(cover_told([0, u32::MAX]), ["0.0.0.0, 1 of 1", "255.255.255.255, 1 of 1"]);
        // A fifth of a /16, evenly: no hole says anything.
        let fifth = (0..13_107).map(|i| of([10, 2, 0, 0]) + 5 * i + (i * i) % 5);
        assert_eq!(cover_told(fifth), ["10.2.0.0/16, 13107 of 65536"]);
        assert!(cover([]).is_empty());
    }
}
