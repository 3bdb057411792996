//! model.json: a fitted model under scikit-learn's names, so that anyone can load it there, and
//! octomix again.

mod folder;
mod nested;
mod read;
mod shared;

pub use folder::{BY, Models};
pub use nested::Nested;
pub use read::{Loaded, ModelError};
pub use shared::{AppliedThreshold, MoveSummary, ScoreName, SearchSummary, ThresholdRule};

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::address::{AddressSet, OCTETS, Points, Unit, WeightsError};
use crate::model::Stop;
use crate::model::any::{Fit, Params};
use crate::model::diagnosis::{Collapse, collapses};
use crate::model::estimate::{Concentration, Estimate};
use crate::model::fitted::MixtureFit;
use crate::model::pca::{AXES, Pca};

/// The value of `format`.
const FORMAT: &str = "octomix-model";
/// The version that is written, and the only one that is read.
const VERSION: u32 = 1;

type Vector = [f64; OCTETS];

/// A model as model.json has it. Matrices are lists of rows.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are scikit-learn's attributes, or named in the contract")]
pub struct ModelFile {
    pub format: String,
    pub version: u32,
    pub octomix: String,
    pub kind: String,
    /// Whose addresses it was fitted to: src or dst.
    pub role: String,
    pub n_features_in: usize,
    pub weights: Vec<f64>,
    pub means: Vec<Vector>,
    pub n_iter: usize,
    pub converged: bool,
    #[serde(flatten)]
    pub mixture: Option<MixtureFile>,
    /// Of K-Means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inertia: Option<f64>,
    /// Of K-Means: the means under scikit-learn's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster_centers: Option<Vec<Vector>>,
    pub threshold: AppliedThreshold,
    pub pca: PcaFile,
    /// Distinct addresses.
    pub n_addresses: usize,
    /// What they count together: their packets, where `weighted_by` says so.
    pub n_points: u64,
    pub weighted_by: WeightedBy,
    pub n_init: usize,
    pub max_iter: usize,
    pub tol: f64,
    pub seed: u64,
    pub engine: String,
}

/// What only mixtures have.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are scikit-learn's attributes, or named in the contract")]
pub struct MixtureFile {
    pub covariance_type: String,
    pub covariances: Nested,
    pub precisions: Nested,
    pub precisions_cholesky: Nested,
    pub lower_bound: f64,
    pub lower_bounds: Vec<f64>,
    /// What single precision may have made of a step from one to the next.
    #[serde(default)]
    pub lower_bounds_noise: f64,
    pub reg_covar: f64,
    pub n_parameters: usize,
    /// Of the plug-in mixture, in nats, with its information criteria.
    pub log_likelihood: f64,
    pub bic: f64,
    pub aic: f64,
    /// Components that have collapsed to the regularisation, in words.
    pub collapsed: Vec<String>,
    /// How the search went, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<SearchSummary>,
    #[serde(flatten)]
    pub posterior: Option<PosteriorFile>,
}

/// What only Bayesian mixtures have.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are scikit-learn's attributes")]
pub struct PosteriorFile {
    pub weight_concentration_prior_type: String,
    pub weight_concentration: Nested,
    pub mean_precision: Vec<f64>,
    pub degrees_of_freedom: Nested,
    pub weight_concentration_prior: f64,
    pub mean_precision_prior: f64,
    pub mean_prior: Vector,
    pub degrees_of_freedom_prior: f64,
    pub covariance_prior: Nested,
}

/// How much each address counts in a fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WeightedBy {
    /// Once.
    Addresses,
    /// As many times as it has packets.
    Packets,
}

impl WeightedBy {
    /// The addresses of `set`, each counted so; packets take 8 bytes each.
    ///
    /// # Errors
    /// When the packets are too many to be counted exactly.
    pub fn points(self, set: &AddressSet) -> Result<Points<'_>, WeightsError> {
        match self {
            Self::Addresses => Ok(set.addresses().into()),
            Self::Packets => Points::weighted(set.addresses(), set.weights()),
        }
    }

    /// What is to be told if not all that is weighed as packets of `set` is packets.
    pub fn told(self, set: &AddressSet) -> Option<&'static str> {
        match (self, set.unit()) {
            (Self::Addresses, _) | (_, Unit::Packets) => None,
            (_, Unit::Records) => Some("no packet counts in the input: records are weighed"),
            (_, Unit::Mixed) => {
                Some("some records say no packet counts: each of them is weighed as one packet")
            }
        }
    }
}

/// What the file tells besides the fit itself.
#[derive(Debug, Clone)]
pub struct Provenance<'a> {
    /// Whose addresses it was fitted to.
    pub role: &'static str,
    /// How it was fitted.
    pub params: &'a Params,
    /// The threshold of its log-densities.
    pub threshold: AppliedThreshold,
    /// The projection for pictures.
    pub pca: &'a Pca,
    /// Distinct addresses.
    pub addresses: usize,
    /// How much each of them counted.
    pub weighted_by: WeightedBy,
    /// The log-likelihood of the plug-in mixture, in nats; for mixtures only.
    pub log_likelihood: f64,
    /// The engine.
    pub engine: &'static str,
}

impl ModelFile {
    /// The file of `fit`.
    pub fn new(fit: &Fit, about: &Provenance<'_>) -> Self {
        let (kind, n_iter, converged, mixture, inertia) = match fit {
            Fit::Mixture(fit) => {
                let course = fit.course();
                let bayesian = fit.estimator.prior.is_some();
                (
                    if bayesian { "bayesian" } else { "gaussian" },
                    course.lower_bounds.len(),
                    course.stop == Stop::Converged,
                    Some(MixtureFile::new(fit, about.log_likelihood)),
                    None,
                )
            }
            Fit::KMeans(fit) => {
                let best = fit.restarts[fit.best];
                ("kmeans", best.n_iter, best.stop == Stop::Converged, None, Some(fit.inertia))
            }
        };
        let (n_init, tol, seed) = match about.params {
            Params::Mixture(params) => {
                (params.n_init, params.tolerance(fit.moments().count), params.seed)
            }
            Params::KMeans(params) => (params.n_init, params.tol, params.seed),
        };
        let (model, points) = (fit.model(), fit.moments().count);
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            octomix: env!("CARGO_PKG_VERSION").to_owned(),
            kind: kind.to_owned(),
            role: about.role.to_owned(),
            n_features_in: OCTETS,
            weights: model.weights().to_vec(),
            means: model.means(),
            n_iter,
            converged,
            mixture,
            inertia,
            cluster_centers: inertia.map(|_| model.means()),
            threshold: about.threshold,
            pca: PcaFile::new(about.pca, points),
            n_addresses: about.addresses,
            n_points: points,
            weighted_by: about.weighted_by,
            n_init,
            max_iter: about.params.max_iter(),
            tol,
            seed,
            engine: about.engine.to_owned(),
        }
    }
}

impl ModelFile {
    /// The text of the file at `path`, which [`Loaded::read`] takes: it is read back here.
    ///
    /// # Errors
    /// When it could not be read: a number of it is none, or the model is not sound.
    pub fn to_json(&self, path: &Path) -> Result<Vec<u8>, ModelError> {
        let unwritable = |part: String| ModelError::Unwritable { path: path.to_path_buf(), part };
        let mut text =
            serde_json::to_vec_pretty(self).map_err(|error| unwritable(error.to_string()))?;
        text.push(b'\n');
        match Loaded::parse(path, &text) {
            Ok(_) => Ok(text),
            Err(ModelError::Damaged { part, .. }) => Err(unwritable(part)),
            Err(error) => Err(error),
        }
    }
}

impl MixtureFile {
    fn new(fit: &MixtureFit, log_likelihood: f64) -> Self {
        let MixtureFit { estimator, estimate, .. } = fit;
        let kind = estimate.covariance;
        let gaussians = || estimate.gaussians.iter();
        let precisions: Vec<_> =
            gaussians().map(|g| g.precision_cholesky * g.precision_cholesky.transpose()).collect();
        let collapsed = collapses(estimate, estimator.reg_covar);
        Self {
            covariance_type: kind.name().to_owned(),
            covariances: Nested::matrices(kind, gaussians().map(|g| &g.covariance)),
            precisions: Nested::matrices(kind, precisions.iter()),
            precisions_cholesky: Nested::matrices(kind, gaussians().map(|g| &g.precision_cholesky)),
            lower_bound: fit.course().lower_bound(),
            lower_bounds: fit.course().lower_bounds.clone(),
            lower_bounds_noise: fit.course().noise,
            reg_covar: estimator.reg_covar,
            n_parameters: estimate.parameters(),
            log_likelihood,
            bic: estimate.bic(log_likelihood, fit.moments.count as f64),
            aic: estimate.aic(log_likelihood),
            collapsed: collapsed.iter().map(Collapse::to_string).collect(),
            search: fit.search.as_ref().map(SearchSummary::from),
            posterior: PosteriorFile::new(fit, estimate),
        }
    }
}

impl PosteriorFile {
    fn new(fit: &MixtureFit, estimate: &Estimate) -> Option<Self> {
        let (posterior, prior) = (estimate.posterior.as_ref()?, fit.estimator.prior.as_ref()?);
        let kind = estimate.covariance;
        let weight_concentration = match &posterior.concentration {
            Concentration::Process(sticks) => {
                let side = |side: usize| sticks.iter().map(|stick| stick[side].into()).collect();
                Nested::List(vec![Nested::List(side(0)), Nested::List(side(1))])
            }
            Concentration::Distribution(concentration) => concentration[..].into(),
        };
        let degrees = &posterior.degrees_of_freedom;
        Some(Self {
            weight_concentration_prior_type: prior.weights.name().to_owned(),
            weight_concentration,
            mean_precision: posterior.mean_precision.clone(),
            degrees_of_freedom: match (kind, degrees.first()) {
                (crate::Covariance::Tied, Some(&shared)) => shared.into(),
                _ => degrees[..].into(),
            },
            weight_concentration_prior: prior.weight_concentration,
            mean_precision_prior: prior.mean_precision,
            mean_prior: prior.mean.into(),
            degrees_of_freedom_prior: prior.degrees_of_freedom,
            covariance_prior: Nested::matrix(kind, &prior.covariance),
        })
    }
}

/// The projection as model.json has it, under the names of scikit-learn's `PCA`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are those of `Pca`, and scikit-learn's")]
pub struct PcaFile {
    pub n_components: usize,
    pub n_samples: u64,
    pub mean: Vector,
    pub components: [Vector; AXES],
    pub explained_variance: [f64; AXES],
    pub explained_variance_ratio: [f64; AXES],
    pub singular_values: [f64; AXES],
    pub noise_variance: f64,
}

impl PcaFile {
    fn new(pca: &Pca, points: u64) -> Self {
        Self {
            n_components: AXES,
            n_samples: points,
            mean: pca.mean,
            components: pca.components,
            explained_variance: pca.explained_variance,
            explained_variance_ratio: pca.explained_variance_ratio,
            singular_values: pca
                .explained_variance
                .map(|variance| (variance * points.saturating_sub(1) as f64).sqrt()),
            noise_variance: pca.noise_variance,
        }
    }
}
