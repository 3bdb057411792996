//! Expectation maximisation: any number of fits in step, one run of the engine an iteration.
//!
//! Fits may differ in their numbers of components and their estimators: all restarts and all k of a
//! sweep share runs. A fit that has stopped leaves them.

use std::time::Instant;

use super::estimate::Estimate;
use super::estimator::Estimator;
use super::rise::Rise;
use super::sufficient::{Sufficient, sufficient};
use super::{FitError, Observer, Progress, Stage, Stop, first_largest, tell};
use crate::engine::{Engine, EngineError, Precision, Run};
use crate::pass::expectation::ExpectationStats;
use crate::pass::{Expectation, Mixture};

/// Iterations are summed in doubles once the rise that is expected after them is less than this
/// multiple of the tolerance: what an expectation may be off, and more.
const MARGIN: f64 = 1.1;

/// Components more slanted than this are summed in doubles. In single precision the smallest of their
/// variances would be off by as much as 2^-24 times the square of it: here, one in 65,536.
pub(super) const SLANT: f64 = 16.0;

/// The course of one fit.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    /// The lower bound after each iteration, in nats.
    pub lower_bounds: Vec<f64>,
    /// What single precision may have made of any but the last, in their unit; 0 where all were summed in
    /// doubles. By as much, steps may go down.
    pub noise: f64,
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
    /// How much its bound rises.
    rise: Rise,
    /// Whether its last bound was summed in doubles.
    exact: bool,
}

impl<'a> Chain<'a> {
    /// A fit that starts at `estimate`.
    pub fn new(estimator: &'a Estimator, estimate: Estimate) -> Self {
        let course =
            Course { lower_bounds: Vec::new(), noise: 0.0, stop: Stop::MaxIter, seconds: 0.0 };
        Self { estimator, estimate, course, rise: Rise::default(), exact: true }
    }

    /// Whether single precision will do for the next E-step: not where it is about to be told whether
    /// the fit stops, nor where a component is too slanted.
    fn is_coarse(&self, tol: f64) -> bool {
        let stops = tol > 0.0 && self.rise.expected() < MARGIN * tol;
        !stops && self.estimate.slant() < SLANT
    }

    /// The M-step. Returns by how much the bound changed, where `stats` and those before were summed in
    /// doubles, which can tell.
    fn step(
        &mut self,
        statistics: &[Sufficient],
        stats: &ExpectationStats,
        exact: bool,
    ) -> Result<Option<f64>, FitError> {
        self.estimate = self.estimator.maximise(statistics)?;
        let bound = self.estimator.lower_bound(&self.estimate, stats);
        let change = (exact && self.exact).then(|| bound - self.course.lower_bound());
        self.course.lower_bounds.push(bound);
        if !exact {
            self.course.noise = self.estimator.noise(statistics);
        }
        self.exact = exact;
        Ok(change)
    }
}

/// Iterates each of `chains` until its bound changes by less than `tol`, or `max_iter` times.
///
/// An engine that sums in single precision does most of the work. What decides where a fit stops, and
/// the bound that it ends on, is summed in doubles.
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
    let single = engine.arithmetic().sums == Precision::F32;
    let mut active: Vec<usize> = (0..chains.len()).collect();
    for iteration in 1..=max_iter {
        if active.is_empty() {
            break;
        }
        let started = Instant::now();
        let last = iteration == max_iter;
        let exact: Vec<bool> =
            active.iter().map(|&c| !single || last || !chains[c].is_coarse(tol)).collect();
        let mixtures: Vec<_> = active.iter().map(|&c| chains[c].estimate.mixture()).collect();
        let all = expectations(engine, &mixtures, |i| single && exact[i])?;
        let components: usize = mixtures.iter().map(|mixture| mixture.0.len()).sum();
        let seconds = started.elapsed().as_secs_f64() / components.max(1) as f64;
        let mut still = Vec::with_capacity(active.len());
        for (i, &c) in active.iter().enumerate() {
            let (chain, statistics) = (&mut chains[c], sufficient(&all[i]));
            let change = chain.step(&statistics, &all[i], exact[i])?;
            if single {
                chain.rise.take(chain.estimator, &mixtures[i], statistics, &chain.estimate);
            }
            let course = &mut chain.course;
            course.seconds += seconds * mixtures[i].0.len() as f64;
            if change.is_some_and(|change| change.abs() < tol) {
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

/// The E-step under each of `mixtures`, in their order: one run of the engine for those that
/// `in_doubles` says so of, by their index, and one for the others.
pub(super) fn expectations(
    engine: &mut dyn Engine,
    mixtures: &[Mixture],
    in_doubles: impl Fn(usize) -> bool,
) -> Result<Vec<ExpectationStats>, EngineError> {
    let (fine, coarse): (Vec<usize>, Vec<usize>) =
        (0..mixtures.len()).partition(|&i| in_doubles(i));
    if fine.is_empty() {
        return Run::<Expectation>::run(engine, mixtures);
    }
    if coarse.is_empty() {
        return engine.expectation_in_doubles(mixtures);
    }
    let of =
        |indices: &[usize]| -> Vec<_> { indices.iter().map(|&i| mixtures[i].clone()).collect() };
    let stats = Run::<Expectation>::run(engine, &of(&coarse))?;
    let in_doubles = engine.expectation_in_doubles(&of(&fine))?;
    let mut all: Vec<_> =
        coarse.into_iter().zip(stats).chain(fine.into_iter().zip(in_doubles)).collect();
    all.sort_by_key(|&(i, _)| i);
    Ok(all.into_iter().map(|(_, stats)| stats).collect())
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
    let all = engine.expectation_in_doubles(&mixtures)?;
    for (chain, stats) in chains.iter_mut().zip(&all) {
        let mut statistics = sufficient(stats);
        // Stable, so that of equals the first stays the first.
        statistics.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        chain.estimate = chain.estimator.maximise(&statistics)?;
        let bound = chain.estimator.lower_bound(&chain.estimate, stats);
        chain.course.lower_bounds.push(bound);
        chain.rise.start_again();
        chain.exact = true;
    }
    Ok(())
}

/// The chain of largest lower bound; the first of equals, as scikit-learn keeps it.
pub fn best(chains: &[Chain<'_>]) -> usize {
    first_largest(chains.len(), |c| chains[c].course.lower_bound())
}
