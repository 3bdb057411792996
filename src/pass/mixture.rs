//! A Gaussian mixture as the passes see it: what is left of any model once weights, determinants
//! and digammas are folded into one number a component.

use crate::address::{OCTETS, octets};

/// One component: its weighted log-density is `bias - |U'(x - mean)|^2 / 2`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Component {
    /// The weighted log-density at the mean, in nats.
    pub bias: f64,
    /// The mean, in octets.
    pub mean: [f64; OCTETS],
    /// The precision Cholesky factor U, upper triangular, `precision = U U'`, by rows.
    pub precision_cholesky: [[f64; OCTETS]; OCTETS],
}

impl Component {
    /// The mean rounded to whole octets, about which moments are summed: `x - anchor` is exact.
    pub fn anchor(&self) -> [f64; OCTETS] {
        self.mean.map(f64::round)
    }

    /// The weighted log-density of `x`, in nats.
    #[inline]
    pub fn log_density(&self, x: [f64; OCTETS]) -> f64 {
        let mut y = [0.0; OCTETS];
        for (i, row) in self.precision_cholesky.iter().enumerate() {
            for j in i..OCTETS {
                y[j] += (x[i] - self.mean[i]) * row[j];
            }
        }
        self.bias - 0.5 * y.iter().map(|y| y * y).sum::<f64>()
    }
}

/// The components of a mixture: the parameters of [`Expectation`](super::Expectation) and of
/// [`label`](super::label).
#[derive(Debug, Clone, PartialEq)]
pub struct Mixture(pub Vec<Component>);

impl Mixture {
    /// Fills `log_densities`, K of them, with the weighted log-densities of `x` and returns the
    /// logarithm of the sum of their exponentials.
    #[inline]
    pub fn log_sum(&self, x: [f64; OCTETS], log_densities: &mut [f64]) -> f64 {
        let mut largest = f64::NEG_INFINITY;
        for (t, component) in log_densities.iter_mut().zip(&self.0) {
            *t = component.log_density(x);
            largest = largest.max(*t);
        }
        largest + log_densities.iter().map(|t| (t - largest).exp()).sum::<f64>().ln()
    }

    /// Fills `responsibilities`, K of them, with the probabilities that `address` belongs to each
    /// component.
    pub fn responsibilities(&self, address: u32, responsibilities: &mut [f64]) {
        let log_sum = self.log_sum(octets(address).map(f64::from), responsibilities);
        responsibilities.iter_mut().for_each(|t| *t = (*t - log_sum).exp());
    }
}
