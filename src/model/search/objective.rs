//! What the search asks of the model: an M-step, a bound, and sums of statistics.
//!
//! Everything else in the search goes through here, so that it holds for any model that has these.

use nalgebra::{Cholesky, Matrix4};

use crate::model::estimate::Estimate;
use crate::model::estimator::Estimator;
use crate::model::sufficient::{Sufficient, sufficient};
use crate::pass::expectation::ExpectationStats;

/// The M-step; `None` where a covariance is not positive definite or an entry is no number.
pub fn maximise(estimator: &Estimator, statistics: &[Sufficient]) -> Option<Estimate> {
    estimator.maximise(statistics).ok()
}

/// The lower bound, given the entropy of the responsibilities that `estimate` was computed from. What is
/// no number, or has no posterior, is worse than everything.
pub fn bound(estimator: &Estimator, estimate: &Estimate, entropy: f64) -> f64 {
    let posterior = estimate.posterior.as_ref();
    let bound = posterior.map(|posterior| estimator.evidence(estimate, posterior, entropy));
    bound.filter(|bound| !bound.is_nan()).unwrap_or(f64::NEG_INFINITY)
}

/// What one component adds to the bound of a partition in which it holds `statistics` alone, but for
/// constants: its evidence, and the evidence that its share of the addresses has as a weight.
///
/// Of a Dirichlet process that share counts in a way that depends on all components; `N ln N` is its
/// leading term, and the same whatever their order.
pub fn evidence(estimator: &Estimator, statistics: &Sufficient) -> Option<f64> {
    let alone = bound(estimator, &maximise(estimator, std::slice::from_ref(statistics))?, 0.0);
    Some(alone + statistics.weight * statistics.weight.ln())
}

/// The statistics of an E-step, each address counting `scale` times.
pub fn scaled(stats: &ExpectationStats, scale: f64) -> Vec<Sufficient> {
    let scaled = |s: Sufficient| Sufficient { weight: s.weight * scale, ..s };
    sufficient(stats).into_iter().map(scaled).collect()
}

/// `a_times a + b_times b` in weight, weighted mean and weighted second moment: exactly linear, but
/// taken about the new mean (Chan et al. 1979). `None` where that describes no addresses, which can
/// be where a factor is negative.
pub fn combine(a: &Sufficient, a_times: f64, b: &Sufficient, b_times: f64) -> Option<Sufficient> {
    let (a_weight, b_weight) = (a_times * a.weight, b_times * b.weight);
    let weight = a_weight + b_weight;
    // Below a share of either the mean is an extrapolation without support.
    if weight.is_nan() || weight <= 1e-3 * a_weight.abs().min(b_weight.abs()) {
        return None;
    }
    let mean = (a_weight * a.mean + b_weight * b.mean) / weight;
    let about = |s: &Sufficient| s.covariance + (s.mean - mean) * (s.mean - mean).transpose();
    let covariance = (a_weight * about(a) + b_weight * about(b)) / weight;
    let sum = Sufficient { weight, mean, covariance };
    // Whether the covariance is positive semidefinite, but for rounding.
    let is_covariance = || {
        let rounding = 1e-12 * (1.0 + covariance.trace().abs());
        Cholesky::new(covariance + rounding * Matrix4::identity()).is_some()
    };
    (a_times >= 0.0 && b_times >= 0.0 || is_covariance()).then_some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pass::{Centres, Moments, Pass};

    fn of(addresses: &[u32]) -> Sufficient {
        Sufficient::from_exact(&Moments::reduce(&Centres::single(), addresses).total())
    }

    #[test]
    fn statistics_add_and_subtract_as_their_addresses_do() {
        let addresses: Vec<u32> = (1..60u32).map(|i| i.wrapping_mul(2_654_435_761)).collect();
        let (some, others) = addresses.split_at(20);
        let (some, others, all) = (of(some), of(others), of(&addresses));
        let close = |a: &Sufficient, b: &Sufficient| {
            assert!((a.weight - b.weight).abs() < 1e-9);
            assert!((a.mean - b.mean).abs().max() < 1e-9);
            assert!((a.covariance - b.covariance).abs().max() < 1e-8);
        };
        close(&combine(&some, 1.0, &others, 1.0).unwrap(), &all);
        close(&combine(&all, 1.0, &others, -1.0).unwrap(), &some);
        assert_eq!(combine(&some, 1.0, &all, -1.0), None);
        assert_eq!(combine(&all, 1.0, &all, -1.0), None);
    }
}
