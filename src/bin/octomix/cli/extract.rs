//! The arguments of `octomix extract` and `octomix merge`.

use std::path::PathBuf;

use clap::Args;
use octomix::behaviour::Counting;
use octomix::input::Roles;
use octomix::store::shard::ShardFormat;

use super::choice::{Choice, one_of};
use super::input::{COUNTINGS, ROLES};
use super::{InputArgs, OutputArgs, PrintArgs};

/// What `--verbose` does where nothing is fitted.
const VERBOSE: &str = "Tell on standard error of each file how it was read";

const EXTRACT_EXAMPLES: &str = "\
Examples:
  The addresses of a capture, with their counts, in day/src.csv and day/dst.csv:
    octomix extract day.pcap -o day

  Then as often as wanted, without reading the capture again:
    octomix detect --recursive day -k 5

  Every task of a Slurm array extracts its file, and one job unites them:
    octomix extract \"$FILE\" -o shards/$SLURM_ARRAY_TASK_ID
    octomix merge shards -o all

  The shards of each of many captures, and all of them as one; run again, it goes on with what is missing:
    octomix extract --each captures/*.pcap -o shards
    octomix merge shards -o all

  Bitmaps for Spark, ClickHouse or pyroaring:
    octomix extract --as bitmap day.pcap -o day";

/// Writes the distinct addresses of captures with their counts, as small files that every command reads.
///
/// The counts are packets where every record says how many it stands for, or else records.
///
/// Writes src.csv and dst.csv (address,packets or address,records), or src.roaring and dst.roaring, and summary.json into
/// the output directory.
#[derive(Debug, Args)]
#[command(after_help = EXTRACT_EXAMPLES, mut_arg("verbose", |argument| argument.help(VERBOSE)))]
pub struct ExtractArgs {
    #[command(flatten)]
    pub input: InputArgs,
    /// Take every CAPTURE, and every match of a pattern, as a capture of its own, a directory with all
    /// files in it: each gets a folder of shards, and index.csv and index.json tell of all; octomix merge
    /// unites them. One that fails does not stop the others. Finished ones are skipped when run again
    #[arg(long, help_heading = "Batch")]
    pub each: bool,
    /// With --each, do again what is finished
    #[arg(long, requires = "each", help_heading = "Batch")]
    pub again: bool,
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub form: FormArgs,
    #[command(flatten)]
    pub print: PrintArgs,
}

const MERGE_EXAMPLES: &str = "\
Examples:
  All shards below a folder, however deep they lie:
    octomix merge shards -o all
    octomix detect --recursive all

  Some of them, by their names, whatever their kind:
    octomix merge mon/src.csv tue/src.roaring -o both

  Shards of other names, which do not tell their role:
    octomix merge --role dst part-*.csv -o all";

/// Unites shards that octomix extract wrote: the same as extracting all their captures at once.
///
/// Counts add up; an address of a bitmap counts as one. Files called src and dst are sources and
/// destinations. Writes what octomix extract writes.
#[derive(Debug, Args)]
#[command(after_help = MERGE_EXAMPLES, mut_arg("verbose", |argument| argument.help(VERBOSE)))]
pub struct MergeArgs {
    /// Shards, tables (address,packets or address,records) or bitmaps, or directories with shards in them or below
    #[arg(required = true, value_name = "SHARD")]
    pub shards: Vec<PathBuf>,
    /// The role of shards whose names do not tell it [default: refuse them]; any unites all in one set
    #[arg(long, value_parser = one_of(ROLES), help_heading = "Input")]
    pub role: Option<Roles>,
    /// Whether to unite what each address did
    #[arg(long, value_parser = one_of(COUNTINGS), default_value = "auto", help_heading = "Input")]
    pub behaviour: Counting,
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub form: FormArgs,
    #[command(flatten)]
    pub print: PrintArgs,
}

/// How to write addresses.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub struct FormArgs {
    /// How to write the addresses
    #[arg(long = "as", value_parser = one_of(FORMS), value_name = "FORM", default_value = "csv")]
    pub form: ShardFormat,
}

const FORMS: &[Choice<ShardFormat>] = &[
    (ShardFormat::Csv, "csv", "Tables: address,packets or address,records"),
    (ShardFormat::Bitmap, "bitmap", "Portable Roaring bitmaps, without counts"),
];
