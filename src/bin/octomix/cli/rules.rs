//! What makes an address anomalous.

use clap::{Args, ValueEnum};
use octomix::model::scorer::Score;
use octomix::rule::{Rule, Rules};
use octomix::rule::threshold::Threshold;

/// What makes the density of an address anomalous.
#[derive(Debug, Args)]
#[command(next_help_heading = "Score")]
pub struct RuleArgs {
    /// Which densities are low: percentile:P the P % of lowest log-density, in every set; density:X
    /// those below X nats; fdr:Q those that the model does not explain, of which a share of Q may be
    /// mistaken
    #[arg(long, value_name = "RULE", default_value = "percentile:4")]
    pub threshold: Threshold,
    /// Which log-density: scikit-learn's, or that of the posterior predictive distribution
    #[arg(long, value_enum, default_value_t = ScoreArg::Sklearn)]
    pub score: ScoreArg,
}

/// By which rules addresses are flagged.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Score")]
pub struct RulesArgs {
    /// The rules by which addresses are flagged, with commas between
    #[arg(
        long,
        value_enum,
        value_name = "RULE,...",
        value_delimiter = ',',
        default_value = "low-density,reserved,isolated,gap"
    )]
    pub rules: Vec<RuleArg>,
}

impl RulesArgs {
    /// The rules asked for.
    pub fn rules(&self) -> Rules {
        self.rules.iter().map(|rule| rule.rule()).collect()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RuleArg {
    /// Of a log-density below the --threshold
    LowDensity,
    /// Of a block set aside: multicast, loopback, documentation and others; not of private networks
    Reserved,
    /// In no block that others are in
    Isolated,
    /// Far from the other hosts of a dense /24
    Gap,
}

impl RuleArg {
    fn rule(self) -> Rule {
        match self {
            Self::LowDensity => Rule::LowDensity,
            Self::Reserved => Rule::Reserved,
            Self::Isolated => Rule::Isolated,
            Self::Gap => Rule::Gap,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ScoreArg {
    /// score_samples: of a Bayesian mixture the expected log-density, which is not normalised
    Sklearn,
    /// A mixture of Student's t distributions: a true density, with the tails that the data leave open
    Predictive,
}

impl ScoreArg {
    /// The score asked for.
    pub fn score(self) -> Score {
        match self {
            Self::Sklearn => Score::Sklearn,
            Self::Predictive => Score::Predictive,
        }
    }
}
