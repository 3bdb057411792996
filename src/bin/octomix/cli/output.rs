//! Where to write, and what to print and to draw.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use octomix::report::{TableFormat, TableOptions};

use super::choice::{Choice, one_of};

/// Where to write.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub struct OutputArgs {
    /// The directory for the result files; made if need be, files in it are replaced
    #[arg(short = 'o', long = "output", value_name = "DIR", default_value = "octomix-out")]
    pub directory: PathBuf,
}

/// Where a fit keeps how far it is.
#[derive(Debug, Args)]
#[command(next_help_heading = "Checkpoint")]
pub struct CheckpointArgs {
    /// Keep in FILE, every minute, how far the fit is; started again with the same inputs and options, the
    /// run goes on from there and ends with the same results. Removed at the end
    #[arg(id = "checkpoint", long, value_name = "FILE")]
    pub file: Option<PathBuf>,
}

/// Pictures besides those of report.html.
#[derive(Debug, Clone, Copy, Args)]
#[command(next_help_heading = "Output")]
pub struct PictureArgs {
    /// Draw the plane of the principal components in the summary; colours as NO_COLOR allows
    #[arg(long)]
    pub plot: bool,
    /// Write that plane as plane.svg and plane.png for each role too
    #[arg(long)]
    pub plots: bool,
}

/// The tables of addresses. Flagged ones are in anomalies.csv whatever is chosen.
#[derive(Debug, Clone, Copy, Default, Args)]
#[command(next_help_heading = "Output")]
pub struct TableArgs {
    /// How the table of all addresses is written: addresses.csv, addresses.parquet, or not at all
    #[arg(long, value_parser = one_of(TABLES), value_name = "FORMAT", default_value = "csv")]
    pub tables: TableFormat,
    /// Add each component's responsibility for each address to the tables (predict_proba)
    #[arg(long)]
    pub responsibilities: bool,
}

impl TableArgs {
    /// As the library takes them.
    pub fn options(self) -> TableOptions {
        TableOptions { format: self.tables, responsibilities: self.responsibilities }
    }
}

const TABLES: &[Choice<TableFormat>] = &[
    (TableFormat::Csv, "csv", "As text"),
    #[cfg(feature = "parquet")]
    (
        TableFormat::Parquet,
        "parquet",
        "In columns, compressed: a third of the size, and some columns are read without the others",
    ),
    (
        TableFormat::None,
        "none",
        "Not at all: the flagged addresses, the model and the summary are enough",
    ),
];

/// What to print.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub struct PrintArgs {
    /// What to print on standard output: a summary to read, or the same as JSON
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Show neither progress nor warnings
    #[arg(short = 'q', long, conflicts_with = "verbose")]
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
