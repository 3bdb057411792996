//! The arguments of the command line, checked as far as they can be without reading a file. Those of many
//! commands are here: where to write, what to print and to draw.

mod bench;
mod detect;
mod engine;
mod extract;
mod generate;
mod input;
mod model;
mod rules;
mod sweep;

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};

pub use bench::{BenchArgs, PassArg};
pub use detect::{DetectArgs, FitArgs, SampleArgs, ScoreArgs};
pub use engine::{DevicesArgs, EngineArgs, ValidateArgs};
pub use extract::{ExtractArgs, MergeArgs};
pub use generate::{CaptureFormat, GenerateArgs};
pub use input::InputArgs;
pub use model::{Components, ModelArgs, ModelKind};
pub use rules::{AllowArgs, RuleArgs, RulesArgs};
pub use sweep::{CompareArgs, SweepArgs};

const EXAMPLES: &str = "\
Examples:
  Sources and destinations of a packet capture, pcap or pcapng:
    octomix detect day.pcap

  Of what TShark finds in it, without a file between:
    tshark -r day.pcap -T fields -E header=y -E separator=, -e ip.src -e ip.dst | octomix detect -

  A list of addresses, one a line, taken as destinations:
    octomix detect --role dst blocklist.txt

  The anomalous sources alone, for the next program:
    octomix detect --format json day.csv | jq -r '.src.anomalies[].address'";

/// Finds clusters and anomalies in sets of IPv4 addresses
#[derive(Debug, Parser)]
#[command(version, after_help = EXAMPLES)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    Detect(DetectArgs),
    Extract(ExtractArgs),
    Merge(MergeArgs),
    Fit(FitArgs),
    Score(ScoreArgs),
    Sample(SampleArgs),
    Sweep(SweepArgs),
    Compare(CompareArgs),
    Generate(GenerateArgs),
    Validate(ValidateArgs),
    Bench(BenchArgs),
    Devices(DevicesArgs),
}

/// Where to write.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub struct OutputArgs {
    /// The directory for the result files; made if need be, files in it are replaced
    #[arg(short = 'o', long = "output", value_name = "DIR", default_value = "octomix-out")]
    pub directory: PathBuf,
}

/// Pictures besides those of report.html.
#[derive(Debug, Clone, Copy, Default, Args)]
#[command(next_help_heading = "Output")]
pub struct PictureArgs {
    /// Draw the plane of the principal components in the summary; colours as NO_COLOR allows
    #[arg(long)]
    pub plot: bool,
    /// Write that plane as plane.svg and plane.png for each role too
    #[arg(long)]
    pub plots: bool,
}

/// What to print.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub struct PrintArgs {
    /// What to print on standard output: a summary to read, or the same as JSON
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Show neither progress nor warnings
    #[arg(long, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Tell on standard error how the fit goes: each accepted move of the search, each restart
    #[arg(short = 'v', long)]
    pub verbose: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Format {
    Text,
    Json,
}

/// A value that an option takes by its name, that name, and what `--help` says about it.
type Choice<T> = (T, &'static str, &'static str);

/// A parser that takes the name of one of `choices`.
fn one_of<T: Clone + Send + Sync>(
    choices: &'static [Choice<T>],
) -> impl TypedValueParser<Value = T> {
    let names = choices.iter().map(|&(_, name, help)| PossibleValue::new(name).help(help));
    PossibleValuesParser::new(names).try_map(|given| {
        let found = choices.iter().find(|(_, name, _)| *name == given);
        found.map(|(value, ..)| value.clone()).ok_or("there is no such choice")
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn arguments_are_consistent() {
        super::Cli::command().debug_assert();
    }
}
