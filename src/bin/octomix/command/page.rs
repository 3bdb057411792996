//! From what was found to report.html.

use std::time::{SystemTime, UNIX_EPOCH};

use console::Term;
use octomix::address::AddressSet;
use octomix::describe::drawing::Drawing;
use octomix::describe::flagged::Flagged;
use octomix::describe::plane::{Extent, Shape};
use octomix::input::{Capture, Role};
use octomix::model::estimate::Estimate;
use octomix::model::kmeans::Partition;
use octomix::model::pca::Pca;
use octomix::report::page::{self, Invocation, MOST_FLAGS, Picture, RolePage};
use octomix::report::summary::{RoleSummary, Summary};
use octomix::report::text::Scatter;
use octomix::store::MadeFrom;

use super::Failure;
use super::run::{self, Run, show};
use crate::cli::{PictureArgs, PrintArgs};

/// What was found for a role.
pub struct Found {
    /// For summary.json and the terminal.
    pub summary: RoleSummary,
    /// For pictures, where files are written.
    pub page: Option<RolePage>,
}

/// The model that a page shows.
pub enum Subject<'a> {
    /// A mixture, and the lower bound after each iteration of its fit.
    Mixture(&'a Estimate, &'a [f64]),
    /// K-Means.
    Partition(&'a Partition),
}

impl Subject<'_> {
    /// The page of this model's `drawing` of `set`, and of what is `flagged` of it.
    pub fn page(
        &self,
        set: &AddressSet,
        pca: &Pca,
        drawing: Drawing,
        flagged: &Flagged<'_>,
    ) -> RolePage {
        let (shapes, trace) = match self {
            Self::Mixture(estimate, bounds) => (Shape::of_mixture(estimate, pca), bounds.to_vec()),
            Self::Partition(partition) => (Shape::of_partition(partition, pca), Vec::new()),
        };
        let flags = flagged.anomalies(set, MOST_FLAGS);
        RolePage { pca: pca.clone(), shapes, drawing, flags, trace }
    }
}

/// Ends the run: writes the page, if anything was drawn, then the summary, and prints it.
///
/// # Errors
/// When they cannot be written or printed.
pub fn finish(
    run: Run,
    capture: &Capture,
    found: [Option<Found>; 3],
    pictures: PictureArgs,
    print: &PrintArgs,
) -> Result<(), Failure> {
    let scatters = found.each_ref().map(|found| {
        let page = found.as_ref().and_then(|found| found.page.as_ref());
        page.filter(|_| pictures.plot).map(scatter)
    });
    show(&complete(run, capture, found, pictures, None)?, &scatters, print)
}

/// As [`finish`], but prints nothing; the summary tells what it was `made_from`.
///
/// # Errors
/// When they cannot be written.
pub fn complete(
    mut run: Run,
    capture: &Capture,
    found: [Option<Found>; 3],
    pictures: PictureArgs,
    made_from: Option<MadeFrom>,
) -> Result<Summary<RoleSummary>, Failure> {
    for (role, found) in Role::ALL.into_iter().zip(&found) {
        let Some(Found { page: Some(page), .. }) = found else { continue };
        if pictures.plots {
            let (file, picture) =
                (|kind| format!("{}/plane.{kind}", role.key()), Picture::new(page));
            run.output.write(&file("svg"), |out| out.write_all(picture.svg()?.as_bytes()))?;
            run.output.write(&file("png"), |out| out.write_all(&picture.png()?))?;
        }
    }
    let [src, dst, any] =
        found.map(|found| found.map(|Found { summary, page }| (summary, page)).unzip());
    let pages = [src.1.flatten(), dst.1.flatten(), any.1.flatten()];
    let about = invocation();
    let write = |summary: &_, out: &mut dyn std::io::Write| {
        page::write(summary, pages.each_ref().map(Option::as_ref), &about, out)
    };
    let drawn = pages.iter().any(Option::is_some);
    let page = drawn.then_some((page::FILE, &write as _));
    run::complete(run, capture, [src.0, dst.0, any.0], made_from, page)
}

/// What is told of this run beside its summary.
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
