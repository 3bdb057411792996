//! Sufficient statistics of one component as the M-step wants them: weight, mean, covariance.

use nalgebra::{Matrix4, Vector4};

use crate::pass::expectation::{ExpectationStats, SoftMoments};
use crate::pass::moments::ExactMoments;
use crate::pass::{PAIR, PAIRS};

/// Added to each weight, as scikit-learn does, so that an empty component divides by no zero.
const WEIGHT_FLOOR: f64 = 10.0 * f64::EPSILON;

/// The weighted addresses of one component.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sufficient {
    /// The sum of responsibilities, in addresses, plus a floor of 10 epsilon.
    pub weight: f64,
    /// The weighted mean, in octets.
    pub mean: Vector4<f64>,
    /// The weighted covariance about that mean, divisor `weight`, in squared octets.
    pub covariance: Matrix4<f64>,
}

impl Sufficient {
    /// From the moments of a soft assignment, moved to the mean.
    pub fn from_soft(sums: &SoftMoments) -> Self {
        let anchor = sums.anchor;
        let weight = sums.weight + WEIGHT_FLOOR;
        let first = Vector4::from(sums.first);
        // The mean is (weight' anchor + first) / weight, taken here about the anchor.
        let shift = (first - WEIGHT_FLOOR * Vector4::from(anchor)) / weight;
        let about_mean =
            symmetric(&sums.second) - first * shift.transpose() - shift * first.transpose()
                + sums.weight * shift * shift.transpose();
        Self { weight, mean: Vector4::from(anchor) + shift, covariance: about_mean / weight }
    }

    /// From the exact moments of a hard assignment.
    pub fn from_exact(cluster: &ExactMoments) -> Self {
        let count = cluster.count as f64;
        let weight = count + WEIGHT_FLOOR;
        Self {
            weight,
            mean: Vector4::from(cluster.mean()) * (count / weight),
            covariance: symmetric(&cluster.covariance(0)) * (count / weight),
        }
    }
}

/// The sufficient statistics of each component.
pub(super) fn sufficient(stats: &ExpectationStats) -> Vec<Sufficient> {
    stats.components.iter().map(Sufficient::from_soft).collect()
}

/// The symmetric matrix of the entries kept in the order of [`PAIR`].
pub fn symmetric(entries: &[f64; PAIRS]) -> Matrix4<f64> {
    let mut matrix = Matrix4::zeros();
    for (&entry, (i, j)) in entries.iter().zip(PAIR) {
        matrix[(i, j)] = entry;
        matrix[(j, i)] = entry;
    }
    matrix
}
