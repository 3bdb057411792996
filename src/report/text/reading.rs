//! What was read, and what was left out of it.

use std::io::{self, Write};

use super::wrap::write_wrapped;
use crate::input::{Irregular, Reason, Watched};
use crate::report::summary::reading::{FileReading, Reading};
use crate::words::{bytes, counted, grouped, shown};

/// How many files are named.
const FILES_SHOWN: usize = 5;
/// How many malformed cells are shown, over all files.
const PLACES_SHOWN: usize = 3;

/// Writes what was read, in lines of so many columns.
///
/// # Errors
/// When `out` fails.
pub(super) fn write_reading(input: &Reading, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let mut tell = |lead: &str, told: &str| write_wrapped(lead, told, width, out);
    if let [file] = &input.files[..] {
        tell("Read ", &described(file))?;
    } else {
        let (files, records) = (input.files.len(), grouped(input.records));
        let said = said(input.packets, input.traffic_bytes);
        let size = bytes(input.bytes);
        tell("Read ", &format!("{files} files: {records} records{said}, {size}"))?;
        for file in input.files.iter().take(FILES_SHOWN) {
            tell("  ", &described(file))?;
        }
        if files > FILES_SHOWN {
            tell("  ", &format!("and {} more", files - FILES_SHOWN))?;
        }
    }
    let passed_over = |why| input.passed_over.iter().filter(|file| file.why == why).count() as u64;
    let kinds = [
        (Reason::OtherKind, "file of another kind was", "files of other kinds were"),
        (
            Reason::Unsupported,
            "file that is not read as it is was",
            "files that are not read as they are were",
        ),
        (Reason::Unreadable, "file that cannot be opened was", "files that cannot be opened were"),
        (Reason::OwnResults, "folder of own results was", "folders of own results were"),
    ];
    for (why, one, many) in kinds {
        if passed_over(why) > 0 {
            tell("  ", &format!("{} passed over", counted(passed_over(why), one, many)))?;
        }
    }
    match input.behaviour {
        Some(Watched::Approximately) => {
            tell("  ", "Peers and services are counted approximately, to some 13 %")?;
        }
        Some(Watched::Exactly { conversations, bytes: held, limit }) => {
            let conversations = counted(conversations, "conversation", "conversations");
            let (held, limit) = (bytes(held), bytes(limit));
            let beyond = format!("(beyond {limit} approximately)");
            tell("  ", &format!("{conversations} counted exactly, {held} {beyond}"))?;
        }
        None => {}
    }
    for (role, tally) in input.cells.iter() {
        let Some(tally) = tally else { continue };
        let dropped = tally.dropped();
        if !dropped.is_empty() {
            let (used, all) = (grouped(tally.ipv4), grouped(tally.cells()));
            let cells = match input.cell[1] {
                "cells" => format!("{role} cells"),
                records => format!("{role}s of {records}"),
            };
            tell("  ", &format!("{used} of {all} {cells} used; {dropped}"))?;
        }
    }
    let mapped: u64 =
        input.cells.iter().filter_map(|(_, tally)| tally.map(|tally| tally.mapped)).sum();
    if mapped > 0 {
        let addresses = counted(mapped, "address was", "addresses were");
        tell("  ", &format!("{addresses} written as IPv6, ::ffff:a.b.c.d, and read as a.b.c.d"))?;
    }
    let malformed = input
        .files
        .iter()
        .flat_map(|file| file.malformed.iter().map(move |place| (shown(&file.name), place)));
    for (name, place) in malformed.take(PLACES_SHOWN) {
        tell("    ", &format!("malformed: {name}, {place}"))?;
    }
    irregularities(input.irregular).iter().try_for_each(|line| tell("  ", line))
}

/// What stands in tables besides regular rows, a line each.
fn irregularities(irregular: Irregular) -> Vec<String> {
    // A warning tells the others.
    let Irregular { ragged, overlong, headers, changes, without_packets, .. } = irregular;
    let mut lines = Vec::new();
    if headers > 0 {
        let other = if changes > 0 {
            format!(", {} with other columns", grouped(changes))
        } else {
            String::new()
        };
        let lines_of = counted(headers, "header line", "header lines");
        lines.push(format!("{lines_of} further down{other}"));
    }
    if without_packets > 0 {
        let (records, count) = match without_packets {
            1 => ("record says", "counts"),
            _ => ("records say", "count"),
        };
        lines.push(format!("{} {records} 0 packets, and {count} as one", grouped(without_packets)));
    }
    let short = ragged.saturating_sub(overlong);
    if short > 0 {
        let rows = counted(short, "row is", "rows are");
        lines.push(format!("{rows} shorter than the header; read as far as they go"));
    }
    if overlong > 0 {
        let rows = counted(overlong, "row has", "rows have");
        lines.push(format!(
            "{rows} more cells than the header; what could not be told apart is left out"
        ));
    }
    lines
}

/// The file in one line.
fn described(file: &FileReading) -> String {
    let [one, many] = file.record;
    let records = counted(file.records, one, many);
    // Of captured packets the records say it all.
    let packets = file.packets.filter(|_| one != "packet");
    let said = said(packets, file.traffic_bytes);
    let mut told = format!("{}: {records}{said}, {}", shown(&file.name), bytes(file.bytes));
    if let Some(compression) = file.compression {
        told += &format!(" of {}", compression.name());
    }
    if let Some(columns) = file.columns() {
        told += &format!(", {columns}");
    }
    told
}

/// What records say of their traffic, in brackets.
fn said(packets: Option<u64>, traffic: Option<u64>) -> String {
    let packets = packets.map(|packets| counted(packets, "packet", "packets"));
    let traffic = traffic.map(|traffic| format!("{} of traffic", bytes(traffic)));
    match &packets.into_iter().chain(traffic).collect::<Vec<_>>()[..] {
        [] => String::new(),
        said => format!(" ({})", said.join(", ")),
    }
}
