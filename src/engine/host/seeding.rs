//! Seeds of K-Means: greedy K-Means++ (Arthur & Vassilvitskii 2007), as scikit-learn has it, or
//! addresses at random.
//!
//! Seeds are addresses, so squared distances are integers below 2^18: potentials are summed, drawn
//! from and compared exactly, and a seed gives the same centres on every machine. Seeding runs on
//! the host's threads, by vectors of addresses; it takes 4 bytes an address while it does.

use fearless_simd::{Level, Simd, dispatch, prelude::*};
use rand::RngExt;
use rand::seq::index::sample;
use rand_chacha::ChaCha8Rng;

use crate::address::{OCTETS, Points, octets};
use crate::engine::cpu::lanes::words;
use crate::engine::tasks::on_all_cores;

/// Addresses whose potential is summed: few, so that a draw is soon found within them, and that their
/// distances, each below 2^18, add up in a `u32`.
const BLOCK: usize = 256;

/// Blocks a task.
const TASK: usize = 64;

/// As [`Host::spread`](super::Host::spread).
pub fn kmeans_plus_plus(points: &Points<'_>, k: usize, rng: &mut ChaCha8Rng) -> Vec<u32> {
    let addresses = points.addresses();
    // scikit-learn's number of candidates a centre.
    let trials = 2 + (k as f64).ln() as usize;
    let first = match points.weights() {
        None => rng.random_range(0..addresses.len()),
        Some(weights) => draw_one(rng, points.total(), weights.iter().copied()),
    };
    let first = addresses[first];
    let mut chosen = vec![first];
    // The squared distance of each address to its nearest centre so far.
    let mut nearest = vec![u32::MAX; addresses.len()];
    let mut blocks = approach(&mut nearest, points, first);
    while chosen.len() < k {
        let potential: u64 = blocks.iter().sum();
        let candidates: Vec<u32> = (0..trials)
            .map(|_| match potential {
                // Every address is a centre already: only when some are repeated.
                0 => first,
                _ => addresses[locate(&nearest, points, &blocks, rng.random_range(0..potential))],
            })
            .collect();
        let potentials = potentials(&nearest, points, &candidates);
        let best = (0..trials).min_by_key(|&t| potentials[t]).map_or(first, |t| candidates[t]);
        chosen.push(best);
        blocks = approach(&mut nearest, points, best);
    }
    chosen
}

/// As [`Host::draw`](super::Host::draw).
pub fn draw(points: &Points<'_>, k: usize, rng: &mut ChaCha8Rng) -> Vec<u32> {
    let chosen: Vec<usize> = match points.weights() {
        None => sample(rng, points.addresses().len(), k).into_vec(),
        Some(weights) => {
            let mut left = weights.to_vec();
            let mut total = points.total();
            let next = |_| {
                // Once nothing weighs anything the first weightless ones are as good as any.
                let i = if total > 0 { draw_one(rng, total, left.iter().copied()) } else { 0 };
                total -= std::mem::take(&mut left[i]);
                i
            };
            (0..k).map(next).collect()
        }
    };
    chosen.into_iter().map(|i| points.addresses()[i]).collect()
}

/// An index drawn in proportion to `weights`, which sum to `total`, more than 0.
fn draw_one(rng: &mut ChaCha8Rng, total: u64, weights: impl Iterator<Item = u64>) -> usize {
    let mut target = rng.random_range(0..total);
    for (i, weight) in weights.enumerate() {
        if target < weight {
            return i;
        }
        target -= weight;
    }
    0 // not reached: the target is below the sum
}

/// The weighted sum of `distances`, each where it is less than the one in `nearest`: the potential of
/// the block of `points` that starts at address `start`.
#[inline(always)]
fn potential(points: &Points<'_>, start: usize, nearest: &[u32], distances: &[u32]) -> u64 {
    let (mut unweighted, mut weighted) = (0u32, 0u64);
    match points.weights() {
        None => {
            for (&a, &b) in nearest.iter().zip(distances) {
                unweighted += a.min(b);
            }
        }
        Some(weights) => {
            for ((&a, &b), weight) in nearest.iter().zip(distances).zip(&weights[start..]) {
                weighted += u64::from(a.min(b)) * weight;
            }
        }
    }
    u64::from(unweighted) + weighted
}

/// Squared Euclidean distances of a block of `addresses` from each of `centres`, in squared octets. They
/// are below 2^18, so f32 has them exactly.
#[inline(always)]
fn distances<S: Simd>(
    simd: S,
    addresses: &[u32],
    centres: &[[f32; OCTETS]],
    distances: &mut [[u32; BLOCK]],
) {
    let lanes = S::u32s::LEN;
    for (v, part) in addresses.chunks(lanes).enumerate() {
        let word = words(simd, part);
        let mut x = [S::f32s::splat(simd, 0.0); OCTETS];
        for (j, x) in x.iter_mut().enumerate() {
            *x = ((word >> (24 - 8 * j as u32)) & 255).bitcast::<S::i32s>().to_float();
        }
        for (centre, distances) in centres.iter().zip(distances.iter_mut()) {
            let mut sum = S::f32s::splat(simd, 0.0);
            for (&x, &centre) in x.iter().zip(centre) {
                let d = x - S::f32s::splat(simd, centre);
                sum = d.mul_add(d, sum);
            }
            let to = &mut distances[v * lanes..][..lanes];
            sum.to_int::<S::i32s>().bitcast::<S::u32s>().store_slice(to);
        }
    }
}

/// Lowers `nearest` to the distances to `centre` and returns the potential of each block.
fn approach(nearest: &mut [u32], points: &Points<'_>, centre: u32) -> Vec<u64> {
    #[inline(always)]
    fn task<S: Simd>(
        simd: S,
        points: &Points<'_>,
        start: usize,
        nearest: &mut [u32],
        centre: u32,
    ) -> Vec<u64> {
        let (centre, mut room) = ([octets(centre).map(f32::from)], [[0; BLOCK]]);
        let mut potentials = Vec::with_capacity(TASK);
        let addresses = &points.addresses()[start..];
        let blocks = nearest.chunks_mut(BLOCK).zip(addresses.chunks(BLOCK)).enumerate();
        for (b, (nearest, addresses)) in blocks {
            distances(simd, addresses, &centre, &mut room);
            potentials.push(potential(points, start + b * BLOCK, nearest, &room[0]));
            nearest.iter_mut().zip(&room[0]).for_each(|(a, &b)| *a = (*a).min(b));
        }
        potentials
    }
    let level = Level::new();
    let tasks = nearest.chunks_mut(TASK * BLOCK).enumerate().collect();
    let potentials = on_all_cores(
        tasks,
        |(t, nearest)| dispatch!(level, simd => task(simd, points, t * TASK * BLOCK, nearest, centre)),
    );
    potentials.concat()
}

/// The potential that each candidate would leave.
fn potentials(nearest: &[u32], points: &Points<'_>, candidates: &[u32]) -> Vec<u64> {
    #[inline(always)]
    fn task<S: Simd>(
        simd: S,
        points: &Points<'_>,
        start: usize,
        nearest: &[u32],
        candidates: &[u32],
    ) -> Vec<u64> {
        let centres: Vec<_> = candidates.iter().map(|&c| octets(c).map(f32::from)).collect();
        let mut room = vec![[0; BLOCK]; candidates.len()];
        let mut sums = vec![0; candidates.len()];
        let addresses = &points.addresses()[start..];
        let blocks = nearest.chunks(BLOCK).zip(addresses.chunks(BLOCK)).enumerate();
        for (b, (nearest, addresses)) in blocks {
            distances(simd, addresses, &centres, &mut room);
            for (sum, distances) in sums.iter_mut().zip(&room) {
                *sum += potential(points, start + b * BLOCK, nearest, distances);
            }
        }
        sums
    }
    let level = Level::new();
    let tasks = nearest.chunks(TASK * BLOCK).enumerate().collect();
    let potentials = on_all_cores(
        tasks,
        |(t, nearest)| dispatch!(level, simd => task(simd, points, t * TASK * BLOCK, nearest, candidates)),
    );
    (0..candidates.len()).map(|c| potentials.iter().map(|of_task| of_task[c]).sum()).collect()
}

/// The first index at which the running weighted sum of `nearest` exceeds `target`.
fn locate(nearest: &[u32], points: &Points<'_>, blocks: &[u64], mut target: u64) -> usize {
    let mut start = 0;
    for &block in blocks {
        if target < block {
            break;
        }
        target -= block;
        start += BLOCK;
    }
    for (i, &distance) in nearest.iter().enumerate().skip(start) {
        let potential = u64::from(distance) * points.weight(i);
        if target < potential {
            return i;
        }
        target -= potential;
    }
    nearest.len() - 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::RandomStream;

    #[test]
    fn a_draw_lands_where_the_running_sum_passes_it() {
        let nearest = [3, 0, 2, 5];
        let found = |points: &Points<'_>, sum| -> Vec<usize> {
            (0..sum).map(|target| locate(&nearest, points, &[sum], target)).collect()
        };
        assert_eq!(found(&Points::new(&[0; 4]), 10), [0, 0, 0, 2, 2, 3, 3, 3, 3, 3]);
        let weighted = Points::weighted(&[0; 4], &[1, 5, 2, 0]).unwrap();
        assert_eq!(found(&weighted, 7), [0, 0, 0, 2, 2, 2, 2]);
    }

    #[test]
    fn as_many_centres_as_addresses_takes_every_address() {
        let addresses: Vec<u32> = (0..20).map(|i| i * 0x0103_0507).collect();
        let rng = &mut RandomStream::new(1, 0).rng();
        let mut seeds = kmeans_plus_plus(&Points::new(&addresses), 20, rng);
        seeds.sort_unstable();
        assert_eq!(seeds, addresses);
    }

    #[test]
    fn a_restart_draws_the_same_whatever_follows_it() {
        let addresses: Vec<u32> = (0..1000u32).map(|i| i.wrapping_mul(2_654_435_761)).collect();
        let draw = |restart| {
            let rng = &mut RandomStream::new(7, restart).rng();
            kmeans_plus_plus(&Points::new(&addresses), 4, rng)
        };
        assert_eq!(draw(3), draw(3));
        assert_ne!(draw(3), draw(4));
    }
}
