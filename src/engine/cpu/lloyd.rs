//! Counts, sums and squares of the addresses nearest to each centre.

use fearless_simd::{Simd, dispatch, prelude::*};

use super::chunk::Chunk;
use super::nearest::{Assigned, Rounded, for_each_cell};
use super::{Kernel, Machine};
use crate::address::{OCTETS, octets};
use crate::pass::lloyd::{Cluster, LloydStats};
use crate::pass::{Centres, Lloyd};

/// Vectors after which lanes are emptied: as many octets add up to less than 2^16.
const VECTORS: usize = 256;

/// Two octets of each address, 16 bits apart.
const EVERY_OTHER: u32 = 0x00ff_00ff;

impl Kernel for Lloyd {
    fn sweep(machine: Machine, centres: &Centres, chunk: Chunk<'_>) -> LloydStats {
        let mut clusters = vec![Cluster::default(); centres.count()];
        if chunk.shared == OCTETS - 1 {
            for_each_cell(machine, centres, chunk, |k, piece| add_piece(&mut clusters[k], piece));
        } else {
            let rounded = Rounded::new(centres);
            dispatch!(machine.level, simd => sweep(simd, &rounded, chunk.addresses, &mut clusters));
        }
        LloydStats(clusters)
    }
}

/// Adds ascending addresses of one /24 to `cluster`.
fn add_piece(cluster: &mut Cluster, piece: &[u32]) {
    let count = piece.len() as u64;
    cluster.count += count;
    for (j, octet) in octets(piece[0]).map(u64::from).into_iter().enumerate().take(OCTETS - 1) {
        cluster.sum[j] += count * octet;
        cluster.squares += count * octet * octet;
    }
    let [first, last] = [piece[0], piece[piece.len() - 1]].map(|x| u64::from(x & 255));
    let (sum, squares) = if last - first + 1 == count {
        // Every octet from the first to the last: the sums of 0 to n, and of their squares.
        let below = |n: u64| {
            (n * n.saturating_sub(1) / 2, n * n.saturating_sub(1) * (2 * n).saturating_sub(1) / 6)
        };
        let (to_last, to_first) = (below(last + 1), below(first));
        (to_last.0 - to_first.0, to_last.1 - to_first.1)
    } else {
        piece.iter().map(|x| u64::from(x & 255)).fold((0, 0), |(s, q), x| (s + x, q + x * x))
    };
    cluster.sum[OCTETS - 1] += sum;
    cluster.squares += squares;
}

/// Sums of the addresses nearest to one centre, lane by lane.
#[derive(Clone, Copy)]
struct LaneSums<S: Simd> {
    count: S::u32s,
    /// Of the first and the third octet, in the high and the low half of a lane.
    odd: S::u32s,
    /// Of the second and the fourth.
    even: S::u32s,
    squares: S::u32s,
}

impl<S: Simd> LaneSums<S> {
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
fn sweep<S: Simd>(simd: S, centres: &Rounded<'_>, addresses: &[u32], clusters: &mut [Cluster]) {
    let zero = S::u32s::splat(simd, 0);
    let mut sums = vec![LaneSums::<S>::zero(simd); clusters.len()];
    for step in addresses.chunks(VECTORS * S::u32s::LEN) {
        for part in step.chunks(S::u32s::LEN) {
            let Assigned { index, word, octets } = centres.assign(simd, part);
            let odd = (word >> 8) & EVERY_OTHER;
            let even = word & EVERY_OTHER;
            // Below 2^18: exact.
            let mut squares = S::f32s::splat(simd, 0.0);
            for x in octets {
                squares = x.mul_add(x, squares);
            }
            let squares: S::u32s = squares.to_int();
            for (k, sums) in sums.iter_mut().enumerate() {
                let mine = index.simd_eq(S::u32s::splat(simd, k as u32));
                sums.count += mine.select(S::u32s::splat(simd, 1), zero);
                sums.odd += mine.select(odd, zero);
                sums.even += mine.select(even, zero);
                sums.squares += mine.select(squares, zero);
            }
        }
        for (sums, cluster) in sums.iter_mut().zip(clusters.iter_mut()) {
            sums.add_to(cluster);
            *sums = LaneSums::zero(simd);
        }
    }
}
