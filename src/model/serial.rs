//! Fitted models as serde has them: matrices are lists of rows, and only what is sound is read back.
//!
//! model.json is a format of its own, with scikit-learn's names and all that a run tells.

use nalgebra::Matrix4;
use serde::{Deserialize, Serialize};

use super::covariance::Covariance;
use super::estimate::{Estimate, Gaussian, Posterior};
use super::kmeans::Partition;
use super::sound;
use crate::address::OCTETS;

/// A [`Gaussian`].
#[derive(Serialize, Deserialize)]
pub(super) struct Rows {
    mean: [f64; OCTETS],
    covariance: [[f64; OCTETS]; OCTETS],
    precision_cholesky: [[f64; OCTETS]; OCTETS],
}

impl From<Gaussian> for Rows {
    fn from(Gaussian { mean, covariance, precision_cholesky }: Gaussian) -> Self {
        // nalgebra's arrays are lists of columns.
        let rows = |matrix: Matrix4<f64>| matrix.transpose().into();
        Self {
            mean: mean.into(),
            covariance: rows(covariance),
            precision_cholesky: rows(precision_cholesky),
        }
    }
}

impl From<Rows> for Gaussian {
    fn from(Rows { mean, covariance, precision_cholesky }: Rows) -> Self {
        let matrix = |rows| Matrix4::from(rows).transpose();
        Self {
            mean: mean.into(),
            covariance: matrix(covariance),
            precision_cholesky: matrix(precision_cholesky),
        }
    }
}

/// An [`Estimate`] that nobody has checked.
#[derive(Deserialize)]
pub(super) struct AnyEstimate {
    covariance: Covariance,
    weights: Vec<f64>,
    gaussians: Vec<Gaussian>,
    posterior: Option<Posterior>,
}

impl TryFrom<AnyEstimate> for Estimate {
    type Error = &'static str;

    fn try_from(any: AnyEstimate) -> Result<Self, Self::Error> {
        let AnyEstimate { covariance, weights, gaussians, posterior } = any;
        let estimate = Self { covariance, weights, gaussians, posterior };
        sound::mixture(&estimate)?;
        Ok(estimate)
    }
}

/// A [`Partition`] that nobody has checked.
#[derive(Deserialize)]
pub(super) struct AnyPartition {
    centres: Vec<[f64; OCTETS]>,
    weights: Vec<f64>,
    variance: f64,
}

impl TryFrom<AnyPartition> for Partition {
    type Error = &'static str;

    fn try_from(any: AnyPartition) -> Result<Self, Self::Error> {
        let AnyPartition { centres, weights, variance } = any;
        let partition = Self { centres, weights, variance };
        sound::clusters(&partition)?;
        Ok(partition)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::engine::CpuEngine;
    use crate::model::any::{Model, Params};
    use crate::{BayesianMixture, Covariance, GaussianMixture, KMeans, unobserved};

    fn models() -> Vec<Model> {
        let addresses: Vec<u32> = (0..999).map(|i| 0x0a00_0000 + i * i * 37).collect();
        let bayesian = Covariance::ALL.map(|kind| BayesianMixture::params(3).covariance(kind));
        let mixtures = bayesian.into_iter().chain([GaussianMixture::params(3)]);
        let mut all: Vec<Params> =
            mixtures.map(|params| params.n_init(1).check().unwrap().into()).collect();
        all.push(KMeans::params(3).n_init(1).check().unwrap().into());
        let fit = |params: &Params| params.fit(&mut CpuEngine::new(&addresses), &mut unobserved);
        all.iter().map(|params| fit(params).unwrap().model()).collect()
    }

    #[test]
    fn a_model_is_read_back_as_it_was() {
        for model in models() {
            let text = serde_json::to_string(&model).unwrap();
            assert_eq!(serde_json::from_str::<Model>(&text).unwrap(), model);
        }
    }

    #[test]
    fn matrices_are_rows() {
        let value = serde_json::to_value(&models()[0]).unwrap();
        let factor = &value["mixture"]["gaussians"][0]["precision_cholesky"];
        assert_eq!(value["mixture"]["covariance"], "full");
        assert_ne!(factor[0][3], 0.0, "upper triangles: {factor}");
        assert_eq!(factor[3][0], 0.0);
    }

    #[test]
    fn what_is_not_sound_is_refused() {
        let [mixture, .., clusters] = &models()[..] else { panic!() };
        let refused = |model: &Model, at: &str, part: Value, reason: &str| {
            let mut value = serde_json::to_value(model).unwrap();
            *value.pointer_mut(at).unwrap() = part;
            let error = serde_json::from_value::<Model>(value).unwrap_err().to_string();
            assert!(error.contains(reason), "{at}: {error}");
        };
        refused(mixture, "/mixture/weights", json!([0.5, 0.5]), "not one a component");
        refused(mixture, "/mixture/posterior/mean_precision", json!([1.0]), "mean_precision");
        refused(mixture, "/mixture/gaussians/0/covariance/0/0", json!(-1.0), "belong together");
        refused(mixture, "/mixture/covariance", json!("round"), "unknown variant");
        refused(clusters, "/kmeans/centres/0/0", json!(600.0), "far from all addresses");
        refused(clusters, "/kmeans/weights/0", json!(2.0), "sum to 1");
    }
}
