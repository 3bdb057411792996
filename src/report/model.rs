//! model.json: a fitted mixture under scikit-learn's names, so that anyone can load it there.

use nalgebra::Matrix4;
use serde::Serialize;

use crate::address::OCTETS;
use crate::model::Stop;
use crate::model::bayesian::{Params, PosteriorComponent};
use crate::model::em::Fit;
use crate::model::pca::{AXES, Pca};
use crate::score::Threshold;

type Vector = [f64; OCTETS];
type Matrix = [Vector; OCTETS];

/// A Bayesian mixture as model.json has it. Matrices are lists of rows.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "fields are scikit-learn's attributes, or named in the contract")]
pub struct ModelFile {
    pub format: &'static str,
    pub version: u32,
    pub kind: &'static str,
    pub covariance_type: &'static str,
    pub weights: Vec<f64>,
    pub means: Vec<Vector>,
    pub covariances: Vec<Matrix>,
    pub precisions_cholesky: Vec<Matrix>,
    pub lower_bound: f64,
    pub lower_bounds: Vec<f64>,
    pub n_iter: usize,
    pub converged: bool,
    pub weight_concentration_prior_type: &'static str,
    pub weight_concentration: [Vec<f64>; 2],
    pub mean_precision: Vec<f64>,
    pub degrees_of_freedom: Vec<f64>,
    pub weight_concentration_prior: f64,
    pub mean_precision_prior: f64,
    pub mean_prior: Vector,
    pub degrees_of_freedom_prior: f64,
    pub covariance_prior: Matrix,
    pub reg_covar: f64,
    pub threshold: AppliedThreshold,
    pub pca: PcaFile,
    pub n_addresses: usize,
    pub n_init: usize,
    pub max_iter: usize,
    pub tol: f64,
    pub seed: u64,
    pub engine: &'static str,
    pub octomix: &'static str,
}

impl ModelFile {
    /// The file of `fit`, fitted with `params` on the engine of that name.
    pub fn new(
        fit: &Fit,
        params: &Params,
        threshold: AppliedThreshold,
        pca: &Pca,
        engine: &'static str,
    ) -> Self {
        let best = &fit.restarts[fit.best];
        let components = &fit.posterior.components;
        Self {
            format: "octomix-model",
            version: 1,
            kind: "bayesian",
            covariance_type: "full",
            weights: fit.posterior.weights(),
            means: each(components, |c| c.mean.into()),
            covariances: each(components, |c| rows(&c.covariance)),
            precisions_cholesky: each(components, |c| rows(&c.precision_cholesky)),
            lower_bound: fit.lower_bound(),
            lower_bounds: best.lower_bounds.clone(),
            n_iter: best.lower_bounds.len(),
            converged: best.stop == Stop::Converged,
            weight_concentration_prior_type: "dirichlet_process",
            weight_concentration: [0, 1].map(|side| each(components, |c| c.stick[side])),
            mean_precision: each(components, |c| c.mean_precision),
            degrees_of_freedom: each(components, |c| c.degrees_of_freedom),
            weight_concentration_prior: fit.prior.weight_concentration,
            mean_precision_prior: fit.prior.mean_precision,
            mean_prior: fit.prior.mean.into(),
            degrees_of_freedom_prior: fit.prior.degrees_of_freedom,
            covariance_prior: rows(&fit.prior.covariance),
            reg_covar: fit.prior.reg_covar,
            threshold,
            pca: PcaFile::new(pca),
            n_addresses: fit.moments.count as usize,
            n_init: params.n_init,
            max_iter: params.max_iter,
            tol: params.tol,
            seed: params.seed,
            engine,
            octomix: env!("CARGO_PKG_VERSION"),
        }
    }
}

/// A threshold and the log-density that it came to.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AppliedThreshold {
    /// The rule.
    #[serde(flatten)]
    pub rule: Rule,
    /// The log-density strictly below which an address is anomalous, in nats.
    pub log_density: f64,
}

/// The rule of a threshold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum Rule {
    /// A percentile of all log-densities.
    Percentile {
        /// Which, from 0 to 100.
        percentile: f64,
    },
}

impl From<Threshold> for Rule {
    fn from(threshold: Threshold) -> Self {
        let Threshold::Percentile(percentile) = threshold;
        Self::Percentile { percentile }
    }
}

/// The projection as model.json has it, under the names of scikit-learn's `PCA`.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "fields are those of `Pca`")]
pub struct PcaFile {
    pub mean: Vector,
    pub components: [Vector; AXES],
    pub explained_variance: [f64; AXES],
    pub explained_variance_ratio: [f64; AXES],
}

impl PcaFile {
    fn new(pca: &Pca) -> Self {
        Self {
            mean: pca.mean,
            components: pca.components,
            explained_variance: pca.explained_variance,
            explained_variance_ratio: pca.explained_variance_ratio,
        }
    }
}

fn each<T>(components: &[PosteriorComponent], value: impl Fn(&PosteriorComponent) -> T) -> Vec<T> {
    components.iter().map(value).collect()
}

/// nalgebra's arrays are lists of columns.
fn rows(matrix: &Matrix4<f64>) -> Matrix {
    matrix.transpose().into()
}
