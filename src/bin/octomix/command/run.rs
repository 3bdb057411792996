//! The begin and the end that the commands over captures share: reading, opening the engine, the
//! summary.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use octomix::engine::Recorder;
use octomix::engine::choice::{Choice, Chooser};
use octomix::input::{Capture, PerRole, Role, Roles, Sources};
use octomix::report::summary::pairs::PairsSummary;
use octomix::report::summary::reading::Reading;
use octomix::report::summary::{EngineSummary, RunSeconds};
use octomix::report::text::Scatter;
use octomix::report::{Summary, text};
use octomix::store::checkpoint::Checkpoint;
use octomix::store::{Intent, MadeFrom, Output, Targets};
use octomix::words::{counted, escaped, shown_path};
use serde::Serialize;

use super::{Failure, all_read, print, read, write_json};
use crate::cli::{EngineArgs, InputArgs, PrintArgs};
use crate::console::{Console, terminal_width};
use crate::gpu;

/// A run under way.
pub struct Run {
    /// Where to compute.
    pub choice: Choice,
    /// Where to tell.
    pub console: Console,
    /// Where to write.
    pub output: Output,
    /// The engine asked for.
    pub requested: &'static str,
    /// The roles asked for.
    pub roles: Option<Roles>,
    /// What keeps the answers of engines, if anything does, and the file, which nobody needs at the end.
    pub record: Option<(Recorder, PathBuf)>,
    /// What was found in pairs, if that was asked for.
    pub pairs: Option<PairsSummary>,
    /// When the run began.
    pub started: Instant,
    /// How long reading took.
    pub read_seconds: f64,
    /// How long opening the engine took.
    pub engine_seconds: f64,
}

/// What runs over captures may write: files of a role, and of all of them.
const FILES: [&str; 18] = [
    "addresses.csv",
    "addresses.parquet",
    "anomalies.csv",
    "changes.csv",
    "clusters.csv",
    "compare.json",
    "flagged.roaring",
    "manifest.json",
    "model.json",
    "pairs.csv",
    "plane.png",
    "plane.svg",
    "report.html",
    "seen.behaviour",
    "seen.roaring",
    "summary.json",
    "sweep.csv",
    "sweep.json",
];

/// What a run of the kind `by` means to write.
pub const fn intent(by: &'static str) -> Intent<'static> {
    Intent { by, folders: &["src", "dst", "any"], files: &FILES }
}

/// Tells of unfinished files that were removed.
pub fn warn_of_swept(output: &Output, console: &Console) {
    let (swept, directory) = (output.swept() as u64, shown_path(output.directory()));
    if swept > 0 {
        let files = counted(swept, "unfinished file", "unfinished files");
        console.notice(&format!("removed {files} that a killed run left in '{directory}'"));
    }
}

/// Tells of what an earlier run wrote and this one, whose last files are `to_come`, does not.
pub fn warn_of_left(output: &Output, to_come: &[&str], console: &mut Console) {
    if let left @ [first, others @ ..] = output.left(to_come).as_slice() {
        let more = match others.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let files = if left.len() == 1 { "a file" } else { "files" };
        console.warn(format!(
            "'{}' still holds {files} of an earlier run, no results of this one: {first}{more}",
            shown_path(output.directory())
        ));
    }
}

/// Checks that no result takes the place of one of the files `read`.
///
/// # Errors
/// When one would.
pub fn spare<'a>(
    targets: &Targets<'_>,
    read: impl IntoIterator<Item = &'a Path>,
) -> Result<(), Failure> {
    let is_lost = |path: &&Path| fs::canonicalize(path).is_ok_and(|path| targets.take(&path));
    match read.into_iter().find(is_lost) {
        Some(path) => Err(Failure::Overwritten { path: path.to_path_buf() }),
        None => Ok(()),
    }
}

/// Reads the captures and opens the engine for models of up to `components` components. No result takes the place of a
/// capture, nor of a file that a filter or another option names.
///
/// # Errors
/// When one would, the output directory cannot be written to, the captures cannot be read or the engine cannot be
/// had.
pub fn start<'a>(
    (by, started): (&'static str, Instant),
    input: &'a InputArgs,
    directory: &Path,
    print: &PrintArgs,
    (engine, components): (&EngineArgs, usize),
    named: impl Iterator<Item = &'a Path>,
) -> Result<(Run, Capture), Failure> {
    let mut console = Console::new(print);
    let output = Output::new(directory, intent(by))?;
    warn_of_swept(&output, &console);
    // What cannot be found is told when it is read.
    let found = Sources::find(&input.captures, input.options().directories).unwrap_or_default();
    let targets = Targets::of(directory, intent(by))?;
    spare(&targets, found.files.iter().map(|source| &*source.path))?;
    spare(&targets, input.filter.files().chain(named))?;
    let (capture, read_seconds) = timed(|| read(&input.captures, &input.options(), &mut console));
    let capture = capture?;
    let EngineArgs { engine, adapter } = engine;
    let largest = capture.largest().len();
    let mut chooser = Chooser::new(*engine, adapter.as_deref()).opened_by(gpu::open);
    let (choice, engine_seconds) = timed(|| chooser.choose(largest, components));
    let choice = choice?;
    choice.warning.iter().for_each(|warning| console.warn(warning.clone()));
    let run = Run {
        choice,
        console,
        output,
        requested: engine.name(),
        roles: input.role,
        record: None,
        pairs: None,
        started,
        read_seconds,
        engine_seconds,
    };
    Ok((run, capture))
}

/// Prints `summary`, with the `pictures` of its roles.
///
/// # Errors
/// When standard output is gone, or files could not be opened.
pub fn show<R: Serialize + text::Findings>(
    summary: &Summary<R>,
    pictures: &PerRole<Option<Scatter>>,
    print_args: &PrintArgs,
) -> Result<(), Failure> {
    let width = terminal_width().unwrap_or(text::WIDTH);
    print(print_args.format, summary, |out| text::write(summary, pictures, width, out))?;
    all_read(summary.input.lost)
}

/// A file of the whole summary: its name, and what it is made by.
pub type Extra<'a, R> = (&'static str, &'a dyn Fn(&Summary<R>, &mut dyn Write) -> io::Result<()>);

/// Writes the summary of what was found for each role, and what it was `made_from`; before it one more
/// file of it, if there is one.
///
/// # Errors
/// When it cannot be written.
pub fn complete<R: Serialize>(
    run: Run,
    capture: &Capture,
    roles: PerRole<Option<R>>,
    made_from: Option<MadeFrom>,
    extra: Option<Extra<'_, R>>,
) -> Result<Summary<R>, Failure> {
    let skipped_roles = skipped(run.roles, capture);
    let Run { choice, mut console, mut output, requested, record, pairs, started, .. } = run;
    let summary_file = "summary.json";
    let last: Vec<&str> = extra.map(|(name, _)| name).into_iter().chain([summary_file]).collect();
    warn_of_left(&output, &last, &mut console);
    let summary = Summary {
        octomix: env!("CARGO_PKG_VERSION"),
        input: Reading::new(&capture.account),
        engine: EngineSummary {
            requested,
            used: choice.name(),
            device: choice.description(),
            reason: choice.reason,
        },
        roles,
        pairs,
        skipped_roles,
        warnings: console.into_warnings(),
        output: escaped(&output.directory().to_string_lossy()),
        files: output.files_with(&last),
        replaced: output.replaced(),
        seconds: RunSeconds {
            read: run.read_seconds,
            engine: run.engine_seconds,
            total: started.elapsed().as_secs_f64(),
        },
        made_from,
    };
    if let Some((name, content)) = extra {
        output.write(name, |file| content(&summary, file))?;
    }
    output.write(summary_file, |file| write_json(&summary, file))?;
    output.complete()?;
    if let Some((_, file)) = record {
        Checkpoint::remove(&file);
    }
    Ok(summary)
}

/// The roles asked for that have no address. Not asked, those are missed that a file tells apart or fills.
pub fn skipped(asked: Option<Roles>, capture: &Capture) -> Vec<&'static str> {
    let account = &capture.account;
    let has_roles = account.files.iter().any(|file| file.format.has_roles);
    let is_expected = |role: Role| match asked {
        Some(roles) => roles.as_slice().contains(&role),
        None => has_roles || account.tally(role).cells() > 0,
    };
    let roles = [Role::Source, Role::Destination].into_iter();
    let empty = roles.filter(|&role| is_expected(role) && capture.sets.get(role).is_empty());
    empty.map(Role::key).collect()
}

/// What `work` gives, and the seconds it took.
pub fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let started = Instant::now();
    let result = work();
    (result, started.elapsed().as_secs_f64())
}
