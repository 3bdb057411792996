//! A sweep as a table, with a row for each number of components.

use std::io::{self, Write};

use super::run::{Findings, Layout};
use super::table::{table, write_table};
use super::wrap::write_wrapped;
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
        write_wrapped("", &format!("{}: {addresses}, {model}", role.title()), layout.width, out)?;
        writeln!(out)?;
        if sweep.rows.is_empty() {
            let none = "No number asked for is as small as that of the addresses.";
            return write_wrapped("  ", none, layout.width, out);
        }
        write_rows(sweep, layout.width, out)?;
        writeln!(out)?;
        choices(sweep).iter().try_for_each(|told| write_wrapped("  ", told, layout.width, out))
    }

    fn seconds(&self) -> RoleSeconds {
        self.seconds
    }
}

fn write_rows(sweep: &Sweep, width: usize, out: &mut dyn Write) -> io::Result<()> {
    // Lower bounds of several numbers cannot be compared where there is an evidence, which can.
    let (used, nats) = match (sweep.has_evidence(), sweep.kind) {
        (true, _) => ("needed", Some("evidence")),
        (false, "kmeans") => ("used", None),
        (false, _) => ("used", Some("lower bound")),
    };
    let decimals = sweep.bound_decimals();
    let mut header = vec!["k", used, "tightness", "inertia", "BIC", "AIC"];
    header.extend(nats);
    header.extend(["iterations", "time", ""]);
    let numbers: Vec<usize> = (0..header.len() - 1).collect();
    let mut table = table(header, &numbers);
    for row in &sweep.rows {
        let used = if sweep.has_evidence() { row.needed } else { row.used };
        let mut cells = vec![
            row.k.to_string(),
            used.to_string(),
            format!("{:.3}", row.tightness),
            format!("{:.0}", row.inertia),
            format!("{:.0}", row.bic),
            format!("{:.0}", row.aic),
        ];
        let nats = row.evidence.or(row.lower_bound);
        cells.extend(nats.map(|nats| format!("{nats:.decimals$}")));
        cells.push(format!("{}{}", row.n_iter, if row.converged { "" } else { "+" }));
        cells.push(duration(row.seconds));
        let marks = [("knee", sweep.knee), ("evidence", sweep.by_evidence)];
        let marks = marks.into_iter().filter(|&(_, choice)| choice == Some(row.k));
        let marks = marks.map(|(name, _)| name).collect::<Vec<_>>().join(", ");
        cells.push(if marks.is_empty() { marks } else { format!("<- {marks}") });
        table.add_row(cells);
    }
    write_table(&table, width, out)
}

/// What is to be known of fits of restarts by those who go on with `octomix detect`.
pub(in crate::report) const OTHER_SEARCH: &str = "These are the best of restarts; detect and fit use --search merge-split, which sweep takes too.";

/// What speaks for which number, in sentences.
fn choices(sweep: &Sweep) -> Vec<String> {
    let mut told = Vec::new();
    if sweep.has_evidence() {
        told.push(match sweep.by_evidence {
            Some(k) => format!(
                "Of the fits that need all their components k = {k} has the most evidence: -k auto would choose it \
                 of these."
            ),
            None => "No fit needs all its components, and -k auto would choose none of these: try smaller k."
                .to_owned(),
        });
        told.extend((!sweep.searched).then(|| OTHER_SEARCH.to_owned()));
    }
    told.push(match sweep.knee {
        Some(knee) => format!("The tightness bends most at k = {knee}."),
        None => "The tightness has no knee: it takes three k and a bend.".to_owned(),
    });
    if let (Some(bic), Some(aic)) = (sweep.least_bic(), sweep.least_aic()) {
        told.push(format!("BIC is least at k = {bic}, AIC at {aic}."));
    }
    if sweep.rows.iter().any(|row| !row.converged) {
        told.push("+ not converged; raise --max-iter.".to_owned());
    }
    told
}
