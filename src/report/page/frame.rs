//! The shell of every page: its head, style and scripts, and the policy that allows nothing else. And what
//! every page of a run shows: what was read, and how the run went.

use std::borrow::Borrow;

use super::chart::number;
use super::embed;
use crate::input::Tally;
use crate::report::summary::Summary;
use crate::report::summary::fit::{FitSummary, Objective};
use crate::report::summary::reading::FileReading;
use crate::report::text::{Findings, stages};
use crate::words::{self, title};

/// The name of the page below the output directory.
pub const FILE: &str = "report.html";

/// The style sheet.
const STYLE: &str = include_str!("page.css");

/// The scripts, within one scope, in the order in which they need each other.
const SCRIPT: &str = concat!(
    "\"use strict\";{\n",
    include_str!("common.js"),
    include_str!("plane.js"),
    include_str!("space.js"),
    include_str!("table.js"),
    include_str!("page.js"),
    "}\n",
);

/// What `shell.html` shows.
pub(super) struct Shell {
    pub policy: String,
    pub heading: String,
    pub style: &'static str,
    pub script: &'static str,
    pub version: &'static str,
}

impl Shell {
    pub fn new(heading: String) -> Self {
        let policy = format!(
            "default-src 'none'; script-src {}; style-src {}; base-uri 'none'; form-action 'none'",
            embed::hash(SCRIPT),
            embed::hash(STYLE)
        );
        let version = env!("CARGO_PKG_VERSION");
        Self { policy, heading, style: STYLE, script: SCRIPT, version }
    }
}

/// What a page tells of a run that its summary does not.
#[derive(Debug, Clone, Default)]
pub struct Invocation {
    /// The command line, as it was given.
    pub command: Vec<String>,
    /// When the run ended, in seconds since 1970.
    pub unix_seconds: u64,
}

/// What `frame.html` shows of a run that found an `R` for each role.
pub(super) struct Frame<'a, R> {
    pub summary: &'a Summary<R>,
    pub invocation: &'a Invocation,
}

impl<R: Findings> Frame<'_, R> {
    /// The page around it.
    pub fn shell(&self) -> Shell {
        Shell::new(heading(&self.summary.input.files))
    }

    /// A number with its digits grouped.
    pub fn count(&self, count: impl Borrow<u64>) -> String {
        words::grouped(*count.borrow())
    }

    pub fn bytes(&self, count: &u64) -> String {
        words::bytes(*count)
    }

    pub fn duration(&self, seconds: &f64) -> String {
        words::duration(*seconds)
    }

    /// The cells of each role that was read.
    pub fn cells(&self) -> Vec<(&'static str, Tally)> {
        let cells = self.summary.input.cells.iter();
        let cells = cells.filter_map(|(role, tally)| Some((title(role), (*tally)?)));
        cells.filter(|(_, tally)| tally.cells() > 0).collect()
    }

    pub fn has_malformed(&self) -> bool {
        self.summary.input.files.iter().any(|file| !file.malformed.is_empty())
    }

    /// How a file was read, in words.
    pub fn format(&self, file: &FileReading) -> String {
        let mut words = vec![file.format.to_owned()];
        words.extend(file.compression.map(|compression| compression.name().to_owned()));
        words.extend(file.columns());
        words.join(", ")
    }

    /// The time of each stage, over all roles; stages that this run did not have are left out.
    pub fn stages(&self) -> Vec<(&'static str, f64)> {
        let names = [
            "reading",
            "opening the engine",
            "fitting",
            "finding the threshold",
            "writing the results",
        ];
        names.into_iter().zip(stages(self.summary)).filter(|&(_, seconds)| seconds > 0.0).collect()
    }

    /// The command line, quoted where a shell needs it.
    pub fn command(&self) -> String {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
        let quote = |part: &String| match part.chars().all(is_plain) && !part.is_empty() {
            true => part.clone(),
            false => format!("'{}'", part.replace('\'', r"'\''")),
        };
        self.invocation.command.iter().map(quote).collect::<Vec<_>>().join(" ")
    }
}

/// What was read, in a few words.
fn heading(files: &[FileReading]) -> String {
    let base =
        |file: &FileReading| file.name.rsplit(['/', '\\']).next().unwrap_or(&file.name).to_owned();
    match files {
        [file] => base(file),
        [first, rest @ ..] => format!("{} and {} more", base(first), rest.len()),
        [] => String::new(),
    }
}

/// A kind of model, and what its covariances may be, in words.
pub(super) fn model_name(kind: &str, covariance_type: Option<&str>) -> String {
    match (kind, covariance_type) {
        ("kmeans", _) => "K-Means".to_owned(),
        ("gaussian", Some(covariance)) => format!("Gaussian mixture, {covariance} covariances"),
        (_, Some(covariance)) => format!("Bayesian Gaussian mixture, {covariance} covariances"),
        (kind, None) => kind.to_owned(),
    }
}

/// A fit in one sentence.
pub(super) fn fit_sentence(fit: &FitSummary) -> String {
    let name = model_name(fit.kind, fit.covariance_type);
    let objective = match fit.objective {
        Objective::LowerBound(bound) if fit.kind == "gaussian" => {
            format!("mean log-likelihood {}", number(bound, 0.001))
        }
        Objective::LowerBound(bound) => format!("lower bound {}", number(bound, 0.1)),
        Objective::Inertia(inertia) => format!("inertia {}", number(inertia, 0.1)),
    };
    let end = if fit.converged { "converged after" } else { "not converged in" };
    let (components, iterations) = (fit.components, fit.n_iter);
    format!("{name}, {components} components, {objective}, {end} {iterations} iterations")
}
