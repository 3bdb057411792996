//! Tables as CSV. Numbers are written by `core::fmt`, in the fewest digits that read back exactly.

mod addresses;
mod changes;

use std::borrow::Cow;
use std::io::{self, Write};

pub use addresses::AddressTable;
pub use changes::write_changes;

use super::summary::index::{Index, RoleCounts};
use super::summary::sweep::Sweep;
use crate::model::sweep::Row;

/// Writes index.csv: a row for each capture of `index`.
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
    writeln!(out, ",seconds,error")?;
    for entry in &index.captures {
        write!(out, "{},{}", quoted(&entry.name), entry.status.name())?;
        for &role in &roles {
            match entry.roles.get(role) {
                Some(RoleCounts { addresses, clusters, anomalies }) => {
                    write!(out, ",{addresses},{clusters},{anomalies}")?;
                }
                None => write!(out, ",,,")?,
            }
        }
        let seconds = entry.seconds.map_or(String::new(), |seconds| format!("{seconds:.3}"));
        writeln!(out, ",{seconds},{}", quoted(entry.error.as_deref().unwrap_or_default()))?;
    }
    Ok(())
}

/// Writes sweep.csv: a row for each number of components of `sweep`; the lower bound of K-Means is empty.
///
/// # Errors
/// When `out` fails.
pub fn write_sweep(sweep: &Sweep, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "k,used,tightness,inertia,log_likelihood,bic,aic,lower_bound,n_iter,converged,knee,seconds"
    )?;
    for row in &sweep.rows {
        let Row { k, used, tightness, inertia, log_likelihood, bic, aic, .. } = row;
        let Row { n_iter, converged, seconds, .. } = row;
        let bound = row.lower_bound.map_or_else(String::new, |bound| bound.to_string());
        let knee = sweep.knee == Some(*k);
        writeln!(
            out,
            "{k},{used},{tightness},{inertia},{log_likelihood},{bic},{aic},{bound},{n_iter},{converged},{knee},{seconds}"
        )?;
    }
    Ok(())
}

/// `text` as a field (RFC 4180), in quotes where it would end it otherwise.
fn quoted(text: &str) -> Cow<'_, str> {
    if text.contains([',', '"', '\n', '\r']) {
        Cow::Owned(format!("\"{}\"", text.replace('"', "\"\"")))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_as_the_library_quotes_them() {
        for text in ["plain text", "a,b", "say \"no\"", "two\nlines", "\r", "\u{e9};\t"] {
            let mut csv = csv::Writer::from_writer(Vec::new());
            csv.write_record([text, ""]).unwrap();
            let written = String::from_utf8(csv.into_inner().unwrap()).unwrap();
            assert_eq!(written, format!("{},\n", quoted(text)));
        }
    }
}
