//! The cluster, the log-density and the responsibilities of each address, in the order of the set and in doubles:
//! what is told of an address is as good as the reference's.

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

/// Writes the responsibilities of each of `addresses` to `rows`, a row of K an address.
pub(super) fn responsibilities(
    level: Level,
    density: &Density,
    addresses: &[u32],
    rows: &mut [f64],
) {
    let components = components(density);
    dispatch!(level, simd => share(simd, &components, addresses, rows));
}

#[inline(always)]
fn share<S: Simd>(simd: S, components: &[(Anchored, Fall)], addresses: &[u32], rows: &mut [f64]) {
    let (k, lanes) = (components.len(), S::f64s::LEN);
    let mut exponents = vec![[S::f64s::splat(simd, 0.0); TILE]; k];
    let tiles = addresses.chunks(TILE * lanes).zip(rows.chunks_mut(TILE * lanes * k));
    for (tile, rows) in tiles {
        simd.vectorize(
            #[inline(always)]
            || {
                let (largest, _) = exponents_of(simd, components, tile, &mut exponents);
                let normaliser = normalise(simd, tile, &largest, &mut exponents);
                for (v, rows) in rows.chunks_mut(lanes * k).enumerate() {
                    for exponents in &mut exponents {
                        exponents[v] /= normaliser[v];
                    }
                    for (lane, row) in rows.chunks_exact_mut(k).enumerate() {
                        for (share, exponents) in row.iter_mut().zip(&exponents) {
                            *share = exponents[v].as_slice()[lane];
                        }
                    }
                }
            },
        );
    }
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
    let (largest, cluster) = exponents_of(simd, components, tile, exponents);
    let normaliser = normalise(simd, tile, &largest, exponents);
    for (v, part) in tile.chunks(S::f64s::LEN).enumerate() {
        let ln_2 = S::f64s::splat(simd, std::f64::consts::LN_2);
        let log_density = (largest[v] + log2(simd, normaliser[v])) * ln_2;
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

/// Fills `exponents` with the log2-densities of up to a tile, component by component; the largest of each address, and
/// whose it is.
#[inline(always)]
fn exponents_of<S: Simd>(
    simd: S,
    components: &[(Anchored, Fall)],
    tile: &[u32],
    exponents: &mut [Tile<f64, S>],
) -> (Tile<f64, S>, Tile<f64, S>) {
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
    (largest, cluster)
}

/// Turns the `exponents` of a tile into densities, as multiples of the largest of each address; their sums.
#[inline(always)]
fn normalise<S: Simd>(
    simd: S,
    tile: &[u32],
    largest: &Tile<f64, S>,
    exponents: &mut [Tile<f64, S>],
) -> Tile<f64, S> {
    let vectors = tile.len().div_ceil(S::f64s::LEN).min(TILE);
    let mut sums = [S::f64s::splat(simd, 0.0); TILE];
    for exponents in exponents {
        for v in 0..vectors {
            let z = (exponents[v] - largest[v]).max(S::f64s::splat(simd, f64::LEAST));
            exponents[v] = exp2::<f64, S>(simd, z);
            sums[v] += exponents[v];
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::super::test_levels;
    use super::*;
    use crate::conformance::Parameters;

    #[test]
    fn responsibilities_are_those_of_the_definition() {
        let addresses: Vec<u32> = (0..1_003u32).map(|i| i.wrapping_mul(2_654_435_761)).collect();
        let mut mixtures = Parameters::new(&addresses, 5).expect("distinct").mixtures;
        let density = Density::from(mixtures.remove(0));
        let k = density.components.0.len();
        let mut expected = vec![0.0; k];
        for level in test_levels() {
            let mut rows = vec![f64::NAN; k * addresses.len()];
            responsibilities(level, &density, &addresses, &mut rows);
            for (row, &address) in rows.chunks(k).zip(&addresses) {
                density.responsibilities(address, &mut expected);
                let near = |(found, expected): (&f64, &f64)| (found - expected).abs() < 1e-12;
                assert!(row.iter().zip(&expected).all(near), "{row:?} for {expected:?}");
            }
        }
    }
}
