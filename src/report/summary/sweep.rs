//! sweep.json: the figures of fits with several numbers of components.

use serde::Serialize;

use crate::model::auto::favoured;
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
    /// Whether each number was searched by merges and splits, as `octomix detect` does.
    pub searched: bool,
    /// The number at which the tightness bends most, if it does.
    pub knee: Option<usize>,
    /// The number that `-k auto` would choose of these, by the evidence; Bayesian mixtures only.
    pub by_evidence: Option<usize>,
    /// A row for each number of components, in order.
    pub rows: Vec<Row<()>>,
}

impl Sweep {
    /// The sweep of these `rows` over so many `addresses`.
    pub fn new(
        addresses: usize,
        (kind, covariance_type): (&'static str, Option<&'static str>),
        searched: bool,
        rows: Vec<Row<()>>,
    ) -> Self {
        let curve: Vec<(usize, f64)> = rows.iter().map(|row| (row.k, row.tightness)).collect();
        let told = |row: &Row<()>| Some((row.k, row.needed, row.evidence?));
        let by_evidence = favoured(rows.iter().filter_map(told));
        Self { addresses, kind, covariance_type, searched, knee: knee(&curve), by_evidence, rows }
    }

    /// Whether numbers of components can be compared by the evidence: those of Bayesian mixtures.
    pub fn has_evidence(&self) -> bool {
        self.rows.iter().any(|row| row.evidence.is_some())
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

    /// Decimals that tell one lower bound from another; that of maximum likelihood is a mean over the
    /// addresses, so it needs more.
    pub(in crate::report) fn bound_decimals(&self) -> usize {
        if self.kind == "gaussian" { 4 } else { 1 }
    }
}
