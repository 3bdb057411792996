//! Fits of one model with several numbers of clusters, and the figures by which to choose one.
//!
//! All numbers of clusters and all their restarts share runs of the engine; each fit is, to the
//! byte, what it would be alone.
//!
//! ```
//! use octomix::engine::CpuEngine;
//! use octomix::model::sweep;
//! use octomix::{KMeans, unobserved};
//!
//! // Three subnets.
//! let addresses: Vec<u32> = (0..300).map(|i| 0x0a00_0000 + (i % 3) * 0x0040_0000 + i / 3).collect();
//! let mut engine = CpuEngine::new(&addresses);
//! let params = KMeans::params(1).check()?;
//! let rows = sweep::kmeans(&mut engine, &params, &[1, 2, 3, 4, 5], &mut unobserved)?;
//! let curve: Vec<(usize, f64)> = rows.iter().map(|row| (row.k, row.tightness)).collect();
//! assert_eq!(sweep::knee(&curve), Some(3));
//! # Ok::<(), octomix::FitError>(())
//! ```

mod knee;

use std::time::Instant;

pub use knee::knee;
use serde::Serialize;

use super::fit::fit_each;
use super::fitted::MixtureFit;
use super::params::{MixtureParams, Search};
use super::{Checked, FitError, Observer, Stop, auto, check_size, kmeans};
use crate::address::OCTETS;
use crate::engine::{Engine, Run};
use crate::pass::{Centres, Lloyd};

/// A fit with one number of clusters, and its figures.
#[derive(Debug, Clone, Serialize)]
pub struct Row<F> {
    /// Clusters, or components, asked for.
    pub k: usize,
    /// Those that hold addresses; a Bayesian mixture leaves empty what it does not need.
    pub used: usize,
    /// Those that matter to [`auto`]: of a weight of 0.005 or more.
    pub needed: usize,
    /// The mean distance of the addresses to the nearest centre, in octets. Centres of a mixture
    /// are the means of the components in use.
    pub tightness: f64,
    /// The sum of squared distances to the nearest centre, in squared octets.
    pub inertia: f64,
    /// The log-likelihood in nats: of a mixture's plug-in density, or of the hard assignment of
    /// K-Means (Pelleg & Moore 2000).
    pub log_likelihood: f64,
    /// The Bayesian information criterion (Schwarz 1978); less is better.
    pub bic: f64,
    /// Akaike's information criterion (Akaike 1974); less is better.
    pub aic: f64,
    /// What a mixture maximises, in nats; K-Means has none.
    pub lower_bound: Option<f64>,
    /// What numbers of components are compared by, in nats: [`MixtureFit::evidence`], of a Bayesian mixture alone.
    pub evidence: Option<f64>,
    /// Iterations of the best restart.
    pub n_iter: usize,
    /// Whether the best restart converged.
    pub converged: bool,
    /// The time of all restarts: their starts, and their share of the engine's runs.
    pub seconds: f64,
    /// The fit.
    #[serde(skip)]
    pub fit: F,
}

impl<F> Row<F> {
    /// The same figures of the fit that `of` makes of this one's.
    pub fn map<G>(self, of: impl FnOnce(F) -> G) -> Row<G> {
        let Self { k, used, needed, tightness, inertia, log_likelihood, bic, aic, .. } = self;
        let Self { lower_bound, evidence, converged, n_iter, seconds, fit, .. } = self;
        Row {
            k,
            used,
            needed,
            tightness,
            inertia,
            log_likelihood,
            bic,
            aic,
            lower_bound,
            evidence,
            converged,
            n_iter,
            seconds,
            fit: of(fit),
        }
    }
}

/// Fits K-Means with each number of clusters in `ks`, whatever `params` say.
///
/// # Errors
/// As of a fit.
pub fn kmeans(
    engine: &mut dyn Engine,
    params: &Checked<kmeans::Params>,
    ks: &[usize],
    observer: &mut Observer<'_>,
) -> Result<Vec<Row<kmeans::Fit>>, FitError> {
    let fits = kmeans::fit_each(engine, params, ks, observer)?;
    let row = |fit: kmeans::Fit| {
        let best = fit.restarts[fit.best];
        Ok(Row {
            k: fit.centres.len(),
            used: fit.clusters.0.iter().filter(|cluster| cluster.count > 0).count(),
            needed: auto::needed(&fit.partition().weights),
            tightness: engine.tightness(&Centres::new(&fit.centres)?)?,
            inertia: fit.inertia,
            log_likelihood: fit.log_likelihood(),
            bic: fit.bic(),
            aic: fit.aic(),
            lower_bound: None,
            evidence: None,
            converged: best.stop == Stop::Converged,
            n_iter: best.n_iter,
            seconds: fit.restarts.iter().map(|restart| restart.seconds).sum(),
            fit,
        })
    };
    fits.into_iter().map(row).collect()
}

/// Fits a mixture with each number of components in `ks`, whatever `params` say. Only restarts
/// share runs: a search by merges and splits takes one number of components after the other.
///
/// # Errors
/// As of a fit.
pub fn mixtures(
    engine: &mut dyn Engine,
    params: &Checked<MixtureParams>,
    ks: &[usize],
    observer: &mut Observer<'_>,
) -> Result<Vec<Row<MixtureFit>>, FitError> {
    let (fits, seconds) = match params.search {
        Search::Restarts => {
            let fits = fit_each(engine, params, ks, observer)?;
            let restarts = |fit: &MixtureFit| fit.restarts.iter().map(|r| r.seconds).sum();
            let seconds: Vec<f64> = fits.iter().map(restarts).collect();
            (fits, seconds)
        }
        Search::MergeSplit(_) => {
            ks.iter().try_for_each(|&k| check_size(engine, k))?;
            let alone = |&components| {
                let started = Instant::now();
                let fit = params.with_components(components).fit(engine, observer)?;
                Ok((fit, started.elapsed().as_secs_f64()))
            };
            ks.iter().map(alone).collect::<Result<(Vec<_>, Vec<_>), FitError>>()?
        }
    };
    let densities: Vec<_> = fits.iter().map(|fit| fit.estimate.plug_in()).collect();
    let likelihoods = engine.expectation_in_doubles(&densities)?;
    let centres =
        fits.iter().map(|fit| Centres::new(&means_in_use(fit))).collect::<Result<Vec<_>, _>>()?;
    let clusters = Run::<Lloyd>::run(engine, &centres)?;
    let row = |(i, fit): (usize, MixtureFit)| {
        let log_likelihood = likelihoods[i].log_likelihood;
        let course = fit.course();
        Ok(Row {
            k: fit.estimate.components(),
            used: centres[i].count(),
            needed: auto::needed(&fit.estimate.weights),
            tightness: engine.tightness(&centres[i])?,
            inertia: clusters[i].inertia(&centres[i]),
            log_likelihood,
            bic: fit.estimate.bic(log_likelihood, fit.moments.count as f64),
            aic: fit.estimate.aic(log_likelihood),
            lower_bound: Some(course.lower_bound()),
            evidence: fit.evidence(),
            converged: course.stop == Stop::Converged,
            n_iter: course.lower_bounds.len(),
            seconds: seconds[i],
            fit,
        })
    };
    fits.into_iter().enumerate().map(row).collect()
}

/// The means of the components whose responsibilities add up to half an address at least. The mean
/// of an empty one is the prior's, amid the addresses, and would pass for a centre.
fn means_in_use(fit: &MixtureFit) -> Vec<[f64; OCTETS]> {
    // The sum of the responsibilities of each component, in addresses.
    let sizes: Vec<f64> = match (&fit.estimate.posterior, &fit.estimator.prior) {
        // The precision of a mean grows by 1 an address.
        (Some(posterior), Some(prior)) => {
            posterior.mean_precision.iter().map(|p| p - prior.mean_precision).collect()
        }
        _ => fit.estimate.weights.iter().map(|w| w * fit.moments.count as f64).collect(),
    };
    // Where most weights are 0 no component may come to a half.
    let least = sizes.iter().copied().fold(0.0, f64::max).min(0.5);
    let in_use = sizes.iter().zip(&fit.estimate.gaussians).filter(|&(&size, _)| size >= least);
    in_use.map(|(_, gaussian)| gaussian.mean.into()).collect()
}
