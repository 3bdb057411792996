//! The M-step and the lower bound: from sufficient statistics to an [`Estimate`], by maximum
//! likelihood (Dempster et al. 1977) or under a prior (variational Bayes, Bishop 2006, section
//! 10.2; Dirichlet process: Blei & Jordan 2006).
//!
//! Formulas are those of scikit-learn's estimators, constants dropped where it drops them, so that
//! bounds and densities are comparable. Iterations are in [`super::em`].

use nalgebra::Matrix4;
use statrs::function::beta::ln_beta;
use statrs::function::gamma::ln_gamma;

use super::FitError;
use super::covariance::{Covariance, factor};
use super::estimate::{Concentration, D, Estimate, Gaussian, Posterior};
use super::params::MixtureParams;
use super::prior::{Prior, Priors, WeightPrior};
use super::sufficient::Sufficient;
use crate::address::OCTETS;
use crate::pass::expectation::ExpectationStats;
use crate::pass::moments::ExactMoments;

/// How parameters are estimated from sufficient statistics.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimator {
    /// What covariances may be.
    pub covariance: Covariance,
    /// Added to the diagonal of every component's covariance, in squared octets.
    pub reg_covar: f64,
    /// The prior; `None` for maximum likelihood.
    pub prior: Option<Prior>,
}

/// What single precision may make of the change of a bound, in nats an address: about the rounding of two
/// log-densities of 32 bits. benches/README.md has what was measured.
pub const NOISE: f64 = 1.0 / (1 << 18) as f64;

/// A component on its way to a [`Gaussian`].
struct Scatter {
    mean: nalgebra::Vector4<f64>,
    /// Covariance times `divisor`.
    scatter: Matrix4<f64>,
    divisor: f64,
    /// What `reg_covar` alone makes of every variance of the covariance.
    least: f64,
    /// Whether the component is as good as empty.
    vanishing: bool,
}

/// Components of less weight, in addresses, are as good as empty.
const VANISHING: f64 = 0.1;

impl Estimator {
    /// Estimates as `params` say, given the moments of all addresses.
    pub fn new(params: &MixtureParams, all: &ExactMoments) -> Self {
        let &MixtureParams { components, covariance, reg_covar, .. } = params;
        let prior = |priors: &Priors| Prior::new(priors, components, covariance, all);
        Self { covariance, reg_covar, prior: params.priors.as_ref().map(prior) }
    }

    /// The M-step: the estimate given the sufficient statistics of each component.
    ///
    /// # Errors
    /// When a covariance is not positive definite, which a positive `reg_covar` mostly prevents.
    pub fn maximise(&self, statistics: &[Sufficient]) -> Result<Estimate, FitError> {
        match &self.prior {
            None => self.maximise_likelihood(statistics),
            Some(prior) => self.maximise_bound(prior, statistics),
        }
    }

    fn maximise_likelihood(&self, statistics: &[Sufficient]) -> Result<Estimate, FitError> {
        let total: f64 = statistics.iter().map(|s| s.weight).sum();
        let scatters = statistics.iter().map(|s| Scatter {
            mean: s.mean,
            scatter: s.weight * self.regularised(s),
            divisor: s.weight,
            least: self.reg_covar,
            vanishing: false,
        });
        Ok(Estimate {
            covariance: self.covariance,
            weights: statistics.iter().map(|s| s.weight / total).collect(),
            gaussians: self.gaussians(scatters.collect())?,
            posterior: None,
        })
    }

    fn maximise_bound(
        &self,
        prior: &Prior,
        statistics: &[Sufficient],
    ) -> Result<Estimate, FitError> {
        let mean_precision: Vec<f64> =
            statistics.iter().map(|s| prior.mean_precision + s.weight).collect();
        let mut scatters: Vec<Scatter> = statistics
            .iter()
            .zip(&mean_precision)
            .map(|(s, beta)| {
                let from_prior = s.mean - prior.mean;
                let shrinkage = s.weight * prior.mean_precision / beta;
                let divisor = prior.degrees_of_freedom + s.weight;
                Scatter {
                    mean: (prior.mean_precision * prior.mean + s.weight * s.mean) / *beta,
                    scatter: prior.covariance
                        + s.weight * self.regularised(s)
                        + shrinkage * from_prior * from_prior.transpose(),
                    divisor,
                    // Exactly, no direction has a smaller variance than this but in components that
                    // are as good as empty. Where the prior is flat those would have variances of
                    // rounding alone: the emptier they are the higher the bound, and EM would not rise.
                    least: self.reg_covar * s.weight.max(VANISHING) / divisor,
                    vanishing: s.weight < VANISHING,
                }
            })
            .collect();
        if self.covariance == Covariance::Tied {
            // scikit-learn shares the addresses out evenly.
            let k = scatters.len() as f64;
            let mean_divisor = scatters.iter().map(|s| s.divisor).sum::<f64>() / k;
            scatters.iter_mut().for_each(|s| s.divisor = mean_divisor);
        }
        let degrees_of_freedom = scatters.iter().map(|s| s.divisor).collect();
        let concentration = concentration(prior, statistics);
        Ok(Estimate {
            covariance: self.covariance,
            weights: concentration.weights(),
            gaussians: self.gaussians(scatters)?,
            posterior: Some(Posterior { concentration, mean_precision, degrees_of_freedom }),
        })
    }

    /// The covariance of a component's addresses with what is added to it.
    fn regularised(&self, s: &Sufficient) -> Matrix4<f64> {
        s.covariance + self.reg_covar * Matrix4::identity()
    }

    fn gaussians(&self, scatters: Vec<Scatter>) -> Result<Vec<Gaussian>, FitError> {
        let failed =
            |component| FitError::NotPositiveDefinite { component, reg_covar: self.reg_covar };
        if self.covariance == Covariance::Tied {
            let divisor: f64 = scatters.iter().map(|s| s.divisor).sum();
            let scatter: Matrix4<f64> = scatters.iter().map(|s| s.scatter).sum();
            let least = scatters.iter().map(|s| s.least * s.divisor).sum::<f64>() / divisor;
            let (covariance, precision_cholesky) =
                factor(scatter / divisor, least, false).ok_or(failed(0))?;
            let tied = |s: Scatter| Gaussian { mean: s.mean, covariance, precision_cholesky };
            return Ok(scatters.into_iter().map(tied).collect());
        }
        let gaussian = |(component, s): (usize, Scatter)| {
            let covariance = self.covariance.keep(s.scatter) / s.divisor;
            let (covariance, precision_cholesky) =
                factor(covariance, s.least, s.vanishing).ok_or(failed(component))?;
            Ok(Gaussian { mean: s.mean, covariance, precision_cholesky })
        };
        scatters.into_iter().enumerate().map(gaussian).collect()
    }

    /// What a fit maximises, in nats: under a prior the evidence lower bound of the whole set, else
    /// the log-likelihood per address. `estimate` is what `maximise` made of `stats`.
    pub fn lower_bound(&self, estimate: &Estimate, stats: &ExpectationStats) -> f64 {
        let Some(posterior) = &estimate.posterior else {
            let total: f64 = stats.components.iter().map(|sums| sums.weight).sum();
            return stats.log_likelihood / total;
        };
        self.evidence(estimate, posterior, stats.entropy)
    }

    /// The lower bound of `components` that hold no addresses; none of maximum likelihood.
    pub(super) fn bound_of_empty(&self, components: usize) -> Option<f64> {
        let mean = self.prior.as_ref()?.mean;
        let empty = Sufficient { weight: 0.0, mean, covariance: Matrix4::zeros() };
        let estimate = self.maximise(&vec![empty; components]).ok()?;
        let posterior = estimate.posterior.as_ref()?;
        Some(self.evidence(&estimate, posterior, 0.0))
    }

    /// Of how many addresses the lower bound is a sum, where all count `size`: of all, or of one.
    pub(super) fn unit(&self, size: f64) -> f64 {
        if self.prior.is_some() { size } else { 1.0 }
    }

    /// The evidence lower bound, given the entropy of the responsibilities that `posterior`, that of
    /// `estimate`, was computed from.
    pub(super) fn evidence(&self, estimate: &Estimate, posterior: &Posterior, entropy: f64) -> f64 {
        let log_norms = posterior
            .degrees_of_freedom
            .iter()
            .zip(&posterior.mean_precision)
            .zip(&estimate.gaussians)
            .map(|((&nu, beta), gaussian)| log_wishart_norm(nu, gaussian) + 0.5 * D * beta.ln());
        entropy - log_norms.sum::<f64>() - log_concentration_norm(&posterior.concentration)
    }
}

fn concentration(prior: &Prior, statistics: &[Sufficient]) -> Concentration {
    match prior.weights {
        WeightPrior::DirichletProcess => {
            // Stick-breaking: component k competes with the weight still to come after it.
            let mut later = 0.0;
            let mut sticks: Vec<[f64; 2]> = Vec::with_capacity(statistics.len());
            for s in statistics.iter().rev() {
                sticks.push([1.0 + s.weight, prior.weight_concentration + later]);
                later += s.weight;
            }
            sticks.reverse();
            Concentration::Process(sticks)
        }
        WeightPrior::DirichletDistribution => Concentration::Distribution(
            statistics.iter().map(|s| prior.weight_concentration + s.weight).collect(),
        ),
    }
}

/// The logarithm of the norm of the Wishart distribution, constants dropped.
fn log_wishart_norm(nu: f64, gaussian: &Gaussian) -> f64 {
    let log_det = gaussian.log_det_cholesky() - 0.5 * D * nu.ln();
    -(nu * log_det
        + 0.5 * nu * D * 2f64.ln()
        + (0..OCTETS).map(|i| ln_gamma(0.5 * (nu - i as f64))).sum::<f64>())
}

/// The logarithm of the norm of the weights' distribution.
fn log_concentration_norm(concentration: &Concentration) -> f64 {
    match concentration {
        Concentration::Process(sticks) => -sticks.iter().map(|&[a, b]| ln_beta(a, b)).sum::<f64>(),
        Concentration::Distribution(c) => {
            ln_gamma(c.iter().sum()) - c.iter().map(|&c| ln_gamma(c)).sum::<f64>()
        }
    }
}
