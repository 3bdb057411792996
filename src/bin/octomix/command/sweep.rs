//! `octomix sweep`: one model with several numbers of components, and by what to choose one.

use std::time::Instant;

use octomix::address::AddressSet;
use octomix::engine::choice::Choice;
use octomix::input::Role;
use octomix::model::any::Params;
use octomix::report::summary::RoleSeconds;
use octomix::report::summary::fit::FitSummary;
use octomix::report::summary::sweep::{Sweep, SweepRow, SweepSummary};
use octomix::report::{csv, page};
use octomix::store::Output;

use super::fitting::{points, show, tell};
use super::page::invocation;
use super::plan::Plan;
use super::run::{self, start, timed};
use super::{Failure, write_json};
use crate::cli::{Components, ModelArgs, Numbers, SearchArg, SweepArgs};
use crate::console::Console;

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
    let components = k.as_slice().iter().sum();
    let (mut run, capture) = start(started, input, &output.directory, print, engine, components)?;
    let mut job = Job {
        choice: &run.choice,
        plan: &plan,
        numbers: k,
        console: &mut run.console,
        output: &mut run.output,
    };
    let src = job.sweep(Role::Source, &capture.source)?;
    let dst = job.sweep(Role::Destination, &capture.destination)?;
    let any = job.sweep(Role::Any, &capture.any)?;
    let about = invocation();
    let write = |summary: &_, out: &mut dyn std::io::Write| page::write_sweep(summary, &about, out);
    let summary = run::complete(run, &capture, [src, dst, any], None, Some((page::FILE, &write)))?;
    run::show(&summary, &Default::default(), print)
}

/// The plan of a fit with the most components; the numbers share runs unless a search is asked for.
fn plan(model: &ModelArgs, numbers: &Numbers) -> Result<Plan, Failure> {
    let fixed = [
        (model.components.is_some(), "--components is one number; sweep takes --k 1..9"),
        (model.start.init_file.is_some(), "--init-file is of one number of components"),
        (model.start.warm_start.is_some(), "--warm-start is of one number of components"),
    ];
    if let Some((_, message)) = fixed.into_iter().find(|&(given, _)| given) {
        return Err(Failure::Usage(message.to_owned()));
    }
    Plan::new(&ModelArgs {
        components: Some(Components::Exactly(numbers.most())),
        search: model.search.or(Some(SearchArg::Restarts)),
        ..model.clone()
    })
}

/// What is the same for both roles.
struct Job<'a> {
    choice: &'a Choice,
    plan: &'a Plan,
    numbers: &'a Numbers,
    console: &'a mut Console,
    output: &'a mut Output,
}

impl Job<'_> {
    /// The whole way of one role; `None` where there is nothing to look at.
    fn sweep(&mut self, role: Role, set: &AddressSet) -> Result<Option<SweepSummary>, Failure> {
        if set.is_empty() {
            return Ok(None);
        }
        let weights = self.plan.weights(set);
        let mut engine = self.choice.engine(points(role, set, weights.as_ref())?);
        let ks = self.numbers_for(role, set.len());
        let mut bar = self.console.bar(format!("{role}s:"));
        let (rows, fit_seconds) = timed(|| {
            let mut observer = |progress| show(&mut bar, progress);
            self.plan.params.sweep(engine.as_mut(), &ks, &mut observer)
        });
        drop(bar);
        let rows = rows.map_err(|reason| Failure::Fit { role, reason })?;
        if let Some(trouble) = engine.trouble() {
            self.console.warn(format!("{role}s: the CPU took over: {trouble}"));
        }
        let fits: Vec<FitSummary> = rows.iter().map(|row| FitSummary::new(&row.fit)).collect();
        fits.iter().for_each(|fit| tell(role, fit, self.console));
        let rows: Vec<SweepRow> = rows.iter().map(SweepRow::from).collect();
        self.warn_of_those_cut_short(role, &rows);

        let (kind, covariance_type) = kind(&self.plan.params);
        let sweep = Sweep::new(set.len(), kind, covariance_type, rows);
        let file = |name| format!("{}/{name}", role.key());
        let (written, write_seconds) = timed(|| {
            self.output.write(&file("sweep.csv"), |out| csv::write_sweep(&sweep, out))?;
            self.output.write(&file("sweep.json"), |out| write_json(&sweep, out))
        });
        written?;
        let seconds = RoleSeconds { fit: fit_seconds, label: 0.0, write: write_seconds };
        Ok(Some(SweepSummary { sweep, seconds }))
    }

    /// The numbers that so many addresses allow.
    fn numbers_for(&mut self, role: Role, addresses: usize) -> Vec<usize> {
        let all = self.numbers.as_slice();
        let possible: Vec<usize> = all.iter().copied().filter(|&k| k <= addresses).collect();
        let left_out = all.len() - possible.len();
        if left_out > 0 {
            self.console.warn(format!(
                "{role}s: fewer distinct addresses ({addresses}) than components ({}); {left_out} of \
                 {} numbers are left out",
                self.numbers.most(),
                all.len()
            ));
        }
        possible
    }

    fn warn_of_those_cut_short(&mut self, role: Role, rows: &[SweepRow]) {
        let cut: Vec<String> =
            rows.iter().filter(|row| !row.converged).map(|row| row.k.to_string()).collect();
        if !cut.is_empty() {
            self.console.warn(format!(
                "{role}s: the best fit with k = {} had not converged when --max-iter {} stopped it; \
                 raise it",
                cut.join(", "),
                self.plan.params.max_iter()
            ));
        }
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
