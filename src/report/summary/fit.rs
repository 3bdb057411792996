//! One fit, as summaries tell it.

use serde::Serialize;

use crate::analysis::Fitted;
use crate::model::Stop;
use crate::model::any::Fit;
use crate::model::auto::LEAST_WEIGHT;
use crate::model::diagnosis::{Collapse, collapses};
use crate::store::model::SearchSummary;

/// One fit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FitSummary {
    /// The kind of model: bayesian, gaussian, kmeans.
    pub kind: &'static str,
    /// The shape of the covariances; mixtures only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub covariance_type: Option<&'static str>,
    /// Components fitted: no more than there are addresses.
    pub components: usize,
    /// The weight of each.
    pub weights: Vec<f64>,
    /// Components of weight 0.005 or more.
    pub needed: usize,
    /// What was optimised: the lower bound in nats, which should be large, or the inertia in squared
    /// octets, which should be small.
    pub objective: Objective,
    /// What numbers of components are compared by, in nats; Bayesian mixtures only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<f64>,
    /// Whether `-k auto` was allowed no more components, and all of these are needed.
    pub at_limit: bool,
    /// Iterations of the best restart.
    pub n_iter: usize,
    /// Whether the best restart converged.
    pub converged: bool,
    /// The best restart, an index of `restarts`.
    pub best_restart: usize,
    /// All restarts.
    pub restarts: Vec<RestartSummary>,
    /// How the search went, where there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search: Option<SearchSummary>,
    /// Components that have collapsed to the regularisation, in words.
    pub collapsed: Vec<String>,
    /// The same as values.
    #[serde(skip)]
    pub collapses: Vec<Collapse>,
}

/// What a fit optimises.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Objective {
    /// The lower bound, in nats: the evidence lower bound of a Bayesian mixture, otherwise the mean
    /// log-likelihood.
    LowerBound(f64),
    /// The inertia, in squared octets.
    Inertia(f64),
}

impl std::fmt::Display for Objective {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::LowerBound(bound) => write!(f, "lower bound {bound:.3}"),
            Self::Inertia(inertia) => write!(f, "inertia {inertia:.1}"),
        }
    }
}

/// The outcome of one restart.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct RestartSummary {
    /// The objective that it reached.
    pub objective: Objective,
    /// Its iterations.
    pub n_iter: usize,
    /// Whether it converged.
    pub converged: bool,
}

impl FitSummary {
    /// The summaries of all fits on the way to what was `fitted`, the model's last.
    pub fn all(fitted: &Fitted) -> Vec<Self> {
        let mut all: Vec<Self> = fitted.fits().map(Self::new).collect();
        if let Some(last) = all.last_mut() {
            last.at_limit = fitted.at_limit && last.needed == last.components;
        }
        all
    }

    /// The summary of `fit`.
    pub fn new(fit: &Fit) -> Self {
        let weights = fit.model().weights().to_vec();
        let evidence = fit.evidence();
        let (kind, covariance_type, best_restart, restarts, collapses, search) = match fit {
            Fit::Mixture(fit) => {
                let kind = if fit.estimator.prior.is_some() { "bayesian" } else { "gaussian" };
                let restart = |course: &crate::model::chain::Course| RestartSummary {
                    objective: Objective::LowerBound(course.lower_bound()),
                    n_iter: course.lower_bounds.len(),
                    converged: course.stop == Stop::Converged,
                };
                let restarts: Vec<_> = fit.restarts.iter().map(restart).collect();
                let collapses = collapses(&fit.estimate, fit.estimator.reg_covar);
                let search = fit.search.as_ref().map(SearchSummary::from);
                let covariance = Some(fit.estimate.covariance.name());
                (kind, covariance, fit.best, restarts, collapses, search)
            }
            Fit::KMeans(fit) => {
                let restart = |outcome: &crate::model::kmeans::Outcome| RestartSummary {
                    objective: Objective::Inertia(outcome.inertia),
                    n_iter: outcome.n_iter,
                    converged: outcome.stop == Stop::Converged,
                };
                let restarts = fit.restarts.iter().map(restart).collect();
                ("kmeans", None, fit.best, restarts, Vec::new(), None)
            }
        };
        let RestartSummary { objective, n_iter, converged } = restarts[best_restart];
        Self {
            kind,
            covariance_type,
            components: weights.len(),
            needed: weights.iter().filter(|&&weight| weight >= LEAST_WEIGHT).count(),
            weights,
            objective,
            evidence,
            at_limit: false,
            n_iter,
            converged,
            best_restart,
            restarts,
            search,
            collapsed: collapses.iter().map(Collapse::to_string).collect(),
            collapses,
        }
    }
}
