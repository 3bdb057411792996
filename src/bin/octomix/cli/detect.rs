//! The arguments of `octomix detect`.

use clap::Args;

use super::{
    AllowArgs, CheckpointArgs, EngineArgs, InputArgs, ModelArgs, OutputArgs, PairsArgs,
    PictureArgs, PrintArgs, RuleArgs, RulesArgs, TableArgs,
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

  A fit of hours that is killed and started again goes on where it stopped:
    octomix detect huge.pcap -o huge --checkpoint huge.checkpoint

  The sources that were found, for the next program:
    octomix detect --format json day.csv | jq -r '.src.findings[].address'";

/// Finds addresses that are misplaced, sweep blocks or scan hosts, and ranks those that fit a model least.
///
/// Prints a summary, findings first, and writes addresses.csv, anomalies.csv and model.json for each role,
/// report.html, summary.json and what a later octomix score needs, below the output directory.
#[derive(Debug, Args)]
#[command(after_help = DETECT_EXAMPLES)]
pub struct DetectArgs {
    #[command(flatten)]
    pub input: InputArgs,
    /// Take every CAPTURE, and every match of a pattern, as a capture of its own, a directory with all
    /// files in it: each gets a folder of results with its name (captures of one name with more of their paths), and
    /// index.html, index.csv and index.json tell of all.
    /// One that fails does not stop the others. Finished ones are skipped when run again
    #[arg(long, conflicts_with = "checkpoint", help_heading = "Batch")]
    pub each: bool,
    /// With --each, do again what is finished
    #[arg(long, requires = "each", help_heading = "Batch")]
    pub again: bool,
    #[command(flatten)]
    pub checkpoint: CheckpointArgs,
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub print: PrintArgs,
    #[command(flatten)]
    pub pictures: PictureArgs,
    #[command(flatten)]
    pub tables: TableArgs,
    #[command(flatten)]
    pub model: ModelArgs,
    #[command(flatten)]
    pub score: RuleArgs,
    #[command(flatten)]
    pub rules: RulesArgs,
    #[command(flatten)]
    pub allow: AllowArgs,
    #[command(flatten)]
    pub pairs: PairsArgs,
    #[command(flatten)]
    pub engine: EngineArgs,
}
