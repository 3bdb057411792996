//! The folder of results of a run over a capture: which files it may hold, and its end.

use std::io::{self, Write};

use serde::Serialize;

use super::page;
use super::summary::Summary;
use crate::store::{Intent, Output, WriteError};
use crate::words::{escaped, shown_path};

/// The file of the whole summary, which comes last.
const SUMMARY: &str = "summary.json";

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

/// The files that a run writes last.
fn last(has_page: bool) -> &'static [&'static str] {
    if has_page { &[page::FILE, SUMMARY] } else { &[SUMMARY] }
}

/// What is to be told of what an earlier run wrote to `output` and this one, which writes a page or not, does not.
pub fn told_of_left(output: &Output, has_page: bool) -> Option<String> {
    let left = output.left(last(has_page));
    let (first, others) = left.split_first()?;
    let more = match others.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let files = if others.is_empty() { "a file" } else { "files" };
    let directory = shown_path(output.directory());
    Some(format!(
        "'{directory}' still holds {files} of an earlier run, no results of this one: {first}{more}"
    ))
}

/// What writes the page of a summary.
pub type WritePage<'a, R> = &'a dyn Fn(&Summary<R>, &mut dyn Write) -> io::Result<()>;

/// Ends `output`: has the `summary` tell of all its files, writes it, before it the page if there is one, and gives all
/// files their names.
///
/// # Errors
/// When a file cannot be written.
pub fn complete<R: Serialize>(
    summary: Summary<R>,
    mut output: Output,
    page: Option<WritePage<'_, R>>,
) -> Result<Summary<R>, WriteError> {
    let summary = Summary {
        output: escaped(&output.directory().to_string_lossy()),
        files: output.files_with(last(page.is_some())),
        replaced: output.replaced(),
        ..summary
    };
    if let Some(page) = page {
        output.write(page::FILE, |file| page(&summary, file))?;
    }
    output.write(SUMMARY, |file| {
        serde_json::to_writer_pretty(&mut *file, &summary)?;
        writeln!(file)
    })?;
    output.complete()?;
    Ok(summary)
}
