//! index.csv: a row for each capture of a batch.

use std::io::{self, Write};

use super::quoted::quoted;
use crate::report::summary::index::{Index, RoleCounts};

/// Writes the captures of `index`.
///
/// # Errors
/// When `out` fails.
pub fn write_index(index: &Index, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "name,status")?;
    let roles = index.roles();
    for role in &roles {
        let key = role.key();
        write!(out, ",{key}_addresses,{key}_clusters,{key}_anomalies")?;
    }
    write!(out, ",seconds,error")?;
    roles.iter().try_for_each(|role| write!(out, ",{}_findings", role.key()))?;
    writeln!(out)?;
    for entry in &index.captures {
        write!(out, "{},{}", quoted(&entry.name), entry.status.name())?;
        for &role in &roles {
            match entry.roles.get(role) {
                Some(RoleCounts { addresses, clusters, anomalies, .. }) => {
                    write!(out, ",{addresses},{clusters},{anomalies}")?;
                }
                None => write!(out, ",,,")?,
            }
        }
        let seconds = entry.seconds.map_or(String::new(), |seconds| format!("{seconds:.3}"));
        write!(out, ",{seconds},{}", quoted(entry.error.as_deref().unwrap_or_default()))?;
        for &role in &roles {
            match entry.roles.get(role) {
                Some(RoleCounts { findings, .. }) => write!(out, ",{findings}")?,
                None => write!(out, ",")?,
            }
        }
        writeln!(out)?;
    }
    Ok(())
}
