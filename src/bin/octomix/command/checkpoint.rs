//! `--checkpoint`: whose run a checkpoint is, and how often it is written. The end of the run removes it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use octomix::input::Sources;
use octomix::store::Original;
use octomix::store::checkpoint::{About, Checkpoint};
use octomix::words::counted;

use super::Failure;
use super::batch::{fingerprint, original_at};
use super::run::Run;
use crate::cli::{CheckpointArgs, InputArgs};

/// How often a checkpoint is written.
const EVERY: Duration = Duration::from_secs(60);

/// Overrides that for tests, in milliseconds.
const EVERY_MS: &str = "OCTOMIX_CHECKPOINT_MS";

/// The checkpoint asked for, of a run into `directory` over `input` with `options` that name `files`, and where it is; nothing where none
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
    let checkpoint = checkpoint.by(run.choice.description())?;
    if checkpoint.answers() > 0 {
        // No warning: results are those of a run that was not ended.
        let sums = counted(checkpoint.answers() as u64, "pass", "passes");
        run.console.detail(&format!("going on after {sums} of an earlier run"));
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

/// The command line without the program.
fn command() -> Vec<String> {
    std::env::args_os().skip(1).map(|part| part.to_string_lossy().into_owned()).collect()
}
