//! `octomix detect` and `octomix fit`: from captures to models, and to flagged addresses.

use std::time::Instant;

use octomix::analysis::{self, Criteria, Detected};
use octomix::input::{Capture, PerRole};
use octomix::model::any::Params;
use octomix::model::pca::Pca;
use octomix::model::scorer::Score;
use octomix::report::page::MOST_FLAGS;
use octomix::report::summary::RoleSummary;
use octomix::store::model::{ModelFile, Provenance};

use super::days::{PAIRS, context, keep, keep_behaviour, pairs, warn_of_pairs};
use super::plan::Plan;
use super::role::{Desk, Findings, TablesWanted, applied, page, spent};
use super::run::{Run, start, timed};
use super::{Failure, checkpoint};
use crate::cli::{DetectArgs, FitArgs, ModelArgs, PictureArgs, RuleArgs};

/// The kind of runs that fit models, in manifests.
pub const MODELS: &str = "fit";

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
    let (by, files) = ((MODELS, started), model.start_file().chain(allow.files()));
    let (mut run, capture) = start(by, input, &output.directory, print, (engine, most), files)?;
    checkpoint::go_on(&mut run, checkpoint)?;
    let found = roles(&mut run, &capture, &plan, args)?;
    super::page::finish(run, &capture, found, args.pictures, print)
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
        listed: MOST_FLAGS,
        ..Criteria::default()
    };
    let (score, ranking) = (criteria.score, criteria.ranking());
    let tables = TablesWanted { score, ranking, earlier: None, args: args.tables };
    let found = run.each_role(capture, |desk| {
        let criteria = Criteria { context: context(capture, desk.role), ..criteria };
        detect(desk, plan, &criteria, Some(tables))
    })?;
    keep_behaviour(&mut run.output, capture)?;
    if args.pairs.pairs {
        run.pairs = pairs(&mut run.output, capture, None, criteria.allowed)?;
        warn_of_pairs(run);
    } else {
        run.output.remove(PAIRS);
    }
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
    let (by, files) = ((MODELS, started), model.start_file());
    let (mut run, capture) = start(by, input, &output.directory, print, (engine, most), files)?;
    checkpoint::go_on(&mut run, checkpoint)?;
    let criteria = Criteria {
        score: score.score,
        threshold: score.threshold,
        rules: rules.rules(),
        ..Criteria::default()
    };
    let found = run.each_role(&capture, |desk| {
        let criteria = Criteria { context: context(&capture, desk.role), ..criteria };
        detect(desk, &plan, &criteria, None)
    })?;
    keep_behaviour(&mut run.output, &capture)?;
    super::page::finish(run, &capture, found, PictureArgs::default(), print)
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

/// The whole way of one role; writes the `tables` that are wanted.
fn detect(
    mut desk: Desk<'_>,
    plan: &Plan,
    criteria: &Criteria<'_>,
    tables: Option<TablesWanted<'_>>,
) -> Result<Findings, Failure> {
    let mut engine = desk.engine(plan.weighted_by)?;
    let fit_plan = plan.for_desk(&mut desk)?;
    let set = desk.set;
    let mut watcher = desk.watch(tables);
    let detected = analysis::detect(set, engine.as_mut(), &fit_plan, criteria, &mut watcher);
    let Detected { fitted, judged, log_likelihood, fit_time } =
        detected.map_err(|error| watcher.failed(error))?;
    let (fits, drawing) = watcher.finish();

    let (model, pca) = (fitted.model(), Pca::new(fitted.fit.moments()));
    let threshold = applied(criteria, judged.threshold);
    let about = Provenance {
        role: desk.role.key(),
        params: &fitted.params,
        threshold: Some(threshold),
        pca: &pca,
        addresses: set.len(),
        weighted_by: plan.weighted_by,
        log_likelihood: Some(log_likelihood),
        engine: desk.choice.name(),
    };
    let file = desk.file("model.json");
    let path = desk.output.directory().join(&file);
    let text = ModelFile::new(&fitted.fit, &about).to_json(&path)?;
    let (written, write) = timed(|| {
        keep(&mut desk, &judged.flagged)?;
        desk.output.write(&file, |out| out.write_all(&text))
    });
    written?;
    desk.warn_of_trouble(engine.as_ref());
    let spent = spent(fit_time, &judged, write);
    let bounds = fitted.fit.lower_bounds();
    let page = drawing.map(|drawing| page(set, &model, bounds, &pca, drawing, &judged));
    Ok(Findings { summary: RoleSummary::new(set, fits, judged, threshold, spent), page })
}
