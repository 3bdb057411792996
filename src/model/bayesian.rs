//! The variational Bayesian Gaussian mixture: priors, posterior, lower bound.
//!
//! Full covariances under a Dirichlet-process prior (Blei & Jordan 2006; Bishop 2006, section
//! 10.2), with the formulas of scikit-learn's `BayesianGaussianMixture`, constants dropped where it
//! drops them, so that bounds and densities are comparable. The iterations are in [`super::em`].

use nalgebra::{Cholesky, Matrix4, SymmetricEigen, Vector4};
use statrs::function::beta::ln_beta;
use statrs::function::gamma::{digamma, ln_gamma};

use super::FitError;
use super::sufficient::{Sufficient, symmetric};
use crate::address::OCTETS;
use crate::pass::mixture::Component;
use crate::pass::{Mixture, moments};

/// The number of dimensions, in the formulas.
const D: f64 = OCTETS as f64;

/// How to fit; the defaults are scikit-learn's. Priors left out are taken from the addresses.
#[derive(Debug, Clone, PartialEq)]
pub struct Params {
    /// Components, at least 1; what the addresses do not need keeps a weight near 0.
    pub components: usize,
    /// Restarts, at least 1; the one of largest lower bound is kept.
    pub n_init: usize,
    /// The most iterations of a restart, at least 1.
    pub max_iter: usize,
    /// A restart stops when its lower bound changes by less, in nats.
    pub tol: f64,
    /// Added to the diagonal of every covariance, in squared octets.
    pub reg_covar: f64,
    /// The seed of all random choices.
    pub seed: u64,
    /// The concentration of the weights; 1 / components where left out.
    pub weight_concentration: Option<f64>,
    /// The precision of the means' prior, in addresses; 1 where left out.
    pub mean_precision: Option<f64>,
    /// The mean of the means' prior, in octets; the addresses' mean where left out.
    pub mean: Option<[f64; OCTETS]>,
    /// Degrees of freedom of the covariances' prior, more than 3; 4 where left out.
    pub degrees_of_freedom: Option<f64>,
    /// The covariances' prior; the addresses' covariance where left out.
    pub covariance: Option<Matrix4<f64>>,
}

impl Params {
    /// scikit-learn's defaults for `components` components, with ten restarts.
    pub fn new(components: usize) -> Self {
        Self {
            components,
            n_init: 10,
            max_iter: 100,
            tol: 1e-3,
            reg_covar: 1e-6,
            seed: 0,
            weight_concentration: None,
            mean_precision: None,
            mean: None,
            degrees_of_freedom: None,
            covariance: None,
        }
    }

    /// Checks every parameter.
    ///
    /// # Errors
    /// [`FitError::Parameter`] names the first one out of range.
    pub fn check(&self) -> Result<(), FitError> {
        let positive = |x: Option<f64>| x.unwrap_or(1.0) > 0.0;
        let count = "a whole number from 1";
        let checks = [
            ("the number of components", self.components as f64, self.components >= 1, count),
            ("n_init", self.n_init as f64, self.n_init >= 1, count),
            ("max_iter", self.max_iter as f64, self.max_iter >= 1, count),
            ("tol", self.tol, self.tol >= 0.0, "0 or more"),
            ("reg_covar", self.reg_covar, self.reg_covar >= 0.0, "0 or more"),
            (
                "the weight concentration prior",
                self.weight_concentration.unwrap_or(1.0),
                positive(self.weight_concentration),
                "more than 0",
            ),
            (
                "the mean precision prior",
                self.mean_precision.unwrap_or(1.0),
                positive(self.mean_precision),
                "more than 0",
            ),
            (
                "the degrees of freedom prior",
                self.degrees_of_freedom.unwrap_or(D),
                self.degrees_of_freedom.unwrap_or(D) > D - 1.0,
                "more than 3",
            ),
        ];
        match checks.into_iter().find(|(_, value, in_range, _)| !in_range || !value.is_finite()) {
            Some((name, value, _, range)) => Err(FitError::Parameter { name, value, range }),
            None => Ok(()),
        }
    }
}

/// The prior of a fit, complete.
#[derive(Debug, Clone, PartialEq)]
pub struct Prior {
    /// Concentration of the weights.
    pub weight_concentration: f64,
    /// Precision of the means, in addresses.
    pub mean_precision: f64,
    /// Mean of the means, in octets.
    pub mean: Vector4<f64>,
    /// Degrees of freedom of the covariances.
    pub degrees_of_freedom: f64,
    /// Scale of the covariances, in squared octets.
    pub covariance: Matrix4<f64>,
    /// Added to the diagonal of every component's covariance, in squared octets.
    pub reg_covar: f64,
}

impl Prior {
    /// The prior of `params`, filled up from the moments of all addresses.
    pub fn new(params: &Params, all: &moments::Cluster) -> Self {
        Self {
            weight_concentration: params
                .weight_concentration
                .unwrap_or(1.0 / params.components as f64),
            mean_precision: params.mean_precision.unwrap_or(1.0),
            mean: params.mean.unwrap_or_else(|| all.mean()).into(),
            degrees_of_freedom: params.degrees_of_freedom.unwrap_or(D),
            covariance: params.covariance.unwrap_or_else(|| symmetric(&all.covariance(1))),
            reg_covar: params.reg_covar,
        }
    }

    /// The M-step: the posterior given the sufficient statistics of each component.
    ///
    /// # Errors
    /// When a covariance is not positive definite, which a positive `reg_covar` mostly prevents.
    pub fn posterior(&self, statistics: &[Sufficient]) -> Result<Posterior, FitError> {
        // Stick-breaking: component k competes with the weight still to come after it.
        let mut later = 0.0;
        let mut sticks: Vec<[f64; 2]> = Vec::with_capacity(statistics.len());
        for s in statistics.iter().rev() {
            sticks.push([1.0 + s.weight, self.weight_concentration + later]);
            later += s.weight;
        }
        sticks.reverse();
        let components = statistics
            .iter()
            .zip(sticks)
            .enumerate()
            .map(|(component, (s, stick))| {
                let mean_precision = self.mean_precision + s.weight;
                let mean = (self.mean_precision * self.mean + s.weight * s.mean) / mean_precision;
                let degrees_of_freedom = self.degrees_of_freedom + s.weight;
                let from_prior = s.mean - self.mean;
                let scatter = self.covariance
                    + s.weight * (s.covariance + self.reg_covar * Matrix4::identity())
                    + (s.weight * self.mean_precision / mean_precision)
                        * from_prior
                        * from_prior.transpose();
                // Exactly, no direction has a smaller variance than this.
                let least = self.reg_covar * s.weight / degrees_of_freedom;
                let (covariance, precision_cholesky) =
                    factor(scatter / degrees_of_freedom, least).ok_or(
                        FitError::NotPositiveDefinite { component, reg_covar: self.reg_covar },
                    )?;
                Ok(PosteriorComponent {
                    stick,
                    mean_precision,
                    mean,
                    degrees_of_freedom,
                    covariance,
                    precision_cholesky,
                })
            })
            .collect::<Result<_, FitError>>()?;
        Ok(Posterior { components })
    }
}

/// `covariance` and U, upper triangular, with `covariance^-1 = U U'`.
///
/// Where the addresses lie in a plane (all sets of up to four do, and regular ones) rounding can
/// take a variance below `least`, which it exceeds exactly, and below 0: in f32 sums by 1e-7 of the
/// largest. There scikit-learn gives up; here that variance is raised again. `None` if the covariance
/// is not positive definite and `least` is 0, or an entry is no number.
fn factor(covariance: Matrix4<f64>, least: f64) -> Option<(Matrix4<f64>, Matrix4<f64>)> {
    if let Some(precision) = precision_cholesky(&covariance) {
        return Some((covariance, precision));
    }
    // Not a number, of a device gone wrong or a prior: its eigenvalues would be sought for ever.
    if least <= 0.0 || covariance.iter().any(|x| !x.is_finite()) {
        return None;
    }
    let mut eigen = SymmetricEigen::new(covariance);
    // Below this the factorisation could not tell a variance from its own rounding.
    let floor = least.max(64.0 * f64::EPSILON * eigen.eigenvalues.max());
    eigen.eigenvalues.apply(|variance| *variance = variance.max(floor));
    let raised = eigen.recompose();
    precision_cholesky(&raised).map(|precision| (raised, precision))
}

/// U, upper triangular, with `covariance^-1 = U U'`; `None` if that is not positive definite.
fn precision_cholesky(covariance: &Matrix4<f64>) -> Option<Matrix4<f64>> {
    let lower = Cholesky::new(*covariance)?.unpack();
    let inverse = lower.solve_lower_triangular(&Matrix4::identity())?;
    inverse.iter().all(|x| x.is_finite()).then(|| inverse.transpose())
}

/// The posterior of one component.
#[derive(Debug, Clone, PartialEq)]
pub struct PosteriorComponent {
    /// Parameters of the Beta distribution of its share of the stick.
    pub stick: [f64; 2],
    /// Precision of the mean, in addresses.
    pub mean_precision: f64,
    /// Expected mean, in octets.
    pub mean: Vector4<f64>,
    /// Degrees of freedom of the covariance.
    pub degrees_of_freedom: f64,
    /// The covariance, in squared octets.
    pub covariance: Matrix4<f64>,
    /// U of `covariance^-1 = U U'`, upper triangular.
    pub precision_cholesky: Matrix4<f64>,
}

impl PosteriorComponent {
    /// `ln |U|`: half the log-determinant of the precision.
    fn log_det_cholesky(&self) -> f64 {
        (0..OCTETS).map(|i| self.precision_cholesky[(i, i)].ln()).sum()
    }

    /// The expected log-density at the mean but for the weight (Bishop 2006, 10.64 and 10.65).
    fn log_peak(&self) -> f64 {
        let nu = self.degrees_of_freedom;
        let log_lambda =
            D * 2f64.ln() + (0..OCTETS).map(|i| digamma(0.5 * (nu - i as f64))).sum::<f64>();
        -0.5 * D * std::f64::consts::TAU.ln() + self.log_det_cholesky() - 0.5 * D * nu.ln()
            + 0.5 * (log_lambda - D / self.mean_precision)
    }

    /// The logarithm of the norm of the Wishart distribution, constants dropped.
    fn log_wishart_norm(&self) -> f64 {
        let nu = self.degrees_of_freedom;
        let log_det = self.log_det_cholesky() - 0.5 * D * nu.ln();
        -(nu * log_det
            + 0.5 * nu * D * 2f64.ln()
            + (0..OCTETS).map(|i| ln_gamma(0.5 * (nu - i as f64))).sum::<f64>())
    }
}

/// The posterior of a mixture.
#[derive(Debug, Clone, PartialEq)]
pub struct Posterior {
    /// Its components, in the order of the stick.
    pub components: Vec<PosteriorComponent>,
}

impl Posterior {
    /// The mixture whose log-densities are the expected ones: scikit-learn's `score_samples`, not a
    /// normalised density.
    pub fn mixture(&self) -> Mixture {
        let mut log_rest = 0.0;
        let components = self.components.iter().map(|c| {
            let [a, b] = c.stick;
            let total = digamma(a + b);
            let log_weight = digamma(a) - total + log_rest;
            log_rest += digamma(b) - total;
            Component {
                bias: log_weight + c.log_peak(),
                mean: c.mean.into(),
                precision_cholesky: c.precision_cholesky.transpose().into(),
            }
        });
        Mixture(components.collect())
    }

    /// The normalised expected weights.
    pub fn weights(&self) -> Vec<f64> {
        let mut rest = 1.0;
        let sticks: Vec<f64> = self
            .components
            .iter()
            .map(|c| {
                let [a, b] = c.stick;
                let weight = rest * a / (a + b);
                rest *= b / (a + b);
                weight
            })
            .collect();
        let sum: f64 = sticks.iter().sum();
        sticks.iter().map(|w| w / sum).collect()
    }

    /// The evidence lower bound, given the entropy of the responsibilities the posterior was
    /// computed from, in nats.
    pub fn lower_bound(&self, entropy: f64) -> f64 {
        let terms = self.components.iter().map(|c| {
            ln_beta(c.stick[0], c.stick[1]) - c.log_wishart_norm() - 0.5 * D * c.mean_precision.ln()
        });
        entropy + terms.sum::<f64>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variance_lost_to_rounding_is_raised_again() {
        let along = Vector4::new(1.0, 2.0, -1.0, 1.0);
        let plane = 100.0 * along * along.transpose();
        // What f32 sums leave of it.
        let rounded = plane - 1e-5 * Matrix4::identity();
        let (covariance, precision) = factor(rounded, 1e-6).unwrap();
        let variances = covariance.symmetric_eigenvalues();
        assert!((variances.min() - 1e-6).abs() < 1e-9, "{variances}");
        assert!((variances.max() - 700.0).abs() < 1e-4, "{variances}");
        let identity = precision.transpose() * covariance * precision;
        assert!((identity - Matrix4::identity()).abs().max() < 1e-4, "{identity}");
        assert_eq!(factor(rounded, 0.0), None);
        assert_eq!(factor(Matrix4::repeat(f64::NAN), 1e-6), None);
        assert_eq!(factor(Matrix4::repeat(f64::INFINITY), 1e-6), None);
    }
}
