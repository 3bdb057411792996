//! Parameters as Python sends them, in JSON under scikit-learn's names, and as the library takes them.

use nalgebra::Matrix4;
use octomix::address::OCTETS;
use octomix::model::init::StartParameters;
use octomix::model::kmeans;
use octomix::model::kmeans::Seeding;
use octomix::model::params::MixtureParams;
use octomix::store::model::Nested;
use octomix::{Checked, Covariance, Init, Priors, Search, WeightPrior};
use pyo3::PyResult;
use serde::Deserialize;

use crate::error::value;
use crate::model::Model;

/// Those of a mixture.
#[derive(Deserialize)]
pub struct MixtureOptions {
    n_components: usize,
    covariance_type: Covariance,
    tol: Option<f64>,
    reg_covar: f64,
    max_iter: usize,
    n_init: usize,
    init_params: String,
    seed: u64,
    merge_split: bool,
    budget: Option<f64>,
    weights_init: Option<Vec<f64>>,
    means_init: Option<Vec<[f64; OCTETS]>>,
    precisions_init: Option<Nested>,
    priors: Option<PriorOptions>,
}

#[derive(Deserialize)]
struct PriorOptions {
    weight_concentration_prior_type: String,
    weight_concentration_prior: Option<f64>,
    mean_precision_prior: Option<f64>,
    mean_prior: Option<[f64; OCTETS]>,
    degrees_of_freedom_prior: Option<f64>,
    covariance_prior: Option<Nested>,
}

/// Those of K-Means.
#[derive(Deserialize)]
pub struct KMeansOptions {
    n_clusters: usize,
    n_init: usize,
    max_iter: usize,
    tol: f64,
    seed: u64,
    random: bool,
    centers: Option<Vec<[f64; OCTETS]>>,
}

/// Reads `text`, which this package has written.
pub fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> PyResult<T> {
    serde_json::from_str(text).map_err(|error| {
        let told = error.to_string();
        let told = told.split(" at line ").next().unwrap_or_default();
        let told = ["f64", "f32"]
            .iter()
            .fold(told.to_owned(), |told, kind| told.replace(kind, "a number"));
        let whole = ["u64", "usize", "i16", "u32"];
        let told = whole.iter().fold(told, |told, kind| told.replace(kind, "a whole number"));
        value(format!("{}: {}", parameter_at(text, error.column()), told.replace('`', "'")))
    })
}

/// The parameter whose value is read at `column`, from 1, of the object `text`.
fn parameter_at(text: &str, column: usize) -> &str {
    let (mut is_quoted, mut parameter) = (false, "a parameter");
    let mut bytes = text.bytes().enumerate().take(column);
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\\' if is_quoted => drop(bytes.next()),
            b'"' => is_quoted = !is_quoted,
            // What stands before it is a name.
            b':' if !is_quoted => {
                let name = text.get(..at).and_then(|before| before.rsplit('"').nth(1));
                parameter = name.unwrap_or(parameter);
            }
            _ => {}
        }
    }
    parameter
}

impl MixtureOptions {
    /// The parameters; a fit starts from the component of each address in `labels`, or from a model to go on from, if
    /// there is any.
    pub fn params(
        self,
        labels: Option<Vec<u32>>,
        warm: Option<&Model>,
    ) -> PyResult<Checked<MixtureParams>> {
        let (kind, k) = (self.covariance_type, self.n_components);
        let mut params = octomix::GaussianMixture::params(k).covariance(kind);
        params.priors = self.priors.map(|priors| priors.of(kind)).transpose()?;
        let precisions = self.precisions_init.map(|nested| {
            let wrong = || value(format!("precisions_init has not the shape of '{}'", kind.name()));
            nested.to_matrices(kind, k).ok_or_else(wrong)
        });
        let start = StartParameters {
            weights: self.weights_init,
            means: self.means_init,
            precisions: precisions.transpose()?,
        };
        params.init = match (labels, warm, self.init_params.as_str()) {
            (Some(labels), ..) => Init::Labels(labels),
            (None, Some(model), _) => Init::Warm(Box::new(model.estimate()?)),
            _ if start != StartParameters::default() => Init::Parameters(start),
            (.., "kmeans") => Init::KMeans,
            (.., "k-means++") => Init::KMeansPlusPlus,
            (.., "random") => Init::Random,
            (.., "random_from_data") => Init::RandomFromData,
            (.., other) => {
                return Err(value(format!(
                    "init_params must be 'kmeans', 'k-means++', 'random', 'random_from_data' or labels; got '{other}'"
                )));
            }
        };
        params.search = match self.merge_split {
            true => Search::MergeSplit(self.budget),
            false => Search::Restarts,
        };
        params.tol = self.tol;
        params.reg_covar = self.reg_covar;
        params.max_iter = self.max_iter;
        params.n_init = self.n_init;
        params.seed = self.seed;
        params.check().map_err(value)
    }
}

impl PriorOptions {
    fn of(self, kind: Covariance) -> PyResult<Priors> {
        let covariance = self.covariance_prior.map(|nested| {
            let wrong =
                || value(format!("covariance_prior has not the shape of '{}'", kind.name()));
            nested.to_matrix(kind).ok_or_else(wrong)
        });
        let covariance: Option<Matrix4<f64>> = covariance.transpose()?;
        let kinds = [WeightPrior::DirichletProcess, WeightPrior::DirichletDistribution];
        let name = self.weight_concentration_prior_type;
        let weights = kinds.into_iter().find(|kind| kind.name() == name).ok_or_else(|| {
            value(format!(
                "weight_concentration_prior_type must be 'dirichlet_process' or 'dirichlet_distribution'; got '{name}'"
            ))
        })?;
        Ok(Priors {
            weights,
            weight_concentration: self.weight_concentration_prior,
            mean_precision: self.mean_precision_prior,
            mean: self.mean_prior,
            degrees_of_freedom: self.degrees_of_freedom_prior,
            covariance,
        })
    }
}

impl KMeansOptions {
    /// The parameters.
    pub fn params(self) -> PyResult<Checked<kmeans::Params>> {
        let seeding = match (self.centers, self.random) {
            (Some(centers), _) => Seeding::Centres(centers),
            (None, true) => Seeding::Random,
            (None, false) => Seeding::PlusPlus,
        };
        let params = kmeans::Params::new(self.n_clusters).seeding(seeding).n_init(self.n_init);
        let params = params.max_iter(self.max_iter).tol(self.tol).seed(self.seed);
        params.check().map_err(value)
    }
}
