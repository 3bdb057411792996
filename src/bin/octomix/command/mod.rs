//! The commands, and what they share.

mod batch;
mod bench;
mod checkpoint;
mod compare;
mod completions;
mod detect;
mod devices;
mod extract;
mod generate;
mod inputs;
mod page;
mod plan;
mod role;
mod run;
mod sample;
mod score;
mod sets;
mod shards;
mod start_file;
mod sweep;
mod validate;

use std::io::{self, BufWriter, ErrorKind, Write};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::PathBuf;

use octomix::engine::EngineError;
use octomix::engine::gpu::GpuError;
use octomix::input::{self, Account, Capture, InputError, Lost, Options, Role};
use octomix::model::sample::SampleError;
use octomix::report::study::StudyError;
use octomix::store::behaviour::DayError;
use octomix::store::checkpoint::CheckpointError;
use octomix::store::model::ModelError;
use octomix::store::{ManifestError, Overwritten, WriteError};
use octomix::synthetic::SizeError;
use octomix::words::shown_path;
use serde::Serialize;
use start_file::StartFileError;

use crate::cli::{Command, Format};
use crate::console::Console;
use crate::memory::{self, Stage};
use crate::progress::Unit;
use crate::{signals, threads};

/// What a command computes on, which is started when it begins to compute.
#[derive(Debug, Clone, Copy)]
pub struct Machine {
    /// How many threads were asked for.
    pub threads: Option<NonZeroUsize>,
}

impl Machine {
    /// Starts the threads that compute, and has signals end the program in order.
    ///
    /// # Errors
    /// When the system starts no more threads.
    pub fn start(&self) -> Result<(), Failure> {
        threads::start(self.threads).map_err(Failure::Threads)?;
        signals::end_as_told();
        Ok(())
    }

    /// As [`start`](Self::start), with one thread for what is little work.
    ///
    /// # Errors
    /// As there.
    pub fn start_one(&self) -> Result<(), Failure> {
        Self { threads: Some(NonZeroUsize::MIN) }.start()
    }
}

/// Runs `command` to its end on `machine`.
///
/// # Errors
/// When its work fails; the message is for the user.
pub fn run(command: &Command, machine: &Machine) -> Result<(), Failure> {
    // What works in processes of its own starts its threads there.
    match command {
        Command::Detect(args) if args.each => return batch::run(args, machine),
        Command::Extract(args) if args.each => return batch::extract(args, machine),
        _ => machine.start()?,
    }
    match command {
        Command::Detect(args) => detect::run(args),
        Command::Extract(args) => extract::run(args),
        Command::Merge(args) => extract::merge(args),
        Command::Fit(args) => detect::fit(args),
        Command::Score(args) => score::run(args),
        Command::Sample(args) => sample::run(args),
        Command::Sets(args) => sets::run(args),
        Command::Sweep(args) => sweep::run(args),
        Command::Compare(args) => compare::run(args),
        Command::Generate(args) => generate::run(args),
        Command::Validate(args) => validate::run(args),
        Command::Bench(args) => bench::run(args),
        Command::Devices(args) => devices::run(args),
        Command::Inputs(args) => inputs::run(args),
        Command::Completions(args) => completions::run(args),
        Command::Man(args) => completions::man(args),
    }
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error(transparent)]
    Input(#[from] InputError),
    #[error(transparent)]
    Gpu(#[from] GpuError),
    #[error(transparent)]
    Study(#[from] StudyError),
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    #[error(transparent)]
    Day(#[from] DayError),
    #[error(transparent)]
    StartFile(#[from] StartFileError),
    #[error("cannot draw from the model: {0}")]
    Sample(SampleError),
    #[error(
        "'{name}' is no shard; merge takes what octomix extract wrote, and extract reads captures"
    )]
    NoShard { name: String },
    #[error("{failed} of {all} captures failed; the index tells why of each")]
    Batch { failed: usize, all: usize, is_of_input: bool },
    #[error("{0}; the results are whole but for what is there")]
    Incomplete(Lost),
    #[error(
        "cannot go on reading: {0}; let more threads and processes run (see ulimit -u, ulimit -v)"
    )]
    Thread(io::Error),
    #[error(transparent)]
    Overwritten(#[from] Overwritten),
    #[error(
        "the results of a capture would go into '{}', which is a file; choose another directory with --output",
        shown_path(path)
    )]
    NoFolder { path: PathBuf },
    #[error(
        "the shards in '{}' were made of '{}', which would count twice; name only one of them",
        shown_path(whole),
        shown_path(part)
    )]
    CountedTwice { whole: PathBuf, part: PathBuf },
    #[error(
        "the checkpoint '{}' would be among the results in '{}'; keep it elsewhere",
        shown_path(path),
        shown_path(directory)
    )]
    CheckpointAmongResults { path: PathBuf, directory: PathBuf },
    #[error("{0}")]
    Threads(String),
    #[error("{role}s: {components} components: {reason}; give fewer, or raise --memory-limit")]
    Memory { role: Role, components: usize, reason: String },
    #[cfg_attr(not(unix), allow(dead_code, reason = "there is no other process"))]
    #[error("{0}")]
    Died(String),
    #[error("{error}")]
    Ended { error: String, status: u8 },
    #[error(
        "the manifest of '{}' lists no addresses of the role asked for; give another --role, or name the files",
        shown_path(path)
    )]
    NoAddresses { path: PathBuf },
    #[error("{0}; see octomix help")]
    Usage(String),
    #[error("{0}; ask for another number with --addresses")]
    Size(#[from] SizeError),
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
    /// The exit status: 2 where the command line is wrong, 3 where all is done but for inputs that could not be
    /// read whole, 1 otherwise.
    pub fn status(&self) -> u8 {
        match self {
            Self::Usage(_) | Self::Size(_) => 2,
            Self::Incomplete(_) | Self::Batch { is_of_input: true, .. } => 3,
            Self::Ended { status, .. } => *status,
            _ => 1,
        }
    }

    /// Whether the reader of standard output has gone, as `head` does: not a failure of ours.
    pub fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::StandardOutput(error) if error.kind() == ErrorKind::BrokenPipe)
    }
}

/// Reads the captures and tells what there is to warn of.
fn read(
    captures: &[PathBuf],
    options: &Options,
    console: &mut Console,
) -> Result<Capture, InputError> {
    let mut bar = console.bar("reading");
    memory::at(Stage::Reading);
    let capture = input::read(captures, options, &mut |progress| {
        memory::reached(progress.bytes);
        bar.update(Unit::Bytes, progress.bytes, progress.total, String::new());
        ControlFlow::Continue(())
    });
    drop(bar);
    memory::at(Stage::Working);
    match &capture {
        Ok(capture) => warn_of(&capture.account, console),
        Err(error) => error.told().into_iter().for_each(|told| console.warn(told)),
    }
    capture
}

/// Tells what there is to warn of in `account`.
fn warn_of(account: &Account, console: &mut Console) {
    account.told().into_iter().for_each(|told| console.warn(told));
}

/// Fails if anything was `lost` of the files: what was found is written, but not whole.
fn all_read(lost: Lost) -> Result<(), Failure> {
    if lost.is_nothing() { Ok(()) } else { Err(Failure::Incomplete(lost)) }
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
