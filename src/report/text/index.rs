//! A batch as text: a row for each capture.

use std::collections::HashMap;
use std::io::{self, Write};

use super::table::{table, write_table};
use crate::input::Role;
use crate::report::summary::index::{Counts, Entry, Index, Status};
use crate::words::{counted, duration, grouped, kind, title};

/// Captures that are named of those that failed for reasons of one kind.
const NAMED: usize = 3;

/// How the captures ended, in words.
pub(in crate::report) fn ends<C>(index: &Index<C>) -> String {
    let of = |status| grouped(index.count(status) as u64);
    let (ok, skipped, failed) = (of(Status::Ok), of(Status::Skipped), of(Status::Failed));
    format!("{ok} done, {skipped} skipped as finished before, {failed} failed")
}

/// Addresses and what else is told of a role; empty for one that was not looked at.
pub(in crate::report) fn figures<C: Counts>(entry: &Entry<C>, role: Role) -> Vec<String> {
    let none = vec![String::new(); 1 + C::HEADINGS.len()];
    entry.roles.get(role).as_ref().map_or(none, C::figures)
}

/// What was lost of a capture, where a table tells of it: empty for nothing.
pub(in crate::report) fn lost<C>(entry: &Entry<C>) -> String {
    let lost = entry.lost.filter(|lost| !lost.is_nothing());
    lost.map_or(String::new(), |lost| counted(lost.files(), "file", "files"))
}

/// Writes `index` for people.
///
/// # Errors
/// When `out` fails.
pub fn write<C: Counts>(index: &Index<C>, out: &mut dyn Write) -> io::Result<()> {
    let all = counted(index.captures.len() as u64, "capture", "captures");
    writeln!(out, "{all}: {}\n", ends(index))?;

    let roles = index.roles();
    let mut header = vec!["capture".to_owned(), "status".to_owned()];
    for &role in &roles {
        header.push(title(role).to_lowercase());
        header.extend(C::HEADINGS.iter().map(ToString::to_string));
    }
    let has_lost = !index.lost().is_nothing();
    header.extend(has_lost.then(|| "lost".to_owned()));
    header.push("time".to_owned());
    let numbers: Vec<usize> = (2..header.len()).collect();
    let mut table = table(header, &numbers);
    for entry in &index.captures {
        let mut row = vec![entry.name.clone(), entry.status.name().to_owned()];
        for &role in &roles {
            row.extend(figures(entry, role));
        }
        row.extend(has_lost.then(|| lost(entry)));
        row.push(entry.seconds.map_or(String::new(), duration));
        table.add_row(row);
    }
    write_table(&table, out)?;
    let errors = index.captures.iter().filter_map(|entry| Some((entry, entry.error.as_ref()?)));
    let (mut kinds, mut more) = (HashMap::new(), 0);
    for (at, (entry, error)) in errors.enumerate() {
        let gap = if at == 0 { "\n" } else { "" };
        let alike: &mut usize = kinds.entry(kind(error)).or_default();
        *alike += 1;
        match *alike <= NAMED {
            true => writeln!(out, "{gap}  {}: {error}", entry.name)?,
            false => more += 1,
        }
    }
    if more > 0 {
        writeln!(out, "  and {} more for reasons like these; index.json has all", grouped(more))?;
    }
    writeln!(out, "\nWrote {} to {}", C::FILES, index.output)?;
    writeln!(out, "Took {}", duration(index.seconds))
}
