//! `octomix score`: another day's addresses by a model that was fitted before.

use std::path::Path;
use std::time::{Duration, Instant};

use octomix::analysis::{self, Criteria, Scored};
use octomix::input::{PerRole, Role, Roles};
use octomix::report::page::MOST_FLAGS;
use octomix::report::summary::RoleSummary;
use octomix::rule::Context;
use octomix::rule::threshold::Threshold;
use octomix::store::behaviour::{self, Day};
use octomix::store::model::{Loaded, ModelError, ThresholdRule};
use octomix::store::seen::{FLAGGED, SEEN, Seen};
use octomix::store::{Entry, Manifest};
use octomix::words::shown_path;

use super::Failure;
use super::days::{self, context, earlier, model_file};
use super::detect::MODELS;
use super::role::{Desk, Findings, TablesWanted, page, spent};
use super::run::{start, timed};
use crate::cli::{ScoreArgs, TableArgs};

/// Scores both roles, or the one that there is a model of.
///
/// # Errors
/// When a model cannot be used, the captures cannot be read, the engine cannot be had or fails, or a
/// file cannot be written.
pub fn run(args: &ScoreArgs) -> Result<(), Failure> {
    let ScoreArgs { input, model, output, print, pictures, tables, rules, allow, pairs, engine } =
        args;
    let started = Instant::now();
    let mut doubts = Vec::new();
    let models = read_models(model, input.role, &mut doubts)?;
    let loaded = models.iter().filter_map(|(_, loaded)| loaded.as_ref());
    let most = loaded.map(|loaded| loaded.file.weights.len()).max();
    // A model of one role is asked about that role only.
    let mut input = input.clone();
    input.role = input.role.or(only_role(&models));
    let (mut run, capture) =
        start(("score", started), &input, &output.directory, print, engine, most.unwrap_or(1))?;
    doubts.into_iter().for_each(|doubt| run.console.warn(doubt));
    let allowed = allow.blocks();
    let day = days::day(model)?;
    let found = run.each_role(&capture, |desk| {
        let Some(loaded) = models.get(desk.role) else { return Ok(None) };
        let threshold = loaded.file.threshold;
        let criteria = Criteria {
            score: threshold.score.into(),
            threshold: Threshold::Density(threshold.log_density),
            rules: rules.rules(),
            allowed: allowed.as_deref(),
            listed: MOST_FLAGS,
            is_share: matches!(threshold.rule, ThresholdRule::Percentile { .. }),
            context: context(&capture, desk.role),
        };
        score(desk, model, loaded, (&criteria, day.as_ref()), *tables).map(Some)
    })?;
    let found = found.into_map(|_, found| found.flatten());
    if pairs.pairs {
        let earlier = day.as_ref().map(|day| &day.conversations);
        let earlier = earlier.filter(|earlier| !earlier.is_empty());
        run.pairs = days::pairs(&mut run.output, &capture, earlier, allowed.as_deref())?;
        days::warn_of_pairs(&mut run);
    } else {
        run.output.remove(days::PAIRS);
    }
    super::page::finish(run, &capture, found, *pictures, print)
}

/// The models at `path`: of a directory both that `octomix fit` wrote, of a file the one, for the roles
/// asked for or else the one that it was fitted to.
///
/// Of a directory with a manifest only what it lists is believed, and only as it was written.
/// What is missing there is told in `doubts`.
fn read_models(
    path: &Path,
    asked: Option<Roles>,
    doubts: &mut Vec<String>,
) -> Result<PerRole<Option<Loaded>>, Failure> {
    if !path.is_dir() {
        return Ok(one_model(Loaded::read(path)?, asked));
    }
    let manifest = Manifest::read(path)?;
    if let Some(manifest) = &manifest {
        let is_asked = |folder: &str| {
            asked.is_none_or(|asked| asked.as_slice().iter().any(|role| role.key() == folder))
        };
        let is_wanted = |entry: &&Entry| match entry.file.split_once('/') {
            Some((folder, "model.json" | SEEN | FLAGGED)) => is_asked(folder),
            Some(_) => false,
            None => entry.file == behaviour::SEEN,
        };
        for entry in manifest.by(MODELS).filter(is_wanted) {
            let file = path.join(&entry.file);
            // One that was taken away cannot mislead.
            match file.exists() || entry.file.ends_with("/model.json") {
                true => entry.check(path)?,
                false => doubts
                    .push(format!("'{}' is gone; the model is used without it", shown_path(&file))),
            }
        }
    } else {
        doubts.push(format!(
            "'{}' has no manifest.json, as where a run was killed: its models are used as they are",
            shown_path(path)
        ));
    }
    let of = |role: Role| {
        let wanted = asked.is_none_or(|asked| asked.as_slice().contains(&role));
        let name = format!("{}/model.json", role.key());
        let file = path.join(&name);
        let is_result = match &manifest {
            Some(manifest) => manifest.entry(&name).is_some(),
            None => file.exists(),
        };
        match wanted && (is_result || asked.is_some()) {
            true if manifest.is_some() && !is_result => Err(ModelError::NotOfRun { path: file }),
            true => Loaded::read(&file).map(Some),
            false => Ok(None),
        }
    };
    let (source, destination) = (of(Role::Source)?, of(Role::Destination)?);
    // Not asked, sources and destinations go before what they are together.
    let is_any = source.is_none() && destination.is_none();
    let any = if is_any { of(Role::Any)? } else { None };
    match is_any && any.is_none() {
        // Read it all the same, for the error.
        true => Ok(one_model(Loaded::read(&path.join("model.json"))?, asked)),
        false => Ok(PerRole { source, destination, any }),
    }
}

fn one_model(loaded: Loaded, asked: Option<Roles>) -> PerRole<Option<Loaded>> {
    let roles = asked.unwrap_or(match loaded.file.role.as_str() {
        "dst" => Roles::Destination,
        "any" => Roles::Any,
        _ => Roles::Source,
    });
    let wanted = |role| roles.as_slice().contains(&role).then(|| loaded.clone());
    PerRole::<()>::default().map(|role, ()| wanted(role))
}

/// The one role that there is a model of, if there is but one.
fn only_role(models: &PerRole<Option<Loaded>>) -> Option<Roles> {
    let models = models.iter().filter(|(_, model)| model.is_some());
    let mut roles = models.map(|(role, _)| Roles::of(role));
    roles.next().filter(|_| roles.next().is_none())
}

/// The whole way of one role, under the model `loaded` from `models`.
fn score(
    mut desk: Desk<'_>,
    models: &Path,
    loaded: &Loaded,
    (criteria, day): (&Criteria<'_>, Option<&Day>),
    args: TableArgs,
) -> Result<Findings, Failure> {
    let seen = Seen::beside(&model_file(models, desk.role), loaded.file.n_addresses)?;
    let earlier = earlier(&seen, day, desk.role, loaded.file.n_addresses)?;
    let context = Context { earlier: earlier.as_ref(), ..criteria.context };
    let criteria = &Criteria { context, ..*criteria };
    let mut engine = desk.engine(loaded.file.weighted_by)?;
    let (set, model, pca) = (desk.set, &loaded.model, &loaded.pca);
    let mut watcher = desk.watch(None);
    let (score, ranking) = (criteria.score, criteria.ranking());
    watcher.start_tables(model, pca, TablesWanted { score, ranking, args })?;
    let scored = analysis::score(set, engine.as_mut(), model, criteria, &mut watcher);
    let Scored { judged, weights } = scored.map_err(|error| watcher.failed(error))?;
    let (_, drawing) = watcher.finish();

    let (changes, write) =
        timed(|| days::changes(&mut desk, &seen, loaded, &judged.flagged, &weights));
    desk.warn_of_trouble(engine.as_ref());
    let spent = spent(Duration::ZERO, &judged, write);
    // How it was fitted is told where it was fitted.
    let page = drawing.map(|drawing| page(set, model, &[], pca, drawing, &judged));
    let summary = RoleSummary::new(set, Vec::new(), judged, loaded.file.threshold, spent);
    Ok(Findings { summary: RoleSummary { changes: Some(changes?), ..summary }, page })
}
