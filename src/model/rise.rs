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

use super::estimate::{D, Estimate};
use super::estimator::Estimator;
use super::sufficient::Sufficient;
use crate::pass::Mixture;

/// Follows the E-steps and M-steps of one fit.
#[derive(Debug, Clone, Default)]
pub struct Rise {
    last: Option<Step>,
    /// The rise of the last iteration, and what it was of the one before it.
    rises: [Option<f64>; 2],
}

/// An iteration.
#[derive(Debug, Clone)]
struct Step {
    /// What the E-step ran under.
    mixture: Mixture,
    /// What it returned.
    statistics: Vec<Sufficient>,
    /// What the M-step made of the lower bound but for the entropy, in nats.
    evidence: f64,
}

impl Rise {
    /// Takes in an iteration: the E-step under `mixture` returned `statistics`, and the M-step made
    /// `estimate` of these.
    pub fn take(
        &mut self,
        estimator: &Estimator,
        mixture: &Mixture,
        statistics: Vec<Sufficient>,
        estimate: &Estimate,
    ) {
        let posterior = estimate.posterior.as_ref();
        let evidence = posterior.map(|posterior| estimator.evidence(estimate, posterior, 0.0));
        let step =
            Step { mixture: mixture.clone(), statistics, evidence: evidence.unwrap_or_default() };
        if let Some(last) = &self.last {
            let rise = match evidence {
                Some(_) => rise_of_bound(last, &step),
                None => rise_of_likelihood(last, &step),
            };
            self.rises = [Some(rise), self.rises[0]];
        }
        self.last = Some(step);
    }

    /// Forgets the last iteration, because the components have another order since, but not how much it
    /// rose.
    pub fn start_again(&mut self) {
        self.last = None;
    }

    /// The rise to expect in the iteration after the next, in the unit of
    /// [`Estimator::lower_bound`]: less than the last by as much as this was than the one before it.
    /// Infinite before the second iteration.
    pub fn expected(&self) -> f64 {
        match self.rises {
            [Some(rise), Some(before)] if before > 0.0 => {
                rise.max(0.0) * (rise / before).clamp(0.0, 1.0).powi(2)
            }
            [Some(rise), _] => rise.max(0.0),
            [None, _] => f64::INFINITY,
        }
    }
}

/// The rise of the log-likelihood, in nats an address.
fn rise_of_likelihood(last: &Step, step: &Step) -> f64 {
    let of = |statistics| {
        log_density(&step.mixture, statistics) - log_density(&last.mixture, statistics)
    };
    0.5 * (of(&last.statistics) + of(&step.statistics)) / weight(&step.statistics)
}

/// The rise of the lower bound, in nats.
fn rise_of_bound(last: &Step, step: &Step) -> f64 {
    let of =
        |mixture| log_density(mixture, &step.statistics) - log_density(mixture, &last.statistics);
    let entropy = -0.5 * (of(&last.mixture) + of(&step.mixture));
    // The bound leaves out this constant of each density. Weights add up to the same in every
    // iteration but for rounding, which must not count for as much.
    let rounding = weight(&step.statistics) - weight(&last.statistics);
    let constant = 0.5 * D * std::f64::consts::TAU.ln() * rounding;
    step.evidence - last.evidence + entropy - constant
}

/// The weighted log-densities under `mixture` of the addresses that `statistics` are of, summed by
/// responsibility, in nats.
fn log_density(mixture: &Mixture, statistics: &[Sufficient]) -> f64 {
    let of = |(component, s): (&crate::pass::mixture::Component, &Sufficient)| {
        let factor = nalgebra::Matrix4::from(component.precision_cholesky);
        // nalgebra's arrays are lists of columns: this is the transpose of the factor.
        let at_mean = factor * (s.mean - nalgebra::Vector4::from(component.mean));
        let spread = (factor * s.covariance * factor.transpose()).trace();
        s.weight * (component.bias - 0.5 * (at_mean.norm_squared() + spread))
    };
    mixture.0.iter().zip(statistics).map(of).sum()
}

fn weight(statistics: &[Sufficient]) -> f64 {
    statistics.iter().map(|s| s.weight).sum()
}
