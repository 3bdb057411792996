//! A model of any kind, for those who choose it at run time: what its fits have in common.

use super::auto::needed;
use super::estimate::Estimate;
use super::fitted::MixtureFit;
use super::kmeans::Partition;
use super::params::MixtureParams;
use super::scorer::{Score, Scorer};
use super::sweep::{self, Row};
use super::{Checked, FitError, Observer, kmeans};
use crate::address::OCTETS;
use crate::engine::Engine;
use crate::pass::centres::CentresError;
use crate::pass::moments::ExactMoments;

/// How to fit a model.
#[derive(Debug, Clone, PartialEq)]
pub enum Params {
    /// A Gaussian mixture, Bayesian or not.
    Mixture(Box<Checked<MixtureParams>>),
    /// K-Means.
    KMeans(Checked<kmeans::Params>),
}

impl From<Checked<MixtureParams>> for Params {
    fn from(params: Checked<MixtureParams>) -> Self {
        Self::Mixture(Box::new(params))
    }
}

impl From<Checked<kmeans::Params>> for Params {
    fn from(params: Checked<kmeans::Params>) -> Self {
        Self::KMeans(params)
    }
}

impl Params {
    /// Components or clusters.
    pub fn components(&self) -> usize {
        match self {
            Self::Mixture(params) => params.components,
            Self::KMeans(params) => params.clusters,
        }
    }

    /// The same with `components` components.
    pub fn with_components(&self, components: usize) -> Self {
        match self {
            Self::Mixture(params) => params.with_components(components).into(),
            Self::KMeans(params) => params.with_clusters(components).into(),
        }
    }

    /// The most iterations of a restart.
    pub fn max_iter(&self) -> usize {
        match self {
            Self::Mixture(params) => params.max_iter,
            Self::KMeans(params) => params.max_iter,
        }
    }

    /// The seed of all random choices.
    pub fn seed(&self) -> u64 {
        match self {
            Self::Mixture(params) => params.seed,
            Self::KMeans(params) => params.seed,
        }
    }

    /// Fits to the engine's addresses.
    ///
    /// # Errors
    /// As of the model.
    pub fn fit(
        &self,
        engine: &mut dyn Engine,
        observer: &mut Observer<'_>,
    ) -> Result<Fit, FitError> {
        match self {
            Self::Mixture(params) => Ok(Fit::Mixture(Box::new(params.fit(engine, observer)?))),
            Self::KMeans(params) => params.fit(engine, observer).map(Fit::KMeans),
        }
    }

    /// Fits with each number of components in `ks`, whatever these parameters say; all fits share runs
    /// of the engine where they can.
    ///
    /// # Errors
    /// As of the model.
    pub fn sweep(
        &self,
        engine: &mut dyn Engine,
        ks: &[usize],
        observer: &mut Observer<'_>,
    ) -> Result<Vec<Row<Fit>>, FitError> {
        Ok(match self {
            Self::Mixture(params) => sweep::mixtures(engine, params, ks, observer)?
                .into_iter()
                .map(|row| row.map(|fit| Fit::Mixture(Box::new(fit))))
                .collect(),
            Self::KMeans(params) => sweep::kmeans(engine, params, ks, observer)?
                .into_iter()
                .map(|row| row.map(Fit::KMeans))
                .collect(),
        })
    }

    /// Fits, and fits again with as many components as proved to be needed: the last fit, after the
    /// one before it if there was one.
    ///
    /// # Errors
    /// As of the model.
    pub fn fit_needed(
        &self,
        engine: &mut dyn Engine,
        observer: &mut Observer<'_>,
    ) -> Result<(Option<Fit>, Fit), FitError> {
        let first = self.fit(engine, observer)?;
        match needed(first.model().weights()) {
            needed if needed == self.components() => Ok((None, first)),
            needed => {
                let second = self.with_components(needed).fit(engine, observer)?;
                Ok((Some(first), second))
            }
        }
    }
}

/// A fitted model.
#[derive(Debug, Clone)]
pub enum Fit {
    /// A Gaussian mixture.
    Mixture(Box<MixtureFit>),
    /// K-Means.
    KMeans(kmeans::Fit),
}

impl Fit {
    /// What came out.
    pub fn model(&self) -> Model {
        match self {
            Self::Mixture(fit) => Model::Mixture(fit.estimate.clone()),
            Self::KMeans(fit) => Model::KMeans(fit.partition()),
        }
    }

    /// The exact moments of all addresses.
    pub fn moments(&self) -> &ExactMoments {
        match self {
            Self::Mixture(fit) => &fit.moments,
            Self::KMeans(fit) => &fit.moments,
        }
    }

    /// The lower bound after each iteration of the best restart; none of K-Means.
    pub fn lower_bounds(&self) -> &[f64] {
        match self {
            Self::Mixture(fit) => &fit.course().lower_bounds,
            Self::KMeans(_) => &[],
        }
    }

    /// The log-likelihood of the plug-in mixture, or of the hard assignment of K-Means, in nats, over
    /// the addresses of `engine`, which are those of the fit.
    ///
    /// # Errors
    /// When the engine fails.
    pub fn log_likelihood(&self, engine: &mut dyn Engine) -> Result<f64, FitError> {
        match self {
            Self::Mixture(fit) => fit.log_likelihood(engine),
            Self::KMeans(fit) => Ok(fit.log_likelihood()),
        }
    }
}

/// A fitted model, from a fit or from a file.
#[derive(Debug, Clone, PartialEq)]
pub enum Model {
    /// A Gaussian mixture, Bayesian or not.
    Mixture(Estimate),
    /// The clusters of K-Means.
    KMeans(Partition),
}

impl Model {
    /// The weight of each component, the share of each cluster.
    pub fn weights(&self) -> &[f64] {
        match self {
            Self::Mixture(estimate) => &estimate.weights,
            Self::KMeans(partition) => &partition.weights,
        }
    }

    /// The mean of each component or cluster, in octets.
    pub fn means(&self) -> Vec<[f64; OCTETS]> {
        match self {
            Self::Mixture(estimate) => estimate.means(),
            Self::KMeans(partition) => partition.centres.clone(),
        }
    }

    /// The mixture; of K-Means that of round Gaussians about its centres.
    pub fn estimate(&self) -> Estimate {
        match self {
            Self::Mixture(estimate) => estimate.clone(),
            Self::KMeans(partition) => partition.estimate(),
        }
    }

    /// What labels addresses; K-Means has one score only.
    ///
    /// # Errors
    /// When a centre of K-Means is out of range, which one of a fit never is.
    pub fn scorer(&self, score: Score) -> Result<Scorer, CentresError> {
        match self {
            Self::Mixture(estimate) => Ok(Scorer::mixture(estimate, score)),
            Self::KMeans(partition) => Scorer::partition(partition.clone()),
        }
    }
}
