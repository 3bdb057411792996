//! The arguments of `octomix sets`.

use std::path::PathBuf;

use clap::Args;
use octomix::address::Operation;
use octomix::store::shard::ShardFormat;

use super::InputArgs;
use super::choice::{Choice, one_of};
use super::input::ONE_ROLE;

const EXAMPLES: &str = "\
Examples:
  What is new since yesterday, of two results of octomix detect, fit or score:
    octomix sets difference today yesterday

  The destinations of a capture that are on a blocklist:
    octomix sets intersection --role dst day.pcap blocklist.txt

  All addresses of a week as one bitmap, for the next command:
    octomix sets union mon.pcap tue.pcap wed.csv -o week.roaring
    octomix sets difference today.pcap week.roaring

  The distinct addresses of one capture, one a line:
    octomix sets union day.pcap";

/// Unites, intersects or subtracts the addresses of captures, lists and results.
///
/// Writes the addresses in ascending order, one a line, and tells on standard error how many there are. A directory
/// that holds results of octomix stands for the addresses that these are of, as far as its manifest.json lists them.
#[derive(Debug, Args)]
#[command(
    after_help = EXAMPLES,
    mut_arg("role", |role| role.value_parser(one_of(ONE_ROLE)).help(
        "The side of the packets to look at [default: any]"
    )),
    // What addresses did is not counted.
    mut_arg("behaviour", |behaviour| behaviour.hide(true))
)]
pub struct SetsArgs {
    /// What to write: the addresses of any input, of all, or of the first and none of the others
    #[arg(value_parser = one_of(OPERATIONS), value_name = "OPERATION")]
    pub operation: Operation,
    #[command(flatten)]
    pub input: InputArgs,
    /// The file to write, whole or not at all [default: standard output]
    #[arg(short = 'o', long, value_name = "FILE", help_heading = "Output")]
    pub output: Option<PathBuf>,
    /// How to write the addresses [default: a bitmap or csv where FILE ends in .roaring or .csv, else a list]
    #[arg(long = "as", value_parser = one_of(FORMS), value_name = "FORM", help_heading = "Output")]
    pub form: Option<SetForm>,
    /// Show neither progress, nor counts, nor warnings
    #[arg(short = 'q', long, help_heading = "Output")]
    pub quiet: bool,
}

/// How a set is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetForm {
    /// One address a line.
    List,
    /// As octomix extract writes it.
    Shard(ShardFormat),
}

const OPERATIONS: &[Choice<Operation>] = &[
    (Operation::Union, "union", "The addresses of any input"),
    (Operation::Intersection, "intersection", "The addresses of all inputs"),
    (
        Operation::Difference,
        "difference",
        "The addresses of the first input and of none of the others",
    ),
];

const FORMS: &[Choice<SetForm>] = &[
    (SetForm::List, "list", "One address a line"),
    (SetForm::Shard(ShardFormat::Csv), "csv", "A table: address,records, each counted once"),
    (SetForm::Shard(ShardFormat::Bitmap), "bitmap", "A portable Roaring bitmap"),
];
