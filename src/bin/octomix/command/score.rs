//! `octomix score`: another day's addresses by a model that was fitted before.

use std::path::Path;
use std::time::{Duration, Instant};

use octomix::analysis::{self, Criteria};
use octomix::report::page::MOST_FLAGS;
use octomix::report::summary::RoleSummary;
use octomix::rule::Context;
use octomix::rule::threshold::Threshold;
use octomix::store::behaviour::Day;
use octomix::store::model::{AppliedThreshold, Loaded, ThresholdRule};
use octomix::store::seen::Seen;

use super::Failure;
use super::days::{self, context, earlier};
use super::models::{model_file, only_role, read_models};
use super::role::{Desk, Findings, TablesWanted, applied, page, spent};
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
    let (by, most) = (("score", started), most.unwrap_or(1));
    let (mut run, capture) =
        start(by, &input, &output.directory, print, (engine, most), allow.files())?;
    doubts.into_iter().for_each(|doubt| run.console.warn(doubt));
    let allowed = allow.blocks();
    let day = days::day(model)?;
    let found = run.each_role(&capture, |desk| {
        let Some(loaded) = models.get(desk.role) else { return Ok(None) };
        let mut criteria = Criteria {
            rules: rules.rules(),
            allowed: allowed.as_deref(),
            listed: MOST_FLAGS,
            context: context(&capture, desk.role),
            ..Criteria::default()
        };
        match loaded.file.threshold {
            Some(AppliedThreshold { rule, score, log_density }) => {
                criteria.score = score.into();
                criteria.threshold = Threshold::Density(log_density);
                criteria.is_share = matches!(rule, ThresholdRule::Percentile { .. });
            }
            None => desk.console.warn_once(
                "the model has no threshold, because nothing was judged when it was fitted: the 4 % least dense of \
                 these addresses are ranked",
            ),
        }
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
    let earlier = earlier.as_ref();
    watcher.start_tables(model, pca, TablesWanted { score, ranking, earlier, args })?;
    let scored = analysis::score(set, engine.as_mut(), model, criteria, &mut watcher);
    let scored = scored.map_err(|error| watcher.failed(error))?;
    let (_, drawing) = watcher.finish();

    let (changes, write) = timed(|| days::changes(&mut desk, models, &seen, loaded, &scored));
    let judged = scored.judged;
    desk.warn_of_trouble(engine.as_ref());
    let spent = spent(Duration::ZERO, &judged, write);
    // How it was fitted is told where it was fitted.
    let page = drawing.map(|drawing| page(set, model, &[], pca, drawing, &judged));
    let threshold = loaded.file.threshold.unwrap_or_else(|| applied(criteria, judged.threshold));
    let summary = RoleSummary::new(set, Vec::new(), judged, threshold, spent);
    Ok(Findings { summary: RoleSummary { changes: Some(changes?), ..summary }, page })
}
