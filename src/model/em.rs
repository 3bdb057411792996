//! Expectation maximisation: any number of fits in step, one run of the engine an iteration.
//!
//! Fits may differ in their numbers of components and their estimators: all restarts and all k of a
//! sweep share runs. A fit that has stopped leaves them.

use std::time::Instant;

use super::estimate::Estimate;
use super::estimator::Estimator;
use super::sufficient::sufficient;
use super::{FitError, Observer, Progress, Stage, Stop, first_largest, tell};
use crate::engine::{Engine, Run};
use crate::pass::Expectation;

/// The course of one fit.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    /// The lower bound after each iteration, in nats.
    pub lower_bounds: Vec<f64>,
    /// Why it stopped.
    pub stop: Stop,
    /// The time that its start took, and its share of the time that the engine ran, by its share of
    /// the components.
    pub seconds: f64,
}

impl Course {
    /// The last lower bound, in nats; minus infinity before the first iteration.
    pub fn lower_bound(&self) -> f64 {
        self.lower_bounds.last().copied().unwrap_or(f64::NEG_INFINITY)
    }
}

/// One fit on its way.
#[derive(Debug, Clone)]
pub struct Chain<'a> {
    /// How it estimates.
    pub estimator: &'a Estimator,
    /// Where it is.
    pub estimate: Estimate,
    /// How it came there.
    pub course: Course,
}

impl<'a> Chain<'a> {
    /// A fit that starts at `estimate`.
    pub fn new(estimator: &'a Estimator, estimate: Estimate) -> Self {
        let course = Course { lower_bounds: Vec::new(), stop: Stop::MaxIter, seconds: 0.0 };
        Self { estimator, estimate, course }
    }
}

/// Iterates each of `chains` until its bound changes by less than `tol`, or `max_iter` times.
///
/// # Errors
/// When a covariance is not positive definite, a pass fails, or the observer stops it.
pub fn iterate(
    engine: &mut dyn Engine,
    chains: &mut [Chain<'_>],
    max_iter: usize,
    tol: f64,
    observer: &mut Observer<'_>,
) -> Result<(), FitError> {
    let mut active: Vec<usize> = (0..chains.len()).collect();
    for iteration in 1..=max_iter {
        if active.is_empty() {
            break;
        }
        let started = Instant::now();
        let mixtures: Vec<_> = active.iter().map(|&c| chains[c].estimate.mixture()).collect();
        let all = Run::<Expectation>::run(engine, &mixtures)?;
        let components: usize = mixtures.iter().map(|mixture| mixture.0.len()).sum();
        let seconds = started.elapsed().as_secs_f64() / components.max(1) as f64;
        let mut still = Vec::with_capacity(active.len());
        for ((&c, mixture), stats) in active.iter().zip(&mixtures).zip(&all) {
            let Chain { estimator, estimate, course } = &mut chains[c];
            *estimate = estimator.maximise(&sufficient(stats))?;
            let bound = estimator.lower_bound(estimate, stats);
            let change = bound - course.lower_bound();
            course.lower_bounds.push(bound);
            course.seconds += seconds * mixture.0.len() as f64;
            if change.abs() < tol {
                course.stop = Stop::Converged;
            } else {
                still.push(c);
            }
        }
        active = still;
        let active = active.len();
        tell(observer, Progress { stage: Stage::Mixture, iteration, max_iter, active })?;
    }
    Ok(())
}

/// One iteration of each of `chains` that also puts its components in the order of descending mass.
///
/// Of the bound under a Dirichlet process only `-sum ln(gamma + mass still to come)` depends on the
/// order, but for terms that vanish with the mass, and that is largest for this one. EM never changes it.
///
/// # Errors
/// As [`iterate`].
pub fn sort_by_mass(engine: &mut dyn Engine, chains: &mut [Chain<'_>]) -> Result<(), FitError> {
    let mixtures: Vec<_> = chains.iter().map(|chain| chain.estimate.mixture()).collect();
    let all = Run::<Expectation>::run(engine, &mixtures)?;
    for (chain, stats) in chains.iter_mut().zip(&all) {
        let mut statistics = sufficient(stats);
        // Stable, so that of equals the first stays the first.
        statistics.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        chain.estimate = chain.estimator.maximise(&statistics)?;
        let bound = chain.estimator.lower_bound(&chain.estimate, stats);
        chain.course.lower_bounds.push(bound);
    }
    Ok(())
}

/// The chain of largest lower bound; the first of equals, as scikit-learn keeps it.
pub fn best(chains: &[Chain<'_>]) -> usize {
    first_largest(chains.len(), |c| chains[c].course.lower_bound())
}
