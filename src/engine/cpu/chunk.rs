//! What a task runs over: addresses in ascending order, cut where what they share changes.

use crate::address::{Held, OCTETS};

/// Addresses a chunk: a tenth of a millisecond of work, and 64 KiB that stay in a core's cache.
pub(super) const CHUNK: usize = 16_384;

/// Addresses a block at most: the terms of a partial sum in single precision.
pub(super) const BLOCK: usize = 4_096;

/// Addresses a /24 that repay working out anew what is constant in one (benches/README.md).
const DENSE: usize = 128;

/// Addresses a first octet that repay the same, and the last tile, which is half empty.
const GROUPED: usize = 256;

/// Ascending addresses, each of which counts `times` times.
#[derive(Debug, Clone, Copy)]
pub(in crate::engine) struct Chunk<'a> {
    /// A power of two.
    pub times: u64,
    /// The addresses.
    pub addresses: &'a [u32],
    /// Leading octets that the addresses of a block share: 0, 1 or 3.
    pub shared: usize,
    /// Where they are 3, the blocks.
    pub subnets: &'a [Subnet],
}

/// A block of one /24, told without its addresses: next to the arithmetic of K-Means on one, a look at
/// them would take long.
#[derive(Debug, Clone, Copy)]
pub(in crate::engine) struct Subnet {
    /// The first address.
    pub first: u32,
    /// The last.
    pub last: u32,
    /// How many they are.
    pub len: u16,
    /// Whether they are all from the first to the last, each once.
    pub is_run: bool,
}

/// How a chunk is cut into blocks.
#[derive(Debug)]
pub(super) struct Cut {
    /// Leading octets that the addresses of a block share.
    pub shared: usize,
    /// Where they are 3, the blocks.
    pub subnets: Vec<Subnet>,
}

impl Cut {
    /// How blocks of the ascending `addresses` are cut best.
    pub fn of(addresses: &[u32]) -> Self {
        let shared = shared(addresses);
        let uncut = Chunk { times: 1, addresses, shared, subnets: &[] };
        let of_one = shared == OCTETS - 1;
        let blocks = uncut.blocks().take_while(|_| of_one);
        Self { shared, subnets: blocks.map(Subnet::of).collect() }
    }
}

impl Subnet {
    /// Of the ascending addresses of a block, of which there is one at least.
    fn of(block: &[u32]) -> Self {
        let (first, last) = (block[0], block[block.len() - 1]);
        let is_run = block.windows(2).all(|pair| pair[1] - pair[0] == 1);
        Self { first, last, len: block.len() as u16, is_run }
    }
}

/// How many leading octets blocks of the ascending `addresses` had best share.
fn shared(addresses: &[u32]) -> usize {
    let runs = |octets: usize| {
        let shift = 32 - 8 * octets as u32;
        1 + addresses.windows(2).filter(|pair| pair[0] >> shift != pair[1] >> shift).count()
    };
    if addresses.len() >= DENSE * runs(OCTETS - 1) {
        OCTETS - 1
    } else if addresses.len() >= GROUPED * runs(1) {
        1
    } else {
        0
    }
}

/// The ascending `addresses` of dense /24s and all others, where there are both.
pub(super) fn parts(addresses: Held<'_, u32>) -> Vec<Held<'_, u32>> {
    // A dense /24 fills one of these.
    let mut halves = addresses.chunks_exact(DENSE / 2);
    if !halves.any(|half| half[0] >> 8 == half[DENSE / 2 - 1] >> 8) {
        return vec![addresses];
    }
    let subnets = addresses.chunk_by(|a, b| a >> 8 == b >> 8);
    let (dense, others): (Vec<&[u32]>, Vec<_>) = subnets.partition(|subnet| subnet.len() >= DENSE);
    if dense.is_empty() || others.is_empty() {
        return vec![addresses];
    }
    vec![dense.concat().into(), others.concat().into()]
}

impl<'a> Chunk<'a> {
    /// The blocks, one after the other: at most [`BLOCK`] addresses that share [`shared`](Self::shared)
    /// leading octets.
    pub fn blocks(self) -> impl Iterator<Item = &'a [u32]> {
        let mut rest = self.addresses;
        std::iter::from_fn(move || {
            let &first = rest.first()?;
            // No more of one /24 are distinct.
            let most = if self.shared == OCTETS - 1 { 256 } else { BLOCK };
            let most = &rest[..rest.len().min(most)];
            let shift = 32 - 8 * self.shared as u32;
            let same = |address: &u32| u64::from(*address) >> shift == u64::from(first) >> shift;
            let end =
                if most.last().is_some_and(same) { most.len() } else { most.partition_point(same) };
            let (block, others) = rest.split_at(end);
            rest = others;
            Some(block)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dense_subnets_come_first() {
        let others = [5, 6, 0x0a00_0000, 0x0c00_0100];
        let dense: Vec<u32> = (0..256).map(|i| 0x0b00_0000 + i).collect();
        let mut all = [&others[..], &dense].concat();
        all.sort_unstable();
        let found: Vec<Vec<u32>> = parts(all.into()).iter().map(|part| part.to_vec()).collect();
        assert_eq!(found, [&dense[..], &others]);
        for alone in [&others[..], &dense, &[]] {
            assert!(
                matches!(&parts(alone.into())[..], [same] if **same == *alone && same.is_borrowed())
            );
        }
    }

    #[test]
    fn blocks_share_what_their_density_repays() {
        let dense: Vec<u32> = (0..2000).map(|i| 0x0a00_0000 + i).collect();
        let grouped: Vec<u32> = (0..2000).map(|i| i * 0x8000).collect();
        let sparse: Vec<u32> = (0..2000).map(|i| i * 0x20_0000).collect();
        for (addresses, shared) in [(&dense, 3), (&grouped, 1), (&sparse, 0)] {
            assert_eq!(super::shared(addresses), shared);
            let cut = Cut::of(addresses);
            let chunk = Chunk { times: 1, addresses, shared, subnets: &cut.subnets };
            let blocks: Vec<&[u32]> = chunk.blocks().collect();
            assert_eq!(blocks.concat(), *addresses);
            assert_eq!(cut.subnets.len(), if shared == 3 { blocks.len() } else { 0 });
            for (subnet, block) in cut.subnets.iter().zip(&blocks) {
                assert_eq!((subnet.first, subnet.last), (block[0], block[block.len() - 1]));
                assert_eq!((usize::from(subnet.len), subnet.is_run), (block.len(), true));
            }
            for block in blocks {
                let prefix = |address: u32| u64::from(address) >> (32 - 8 * shared);
                assert!(block.iter().all(|&address| prefix(address) == prefix(block[0])));
            }
        }
        let none = Chunk { times: 1, addresses: &[], shared: 0, subnets: &[] };
        assert_eq!(none.blocks().count(), 0);
        // As many as from the first to the last, but one of them twice.
        assert!(!Subnet::of(&[1, 1, 3]).is_run);
        assert!(!Subnet::of(&[u32::MAX, u32::MAX]).is_run);
    }
}
