//! The begin and the end that the commands over captures share: reading, opening the engine, the
//! summary.

use std::path::{Path, PathBuf};
use std::time::Instant;

use octomix::behaviour::Conversations;
use octomix::engine::Recorder;
use octomix::engine::choice::{Choice, Chooser, EngineKind};
use octomix::input::{Capture, PerRole, Roles, Sources};
use octomix::report::folder::{self, WritePage, intent, told_of_left};
use octomix::report::study::{NO_PAIRS, Task};
use octomix::report::summary::pairs::PairsSummary;
use octomix::report::summary::{EngineSummary, RunSeconds};
use octomix::report::text::Scatter;
use octomix::report::{Summary, text};
use octomix::store::checkpoint::Checkpoint;
use octomix::store::{MadeFrom, Output, Targets};
use octomix::words::{counted, shown_path};
use serde::Serialize;

use super::{Failure, all_read, print, read};
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
    pub requested: EngineKind,
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

impl Run {
    /// Looks for pairs, if `task` asks for them, beside an `earlier` day if there is one, and writes pairs.csv.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn find_pairs(
        &mut self,
        task: &Task<'_>,
        earlier: Option<&Conversations>,
    ) -> Result<(), Failure> {
        let (flagged, summary) = task.pairs(earlier).unzip();
        task.write_pairs(flagged.as_deref(), &mut self.output)?;
        if task.pairs && summary.is_none() {
            self.console.warn(NO_PAIRS.to_owned());
        }
        self.pairs = summary;
        Ok(())
    }
}

/// Tells of unfinished files that were removed.
pub fn warn_of_swept(output: &Output, console: &Console) {
    let (swept, directory) = (output.swept() as u64, shown_path(output.directory()));
    if swept > 0 {
        let files = counted(swept, "unfinished file", "unfinished files");
        console.notice(&format!("removed {files} that a killed run left in '{directory}'"));
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
    targets.spare(found.files.iter().map(|source| &*source.path))?;
    targets.spare(input.filter.files().chain(named))?;
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
        requested: *engine,
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

/// Writes the summary of what was found for each role, and what it was `made_from`; before it the page, if there is
/// one.
///
/// # Errors
/// When it cannot be written.
pub fn complete<R: Serialize>(
    run: Run,
    capture: &Capture,
    roles: PerRole<Option<R>>,
    made_from: Option<MadeFrom>,
    page: Option<WritePage<'_, R>>,
) -> Result<Summary<R>, Failure> {
    let Run { choice, mut console, output, requested, record, pairs, started, .. } = run;
    told_of_left(&output, page.is_some()).into_iter().for_each(|told| console.warn(told));
    let engine = EngineSummary::new(requested, &choice);
    let summary = Summary {
        pairs,
        warnings: console.into_warnings(),
        seconds: RunSeconds {
            read: run.read_seconds,
            engine: run.engine_seconds,
            total: started.elapsed().as_secs_f64(),
        },
        made_from,
        ..Summary::new(capture, run.roles, engine, roles)
    };
    let summary = folder::complete(summary, output, page)?;
    if let Some((_, file)) = record {
        Checkpoint::remove(&file);
    }
    Ok(summary)
}

/// What `work` gives, and the seconds it took.
pub fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let started = Instant::now();
    let result = work();
    (result, started.elapsed().as_secs_f64())
}
