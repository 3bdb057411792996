//! Mixtures of golden files: their parameters as octomix takes them, and how near scikit-learn's own
//! rounding lets a result come.

use nalgebra::Matrix4;
use octomix::model::estimate::Estimate;
use octomix::model::init::StartParameters;
use octomix::model::params::MixtureParams;
use octomix::{BayesianMixture, Covariance, GaussianMixture, Init, Priors, WeightPrior};
use serde_json::Value;

use super::sklearn::{FIXED_ITERATIONS, STOPPED_BY_TOLERANCE, floats, indices, points};

/// scikit-learn's own error where it expands the square and a variance is near reg_covar.
pub const CANCELLED: f64 = 1e-3;
/// What eight roundings of a raw second moment of octets come to, in squared octets.
pub const RAW_MOMENT_ROUNDING: f64 = 8.0 * f64::EPSILON * 255.0 * 255.0;
/// How near: a variance below this multiple of reg_covar.
pub const NEAR_REG_COVAR: f64 = 1e3;

/// The files of mixtures of nasty sets, without `nasty_`.
pub const NASTY: [&str; 11] = [
    "two_points_k1",
    "two_points_k2",
    "identical_k1",
    "identical_k2",
    "collinear_k3",
    "slash24_k1",
    "slash24_k3",
    "slash16_k1",
    "weighted_dups",
    "big200k_k1",
    "big200k_k4",
];

/// The files of anomalies, without `anomalies_`.
pub const ANOMALIES: [&str; 6] =
    ["src_bgmm3", "src_bgmm7", "src_gmm3", "dst_bgmm4", "dst_bgmm5", "dst_gmm4"];

/// The mixtures of a golden file.
pub fn cases(file: &Value) -> impl Iterator<Item = &Value> {
    ["cases", "gmm", "bgmm"].into_iter().filter_map(|kind| file.get(kind)?.as_array()).flatten()
}

/// Whether scikit-learn's own rounding keeps it from converging there.
pub fn cut_short(stage_name: &str, stage: &Value) -> bool {
    stage_name.starts_with("tol") && stage["converged"] == false
}

/// The kind of covariance of a case.
pub fn covariance(case: &Value) -> Covariance {
    let name = case["covariance_type"].as_str().unwrap();
    Covariance::ALL.into_iter().find(|kind| kind.name() == name).unwrap()
}

/// One entry of a list of matrices of `kind`, as a matrix: scikit-learn keeps no zeros.
pub fn matrix(kind: Covariance, value: &Value) -> Matrix4<f64> {
    let numbers = floats(value);
    match kind {
        Covariance::Full | Covariance::Tied => Matrix4::from_row_slice(&numbers),
        Covariance::Diag => Matrix4::from_diagonal(&nalgebra::Vector4::from_row_slice(&numbers)),
        Covariance::Spherical => Matrix4::from_diagonal_element(numbers[0]),
    }
}

/// All entries of such a list; a tied one is a single matrix.
pub fn matrices(kind: Covariance, value: &Value) -> Vec<Matrix4<f64>> {
    match kind {
        Covariance::Tied => vec![matrix(kind, value)],
        _ => value.as_array().unwrap().iter().map(|entry| matrix(kind, entry)).collect(),
    }
}

/// How to fit a stage of a case; Bayesian mixtures start from `labels`.
pub fn params(file: &Value, case: &Value, stage: &Value, labels: Vec<u32>) -> MixtureParams {
    let kind = covariance(case);
    let k = case["n_components"].as_u64().unwrap() as usize;
    let params = match case["weight_concentration_prior_type"].as_str() {
        None => GaussianMixture::params(k).init(Init::Parameters(StartParameters {
            weights: Some(floats(&case["weights_init"])),
            means: Some(points(&case["means_init"])),
            precisions: Some(matrices(kind, &case["precisions_init"])),
        })),
        Some(weights) => {
            let given = &case["priors_given"];
            BayesianMixture::params(k).init(Init::Labels(labels)).priors(Priors {
                weights: match weights {
                    "dirichlet_process" => WeightPrior::DirichletProcess,
                    "dirichlet_distribution" => WeightPrior::DirichletDistribution,
                    other => panic!("{file}: {other}"),
                },
                weight_concentration: given["weight_concentration_prior"].as_f64(),
                mean_precision: given["mean_precision_prior"].as_f64(),
                mean: given.get("mean_prior").map(|v| points(v)[0]),
                degrees_of_freedom: given["degrees_of_freedom_prior"].as_f64(),
                covariance: given.get("covariance_prior").map(|v| matrix(kind, v)),
            })
        }
    };
    params
        .covariance(kind)
        .n_init(1)
        .max_iter(stage["max_iter"].as_u64().unwrap() as usize)
        .tol(stage["tol"].as_f64().unwrap())
        .reg_covar(case["reg_covar"].as_f64().unwrap())
}

/// What bounds the relative error of a stage's parameters.
pub fn tolerance(stage_name: &str, case: &Value, estimate: &Estimate) -> f64 {
    let variances = || estimate.gaussians.iter().map(|g| g.covariance.symmetric_eigenvalues());
    let by_tolerance = stage_name.starts_with("tol");
    let least = variances().map(|v| v.min()).fold(f64::INFINITY, f64::min);
    let near = least < NEAR_REG_COVAR * case["reg_covar"].as_f64().unwrap();
    let full = covariance(case) == Covariance::Full;
    // The first iteration's square is not of such variances yet, but of the start's; and a tied
    // covariance is no square.
    let expands = matches!(covariance(case), Covariance::Diag | Covariance::Spherical);
    if near && ((expands && stage_name != "iter1") || (!full && by_tolerance)) {
        return CANCELLED;
    }
    // scikit-learn takes all but full covariances as a difference of raw second moments.
    let cancelled = if full { 0.0 } else { RAW_MOMENT_ROUNDING / least };
    // A Cholesky factor is as uncertain as the covariance is ill-conditioned, on both sides.
    let condition = variances().map(|v| v.max() / v.min().abs()).fold(1.0, f64::max);
    let bound = if by_tolerance { STOPPED_BY_TOLERANCE } else { FIXED_ITERATIONS };
    bound.max(8.0 * f64::EPSILON * condition).max(cancelled)
}

/// scikit-learn's best fit of a file of anomalies, taken up and iterated once more: it stays where
/// it is.
pub fn continued(file: &Value) -> MixtureParams {
    let fit = &file["fit"];
    let k = file["n_components"].as_u64().unwrap() as usize;
    match file["model_kind"].as_str() {
        Some("gmm") => {
            let precision = |c: Matrix4<f64>| {
                let inverse = c.try_inverse().unwrap();
                0.5 * (inverse + inverse.transpose())
            };
            let covariances = matrices(Covariance::Full, &fit["covariances"]);
            GaussianMixture::params(k).init(Init::Parameters(StartParameters {
                weights: Some(floats(&fit["weights"])),
                means: Some(points(&fit["means"])),
                precisions: Some(covariances.into_iter().map(precision).collect()),
            }))
        }
        _ => {
            let labels = indices(&fit["predict"]).iter().map(|&label| label as u32).collect();
            BayesianMixture::params(k).init(Init::Labels(labels))
        }
    }
}
