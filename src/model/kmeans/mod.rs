//! K-Means (Lloyd 1982) with scikit-learn's stopping rules: a model, and the initialiser of mixtures.
//!
//! Counts, sums and decisions are exact integers: the same seed gives the same centres on every
//! engine.

mod best;
mod lloyd;
mod paths;

use std::time::Instant;

pub use best::finish;
use nalgebra::Matrix4;
use serde::{Deserialize, Serialize};

pub use lloyd::Restart;
use lloyd::iterate;

use super::covariance::Covariance;
use super::error::{ParamError, StartError};
use super::estimate::{D, Estimate, Gaussian};
use super::params::MixtureParams;
use super::serial::AnyPartition;
use super::{Checked, FitError, Observer, Progress, Stage, Stop, check_size, moments_of_all, tell};
use crate::address::{OCTETS, octets};
use crate::engine::{Engine, RandomStream};
use crate::pass::lloyd::{Cluster, LloydStats};
use crate::pass::moments::ExactMoments;

/// K-Means.
///
/// ```
/// use octomix::KMeans;
/// use octomix::engine::CpuEngine;
///
/// let addresses: Vec<u32> = (0..512).map(|i| 0x0a00_0000 + i * 3).collect();
/// let mut engine = CpuEngine::new(&addresses);
/// let params = KMeans::params(3).n_init(20).check()?;
/// let fit = params.fit(&mut engine, &mut octomix::unobserved)?;
/// assert_eq!(fit.clusters.0.iter().map(|cluster| cluster.count).sum::<u64>(), 512);
/// # Ok::<(), octomix::FitError>(())
/// ```
#[derive(Debug)]
pub struct KMeans;

impl KMeans {
    /// Parameters for `clusters` clusters: ten restarts, otherwise scikit-learn's defaults.
    pub fn params(clusters: usize) -> Params {
        Params { n_init: 10, ..Params::new(clusters) }
    }
}

/// Where K-Means starts.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Seeding {
    /// At addresses drawn far from each other (Arthur & Vassilvitskii 2007).
    #[default]
    PlusPlus,
    /// At addresses drawn without replacement.
    Random,
    /// At given centres, in octets. Every restart would end alike: there is one.
    Centres(Vec<[f64; OCTETS]>),
}

/// How to run K-Means; the defaults are scikit-learn's.
#[derive(Debug, Clone, PartialEq)]
pub struct Params {
    /// Clusters, at least 1.
    pub clusters: usize,
    /// Where to start.
    pub seeding: Seeding,
    /// Restarts from different seeds, at least 1; the one of least inertia is kept.
    pub n_init: usize,
    /// The most iterations of a restart.
    pub max_iter: usize,
    /// A restart stops when its centres move by less in all, in squared octets, relative to the
    /// mean variance of the octets.
    pub tol: f64,
    /// The seed of all random choices.
    pub seed: u64,
}

impl Params {
    /// scikit-learn's defaults for `clusters` clusters, with one restart.
    pub fn new(clusters: usize) -> Self {
        Self { clusters, seeding: Seeding::PlusPlus, n_init: 1, max_iter: 300, tol: 1e-4, seed: 0 }
    }

    setters! {
        /// Sets where to start.
        seeding: Seeding,
        /// Sets the restarts.
        n_init: usize,
        /// Sets the most iterations of a restart.
        max_iter: usize,
        /// Sets the tolerance.
        tol: f64,
        /// Sets the seed.
        seed: u64,
    }

    /// These parameters, if there is no mistake in them.
    ///
    /// # Errors
    /// The first mistake.
    pub fn check(self) -> Result<Checked<Self>, ParamError> {
        match self {
            Self { clusters: 0, .. } => Err(ParamError::NoComponents),
            Self { n_init: 0, .. } => Err(ParamError::NoRestarts),
            Self { max_iter: 0, .. } => Err(ParamError::NoIterations),
            Self { tol, .. } if !(tol.is_finite() && tol >= 0.0) => Err(ParamError::Tolerance(tol)),
            _ => Ok(Checked::sound(self)),
        }
    }
}

impl Checked<Params> {
    /// scikit-learn's defaults for as many clusters, restarts and the seed as a mixture starts from.
    pub(super) fn start_of(mixture: &Checked<MixtureParams>, n_init: usize) -> Self {
        let defaults = Params::new(mixture.components);
        Self::sound(Params { n_init, seed: mixture.seed, ..defaults })
    }

    /// The same with `clusters` clusters, at least 1.
    #[must_use]
    pub fn with_clusters(&self, clusters: usize) -> Self {
        Self::sound(Params { clusters: clusters.max(1), ..(**self).clone() })
    }

    /// Fits to the engine's addresses: the restart of least inertia, improved where there are several.
    ///
    /// # Errors
    /// When there are no addresses or fewer than clusters, given centres are not one a cluster, a pass
    /// fails, or the observer stops it.
    pub fn fit(
        &self,
        engine: &mut dyn Engine,
        observer: &mut Observer<'_>,
    ) -> Result<Fit, FitError> {
        Ok(fit_each(engine, self, &[self.clusters], observer)?.swap_remove(0))
    }
}

/// A fitted K-Means.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// The centres, in octets.
    pub centres: Vec<[f64; OCTETS]>,
    /// The addresses nearest to each centre.
    pub clusters: LloydStats,
    /// The sum of squared distances to the nearest centre, in squared octets.
    pub inertia: f64,
    /// Which restart is the best.
    pub best: usize,
    /// How the restarts ended.
    pub restarts: Vec<Outcome>,
    /// The exact moments of all addresses.
    pub moments: ExactMoments,
}

/// How a restart ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    /// Its inertia, in squared octets.
    pub inertia: f64,
    /// Iterations run.
    pub n_iter: usize,
    /// Why it stopped.
    pub stop: Stop,
    /// Its share of the time that seeding took and that the engine ran, swaps for something better
    /// among it.
    pub seconds: f64,
}

impl Fit {
    /// What labels addresses.
    pub fn partition(&self) -> Partition {
        let total = self.moments.count;
        let share = |cluster: &Cluster| cluster.count as f64 / total as f64;
        let weights = self.clusters.0.iter().map(share).collect();
        Partition::new(self.centres.clone(), weights, self.inertia, total)
    }

    /// The log-likelihood of the hard assignment under round Gaussians of one variance (Pelleg &
    /// Moore 2000), in nats.
    pub fn log_likelihood(&self) -> f64 {
        let Partition { weights, variance, .. } = self.partition();
        let n = self.moments.count as f64;
        let of_weights: f64 = weights.iter().filter(|&&w| w > 0.0).map(|w| w * w.ln()).sum();
        let log_norm = D * (std::f64::consts::TAU * variance).ln();
        n * (of_weights - 0.5 * log_norm) - 0.5 * self.inertia / variance
    }

    /// Free parameters of those Gaussians: weights, centres, the variance.
    pub fn parameters(&self) -> usize {
        self.centres.len() * (1 + OCTETS)
    }

    /// The Bayesian information criterion (Schwarz 1978); less is better.
    pub fn bic(&self) -> f64 {
        let n = self.moments.count as f64;
        -2.0 * self.log_likelihood() + self.parameters() as f64 * n.ln()
    }

    /// Akaike's information criterion (Akaike 1974), likewise.
    pub fn aic(&self) -> f64 {
        -2.0 * self.log_likelihood() + 2.0 * self.parameters() as f64
    }
}

/// Below this a variance is rounding: clusters of one address each have none.
const LEAST_VARIANCE: f64 = 1e-6;

/// Clusters by the nearest centre; [`Scorer::partition`](super::scorer::Scorer::partition) labels addresses by them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "AnyPartition")]
pub struct Partition {
    /// The centres, in octets.
    pub centres: Vec<[f64; OCTETS]>,
    /// The share of the addresses in each cluster.
    pub weights: Vec<f64>,
    /// The variance of an octet about its centre, the same for all, in squared octets: that of the
    /// mixture of round Gaussians which K-Means fits (Bishop 2006, section 9.3.2).
    pub variance: f64,
}

impl Partition {
    /// Of clusters about `centres` that have `inertia` over `total` addresses.
    pub fn new(centres: Vec<[f64; OCTETS]>, weights: Vec<f64>, inertia: f64, total: u64) -> Self {
        Self { centres, weights, variance: (inertia / (D * total as f64)).max(LEAST_VARIANCE) }
    }

    /// The log-density of `address` under the Gaussian of `cluster`, in nats: the farther from its
    /// centre, the less.
    pub fn log_density(&self, address: u32, cluster: u32) -> f64 {
        let (x, centre) = (octets(address).map(f64::from), self.centres[cluster as usize]);
        let squared: f64 = (0..OCTETS).map(|j| (x[j] - centre[j]).powi(2)).sum();
        -0.5 * (D * (std::f64::consts::TAU * self.variance).ln() + squared / self.variance)
    }

    /// That mixture of round Gaussians.
    pub fn estimate(&self) -> Estimate {
        let round = |centre: &[f64; OCTETS]| Gaussian {
            mean: (*centre).into(),
            covariance: Matrix4::from_diagonal_element(self.variance),
            precision_cholesky: Matrix4::from_diagonal_element(self.variance.sqrt().recip()),
        };
        Estimate {
            covariance: Covariance::Spherical,
            weights: self.weights.clone(),
            gaussians: self.centres.iter().map(round).collect(),
            posterior: None,
        }
    }
}

/// Fits with each number of clusters in `ks`, whatever `params` say; all fits share runs of the
/// engine, and each is what it would be alone.
///
/// # Errors
/// As [`Checked::fit`](Checked#method.fit).
pub fn fit_each(
    engine: &mut dyn Engine,
    params: &Checked<Params>,
    ks: &[usize],
    observer: &mut Observer<'_>,
) -> Result<Vec<Fit>, FitError> {
    let moments = moments_of_all(engine)?;
    let restarts = restarts_each(engine, params, ks, &moments, observer)?;
    finish(engine, params, restarts, &moments, observer)
}

/// Runs `params.n_init` restarts, all in step; returns every one.
///
/// # Errors
/// As [`Checked::fit`](Checked#method.fit).
pub fn restarts(
    engine: &mut dyn Engine,
    params: &Checked<Params>,
    observer: &mut Observer<'_>,
) -> Result<Vec<Restart>, FitError> {
    let moments = moments_of_all(engine)?;
    Ok(restarts_each(engine, params, &[params.clusters], &moments, observer)?.swap_remove(0))
}

/// The restarts with each number of clusters in `ks`, whatever `params` say, all in step; `moments` are those of
/// all addresses.
pub(super) fn restarts_each(
    engine: &mut dyn Engine,
    params: &Checked<Params>,
    ks: &[usize],
    moments: &ExactMoments,
    observer: &mut Observer<'_>,
) -> Result<Vec<Vec<Restart>>, FitError> {
    ks.iter().try_for_each(|&k| check_size(engine, k))?;
    let each: Vec<_> = ks.iter().map(|&k| params.with_clusters(k)).collect();
    let mut starts = Vec::new();
    let mut groups = Vec::with_capacity(each.len());
    for params in &each {
        let started = Instant::now();
        let seeds = seeds(engine, params, observer)?;
        groups.push((seeds.len(), started.elapsed().as_secs_f64() / seeds.len() as f64));
        starts.extend(seeds);
    }
    let mut all = iterate(engine, params, starts, moments, observer)?.into_iter();
    let group = |(size, seconds): (usize, f64)| {
        let seeded = |restart: Restart| Restart { seconds: restart.seconds + seconds, ..restart };
        all.by_ref().take(size).map(seeded).collect()
    };
    Ok(groups.into_iter().map(group).collect())
}

/// Where each restart of `params` starts; there are as many addresses as clusters.
fn seeds(
    engine: &mut dyn Engine,
    params: &Checked<Params>,
    observer: &mut Observer<'_>,
) -> Result<Vec<Vec<[f64; OCTETS]>>, FitError> {
    if let Seeding::Centres(centres) = &params.seeding {
        let (found, expected) = (centres.len(), params.clusters);
        if found != expected {
            return Err(StartError::Count { what: "centres", found, expected }.into());
        }
        return Ok(vec![centres.clone()]);
    }
    let mut seeds = Vec::new();
    for restart in 0..params.n_init {
        let random = RandomStream::new(params.seed, restart);
        let addresses = match params.seeding {
            Seeding::Random => engine.draw(params.clusters, random),
            _ => engine.spread(params.clusters, random),
        }?;
        seeds.push(addresses.iter().map(|&address| octets(address).map(f64::from)).collect());
        let (iteration, max_iter, active) = (restart + 1, params.n_init, params.n_init);
        tell(observer, Progress { stage: Stage::Seeding, iteration, max_iter, active })?;
    }
    Ok(seeds)
}
