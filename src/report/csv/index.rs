//! index.csv: a row for each capture of a batch.

use std::io::{self, Write};

use super::quoted::quoted;
use crate::report::summary::index::{Counts, Index};

/// Writes the captures of `index`.
///
/// # Errors
/// When `out` fails.
pub fn write_index<C: Counts>(index: &Index<C>, out: &mut dyn Write) -> io::Result<()> {
    let roles = index.roles();
    let names = |out: &mut dyn Write, columns: &[&str]| {
        let each = roles.iter().flat_map(|role| columns.iter().map(|name| (role.key(), *name)));
        each.into_iter().try_for_each(|(role, name)| write!(out, ",{role}_{name}"))
    };
    write!(out, "name,status")?;
    names(out, C::COLUMNS)?;
    write!(out, ",seconds,error")?;
    names(out, C::LATER)?;
    write!(out, ",lost")?;
    names(out, C::LAST)?;
    writeln!(out, "{}", if C::IS_JUDGED { ",own_findings" } else { "" })?;
    let (first, later) = (C::COLUMNS.len(), C::COLUMNS.len() + C::LATER.len());
    let all = later + C::LAST.len();
    for entry in &index.captures {
        write!(out, "{},{}", quoted(&entry.name), entry.status.name())?;
        let none = vec![String::new(); all];
        let found = |role| entry.roles.get(role).as_ref().map_or(none.clone(), C::cells);
        let cells: Vec<Vec<String>> = roles.iter().map(|&role| found(role)).collect();
        let part = |out: &mut dyn Write, range: std::ops::Range<usize>| {
            let mut each = cells.iter().flat_map(|cells| &cells[range.clone()]);
            each.try_for_each(|cell| write!(out, ",{}", quoted(cell)))
        };
        part(out, 0..first)?;
        let seconds = entry.seconds.map_or(String::new(), |seconds| format!("{seconds:.3}"));
        write!(out, ",{seconds},{}", quoted(entry.error.as_deref().unwrap_or_default()))?;
        part(out, first..later)?;
        let lost = entry.lost.map_or(String::new(), |lost| lost.files().to_string());
        write!(out, ",{lost}")?;
        part(out, later..all)?;
        if C::IS_JUDGED {
            let own = entry.own_findings.map_or(String::new(), |count| count.to_string());
            write!(out, ",{own}")?;
        }
        writeln!(out)?;
    }
    Ok(())
}
