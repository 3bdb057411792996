//! What makes an address anomalous, and whose flags are not told.

use std::path::Path;
use std::sync::Arc;

use clap::Args;
use octomix::address::Blocks;
use octomix::model::scorer::Score;
use octomix::rule::threshold::Threshold;
use octomix::rule::{Rule, Rules};

use super::choice::{Choice, one_of};
use super::filter::{BlockFile, union};

/// What makes the density of an address anomalous.
#[derive(Debug, Args)]
#[command(next_help_heading = "Score")]
pub struct RuleArgs {
    /// Which densities are low: percentile:P the P % of lowest log-density, in every set; density:X
    /// those below X nats; fdr:Q those too rare for the model, at a rate of Q false
    /// discoveries among addresses that follow it
    #[arg(long, value_name = "RULE", default_value = "percentile:4")]
    pub threshold: Threshold,
    /// Which log-density: scikit-learn's, or that of the posterior predictive distribution
    #[arg(long, value_parser = one_of(SCORES), default_value = "sklearn")]
    pub score: Score,
}

/// By which rules addresses are flagged.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Score")]
pub struct RulesArgs {
    /// The rules by which addresses are flagged, with commas between
    #[arg(
        long,
        value_parser = one_of(RULES),
        value_name = "RULE,...",
        value_delimiter = ',',
        default_value = "low-density,reserved,isolated,gap,sweep,port-scan,new-busy"
    )]
    pub rules: Vec<Rule>,
}

impl RulesArgs {
    /// The rules asked for.
    pub fn rules(&self) -> Rules {
        self.rules.iter().copied().collect()
    }
}

/// Which addresses are known to be good.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Score")]
pub struct AllowArgs {
    /// Tell of no flag on the addresses in the blocks of this file, read as for --only. The fit and the other addresses' flags are as without it, and the flags are counted
    #[arg(long, value_name = "FILE", value_parser = BlockFile::read)]
    pub allow: Vec<BlockFile>,
}

impl AllowArgs {
    /// The blocks of all files, if there is one.
    pub fn blocks(&self) -> Option<Arc<Blocks>> {
        union(&self.allow)
    }

    /// The files.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.allow.iter().map(BlockFile::path)
    }
}

/// Whether pairs of addresses are looked at.
#[derive(Debug, Clone, Copy, Default, Args)]
#[command(next_help_heading = "Score")]
pub struct PairsArgs {
    /// Rank pairs of a source and a destination that do not belong together in pairs.csv: those whose destination is far
    /// from where the source's /24 goes, and with score those of /24s that are new to each other
    #[arg(long)]
    pub pairs: bool,
}

const RULES: &[Choice<Rule>] = &[
    (Rule::LowDensity, "low-density", "Of a log-density below the --threshold"),
    (
        Rule::Reserved,
        "reserved",
        "Of a block set aside: multicast, loopback, documentation and others; not of private networks",
    ),
    (Rule::Isolated, "isolated", "In no block that others are in"),
    (Rule::Gap, "gap", "Far from the other hosts of a dense /24"),
    (Rule::Sweep, "sweep", "A source that contacts most of a block, with few records each"),
    (Rule::PortScan, "port-scan", "A source that asks one destination for many services"),
    (
        Rule::NewBusy,
        "new-busy",
        "With score: a destination not seen on the day of the model, of 20 records a peer or more",
    ),
];

const SCORES: &[Choice<Score>] = &[
    (
        Score::Sklearn,
        "sklearn",
        "score_samples: of a Bayesian mixture the expected log-density, which is not normalised",
    ),
    (
        Score::Predictive,
        "predictive",
        "A mixture of Student's t distributions: a true density, with the tails that the data leave open",
    ),
];
