//! `octomix score`: another day's addresses by a model that was fitted before.

use std::time::Instant;

use octomix::analysis::Criteria;
use octomix::report::study::{RoleWork, SCORE, Task};
use octomix::store::model::Models;

use super::Failure;
use super::run::start;
use crate::cli::ScoreArgs;

/// Scores both roles, or the one that there is a model of.
///
/// # Errors
/// When a model cannot be used, the captures cannot be read, the engine cannot be had or fails, or a
/// file cannot be written.
pub fn run(args: &ScoreArgs) -> Result<(), Failure> {
    let ScoreArgs { input, model, output, print, pictures, tables, rules, allow, pairs, engine } =
        args;
    let started = Instant::now();
    let models = Models::read(model, input.role)?;
    // A model of one role is asked about that role only.
    let mut input = input.clone();
    input.role = input.role.or(models.only_role());
    let (by, most) = ((SCORE, started), models.most_components());
    let (mut run, capture) =
        start(by, &input, &output.directory, print, (engine, most), allow.files())?;
    models.doubts.iter().for_each(|doubt| run.console.warn(doubt.clone()));
    let allowed = allow.blocks();
    let day = models.day()?;
    let criteria =
        Criteria { rules: rules.rules(), allowed: allowed.as_deref(), ..Criteria::default() };
    let (roles, tables) = (run.roles, Some(tables.options()));
    let (plots, pairs) = (pictures.plots, pairs.pairs);
    let task = Task { roles, tables, plots, pairs, ..Task::new(&capture, criteria) };
    let found = run.each_role(&capture, |mut desk| {
        let Some(loaded) = models.loaded.get(desk.role) else { return Ok(None) };
        let mut engine = desk.engine(loaded.file.weighted_by)?;
        let score = |work: RoleWork<'_>| work.score(&models, loaded, day.as_ref());
        desk.study(&task, engine.as_mut(), score).map(Some)
    })?;
    let found = found.into_map(|_, found| found.flatten());
    run.find_pairs(&task, day.as_ref().map(|day| &day.conversations))?;
    super::page::finish(run, &capture, found, pictures.plot, print)
}
