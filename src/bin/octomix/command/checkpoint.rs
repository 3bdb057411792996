//! `--checkpoint`: whose run a checkpoint is, and how often it is written. The end of the run removes it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use clap::CommandFactory;
use clap::parser::ValueSource;
use octomix::input::Sources;
use octomix::store::Original;
use octomix::store::checkpoint::{About, Checkpoint};
use octomix::words::{counted, shown_path};

use super::Failure;
use super::batch::{fingerprint, original_at};
use super::run::Run;
use crate::cli::{CheckpointArgs, Cli, InputArgs};

/// How often a checkpoint is written.
const EVERY: Duration = Duration::from_secs(60);

/// Overrides that for tests, in milliseconds.
const EVERY_MS: &str = "OCTOMIX_CHECKPOINT_MS";

/// The checkpoint asked for, of a run into `directory` over `input` with `options` that name `files`; nothing where none
/// is asked for. Read before the captures: what is refused is refused at once.
///
/// # Errors
/// When it is of another run, would be among the results, or cannot be read or written.
pub fn open<'a>(
    args: &CheckpointArgs,
    directory: &Path,
    input: &InputArgs,
    options: &str,
    files: impl Iterator<Item = &'a Path>,
) -> Result<Option<Checkpoint>, Failure> {
    let Some(path) = &args.file else { return Ok(None) };
    if without_links(path).starts_with(without_links(directory)) {
        let (path, directory) = (path.clone(), directory.to_path_buf());
        return Err(Failure::CheckpointAmongResults { path, directory });
    }
    let about = About {
        command: command(),
        options: fingerprint(options),
        files: originals(input)?.into_iter().chain(files.map(original_at)).collect(),
    };
    let every = std::env::var(EVERY_MS).ok().and_then(|text| text.parse().ok());
    Ok(Some(Checkpoint::open(path, about, every.map_or(EVERY, Duration::from_millis))?))
}

/// Lets `run` go on from `checkpoint`.
///
/// # Errors
/// When it was computed elsewhere.
pub fn go_on(run: &mut Run, checkpoint: Option<Checkpoint>) -> Result<(), Failure> {
    let Some(checkpoint) = checkpoint else { return Ok(()) };
    let checkpoint = checkpoint.by(run.choice.identity())?;
    if checkpoint.answers() > 0 {
        let passes = counted(checkpoint.answers() as u64, "pass", "passes");
        let path = shown_path(checkpoint.path());
        run.console.note(&format!("going on after {passes} that '{path}' holds of an earlier run"));
    }
    let path = checkpoint.path().to_path_buf();
    run.record = Some((Arc::new(Mutex::new(checkpoint)), path));
    Ok(())
}

/// `path` without links, as far as it is there.
fn without_links(path: &Path) -> PathBuf {
    let here = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let there = here.ancestors().find_map(|above| {
        let rest = here.strip_prefix(above).ok()?;
        Some(std::fs::canonicalize(above).ok()?.join(rest))
    });
    there.unwrap_or(here)
}

/// The files that will be read. What cannot be found is told when it is read.
fn originals(input: &InputArgs) -> Result<Vec<Original>, Failure> {
    let directories = input.options().directories;
    let sources = Sources::find(&input.captures, directories)?;
    Ok(sources.files.iter().map(Original::of).collect())
}

/// Options that say where, how fast and how loudly, not what is computed.
const WITHOUT_EFFECT: [&str; 14] = [
    "adapter", // what was opened is known
    "checkpoint",
    "color",
    "engine", // likewise
    "format",
    "memory-limit",
    "output",
    "plot",
    "plots",
    "quiet",
    "responsibilities",
    "tables",
    "threads",
    "verbose",
];

/// The command and the options that it was given, those without an effect left out.
fn command() -> Vec<String> {
    let mut program = Cli::command();
    // They have been understood before.
    let matches = program.try_get_matches_from_mut(std::env::args_os()).unwrap_or_default();
    let Some((name, matches)) = matches.subcommand() else { return Vec::new() };
    let options = program.find_subcommand(name).into_iter().flat_map(clap::Command::get_arguments);
    let given = options.filter_map(|option| {
        let (long, id) = (option.get_long()?, option.get_id());
        let is_told = matches.ids().any(|known| known == id)
            && matches.value_source(id.as_str()) == Some(ValueSource::CommandLine)
            && !WITHOUT_EFFECT.contains(&long);
        let name = option.get_short().map_or(format!("--{long}"), |short| format!("-{short}"));
        let values = matches.get_raw(id.as_str()).filter(|_| option.get_action().takes_values());
        let values = values.into_iter().flatten().map(OsStr::to_string_lossy);
        is_told.then(|| std::iter::once(name.into()).chain(values).collect::<Vec<_>>().join(" "))
    });
    std::iter::once(name.to_owned()).chain(given).collect()
}
