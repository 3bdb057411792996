//! The nearest centre: in `f32` by vectors, and where that cannot tell, exactly.
//!
//! Voronoi cells are convex, so where the first and the last of some ascending addresses of one /24
//! are nearest to the same centre, so are all between them.

use fearless_simd::{Simd, dispatch, prelude::*};

use super::chunk::{Chunk, Subnet};
use super::lanes::words;
use super::{VectorUnit, chunk};
use crate::address::{OCTETS, octets};
use crate::engine::near_tie;
use crate::pass::Centres;
use crate::pass::centres::Centre;

/// Vectors of addresses that are assigned at once: as many as fit in the registers of AVX2.
pub(super) const AT_ONCE: usize = 2;

/// Centres in `f32`.
pub(super) struct Rounded<'a> {
    exact: &'a Centres,
    /// `|c|^2 / 2` and -c of each.
    rounded: Vec<(f32, [f32; OCTETS])>,
    /// Scores closer than this may be in the wrong order.
    window: f32,
}

/// Up to `N` vectors of addresses and the centres nearest to them.
pub(super) struct Assigned<S: Simd, const N: usize> {
    /// The indices of the centres; of lanes beyond the addresses no centre's.
    pub index: [S::u32s; N],
    /// The addresses.
    pub word: [S::u32s; N],
    /// Their octets.
    pub octets: [[S::f32s; N]; OCTETS],
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

    /// The nearest centre of each of up to `N` vectors of `addresses`, at least one address; of several,
    /// the lowest. What is loaded of a centre serves all the vectors.
    #[inline(always)]
    pub fn assign<S: Simd, const N: usize>(&self, simd: S, addresses: &[u32]) -> Assigned<S, N> {
        let lanes = S::u32s::LEN;
        let last = addresses.len() - 1;
        let mut word = [S::u32s::splat(simd, 0); N];
        let mut octets = [[S::f32s::splat(simd, 0.0); N]; OCTETS];
        for v in 0..N {
            let first = (v * lanes).min(last);
            word[v] = words(simd, &addresses[first..addresses.len().min(first + lanes)]);
            for (j, octets) in octets.iter_mut().enumerate() {
                octets[v] =
                    ((word[v] >> (24 - 8 * j as u32)) & 255).bitcast::<S::i32s>().to_float();
            }
        }
        let mut best = [S::f32s::splat(simd, f32::MAX); N];
        let mut second = best;
        let mut index = [S::u32s::splat(simd, 0); N];
        for (k, (half_norm, minus)) in self.rounded.iter().enumerate() {
            let k = S::u32s::splat(simd, k as u32);
            for v in 0..N {
                let mut score = S::f32s::splat(simd, *half_norm);
                for j in 0..OCTETS {
                    score = octets[j][v].mul_add(S::f32s::splat(simd, minus[j]), score);
                }
                index[v] = score.simd_lt(best[v]).select(k, index[v]);
                second[v] = second[v].min(best[v].max(score));
                best[v] = best[v].min(score);
            }
        }
        let window = S::f32s::splat(simd, self.window);
        for v in 0..N {
            let near = (second[v] - best[v]).simd_lt(window);
            let addresses = &addresses[(v * lanes).min(last + 1)..];
            if near.any_true() {
                for (lane, &address) in addresses.iter().take(lanes).enumerate() {
                    if near.test(lane) {
                        index[v][lane] = self.exact.nearest(address) as u32;
                    }
                }
            }
            if addresses.len() < lanes {
                index[v].as_mut_slice()[addresses.len()..].fill(u32::MAX);
            }
        }
        Assigned { index, word, octets }
    }
}

/// Ascending addresses of a chunk that are all nearest to one centre.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece<'a> {
    /// The addresses, one at least.
    pub addresses: &'a [u32],
    /// The first of them.
    pub first: u32,
    /// The last of them.
    pub last: u32,
    /// Whether they are all from the first to the last, each once: then they need not be read.
    pub is_run: bool,
}

impl Piece<'_> {
    /// The addresses of one /24 whose last octet is below `end`, and the others; of each there is one
    /// at least.
    fn split(self, end: i64) -> [Self; 2] {
        let Self { addresses, first, last, is_run } = self;
        let count = if is_run {
            (end - i64::from(first & 255)) as usize
        } else {
            addresses.partition_point(|x| i64::from(x & 255) < end)
        };
        let (below, others) = addresses.split_at(count);
        let (end_of_below, start_of_others) = match (is_run, below, others) {
            (false, [.., below], [other, ..]) => (*below, *other),
            _ => (first + count as u32 - 1, first + count as u32),
        };
        [
            Self { addresses: below, first, last: end_of_below, is_run },
            Self { addresses: others, first: start_of_others, last, is_run },
        ]
    }
}

/// Calls `take` with pieces of `chunk`, in order, and the centre that all of a piece are nearest to.
pub(super) fn for_each_piece(
    unit: VectorUnit,
    centres: &Centres,
    chunk: Chunk<'_>,
    mut take: impl FnMut(usize, Piece<'_>),
) {
    if chunk.shared == OCTETS - 1 {
        return for_each_cell(unit, centres, chunk, take);
    }
    let rounded = Rounded::new(centres);
    let mut indices = Vec::with_capacity(chunk::BLOCK);
    for block in chunk.addresses.chunks(chunk::BLOCK) {
        indices.clear();
        dispatch!(unit.level, simd => append(simd, &rounded, block, &mut indices));
        for (&index, address) in indices.iter().zip(block) {
            let (&first, &last) = (address, address);
            let addresses = std::slice::from_ref(address);
            take(index as usize, Piece { addresses, first, last, is_run: true });
        }
    }
}

/// As [`for_each_piece`], of a chunk whose blocks are each of one /24: pieces as large as can be.
pub(super) fn for_each_cell(
    unit: VectorUnit,
    centres: &Centres,
    chunk: Chunk<'_>,
    mut take: impl FnMut(usize, Piece<'_>),
) {
    let ends: Vec<u32> = chunk.subnets.iter().flat_map(|s| [s.first, s.last]).collect();
    let mut nearest = Vec::with_capacity(ends.len());
    let rounded = Rounded::new(centres);
    dispatch!(unit.level, simd => append(simd, &rounded, &ends, &mut nearest));
    let mut rest = chunk.addresses;
    for (&Subnet { first, last, len, is_run }, ends) in chunk.subnets.iter().zip(nearest.chunks(2))
    {
        let (addresses, others) = rest.split_at(usize::from(len));
        rest = others;
        let mut piece = Piece { addresses, first, last, is_run };
        let mut index = ends[0] as usize;
        while index != ends[1] as usize {
            // The first address is nearest to this centre, and the last to another.
            let [mine, others] = piece.split(end_of_cell(centres, piece.first, index));
            take(index, mine);
            piece = others;
            index = centres.nearest(piece.first);
        }
        take(index, piece);
    }
}

/// The least last octet at which another centre is nearer than that of `index`, which is nearest to
/// `address`, to addresses that share its other octets and are not before it; where there is none, a
/// large number.
fn end_of_cell(centres: &Centres, address: u32, index: usize) -> i64 {
    // Along the last octet a score is a line, which falls the faster the larger the coordinate.
    let line = |centre: &Centre| (centre.score(octets(address & !255)), centre.coordinates[3]);
    let (mine, my_fall) = line(&centres.as_slice()[index]);
    let mut end = i64::MAX;
    for (k, centre) in centres.as_slice().iter().enumerate() {
        let (score, fall) = line(centre);
        if fall > my_fall {
            // The first is nearer where octet * (fall - my_fall) exceeds score - mine; where they are
            // equal, too, if its index is the lower.
            let above = score - mine - i64::from(k < index);
            end = end.min(above.div_euclid(fall - my_fall) + 1);
        }
    }
    end
}

/// Appends the index of the centre nearest to each of `addresses`.
#[inline(always)]
pub(super) fn append<S: Simd>(
    simd: S,
    centres: &Rounded<'_>,
    addresses: &[u32],
    indices: &mut Vec<u32>,
) {
    for part in addresses.chunks(AT_ONCE * S::u32s::LEN) {
        let assigned: Assigned<S, AT_ONCE> = centres.assign(simd, part);
        for (part, index) in part.chunks(S::u32s::LEN).zip(&assigned.index) {
            indices.extend_from_slice(&index.as_slice()[..part.len()]);
        }
    }
}
