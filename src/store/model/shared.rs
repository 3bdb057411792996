//! How a search went and the threshold of log-densities, as model.json and summary.json have them.

use serde::{Deserialize, Serialize};

use crate::model::scorer::Score;
use crate::model::trace::{Move, Trace};
use crate::rule::threshold::Threshold;

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

/// A threshold and the log-density that it came to.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct AppliedThreshold {
    /// The rule.
    #[serde(flatten)]
    pub rule: ThresholdRule,
    /// Which log-density it is of.
    pub score: ScoreName,
    /// The log-density strictly below which an address is anomalous, in nats.
    pub log_density: f64,
}

impl AppliedThreshold {
    /// The `threshold` of the log-densities of `score`, which came to `log_density`.
    pub fn new(threshold: Threshold, score: Score, log_density: f64) -> Self {
        Self { rule: threshold.into(), score: score.into(), log_density }
    }

    /// Whether it stands for a share of any set, and so makes a ranking and no findings.
    pub fn is_share(&self) -> bool {
        matches!(self.rule, ThresholdRule::Percentile { .. })
    }
}

/// A [`Score`] by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "as of `Score`")]
pub enum ScoreName {
    Sklearn,
    Predictive,
}

impl From<Score> for ScoreName {
    fn from(score: Score) -> Self {
        match score {
            Score::Sklearn => Self::Sklearn,
            Score::Predictive => Self::Predictive,
        }
    }
}

impl From<ScoreName> for Score {
    fn from(name: ScoreName) -> Self {
        match name {
            ScoreName::Sklearn => Self::Sklearn,
            ScoreName::Predictive => Self::Predictive,
        }
    }
}

/// The rule of a threshold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum ThresholdRule {
    /// A percentile of all log-densities.
    Percentile {
        /// Which, from 0 to 100.
        percentile: f64,
    },
    /// The log-density itself.
    Density,
    /// The least dense that the model does not explain.
    Fdr {
        /// The rate of false discoveries.
        fdr: f64,
    },
}

impl From<Threshold> for ThresholdRule {
    fn from(threshold: Threshold) -> Self {
        match threshold {
            Threshold::Percentile(percentile) => Self::Percentile { percentile },
            Threshold::Density(_) => Self::Density,
            Threshold::Fdr(fdr) => Self::Fdr { fdr },
        }
    }
}
