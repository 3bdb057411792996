//! How much an iteration raises what a fit maximises, told from parameters and statistics alone.
//!
//! Near the end of a fit the objective rises by less than single precision resolves: it is a sum over
//! all addresses, and the difference of two such sums is noise. The statistics carry noise too, but
//! here it counts only times the step of the parameters, which is small there.
//!
//! Let `e` be the parameters of the E-step as an exponential family has them, `S` its statistics, and
//! `e S` the sum of the weighted log-densities of the addresses, each by its responsibilities. The
//! sum of the log-sum-exps has the derivative `S` by `e`, and so the entropy of the responsibilities
//! has the derivative `-e` by `S`. By the trapezoidal rule, from one E-step to the next,
//!
//! ```text
//! log-likelihood rises by (e' - e) (S + S') / 2
//! entropy        rises by (e + e') (S - S') / 2
//! ```
//!
//! to the third order of the step. The rest of a lower bound is a function of the statistics, which
//! the host knows to all its digits.

use nalgebra::{Matrix4, Vector4};

use super::estimate::{D, Estimate};
use super::estimator::Estimator;
use super::sufficient::Sufficient;
use crate::pass::Mixture;
use crate::pass::mixture::Component;

/// What the weight of a component may be off by, relative to it, when it is summed in single precision.
const WEIGHT_NOISE: f64 = 1.0 / (1 << 20) as f64;

/// An iteration: an E-step and the M-step after it.
#[derive(Debug, Clone)]
pub struct Iteration {
    /// What the E-step ran under.
    pub mixture: Mixture,
    /// What it returned.
    statistics: Vec<Sufficient>,
    /// What the M-step made of the lower bound but for the entropy, in nats; maximum likelihood has none.
    evidence: Option<f64>,
    /// What is added to every variance.
    reg_covar: f64,
}

impl Iteration {
    /// The E-step under `mixture` returned `statistics`, and the M-step made `estimate` of these.
    pub fn new(
        estimator: &Estimator,
        mixture: Mixture,
        statistics: Vec<Sufficient>,
        estimate: &Estimate,
    ) -> Self {
        let posterior = estimate.posterior.as_ref();
        let evidence = posterior.map(|posterior| estimator.evidence(estimate, posterior, 0.0));
        Self { mixture, statistics, evidence, reg_covar: estimator.reg_covar }
    }

    /// How much more the objective is after this iteration than after the one `before`, in the unit of
    /// [`Estimator::lower_bound`].
    pub fn rise(&self, before: &Self) -> f64 {
        match (self.evidence, before.evidence) {
            (Some(evidence), Some(evidence_before)) => {
                evidence - evidence_before + self.rise_of_entropy(before)
            }
            _ => self.rise_of_likelihood(before) / weight(&self.statistics),
        }
    }

    fn rise_of_likelihood(&self, before: &Self) -> f64 {
        let step = |statistics| {
            log_density(&self.mixture, statistics) - log_density(&before.mixture, statistics)
        };
        0.5 * (step(&before.statistics) + step(&self.statistics))
    }

    fn rise_of_entropy(&self, before: &Self) -> f64 {
        let step = |mixture| {
            log_density(mixture, &self.statistics) - log_density(mixture, &before.statistics)
        };
        // The evidence leaves out this constant of each density. Weights add up to the same in every
        // iteration but for rounding, which must not count for as much.
        let rounding = weight(&self.statistics) - weight(&before.statistics);
        let constant = 0.5 * D * std::f64::consts::TAU.ln() * rounding;
        -0.5 * (step(&before.mixture) + step(&self.mixture)) - constant
    }

    /// What single precision may make of [`rise`](Self::rise). As in scikit-learn the evidence counts
    /// `reg_covar` and the E-step does not, so that the rounding of the weights does not cancel where
    /// little else than `reg_covar` is left of a variance.
    pub fn noise(&self) -> f64 {
        if self.evidence.is_none() {
            return 0.0;
        }
        let of = |(component, s): (&Component, &Sufficient)| {
            let precisions = component.precision_cholesky.as_flattened().iter().map(|u| u * u);
            s.weight * 0.5 * self.reg_covar * precisions.sum::<f64>()
        };
        WEIGHT_NOISE * self.mixture.0.iter().zip(&self.statistics).map(of).sum::<f64>()
    }
}

/// The weighted log-densities under `mixture` of the addresses that `statistics` are of, summed by
/// responsibility, in nats.
fn log_density(mixture: &Mixture, statistics: &[Sufficient]) -> f64 {
    let of = |(component, s): (&Component, &Sufficient)| {
        // nalgebra's arrays are lists of columns: this is the transpose of the factor.
        let factor = Matrix4::from(component.precision_cholesky);
        let mean = factor * (s.mean - Vector4::from(component.mean));
        let spread = (factor * s.covariance * factor.transpose()).trace();
        s.weight * (component.bias - 0.5 * (mean.norm_squared() + spread))
    };
    mixture.0.iter().zip(statistics).map(of).sum()
}

fn weight(statistics: &[Sufficient]) -> f64 {
    statistics.iter().map(|s| s.weight).sum()
}
