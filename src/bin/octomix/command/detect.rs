//! `octomix detect` and `octomix fit`: from captures to models, and to flagged addresses.

use std::time::Instant;

use octomix::analysis::Criteria;
use octomix::input::{Capture, PerRole};
use octomix::model::any::Params;
use octomix::model::scorer::Score;
use octomix::report::study::{RoleWork, Task};
use octomix::store::behaviour;
use octomix::store::model::BY;

use super::plan::Plan;
use super::role::Findings;
use super::run::{Run, start};
use super::{Failure, checkpoint};
use crate::cli::{DetectArgs, FitArgs, ModelArgs, RuleArgs};

/// Detects anomalies in both roles, or in the one asked for.
///
/// # Errors
/// When the captures cannot be read, the engine cannot be had or fails, or a file cannot be written.
pub fn run(args: &DetectArgs) -> Result<(), Failure> {
    let started = Instant::now();
    let plan = plan(&args.model, &args.score)?;
    let DetectArgs { input, output, print, engine, model, .. } = args;
    let DetectArgs { score, rules, allow, pairs, .. } = args;
    let options =
        format!("detect {:?} {model:?} {score:?} {rules:?} {allow:?} {pairs:?}", input.options());
    let checkpoint =
        checkpoint::open(&args.checkpoint, &output.directory, input, &options, model.files())?;
    let most = plan.params.components();
    let (by, files) = ((BY, started), model.start_file().chain(allow.files()));
    let (mut run, capture) = start(by, input, &output.directory, print, (engine, most), files)?;
    checkpoint::go_on(&mut run, checkpoint)?;
    let found = roles(&mut run, &capture, &plan, args)?;
    super::page::finish(run, &capture, found, args.pictures.plot, print)
}

/// What is found for the roles of `capture`, with tables.
///
/// # Errors
/// When the engine fails, or a file cannot be written.
pub fn roles(
    run: &mut Run,
    capture: &Capture,
    plan: &Plan,
    args: &DetectArgs,
) -> Result<PerRole<Option<Findings>>, Failure> {
    let allowed = args.allow.blocks();
    let criteria = Criteria {
        score: args.score.score,
        threshold: args.score.threshold,
        rules: args.rules.rules(),
        allowed: allowed.as_deref(),
        ..Criteria::default()
    };
    let (roles, tables) = (run.roles, Some(args.tables.options()));
    let (plots, pairs) = (args.pictures.plots, args.pairs.pairs);
    let task = Task { roles, tables, plots, pairs, ..Task::new(capture, criteria) };
    let found = each_role(run, &task, plan)?;
    run.find_pairs(&task, None)?;
    Ok(found)
}

/// Fits a model to both roles, or to the one asked for.
///
/// # Errors
/// As [`run`].
pub fn fit(args: &FitArgs) -> Result<(), Failure> {
    let FitArgs { input, checkpoint, output, print, model, score, rules, engine } = args;
    let started = Instant::now();
    let plan = plan(model, score)?;
    let options = format!("fit {:?} {model:?} {score:?} {rules:?}", input.options());
    let checkpoint =
        checkpoint::open(checkpoint, &output.directory, input, &options, model.files())?;
    let most = plan.params.components();
    let (by, files) = ((BY, started), model.start_file());
    let (mut run, capture) = start(by, input, &output.directory, print, (engine, most), files)?;
    checkpoint::go_on(&mut run, checkpoint)?;
    let criteria = Criteria {
        score: score.score,
        threshold: score.threshold,
        rules: rules.rules(),
        ..Criteria::default()
    };
    // No page tells of as many addresses as usual.
    let task = Task { criteria, roles: run.roles, tables: None, ..Task::new(&capture, criteria) };
    let found = each_role(&mut run, &task, &plan)?;
    super::page::finish(run, &capture, found, false, print)
}

/// The plan of `model`, which must have the score asked for.
///
/// # Errors
/// When options do not go together, or a file to start from cannot be used.
pub fn plan(model: &ModelArgs, rule: &RuleArgs) -> Result<Plan, Failure> {
    let plan = Plan::new(model)?;
    match (rule.score, &plan.params) {
        (Score::Predictive, Params::KMeans(_)) => Err(Failure::Usage(
            "--score predictive is of mixtures; leave it out with --model kmeans".to_owned(),
        )),
        _ => Ok(plan),
    }
}

/// Detects what `task` asks for in each of its roles, and keeps what the addresses did for the days to come.
fn each_role(
    run: &mut Run,
    task: &Task<'_>,
    plan: &Plan,
) -> Result<PerRole<Option<Findings>>, Failure> {
    let found = run.each_role(task.capture, |mut desk| {
        let mut engine = desk.engine(plan.weighted_by)?;
        let fit_plan = plan.for_desk(&mut desk)?;
        let name = desk.choice.name();
        let detect = |work: RoleWork<'_>| work.detect(&fit_plan, plan.weighted_by, name);
        desk.study(task, engine.as_mut(), detect)
    })?;
    behaviour::keep(&mut run.output, task.capture)?;
    Ok(found)
}
