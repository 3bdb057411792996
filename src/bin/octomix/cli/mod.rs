//! The arguments of the command line, checked as far as they can be without reading a file.

mod bench;
mod choice;
mod compare;
mod completions;
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
use std::sync::LazyLock;

use clap::{ColorChoice, CommandFactory, FromArgMatches, Parser, Subcommand};
use octomix::engine::gpu::GpuError;

use crate::memory::{self, Size};

pub use bench::{BenchArgs, PassArg};
pub use compare::CompareArgs;
pub use completions::{CompletionsArgs, ManArgs};
pub use detect::DetectArgs;
pub use engine::{DevicesArgs, EngineArgs, ValidateArgs};
pub use extract::{ExtractArgs, MergeArgs};
pub use filter::FilterArgs;
pub use fit::{FitArgs, SampleArgs, ScoreArgs};
pub use generate::{CaptureFormat, GenerateArgs};
pub use input::InputArgs;
pub use inputs::InputsArgs;
pub use model::{Components, ModelArgs, ModelKind};
pub use output::{CheckpointArgs, Format, OutputArgs, PictureArgs, PrintArgs, TableArgs};
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

  The sources worth a look alone, for the next program:
    octomix detect --format json day.csv | jq -r '.src.findings[].address'

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
    /// Whether to show colours: auto does on terminals, unless NO_COLOR says no or CLICOLOR_FORCE says yes
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "WHEN",
        default_value_t,
        help_heading = "Machine"
    )]
    pub color: ColorChoice,
    /// Show neither progress nor warnings
    // Read from the commands that have it as well, to which clap hands it on.
    #[arg(short = 'q', long, global = true, help_heading = "Output")]
    pub quiet: bool,
}

/// The commands that a newcomer needs first.
const FIRST: [&str; 5] = ["detect", "score", "extract", "sets", "inputs"];

/// Reads the arguments of the program.
///
/// # Errors
/// When they are wrong, or ask for help.
pub fn parse() -> Result<Cli, clap::Error> {
    Cli::from_arg_matches(&command().try_get_matches()?)
}

/// The whole command line, whose help names the [`FIRST`] commands before the others.
pub fn command() -> clap::Command {
    // Before it is built, so that every command takes them.
    let mut command = Cli::command().color(asked_colour()).long_version(VERSION.as_str());
    command.build();
    let header = *command.get_styles().get_header();
    let list = |is_meant: fn(&str) -> bool| {
        let meant = command.get_subcommands().filter(|one| is_meant(one.get_name()));
        meant.fold(String::new(), |list, one| {
            let about = one.get_about().map(ToString::to_string).unwrap_or_default();
            list + &folded(one.get_name(), &about)
        })
    };
    let template = format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n\
         {header}For a start:{header:#}\n{}\n{header}Other commands:{header:#}\n{}\n\
         {header}Options:{header:#}\n{{options}}{{after-help}}",
        list(|name| FIRST.contains(&name)),
        list(|name| !FIRST.contains(&name)),
    );
    command.help_template(template)
}

/// A command and what it is `about`, in lines of 80 columns.
fn folded(name: &str, about: &str) -> String {
    let (mut text, mut line) = (String::new(), format!("  {name:<12}"));
    for word in about.split(' ') {
        if line.chars().count() + 1 + word.chars().count() > 80 {
            text += &line;
            text.push('\n');
            line = " ".repeat(14);
        }
        line.push(' ');
        line += word;
    }
    text + &line + "\n"
}

/// The version, the features of the build, what to do where that of GPUs is missing, and the revision if the build was
/// told of it: no build needs git.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut features = "cli".to_owned();
    let mut missing = String::new();
    match cfg!(feature = "gpu") {
        true => features += ", gpu",
        false => missing = format!("\ngpu: {}", GpuError::NotBuilt),
    }
    if cfg!(feature = "parquet") {
        features += ", parquet";
    }
    let revision = option_env!("OCTOMIX_REVISION")
        .filter(|revision| !revision.is_empty())
        .map_or(String::new(), |revision| format!("\nrevision: {revision}"));
    format!("{}\nfeatures: {features}{missing}{revision}", env!("CARGO_PKG_VERSION"))
});

/// The colours that are asked for. Help and errors are shown before the arguments are understood.
fn asked_colour() -> ColorChoice {
    let arguments = std::env::args_os().skip(1);
    let arguments = arguments.map(|argument| argument.to_string_lossy().into_owned());
    let mut arguments = arguments.take_while(|argument| argument != "--");
    let mut asked = ColorChoice::Auto;
    while let Some(argument) = arguments.next() {
        let value = match argument.strip_prefix("--color") {
            Some("") => arguments.next(),
            Some(value) => value.strip_prefix('=').map(str::to_owned),
            None => None,
        };
        asked = value.and_then(|value| value.parse().ok()).unwrap_or(asked);
    }
    asked
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
    Completions(CompletionsArgs),
    Man(ManArgs),
}

#[cfg(test)]
mod tests {
    #[test]
    fn arguments_are_consistent() {
        super::command().debug_assert();
    }

    #[test]
    fn the_first_commands_are_commands() {
        let command = super::command();
        assert!(super::FIRST.iter().all(|name| command.find_subcommand(name).is_some()));
    }
}
