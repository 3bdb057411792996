//! `octomix sweep`: fits one model with several numbers of components, to help choose one.

use std::collections::BTreeSet;
use std::time::Instant;

use octomix::Search;
use octomix::model::any::Params;
use octomix::model::sweep::Row;
use octomix::report::study::{StudyError, told_of_trouble};
use octomix::report::summary::fit::FitSummary;
use octomix::report::summary::sweep::Sweep;
use octomix::report::summary::{RoleSeconds, Timed};
use octomix::report::{csv, page};

use super::page::invocation;
use super::plan::Plan;
use super::role::{Desk, show, tell};
use super::run::{self, start, timed};
use super::{Failure, write_json};
use crate::cli::{Components, ModelArgs, SweepArgs};

/// Sweeps both roles, or the one asked for.
///
/// # Errors
/// When options do not go together, the captures cannot be read, the engine cannot be had or fails, or
/// a file cannot be written.
pub fn run(args: &SweepArgs) -> Result<(), Failure> {
    let SweepArgs { input, k, model, output, print, engine } = args;
    let started = Instant::now();
    let plan = plan(model, k)?;
    // All numbers run at once.
    let components = k.iter().sum();
    let (by, files) = (("sweep", started), std::iter::empty());
    let (mut run, capture) =
        start(by, input, &output.directory, print, (engine, components), files)?;
    let found = run.each_role(&capture, |desk| sweep(desk, &plan, k))?;
    let about = invocation();
    let write = |summary: &_, out: &mut dyn std::io::Write| page::write_sweep(summary, &about, out);
    let summary = run::complete(run, &capture, found, None, Some(&write))?;
    run::show(&summary, &Default::default(), print)
}

/// The plan of a fit with the most components; the numbers share runs unless a search is asked for.
fn plan(model: &ModelArgs, numbers: &BTreeSet<usize>) -> Result<Plan, Failure> {
    let fixed = [
        (model.components.is_some(), "--components is one number; sweep takes -k 1..9"),
        (model.start.init_file.is_some(), "--init-file is of one number of components"),
        (model.start.warm_start.is_some(), "--warm-start is of one number of components"),
    ];
    if let Some((_, message)) = fixed.into_iter().find(|&(given, _)| given) {
        return Err(Failure::Usage(message.to_owned()));
    }
    Plan::new(&ModelArgs {
        components: Some(Components::Exactly(largest(numbers))),
        search: model.search.or(Some(Search::Restarts)),
        ..model.clone()
    })
}

/// The largest of `numbers`, of which there is at least one.
fn largest(numbers: &BTreeSet<usize>) -> usize {
    numbers.last().copied().unwrap_or(1)
}

/// Whether `params` search by merges and splits.
fn is_searched(params: &Params) -> bool {
    matches!(params, Params::Mixture(params) if params.search != Search::Restarts)
}

/// The components that are fitted at once: of all `numbers`, but those of a search one after the other.
fn at_once(plan: &Plan, numbers: &[usize]) -> usize {
    match is_searched(&plan.params) {
        true => numbers.iter().copied().max().unwrap_or(0),
        false => numbers.iter().fold(0, |sum, &k| sum.saturating_add(k)),
    }
}

/// The whole way of one role.
fn sweep(
    mut desk: Desk<'_>,
    plan: &Plan,
    numbers: &BTreeSet<usize>,
) -> Result<Timed<Sweep>, Failure> {
    let mut engine = desk.engine(plan.weighted_by)?;
    let (role, set) = (desk.role, desk.set);
    let ks = numbers_for(&mut desk, numbers);
    plan.check_memory(role, at_once(plan, &ks))?;
    let mut bar = desk.console.bar(&format!("{role}s:"));
    let (rows, fit) = timed(|| {
        let mut observer = |progress| show(&mut bar, progress);
        plan.params.sweep(engine.as_mut(), &ks, &mut observer)
    });
    drop(bar);
    let rows = rows.map_err(|reason| StudyError::Fit { role, reason })?;
    desk.warn(told_of_trouble(role, engine.as_ref()));
    rows.iter().for_each(|row| tell(role, &FitSummary::new(&row.fit), desk.console));
    let rows: Vec<_> = rows.into_iter().map(|row| row.map(drop)).collect();
    warn_of_those_cut_short(&mut desk, plan, &rows);

    let sweep = Sweep::new(set.len(), kind(&plan.params), is_searched(&plan.params), rows);
    let (csv, json) = (desk.file("sweep.csv"), desk.file("sweep.json"));
    let (written, write) = timed(|| {
        desk.output.write(&csv, |out| csv::write_sweep(&sweep, out))?;
        desk.output.write(&json, |out| write_json(&sweep, out))
    });
    written?;
    Ok(Timed { found: sweep, seconds: RoleSeconds { fit, label: 0.0, write } })
}

/// The numbers that the role's addresses allow.
fn numbers_for(desk: &mut Desk<'_>, numbers: &BTreeSet<usize>) -> Vec<usize> {
    let addresses = desk.set.len();
    let possible: Vec<usize> = numbers.range(..=addresses).copied().collect();
    let left_out = numbers.len() - possible.len();
    if left_out > 0 {
        desk.console.warn(format!(
            "{}s: fewer distinct addresses ({addresses}) than components ({}); {left_out} of {} \
             numbers are left out",
            desk.role,
            largest(numbers),
            numbers.len()
        ));
    }
    possible
}

fn warn_of_those_cut_short(desk: &mut Desk<'_>, plan: &Plan, rows: &[Row<()>]) {
    let cut: Vec<String> =
        rows.iter().filter(|row| !row.converged).map(|row| row.k.to_string()).collect();
    if !cut.is_empty() {
        desk.console.warn(format!(
            "{}s: the best fit with k = {} had not converged when --max-iter {} stopped it; raise it",
            desk.role,
            cut.join(", "),
            plan.params.max_iter()
        ));
    }
}

/// The kind of model and of its covariances, as files name them.
fn kind(params: &Params) -> (&'static str, Option<&'static str>) {
    match params {
        Params::KMeans(_) => ("kmeans", None),
        Params::Mixture(params) => {
            let kind = if params.priors.is_some() { "bayesian" } else { "gaussian" };
            (kind, Some(params.covariance.name()))
        }
    }
}
