//! What every page of a run shows: what was read, and how the run went.

use std::borrow::Borrow;

use super::shell::Shell;
use crate::input::{Tally, Watched};
use crate::report::summary::Summary;
use crate::report::summary::reading::FileReading;
use crate::report::text::{Findings, stages};
use crate::words;

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

    /// The result in a sentence.
    pub fn verdict(&self) -> Option<String> {
        R::verdict(self.summary)
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
        let cells = cells.filter_map(|(role, tally)| Some((role.title(), (*tally)?)));
        cells.filter(|(_, tally)| tally.cells() > 0).collect()
    }

    /// Whether peers and services were counted approximately.
    pub fn is_approximate(&self) -> bool {
        self.summary.input.behaviour == Some(Watched::Approximately)
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
