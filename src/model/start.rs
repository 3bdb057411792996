//! Where a mixture starts: responsibilities made by K-Means, by chance or by hand, or parameters.

use std::time::Instant;

use rand::seq::index::sample;

use super::any::Model;
use super::chain::Chain;
use super::covariance::{Covariance, factor};
use super::error::StartError;
use super::estimate::Estimate;
use super::estimator::Estimator;
use super::init::{Init, StartParameters};
use super::params::MixtureParams;
use super::sufficient::{Sufficient, sufficient};
use super::{
    Checked, FitError, Observer, Progress, Stage, centres_of, kmeans, moments_of_all, sound, tell,
};
use crate::address::octets;
use crate::engine::{Engine, RandomStream, Run};
use crate::pass::Moments;
use crate::pass::expectation::SoftMoments;
use crate::pass::moments::MomentsStats;

/// The starting estimate of each restart of `params`, a group an estimator of `ks`: each has a
/// number of components of its own, whatever `params` say. What is given starts one restart alone.
pub(super) fn starts<'a>(
    engine: &mut dyn Engine,
    params: &Checked<MixtureParams>,
    ks: &[(usize, &'a Estimator)],
    observer: &mut Observer<'_>,
) -> Result<Vec<Vec<Chain<'a>>>, FitError> {
    if matches!(params.init, Init::KMeans) {
        let numbers: Vec<usize> = ks.iter().map(|&(k, _)| k).collect();
        let kmeans = Checked::start_of(params, params.n_init);
        let mut starts = from_kmeans(engine, &kmeans, &numbers, observer)?;
        let n_init = params.restarts() - params.n_init;
        if n_init > 0 {
            // Many K-Means of a small set end alike, and from none of the ends of a set the highest optimum may be
            // reached. Without iterations a K-Means ends at its seeds.
            let seeds = kmeans::Params { n_init, max_iter: 0, ..kmeans.into_inner() };
            let others = from_kmeans(engine, &Checked::sound(seeds), &numbers, observer)?;
            starts.iter_mut().zip(others).for_each(|(starts, others)| starts.extend(others));
        }
        if params.is_sorted(params.n_init) {
            starts.iter_mut().flatten().for_each(FirstStep::sort_by_mass);
        }
        return ks.iter().zip(starts).map(|(&(_, e), starts)| chains(e, starts)).collect();
    }
    let start = |&(components, estimator): &(usize, &'a Estimator)| {
        start_one(engine, &params.with_components(components), estimator, observer)
    };
    ks.iter().map(start).collect()
}

/// The start of each restart of `params` by any means but K-Means.
fn start_one<'a>(
    engine: &mut dyn Engine,
    params: &Checked<MixtureParams>,
    estimator: &'a Estimator,
    observer: &mut Observer<'_>,
) -> Result<Vec<Chain<'a>>, FitError> {
    let k = params.components;
    let started = Instant::now();
    let statistics = match &params.init {
        Init::Warm(estimate) => {
            check_warm(estimate, estimator, k)?;
            sound::check(&Model::Mixture((**estimate).clone())).map_err(StartError::Unsound)?;
            return Ok(vec![Chain::new(estimator, (**estimate).clone())]);
        }
        Init::Parameters(given) => {
            let estimate = from_parameters(engine, params, given, estimator, observer)?;
            return Ok(vec![Chain::new(estimator, estimate)]);
        }
        Init::Labels(labels) => vec![from_labels(engine, labels, k)?],
        _ => by_chance(engine, params, observer)?,
    };
    let seconds = started.elapsed().as_secs_f64() / statistics.len() as f64;
    chains(estimator, statistics.into_iter().map(|statistics| FirstStep { statistics, seconds }))
}

/// What the first M-step of a restart takes.
struct FirstStep {
    statistics: Vec<Sufficient>,
    /// The time that they took.
    seconds: f64,
}

impl FirstStep {
    /// Puts the components in the order of descending mass; of equals the first stays the first.
    fn sort_by_mass(&mut self) {
        self.statistics.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    }
}

fn chains(
    estimator: &Estimator,
    starts: impl IntoIterator<Item = FirstStep>,
) -> Result<Vec<Chain<'_>>, FitError> {
    let chain = |start: FirstStep| {
        let mut chain = Chain::new(estimator, estimator.maximise(&start.statistics)?);
        chain.course.seconds = start.seconds;
        Ok(chain)
    };
    starts.into_iter().map(chain).collect()
}

/// The hard assignments of each restart of `kmeans`, with each number of components in `ks`.
fn from_kmeans(
    engine: &mut dyn Engine,
    kmeans: &Checked<kmeans::Params>,
    ks: &[usize],
    observer: &mut Observer<'_>,
) -> Result<Vec<Vec<FirstStep>>, FitError> {
    let moments = moments_of_all(engine)?;
    let groups = kmeans::restarts_each(engine, kmeans, ks, &moments, observer)?;
    let centres = centres_of(groups.iter().flatten().map(|restart| &restart.points))?;
    let mut all = Run::<Moments>::run(engine, &centres)?.into_iter();
    let start = |(restart, stats): (&kmeans::Restart, MomentsStats)| FirstStep {
        statistics: stats.0.iter().map(Sufficient::from_exact).collect(),
        seconds: restart.seconds,
    };
    Ok(groups.iter().map(|group| group.iter().zip(all.by_ref()).map(start).collect()).collect())
}

/// The starts that are drawn, one a restart.
fn by_chance(
    engine: &mut dyn Engine,
    params: &Checked<MixtureParams>,
    observer: &mut Observer<'_>,
) -> Result<Vec<Vec<Sufficient>>, FitError> {
    let (k, n_init) = (params.components, params.n_init);
    let mut starts = Vec::new();
    for restart in 0..n_init {
        let random = RandomStream::new(params.seed, restart);
        starts.push(match params.init {
            Init::Random => {
                engine.random_moments(k, random)?.iter().map(Sufficient::from_soft).collect()
            }
            Init::KMeansPlusPlus => alone(&engine.spread(k, random)?),
            _ => {
                let drawn = sample(&mut random.rng(), engine.len(), k).into_vec();
                alone(&engine.at(&drawn)?)
            }
        });
        let (iteration, max_iter, active) = (restart + 1, n_init, n_init);
        tell(observer, Progress { stage: Stage::Seeding, iteration, max_iter, active })?;
    }
    Ok(starts)
}

/// Each component has one of `addresses` and no other.
fn alone(addresses: &[u32]) -> Vec<Sufficient> {
    let alone = |&address: &u32| {
        let anchor = octets(address).map(f64::from);
        Sufficient::from_soft(&SoftMoments { weight: 1.0, ..SoftMoments::about(anchor) })
    };
    addresses.iter().map(alone).collect()
}

fn from_labels(
    engine: &mut dyn Engine,
    labels: &[u32],
    k: usize,
) -> Result<Vec<Sufficient>, FitError> {
    let (found, expected) = (labels.len(), engine.len());
    if found != expected {
        return Err(StartError::Labels { found, expected }.into());
    }
    if let Some(address) = labels.iter().position(|&label| label as usize >= k) {
        let label = labels[address];
        return Err(StartError::Label { address, label, components: k }.into());
    }
    Ok(engine.labelled_moments(labels, k)?.0.iter().map(Sufficient::from_exact).collect())
}

/// The estimate of given parameters. What is not given comes from K-Means, as in scikit-learn. A
/// posterior is made of the responsibilities under them: scikit-learn has no such start.
fn from_parameters(
    engine: &mut dyn Engine,
    params: &Checked<MixtureParams>,
    given: &StartParameters,
    estimator: &Estimator,
    observer: &mut Observer<'_>,
) -> Result<Estimate, FitError> {
    let k = params.components;
    given.check(k)?;
    let statistics = match given {
        StartParameters { weights: Some(_), means: Some(_), precisions: Some(_) } => {
            vec![Sufficient::from_soft(&SoftMoments::default()); k]
        }
        _ => {
            let kmeans = Checked::start_of(params, 1);
            from_kmeans(engine, &kmeans, &[k], observer)?.swap_remove(0).swap_remove(0).statistics
        }
    };
    // With all three given nothing of these statistics is left.
    let reg_covar = estimator.reg_covar.max(1e-6);
    let regularised = Estimator { reg_covar, prior: None, ..estimator.clone() };
    let mut estimate = regularised.maximise(&statistics)?;
    if let Some(weights) = &given.weights {
        estimate.weights.clone_from(weights);
    }
    for (gaussian, &mean) in estimate.gaussians.iter_mut().zip(given.means.iter().flatten()) {
        gaussian.mean = mean.into();
    }
    if let Some(precisions) = &given.precisions {
        for (component, gaussian) in estimate.gaussians.iter_mut().enumerate() {
            // A single one is shared by all.
            let precision = precisions[component.min(precisions.len() - 1)];
            let inverse = estimator.covariance.keep(precision).try_inverse();
            let covariance = inverse.map(|c| 0.5 * (c + c.transpose()));
            let factored = covariance.and_then(|c| factor(c, 0.0, false));
            (gaussian.covariance, gaussian.precision_cholesky) =
                factored.ok_or(StartError::Precision(component))?;
        }
    }
    sound::check(&Model::Mixture(estimate.clone())).map_err(StartError::Unsound)?;
    if estimator.prior.is_none() {
        return Ok(estimate);
    }
    let mixture = estimate.plug_in();
    let stats = engine.expectation_in_doubles(std::slice::from_ref(&mixture))?.swap_remove(0);
    estimator.maximise(&sufficient(&stats))
}

/// Checks that `estimate` is of the same kind as the fit of `estimator` with `k` components.
fn check_warm(estimate: &Estimate, estimator: &Estimator, k: usize) -> Result<(), StartError> {
    let model = |found, expected| Err(StartError::Model { found, expected });
    let kind = |bayesian| if bayesian { "is Bayesian" } else { "is of maximum likelihood" };
    let (found, expected) = (estimate.posterior.is_some(), estimator.prior.is_some());
    if found != expected {
        return model(kind(found).to_owned(), kind(expected).to_owned());
    }
    if estimate.covariance != estimator.covariance {
        let [found, expected] = [estimate.covariance, estimator.covariance].map(Covariance::name);
        return model(format!("has {found} covariances"), format!("has {expected} ones"));
    }
    let found = estimate.components();
    if found != k {
        return model(format!("has {found} components"), format!("has {k}"));
    }
    Ok(())
}
