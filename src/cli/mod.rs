//! The arguments of the command line, checked as far as they can be without reading a file.

mod allow;
mod bench;
mod compare;
mod extract;
mod filter;
mod generate;
mod model;
mod sweep;

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use octomix::engine::choice::EngineKind;
use octomix::engine::gpu::listing::LISTINGS;
use octomix::input::{self, Directories, Roles};
use octomix::model::scorer::Score;
use octomix::rule::{Rule, Rules};
use octomix::score::Threshold;

pub use allow::AllowArgs;
pub use bench::{BenchArgs, PassArg};
pub use compare::CompareArgs;
pub use extract::{ExtractArgs, MergeArgs};
pub use filter::FilterArgs;
pub use generate::{CaptureFormat, Count, GenerateArgs, ShapeArg};
pub use model::{
    Components, CovarianceArg, InitArg, ModelArgs, ModelKind, SearchArg, WeightArg, WeightPriorArg,
};
pub use sweep::{Numbers, SweepArgs};

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

const VALIDATE_EXAMPLES: &str = "\
Examples:
  Before trusting a new driver, on one's own addresses:
    octomix validate day.csv

  A software adapter beside a GPU, with many components:
    octomix validate --engine gpu --adapter llvmpipe -k 20 day.csv";

/// Compares every engine with the reference, on the same parameters and the addresses given.
///
/// Prints the largest error of each statistic of each pass, the bound that follows from the engine's
/// arithmetic, and a verdict. Ends with status 1 if a bound is exceeded.
#[derive(Debug, Args)]
#[command(after_help = VALIDATE_EXAMPLES)]
pub struct ValidateArgs {
    #[command(flatten)]
    pub input: InputArgs,
    /// Components of the mixtures and centres compared
    #[arg(short = 'k', long, value_name = "N", default_value_t = 7, help_heading = "Model",
          value_parser = clap::value_parser!(u32).range(1..=model::MOST))]
    pub components: u32,
    #[command(flatten)]
    pub engine: EngineArgs,
    #[command(flatten)]
    pub print: PrintArgs,
}

const DEVICES_EXAMPLES: &str = "\
Examples:
  What there is, for a bug report:
    octomix devices

  The kernel of an iteration of a mixture of five components, as the GPU is given it:
    octomix devices --shader expectation -k 5 > expectation.wgsl";

/// Lists the GPU adapters and which of them octomix would use or, where there is none, why.
#[derive(Debug, Args)]
#[command(after_help = DEVICES_EXAMPLES)]
pub struct DevicesArgs {
    /// Print the WGSL of this kernel instead, as a GPU is given it
    #[arg(long, value_name = "NAME", conflicts_with = "format",
          value_parser = PossibleValuesParser::new(LISTINGS.map(|listing| listing.name)))]
    pub shader: Option<String>,
    /// The components that the kernel is for
    #[arg(short = 'k', long, value_name = "N", default_value_t = 8, requires = "shader",
          value_parser = clap::value_parser!(u32).range(1..=model::MOST))]
    pub components: u32,
    /// What to print: a list to read, or JSON
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

/// What to read.
#[derive(Debug, Clone, Default, Args)]
pub struct InputArgs {
    /// Packet captures (pcap, pcapng), flow logs, CSV, JSON lines, lists of addresses, or what octomix
    /// extract wrote; patterns such as 'day*.csv'; - is standard input
    #[arg(required = true, value_name = "CAPTURE")]
    pub captures: Vec<PathBuf>,
    /// Read directories: all files in them and below, but hidden ones and results of octomix
    #[arg(short = 'r', long, help_heading = "Input")]
    pub recursive: bool,
    /// The side of the packets to look at [default: both; of a list, src]
    #[arg(long, help_heading = "Input")]
    pub role: Option<RoleArg>,
    /// The column of the source addresses, or the path of a JSON field [default: known names, such as ip.src]
    #[arg(long, visible_alias = "src-field", value_name = "NAME", help_heading = "Input")]
    pub src_column: Option<String>,
    /// The column of the destination addresses, or the path of a JSON field [default: known names, such as ip.dst]
    #[arg(long, visible_alias = "dst-field", value_name = "NAME", help_heading = "Input")]
    pub dst_column: Option<String>,
    /// The IPv4 header of a packet capture that counts where packets carry others, as in GRE or VXLAN
    #[arg(long, value_enum, default_value_t = TunnelsArg::Outer, help_heading = "Input")]
    pub tunnels: TunnelsArg,
    /// Fail on damaged or cut files and on malformed cells, which are counted and told otherwise
    #[arg(long, help_heading = "Input")]
    pub strict: bool,
    #[command(flatten)]
    pub filter: FilterArgs,
}

impl InputArgs {
    /// How the captures are to be read.
    pub fn options(&self) -> input::Options {
        input::Options {
            roles: self.role.map(RoleArg::roles),
            source_column: self.src_column.clone(),
            destination_column: self.dst_column.clone(),
            tunnels: self.tunnels.tunnels(),
            directories: match self.recursive {
                true => Directories::Files,
                false => Directories::Refused,
            },
            strict: self.strict,
            filter: self.filter.condition.clone(),
            only: self.filter.only(),
            exclude: self.filter.exclude(),
            times: self.filter.times,
        }
    }
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

/// Where to compute.
#[derive(Debug, Args)]
#[command(next_help_heading = "Engine")]
pub struct EngineArgs {
    /// Where to compute
    #[arg(long, value_enum, default_value_t = EngineArg::Auto)]
    pub engine: EngineArg,
    /// Part of the name of the GPU to take; with auto, whatever the size
    #[arg(long, value_name = "NAME")]
    pub adapter: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub enum TunnelsArg {
    /// The outermost, as TShark's first ip.src
    #[default]
    Outer,
    /// The innermost
    Inner,
}

impl TunnelsArg {
    fn tunnels(self) -> input::Tunnels {
        match self {
            Self::Outer => input::Tunnels::Outer,
            Self::Inner => input::Tunnels::Inner,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum RoleArg {
    /// Sources
    Src,
    /// Destinations
    Dst,
    /// Sources and destinations, each on its own
    Both,
    /// Sources and destinations as one set
    Any,
}

impl RoleArg {
    /// The roles asked for.
    pub fn roles(self) -> Roles {
        match self {
            Self::Src => Roles::Source,
            Self::Dst => Roles::Destination,
            Self::Both => Roles::Both,
            Self::Any => Roles::Any,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum EngineArg {
    /// A GPU if there is one and the addresses are many, otherwise cpu
    Auto,
    /// A GPU; fails where there is none
    Gpu,
    /// All cores
    Cpu,
    /// One core, by the plain definitions that the others are checked against
    Reference,
}

impl EngineArg {
    /// The engine asked for.
    pub fn kind(self) -> EngineKind {
        match self {
            Self::Auto => EngineKind::Auto,
            Self::Gpu => EngineKind::Gpu,
            Self::Cpu => EngineKind::Cpu,
            Self::Reference => EngineKind::Reference,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Format {
    Text,
    Json,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn arguments_are_consistent() {
        super::Cli::command().debug_assert();
    }
}
