//! By how much a lower bound may fall from one iteration to the next: the tolerance of its monotony.
//!
//! EM never lowers what it maximises, but as in scikit-learn what is added to covariances is no part of that:
//! `reg_covar`, and what raises a variance that rounding took away. The M-step adds it, as if addresses were
//! blurred; the E-step looks at them as they are. Let P be the precision of a component before an iteration, P'
//! after it, and w its weight in addresses.
//!
//! *Under a prior* the bound is that of blurred addresses. It is convex in their scatter, with the slope `-P / 2`; the
//! E-step maximises the rest of that line. Where B is what was added to the scatter, `w reg_covar` as a rule,
//!
//! ```text
//! bound' >= bound - sum over components of  tr P (B' - B) / 2
//! ```
//!
//! Where `reg_covar` is all that is left of all four variances, that is two nats for each address that moves
//! there, times `1 + nu0 / w` for the degrees of freedom of the prior. Tied components share one P, and their
//! B add up to the same in every iteration: nothing is lost.
//!
//! *By maximum likelihood* the M-step maximises the likelihood less what its R, added to the covariance, costs:
//!
//! ```text
//! log-likelihood' >= log-likelihood - sum over components of  w tr R' (P - P') / 2
//! ```
//!
//! To this adds the rounding of doubles: a covariance is known to a few roundings of the squares that it is a sum
//! of, and its logarithm to these times the precision.

use nalgebra::Matrix4;

use super::covariance::Covariance;
use super::estimate::{Concentration, D, Estimate, Gaussian, Posterior};
use super::estimator::Estimator;
use super::prior::Prior;
use super::sufficient::Sufficient;

/// Roundings of a sum of squares, and of a bound: a dozen operations each, and what lnGamma is off by.
const ROUNDINGS: f64 = 16.0 * f64::EPSILON;

/// What a course may lose with its next bound.
#[derive(Debug, Clone, Default)]
pub struct Fall {
    /// What the last M-step added to the scatter of each component; none before the first.
    added: Vec<Matrix4<f64>>,
    /// What the last M-step may have taken from the likelihood, which the next E-step tells.
    taken: f64,
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
        let rounding = rounding(before, statistics, after);
        let roundings = std::mem::replace(&mut self.rounding, rounding) + rounding;
        let taken = match (&estimator.prior, &before.posterior, &after.posterior) {
            (Some(prior), Some(from), Some(to)) => {
                let scatters = statistics.iter().zip(&to.mean_precision);
                let scatters = scatters.map(|(s, beta)| scatter(prior, s, *beta)).collect();
                let added = added(scatters, &to.degrees_of_freedom, after);
                let last = std::mem::replace(&mut self.added, added);
                let last = if last.is_empty() { as_a_rule(estimator, prior, from) } else { last };
                let grown = self.added.iter().zip(last).map(|(added, last)| added - last);
                grown.zip(&before.gaussians).map(|(grown, g)| 0.5 * cost(g, &grown)).sum()
            }
            _ => {
                let weights: Vec<f64> = statistics.iter().map(|s| s.weight).collect();
                let scatters = statistics.iter().map(|s| s.weight * s.covariance).collect();
                let added = added(scatters, &weights, after);
                let gaussians = before.gaussians.iter().zip(&after.gaussians);
                let of = |((before, after), added): ((_, _), &Matrix4<f64>)| {
                    0.5 * (cost(before, added) - cost(after, added))
                };
                let taken: f64 = gaussians.zip(&added).map(of).sum();
                std::mem::replace(&mut self.taken, taken / weights.iter().sum::<f64>())
            }
        };
        taken.max(0.0) + roundings
    }

    /// Follows the components into the order in which `order` names them.
    pub fn sort(&mut self, order: &[usize]) {
        self.added = order.iter().filter_map(|&k| self.added.get(k).copied()).collect();
    }
}

/// What `scatter` costs a component: its trace in standard deviations.
fn cost(gaussian: &Gaussian, scatter: &Matrix4<f64>) -> f64 {
    let u = &gaussian.precision_cholesky;
    (u.transpose() * scatter * u).trace()
}

/// The scatter of a component but for `reg_covar`, as its posterior has it.
fn scatter(prior: &Prior, s: &Sufficient, mean_precision: f64) -> Matrix4<f64> {
    let from_prior = s.mean - prior.mean;
    let shrinkage = s.weight * prior.mean_precision / mean_precision;
    prior.covariance + s.weight * s.covariance + shrinkage * from_prior * from_prior.transpose()
}

/// What the covariances of `estimate` have that `scatters` have not, times `sizes`. What tied components share is
/// shared out evenly.
fn added(mut scatters: Vec<Matrix4<f64>>, sizes: &[f64], estimate: &Estimate) -> Vec<Matrix4<f64>> {
    let mut sizes = sizes.to_vec();
    if estimate.covariance == Covariance::Tied {
        let k = scatters.len() as f64;
        let (scatter, size) =
            (scatters.iter().sum::<Matrix4<f64>>() / k, sizes.iter().sum::<f64>() / k);
        scatters.fill(scatter);
        sizes.fill(size);
    }
    let of = |((scatter, size), gaussian): ((Matrix4<f64>, f64), &Gaussian)| {
        size * gaussian.covariance - estimate.covariance.keep(scatter)
    };
    scatters.into_iter().zip(sizes).zip(&estimate.gaussians).map(of).collect()
}

/// What is added where no variance is raised: `reg_covar` for each address.
fn as_a_rule(estimator: &Estimator, prior: &Prior, posterior: &Posterior) -> Vec<Matrix4<f64>> {
    let weights = posterior.mean_precision.iter().map(|beta| beta - prior.mean_precision);
    let added: Vec<_> =
        weights.map(|w| Matrix4::from_diagonal_element(estimator.reg_covar * w)).collect();
    if estimator.covariance == Covariance::Tied {
        let mean = added.iter().sum::<Matrix4<f64>>() / added.len() as f64;
        return vec![mean; added.len()];
    }
    added
}

/// What the bound of `after` may be off by.
fn rounding(before: &Estimate, statistics: &[Sufficient], after: &Estimate) -> f64 {
    let total: f64 = statistics.iter().map(|s| s.weight).sum();
    let of_component = |(k, gaussian): (usize, &Gaussian)| {
        let s = &statistics[k];
        // Sums are about the last mean in whole octets, half an octet from it at most.
        let moved = (s.mean - before.gaussians[k].mean).norm_squared() + 1.0;
        let squares = gaussian.covariance.trace() + moved;
        let size = after.posterior.as_ref().map_or(s.weight, |p| p.degrees_of_freedom[k]);
        let logarithms = gaussian.log_det_cholesky().abs() + D * (size + 2.0).ln();
        size * (squares * gaussian.precision_cholesky.norm_squared() + logarithms)
    };
    let sum: f64 = after.gaussians.iter().enumerate().map(of_component).sum();
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
