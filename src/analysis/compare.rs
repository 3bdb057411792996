//! A mixture against K-Means over the same addresses.
//!
//! Pairs of labels are compared, so those of both models are kept: 10 bytes per address.

use std::time::{Duration, Instant};

use super::judge::{Criteria, threshold};
use super::{AnalysisError, Fitted, Plan, Watcher, fit};
use crate::address::AddressSet;
use crate::describe::agreement::{Agreement, Clustering};
use crate::describe::drawing::{Drawing, DrawingBuilder};
use crate::engine::{Engine, EngineError};
use crate::model::FitError;
use crate::model::any::Params;
use crate::model::kmeans::KMeans;
use crate::model::pca::Pca;
use crate::rule::judge::Judge;

/// How far a mixture and K-Means agree.
#[derive(Debug, Clone)]
pub struct Compared {
    /// The mixture.
    pub mixture: Labelled,
    /// K-Means.
    pub kmeans: Labelled,
    /// Their agreement; side A is the mixture.
    pub agreement: Agreement,
}

/// One of the two models, and what it says of each address.
#[derive(Debug, Clone)]
pub struct Labelled {
    /// The model.
    pub fitted: Fitted,
    /// The log-density strictly below which an address is anomalous, in nats.
    pub threshold: f64,
    /// How long the fit took.
    pub fit_time: Duration,
    /// How long labelling took, the threshold included.
    pub label_time: Duration,
    /// The addresses in the plane of their principal components, with their clusters.
    pub drawing: Drawing,
    /// That plane, the same for both models.
    pub pca: Pca,
    labels: Vec<u32>,
    anomalous: Vec<bool>,
}

impl Labelled {
    fn new(
        set: &AddressSet,
        engine: &mut dyn Engine,
        plan: &Plan,
        criteria: &Criteria<'_>,
        watcher: &mut dyn Watcher,
    ) -> Result<Self, AnalysisError> {
        let started = Instant::now();
        let fitted = fit(engine, plan, watcher)?;
        let fit_time = started.elapsed();
        watcher.fitted(&fitted).map_err(EngineError::Sink)?;
        let started = Instant::now();
        let model = fitted.model();
        let scorer = model.scorer(criteria.score).map_err(FitError::from)?;
        let estimate = model.estimate();
        let seed = fitted.params.seed();
        let threshold = threshold(criteria.threshold, &scorer, &estimate, engine, seed)?;
        let judge = Judge { threshold: Some(threshold), flags: &[] };
        let mut labels = Vec::with_capacity(set.len());
        let mut anomalous = Vec::with_capacity(set.len());
        let mut rows = Vec::new();
        let pca = Pca::new(fitted.fit.moments());
        let mut drawing = DrawingBuilder::new(set, &pca);
        scorer.label(engine, &mut |_, of_block| {
            rows.clear();
            rows.extend(judge.verdicts(labels.len(), of_block));
            labels.extend(rows.iter().map(|row| row.cluster()));
            anomalous.extend(rows.iter().map(|row| !row.rules().is_empty()));
            drawing.add(&rows);
            watcher.judged(&rows)
        })?;
        let (label_time, drawing) = (started.elapsed(), drawing.finish());
        Ok(Self { fitted, threshold, fit_time, label_time, drawing, pca, labels, anomalous })
    }

    /// The cluster of each address, in the order of the set.
    pub fn labels(&self) -> &[u32] {
        &self.labels
    }

    fn clustering(&self) -> Result<Clustering<'_>, AnalysisError> {
        let clusters = self.fitted.model().weights().len();
        Ok(Clustering::new(clusters, &self.labels, &self.anomalous)?)
    }

    /// How many clusters hold addresses.
    fn full(&self) -> usize {
        let mut holds = vec![false; self.fitted.model().weights().len()];
        self.labels.iter().for_each(|&label| holds[label as usize] = true);
        holds.iter().filter(|&&holds| holds).count()
    }
}

/// Fits a mixture and K-Means to the addresses of `engine`, which are those of `set`, and compares
/// them. K-Means has `clusters` clusters, at most one per address, or as many as the mixture fills, and
/// the mixture's restarts and seed. Of `criteria` only the score and the threshold count.
///
/// # Errors
/// When a model cannot be fitted, an `fdr` threshold cannot be drawn, the engine fails, or `watcher`
/// fails or stops a fit.
///
/// # Panics
/// If the addresses of `engine` are not those of `set`, in the same order.
pub fn compare(
    set: &AddressSet,
    engine: &mut dyn Engine,
    plan: &Plan,
    clusters: Option<usize>,
    criteria: &Criteria<'_>,
    watcher: &mut dyn Watcher,
) -> Result<Compared, AnalysisError> {
    let mixture = Labelled::new(set, engine, plan, criteria, watcher)?;
    let clusters = clusters.unwrap_or_else(|| mixture.full()).min(set.len());
    let (n_init, seed) = match &plan.params {
        Params::Mixture(params) => (params.n_init, params.seed),
        Params::KMeans(params) => (params.n_init, params.seed),
    };
    let params = KMeans::params(clusters).n_init(n_init).seed(seed).check();
    let plan = Plan { params: params.map_err(FitError::from)?.into(), auto: false };
    let kmeans = Labelled::new(set, engine, &plan, criteria, watcher)?;
    let agreement = Agreement::new(set.addresses(), mixture.clustering()?, kmeans.clustering()?)?;
    Ok(Compared { mixture, kmeans, agreement })
}
