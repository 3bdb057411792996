//! The cluster and the log-density of each address, in the order of the set and in doubles: what is
//! told of an address is as good as the reference's.

use fearless_simd::{Level, Simd, dispatch, prelude::*};

use super::lanes::{Lane, TILE, Tile, exp2, log2, log2_1p};
use crate::address::OCTETS;
use crate::engine::anchored::{Anchored, LEAST, gaussian_scale};
use crate::pass::label::Label;
use crate::pass::{Density, Tail};

/// How the log2-density of a component falls off from its bias.
#[derive(Clone, Copy)]
enum Fall {
    /// `- |y|^2`.
    Gaussian,
    /// `- power log2(1 + |y|^2)`.
    Joint(f64),
    /// `- power sum_j log2(1 + y_j^2)`.
    Each(f64),
}

/// The components of `density`, their axes scaled as their tails want them.
fn components(density: &Density) -> Vec<(Anchored, Fall)> {
    let scaled = |(k, c)| match &density.tail {
        Tail::Gaussian => (Anchored::new(c, gaussian_scale()), Fall::Gaussian),
        Tail::Joint(freedom) => {
            let v: f64 = freedom[k];
            (Anchored::new(c, 1.0 / v.sqrt()), Fall::Joint((v + OCTETS as f64) / 2.0))
        }
        Tail::Each(freedom) => {
            let v: f64 = freedom[k];
            (Anchored::new(c, 1.0 / v.sqrt()), Fall::Each((v + 1.0) / 2.0))
        }
    };
    density.components.0.iter().enumerate().map(scaled).collect()
}

/// Appends the label of each of `addresses` to `labels`.
pub(super) fn label(level: Level, density: &Density, addresses: &[u32], labels: &mut Vec<Label>) {
    let components = components(density);
    dispatch!(level, simd => append(simd, &components, addresses, labels));
}

#[inline(always)]
fn append<S: Simd>(
    simd: S,
    components: &[(Anchored, Fall)],
    addresses: &[u32],
    labels: &mut Vec<Label>,
) {
    let mut exponents = vec![[S::f64s::splat(simd, 0.0); TILE]; components.len()];
    for tile in addresses.chunks(TILE * S::f64s::LEN) {
        simd.vectorize(
            #[inline(always)]
            || append_tile(simd, components, tile, &mut exponents, labels),
        );
    }
}

/// Labels up to a tile; `exponents` is room for a tile of each component.
#[inline(always)]
fn append_tile<S: Simd>(
    simd: S,
    components: &[(Anchored, Fall)],
    tile: &[u32],
    exponents: &mut [Tile<f64, S>],
    labels: &mut Vec<Label>,
) {
    let splat = |x: f64| S::f64s::splat(simd, x);
    let vectors = tile.len().div_ceil(S::f64s::LEN).min(TILE);
    let x = f64::octets(simd, tile);
    let mut largest = [splat(LEAST); TILE];
    let mut cluster = [splat(0.0); TILE];
    for (k, ((c, fall), exponents)) in components.iter().zip(exponents.iter_mut()).enumerate() {
        for v in 0..vectors {
            let mut d = [splat(0.0); OCTETS];
            let mut sum = splat(0.0);
            for j in 0..OCTETS {
                d[j] = x[j][v] - splat(c.anchor[j]);
                let mut y = splat(c.shift[j]);
                for (&d, row) in d.iter().zip(&c.factor).take(j + 1) {
                    y = d.mul_add(splat(row[j]), y);
                }
                sum = match fall {
                    Fall::Gaussian | Fall::Joint(_) => y.mul_add(y, sum),
                    Fall::Each(_) => sum + log2_1p(simd, y * y),
                };
            }
            let bias = splat(c.bias);
            let t = match *fall {
                Fall::Gaussian => bias - sum,
                Fall::Joint(power) => (-log2_1p(simd, sum)).mul_add(splat(power), bias),
                Fall::Each(power) => (-sum).mul_add(splat(power), bias),
            };
            let nearer = t.simd_gt(largest[v]);
            cluster[v] = nearer.select(splat(k as f64), cluster[v]);
            largest[v] = largest[v].max(t);
            exponents[v] = t;
        }
    }
    let mut normaliser = [splat(0.0); TILE];
    for exponents in exponents.iter() {
        for v in 0..vectors {
            let z = (exponents[v] - largest[v]).max(splat(f64::LEAST));
            normaliser[v] += exp2::<f64, S>(simd, z);
        }
    }
    for (v, part) in tile.chunks(S::f64s::LEN).enumerate() {
        let log_density = (largest[v] + log2(simd, normaliser[v])) * splat(std::f64::consts::LN_2);
        let (clusters, log_densities) = (cluster[v].as_slice(), log_density.as_slice());
        labels.extend(
            clusters
                .iter()
                .zip(log_densities)
                .take(part.len())
                .map(|(&cluster, &log_density)| Label { cluster: cluster as u32, log_density }),
        );
    }
}
