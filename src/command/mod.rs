//! The commands, and what they share.

mod bench;
mod compare;
mod days;
mod detect;
mod devices;
mod fitting;
mod generate;
mod labelling;
mod plan;
mod run;
mod sample;
mod score;
mod start_file;
mod sweep;
mod validate;

use std::io::{self, BufWriter, ErrorKind, Write};

use octomix::address::WeightsError;
use octomix::agreement::AgreementError;
use octomix::engine::EngineError;
use octomix::engine::choice::Choice;
use octomix::engine::gpu::GpuError;
use octomix::input::{self, Capture, InputError, Role};
use octomix::model::FitError;
use octomix::model::sample::SampleError;
use octomix::report::WriteError;
use octomix::report::model::ModelError;
use octomix::rule::fdr::FdrError;
use octomix::synthetic::SizeError;
use serde::Serialize;
use start_file::StartFileError;

use crate::cli::{Command, EngineArgs, Format, InputArgs};
use crate::console::Console;
use crate::progress::Unit;

/// Runs `command` to its end.
///
/// # Errors
/// When its work fails; the message is for the user.
pub fn run(command: &Command) -> Result<(), Failure> {
    match command {
        Command::Detect(args) => detect::run(args),
        Command::Fit(args) => detect::fit(args),
        Command::Score(args) => score::run(args),
        Command::Sample(args) => sample::run(args),
        Command::Sweep(args) => sweep::run(args),
        Command::Compare(args) => compare::run(args),
        Command::Generate(args) => generate::run(args),
        Command::Validate(args) => validate::run(args),
        Command::Bench(args) => bench::run(args),
        Command::Devices(args) => devices::run(args),
    }
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error(transparent)]
    Input(#[from] InputError),
    #[error(transparent)]
    Gpu(#[from] GpuError),
    #[error("the {role}s cannot be fitted: {reason}")]
    Fit { role: Role, reason: FitError },
    #[error("the packets of the {role}s cannot be their weights: {reason}")]
    Weights { role: Role, reason: WeightsError },
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error(transparent)]
    StartFile(#[from] StartFileError),
    #[error("cannot draw from the model: {0}")]
    Sample(SampleError),
    #[error("{0}; see octomix help")]
    Usage(String),
    #[error("{0}; ask for another number with --addresses")]
    Size(#[from] SizeError),
    #[error(transparent)]
    Fdr(#[from] FdrError),
    #[error(transparent)]
    Agreement(#[from] AgreementError),
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error("{0} statistics are out of bounds; the tables above show which")]
    OutOfBounds(usize),
    #[error("{0}")]
    WrongAnswer(String),
    #[error("cannot write to standard output: {0}")]
    StandardOutput(io::Error),
}

impl Failure {
    /// Whether the command line is wrong, and not the work.
    pub fn is_usage(&self) -> bool {
        matches!(self, Self::Usage(_) | Self::Size(_))
    }

    /// Whether the reader of standard output has gone, as `head` does: not a failure of ours.
    pub fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::StandardOutput(error) if error.kind() == ErrorKind::BrokenPipe)
    }
}

/// Reads the captures and tells what there is to warn of.
fn read(args: &InputArgs, console: &mut Console) -> Result<Capture, InputError> {
    let mut bar = console.bar("reading".to_owned());
    let capture = input::read(&args.captures, &args.options(), &mut |progress| {
        bar.update(Unit::Bytes, progress.bytes, progress.total, String::new());
    })?;
    drop(bar);
    for (file, warning) in capture.account.warnings() {
        console.warn(format!("{}: {warning}", file.name));
    }
    Ok(capture)
}

/// Decides where to compute for both roles of `capture` and tells what there is to warn of.
fn choose_engine(
    args: &EngineArgs,
    capture: &Capture,
    components: usize,
    console: &mut Console,
) -> Result<Choice, GpuError> {
    let largest = capture.source.len().max(capture.destination.len());
    let choice = Choice::new(args.engine.kind(), args.adapter.as_deref(), largest, components)?;
    if let Some(warning) = &choice.warning {
        console.warn(warning.clone());
    }
    Ok(choice)
}

/// Prints `result` on standard output: as JSON, or as `text` writes it.
fn print(
    format: Format,
    result: &impl Serialize,
    text: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    match format {
        Format::Text => text(&mut out),
        Format::Json => write_json(result, &mut out),
    }
    .and_then(|()| out.flush())
    .map_err(Failure::StandardOutput)
}

fn write_json(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    writeln!(out)
}
