//! sweep.csv: a row for each number of components.

use std::io::{self, Write};

use crate::model::sweep::Row;
use crate::report::summary::sweep::Sweep;

/// Writes the rows of `sweep`; the lower bound of K-Means is empty.
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
