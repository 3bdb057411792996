//! An extraction as text.

use std::io::{self, Write};

use super::reading::write_reading;
use super::run::write_files;
use super::wrap::write_wrapped;
use crate::report::summary::extraction::Extraction;
use crate::words::{counted, duration};

/// Writes `summary` for people, `width` columns wide.
///
/// # Errors
/// When `out` fails.
pub fn write(summary: &Extraction, width: usize, out: &mut dyn Write) -> io::Result<()> {
    write_reading(&summary.input, width, out)?;
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
    write_files(&summary.files, &summary.output, summary.replaced.as_ref(), width, out)?;
    let seconds = &summary.seconds;
    let [total, read, write] = [seconds.total, seconds.read, seconds.write].map(duration);
    let took = format!("{total}: reading {read}, writing {write}");
    write_wrapped("Took ", &took, width, out)
}
