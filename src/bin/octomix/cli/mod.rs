//! The arguments of the command line, checked as far as they can be without reading a file.

mod bench;
mod choice;
mod compare;
mod detect;
mod engine;
mod extract;
mod filter;
mod fit;
mod generate;
mod input;
mod inputs;
mod model;
mod output;
mod rules;
mod sets;
mod sweep;

use std::num::NonZeroUsize;

use clap::{Parser, Subcommand};

use crate::memory::{self, Size};

pub use bench::{BenchArgs, PassArg};
pub use compare::CompareArgs;
pub use detect::DetectArgs;
pub use engine::{DevicesArgs, EngineArgs, ValidateArgs};
pub use extract::{ExtractArgs, MergeArgs};
pub use filter::FilterArgs;
pub use fit::{FitArgs, SampleArgs, ScoreArgs};
pub use generate::{CaptureFormat, GenerateArgs};
pub use input::InputArgs;
pub use inputs::InputsArgs;
pub use model::{Components, ModelArgs, ModelKind};
pub use output::{
    CheckpointArgs, Format, OutputArgs, PictureArgs, PrintArgs, TableArgs, TableFormat,
};
pub use rules::{AllowArgs, PairsArgs, RuleArgs, RulesArgs};
pub use sets::{SetForm, SetsArgs};
pub use sweep::SweepArgs;

const EXAMPLES: &str = "\
Examples:
  Sources and destinations of a packet capture, pcap or pcapng:
    octomix detect day.pcap

  Of what TShark finds in it, without a file between:
    tshark -r day.pcap -T fields -E header=y -E separator=, -E occurrence=f \\
      -e ip.src -e ip.dst | octomix detect -

  A list of addresses, one a line, taken as destinations:
    octomix detect --role dst blocklist.txt

  The anomalous sources alone, for the next program:
    octomix detect --format json day.csv | jq -r '.src.anomalies[].address'

Exit status: 0 done, 1 failed, 2 wrong command line, 3 done but some inputs were unreadable or damaged";

/// Finds clusters and anomalies in sets of IPv4 addresses
#[derive(Debug, Parser)]
#[command(version, after_help = EXAMPLES)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
    /// How many threads compute, at most four for each core; as many as there are cores if not given
    #[arg(long, global = true, value_name = "N", value_parser = threads, help_heading = "Machine")]
    pub threads: Option<NonZeroUsize>,
    /// How much memory it may take, e.g. 8G or 500M, at least 16M; what the machine, its control group and ulimit
    /// leave, less a tenth, if not given
    #[arg(long, global = true, value_name = "SIZE", value_parser = memory::parse_limit, help_heading = "Machine")]
    pub memory_limit: Option<Size>,
}

/// A number of threads.
fn threads(text: &str) -> Result<NonZeroUsize, String> {
    text.parse().map_err(|_| "expected a number from 1; leave it out for one a core".to_owned())
}

#[derive(Debug, Subcommand)]
pub enum Command {
    Detect(DetectArgs),
    Extract(ExtractArgs),
    Merge(MergeArgs),
    Fit(FitArgs),
    Score(ScoreArgs),
    Sample(SampleArgs),
    Sets(SetsArgs),
    Sweep(SweepArgs),
    Compare(CompareArgs),
    Generate(GenerateArgs),
    Validate(ValidateArgs),
    Bench(BenchArgs),
    Devices(DevicesArgs),
    Inputs(InputsArgs),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn arguments_are_consistent() {
        super::Cli::command().debug_assert();
    }
}
