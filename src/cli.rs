//! The arguments of the command line, checked as far as they can be without reading a file.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use octomix::engine::choice::EngineKind;
use octomix::input::{self, Roles};
use octomix::model::bayesian;
use octomix::score::Threshold;

const EXAMPLES: &str = "\
Examples:
  Sources and destinations of a packet capture:
    tshark -r day.pcap -T fields -E header=y -E separator=, -e ip.src -e ip.dst > day.csv
    octomix detect day.csv

  The same without a file between:
    tshark ... | octomix detect -

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
    Validate(ValidateArgs),
    Devices(DevicesArgs),
}

/// Fits a mixture to the addresses of each role and flags those that fit it least.
///
/// Prints a summary and writes addresses.csv, anomalies.csv and model.json for each role, and
/// summary.json, below the output directory.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct DetectArgs {
    #[command(flatten)]
    pub input: InputArgs,
    /// The directory for the result files; made if need be, files in it are replaced
    #[arg(
        short = 'o',
        long = "output",
        value_name = "DIR",
        default_value = "octomix-out",
        help_heading = "Output"
    )]
    pub directory: PathBuf,
    #[command(flatten)]
    pub print: PrintArgs,
    #[command(flatten)]
    pub model: ModelArgs,
    /// Which addresses are anomalous: percentile:P flags the P % of lowest log-density
    #[arg(long, value_name = "RULE", default_value = "percentile:4", help_heading = "Model")]
    pub threshold: Threshold,
    #[command(flatten)]
    pub engine: EngineArgs,
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
          value_parser = clap::value_parser!(u32).range(1..=MOST))]
    pub components: u32,
    #[command(flatten)]
    pub engine: EngineArgs,
    #[command(flatten)]
    pub print: PrintArgs,
}

/// Lists the GPU adapters and which of them octomix would use or, where there is none, why.
#[derive(Debug, Args)]
pub struct DevicesArgs {
    /// What to print: a list to read, or JSON
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

/// What to read.
#[derive(Debug, Args)]
pub struct InputArgs {
    /// CSV files with a header line, or lists of addresses, one a line; - is standard input
    #[arg(required = true, value_name = "CAPTURE")]
    pub captures: Vec<PathBuf>,
    /// The side of the packets to look at [default: both; of a list, src]
    #[arg(long, help_heading = "Input")]
    pub role: Option<RoleArg>,
    /// The CSV column of the source addresses [default: known names, such as ip.src]
    #[arg(long, value_name = "NAME", help_heading = "Input")]
    pub src_column: Option<String>,
    /// The CSV column of the destination addresses [default: known names, such as ip.dst]
    #[arg(long, value_name = "NAME", help_heading = "Input")]
    pub dst_column: Option<String>,
}

impl InputArgs {
    /// How the captures are to be read.
    pub fn options(&self) -> input::Options {
        input::Options {
            roles: self.role.map(RoleArg::roles),
            source_column: self.src_column.clone(),
            destination_column: self.dst_column.clone(),
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
    #[arg(long)]
    pub quiet: bool,
}

/// What to fit, and how.
#[derive(Debug, Args)]
#[command(next_help_heading = "Model")]
pub struct ModelArgs {
    /// The kind of model
    #[arg(long, value_enum, default_value_t = Model::Bayesian)]
    pub model: Model,
    /// Components of the mixture; those that the addresses do not need stay empty
    #[arg(short = 'k', long, value_name = "N", default_value_t = 7, allow_negative_numbers = true,
          value_parser = clap::value_parser!(u32).range(1..=MOST))]
    pub components: u32,
    /// The shape of the components
    #[arg(long, value_enum, default_value_t = Covariance::Full)]
    pub covariance: Covariance,
    /// The prior of the components' weights
    #[arg(long, value_enum, default_value_t = WeightPrior::DirichletProcess)]
    pub weight_prior: WeightPrior,
    /// Restarts from different starting points, of which the best is kept
    #[arg(long, value_name = "N", default_value_t = 10, allow_negative_numbers = true,
          value_parser = clap::value_parser!(u32).range(1..=MOST))]
    pub n_init: u32,
    /// Iterations after which a restart stops at the latest
    #[arg(long, value_name = "N", default_value_t = 100, allow_negative_numbers = true,
          value_parser = clap::value_parser!(u32).range(1..=MOST))]
    pub max_iter: u32,
    /// A restart stops when its lower bound changes by less, in nats
    #[arg(long, value_name = "X", default_value = "1e-3", allow_negative_numbers = true, value_parser = non_negative)]
    pub tol: f64,
    /// Added to the variance of every octet in every component, in squared octets
    #[arg(long, value_name = "X", default_value = "1e-6", allow_negative_numbers = true, value_parser = non_negative)]
    pub reg_covar: f64,
    /// The seed of all random choices: the same seed gives the same files
    #[arg(long, value_name = "N", default_value_t = 0, allow_negative_numbers = true)]
    pub seed: u64,
}

/// More components, restarts or iterations are a slip of the keyboard, and would fill the memory.
const MOST: i64 = 1_000_000;

impl ModelArgs {
    /// The parameters of the fit, with as many components as asked for.
    pub fn params(&self) -> bayesian::Params {
        // Nothing to choose yet; a second kind would not compile here.
        let Model::Bayesian = self.model;
        let Covariance::Full = self.covariance;
        let WeightPrior::DirichletProcess = self.weight_prior;
        bayesian::Params {
            n_init: self.n_init as usize,
            max_iter: self.max_iter as usize,
            tol: self.tol,
            reg_covar: self.reg_covar,
            seed: self.seed,
            ..bayesian::Params::new(self.components as usize)
        }
    }
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

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum RoleArg {
    /// Sources
    Src,
    /// Destinations
    Dst,
    /// Sources and destinations, each on its own
    Both,
}

impl RoleArg {
    fn roles(self) -> Roles {
        match self {
            Self::Src => Roles::Source,
            Self::Dst => Roles::Destination,
            Self::Both => Roles::Both,
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

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Model {
    /// A variational Bayesian Gaussian mixture
    Bayesian,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Covariance {
    /// Any ellipsoid for each component
    Full,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum WeightPrior {
    /// A stick broken without end: few components take most of the weight
    DirichletProcess,
}

fn non_negative(text: &str) -> Result<f64, String> {
    let number: Option<f64> = text.parse().ok();
    number
        .filter(|x| x.is_finite() && *x >= 0.0)
        .ok_or_else(|| "expected a number from 0, for example 1e-3".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn arguments_are_consistent() {
        super::Cli::command().debug_assert();
    }
}
