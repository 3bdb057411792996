//! The nearest centre: in `f32` by vectors, and where that cannot tell, exactly.
//!
//! Voronoi cells are convex, so where the first and the last of some ascending addresses of one /24
//! are nearest to the same centre, so are all between them.

use fearless_simd::{Simd, dispatch, prelude::*};

use super::chunk::Chunk;
use super::lanes::words;
use super::{Machine, chunk};
use crate::address::OCTETS;
use crate::engine::near_tie;
use crate::pass::Centres;

/// Centres in `f32`.
pub(super) struct Rounded<'a> {
    exact: &'a Centres,
    /// `|c|^2 / 2` and -c of each.
    rounded: Vec<(f32, [f32; OCTETS])>,
    /// Scores closer than this may be in the wrong order.
    window: f32,
}

/// Up to a vector of addresses and the centres nearest to them.
pub(super) struct Assigned<S: Simd> {
    /// The index of the centre; of lanes beyond the addresses no centre's.
    pub index: S::u32s,
    /// The addresses.
    pub word: S::u32s,
    /// Their octets.
    pub octets: [S::f32s; OCTETS],
}

impl<'a> Rounded<'a> {
    /// `centres`, rounded.
    pub fn new(centres: &'a Centres) -> Self {
        let unit = 2f64.powi(-32);
        let rounded = centres.as_slice().iter().map(|c| {
            ((c.half_norm as f64 * unit) as f32, c.coordinates.map(|x| (-x as f64 * unit) as f32))
        });
        let window = near_tie::window(centres) as f32;
        Self { exact: centres, rounded: rounded.collect(), window }
    }

    /// The nearest centre of each of up to a vector of `addresses`, at least one; of several, the
    /// lowest.
    #[inline(always)]
    pub fn assign<S: Simd>(&self, simd: S, addresses: &[u32]) -> Assigned<S> {
        let word = words(simd, addresses);
        let mut octets = [S::f32s::splat(simd, 0.0); OCTETS];
        for (j, octet) in octets.iter_mut().enumerate() {
            *octet = ((word >> (24 - 8 * j as u32)) & 255).to_float();
        }
        let mut best = S::f32s::splat(simd, f32::MAX);
        let mut second = best;
        let mut index = S::u32s::splat(simd, 0);
        for (k, (half_norm, minus)) in self.rounded.iter().enumerate() {
            let mut score = S::f32s::splat(simd, *half_norm);
            for j in 0..OCTETS {
                score = octets[j].mul_add(S::f32s::splat(simd, minus[j]), score);
            }
            let closer = score.simd_lt(best);
            index = closer.select(S::u32s::splat(simd, k as u32), index);
            second = second.min(best.max(score));
            best = best.min(score);
        }
        let near = (second - best).simd_lt(S::f32s::splat(simd, self.window));
        if near.any_true() {
            for (lane, &address) in addresses.iter().enumerate() {
                if near.test(lane) {
                    index[lane] = self.exact.nearest(address) as u32;
                }
            }
        }
        for lane in addresses.len()..S::u32s::LEN {
            index[lane] = u32::MAX;
        }
        Assigned { index, word, octets }
    }
}

/// Calls `take` with pieces of `chunk`, in order, and the centre that all of a piece are nearest to.
pub(super) fn for_each_piece(
    machine: Machine,
    centres: &Centres,
    chunk: Chunk<'_>,
    mut take: impl FnMut(usize, &[u32]),
) {
    if chunk.shared == OCTETS - 1 {
        return for_each_cell(machine, centres, chunk, take);
    }
    let rounded = Rounded::new(centres);
    let mut indices = Vec::with_capacity(chunk::BLOCK);
    for block in chunk.addresses.chunks(chunk::BLOCK) {
        indices.clear();
        dispatch!(machine.level, simd => append(simd, &rounded, block, &mut indices));
        for (&index, address) in indices.iter().zip(block) {
            take(index as usize, std::slice::from_ref(address));
        }
    }
}

/// As [`for_each_piece`], of a chunk whose blocks are each of one /24: pieces as large as can be.
pub(super) fn for_each_cell(
    machine: Machine,
    centres: &Centres,
    chunk: Chunk<'_>,
    mut take: impl FnMut(usize, &[u32]),
) {
    let blocks: Vec<&[u32]> = chunk.blocks().collect();
    // A block has an address at least.
    let ends: Vec<u32> =
        blocks.iter().flat_map(|block| [block[0], block[block.len() - 1]]).collect();
    let mut nearest = Vec::with_capacity(ends.len());
    let rounded = Rounded::new(centres);
    dispatch!(machine.level, simd => append(simd, &rounded, &ends, &mut nearest));
    for (mut rest, ends) in blocks.into_iter().zip(nearest.chunks(2)) {
        let mut index = ends[0];
        while index != ends[1] {
            let end = rest.partition_point(|&address| centres.nearest(address) == index as usize);
            let (piece, others) = rest.split_at(end);
            take(index as usize, piece);
            rest = others;
            // The last address is nearest to another centre: it is among the others.
            index = centres.nearest(rest[0]) as u32;
        }
        take(index as usize, rest);
    }
}

/// Appends the index of the centre nearest to each of `addresses`.
#[inline(always)]
pub(super) fn append<S: Simd>(
    simd: S,
    centres: &Rounded<'_>,
    addresses: &[u32],
    indices: &mut Vec<u32>,
) {
    for part in addresses.chunks(S::u32s::LEN) {
        let index = centres.assign(simd, part).index;
        indices.extend_from_slice(&index.as_slice()[..part.len()]);
    }
}
