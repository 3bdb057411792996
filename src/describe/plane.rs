//! The plane of the first two principal components: how far it reaches, and components in it.

use nalgebra::Vector4;
use rayon::prelude::*;
use serde::Serialize;

use crate::address::OCTETS;
use crate::model::estimate::{Estimate, Gaussian};
use crate::model::pca::Pca;

/// A part of the plane, in octets.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Extent {
    /// From the least to the largest first coordinate.
    pub x: [f64; 2],
    /// The second.
    pub y: [f64; 2],
}

/// Half the extent of an axis on which all addresses coincide, in octets.
const LEAST_REACH: f64 = 0.5;

impl Extent {
    /// Where all of `addresses` lie.
    pub fn of(addresses: &[u32], pca: &Pca) -> Self {
        let nothing = [f64::INFINITY, f64::NEG_INFINITY];
        let wider = |a: [f64; 2], b: [f64; 2]| [a[0].min(b[0]), a[1].max(b[1])];
        let merge = |a: [[f64; 2]; 2], b: [[f64; 2]; 2]| [wider(a[0], b[0]), wider(a[1], b[1])];
        let of_one = |&address: &u32| pca.project(address).map(|at| [at, at]);
        let [x, y] = addresses.par_iter().map(of_one).reduce(|| [nothing; 2], merge);
        let reach = |[low, high]: [f64; 2]| match high - low {
            length if length >= 2.0 * LEAST_REACH => [low, high],
            length if length >= 0.0 => {
                let middle = low + length / 2.0;
                [middle - LEAST_REACH, middle + LEAST_REACH]
            }
            // No addresses.
            _ => [-LEAST_REACH, LEAST_REACH],
        };
        Self { x: reach(x), y: reach(y) }
    }

    /// The column and the row of `at` in a grid of `columns` by `rows` over this part; rows count from
    /// below.
    pub fn cell(&self, at: [f64; 2], columns: usize, rows: usize) -> (usize, usize) {
        let place = |at: f64, [low, high]: [f64; 2], cells: usize| {
            // Casts to integers saturate: what lies outside is put on the edge.
            ((at - low) / (high - low) * cells as f64) as usize
        };
        let (column, row) = (place(at[0], self.x, columns), place(at[1], self.y, rows));
        (column.min(columns - 1), row.min(rows - 1))
    }
}

/// A component, projected onto the plane.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Shape {
    /// Its mean.
    pub mean: [f64; 2],
    /// Its covariance: of the first axis, of both, of the second; in squared octets.
    pub covariance: [f64; 3],
}

impl Shape {
    /// The components of `estimate`.
    pub fn of(estimate: &Estimate, pca: &Pca) -> Vec<Self> {
        let [first, second] = pca.components.map(Vector4::from);
        let shape = |gaussian: &Gaussian| {
            let centred = gaussian.mean - Vector4::from(pca.mean);
            let between = |a: &Vector4<f64>, b: &Vector4<f64>| a.dot(&(gaussian.covariance * b));
            Self {
                mean: [first.dot(&centred), second.dot(&centred)],
                covariance: [
                    between(&first, &first),
                    between(&first, &second),
                    between(&second, &second),
                ],
            }
        };
        estimate.gaussians.iter().map(shape).collect()
    }

    /// Points around the ellipse of `sigmas` standard deviations.
    pub fn outline(&self, sigmas: f64, points: usize) -> impl Iterator<Item = [f64; 2]> {
        let [a, b, c] = self.covariance;
        let middle = 0.5 * (a + c);
        let apart = (0.5 * (a - c)).hypot(b);
        let angle = 0.5 * (2.0 * b).atan2(a - c);
        let radius = |variance: f64| sigmas * variance.max(0.0).sqrt();
        let (long, short) = (radius(middle + apart), radius(middle - apart));
        let (sin, cos) = angle.sin_cos();
        let [x, y] = self.mean;
        (0..points).map(move |i| {
            let turn = std::f64::consts::TAU * i as f64 / points as f64;
            let (v, u) = turn.sin_cos();
            [x + long * u * cos - short * v * sin, y + long * u * sin + short * v * cos]
        })
    }
}

// Two axes, over four octets.
const _: () = assert!(OCTETS == 4 && crate::model::pca::AXES == 2);

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A plane of the last two octets.
    pub(crate) fn plane() -> Pca {
        Pca {
            mean: [0.0, 0.0, 100.0, 50.0],
            components: [[0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]],
            explained_variance: [1.0; 2],
            explained_variance_ratio: [0.5; 2],
            noise_variance: 0.0,
        }
    }

    #[test]
    fn an_extent_holds_its_addresses_and_is_never_empty() {
        let extent = Extent::of(&[0x0a00_640a, 0x0a00_6e0c], &plane());
        assert_eq!(extent, Extent { x: [0.0, 10.0], y: [-40.0, -38.0] });
        assert_eq!(extent.cell([0.0, -40.0], 5, 4), (0, 0));
        assert_eq!(extent.cell([10.0, -38.0], 5, 4), (4, 3));
        assert_eq!(extent.cell([-90.0, 90.0], 5, 4), (0, 3));
        let one = Extent::of(&[0x0a00_640a], &plane());
        assert_eq!(one, Extent { x: [-0.5, 0.5], y: [-40.5, -39.5] });
    }

    #[test]
    fn an_outline_is_a_distance_of_so_many_deviations() {
        let shape = Shape { mean: [3.0, -2.0], covariance: [4.0, 1.5, 2.0] };
        let [a, b, c] = shape.covariance;
        let determinant = a * c - b * b;
        for [x, y] in shape.outline(2.0, 16) {
            let (x, y) = (x - 3.0, y + 2.0);
            let squared = (c * x * x - 2.0 * b * x * y + a * y * y) / determinant;
            assert!((squared - 4.0).abs() < 1e-9, "{squared}");
        }
    }
}
