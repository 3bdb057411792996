//! Exact moments of the addresses nearest to each centre. Fits begin with those of all addresses, by vectors; what sums
//! those of several clusters is plain.

use fearless_simd::{Simd, dispatch, prelude::*};

use super::chunk::{BLOCK, Chunk};
use super::lanes::words;
use super::nearest::for_each_piece;
use super::{ChunkPass, VectorUnit};
use crate::address::OCTETS;
use crate::pass::moments::{ExactMoments, MomentsStats};
use crate::pass::{Centres, Moments, PAIR, PAIRS};

impl ChunkPass for Moments {
    fn components(centres: &Centres) -> usize {
        centres.count()
    }

    fn reduce_chunk(unit: VectorUnit, centres: &Centres, chunk: Chunk<'_>) -> MomentsStats {
        let mut clusters = vec![ExactMoments::default(); centres.count()];
        if let [all] = &mut clusters[..] {
            dispatch!(unit.level, simd => add(simd, chunk.addresses, all));
            return MomentsStats(clusters);
        }
        for_each_piece(unit, centres, chunk, |k, piece| {
            piece.addresses.iter().for_each(|&address| clusters[k].add_address(address, 1));
        });
        MomentsStats(clusters)
    }
}

/// Adds `addresses` to `moments`.
#[inline(always)]
fn add<S: Simd>(simd: S, addresses: &[u32], moments: &mut ExactMoments) {
    let zero = S::u32s::splat(simd, 0);
    let whole = addresses.len() - addresses.len() % S::u32s::LEN;
    let (whole, rest) = addresses.split_at(whole);
    // In a block, products of two octets add up to less than 2^28.
    for block in whole.chunks(BLOCK) {
        let (mut sum, mut products) = ([zero; OCTETS], [zero; PAIRS]);
        for part in block.chunks_exact(S::u32s::LEN) {
            let word = words(simd, part);
            let mut x = [zero; OCTETS];
            for (j, x) in x.iter_mut().enumerate() {
                *x = (word >> (24 - 8 * j as u32)) & 255;
            }
            for (sum, x) in sum.iter_mut().zip(x) {
                *sum += x;
            }
            for (product, (i, j)) in products.iter_mut().zip(PAIR) {
                *product += x[i] * x[j];
            }
        }
        moments.count += block.len() as u64;
        for (sum, lanes) in moments.sum.iter_mut().zip(sum) {
            *sum += u64::from(lanes.reduce_sum());
        }
        for (product, lanes) in moments.products.iter_mut().zip(products) {
            *product += u64::from(lanes.reduce_sum());
        }
    }
    rest.iter().for_each(|&address| moments.add_address(address, 1));
}
