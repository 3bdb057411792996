//! Reading model.json back: whole, of this version, and sound, or a reason why not.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{FORMAT, MixtureFile, ModelFile, Nested, PosteriorFile, VERSION};
use crate::address::OCTETS;
use crate::model::any::Model;
use crate::model::covariance::Covariance;
use crate::model::estimate::{Concentration, Estimate, Gaussian, Posterior};
use crate::model::kmeans::Partition;
use crate::model::pca::Pca;
use crate::model::sound;
use crate::store::ManifestError;
use crate::words::{shown, shown_path};

/// Why a model cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// The file cannot be read.
    #[error("cannot read the model '{}': {reason}", shown_path(path))]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: std::io::Error,
    },
    /// The last run that wrote models beside it wrote none there.
    #[error(
        "the last fit in that directory wrote no model '{}'; fit that role again, or leave --role out",
        shown_path(path)
    )]
    NotOfRun {
        /// Where it would be.
        path: PathBuf,
    },
    /// It is not JSON, or not a model of octomix.
    #[error(
        "'{}' is not a model of octomix ({reason}); expected a model.json that octomix fit or detect wrote",
        shown_path(path)
    )]
    NotAModel {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// It has another format version.
    #[error(
        "'{}' is a model of format version {found}; this octomix reads version {VERSION}; fit it again",
        shown_path(path)
    )]
    Version {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u64,
    },
    /// Its kind cannot be used here.
    #[error("'{}' is a model of kind {}; {expected}", shown_path(path), shown(found))]
    Kind {
        /// The file.
        path: PathBuf,
        /// Its kind.
        found: String,
        /// What is wanted.
        expected: &'static str,
    },
    /// It was not written, because it could not be read again.
    #[error(
        "the model of '{}' was not written, because it could not be read again: {part}; give milder parameters",
        shown_path(path)
    )]
    Unwritable {
        /// Where it was to be.
        path: PathBuf,
        /// What is wrong with it.
        part: String,
    },
    /// The folder of results that it is in cannot be believed.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// A part of it makes no sense.
    #[error("the model '{}' is damaged: {part}; fit it again", shown_path(path))]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Which part.
        part: String,
    },
}

/// A model with all that its file tells.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// All fields of the file.
    pub file: ModelFile,
    /// The model.
    pub model: Model,
    /// Its projection.
    pub pca: Pca,
}

/// The fields that tell models of this version from other files.
#[derive(Deserialize)]
struct Head {
    format: String,
    version: u64,
    kind: String,
}

impl Loaded {
    /// Reads the model at `path`.
    ///
    /// # Errors
    /// When it cannot be read, is not a model, has another version or kind, or is damaged.
    pub fn read(path: &Path) -> Result<Self, ModelError> {
        let failed = |reason| ModelError::Read { path: path.to_path_buf(), reason };
        Self::parse(path, &crate::store::bounded::read(path).map_err(failed)?)
    }

    /// The model that `text` holds; errors name `path`, which is not looked at.
    ///
    /// # Errors
    /// Those of [`read`](Self::read), but for files that cannot be read.
    pub fn parse(path: &Path, text: &[u8]) -> Result<Self, ModelError> {
        let at = || path.to_path_buf();
        let not_a_model = |reason: String| ModelError::NotAModel { path: at(), reason };
        let head: Head =
            serde_json::from_slice(text).map_err(|error| not_a_model(shown(&error.to_string())))?;
        if head.format != FORMAT {
            return Err(not_a_model(format!("its format is '{}'", shown(&head.format))));
        }
        if head.version != u64::from(VERSION) {
            return Err(ModelError::Version { path: at(), found: head.version });
        }
        if !["bayesian", "gaussian", "kmeans"].contains(&head.kind.as_str()) {
            let expected = "this octomix knows bayesian, gaussian and kmeans";
            return Err(ModelError::Kind { path: at(), found: head.kind, expected });
        }
        let damaged = |part: String| ModelError::Damaged { path: at(), part };
        let file: ModelFile =
            serde_json::from_slice(text).map_err(|error| damaged(shown(&error.to_string())))?;
        if let Some(error) = incomplete(&file, text) {
            return Err(damaged(shown(&error.to_string())));
        }
        let model = model(&file).map_err(|part| damaged(part.to_owned()))?;
        let pca = Pca {
            mean: file.pca.mean,
            components: file.pca.components,
            explained_variance: file.pca.explained_variance,
            explained_variance_ratio: file.pca.explained_variance_ratio,
            noise_variance: file.pca.noise_variance,
        };
        Ok(Self { file, model, pca })
    }
}

/// Why the parts of a mixture cannot be read. Flattened into the file they are optional, so that reading
/// the whole tells no reason.
fn incomplete(file: &ModelFile, text: &[u8]) -> Option<serde_json::Error> {
    match (file.kind.as_str(), &file.mixture) {
        ("bayesian" | "gaussian", None) => serde_json::from_slice::<MixtureFile>(text).err(),
        ("bayesian", Some(MixtureFile { posterior: None, .. })) => {
            serde_json::from_slice::<PosteriorFile>(text).err()
        }
        _ => None,
    }
}

/// The model of `file`, or which part of it is wrong.
fn model(file: &ModelFile) -> Result<Model, &'static str> {
    let k = file.weights.len();
    if file.n_features_in != OCTETS {
        return Err("n_features_in is not 4");
    }
    if k == 0 || file.means.len() != k {
        return Err("weights and means are not one a component");
    }
    let model = parts(file)?;
    sound::check(&model)?;
    Ok(model)
}

/// The parts of the model, of the right shape.
fn parts(file: &ModelFile) -> Result<Model, &'static str> {
    match (file.kind.as_str(), &file.mixture, file.inertia) {
        ("kmeans", ..) if file.cluster_centers.as_ref() != Some(&file.means) => {
            Err("cluster_centers are missing, or not the means")
        }
        ("kmeans", _, Some(inertia)) if file.n_points > 0 => {
            let (means, weights) = (file.means.clone(), file.weights.clone());
            Ok(Model::KMeans(Partition::new(means, weights, inertia, file.n_points)))
        }
        ("kmeans", ..) => Err("inertia or n_points is missing"),
        (kind, Some(mixture), _) => {
            let estimate = estimate(file, mixture)?;
            if (kind == "bayesian") != estimate.posterior.is_some() {
                return Err("the posterior does not go with the kind");
            }
            Ok(Model::Mixture(estimate))
        }
        _ => Err("the covariances are missing"),
    }
}

fn estimate(file: &ModelFile, mixture: &MixtureFile) -> Result<Estimate, &'static str> {
    let k = file.weights.len();
    let named = |kind: &Covariance| kind.name() == mixture.covariance_type;
    let kind = Covariance::ALL.into_iter().find(named).ok_or("covariance_type is unknown")?;
    let matrices = |of: &Nested, wrong| of.to_matrices(kind, k).ok_or(wrong);
    let covariances = matrices(&mixture.covariances, "covariances are not of their type's shape")?;
    let factors = &mixture.precisions_cholesky;
    let factors = matrices(factors, "precisions_cholesky are not of their type's shape")?;
    let gaussian = |((&mean, covariance), precision_cholesky): ((&[f64; OCTETS], _), _)| Gaussian {
        mean: mean.into(),
        covariance,
        precision_cholesky,
    };
    Ok(Estimate {
        covariance: kind,
        weights: file.weights.clone(),
        gaussians: file.means.iter().zip(covariances).zip(factors).map(gaussian).collect(),
        posterior: mixture.posterior.as_ref().map(|file| posterior(file, kind, k)).transpose()?,
    })
}

fn posterior(file: &PosteriorFile, kind: Covariance, k: usize) -> Result<Posterior, &'static str> {
    let concentration = &file.weight_concentration;
    let concentration = match file.weight_concentration_prior_type.as_str() {
        "dirichlet_process" => {
            let sides = concentration.rows(k).filter(|sides| sides.len() == 2);
            let sides = sides.ok_or("weight_concentration is not two lists")?;
            Concentration::Process((0..k).map(|i| [sides[0][i], sides[1][i]]).collect())
        }
        "dirichlet_distribution" => {
            let list = concentration.vector().ok_or("weight_concentration is not a list")?;
            Concentration::Distribution(list)
        }
        _ => return Err("weight_concentration_prior_type is unknown"),
    };
    let degrees = match kind {
        Covariance::Tied => file.degrees_of_freedom.number().map(|shared| vec![shared; k]),
        _ => file.degrees_of_freedom.vector(),
    };
    Ok(Posterior {
        concentration,
        mean_precision: file.mean_precision.clone(),
        degrees_of_freedom: degrees.ok_or("degrees_of_freedom are not of their type's shape")?,
    })
}
