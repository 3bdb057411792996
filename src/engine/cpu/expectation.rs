//! Responsibilities and their moments, a tile of addresses at a time.
//!
//! ```text
//! for each block of addresses that share SHARED octets
//!     fold the shared octets into each component; in a /24 leave out the negligible ones
//!     for each tile, a few vectors of addresses
//!         t[k] = bias[k] - |factor[k]' (x - anchor[k]) + shift[k]|^2     log2-densities less a level
//!         largest = max t[k],  e[k] = 2^(t[k] - largest),  normaliser = sum e[k]
//!         log-likelihood += largest + log2 normaliser
//!         entropy += log2 normaliser + sum e[k] (largest - t[k]) / normaliser
//!         for each component: r = e[k] / normaliser;  add r, r d, r d d' lane by lane, d = x - anchor
//!     add up the lanes, expand the sums by the shared octets
//! ```
//!
//! In a block of addresses that share their first octets, these octets' part of every component is
//! worked out once: `y = factor' (x - anchor) + shift` keeps the rows of the other octets, and so do
//! the sums, which are expanded when the block ends. Exponents are base 2. A component that is
//! negligible in a whole tile is left out of it; one of a whole /24 is, of all of that.

use fearless_simd::{Simd, dispatch, prelude::*};

use super::chunk::Chunk;
use super::lanes::{Lane, TILE, Tile, Vector, exp2, live};
use super::{ChunkPass, VectorUnit};
use crate::address::{OCTETS, octets};
use crate::engine::Precision;
use crate::engine::anchored::{Anchored, LEAST, gaussian_scale, level};
use crate::pass::expectation::{ExpectationStats, SoftMoments};
use crate::pass::{Expectation, Mixture, PAIR, PAIRS, Pass};

impl ChunkPass for Expectation {
    fn components(mixture: &Mixture) -> usize {
        mixture.0.len()
    }

    fn reduce_chunk(unit: VectorUnit, mixture: &Mixture, chunk: Chunk<'_>) -> ExpectationStats {
        match unit.precision {
            Precision::F32 => of_precision::<f32>(unit, mixture, chunk),
            Precision::F64 => of_precision::<f64>(unit, mixture, chunk),
        }
    }
}

fn of_precision<F: Lane>(
    unit: VectorUnit,
    mixture: &Mixture,
    chunk: Chunk<'_>,
) -> ExpectationStats {
    let level = unit.level;
    match chunk.shared {
        0 => dispatch!(level, simd => moments::<F, 0, _>(simd, mixture, chunk)),
        1 => dispatch!(level, simd => moments::<F, 1, _>(simd, mixture, chunk)),
        _ => dispatch!(level, simd => moments::<F, 3, _>(simd, mixture, chunk)),
    }
}

/// A component, in `f64` for what changes with the block, rounded for what does not.
struct Component<F> {
    exact: Anchored,
    anchor: [F; OCTETS],
    factor: [[F; OCTETS]; OCTETS],
}

/// What a block makes of component `k`: the shared octets are folded in.
struct InBlock<F> {
    k: usize,
    bias: F,
    shift: [F; OCTETS],
    /// The least and the largest that its log2-density may be in the block, of a block of one /24.
    range: [f64; 2],
}

impl<F: Lane> InBlock<F> {
    /// In a block whose addresses share the first `SHARED` octets of `first` and end with `last`.
    #[inline(always)]
    fn new<const SHARED: usize>(k: usize, c: &Anchored, first: u32, last: u32) -> Self {
        let x = octets(first).map(f64::from);
        let (mut bias, mut shift) = (c.bias, c.shift);
        for (j, shift) in shift.iter_mut().enumerate() {
            let shared = x.iter().zip(&c.anchor).zip(&c.factor).take(SHARED.min(j + 1));
            for ((x, anchor), row) in shared {
                *shift += (x - anchor) * row[j];
            }
            if j < SHARED {
                bias -= *shift * *shift;
            }
        }
        bias = bias.max(LEAST);
        // Along the last octet y is a line: its square is largest at an end, and least there too
        // unless y changes its sign.
        let y = |address: u32| {
            (f64::from(octets(address)[3]) - c.anchor[3]) * c.factor[3][3] + shift[3]
        };
        let ends = [y(first), y(last)];
        let least = if ends[0] * ends[1] > 0.0 { ends[0].abs().min(ends[1].abs()) } else { 0.0 };
        let most = ends[0].abs().max(ends[1].abs());
        let range = [bias - most * most, bias - least * least];
        Self { k, bias: F::of(bias), shift: shift.map(F::of), range }
    }
}

/// Sums of one component over a block, lane by lane.
#[derive(Clone, Copy)]
struct MomentLanes<F: Lane, S: Simd> {
    weight: Vector<F, S>,
    first: [Vector<F, S>; OCTETS],
    second: [Vector<F, S>; PAIRS],
}

impl<F: Lane, S: Simd> MomentLanes<F, S> {
    #[inline(always)]
    fn zero(simd: S) -> Self {
        let zero = Vector::<F, S>::splat(simd, F::of(0.0));
        Self { weight: zero, first: [zero; OCTETS], second: [zero; PAIRS] }
    }

    /// Adds these to `sums`: those of the first `SHARED` octets, which are `d` about the anchor,
    /// follow from the others.
    #[inline(always)]
    fn expand<const SHARED: usize>(&self, d: [f64; OCTETS], sums: &mut SoftMoments) {
        let weight = self.weight.reduce_sum().f64();
        let mut first = [0.0; OCTETS];
        for j in 0..OCTETS {
            first[j] = if j < SHARED { weight * d[j] } else { self.first[j].reduce_sum().f64() };
            sums.first[j] += first[j];
        }
        sums.weight += weight;
        for (p, &(i, j)) in PAIR.iter().enumerate() {
            sums.second[p] +=
                if i < SHARED { d[i] * first[j] } else { self.second[p].reduce_sum().f64() };
        }
    }
}

/// The sum of many logarithms of base 2, most of them by one of a product.
struct Logarithms {
    product: f64,
    sum: f64,
}

impl Logarithms {
    /// Adds the logarithm of `factor`, from 1 to 2^500.
    #[inline(always)]
    fn add(&mut self, factor: f64) {
        self.product *= factor;
        if self.product > 1e150 {
            self.sum += self.product.log2();
            self.product = 1.0;
        }
    }
}

/// What is summed over all components, base 2.
struct Totals {
    /// Of the logarithms of the normalisers.
    normalisers: Logarithms,
    /// Of the largest exponents.
    largest: f64,
    /// Of the responsibilities times what their exponents fall short of the largest.
    fall: f64,
}

#[inline(always)]
fn moments<F: Lane, const SHARED: usize, S: Simd>(
    simd: S,
    mixture: &Mixture,
    chunk: Chunk<'_>,
) -> ExpectationStats {
    let scale = gaussian_scale();
    let rounded = |exact: Anchored| Component {
        exact,
        anchor: exact.anchor.map(F::of),
        factor: exact.factor.map(|row| row.map(F::of)),
    };
    let level = level(mixture);
    let components: Vec<Component<F>> =
        mixture.0.iter().map(|c| rounded(Anchored::new(c, scale).less(level))).collect();
    let mut stats = Expectation::identity(mixture);
    let mut lane_sums = vec![MomentLanes::<F, S>::zero(simd); components.len()];
    let mut exponents = vec![[Vector::<F, S>::splat(simd, F::of(0.0)); TILE]; components.len()];
    let mut block_components = Vec::with_capacity(components.len());
    let mut totals =
        Totals { normalisers: Logarithms { product: 1.0, sum: 0.0 }, largest: 0.0, fall: 0.0 };
    for block in chunk.blocks() {
        // A block has an address at least.
        let (first, last) = (block[0], block[block.len() - 1]);
        block_components.clear();
        block_components.extend(
            components
                .iter()
                .enumerate()
                .map(|(k, c)| InBlock::new::<SHARED>(k, &c.exact, first, last)),
        );
        if SHARED == OCTETS - 1 {
            let floor = block_components.iter().map(|c| c.range[0]).fold(LEAST, f64::max)
                + F::NEGLIGIBLE.f64();
            block_components.retain(|c: &InBlock<F>| c.range[1] >= floor);
        }
        for sums in &mut lane_sums[..block_components.len()] {
            *sums = MomentLanes::zero(simd);
        }
        for tile in block.chunks(TILE * Vector::<F, S>::LEN) {
            simd.vectorize(
                #[inline(always)]
                || {
                    add_tile::<F, SHARED, S>(
                        simd,
                        &components,
                        &block_components,
                        tile,
                        &mut exponents,
                        &mut lane_sums,
                        &mut totals,
                    );
                },
            );
        }
        let x = octets(first).map(f64::from);
        for (c, of_lanes) in block_components.iter().zip(&lane_sums) {
            let anchor = components[c.k].exact.anchor;
            let d = std::array::from_fn(|j| x[j] - anchor[j]);
            of_lanes.expand::<SHARED>(d, &mut stats.components[c.k]);
        }
    }
    // The responsibilities of an address add up to 1, so the logarithm of its normaliser is part of
    // the entropy once.
    let normalisers = totals.normalisers.sum + totals.normalisers.product.log2();
    let ln_2 = std::f64::consts::LN_2;
    ExpectationStats {
        log_likelihood: (totals.largest + normalisers + level * chunk.addresses.len() as f64)
            * ln_2,
        entropy: (totals.fall + normalisers) * ln_2,
        ..stats
    }
}

/// Adds the addresses of `tile`; `exponents` is room for a tile of each component.
#[inline(always)]
fn add_tile<F: Lane, const SHARED: usize, S: Simd>(
    simd: S,
    components: &[Component<F>],
    block: &[InBlock<F>],
    tile: &[u32],
    exponents: &mut [Tile<F, S>],
    sums: &mut [MomentLanes<F, S>],
    totals: &mut Totals,
) {
    let splat = |x: F| Vector::<F, S>::splat(simd, x);
    let (zero, one) = (splat(F::of(0.0)), splat(F::of(1.0)));
    let lanes = Vector::<F, S>::LEN;
    let vectors = tile.len().div_ceil(lanes).min(TILE);
    let x = F::octets(simd, tile);

    let mut largest = [splat(F::of(LEAST)); TILE];
    for (c, exponents) in block.iter().zip(exponents.iter_mut()) {
        let Component { anchor, factor, .. } = &components[c.k];
        for v in 0..vectors {
            let mut d = [zero; OCTETS];
            let mut t = splat(c.bias);
            for j in SHARED..OCTETS {
                d[j] = x[j][v] - splat(anchor[j]);
                let mut y = splat(c.shift[j]);
                for i in SHARED..=j {
                    y = d[i].mul_add(splat(factor[i][j]), y);
                }
                t = (-y).mul_add(y, t);
            }
            exponents[v] = t;
            largest[v] = largest[v].max(t);
        }
    }

    let mut normaliser = [zero; TILE];
    let mut fall = [zero; TILE];
    for exponents in &mut exponents[..block.len()] {
        let mut nearest = splat(F::of(LEAST));
        for v in 0..vectors {
            nearest = nearest.max(exponents[v] - largest[v]);
        }
        if !nearest.simd_gt(splat(F::NEGLIGIBLE)).any_true() {
            // No power of two is negative: the mark of a component left out.
            exponents[0] = splat(F::of(-1.0));
            continue;
        }
        for v in 0..vectors {
            let z = (exponents[v] - largest[v]).max(splat(F::FLOOR));
            // Exactly 0 at the floor; what it takes from larger ones is below every bound.
            let e = exp2::<F, S>(simd, z) - splat(F::AT_FLOOR);
            normaliser[v] += e;
            fall[v] = (-z).mul_add(e, fall[v]);
            exponents[v] = e;
        }
    }

    let mut scale = [zero; TILE];
    let (mut product, mut sum_largest, mut sum_fall) = (one, zero, zero);
    let in_last = live::<F, S>(simd, tile.len() - (vectors - 1) * lanes);
    for v in 0..vectors {
        let live = if v + 1 == vectors { in_last } else { one };
        scale[v] = live / normaliser[v];
        // At most K to the power of TILE.
        product *= (normaliser[v] - one).mul_add(live, one);
        sum_largest = largest[v].mul_add(live, sum_largest);
        sum_fall = fall[v].mul_add(scale[v], sum_fall);
    }
    for lane in 0..lanes {
        totals.normalisers.add(product[lane].f64());
    }
    totals.largest += sum_largest.reduce_sum().f64();
    totals.fall += sum_fall.reduce_sum().f64();

    for ((c, numerators), sums) in block.iter().zip(&*exponents).zip(sums) {
        if numerators[0][0] < F::of(0.0) {
            continue;
        }
        let anchor = &components[c.k].anchor;
        // Copies, so that they stay in registers.
        let MomentLanes { mut weight, mut first, mut second } = *sums;
        for v in 0..vectors {
            let r = numerators[v] * scale[v];
            weight += r;
            let mut d = [zero; OCTETS];
            let mut rd = [zero; OCTETS];
            for j in SHARED..OCTETS {
                d[j] = x[j][v] - splat(anchor[j]);
                rd[j] = r * d[j];
                first[j] += rd[j];
            }
            for (second, &(i, j)) in second.iter_mut().zip(&PAIR) {
                if i >= SHARED {
                    *second = rd[i].mul_add(d[j], *second);
                }
            }
        }
        *sums = MomentLanes { weight, first, second };
    }
}
