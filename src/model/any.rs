//! A model of any kind, for those who choose it at run time: what its fits have in common.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::estimate::{Concentration, Estimate};
use super::fitted::MixtureFit;
use super::kmeans::Partition;
use super::params::MixtureParams;
use super::scorer::{Score, Scorer};
use super::sweep::{self, Row};
use super::{Checked, FitError, Observer, kmeans};
use crate::address::OCTETS;
use crate::engine::{Engine, Run};
use crate::pass::centres::CentresError;
use crate::pass::moments::ExactMoments;
use crate::pass::{Centres, Lloyd};

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

    /// The same with `components` components, and of a Bayesian mixture with this `share` of the restarts, or a search
    /// that stands in for so many.
    pub(super) fn with_components_at(&self, components: usize, share: f64) -> Self {
        match self {
            Self::Mixture(params) if self.has_evidence() => {
                let n_init = (params.n_init as f64 * share).ceil() as usize;
                params.with_components(components).with_n_init(n_init).into()
            }
            _ => self.with_components(components),
        }
    }

    /// Whether fits have an [evidence](Fit::evidence): those of Bayesian mixtures.
    pub fn has_evidence(&self) -> bool {
        matches!(self, Self::Mixture(params) if params.priors.is_some())
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

    /// Fits to the engine's addresses. Under a Dirichlet process the components end in the order of
    /// descending mass, whatever the start.
    ///
    /// # Errors
    /// As of the model.
    pub fn fit(
        &self,
        engine: &mut dyn Engine,
        observer: &mut Observer<'_>,
    ) -> Result<Fit, FitError> {
        match self {
            Self::Mixture(params) => {
                let mut fit = params.fit(engine, observer)?;
                fit.sort_by_mass(engine, params, observer)?;
                Ok(Fit::Mixture(Box::new(fit)))
            }
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

    /// What numbers of components are compared by: [`MixtureFit::evidence`]; none of K-Means.
    pub fn evidence(&self) -> Option<f64> {
        match self {
            Self::Mixture(fit) => fit.evidence(),
            Self::KMeans(_) => None,
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

    /// Numbers the components, if their order is free: the heaviest is 0, of equal weights the one of
    /// least mean. So the same addresses give the same numbers, whatever the start of the fit. `engine`
    /// holds the addresses of the fit.
    ///
    /// Weights under a Dirichlet process are not numbered again: its components break a stick one after
    /// the other, and no other order has the same bound. [`Params::fit`] leaves them in the order of
    /// descending mass.
    ///
    /// # Errors
    /// When the engine fails.
    pub fn number(&mut self, engine: &mut dyn Engine) -> Result<(), FitError> {
        let model = self.model();
        let order = order(model.weights(), &model.means());
        if order.is_sorted() {
            return Ok(());
        }
        match self {
            Self::Mixture(fit) => {
                let estimate = &mut fit.estimate;
                if let Some(posterior) = &mut estimate.posterior {
                    match &mut posterior.concentration {
                        Concentration::Process(_) => return Ok(()),
                        Concentration::Distribution(list) => *list = permuted(list, &order),
                    }
                    for list in [&mut posterior.mean_precision, &mut posterior.degrees_of_freedom] {
                        *list = permuted(list, &order);
                    }
                }
                estimate.weights = permuted(&estimate.weights, &order);
                estimate.gaussians = permuted(&estimate.gaussians, &order);
            }
            Self::KMeans(fit) => {
                fit.centres = permuted(&fit.centres, &order);
                // An address between two centres is of the lower number: they are counted again.
                let centres = Centres::new(&fit.centres)?;
                fit.clusters = Run::<Lloyd>::run(engine, &[centres])?.swap_remove(0);
            }
        }
        Ok(())
    }
}

/// A fitted model, from a fit or from a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
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

/// The components by descending weight, then by mean, then as they were.
fn order(weights: &[f64], means: &[[f64; OCTETS]]) -> Vec<usize> {
    let by_mean = |a: usize, b: usize| {
        let octets = means[a].iter().zip(&means[b]);
        octets.map(|(a, b)| a.total_cmp(b)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    };
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by(|&a, &b| weights[b].total_cmp(&weights[a]).then_with(|| by_mean(a, b)));
    order
}

fn permuted<T: Clone>(list: &[T], order: &[usize]) -> Vec<T> {
    order.iter().map(|&at| list[at].clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::CpuEngine;
    use crate::{BayesianMixture, GaussianMixture, Init, KMeans, Priors, WeightPrior, unobserved};

    #[test]
    fn equal_weights_are_ordered_by_mean() {
        let means = [[9.0; 4], [1.0, 2.0, 3.0, 5.0], [1.0, 2.0, 3.0, 4.0], [0.0; 4]];
        assert_eq!(order(&[0.3, 0.3, 0.3, 0.1], &means), [2, 1, 0, 3]);
    }

    /// Three subnets of 200, 90 and 30 hosts, the smallest first.
    fn subnets() -> Vec<u32> {
        let hosts = |first: u32, count: u32| (0..count).map(move |i| first + i * 7 % 251);
        hosts(0x0a00_0000, 30)
            .chain(hosts(0x0a40_0000, 90))
            .chain(hosts(0xc0a8_0000, 200))
            .collect()
    }

    #[test]
    fn models_of_free_order_are_numbered_by_weight_and_say_the_same() {
        let addresses = subnets();
        let distribution =
            Priors { weights: WeightPrior::DirichletDistribution, ..Priors::default() };
        let kmeans = Params::from(KMeans::params(3).seed(4).check().unwrap());
        let mixtures =
            [GaussianMixture::params(3), BayesianMixture::params(3).priors(distribution)]
                .map(|params| Params::from(params.n_init(1).seed(4).check().unwrap()));
        let mut renumbered = 0;
        for params in mixtures.into_iter().chain([kmeans]) {
            let mut engine = CpuEngine::new(&addresses);
            let mut fit = params.fit(&mut engine, &mut unobserved).unwrap();
            let before = fit.clone();
            fit.number(&mut engine).unwrap();
            let (model, old) = (fit.model(), before.model());
            let weights = model.weights();
            renumbered += usize::from(weights != old.weights());
            assert!(weights.is_sorted_by(|a, b| a >= b), "{weights:?}");
            let labels = |fit: &Fit| {
                let mut all = Vec::new();
                let mut engine = CpuEngine::new(&addresses);
                let sink = &mut |_: &[u32], labels: &[crate::pass::label::Label]| {
                    all.extend(labels.iter().map(|label| (label.cluster, label.log_density)));
                    Ok(())
                };
                fit.model().scorer(Score::Predictive).unwrap().label(&mut engine, sink).unwrap();
                all
            };
            for (new, was) in labels(&fit).into_iter().zip(labels(&before)) {
                assert!((new.1 - was.1).abs() < 1e-9);
                assert_eq!(model.means()[new.0 as usize], old.means()[was.0 as usize]);
            }
        }
        assert!(renumbered > 0, "no fit came in another order");
    }

    #[test]
    fn sticks_are_sorted_by_mass_whatever_the_start() {
        let addresses = subnets();
        let params = BayesianMixture::params(3).n_init(1);
        let fitted = |params: &MixtureParams| {
            let params = params.clone().check().unwrap();
            params.fit(&mut CpuEngine::new(&addresses), &mut unobserved).unwrap()
        };
        // The smallest subnet comes first.
        let labels =
            addresses.iter().map(|&a| u32::from(a > 0x0a40_0000) + u32::from(a >> 24 > 10));
        let labels = params.clone().init(Init::Labels(labels.collect()));
        let warm = params.clone().init(Init::Warm(Box::new(fitted(&labels).estimate)));
        let mut starts = vec![labels, warm];
        starts.extend((0..8).map(|seed| params.clone().seed(seed)));
        let mut sorted = 0;
        for params in starts {
            let left = fitted(&params);
            let mut engine = CpuEngine::new(&addresses);
            let params = Params::from(params.check().unwrap());
            let mut fit = params.fit(&mut engine, &mut unobserved).unwrap();
            let before = fit.model();
            let weights = before.weights();
            assert!(weights.is_sorted_by(|a, b| a >= b), "{weights:?}");
            let bounds = fit.lower_bounds();
            assert!((bounds[bounds.len() - 1] - bounds[bounds.len() - 2]).abs() < 1e-3);
            if left.estimate.weights.is_sorted_by(|a, b| a >= b) {
                assert_eq!(before, Model::Mixture(left.estimate));
            } else {
                sorted += 1;
                assert!(bounds.last() > left.course().lower_bounds.last());
            }
            fit.number(&mut engine).unwrap();
            assert_eq!(fit.model(), before);
        }
        assert!(sorted > 2, "{sorted}");
    }
}
