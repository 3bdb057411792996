//! The arguments of `octomix bench`.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use octomix::synthetic::Shape;

use super::choice::one_of;
use super::generate::{SHAPES, count};
use super::model::positive;
use super::sweep::numbers;
use super::{EngineArgs, PrintArgs};

const EXAMPLES: &str = "\
Examples:
  What this machine does, in about a minute:
    octomix bench

  The same as Markdown, to paste into a discussion:
    octomix bench --markdown

  All there is to know of a machine with a GPU, in four minutes, as a JSON and a Markdown file:
    octomix bench --report benches/results

  Whether a GPU repays itself at ten million addresses:
    octomix bench --addresses 10M -k 8 --pass expectation,lloyd

  One iteration of a fitted model on its own addresses, with the sums it gives, on one thread:
    octomix fit -k 8 list.txt -o out
    octomix bench list.txt --model out/src/model.json --engine cpu --threads 1";

/// Times the passes on every engine, after checking their answers.
///
/// Prints nanoseconds an address, how far runs differ, what computing each address by itself would take, and the
/// sizes from which the GPU beats the CPU. Each engine is compared with the reference first: a wrong
/// answer ends with status 1.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct BenchArgs {
    /// Write a report of the whole machine to this directory instead, within --budget: JSON and Markdown
    ///
    /// Validates every kernel, times every pass on the CPU and the GPU for 2 to 32 components, as far as
    /// all 2^32 addresses where time and memory allow, and whole fits. Says what was left out, and why.
    #[arg(
        long,
        value_name = "DIR",
        conflicts_with_all = [
            "captures", "shape", "addresses", "seed", "components", "model", "pass", "seconds",
        ],
        help_heading = "Report"
    )]
    pub report: Option<PathBuf>,
    /// Seconds that it may take; below 60 sizes are smaller [default: 240]
    #[arg(long, value_name = "X", allow_negative_numbers = true, value_parser = positive,
          help_heading = "Report")]
    pub budget: Option<f64>,
    /// Captures or lists to run on [default: synthetic sets]
    #[arg(value_name = "CAPTURE", conflicts_with_all = ["shape", "addresses", "seed"])]
    pub captures: Vec<PathBuf>,
    /// How the addresses of synthetic sets lie in the address space
    #[arg(
        long,
        value_parser = one_of(SHAPES),
        value_name = "SHAPE,...",
        value_delimiter = ',',
        default_value = "sparse,slash24,mixed",
        help_heading = "Sets"
    )]
    pub shape: Vec<Shape>,
    /// How many addresses they have
    #[arg(
        long,
        value_parser = count,
        value_name = "N,...",
        value_delimiter = ',',
        default_value = "1k,10k,100k,1M",
        allow_negative_numbers = true,
        help_heading = "Sets"
    )]
    pub addresses: Vec<u64>,
    /// Their seed
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = "Sets")]
    pub seed: u64,
    /// Components or centres
    #[arg(
        short = 'k',
        long,
        alias = "k",
        value_parser = numbers,
        value_name = "N,...",
        default_value = "2,8,32",
        allow_negative_numbers = true,
        help_heading = "Passes"
    )]
    pub components: BTreeSet<usize>,
    /// Run with the parameters of a model.json, and tell the sums [default: fitted in ten iterations]
    #[arg(long, value_name = "MODEL", conflicts_with = "components", help_heading = "Passes")]
    pub model: Option<PathBuf>,
    /// The passes to time [default: all]
    #[arg(
        long,
        value_enum,
        value_name = "PASS,...",
        value_delimiter = ',',
        help_heading = "Passes"
    )]
    pub pass: Vec<PassArg>,
    /// Seconds to spend on each timing; three runs at least, unless they take ten times as long
    #[arg(long, value_name = "X", default_value_t = 0.02, allow_negative_numbers = true,
          value_parser = positive, help_heading = "Passes")]
    pub seconds: f64,
    /// Print tables of Markdown
    #[arg(long, conflicts_with_all = ["format", "report"], help_heading = "Output")]
    pub markdown: bool,
    #[command(flatten)]
    pub engine: EngineArgs,
    #[command(flatten)]
    pub print: PrintArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PassArg {
    /// Counts, sums and products about the nearest centre
    Moments,
    /// One iteration of K-Means
    Lloyd,
    /// The nearest centre of each address
    Assign,
    /// One iteration of a mixture
    Expectation,
    /// Cluster and log-density of each address
    Label,
    /// The same under multivariate Student tails
    LabelJoint,
    /// The same under Student tails along each axis
    LabelEach,
}

impl PassArg {
    /// Whether it labels: the CPU does, on every engine.
    pub fn is_label(self) -> bool {
        matches!(self, Self::Label | Self::LabelJoint | Self::LabelEach)
    }

    /// Its name on the command line and in results.
    pub fn name(self) -> &'static str {
        match self {
            Self::Moments => "moments",
            Self::Lloyd => "lloyd",
            Self::Assign => "assign",
            Self::Expectation => "expectation",
            Self::Label => "label",
            Self::LabelJoint => "label-joint",
            Self::LabelEach => "label-each",
        }
    }
}
