//! sweep.json: the figures of fits with several numbers of components.

use serde::Serialize;

use crate::model::sweep::{Row, knee};

/// What a sweep found for one role.
#[derive(Debug, Clone, Serialize)]
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
    pub rows: Vec<Row<()>>,
}

impl Sweep {
    /// The sweep of these `rows` over so many `addresses`.
    pub fn new(
        addresses: usize,
        kind: &'static str,
        covariance_type: Option<&'static str>,
        rows: Vec<Row<()>>,
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

    fn least(&self, figure: impl Fn(&Row<()>) -> f64) -> Option<usize> {
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
