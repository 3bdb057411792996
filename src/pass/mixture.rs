//! A Gaussian mixture as the passes see it: what is left of any model once weights, determinants
//! and digammas are folded into one number a component.

use crate::address::OCTETS;

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

    /// `U'(x - mean)`: `x` along the axes in which the component is round.
    #[inline]
    pub fn whiten(&self, x: [f64; OCTETS]) -> [f64; OCTETS] {
        let mut y = [0.0; OCTETS];
        for (i, row) in self.precision_cholesky.iter().enumerate() {
            for j in i..OCTETS {
                y[j] += (x[i] - self.mean[i]) * row[j];
            }
        }
        y
    }

    /// The weighted log-density of `x`, in nats.
    #[inline]
    pub fn log_density(&self, x: [f64; OCTETS]) -> f64 {
        self.bias - 0.5 * self.whiten(x).iter().map(|y| y * y).sum::<f64>()
    }
}

/// The components of a mixture: the parameters of [`Expectation`](super::Expectation) and, with
/// their tails, of [`label`](super::label).
#[derive(Debug, Clone, PartialEq)]
pub struct Mixture(pub Vec<Component>);

impl Mixture {
    /// Fills `log_densities`, K of them, with the weighted log-densities of `x` and returns the
    /// logarithm of the sum of their exponentials.
    #[inline]
    pub fn log_sum(&self, x: [f64; OCTETS], log_densities: &mut [f64]) -> f64 {
        for (t, component) in log_densities.iter_mut().zip(&self.0) {
            *t = component.log_density(x);
        }
        log_sum_exp(log_densities)
    }
}

/// The logarithm of the sum of the exponentials of `terms`.
#[inline]
pub(super) fn log_sum_exp(terms: &[f64]) -> f64 {
    let largest = terms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    largest + terms.iter().map(|t| (t - largest).exp()).sum::<f64>().ln()
}
