//! sweep.csv: a row for each number of components.

use std::io::{self, Write};

use crate::model::sweep::Row;
use crate::report::summary::sweep::Sweep;

/// Writes the rows of `sweep`; what a model does not have is empty.
///
/// # Errors
/// When `out` fails.
pub fn write_sweep(sweep: &Sweep, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "k,used,tightness,inertia,log_likelihood,bic,aic,lower_bound,evidence,needed,n_iter,converged,knee,by_evidence,\
         seconds"
    )?;
    for row in &sweep.rows {
        let Row { k, used, tightness, inertia, log_likelihood, bic, aic, .. } = row;
        let Row { needed, n_iter, converged, seconds, .. } = row;
        let [bound, evidence] = [row.lower_bound, row.evidence]
            .map(|nats| nats.map_or_else(String::new, |nats| nats.to_string()));
        let [knee, by_evidence] = [sweep.knee, sweep.by_evidence].map(|choice| choice == Some(*k));
        writeln!(
            out,
            "{k},{used},{tightness},{inertia},{log_likelihood},{bic},{aic},{bound},{evidence},{needed},{n_iter},\
             {converged},{knee},{by_evidence},{seconds}"
        )?;
    }
    Ok(())
}
