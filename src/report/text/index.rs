//! A batch as text: a row for each capture.

use std::collections::HashMap;
use std::io::{self, Write};

use super::run::write_replaced;
use super::table::{table, write_table};
use super::wrap::write_wrapped;
use crate::input::Role;
use crate::report::summary::Shared;
use crate::report::summary::index::{Counts, Entry, Index, Status};
use crate::words::{counted, duration, grouped, kind};

/// Captures that are named of those that have findings, and of those that failed for reasons of one kind.
const NAMED: usize = 3;

/// How the captures ended, in words.
pub(in crate::report) fn ends<C>(index: &Index<C>) -> String {
    let of = |status| index.count(status) as u64;
    let told = |count, how: &str| match count {
        0 => String::new(),
        count => format!("{} {how}", grouped(count)),
    };
    let is_cut = |entry: &&Entry<C>| entry.status == Status::Skipped && entry.is_partial();
    let cut = index.captures.iter().filter(is_cut).count() as u64;
    let ends = [
        told(of(Status::Ok), "done"),
        told(of(Status::Partial), "read in part"),
        told(of(Status::Skipped), "done before"),
        told(cut, "of these read in part"),
        format!("{} failed", grouped(of(Status::Failed))),
    ];
    ends.into_iter().filter(|end| !end.is_empty()).collect::<Vec<_>>().join(", ")
}

/// Addresses and what else is told of a role; empty for one that was not looked at.
pub(in crate::report) fn figures<C: Counts>(entry: &Entry<C>, role: Role) -> Vec<String> {
    let none = vec![String::new(); 1 + C::HEADINGS.len()];
    entry.roles.get(role).as_ref().map_or(none, C::figures)
}

/// What was lost of a capture, where a table tells of it: empty for nothing.
pub(in crate::report) fn lost<C>(entry: &Entry<C>) -> String {
    let lost = entry.lost.filter(|_| entry.is_partial());
    lost.map_or(String::new(), |lost| counted(lost.files(), "file", "files"))
}

/// What is worth a look, in sentences, where rules were applied: how many captures have findings, which have some of
/// their own, and the findings of several, each once.
pub(in crate::report) fn verdict<C: Counts>(index: &Index<C>) -> Vec<String> {
    let judged = index.captures.iter().filter(|entry| entry.findings().is_some()).count();
    let all = counted(judged as u64, "capture", "captures");
    let own = |(entry, _): (&Entry<C>, _)| {
        let own = entry.own_findings.filter(|&count| count > 0)?;
        let [own, all] = [own, entry.findings()?].map(|count| grouped(count as u64));
        Some(format!("{} ({own} of {all})", entry.name))
    };
    let own: Vec<String> = index.by_rarity().filter_map(own).collect();
    let shared = |Shared { lead, captures }: &Shared| {
        format!("{lead} in {} of {}", grouped(*captures as u64), grouped(judged as u64))
    };
    let shared: Vec<String> = index.shared.iter().map(shared).collect();
    let mut sentences = Vec::new();
    let with = index.captures.iter().filter(|entry| entry.findings() > Some(0)).count();
    if with > 0 {
        let have = if with == 1 { "has" } else { "have" };
        let found = format!("{} of {all} {have} findings", grouped(with as u64));
        sentences.push(match own.len() {
            0 => found,
            count if count == with => format!("{found} that no other has: {}", first_of(&own)),
            count => {
                let count = grouped(count as u64);
                format!("{found}, {count} of them some that no other has: {}", first_of(&own))
            }
        });
    }
    if !shared.is_empty() {
        sentences.push(format!("Found in several captures: {}", first_of(&shared)));
    }
    if sentences.is_empty() && judged > 0 {
        sentences.push(format!("Nothing stands out in {all}"));
    }
    sentences
}

/// The first of `told`, and how many more there are.
fn first_of(told: &[String]) -> String {
    let named = told.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    match told.len().saturating_sub(NAMED) {
        0 => named,
        more => format!("{named} and {} more", grouped(more as u64)),
    }
}

/// What to look at first of `entry`, the `lead` that no capture before it tells of.
pub(in crate::report) fn look_first<C: Counts>(entry: &Entry<C>, lead: Option<&Shared>) -> String {
    match (lead, entry.findings()) {
        (Some(Shared { lead, captures: 1 }), _) => lead.to_string(),
        (Some(Shared { lead, captures }), _) => {
            format!("{lead}, in {} captures", grouped(*captures as u64))
        }
        (None, Some(1..)) => "as above".to_owned(),
        (None, _) => String::new(),
    }
}

/// Writes `index` for people, its table in lines of so many columns.
///
/// # Errors
/// When `out` fails.
pub fn write<C: Counts>(index: &Index<C>, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let verdict = verdict(index);
    verdict.iter().try_for_each(|sentence| write_wrapped("", sentence, width, out))?;
    if !verdict.is_empty() {
        writeln!(out)?;
    }
    let all = counted(index.captures.len() as u64, "capture", "captures");
    write_wrapped("", &format!("{all}: {}", ends(index)), width, out)?;
    writeln!(out)?;

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
    let has_leads = index.by_rarity().any(|(_, lead)| lead.is_some());
    header.extend(has_leads.then(|| "look first at".to_owned()));
    let mut table = table(header, &numbers);
    for (entry, lead) in index.by_rarity() {
        let mut row = vec![entry.name.clone(), entry.status.name().to_owned()];
        for &role in &roles {
            row.extend(figures(entry, role));
        }
        row.extend(has_lost.then(|| lost(entry)));
        row.push(entry.seconds.map_or(String::new(), duration));
        row.extend(has_leads.then(|| look_first(entry, lead)));
        table.add_row(row);
    }
    write_table(&table, width, out)?;
    let errors = index.captures.iter().filter_map(|entry| Some((entry, entry.error.as_ref()?)));
    let (mut kinds, mut more) = (HashMap::new(), 0);
    for (at, (entry, error)) in errors.enumerate() {
        if at == 0 {
            writeln!(out)?;
        }
        let alike: &mut usize = kinds.entry(kind(error)).or_default();
        *alike += 1;
        match *alike <= NAMED {
            true => write_wrapped("  ", &format!("{}: {error}", entry.name), width, out)?,
            false => more += 1,
        }
    }
    if more > 0 {
        let more = format!("and {} more for reasons like these; index.json has all", grouped(more));
        write_wrapped("  ", &more, width, out)?;
    }
    writeln!(out)?;
    write_wrapped("Wrote ", &format!("{} to {}", C::FILES, index.output), width, out)?;
    write_replaced(index.replaced.as_ref(), width, out)?;
    writeln!(out, "Took {}", duration(index.seconds))
}
