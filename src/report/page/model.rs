//! Models and fits in words.

use super::chart::number;
use crate::report::summary::fit::{FitSummary, Objective};

/// A kind of model, and what its covariances may be, in words.
pub(super) fn model_name(kind: &str, covariance_type: Option<&str>) -> String {
    match (kind, covariance_type) {
        ("kmeans", _) => "K-Means".to_owned(),
        ("gaussian", Some(covariance)) => format!("Gaussian mixture, {covariance} covariances"),
        (_, Some(covariance)) => format!("Bayesian Gaussian mixture, {covariance} covariances"),
        (kind, None) => kind.to_owned(),
    }
}

/// A fit in one sentence.
pub(super) fn fit_sentence(fit: &FitSummary) -> String {
    let name = model_name(fit.kind, fit.covariance_type);
    let objective = match fit.objective {
        Objective::LowerBound(bound) if fit.kind == "gaussian" => {
            format!("mean log-likelihood {}", number(bound, 0.001))
        }
        Objective::LowerBound(bound) => format!("lower bound {}", number(bound, 0.1)),
        Objective::Inertia(inertia) => format!("inertia {}", number(inertia, 0.1)),
    };
    let end = if fit.converged { "converged after" } else { "not converged in" };
    let (components, iterations) = (fit.components, fit.n_iter);
    format!("{name}, {components} components, {objective}, {end} {iterations} iterations")
}
