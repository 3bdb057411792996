//! What every page of a run shows: what was read, and how the run went.

use std::borrow::Borrow;

use super::shell::Shell;
use crate::input::{Role, Tally};
use crate::report::summary::Summary;
use crate::report::summary::reading::{FileFormat, FileReading};
use crate::report::text::Findings;
use crate::words::{self, title};

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

impl<'a, R: Findings> Frame<'a, R> {
    pub fn new(summary: &'a Summary<R>, invocation: &'a Invocation) -> Self {
        Self { summary, invocation }
    }

    /// The page around it.
    pub fn shell(&self) -> Shell {
        Shell::new(heading(&self.summary.input.files))
    }

    /// A number with its digits grouped.
    pub fn count(&self, count: impl Borrow<u64>) -> String {
        words::grouped(*count.borrow())
    }

    pub fn bytes(&self, file: &FileReading) -> String {
        words::bytes(file.bytes)
    }

    pub fn duration(&self, seconds: &f64) -> String {
        words::duration(*seconds)
    }

    pub fn bytes_of_all(&self) -> String {
        words::bytes(self.summary.input.bytes)
    }

    /// The cells of each role that was read.
    pub fn cells(&self) -> Vec<(&'static str, Tally)> {
        let roles = [Role::Source, Role::Destination];
        let cells = roles.map(|role| (title(role), self.summary.input.cells.of(role)));
        cells.into_iter().filter(|(_, tally)| tally.cells() > 0).collect()
    }

    pub fn has_malformed(&self) -> bool {
        self.summary.input.files.iter().any(|file| !file.malformed.is_empty())
    }

    /// How a file was read, in words.
    pub fn format(&self, file: &FileReading) -> String {
        let FileFormat { name, compression, .. } = &file.format;
        let mut words = vec![(*name).to_owned()];
        words.extend(compression.map(|compression| compression.name().to_owned()));
        words.extend(file.format.columns());
        words.join(", ")
    }

    /// The time of each stage, over all roles; stages that this run did not have are left out.
    pub fn stages(&self) -> Vec<(&'static str, f64)> {
        let found = || Role::ALL.into_iter().filter_map(|role| self.summary.role(role));
        let roles = || found().map(Findings::seconds);
        let stages = [
            ("reading", self.summary.seconds.read),
            ("opening the engine", self.summary.seconds.engine),
            ("fitting", roles().map(|seconds| seconds.fit).sum()),
            ("finding the threshold", roles().map(|seconds| seconds.label).sum()),
            ("writing the results", roles().map(|seconds| seconds.write).sum()),
        ];
        stages.into_iter().filter(|&(_, seconds)| seconds > 0.0).collect()
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
