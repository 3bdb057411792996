//! An extraction as text.

use std::io::{self, Write};

use super::reading::write_reading;
use super::run::{WIDTH, write_files};
use crate::report::summary::extraction::Extraction;
use crate::words::{counted, duration};

/// Writes `summary` for people.
///
/// # Errors
/// When `out` fails.
pub fn write(summary: &Extraction, out: &mut dyn Write) -> io::Result<()> {
    write_reading(&summary.input, out)?;
    writeln!(out)?;
    for (role, found) in summary.roles.iter() {
        let title = role.title();
        if let Some(found) = found {
            let addresses = counted(found.addresses as u64, "address", "addresses");
            let [one, many] = found.unit.nouns();
            writeln!(out, "{title}: {addresses}, {}", counted(found.packets, one, many))?;
        } else if summary.skipped_roles.contains(&role.key()) {
            writeln!(out, "{title}: no addresses, skipped")?;
        }
    }
    writeln!(out)?;
    write_files(&summary.files, &summary.output, summary.replaced.as_ref(), WIDTH, out)?;
    let seconds = &summary.seconds;
    let [total, read, write] = [seconds.total, seconds.read, seconds.write].map(duration);
    writeln!(out, "Took {total}: reading {read}, writing {write}")
}
