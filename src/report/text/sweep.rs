//! A sweep as a table, with a row for each number of components.

use std::io::{self, Write};

use super::run::{Findings, Layout};
use super::table::{table, write_table};
use crate::input::Role;
use crate::report::summary::sweep::Sweep;
use crate::report::summary::{RoleSeconds, Timed};
use crate::words::{counted, duration};

impl Findings for Timed<Sweep> {
    fn write(&self, role: Role, layout: &Layout<'_>, out: &mut dyn Write) -> io::Result<()> {
        let sweep = &self.found;
        let addresses = counted(sweep.addresses as u64, "address", "addresses");
        let model = match (sweep.kind, sweep.covariance_type) {
            ("kmeans", _) => "K-Means".to_owned(),
            (kind, Some(covariance)) => format!("{kind} mixtures, {covariance} covariances"),
            (kind, None) => format!("{kind} mixtures"),
        };
        writeln!(out, "{}: {addresses}, {model}\n", role.title())?;
        if sweep.rows.is_empty() {
            return writeln!(out, "  No number asked for is as small as that of the addresses.");
        }
        write_rows(sweep, layout.width, out)?;
        writeln!(out)?;
        write_choices(sweep, out)
    }

    fn seconds(&self) -> RoleSeconds {
        self.seconds
    }
}

fn write_rows(sweep: &Sweep, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let has_bound = sweep.kind != "kmeans";
    let decimals = sweep.bound_decimals();
    let mut header = vec!["k", "used", "tightness", "inertia", "BIC", "AIC"];
    header.extend(has_bound.then_some("lower bound"));
    header.extend(["iterations", "time", ""]);
    let numbers: Vec<usize> = (0..header.len() - 1).collect();
    let mut table = table(header, &numbers);
    for row in &sweep.rows {
        let mut cells = vec![
            row.k.to_string(),
            row.used.to_string(),
            format!("{:.3}", row.tightness),
            format!("{:.0}", row.inertia),
            format!("{:.0}", row.bic),
            format!("{:.0}", row.aic),
        ];
        cells.extend(row.lower_bound.map(|bound| format!("{bound:.decimals$}")));
        cells.push(format!("{}{}", row.n_iter, if row.converged { "" } else { "+" }));
        cells.push(duration(row.seconds));
        cells.push(if sweep.knee == Some(row.k) { "<- knee".to_owned() } else { String::new() });
        table.add_row(cells);
    }
    write_table(&table, width, out)
}

/// What speaks for which number.
fn write_choices(sweep: &Sweep, out: &mut dyn Write) -> io::Result<()> {
    match sweep.knee {
        Some(knee) => writeln!(out, "  The tightness bends most at k = {knee}.")?,
        None => writeln!(out, "  The tightness has no knee: it takes three k and a bend.")?,
    }
    if let (Some(bic), Some(aic)) = (sweep.least_bic(), sweep.least_aic()) {
        write!(out, "  BIC is least at k = {bic}, AIC at {aic}")?;
    }
    match sweep.largest_bound() {
        Some(k) => writeln!(out, "; the lower bound is largest at {k}.")?,
        None => writeln!(out, ".")?,
    }
    if sweep.rows.iter().any(|row| !row.converged) {
        writeln!(out, "  + not converged; raise --max-iter.")?;
    }
    Ok(())
}
