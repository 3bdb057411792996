//! Counts, sums and squares of the addresses nearest to each centre.

use fearless_simd::{Simd, dispatch, prelude::*};

use super::chunk::Chunk;
use super::lanes::TILE;
use super::nearest::{AT_ONCE, Assigned, Piece, Rounded, for_each_cell};
use super::{ChunkPass, VectorUnit};
use crate::address::{OCTETS, octets};
use crate::pass::lloyd::{Cluster, LloydStats};
use crate::pass::{Centres, Lloyd};

/// Vectors after which lanes are emptied: as many octets add up to less than 2^16.
const VECTORS: usize = 256;

/// Two octets of each address, 16 bits apart.
const EVERY_OTHER: u32 = 0x00ff_00ff;

impl ChunkPass for Lloyd {
    fn components(centres: &Centres) -> usize {
        centres.count()
    }

    fn reduce_chunk(unit: VectorUnit, centres: &Centres, chunk: Chunk<'_>) -> LloydStats {
        let mut clusters = vec![Cluster::default(); centres.count()];
        if chunk.shared == OCTETS - 1 {
            for_each_cell(unit, centres, chunk, |k, piece| add_piece(&mut clusters[k], piece));
        } else {
            let rounded = Rounded::new(centres);
            dispatch!(unit.level, simd => count(simd, &rounded, chunk.addresses, &mut clusters));
        }
        LloydStats(clusters)
    }
}

/// Adds addresses of one /24 to `cluster`.
fn add_piece(cluster: &mut Cluster, piece: Piece<'_>) {
    let count = piece.addresses.len() as u64;
    cluster.count += count;
    for (j, octet) in octets(piece.first).map(u64::from).into_iter().enumerate().take(OCTETS - 1) {
        cluster.sum[j] += count * octet;
        cluster.squares += count * octet * octet;
    }
    let (sum, squares) = if piece.is_run {
        // Every octet from the first to the last: the sums of 0 to n, and of their squares.
        let below = |n: u64| {
            (n * n.saturating_sub(1) / 2, n * n.saturating_sub(1) * (2 * n).saturating_sub(1) / 6)
        };
        let [first, last] = [piece.first, piece.last].map(|x| u64::from(x & 255));
        let (to_last, to_first) = (below(last + 1), below(first));
        (to_last.0 - to_first.0, to_last.1 - to_first.1)
    } else {
        let octets = piece.addresses.iter().map(|x| u64::from(x & 255));
        octets.fold((0, 0), |(s, q), x| (s + x, q + x * x))
    };
    cluster.sum[OCTETS - 1] += sum;
    cluster.squares += squares;
}

/// Sums of the addresses nearest to one centre, lane by lane.
#[derive(Clone, Copy)]
struct ClusterLanes<S: Simd> {
    count: S::u32s,
    /// Of the first and the third octet, in the high and the low half of a lane.
    odd: S::u32s,
    /// Of the second and the fourth.
    even: S::u32s,
    squares: S::u32s,
}

impl<S: Simd> ClusterLanes<S> {
    #[inline(always)]
    fn zero(simd: S) -> Self {
        let zero = S::u32s::splat(simd, 0);
        Self { count: zero, odd: zero, even: zero, squares: zero }
    }

    #[inline(always)]
    fn add_to(&self, cluster: &mut Cluster) {
        let sum = |lanes: S::u32s| u64::from(lanes.reduce_sum());
        cluster.count += sum(self.count);
        cluster.sum[0] += sum(self.odd >> 16);
        cluster.sum[1] += sum(self.even >> 16);
        cluster.sum[2] += sum(self.odd & 0xffff);
        cluster.sum[3] += sum(self.even & 0xffff);
        cluster.squares += sum(self.squares);
    }
}

#[inline(always)]
fn count<S: Simd>(simd: S, centres: &Rounded<'_>, addresses: &[u32], clusters: &mut [Cluster]) {
    let zero = S::u32s::splat(simd, 0);
    let lanes = S::u32s::LEN;
    let most = S::u32s::splat(simd, clusters.len().saturating_sub(1) as u32);
    let mut sums = vec![ClusterLanes::<S>::zero(simd); clusters.len()];
    for step in addresses.chunks(VECTORS * lanes) {
        for tile in step.chunks(TILE * lanes) {
            let mut index = [S::u32s::splat(simd, u32::MAX); TILE];
            let (mut odd, mut even, mut squares) = ([zero; TILE], [zero; TILE], [zero; TILE]);
            for (i, part) in tile.chunks(AT_ONCE * lanes).enumerate() {
                let assigned: Assigned<S, AT_ONCE> = centres.assign(simd, part);
                for v in 0..AT_ONCE {
                    let at = i * AT_ONCE + v;
                    index[at] = assigned.index[v];
                    odd[at] = (assigned.word[v] >> 8) & EVERY_OTHER;
                    even[at] = assigned.word[v] & EVERY_OTHER;
                    // Below 2^18: exact.
                    let mut sum = S::f32s::splat(simd, 0.0);
                    for octets in &assigned.octets {
                        sum = octets[v].mul_add(octets[v], sum);
                    }
                    squares[at] = sum.to_int::<S::i32s>().bitcast();
                }
            }
            // Ascending addresses have few centres at a time.
            let (mut first, mut last) = (index[0], zero);
            for index in index {
                first = first.min(index);
                // That of lanes beyond the addresses is no centre's, and the largest.
                last = last.max(index.min(most));
            }
            let (first, last) = (first.reduce_min() as usize, last.reduce_max() as usize);
            for (k, sums) in sums.iter_mut().enumerate().take(last + 1).skip(first) {
                let k = S::u32s::splat(simd, k as u32);
                // A copy, so that it stays in registers.
                let mut of_cluster = *sums;
                for v in 0..TILE {
                    let mine = index[v].simd_eq(k);
                    of_cluster.count += mine.select(S::u32s::splat(simd, 1), zero);
                    of_cluster.odd += mine.select(odd[v], zero);
                    of_cluster.even += mine.select(even[v], zero);
                    of_cluster.squares += mine.select(squares[v], zero);
                }
                *sums = of_cluster;
            }
        }
        for (sums, cluster) in sums.iter_mut().zip(clusters.iter_mut()) {
            sums.add_to(cluster);
            *sums = ClusterLanes::zero(simd);
        }
    }
}
