//! By how much a lower bound may fall from one iteration to the next: the tolerance of its monotony.
//!
//! EM never lowers what it maximises, but `reg_covar` is, as in scikit-learn, no part of that. The M-step adds
//! it to the covariance of each component, as if every address were blurred by it; the E-step looks at the
//! addresses as they are. Let `P` be the trace of a component's precision and `w` its weight in addresses.
//!
//! *Under a prior* the bound is that of blurred addresses, each of which costs a component `reg_covar P / 2`.
//! The E-step does not see that cost, so that it may rise with the weights:
//!
//! ```text
//! bound' >= bound - sum over components of  reg_covar / 2  P (w' - w)
//! ```
//!
//! for the bound is convex in the statistics, and its slope at the last ones is what the E-step maximises but for that
//! cost. Where `reg_covar` is all that is left of a variance, P is its inverse times a few: two nats for each address
//! that moves there. Tied components have one P, and weights have one sum: there nothing is lost.
//!
//! *By maximum likelihood* the M-step maximises the likelihood less that cost, so that
//!
//! ```text
//! log-likelihood' >= log-likelihood - sum over components of  reg_covar / 2  w (P - P')
//! ```
//!
//! To this adds the rounding of doubles: a covariance is known to a few roundings of the squares that it is a sum of,
//! and its logarithm to these times the precision.

use super::covariance::Covariance;
use super::estimate::{Concentration, D, Estimate, Posterior};
use super::estimator::{Estimator, VANISHING};
use super::sufficient::Sufficient;

/// Roundings of a sum of squares, and of a bound: a dozen operations each, and what lnGamma is off by.
const ROUNDINGS: f64 = 16.0 * f64::EPSILON;

/// What a course may lose with its next bound.
#[derive(Debug, Clone, Copy, Default)]
pub struct Fall {
    /// What the last M-step may have taken from the likelihood, which the next E-step tells.
    next: f64,
    /// What the last bound may be off by.
    rounding: f64,
}

impl Fall {
    /// By how much the bound of an iteration may lie below the last one. Its E-step ran under `before` and found
    /// `statistics`, of which its M-step made `after`.
    pub fn step(
        &mut self,
        estimator: &Estimator,
        before: &Estimate,
        statistics: &[Sufficient],
        after: &Estimate,
    ) -> f64 {
        let (rounding, last) = (rounding(before, statistics, after), self.rounding);
        self.rounding = rounding;
        let taken = match (&before.posterior, &after.posterior, &estimator.prior) {
            (Some(from), Some(to), Some(prior)) => blur(estimator.reg_covar, before, |k| {
                let of = |posterior: &Posterior| posterior.mean_precision[k] - prior.mean_precision;
                gained(of(from), of(to))
            }),
            _ => {
                let total: f64 = statistics.iter().map(|s| s.weight).sum();
                let of = |estimate| blur(estimator.reg_covar, estimate, |k| statistics[k].weight);
                std::mem::replace(&mut self.next, (of(before) - of(after)) / total)
            }
        };
        let is_tied = before.covariance == Covariance::Tied && estimator.prior.is_some();
        if is_tied { last + rounding } else { taken.max(0.0) + last + rounding }
    }
}

/// What `weight` of each component costs it of the likelihood of blurred addresses, in nats.
fn blur(reg_covar: f64, estimate: &Estimate, weight: impl Fn(usize) -> f64) -> f64 {
    let of = |(k, precision)| 0.5 * reg_covar * weight(k) * precision;
    precisions(estimate).enumerate().map(of).sum()
}

/// The trace of each component's precision.
fn precisions(estimate: &Estimate) -> impl Iterator<Item = f64> {
    estimate.gaussians.iter().map(|gaussian| gaussian.precision_cholesky.norm_squared())
}

/// By how much the weight of a component grew. As good as empty it keeps its variances, and the cost that is lost with
/// the weight does not count.
fn gained(from: f64, to: f64) -> f64 {
    let gained = to - from;
    if from.min(to) < VANISHING { gained.max(0.0) } else { gained }
}

/// What the bound of `after` may be off by.
fn rounding(before: &Estimate, statistics: &[Sufficient], after: &Estimate) -> f64 {
    let total: f64 = statistics.iter().map(|s| s.weight).sum();
    let of_component = |(k, precision): (usize, f64)| {
        let (s, gaussian) = (&statistics[k], &after.gaussians[k]);
        // Sums are about the last mean in whole octets, half an octet from it at most.
        let squares =
            gaussian.covariance.trace() + (s.mean - before.gaussians[k].mean).norm_squared() + 1.0;
        let size = after.posterior.as_ref().map_or(s.weight, |p| p.degrees_of_freedom[k]);
        size * (squares * precision + gaussian.log_det_cholesky().abs() + D * (size + 2.0).ln())
    };
    let sum: f64 = precisions(after).enumerate().map(of_component).sum();
    let Some(posterior) = &after.posterior else { return ROUNDINGS * sum / total };
    let size = |c: f64| (c + 1.0) * (c + 2.0).ln();
    let of_weights: f64 = match &posterior.concentration {
        Concentration::Process(sticks) => sticks.iter().flatten().map(|&c| size(c)).sum(),
        Concentration::Distribution(list) => {
            list.iter().map(|&c| size(c)).sum::<f64>() + size(list.iter().sum())
        }
    };
    ROUNDINGS * (sum + of_weights + total * (statistics.len() as f64).ln())
}
