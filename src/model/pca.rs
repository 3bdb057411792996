//! Principal components of the addresses, for pictures, from their exact moments.
//!
//! Axes of equal variance, 0 among them, are perpendicular but otherwise arbitrary: the addresses do not
//! determine them, and rounding chooses.

use nalgebra::{SymmetricEigen, Vector4};

use super::first_largest;
use super::sufficient::symmetric;
use crate::address::{OCTETS, octets};
use crate::pass::moments::ExactMoments;

/// Axes kept.
pub const AXES: usize = 2;

/// A projection of addresses onto the axes of largest variance.
#[derive(Debug, Clone, PartialEq)]
pub struct Pca {
    /// The mean of the addresses, in octets.
    pub mean: [f64; OCTETS],
    /// The axes, of unit length; the entry of largest magnitude is positive, as in scikit-learn
    /// since 1.5.
    pub components: [[f64; OCTETS]; AXES],
    /// The variance along each axis (divisor n - 1), in squared octets.
    pub explained_variance: [f64; AXES],
    /// Those variances as shares of the whole; zeros where there is none.
    pub explained_variance_ratio: [f64; AXES],
    /// The mean variance along the axes left out, in squared octets.
    pub noise_variance: f64,
}

impl Pca {
    /// The axes of the addresses that have these moments.
    pub fn new(all: &ExactMoments) -> Self {
        let covariance = symmetric(&all.covariance(1));
        let eigen = SymmetricEigen::new(covariance);
        let mut order: [usize; OCTETS] = std::array::from_fn(|i| i);
        order.sort_by(|&a, &b| eigen.eigenvalues[b].total_cmp(&eigen.eigenvalues[a]));
        let variance = |axis: usize| eigen.eigenvalues[order[axis]].max(0.0);
        let whole = covariance.trace();
        Self {
            mean: all.mean(),
            components: std::array::from_fn(|axis| {
                towards_positive(eigen.eigenvectors.column(order[axis]).into()).into()
            }),
            explained_variance: std::array::from_fn(variance),
            explained_variance_ratio: std::array::from_fn(|axis| {
                if whole > 0.0 { variance(axis) / whole } else { 0.0 }
            }),
            noise_variance: (AXES..OCTETS).map(variance).sum::<f64>() / (OCTETS - AXES) as f64,
        }
    }

    /// The coordinates of `address`, in octets.
    pub fn project(&self, address: u32) -> [f64; AXES] {
        let x = octets(address);
        self.components
            .map(|axis| (0..OCTETS).map(|j| (f64::from(x[j]) - self.mean[j]) * axis[j]).sum())
    }
}

/// `axis` or its opposite, whichever has a positive entry of largest magnitude.
fn towards_positive(axis: Vector4<f64>) -> Vector4<f64> {
    let largest = first_largest(OCTETS, |j| axis[j].abs());
    if axis[largest] < 0.0 { -axis } else { axis }
}
