//! The arguments of `octomix compare`.

use clap::Args;

use super::model::MOST;
use super::{EngineArgs, InputArgs, ModelArgs, OutputArgs, PrintArgs, RuleArgs};

const EXAMPLES: &str = "\
Examples:
  The mixture that octomix detect fits against K-Means with as many clusters:
    octomix compare day.csv

  Three components against five clusters, of the sources:
    octomix compare -k 3 --kmeans-clusters 5 --role src day.csv

  How far they agree, as one number a role:
    octomix compare --format json day.csv | jq '.src.adjusted_rand_index, .dst.adjusted_rand_index'";

/// Fits a mixture and K-Means to the same addresses and shows how far they agree.
///
/// Prints the contingency table of their clusters and the adjusted Rand index, what the addresses of
/// each cluster start with, how many /24 subnets each of them splits, and what each says of the
/// other's anomalies. Writes clusters.csv, which has both clusters of each address, and compare.json for each role,
/// and report.html and summary.json, below the output directory.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct CompareArgs {
    #[command(flatten)]
    pub input: InputArgs,
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub print: PrintArgs,
    #[command(flatten)]
    pub model: ModelArgs,
    /// Clusters of K-Means [default: as many as components of the mixture hold addresses]
    #[arg(long, value_name = "N", help_heading = "Model", allow_negative_numbers = true,
          value_parser = clap::value_parser!(u32).range(1..=MOST))]
    pub kmeans_clusters: Option<u32>,
    #[command(flatten)]
    pub score: RuleArgs,
    #[command(flatten)]
    pub engine: EngineArgs,
}
