//! The threshold of log-densities, as model.json and summary.json have it.

use serde::{Deserialize, Serialize};

use crate::model::scorer::Score;
use crate::rule::threshold::Threshold;

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
