//! `octomix detect` and `octomix fit`: from captures to models, and to flagged addresses.

use std::time::Instant;

use octomix::address::{AddressSet, Blocks};
use octomix::describe::clusters::clusters;
use octomix::engine::choice::Choice;
use octomix::input::{Capture, Role};
use octomix::model::any::{Fit, Params};
use octomix::model::pca::Pca;
use octomix::report::csv::AddressTable;
use octomix::report::summary::{RoleSeconds, RoleSummary};
use octomix::rule::prefix::Ascending;
use octomix::rule::{Rules, Structure};
use octomix::store::Output;
use octomix::store::model::{ModelFile, Provenance};

use super::days::keep;
use super::fitting::{Fitted, log_likelihood, points};
use super::labelling::{Labelled, Labelling, responsible, threshold};
use super::page::{self, Found, Subject};
use super::plan::Plan;
use super::run::{Run, start, timed};
use super::{Failure, batch, write_json};
use crate::cli::{DetectArgs, FitArgs, ModelArgs, PictureArgs, RuleArgs, ScoreArg};
use crate::console::Console;

/// Detects anomalies in both roles, or in the one asked for.
///
/// # Errors
/// When the captures cannot be read, the engine cannot be had or fails, or a file cannot be written.
pub fn run(args: &DetectArgs) -> Result<(), Failure> {
    let DetectArgs {
        input,
        each,
        output,
        print,
        pictures,
        responsibilities,
        model,
        score,
        rules,
        allow,
        engine,
        ..
    } = args;
    let started = Instant::now();
    let plan = plan(model, score)?;
    if *each {
        return batch::run(args, &plan, started);
    }
    let most = plan.params.components();
    let (mut run, capture) = start(started, input, &output.directory, print, engine, most)?;
    let allowed = allow.blocks();
    let flagging = Flagging { density: score, rules: rules.rules(), allowed: allowed.as_ref() };
    let found = roles(&mut run, &capture, &plan, flagging, Some(*responsibilities))?;
    page::finish(run, &capture, found, *pictures, print)
}

/// Fits a model to both roles, or to the one asked for.
///
/// # Errors
/// As [`run`].
pub fn fit(args: &FitArgs) -> Result<(), Failure> {
    let FitArgs { input, output, print, model, score, rules, engine } = args;
    let started = Instant::now();
    let plan = plan(model, score)?;
    let most = plan.params.components();
    let (mut run, capture) = start(started, input, &output.directory, print, engine, most)?;
    let flagging = Flagging { density: score, rules: rules.rules(), allowed: None };
    let found = roles(&mut run, &capture, &plan, flagging, None)?;
    page::finish(run, &capture, found, PictureArgs::default(), print)
}

/// What flags addresses.
#[derive(Clone, Copy)]
pub struct Flagging<'a> {
    /// By their density.
    pub density: &'a RuleArgs,
    /// The rules that are applied.
    pub rules: Rules,
    /// The addresses whose flags are not told.
    pub allowed: Option<&'a Blocks>,
}

/// Fits and labels the roles of `capture`; `tables`: whether to write them, with responsibilities.
///
/// # Errors
/// When the engine fails, or a file cannot be written.
pub fn roles(
    run: &mut Run,
    capture: &Capture,
    plan: &Plan,
    flagging: Flagging<'_>,
    tables: Option<bool>,
) -> Result<[Option<Found>; 3], Failure> {
    let (choice, console, output) = (&run.choice, &mut run.console, &mut run.output);
    let mut job = Job { choice, plan, flagging, tables, console, output };
    let src = job.detect(Role::Source, &capture.source)?;
    let dst = job.detect(Role::Destination, &capture.destination)?;
    let any = job.detect(Role::Any, &capture.any)?;
    Ok([src, dst, any])
}

/// The plan of `model`, which must have the score asked for.
fn plan(model: &ModelArgs, rule: &RuleArgs) -> Result<Plan, Failure> {
    let plan = Plan::new(model)?;
    match (rule.score, &plan.params) {
        (ScoreArg::Predictive, Params::KMeans(_)) => Err(Failure::Usage(
            "--score predictive is of mixtures; leave it out with --model kmeans".to_owned(),
        )),
        _ => Ok(plan),
    }
}

/// What is the same for both roles.
struct Job<'a> {
    choice: &'a Choice,
    plan: &'a Plan,
    flagging: Flagging<'a>,
    /// Whether to write tables, and responsibilities in them.
    tables: Option<bool>,
    console: &'a mut Console,
    output: &'a mut Output,
}

impl Job<'_> {
    /// The whole way of one role; `None` where there is nothing to look at.
    fn detect(&mut self, role: Role, set: &AddressSet) -> Result<Option<Found>, Failure> {
        if set.is_empty() {
            return Ok(None);
        }
        let weights = self.plan.weights(set);
        let mut engine = self.choice.engine(points(role, set, weights.as_ref())?);
        let engine = engine.as_mut();
        let (fitted, fit_seconds) = timed(|| self.plan.fit(role, engine, self.console));
        let Fitted { fit, params, summaries } = fitted?;
        let failed = |reason| Failure::Fit { role, reason };
        let Flagging { density, rules, allowed } = self.flagging;
        let score = density.score.score();
        let scorer = fit.scorer(score).map_err(failed)?;
        let addresses = set.addresses();
        let ascending = Ascending::new(addresses);
        let (found, label_seconds) = timed(|| {
            let (choice, seed) = (self.choice, params.seed());
            let threshold = threshold(density, &fit, &scorer, engine, addresses, choice, seed)?;
            Ok::<_, Failure>((threshold, Structure::new(&ascending, rules)))
        });
        let (threshold, structure) = found?;
        let log_likelihood = log_likelihood(&fit, engine).map_err(failed)?;
        let pca = Pca::new(fit.moments());
        let about = Provenance {
            role: role.key(),
            params: &params,
            threshold,
            pca: &pca,
            addresses: set.len(),
            weighted_by: self.plan.weighted_by,
            log_likelihood,
            engine: self.choice.name(),
        };
        let model = ModelFile::new(&fit, &about);
        let (weights, means) = (fit.weights(), fit.means());
        let responsibilities = responsible(&scorer, self.tables == Some(true), self.console);
        let labelling = Labelling {
            role,
            table: &AddressTable { set, pca: &pca, responsibilities },
            ascending: &ascending,
            scorer: &scorer,
            estimate: &fit.estimate(),
            threshold: threshold.log_density,
            rules,
            structure: &structure,
            allowed,
        };
        let (written, write_seconds) = timed(|| {
            let output = self.tables.is_some().then_some(&mut *self.output);
            let found = labelling.run(engine, output, self.console)?;
            keep(role, set, &ascending, &found.flagged, self.output)?;
            let file = format!("{}/model.json", role.key());
            self.output.write(&file, |out| write_json(&model, out))?;
            Ok::<_, Failure>(found)
        });
        let labelled = written?;
        if let Some(trouble) = engine.trouble() {
            self.console.warn(format!("{role}s: the CPU took over: {trouble}"));
        }
        let seconds = RoleSeconds { fit: fit_seconds, label: label_seconds, write: write_seconds };
        let Labelled { tallies, flagged, drawing } = labelled;
        let clusters = clusters(tallies, &weights, &means, &flagged.rows);
        let summary = RoleSummary::new(set, summaries, clusters, &flagged, threshold, seconds);
        let subject = match &fit {
            Fit::Mixture(fit) => Subject::Mixture(&fit.estimate, &fit.course().lower_bounds),
            Fit::KMeans(fit) => Subject::Partition(&fit.partition()),
        };
        let page = drawing.map(|drawing| subject.page(set, &pca, drawing, &flagged));
        Ok(Some(Found { summary, page }))
    }
}
