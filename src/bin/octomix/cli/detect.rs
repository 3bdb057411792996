//! The arguments of `octomix detect` and `octomix fit`, and of what goes on from their models: `score` and
//! `sample`.

use std::path::PathBuf;

use clap::Args;

use super::{
    AllowArgs, EngineArgs, InputArgs, ModelArgs, OutputArgs, PictureArgs, PrintArgs, RuleArgs,
    RulesArgs,
};

const DETECT_EXAMPLES: &str = "\
Examples:
  Sources and destinations of a packet capture, and the page of results:
    octomix detect day.pcap -o day
    xdg-open day/report.html

  Only what came from outside to the web servers:
    octomix detect --where 'src public and dport=80,443' day.pcap

  All files below a folder as one capture:
    octomix detect --recursive captures

  Each of them on its own, with a table over all; run again, it goes on with what is missing:
    octomix detect --each captures/*.csv -o results

  A folder a day, each with all its files:
    octomix detect --each 2026-11-* -o days

  The anomalous sources alone, for the next program:
    octomix detect --format json day.csv | jq -r '.src.anomalies[].address'";

/// Fits a model to the addresses of each role and flags those that fit it least.
///
/// Prints a summary and writes addresses.csv, anomalies.csv and model.json for each role, and
/// report.html and summary.json, below the output directory.
#[derive(Debug, Args)]
#[command(after_help = DETECT_EXAMPLES)]
pub struct DetectArgs {
    #[command(flatten)]
    pub input: InputArgs,
    /// Take every CAPTURE, and every match of a pattern, as a capture of its own, a directory with all
    /// files in it: each gets a folder of results, and index.html, index.csv and index.json tell of all.
    /// One that fails does not stop the others. Finished ones are skipped when run again
    #[arg(long, help_heading = "Batch")]
    pub each: bool,
    /// With --each, do again what is finished
    #[arg(long, requires = "each", help_heading = "Batch")]
    pub again: bool,
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub print: PrintArgs,
    #[command(flatten)]
    pub pictures: PictureArgs,
    /// Add each component's responsibility for each address to the tables (predict_proba)
    #[arg(long, help_heading = "Output")]
    pub responsibilities: bool,
    #[command(flatten)]
    pub model: ModelArgs,
    #[command(flatten)]
    pub score: RuleArgs,
    #[command(flatten)]
    pub rules: RulesArgs,
    #[command(flatten)]
    pub allow: AllowArgs,
    #[command(flatten)]
    pub engine: EngineArgs,
}

const FIT_EXAMPLES: &str = "\
Examples:
  Train on one day, score another:
    octomix fit monday.csv -o monday
    octomix score --model monday tuesday.csv -o tuesday

  Maximum likelihood with shared covariances, four components, of the destinations:
    octomix fit --model gaussian --covariance tied -k 4 --role dst day.csv

  K-Means, the best of 200 restarts:
    octomix fit --model kmeans -k 5 --n-init 200 day.csv";

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
/// changes.csv has the blocks that are new, have vanished or have changed, and what is newly flagged.
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
    /// Add each component's responsibility for each address to the tables (predict_proba)
    #[arg(long, help_heading = "Output")]
    pub responsibilities: bool,
    #[command(flatten)]
    pub rules: RulesArgs,
    #[command(flatten)]
    pub allow: AllowArgs,
    #[command(flatten)]
    pub engine: EngineArgs,
}

const SAMPLE_EXAMPLES: &str = "\
Examples:
  A thousand addresses such as the model expects:
    octomix sample --model octomix-out/src/model.json --count 1000

  As a capture that octomix reads:
    octomix sample --model octomix-out/src/model.json > sampled.csv
    octomix detect --role src --src-column address sampled.csv";

/// Draws addresses from a fitted mixture, as CSV: address,cluster.
///
/// Each is drawn from the Gaussian of a component and rounded to whole octets; what lies outside
/// 0 to 255 is drawn again. The same seed gives the same addresses.
#[derive(Debug, Args)]
#[command(after_help = SAMPLE_EXAMPLES)]
pub struct SampleArgs {
    /// The model.json to draw from
    #[arg(long, value_name = "FILE")]
    pub model: PathBuf,
    /// How many addresses to draw
    #[arg(short = 'n', long, value_name = "N", default_value_t = 100)]
    pub count: u64,
    /// The seed of the draws
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
}
