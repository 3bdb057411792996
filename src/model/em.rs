//! Expectation maximisation: any number of fits in step, one run of the engine an iteration.
//!
//! Fits may differ in their numbers of components and their estimators: all restarts and all k of a
//! sweep share runs. A fit that has stopped leaves them.

use std::time::Instant;

use super::chain::Chain;
use super::sufficient::sufficient;
use super::{FitError, Observer, Progress, Stage, first_largest, tell};
use crate::engine::{Engine, EngineError, Precision, Run};
use crate::pass::expectation::ExpectationStats;
use crate::pass::{Expectation, Mixture};

/// Iterates each of `chains` until its bound changes by less than `tol`, or it has made `max_iter`
/// iterations in all.
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
    chains.iter_mut().for_each(|chain| chain.start(engine, max_iter));
    // Restarts often start alike. Of those one runs, and the others end as it does.
    let first_like = |c: usize| (0..c).find(|&b| chains[b].is_like(&chains[c]));
    let like: Vec<Option<usize>> = (0..chains.len()).map(first_like).collect();
    let runs = |c: usize| like[c].is_none() && chains[c].has_iterations();
    let mut active: Vec<usize> = (0..chains.len()).filter(|&c| runs(c)).collect();
    for iteration in 1.. {
        if active.is_empty() {
            break;
        }
        let started = Instant::now();
        let mixtures: Vec<_> = active.iter().map(|&c| chains[c].estimate.mixture()).collect();
        let doubles: Vec<bool> =
            active.iter().map(|&c| single && chains[c].needs_doubles(tol)).collect();
        let all = expectations(engine, &mixtures, |i| doubles[i])?;
        for (i, stats) in all.iter().enumerate() {
            chains[active[i]].step(&mixtures[i], stats, doubles[i] || !single)?;
        }
        settle(engine, chains, &active, tol)?;
        let components: usize = mixtures.iter().map(|mixture| mixture.0.len()).sum();
        let seconds = started.elapsed().as_secs_f64() / components.max(1) as f64;
        for (&c, mixture) in active.iter().zip(&mixtures) {
            chains[c].course.seconds += seconds * mixture.0.len() as f64;
        }
        active.retain(|&c| chains[c].goes_on(tol));
        let active = active.len();
        tell(observer, Progress { stage: Stage::Mixture, iteration, max_iter, active })?;
    }
    for (c, like) in like.into_iter().enumerate() {
        if let Some(like) = like {
            let seconds = chains[c].course.seconds;
            chains[c] = chains[like].clone();
            chains[c].course.seconds = seconds;
        }
    }
    Ok(())
}

/// Runs in doubles what it takes to tell whether those of `chains` that are `active` go on.
fn settle(
    engine: &mut dyn Engine,
    chains: &mut [Chain<'_>],
    active: &[usize],
    tol: f64,
) -> Result<(), FitError> {
    let unsettled: Vec<Vec<Mixture>> = active.iter().map(|&c| chains[c].unsettled(tol)).collect();
    let mixtures = unsettled.concat();
    if mixtures.is_empty() {
        return Ok(());
    }
    let mut stats = engine.expectation_in_doubles(&mixtures)?.into_iter();
    for (&c, unsettled) in active.iter().zip(&unsettled) {
        chains[c].settle(stats.by_ref().take(unsettled.len()))?;
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

/// One iteration of each of `chains` that also puts its components in the order of descending mass. Of a
/// chain that has made its `max_iter` iterations it takes the place of the last.
///
/// Of the bound under a Dirichlet process only `-sum ln(gamma + mass still to come)` depends on the
/// order, but for terms that vanish with the mass, and that is largest for this one. EM never changes it.
///
/// # Errors
/// As [`iterate`].
pub fn sort_by_mass(
    engine: &mut dyn Engine,
    chains: &mut [Chain<'_>],
    max_iter: usize,
) -> Result<(), FitError> {
    let mixtures: Vec<_> = chains.iter().map(|chain| chain.estimate.mixture()).collect();
    let all = engine.expectation_in_doubles(&mixtures)?;
    for (chain, stats) in chains.iter_mut().zip(&all) {
        let unsorted = sufficient(stats);
        let estimate = chain.estimator.maximise(&unsorted)?;
        let allowance = chain.fall.step(chain.estimator, &chain.estimate, &unsorted, &estimate);
        let mut order: Vec<usize> = (0..unsorted.len()).collect();
        // Stable, so that of equals the first stays the first.
        order.sort_by(|&a, &b| unsorted[b].weight.total_cmp(&unsorted[a].weight));
        chain.fall.sort(&order);
        let statistics: Vec<_> = order.iter().map(|&k| unsorted[k]).collect();
        chain.estimate = chain.estimator.maximise(&statistics)?;
        let bound = chain.estimator.lower_bound(&chain.estimate, stats);
        let taken_back = chain.course.make_room(max_iter);
        chain.course.push(bound, taken_back + allowance);
    }
    Ok(())
}

/// The chain of largest lower bound; the first of equals, as scikit-learn keeps it.
pub fn best(chains: &[Chain<'_>]) -> usize {
    first_largest(chains.len(), |c| chains[c].course.lower_bound())
}
