//! Detecting, and scoring another day: the same judgement, by a model just fitted or by an earlier one.

use std::time::{Duration, Instant};

use super::judge::{Criteria, Judged, judge};
use super::{AnalysisError, Fitted, Plan, Watcher, fit};
use crate::address::AddressSet;
use crate::engine::{Engine, EngineError};
use crate::model::any::Model;

/// What was found in a set.
#[derive(Debug, Clone)]
pub struct Detected {
    /// The model, and how it came about.
    pub fitted: Fitted,
    /// What it says.
    pub judged: Judged,
    /// The log-likelihood of the plug-in mixture, or of the hard assignment of K-Means, in nats.
    pub log_likelihood: f64,
    /// How long the fit took.
    pub fit_time: Duration,
}

/// Fits the addresses of `engine`, which are those of `set`, and says which of them are odd.
///
/// ```
/// use octomix::BayesianMixture;
/// use octomix::address::Counter;
/// use octomix::analysis::{Criteria, Plan, detect};
/// use octomix::engine::CpuEngine;
///
/// // A /24, and one address far from it.
/// let mut counter = Counter::default();
/// (0..200).chain([0x2000_0000]).for_each(|host| counter.count(0x0a00_0000 + host));
/// let set = counter.finish();
/// let mut engine = CpuEngine::new(set.addresses());
/// let plan = Plan { params: BayesianMixture::params(3).check()?.into(), auto: true };
/// let found = detect(&set, &mut engine, &plan, &Criteria::default(), &mut ())?;
/// assert_eq!(found.judged.anomalies[0].address.to_string(), "42.0.0.0");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// When the model cannot be fitted, its `fdr` threshold cannot be drawn, the engine fails, or `watcher`
/// fails or stops the fit.
///
/// # Panics
/// If the addresses of `engine` are not those of `set`, in the same order.
pub fn detect(
    set: &AddressSet,
    engine: &mut dyn Engine,
    plan: &Plan,
    criteria: &Criteria<'_>,
    watcher: &mut dyn Watcher,
) -> Result<Detected, AnalysisError> {
    let started = Instant::now();
    let fitted = fit(engine, plan, watcher)?;
    let fit_time = started.elapsed();
    watcher.fitted(&fitted).map_err(EngineError::Sink)?;
    let seed = fitted.params.seed();
    let log_likelihood = fitted.fit.log_likelihood(engine)?;
    let judged = judge(set, engine, &fitted.model(), criteria, seed, watcher)?;
    Ok(Detected { fitted, judged, log_likelihood, fit_time })
}

/// What another day's model says of a set.
#[derive(Debug, Clone)]
pub struct Scored {
    /// What it says.
    pub judged: Judged,
    /// The weight that each component has over these addresses: its mean responsibility, for K-Means
    /// the share of its cluster.
    pub weights: Vec<f64>,
}

/// Says which addresses of `engine`, which are those of `set`, are odd under a `model` that was fitted
/// before. An `fdr` threshold is drawn with the seed 0.
///
/// # Errors
/// When the `fdr` threshold cannot be drawn, the engine fails, or `watcher` does.
///
/// # Panics
/// If the addresses of `engine` are not those of `set`, in the same order.
pub fn score(
    set: &AddressSet,
    engine: &mut dyn Engine,
    model: &Model,
    criteria: &Criteria<'_>,
    watcher: &mut dyn Watcher,
) -> Result<Scored, AnalysisError> {
    let judged = judge(set, engine, model, criteria, 0, watcher)?;
    let mut weights: Vec<f64> = match model {
        Model::Mixture(estimate) => {
            let stats = engine.expectation_in_doubles(&[estimate.mixture()])?;
            stats.iter().flat_map(|stats| &stats.components).map(|sums| sums.weight).collect()
        }
        Model::KMeans(_) if engine.total() == engine.len() as u64 => {
            judged.clusters.iter().map(|cluster| cluster.size as f64).collect()
        }
        Model::KMeans(_) => judged.clusters.iter().map(|cluster| cluster.packets as f64).collect(),
    };
    let total: f64 = weights.iter().sum();
    weights.iter_mut().for_each(|weight| *weight = if total > 0.0 { *weight / total } else { 0.0 });
    Ok(Scored { judged, weights })
}
