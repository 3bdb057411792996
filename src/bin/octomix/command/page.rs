//! From what was found to report.html.

use std::time::{SystemTime, UNIX_EPOCH};

use console::Term;
use octomix::describe::plane::Extent;
use octomix::input::{Capture, PerRole};
use octomix::report::page::{self, Invocation, RolePage};
use octomix::report::summary::{RoleSummary, Summary};
use octomix::report::text::Scatter;
use octomix::store::MadeFrom;

use super::Failure;
use super::role::Findings;
use super::run::{self, Run, show};
use crate::cli::PrintArgs;

/// Ends the run: writes the page, if anything was drawn, then the summary, and prints it, with a `plot` of each role if
/// that is asked for.
///
/// # Errors
/// When they cannot be written or printed.
pub fn finish(
    run: Run,
    capture: &Capture,
    found: PerRole<Option<Findings>>,
    plot: bool,
    print: &PrintArgs,
) -> Result<(), Failure> {
    let scatters = found.map(|_, found| {
        let page = found.as_ref().and_then(|found| found.page.as_ref());
        page.filter(|_| plot).map(scatter)
    });
    show(&complete(run, capture, found, None)?, &scatters, print)
}

/// As [`finish`], but prints nothing; the summary tells what it was `made_from`.
///
/// # Errors
/// When they cannot be written.
pub fn complete(
    run: Run,
    capture: &Capture,
    found: PerRole<Option<Findings>>,
    made_from: Option<MadeFrom>,
) -> Result<Summary<RoleSummary>, Failure> {
    let (summaries, pages) = found
        .into_map(|_, found| found.map(|Findings { summary, page }| (summary, page)).unzip())
        .unzip();
    let pages = pages.map(|_, page| page.as_ref()?.as_ref());
    let about = invocation();
    let write = |summary: &_, out: &mut dyn std::io::Write| {
        page::write(summary, &pages, &capture.timeline, &about, out)
    };
    let drawn = pages.iter().any(|(_, page)| page.is_some());
    run::complete(run, capture, summaries, made_from, drawn.then_some(&write as _))
}

/// The command line and the time, which a page shows beside the summary.
pub fn invocation() -> Invocation {
    Invocation {
        command: std::env::args_os().map(|part| part.to_string_lossy().into_owned()).collect(),
        // A clock before 1970 tells no time.
        unix_seconds: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs()),
    }
}

/// Columns of a picture in a pipe, which has no width.
const PIPE: usize = 76;

/// The widest and the narrowest picture, in columns, and the lowest and the highest, in rows.
const COLUMNS: [usize; 2] = [20, 100];
const ROWS: [usize; 2] = [8, 24];

/// A picture as wide as the terminal allows, in colours if it shows any.
fn scatter(page: &RolePage) -> Scatter {
    // Two columns are left free at either side.
    let wide = Term::stdout()
        .size_checked()
        .map_or(PIPE, |(_, columns)| usize::from(columns).saturating_sub(4));
    let columns = wide.clamp(COLUMNS[0], COLUMNS[1]);
    let Extent { x, y } = page.drawing.extent;
    // A sign is twice as high as it is wide.
    let rows = columns as f64 * (y[1] - y[0]) / (x[1] - x[0]) / 2.0;
    let rows = (rows as usize).clamp(ROWS[0], ROWS[1]);
    Scatter::new(page, columns, rows, console::colors_enabled())
}
