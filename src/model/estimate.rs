//! What a fit of a mixture estimates: weights, Gaussians and, of a Bayesian one, their posterior.

use nalgebra::{Matrix4, Vector4};
use serde::{Deserialize, Serialize};
use statrs::function::gamma::{digamma, ln_gamma};

use super::covariance::Covariance;
use super::scorer::{Score, Scorer};
use super::serial::{AnyEstimate, Rows};
use crate::address::OCTETS;
use crate::pass::Mixture;
use crate::pass::density::{Density, Tail};
use crate::pass::mixture::Component;

/// The number of dimensions, in the formulas.
pub(super) const D: f64 = OCTETS as f64;

/// The parameters of a mixture of K components, from a fit or from any format of serde, which must keep every digit
/// (`serde_json` with `float_roundtrip`).
///
/// ```
/// use octomix::BayesianMixture;
/// use octomix::engine::CpuEngine;
///
/// let addresses: Vec<u32> = (0..512).map(|i| 0x0a00_0000 + i * 3).collect();
/// let mut engine = CpuEngine::new(&addresses);
/// let fit = BayesianMixture::params(3).check()?.fit(&mut engine, &mut octomix::unobserved)?;
/// let others = [0x0a00_0001, 0xc0a8_0001];
/// let clusters = fit.estimate.predict(&others);
/// assert!(clusters.len() == 2 && clusters.iter().all(|&cluster| cluster < 3));
/// let log_densities = fit.estimate.score_samples(&others);
/// assert!(log_densities[0] > log_densities[1]);
/// # Ok::<(), octomix::FitError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "AnyEstimate")]
pub struct Estimate {
    /// What its covariances may be.
    pub covariance: Covariance,
    /// The weights, which sum to 1; expected ones under a posterior.
    pub weights: Vec<f64>,
    /// The components; with tied covariances each has the same.
    pub gaussians: Vec<Gaussian>,
    /// What a Bayesian fit knows besides; `None` of maximum likelihood.
    pub posterior: Option<Posterior>,
}

/// One component.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(from = "Rows", into = "Rows")]
pub struct Gaussian {
    /// The mean, in octets.
    pub mean: Vector4<f64>,
    /// The covariance, in squared octets.
    pub covariance: Matrix4<f64>,
    /// U of `covariance^-1 = U U'`, upper triangular.
    pub precision_cholesky: Matrix4<f64>,
}

impl Gaussian {
    /// `ln |U|`: half the log-determinant of the precision.
    pub(super) fn log_det_cholesky(&self) -> f64 {
        self.precision_cholesky.diagonal().iter().map(|u| u.ln()).sum()
    }

    /// How far the terms of `y = U'(x - mean)` exceed `y`, at a deviation of one sd in each octet: 1 along
    /// the octets, and large where the Gaussian is narrow across them.
    fn slant(&self) -> f64 {
        let deviations = self.covariance.diagonal().map(f64::sqrt);
        (self.precision_cholesky.abs().transpose() * deviations).max()
    }

    /// As the passes have it.
    fn component(&self, bias: f64) -> Component {
        Component {
            bias,
            mean: self.mean.into(),
            // nalgebra's arrays are lists of columns.
            precision_cholesky: self.precision_cholesky.transpose().into(),
        }
    }
}

/// The posterior of a Bayesian mixture, beside its expected weights and Gaussians.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Posterior {
    /// Of the weights.
    pub concentration: Concentration,
    /// Precision of each mean, in addresses.
    pub mean_precision: Vec<f64>,
    /// Degrees of freedom of each covariance.
    pub degrees_of_freedom: Vec<f64>,
}

/// The posterior of the weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Concentration {
    /// Parameters of the Beta distribution of each component's share of the stick.
    Process(Vec<[f64; 2]>),
    /// Parameters of the Dirichlet distribution.
    Distribution(Vec<f64>),
}

impl Concentration {
    /// The expected weights, normalised.
    pub fn weights(&self) -> Vec<f64> {
        let raw = match self {
            Self::Process(sticks) => {
                let mut rest = 1.0;
                let share = |&[a, b]: &[f64; 2]| {
                    let weight = rest * a / (a + b);
                    rest *= b / (a + b);
                    weight
                };
                sticks.iter().map(share).collect()
            }
            Self::Distribution(concentration) => concentration.clone(),
        };
        let sum: f64 = raw.iter().sum();
        raw.iter().map(|w| w / sum).collect()
    }

    /// The expected logarithms of the weights.
    fn log_weights(&self) -> Vec<f64> {
        match self {
            Self::Process(sticks) => {
                let mut log_rest = 0.0;
                let log_share = |&[a, b]: &[f64; 2]| {
                    let total = digamma(a + b);
                    let log_weight = digamma(a) - total + log_rest;
                    log_rest += digamma(b) - total;
                    log_weight
                };
                sticks.iter().map(log_share).collect()
            }
            Self::Distribution(concentration) => {
                let total = digamma(concentration.iter().sum());
                concentration.iter().map(|&c| digamma(c) - total).collect()
            }
        }
    }
}

impl Estimate {
    /// How many components there are.
    pub fn components(&self) -> usize {
        self.gaussians.len()
    }

    /// The means, in octets.
    pub fn means(&self) -> Vec<[f64; OCTETS]> {
        self.gaussians.iter().map(|gaussian| gaussian.mean.into()).collect()
    }

    /// scikit-learn's `predict`: of each of `addresses`, in their order, the component of largest responsibility, from
    /// 0; of several, the lowest index. In plain loops: a [`Scorer`] serves many calls, and an engine many addresses.
    pub fn predict(&self, addresses: &[u32]) -> Vec<u32> {
        Scorer::mixture(self, Score::Sklearn).predict(addresses)
    }

    /// scikit-learn's `score_samples`: of each of `addresses`, in their order, the log-density in nats. A [`Scorer`]
    /// has [others](Score).
    pub fn score_samples(&self, addresses: &[u32]) -> Vec<f64> {
        Scorer::mixture(self, Score::Sklearn).score_samples(addresses)
    }

    /// The largest slant of a component: how far the terms of its whitened octets exceed their sum, and so
    /// by how much rounding counts for more than along the octets.
    pub fn slant(&self) -> f64 {
        self.gaussians.iter().map(Gaussian::slant).fold(0.0, f64::max)
    }

    /// The mixture whose log-densities are scikit-learn's `score_samples`: of maximum likelihood the
    /// log-density; under a posterior the expected one (Bishop 2006, 10.64 to 10.66), which is not
    /// normalised.
    pub fn mixture(&self) -> Mixture {
        let Some(posterior) = &self.posterior else { return self.plug_in() };
        let log_weights = posterior.concentration.log_weights();
        let components = self.gaussians.iter().enumerate().map(|(k, gaussian)| {
            let (nu, beta) = (posterior.degrees_of_freedom[k], posterior.mean_precision[k]);
            let log_lambda =
                D * 2f64.ln() + (0..OCTETS).map(|i| digamma(0.5 * (nu - i as f64))).sum::<f64>();
            let expected = 0.5 * (log_lambda - D * nu.ln() - D / beta);
            gaussian.component(log_weights[k] + log_peak(gaussian) + expected)
        });
        Mixture(components.collect())
    }

    /// The Gaussian mixture of these weights, means and covariances, a true density: what is
    /// sampled from, and what information criteria are of.
    pub fn plug_in(&self) -> Mixture {
        let components = self.weights.iter().zip(&self.gaussians);
        Mixture(components.map(|(w, g)| g.component(w.ln() + log_peak(g))).collect())
    }

    /// The posterior predictive density, a mixture of Student's t distributions of the expected
    /// weights: a true density, with tails as heavy as the data leave them uncertain. Of maximum
    /// likelihood, which has no posterior, the plug-in mixture.
    ///
    /// With `b = beta / (1 + beta)`, the precision of the mean being `beta` and the degrees of freedom
    /// `nu`: for full and tied covariances C, which have Wishart precisions, a multivariate t of
    /// `nu - 3` degrees of freedom and precision `b (nu - 3) / nu C^-1` (Bishop 2006, 10.81 and
    /// 10.82); for diagonal ones, with independent gamma precisions, a product of univariate t of `nu`
    /// degrees of freedom and precisions `b / C_jj`; for spherical ones, with one gamma precision, a
    /// multivariate t of `4 nu` degrees of freedom and precision `b / C`.
    pub fn predictive(&self) -> Density {
        let Some(posterior) = &self.posterior else { return self.plug_in().into() };
        let mut freedom = Vec::with_capacity(self.components());
        let components = self.gaussians.iter().enumerate().map(|(k, gaussian)| {
            let (nu, beta) = (posterior.degrees_of_freedom[k], posterior.mean_precision[k]);
            let b = beta / (1.0 + beta);
            let (v, precision) = match self.covariance {
                Covariance::Full | Covariance::Tied => {
                    // Of the least degrees above 3 `nu + 1 - 4` would be 0.
                    let v = nu - (D - 1.0);
                    (v, b * v / nu)
                }
                Covariance::Diag => (nu, b),
                Covariance::Spherical => (D * nu, b),
            };
            freedom.push(v);
            let log_norm = match self.covariance {
                Covariance::Diag => D * log_student_norm(v, 1.0),
                _ => log_student_norm(v, D),
            };
            let scaled = Gaussian {
                precision_cholesky: gaussian.precision_cholesky * precision.sqrt(),
                ..*gaussian
            };
            scaled.component(self.weights[k].ln() + log_norm + scaled.log_det_cholesky())
        });
        let components = Mixture(components.collect());
        let tail = match self.covariance {
            Covariance::Diag => Tail::Each(freedom),
            _ => Tail::Joint(freedom),
        };
        Density { components, tail }
    }

    /// Free parameters: weights, means, covariances.
    pub fn parameters(&self) -> usize {
        let k = self.components();
        k - 1 + k * OCTETS + self.covariance.parameters(k)
    }

    /// The Bayesian information criterion (Schwarz 1978) of the plug-in mixture, given its
    /// log-likelihood over `n` addresses; less is better.
    pub fn bic(&self, log_likelihood: f64, n: f64) -> f64 {
        -2.0 * log_likelihood + self.parameters() as f64 * n.ln()
    }

    /// Akaike's information criterion (Akaike 1974), likewise.
    pub fn aic(&self, log_likelihood: f64) -> f64 {
        -2.0 * log_likelihood + 2.0 * self.parameters() as f64
    }
}

/// The log-density of a Gaussian at its mean.
fn log_peak(gaussian: &Gaussian) -> f64 {
    gaussian.log_det_cholesky() - 0.5 * D * std::f64::consts::TAU.ln()
}

/// The log-density at its mean of a t distribution of `v` degrees of freedom in `d` dimensions
/// (Bishop 2006, 2.162), but for the determinant.
fn log_student_norm(v: f64, d: f64) -> f64 {
    // For large v the difference of two large logarithms: its limit is (v / 2)^(d / 2).
    let gammas = if v < 1e8 {
        ln_gamma(0.5 * (v + d)) - ln_gamma(0.5 * v)
    } else {
        0.5 * d * (0.5 * v).ln()
    };
    gammas - 0.5 * d * (v * std::f64::consts::PI).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One component whose posterior is known.
    fn one(covariance: Covariance) -> Estimate {
        let matrix = covariance.keep(Matrix4::from_diagonal(&Vector4::new(4.0, 9.0, 1.0, 16.0)));
        let (matrix, precision_cholesky) =
            super::super::covariance::factor(matrix, 0.0, false).unwrap();
        Estimate {
            covariance,
            weights: vec![1.0],
            gaussians: vec![Gaussian {
                mean: Vector4::new(100.0, 50.0, 30.0, 20.0),
                covariance: matrix,
                precision_cholesky,
            }],
            posterior: Some(Posterior {
                concentration: Concentration::Distribution(vec![10.0]),
                mean_precision: vec![20.0],
                degrees_of_freedom: vec![30.0],
            }),
        }
    }

    #[test]
    fn predictive_densities_sum_to_one_over_the_addresses_they_cover() {
        for covariance in Covariance::ALL {
            let density = one(covariance).predictive();
            let mut log_densities = [0.0];
            let mut sum = 0.0;
            let reach = |mean: i32, sd: i32| (mean - 9 * sd).max(0)..mean + 9 * sd;
            for a in reach(100, 3) {
                for b in reach(50, 3) {
                    for c in reach(30, 3) {
                        for d in reach(20, 4) {
                            let x = [a, b, c, d].map(f64::from);
                            sum += density.log_sum(x, &mut log_densities).exp();
                        }
                    }
                }
            }
            assert!((sum - 1.0).abs() < 1e-3, "{covariance:?}: {sum}");
        }
    }

    #[test]
    fn many_addresses_leave_no_uncertainty() {
        for covariance in Covariance::ALL {
            let mut estimate = one(covariance);
            let posterior = estimate.posterior.as_mut().unwrap();
            posterior.mean_precision = vec![1e9];
            posterior.degrees_of_freedom = vec![1e9];
            let x = [103.0, 47.0, 31.0, 12.0];
            let mut log_densities = [0.0];
            let t = estimate.predictive().log_sum(x, &mut log_densities);
            let gaussian = estimate.plug_in().log_sum(x, &mut log_densities);
            assert!((t - gaussian).abs() < 1e-6, "{covariance:?}: {t} for {gaussian}");
        }
    }
}
