//! A model of any kind, for those who choose it at run time: what its fits have in common.

use super::auto::needed;
use super::estimate::Estimate;
use super::scorer::{Score, Scorer};
use super::sweep::{self, Row};
use super::{FitError, Observer, kmeans, mixture};
use crate::address::OCTETS;
use crate::engine::Engine;
use crate::pass::moments;

/// How to fit a model.
#[derive(Debug, Clone, PartialEq)]
pub enum Params {
    /// A Gaussian mixture, Bayesian or not.
    Mixture(Box<mixture::Params>),
    /// K-Means.
    KMeans(kmeans::Params),
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
            Self::Mixture(params) => {
                let params = mixture::Params { components, ..(**params).clone() };
                Self::Mixture(Box::new(params))
            }
            Self::KMeans(params) => {
                Self::KMeans(kmeans::Params { clusters: components, ..params.clone() })
            }
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
        match needed(&first.weights()) {
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
    Mixture(Box<mixture::Fit>),
    /// K-Means.
    KMeans(kmeans::Fit),
}

impl Fit {
    /// The weight of each component, the share of each cluster.
    pub fn weights(&self) -> Vec<f64> {
        match self {
            Self::Mixture(fit) => fit.estimate.weights.clone(),
            Self::KMeans(fit) => fit.partition().weights,
        }
    }

    /// The mean of each component or cluster, in octets.
    pub fn means(&self) -> Vec<[f64; OCTETS]> {
        match self {
            Self::Mixture(fit) => fit.estimate.means(),
            Self::KMeans(fit) => fit.centres.clone(),
        }
    }

    /// The exact moments of all addresses.
    pub fn moments(&self) -> &moments::Cluster {
        match self {
            Self::Mixture(fit) => &fit.moments,
            Self::KMeans(fit) => &fit.moments,
        }
    }

    /// The mixture; of K-Means that of round Gaussians about its centres.
    pub fn estimate(&self) -> Estimate {
        match self {
            Self::Mixture(fit) => fit.estimate.clone(),
            Self::KMeans(fit) => fit.partition().estimate(),
        }
    }

    /// What labels addresses; K-Means has one score only.
    ///
    /// # Errors
    /// Never of a fit's own centres.
    pub fn scorer(&self, score: Score) -> Result<Scorer, FitError> {
        match self {
            Self::Mixture(fit) => Ok(Scorer::mixture(&fit.estimate, score)),
            Self::KMeans(fit) => Ok(Scorer::partition(fit.partition())?),
        }
    }
}
