//! The arguments of `octomix fit`, and of what goes on from its models: `score` and `sample`.

use std::path::PathBuf;

use clap::Args;
use octomix::input::Roles;

use super::choice::one_of;
use super::input::ONE_ROLE;
use super::{
    AllowArgs, CheckpointArgs, EngineArgs, InputArgs, ModelArgs, OutputArgs, PairsArgs,
    PictureArgs, PrintArgs, RuleArgs, RulesArgs, TableArgs,
};

const FIT_EXAMPLES: &str = "\
Examples:
  Train on one day, score another:
    octomix fit monday.csv -o monday
    octomix score --model monday tuesday.csv -o tuesday

  Maximum likelihood with shared covariances, four components, of the destinations:
    octomix fit --model gaussian --covariance tied -k 4 --role dst day.csv

  K-Means, the best of 200 restarts:
    octomix fit --model kmeans -k 5 --n-init 200 day.csv

  The same command, started again after it was killed, goes on where it stopped:
    octomix fit -k 50 huge.pcap -o huge --checkpoint huge.checkpoint";

/// Fits a model to the addresses of each role, for octomix score or scikit-learn.
///
/// Prints a summary and writes model.json for each role, and summary.json, below the output
/// directory.
#[derive(Debug, Args)]
#[command(after_help = FIT_EXAMPLES)]
pub struct FitArgs {
    #[command(flatten)]
    pub input: InputArgs,
    #[command(flatten)]
    pub checkpoint: CheckpointArgs,
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub print: PrintArgs,
    #[command(flatten)]
    pub model: ModelArgs,
    #[command(flatten)]
    pub score: RuleArgs,
    #[command(flatten)]
    pub rules: RulesArgs,
    #[command(flatten)]
    pub engine: EngineArgs,
}

const SCORE_EXAMPLES: &str = "\
Examples:
  Tuesday's addresses by Monday's models, sources and destinations:
    octomix detect monday.csv -o monday
    octomix score --model monday tuesday.csv -o tuesday

  A list of addresses by one model:
    octomix score --model monday/dst/model.json blocklist.txt

  Without the flags on the networks that are known to be odd:
    octomix score --model monday tuesday.csv --allow scanners.txt";

/// Scores addresses by a model that was fitted before: cluster, log-density and the verdict of the
/// threshold that the model was trained with; and tells what has changed since.
///
/// changes.csv has the blocks and addresses that are new, those that have vanished, and what is newly flagged.
#[derive(Debug, Args)]
#[command(after_help = SCORE_EXAMPLES)]
pub struct ScoreArgs {
    #[command(flatten)]
    pub input: InputArgs,
    /// A model.json, or a directory that octomix fit or detect wrote
    #[arg(long, value_name = "MODEL", help_heading = "Model")]
    pub model: PathBuf,
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub print: PrintArgs,
    #[command(flatten)]
    pub pictures: PictureArgs,
    #[command(flatten)]
    pub tables: TableArgs,
    #[command(flatten)]
    pub rules: RulesArgs,
    #[command(flatten)]
    pub allow: AllowArgs,
    #[command(flatten)]
    pub pairs: PairsArgs,
    #[command(flatten)]
    pub engine: EngineArgs,
}

const SAMPLE_EXAMPLES: &str = "\
Examples:
  A thousand addresses such as the model expects:
    octomix sample --model octomix-out --role src --count 1000

  As a list that octomix reads:
    octomix sample --model octomix-out/src/model.json > sampled.csv
    octomix detect sampled.csv";

/// Draws addresses from a fitted mixture, as CSV: address,cluster.
///
/// Each is drawn from the Gaussian of a component and rounded to whole octets; what lies outside
/// 0 to 255 is drawn again, from any component. So each component is drawn by its weight times the share
/// of it that lies inside. The same seed gives the same addresses.
#[derive(Debug, Args)]
#[command(after_help = SAMPLE_EXAMPLES)]
pub struct SampleArgs {
    /// The model.json to draw from, or a directory that octomix fit or detect wrote
    #[arg(long, value_name = "MODEL")]
    pub model: PathBuf,
    /// The role whose model to draw from, of a directory that holds several
    #[arg(long, value_parser = one_of(ONE_ROLE))]
    pub role: Option<Roles>,
    /// How many addresses to draw
    #[arg(short = 'n', long, value_name = "N", default_value_t = 100)]
    pub count: u64,
    /// The seed of the draws
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
}
