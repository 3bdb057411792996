//! A mixture with tails: Gaussian ones, or the heavier ones of Student's t distribution that a
//! Bayesian mixture predicts with once its uncertainty about means and covariances is counted in.

use super::Mixture;
use super::mixture::{Component, log_sum_exp};
use crate::address::{OCTETS, octets};

/// What addresses are labelled under: the parameters of [`label`](super::label).
#[derive(Debug, Clone, PartialEq)]
pub struct Density {
    /// The components. Whatever the tails, `bias` is the weighted log-density at the mean.
    pub components: Mixture,
    /// How their densities fall off.
    pub tail: Tail,
}

/// How the density of component k falls off with `y = U'(x - mean)`, from `bias` at the mean.
///
/// The vectors hold the degrees of freedom v of each component, positive, one a component.
#[derive(Debug, Clone, PartialEq)]
pub enum Tail {
    /// `- |y|^2 / 2`.
    Gaussian,
    /// `- (v + 4) / 2 ln(1 + |y|^2 / v)`: the multivariate t distribution (Bishop 2006, eq. 2.162),
    /// which a Gaussian with a Wishart precision predicts (eq. 10.81).
    Joint(Vec<f64>),
    /// `- (v + 1) / 2 sum_j ln(1 + y_j^2 / v)`: a univariate one along each axis of `y`, as for
    /// precisions that are independent gamma variables.
    Each(Vec<f64>),
}

impl From<Mixture> for Density {
    fn from(components: Mixture) -> Self {
        Self { components, tail: Tail::Gaussian }
    }
}

impl Tail {
    /// The weighted log-density of `x` under `component`, the one at index `k`, in nats.
    #[inline]
    fn log_density(&self, k: usize, component: &Component, x: [f64; OCTETS]) -> f64 {
        match self {
            Self::Gaussian => component.log_density(x),
            Self::Joint(freedom) => {
                let square: f64 = component.whiten(x).iter().map(|y| y * y).sum();
                let v = freedom[k];
                component.bias - (v + OCTETS as f64) / 2.0 * (square / v).ln_1p()
            }
            Self::Each(freedom) => {
                let v = freedom[k];
                let sum: f64 = component.whiten(x).iter().map(|y| (y * y / v).ln_1p()).sum();
                component.bias - (v + 1.0) / 2.0 * sum
            }
        }
    }
}

impl Density {
    /// As [`Mixture::log_sum`], with these tails.
    #[inline]
    pub fn log_sum(&self, x: [f64; OCTETS], log_densities: &mut [f64]) -> f64 {
        for (k, (t, component)) in log_densities.iter_mut().zip(&self.components.0).enumerate() {
            *t = self.tail.log_density(k, component, x);
        }
        log_sum_exp(log_densities)
    }

    /// Fills `responsibilities`, K of them, with the probability that each component has `address`:
    /// scikit-learn's `predict_proba`.
    pub fn responsibilities(&self, address: u32, responsibilities: &mut [f64]) {
        let log_sum = self.log_sum(octets(address).map(f64::from), responsibilities);
        responsibilities.iter_mut().for_each(|t| *t = (*t - log_sum).exp());
    }
}

#[cfg(test)]
mod tests {
    use statrs::distribution::{Continuous, StudentsT};
    use statrs::function::gamma::ln_gamma;

    use super::*;

    const SCALES: [f64; OCTETS] = [0.5, 3.0, 20.0, 60.0];
    const MEAN: [f64; OCTETS] = [10.2, 77.0, 130.9, 200.0];

    fn one(bias: f64, tail: Tail) -> Density {
        let mut precision_cholesky = [[0.0; OCTETS]; OCTETS];
        for (j, scale) in SCALES.iter().enumerate() {
            precision_cholesky[j][j] = 1.0 / scale;
        }
        let component = Component { bias, mean: MEAN, precision_cholesky };
        Density { components: Mixture(vec![component]), tail }
    }

    fn at(density: &Density, x: [f64; OCTETS]) -> f64 {
        density.log_sum(x, &mut [0.0])
    }

    const PLACES: [[f64; OCTETS]; 3] = [MEAN, [10.0, 80.0, 100.0, 255.0], [255.0, 0.0, 255.0, 0.0]];

    #[test]
    fn tails_along_each_axis_are_those_of_univariate_t_distributions() {
        for v in [1.0, 3.5, 40.0] {
            let axes: Vec<_> =
                (0..OCTETS).map(|j| StudentsT::new(MEAN[j], SCALES[j], v).unwrap()).collect();
            let expected = |x: [f64; OCTETS]| -> f64 {
                axes.iter().zip(x).map(|(axis, x)| axis.ln_pdf(x)).sum()
            };
            let density = one(expected(MEAN), Tail::Each(vec![v]));
            for x in PLACES {
                assert!((at(&density, x) - expected(x)).abs() < 1e-9, "{v} at {x:?}");
            }
        }
    }

    /// A t variable is a Gaussian one whose precision is gamma distributed (Bishop 2006, eq. 2.161):
    /// its density, integrated over the logarithm of that precision by the trapezoidal rule.
    #[test]
    fn joint_tails_are_those_of_gaussians_of_gamma_precision() {
        let v = 3.0;
        for x in PLACES {
            let square: f64 = (0..OCTETS).map(|j| ((x[j] - MEAN[j]) / SCALES[j]).powi(2)).sum();
            let step = 1e-3;
            let integral = |square: f64| -> f64 {
                let at = |i: i32| {
                    let log = f64::from(i) * step;
                    let a: f64 = v / 2.0;
                    let gamma = a * a.ln() - ln_gamma(a) + a * log - a * log.exp();
                    (gamma + 2.0 * log - 0.5 * square * log.exp()).exp()
                };
                (-30_000..10_000).map(at).sum::<f64>() * step
            };
            let expected = (integral(square) / integral(0.0)).ln();
            let found = at(&one(0.0, Tail::Joint(vec![v])), x);
            assert!((found - expected).abs() < 1e-6, "{found} for {expected} at {x:?}");
        }
    }

    #[test]
    fn many_degrees_of_freedom_are_gaussian() {
        for x in PLACES {
            let gaussian = at(&one(-3.0, Tail::Gaussian), x);
            for tail in [Tail::Joint(vec![1e20]), Tail::Each(vec![1e20])] {
                let found = at(&one(-3.0, tail), x);
                assert!((found - gaussian).abs() < 1e-6, "{found} for {gaussian} at {x:?}");
            }
        }
    }
}
