//! How a search went, as model.json and summary.json tell it.

use serde::{Deserialize, Serialize};

use crate::model::trace::{Move, Trace};

/// A search by merges and splits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SearchSummary {
    /// Address-component evaluations spent.
    pub evaluations: f64,
    /// Address-component evaluations allowed.
    pub budget: f64,
    /// The steps that led to the fit, each with a higher bound than the last.
    pub moves: Vec<MoveSummary>,
}

/// A step of a search.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MoveSummary {
    /// kmeans and agglomeration are starts; merge-split and resplit are moves; finish ends a search.
    pub kind: String,
    /// The components concerned, numbered as they were before: of a merge-split the two merged, then
    /// the one split.
    pub components: Vec<usize>,
    /// The lower bound before, in nats; a start has no such bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<f64>,
    /// The lower bound after.
    pub after: f64,
    /// Address-component evaluations spent until then.
    pub evaluations: f64,
}

impl From<&Trace> for SearchSummary {
    fn from(trace: &Trace) -> Self {
        let step = |step: &Move| MoveSummary {
            kind: step.kind.name().to_owned(),
            components: step.components.clone(),
            before: Some(step.before).filter(|bound| bound.is_finite()),
            after: step.after,
            evaluations: step.evaluations,
        };
        let moves = trace.moves.iter().map(step).collect();
        Self { evaluations: trace.evaluations, budget: trace.budget, moves }
    }
}
