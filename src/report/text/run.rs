//! The summary of a run as text: what was read, what was found for each role, what was written.

use std::io::{self, Write};
use std::path::Path;

use super::reading::write_reading;
use super::scatter::Scatter;
use super::wrap::write_wrapped;
use crate::input::{PerRole, Role};
use crate::report::glossary;
use crate::report::summary::{RoleSeconds, Summary};
use crate::store::Origin;
use crate::words::{counted, duration};

/// Seconds that a stage must take to be told: less rounds to nothing.
const LEAST_TOLD: f64 = 0.0005;

/// The columns of text that goes to no terminal.
pub const WIDTH: usize = 100;

/// How a summary is laid out.
#[derive(Debug, Clone, Copy)]
pub struct Layout<'a> {
    /// The directory of the files that hold what is left out.
    pub output: &'a Path,
    /// The files that were written, as paths below it.
    pub files: &'a [String],
    /// The columns of the terminal.
    pub width: usize,
    /// A picture of the role's addresses, if one was asked for.
    pub picture: Option<&'a Scatter>,
}

/// What was found for a role, for people to read.
pub trait Findings: Sized {
    /// The result of a whole run in one sentence, where there is one.
    fn verdict(_: &Summary<Self>) -> Option<String> {
        None
    }

    /// Writes it as `layout` says.
    ///
    /// # Errors
    /// When `out` fails.
    fn write(&self, role: Role, layout: &Layout<'_>, out: &mut dyn Write) -> io::Result<()>;

    /// Writes what is to be looked at first, if there can be anything: the addresses that rules found which can
    /// find none, each with its reason, in lines of so many columns.
    ///
    /// # Errors
    /// When `out` fails.
    fn write_first(
        &self,
        _role: Role,
        _layout: &Layout<'_>,
        _out: &mut dyn Write,
    ) -> io::Result<()> {
        Ok(())
    }

    /// Writes where to look next, in lines of so many columns.
    ///
    /// # Errors
    /// When `out` fails.
    fn write_second(&self, _role: Role, _width: usize, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    /// How long it took.
    fn seconds(&self) -> RoleSeconds;
}

/// Writes `summary` for people, `width` columns wide, with the `pictures` of its roles.
///
/// # Errors
/// When `out` fails.
pub fn write<R: Findings>(
    summary: &Summary<R>,
    pictures: &PerRole<Option<Scatter>>,
    width: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    if let Some(verdict) = R::verdict(summary) {
        write_wrapped("", &verdict, width, out)?;
        writeln!(out)?;
    }
    write_reading(&summary.input, width, out)?;
    write_wrapped("Engine ", &summary.engine.device, width, out)?;
    write_wrapped("  ", &summary.engine.reason, width, out)?;
    let (output, files) = (Path::new(&summary.output), summary.files.as_slice());
    let layout = Layout { output, files, width, picture: None };
    let mut results = Vec::new();
    write_results(summary, pictures, layout, &mut results)?;
    out.write_all(&results)?;
    write_words(&String::from_utf8_lossy(&results), width, out)?;
    writeln!(out)?;
    write_files(&summary.files, &summary.output, summary.replaced.as_ref(), width, out)?;
    let names = ["reading", "opening the engine", "fitting", "labelling", "writing"];
    let told = names.into_iter().zip(stages(summary)).filter(|&(_, seconds)| seconds >= LEAST_TOLD);
    let told = told.map(|(stage, seconds)| format!("{stage} {}", duration(seconds)));
    let told = told.collect::<Vec<_>>().join(", ");
    let mark = if told.is_empty() { "" } else { ": " };
    let total = duration(summary.seconds.total);
    write_wrapped("Took ", &format!("{total}{mark}{told}"), width, out)
}

/// Writes what was found for each role, and in pairs.
fn write_results<R: Findings>(
    summary: &Summary<R>,
    pictures: &PerRole<Option<Scatter>>,
    layout: Layout<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let width = layout.width;
    for role in Role::ALL {
        summary.role(role).map_or(Ok(()), |found| found.write_first(role, &layout, out))?;
    }
    for role in Role::ALL {
        summary.role(role).map_or(Ok(()), |found| found.write_second(role, width, out))?;
    }
    if let Some(pairs) = &summary.pairs {
        super::pairs::write(pairs, width, out)?;
    }
    for (role, picture) in pictures.iter() {
        if let Some(found) = summary.role(role) {
            writeln!(out)?;
            found.write(role, &Layout { picture: picture.as_ref(), ..layout }, out)?;
        } else if summary.skipped_roles.contains(&role.key()) {
            writeln!(out, "\n{}: no addresses, skipped", role.title())?;
        }
    }
    Ok(())
}

/// Explains the words that `results` use.
fn write_words(results: &str, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let words = glossary::used(results);
    if !words.is_empty() {
        writeln!(out, "\nWords ({}):", glossary::SECTION)?;
    }
    words.iter().try_for_each(|word| write_wrapped("  ", word.meaning, width, out))
}

/// The seconds of each stage: reading, the engine, and over all roles fitting, labelling and writing.
pub(in crate::report) fn stages<R: Findings>(summary: &Summary<R>) -> [f64; 5] {
    let mut stages = [summary.seconds.read, summary.seconds.engine, 0.0, 0.0, 0.0];
    for found in Role::ALL.into_iter().filter_map(|role| summary.role(role)) {
        let RoleSeconds { fit, label, write } = found.seconds();
        stages.iter_mut().skip(2).zip([fit, label, write]).for_each(|(sum, more)| *sum += more);
    }
    stages
}

/// The `files` written below `output`, a folder a line, and what they `replaced`; nothing of results that are in memory.
pub(super) fn write_files(
    files: &[String],
    output: &str,
    replaced: Option<&Origin>,
    width: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    if files.is_empty() {
        return Ok(());
    }
    let count = counted(files.len() as u64, "file", "files");
    write_wrapped("Wrote ", &format!("{count} to {output}:"), width, out)?;
    for folder in files.chunk_by(|a, b| Path::new(a).parent() == Path::new(b).parent()) {
        write_wrapped("  ", &folder.join("  "), width, out)?;
    }
    write_replaced(replaced, width, out)
}

/// Where results come from that were `replaced`, if any were, in lines of up to `width` columns.
///
/// # Errors
/// When `out` fails.
pub fn write_replaced(
    replaced: Option<&Origin>,
    width: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let Some(origin) = replaced else { return Ok(()) };
    let lead = match origin.files.as_slice() {
        [] => "Replaced there results ",
        _ => "Replaced there the results of ",
    };
    write_wrapped(lead, &origin.to_string(), width, out)
}
