//! The pairs of a source and a destination that do not belong together.

use std::io::{self, Write};

use super::wrap::write_wrapped;
use crate::report::summary::pairs::PairsSummary;
use crate::words::{counted, grouped, percent};

/// Writes what was found in pairs, in lines of so many columns.
///
/// # Errors
/// When `out` fails.
pub fn write(found: &PairsSummary, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let share = |part: usize| percent(part as f64 / found.pairs.max(1) as f64);
    let pairs = counted(found.pairs as u64, "pair", "pairs");
    let lone = found.lone_destination;
    let lone = format!("{} with a lone destination ({})", grouped(lone as u64), share(lone));
    let new = found.new_blocks.map_or(String::new(), |new| {
        format!(", {} of blocks that are new to each other ({})", grouped(new as u64), share(new))
    });
    writeln!(out)?;
    write_wrapped("", &format!("{pairs}: {lone}{new}; a ranking, in pairs.csv"), width, out)?;
    if !found.first.is_empty() {
        writeln!(out)?;
    }
    found.first.iter().try_for_each(|pair| write_wrapped("  ", &pair.reason, width, out))
}
