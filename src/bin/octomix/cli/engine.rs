//! Where to compute, and the arguments of `octomix validate` and `octomix devices`, which tell of that.

use clap::Args;
use octomix::engine::choice::EngineKind;

use super::choice::{Choice, one_of};
use super::{Format, InputArgs, PrintArgs, model};
use crate::gpu;

/// Where to compute.
#[derive(Debug, Args)]
#[command(next_help_heading = "Engine")]
pub struct EngineArgs {
    /// Where to compute
    #[arg(long, value_parser = one_of(ENGINES), default_value = "auto")]
    pub engine: EngineKind,
    /// Part of the name of the GPU to take, of several with commas between, or all; with auto, whatever the size. A
    /// software adapter is meant only from its first word on
    #[arg(long, value_name = "NAMES")]
    pub adapter: Option<String>,
}

const ENGINES: &[Choice<EngineKind>] = &[
    (EngineKind::Auto, "auto", "A GPU if there is one and the addresses are many, otherwise cpu"),
    (EngineKind::Gpu, "gpu", "A GPU; fails where there is none"),
    (EngineKind::Cpu, "cpu", "All cores"),
    (
        EngineKind::Reference,
        "reference",
        "One core, by the plain definitions that the others are checked against",
    ),
];

const VALIDATE_EXAMPLES: &str = "\
Examples:
  Before trusting a new driver, on one's own addresses:
    octomix validate day.csv

  Mesa's software driver lavapipe, whose adapter is called llvmpipe, with many components:
    octomix validate --engine gpu --adapter llvmpipe -k 20 day.csv

  All GPUs at once:
    octomix validate --engine gpu --adapter all day.csv";

/// Compares every engine with the reference, pass by pass on the same parameters and in whole fits, on the
/// addresses given.
///
/// Prints the largest error of each statistic of each pass, the bound that follows from the engine's
/// arithmetic, and a verdict. Ends with status 1 if a bound is exceeded.
#[derive(Debug, Args)]
#[command(after_help = VALIDATE_EXAMPLES)]
pub struct ValidateArgs {
    #[command(flatten)]
    pub input: InputArgs,
    /// Components of the mixtures and centres compared
    #[arg(short = 'k', long, alias = "k", value_name = "N", default_value_t = 7, help_heading = "Model",
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

/// Lists the GPU adapters and which of them octomix would use or, where none can be used, why.
///
/// The adapter of lavapipe, Mesa's software driver, is called llvmpipe.
#[derive(Debug, Args)]
#[command(after_help = DEVICES_EXAMPLES)]
pub struct DevicesArgs {
    /// Print the WGSL of this kernel instead, as a GPU is given it
    #[arg(long, value_name = "NAME", conflicts_with = "format", value_parser = gpu::kernel_parser())]
    pub shader: Option<String>,
    /// The components that the kernel is for
    #[arg(short = 'k', long, alias = "k", value_name = "N", default_value_t = 8, requires = "shader",
          value_parser = clap::value_parser!(u32).range(1..=model::MOST))]
    pub components: u32,
    /// What to print: a list to read, or JSON
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}
