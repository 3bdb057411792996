//! sweep.json: the figures of fits with several numbers of components.

use serde::Serialize;

use super::seconds::RoleSeconds;
use crate::model::sweep::{Row, knee};

/// What a sweep found for one role.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sweep {
    /// Distinct addresses.
    pub addresses: usize,
    /// The kind of model: bayesian, gaussian, kmeans.
    pub kind: &'static str,
    /// The shape of the covariances; mixtures only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub covariance_type: Option<&'static str>,
    /// The number at which the tightness bends most, if it does.
    pub knee: Option<usize>,
    /// A row for each number of components, in order.
    pub rows: Vec<SweepRow>,
}

/// A fit with one number of components.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SweepRow {
    /// Components, or clusters.
    pub k: usize,
    /// Those that hold addresses.
    pub used: usize,
    /// The mean distance of the addresses to the nearest centre, in octets.
    pub tightness: f64,
    /// The sum of squared distances to the nearest centre, in squared octets.
    pub inertia: f64,
    /// The log-likelihood, in nats.
    pub log_likelihood: f64,
    /// The Bayesian information criterion; less is better.
    pub bic: f64,
    /// Akaike's information criterion; less is better.
    pub aic: f64,
    /// What a mixture maximises, in nats; K-Means has none.
    pub lower_bound: Option<f64>,
    /// Iterations of the best restart.
    pub n_iter: usize,
    /// Whether the best restart converged.
    pub converged: bool,
    /// How much of the time of the sweep it took.
    pub seconds: f64,
}

impl<F> From<&Row<F>> for SweepRow {
    fn from(row: &Row<F>) -> Self {
        Self {
            k: row.k,
            used: row.used,
            tightness: row.tightness,
            inertia: row.inertia,
            log_likelihood: row.log_likelihood,
            bic: row.bic,
            aic: row.aic,
            lower_bound: row.lower_bound,
            n_iter: row.n_iter,
            converged: row.converged,
            seconds: row.seconds,
        }
    }
}

impl Sweep {
    /// The sweep of these `rows` over so many `addresses`.
    pub fn new(
        addresses: usize,
        kind: &'static str,
        covariance_type: Option<&'static str>,
        rows: Vec<SweepRow>,
    ) -> Self {
        let curve: Vec<(usize, f64)> = rows.iter().map(|row| (row.k, row.tightness)).collect();
        Self { addresses, kind, covariance_type, knee: knee(&curve), rows }
    }

    /// The number with the least BIC.
    pub fn least_bic(&self) -> Option<usize> {
        self.least(|row| row.bic)
    }

    /// The number with the least AIC.
    pub fn least_aic(&self) -> Option<usize> {
        self.least(|row| row.aic)
    }

    fn least(&self, figure: impl Fn(&SweepRow) -> f64) -> Option<usize> {
        self.rows.iter().min_by(|a, b| figure(a).total_cmp(&figure(b))).map(|row| row.k)
    }

    /// The number with the largest lower bound; `None` for maximum likelihood, whose bound grows with
    /// every component and so favours none.
    pub fn largest_bound(&self) -> Option<usize> {
        let bounds = self.rows.iter().filter_map(|row| Some((row.k, row.lower_bound?)));
        let largest = bounds.max_by(|a, b| a.1.total_cmp(&b.1))?;
        (self.kind == "bayesian").then_some(largest.0)
    }

    /// Decimals that tell one lower bound from another; that of maximum likelihood is a mean over the
    /// addresses, so it needs more.
    pub(in crate::report) fn bound_decimals(&self) -> usize {
        if self.kind == "gaussian" { 4 } else { 1 }
    }
}

/// A sweep, and how long it took.
#[derive(Debug, Clone, Serialize)]
pub struct SweepSummary {
    /// What it found.
    #[serde(flatten)]
    pub sweep: Sweep,
    /// How long it took.
    pub seconds: RoleSeconds,
}
