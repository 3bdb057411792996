//! A batch as text: a row for each capture.

use std::collections::HashMap;
use std::io::{self, Write};

use super::table::{table, write_table};
use crate::input::Role;
use crate::report::summary::index::{Counts, Entry, Index, Status};
use crate::words::{counted, duration, grouped, kind};

/// Captures that are named of those that have findings, and of those that failed for reasons of one kind.
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

/// How many captures are worth a look, and which, where rules were applied.
pub(in crate::report) fn verdict<C: Counts>(index: &Index<C>) -> Option<String> {
    let judged: Vec<(&Entry<C>, usize)> = index
        .by_findings()
        .into_iter()
        .filter_map(|entry| Some((entry, entry.findings()?)))
        .collect();
    let all = counted(judged.len() as u64, "capture", "captures");
    let odd: Vec<_> = judged.iter().filter(|(_, findings)| *findings > 0).collect();
    let told = |&&(entry, findings): &&(&Entry<C>, usize)| {
        format!("{} ({})", entry.name, counted(findings as u64, "finding", "findings"))
    };
    let named = odd.iter().take(NAMED).map(told).collect::<Vec<_>>().join(", ");
    Some(match (judged.len(), odd.len()) {
        (0, _) => return None,
        (_, 0) => format!("Nothing stands out in {all}"),
        (_, count) => {
            let more = match count.saturating_sub(NAMED) {
                0 => String::new(),
                more => format!(" and {} more", grouped(more as u64)),
            };
            format!("{} of {all} worth a look: {named}{more}", grouped(count as u64))
        }
    })
}

/// Writes `index` for people, its table in lines of so many columns.
///
/// # Errors
/// When `out` fails.
pub fn write<C: Counts>(index: &Index<C>, width: usize, out: &mut dyn Write) -> io::Result<()> {
    if let Some(verdict) = verdict(index) {
        writeln!(out, "{verdict}\n")?;
    }
    let all = counted(index.captures.len() as u64, "capture", "captures");
    writeln!(out, "{all}: {}\n", ends(index))?;

    let roles = index.roles();
    let mut header = vec!["capture".to_owned(), "status".to_owned()];
    for &role in &roles {
        header.push(role.title().to_lowercase());
        header.extend(C::HEADINGS.iter().map(ToString::to_string));
    }
    let has_lost = !index.lost().is_nothing();
    header.extend(has_lost.then(|| "lost".to_owned()));
    header.push("time".to_owned());
    let numbers: Vec<usize> = (2..header.len()).collect();
    let has_worst = index.captures.iter().any(|entry| entry.worst().is_some());
    header.extend(has_worst.then(|| "look first at".to_owned()));
    let mut table = table(header, &numbers);
    for entry in index.by_findings() {
        let mut row = vec![entry.name.clone(), entry.status.name().to_owned()];
        for &role in &roles {
            row.extend(figures(entry, role));
        }
        row.extend(has_lost.then(|| lost(entry)));
        row.push(entry.seconds.map_or(String::new(), duration));
        row.extend(has_worst.then(|| entry.worst().map_or(String::new(), ToString::to_string)));
        table.add_row(row);
    }
    write_table(&table, width, out)?;
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
