//! The iterations of the Bayesian mixture: all restarts in step, one run of the engine each time.

use super::bayesian::{Params, Posterior, Prior};
use super::sufficient::Sufficient;
use super::{FitError, Observer, Progress, Stage, Stop, kmeans, tell};
use crate::engine::{Engine, Run};
use crate::pass::{Centres, Expectation, Moments, moments};

/// The course of one restart.
#[derive(Debug, Clone)]
pub struct Restart {
    /// The lower bound after each iteration, in nats.
    pub lower_bounds: Vec<f64>,
    /// Why it stopped.
    pub stop: Stop,
}

/// A fitted mixture.
#[derive(Debug, Clone)]
pub struct Fit {
    /// The prior it was fitted under.
    pub prior: Prior,
    /// The posterior of the best restart.
    pub posterior: Posterior,
    /// Which restart is the best, by lower bound.
    pub best: usize,
    /// The courses of all restarts.
    pub restarts: Vec<Restart>,
    /// The exact moments of all addresses.
    pub moments: moments::Cluster,
}

impl Fit {
    /// The lower bound of the best restart, in nats.
    pub fn lower_bound(&self) -> f64 {
        last(&self.restarts[self.best].lower_bounds)
    }
}

fn last(bounds: &[f64]) -> f64 {
    bounds.last().copied().unwrap_or(f64::NEG_INFINITY)
}

/// Fits a mixture to the engine's addresses, from K-Means starts.
///
/// # Errors
/// When a parameter is out of range, there are fewer addresses than components, a covariance is not
/// positive definite, a pass fails, or the observer stops it.
pub fn fit(
    engine: &mut dyn Engine,
    params: &Params,
    observer: &mut Observer<'_>,
) -> Result<Fit, FitError> {
    params.check()?;
    // scikit-learn's initialiser: one K-Means with its own defaults a restart.
    let kmeans = kmeans::Params {
        n_init: params.n_init,
        seed: params.seed,
        ..kmeans::Params::new(params.components)
    };
    let centres = kmeans::restarts(engine, &kmeans, observer)?
        .iter()
        .map(|restart| Centres::new(&restart.points))
        .collect::<Result<Vec<_>, _>>()?;
    let starts = Run::<Moments>::run(engine, &centres)?;
    fit_from(engine, params, &starts, observer)
}

/// Fits a mixture from given hard assignments, one of `starts` a restart.
///
/// # Errors
/// As [`fit`].
pub fn fit_from(
    engine: &mut dyn Engine,
    params: &Params,
    starts: &[moments::MomentsStats],
    observer: &mut Observer<'_>,
) -> Result<Fit, FitError> {
    let all = starts.first().ok_or(FitError::NoAddresses)?.total();
    let prior = Prior::new(params, &all);
    let mut posteriors = starts
        .iter()
        .map(|start| {
            let hard: Vec<_> = start.0.iter().map(Sufficient::from_cluster).collect();
            prior.posterior(&hard)
        })
        .collect::<Result<Vec<_>, _>>()?;
    let mut restarts: Vec<Restart> =
        starts.iter().map(|_| Restart { lower_bounds: Vec::new(), stop: Stop::MaxIter }).collect();

    let mut active: Vec<usize> = (0..restarts.len()).collect();
    for iteration in 1..=params.max_iter {
        if active.is_empty() {
            break;
        }
        let mixtures: Vec<_> = active.iter().map(|&r| posteriors[r].mixture()).collect();
        let stats = Run::<Expectation>::run(engine, &mixtures)?;
        let mut still = Vec::with_capacity(active.len());
        for ((&r, mixture), stats) in active.iter().zip(&mixtures).zip(&stats) {
            let soft: Vec<_> = mixture
                .0
                .iter()
                .zip(&stats.components)
                .map(|(component, sums)| Sufficient::from_sums(sums, component.anchor()))
                .collect();
            posteriors[r] = prior.posterior(&soft)?;
            // The responsibilities before the step with the posterior after it, as scikit-learn.
            let bound = posteriors[r].lower_bound(stats.entropy);
            let change = bound - last(&restarts[r].lower_bounds);
            restarts[r].lower_bounds.push(bound);
            if change.abs() < params.tol {
                restarts[r].stop = Stop::Converged;
            } else {
                still.push(r);
            }
        }
        active = still;
        let (max_iter, active) = (params.max_iter, active.len());
        tell(observer, Progress { stage: Stage::Mixture, iteration, max_iter, active })?;
    }

    // The first of equals, as scikit-learn keeps it.
    let mut best = 0;
    for r in 1..restarts.len() {
        if last(&restarts[r].lower_bounds) > last(&restarts[best].lower_bounds) {
            best = r;
        }
    }
    let posterior = posteriors.swap_remove(best);
    Ok(Fit { prior, posterior, best, restarts, moments: all })
}
