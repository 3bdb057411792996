//! One role of a capture: fitted or scored, judged, described, and written or kept.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use super::tabled::Tabled;
use super::told::{NO_RESPONSIBILITIES, NO_THRESHOLD, told_of_end, told_of_trouble};
use super::{StudyError, Task};
use crate::address::AddressSet;
use crate::analysis::{self, Criteria, Detected, Judged, Plan, Scored, Watcher};
use crate::behaviour::Earlier;
use crate::engine::Engine;
use crate::input::Role;
use crate::model::any::Model;
use crate::model::pca::Pca;
use crate::report::csv::write_changes;
use crate::report::page::{Picture, RolePage};
use crate::report::summary::changes::{Changes, Since, WeightChange};
use crate::report::summary::fit::FitSummary;
use crate::report::summary::{RoleSeconds, RoleSummary};
use crate::rule::Context;
use crate::rule::threshold::Threshold;
use crate::store::behaviour::Day;
use crate::store::model::{AppliedThreshold, Loaded, ModelFile, Models, Provenance, WeightedBy};
use crate::store::{Output, WriteError, seen};

/// The files that are written beside the tables.
const MODEL: &str = "model.json";
const CHANGES: &str = "changes.csv";

/// A role of a task at work.
pub struct RoleWork<'a> {
    /// The task.
    pub task: &'a Task<'a>,
    /// The role, which has addresses.
    pub role: Role,
    /// An engine over them.
    pub engine: &'a mut dyn Engine,
    /// Where files are written; without it what they would hold is kept, but for tables, which may be large.
    pub output: Option<&'a mut Output>,
    /// Who looks on.
    pub watcher: &'a mut dyn Watcher,
}

/// What was found for a role, beside its summary.
#[derive(Debug, Clone)]
pub struct Found {
    /// The model.
    pub model: Model,
    /// The plane of its pictures.
    pub pca: Pca,
    /// All flagged addresses, least dense first.
    pub flagged: Vec<u32>,
    /// What pictures show, with those of the flagged addresses that are described; nothing where no tables are wanted.
    pub page: Option<RolePage>,
    /// What there is to warn of.
    pub warnings: Vec<String>,
    /// The addresses of the day of a model that was fitted before, if they are known.
    earlier: Option<Earlier>,
    /// The files that were not written, by their names.
    files: Vec<(&'static str, Vec<u8>)>,
}

impl Found {
    /// The text of model.json, if a model was fitted and the file was not written.
    pub fn model_file(&self) -> Option<&[u8]> {
        self.file(MODEL)
    }

    /// The text of changes.csv, if addresses were scored and the file was not written.
    pub fn changes_file(&self) -> Option<&[u8]> {
        self.file(CHANGES)
    }

    fn file(&self, name: &str) -> Option<&[u8]> {
        self.files.iter().find(|(file, _)| *file == name).map(|(_, text)| text.as_slice())
    }

    /// Writes to `output` what was not written of `role` of `task`, whose addresses were judged by this `threshold`, and
    /// its tables, for which `engine` labels the addresses again.
    pub(super) fn write(
        &self,
        (task, role): (&Task<'_>, Role),
        threshold: AppliedThreshold,
        engine: &mut dyn Engine,
        output: &mut Output,
        watcher: &mut dyn Watcher,
    ) -> Result<(), StudyError> {
        let (set, wanted) = (task.capture.sets.get(role), task.tables.unwrap_or_default());
        let criteria = Criteria { listed: 0, ..criteria_of(task, role, threshold) };
        let context = Context { earlier: self.earlier.as_ref(), ..criteria.context };
        let criteria = Criteria { context, ..criteria };
        let mut tabled =
            Tabled::new((role, set), criteria, Some(wanted), Some(&mut *output), watcher);
        tabled.begin(&self.model, &self.pca)?;
        let judged = analysis::score(set, engine, &self.model, &criteria, &mut tabled);
        tabled.end(judged)?;
        if self.model_file().is_some() {
            seen::keep(output, role, set.addresses(), &self.flagged)?;
        }
        for (name, text) in &self.files {
            output.write(&role.file(name), |out| out.write_all(text))?;
        }
        draw(task, role, self.page.as_ref(), output)?;
        Ok(())
    }
}

/// Draws the plane of `role`, which `page` has, in files of its own, if `task` asks for them.
fn draw(
    task: &Task<'_>,
    role: Role,
    page: Option<&RolePage>,
    output: &mut Output,
) -> Result<(), WriteError> {
    let Some(page) = page.filter(|_| task.plots) else { return Ok(()) };
    let picture = Picture::new(page);
    output.write(&role.file("plane.svg"), |out| out.write_all(picture.svg()?.as_bytes()))?;
    output.write(&role.file("plane.png"), |out| out.write_all(&picture.png()?))
}

impl<'a> RoleWork<'a> {
    fn set(&self) -> &'a AddressSet {
        self.task.capture.sets.get(self.role)
    }

    /// Fits the model of `plan`, and says which addresses are odd under it. They are `weighted_by` what `engine` counts
    /// them; `engine_name` is told in the file of the model.
    ///
    /// # Errors
    /// When the model cannot be fitted or written, or the engine fails.
    pub fn detect(
        self,
        plan: &Plan,
        weighted_by: WeightedBy,
        engine_name: &'static str,
    ) -> Result<(RoleSummary, Found), StudyError> {
        let (set, Self { task, role, engine, mut output, watcher }) = (self.set(), self);
        let criteria = Criteria { context: task.context(role), ..task.criteria };
        let mut tabled =
            Tabled::new((role, set), criteria, task.tables, output.as_deref_mut(), watcher);
        let detected = analysis::detect(set, &mut *engine, plan, &criteria, &mut tabled);
        let (detected, drawing) = tabled.end(detected)?;
        let Detected { fitted, judged, log_likelihood, fit_time } = detected;
        let (model, pca) = (fitted.model(), Pca::new(fitted.fit.moments()));
        let threshold = AppliedThreshold::new(criteria.threshold, criteria.score, judged.threshold);
        let about = Provenance {
            role: role.key(),
            params: &fitted.params,
            threshold: Some(threshold),
            pca: &pca,
            addresses: set.len(),
            weighted_by,
            log_likelihood: Some(log_likelihood),
            engine: engine_name,
        };
        let file = role.file(MODEL);
        let path = match &output {
            Some(output) => output.directory().join(&file),
            None => file.into(),
        };
        let text = ModelFile::new(&fitted.fit, &about).to_json(&path)?;
        let started = Instant::now();
        if let Some(output) = output.as_deref_mut() {
            seen::keep(output, role, set.addresses(), &judged.flagged)?;
        }
        let mut files = Vec::new();
        put(role, output.as_deref_mut(), &mut files, MODEL, |out| out.write_all(&text))?;
        let spent = spent(fit_time, &judged, started.elapsed());
        let bounds = fitted.fit.lower_bounds();
        let page =
            drawing.map(|drawing| RolePage::new(set, (&model, &pca), bounds, drawing, &judged));
        if let Some(output) = output {
            draw(task, role, page.as_ref(), output)?;
        }
        let mut warnings = Vec::from_iter(told_of_end(role, &fitted));
        warnings.extend(told_of_model(task, &model));
        warnings.extend(told_of_trouble(role, engine));
        let flagged = judged.flagged.clone();
        let summary = RoleSummary::new(set, FitSummary::all(&fitted), judged, threshold, spent);
        Ok((summary, Found { model, pca, flagged, page, warnings, earlier: None, files }))
    }

    /// Says which addresses are odd under the model `loaded`, one of `models`, and what has changed since its `day`.
    ///
    /// # Errors
    /// When what is kept beside the model cannot be used, a file cannot be written, or the engine fails.
    pub fn score(
        self,
        models: &Models,
        loaded: &Loaded,
        day: Option<&Day>,
    ) -> Result<(RoleSummary, Found), StudyError> {
        let (set, Self { task, role, engine, mut output, watcher }) = (self.set(), self);
        let seen = models.seen(role, loaded)?;
        let earlier = seen.earlier(day, role, loaded.file.n_addresses)?;
        let criteria = match loaded.file.threshold {
            Some(threshold) => criteria_of(task, role, threshold),
            None => Criteria { context: task.context(role), ..task.criteria },
        };
        let context = Context { earlier: earlier.as_ref(), ..criteria.context };
        let criteria = Criteria { context, ..criteria };
        let (model, pca) = (&loaded.model, &loaded.pca);
        let mut tabled =
            Tabled::new((role, set), criteria, task.tables, output.as_deref_mut(), watcher);
        tabled.begin(model, pca)?;
        let scored = analysis::score(set, &mut *engine, model, &criteria, &mut tabled);
        let (Scored { judged, weights }, drawing) = tabled.end(scored)?;
        let started = Instant::now();
        let (mut files, mut told) = (Vec::new(), None);
        put(role, output.as_deref_mut(), &mut files, CHANGES, |out| {
            told = Some(write_changes(&seen, set, judged.newest.clone(), &judged.flagged, out)?);
            Ok(())
        })?;
        let (addresses, newly_flagged) = told.unwrap_or_default();
        let changes = Changes {
            since: Since::of(models, role),
            addresses,
            weights: WeightChange::all(&loaded.file.weights, &weights),
            newly_flagged,
            missing: seen.missing(),
        };
        let spent = spent(Duration::ZERO, &judged, started.elapsed());
        // How it was fitted is told where it was fitted.
        let page = drawing.map(|drawing| RolePage::new(set, (model, pca), &[], drawing, &judged));
        if let Some(output) = output {
            draw(task, role, page.as_ref(), output)?;
        }
        let mut warnings = Vec::from_iter(told_of_model(task, model));
        warnings.extend(loaded.file.threshold.is_none().then(|| NO_THRESHOLD.to_owned()));
        warnings.extend(told_of_trouble(role, engine));
        let threshold = loaded.file.threshold.unwrap_or_else(|| {
            AppliedThreshold::new(criteria.threshold, criteria.score, judged.threshold)
        });
        let flagged = judged.flagged.clone();
        let summary = RoleSummary::new(set, Vec::new(), judged, threshold, spent);
        let summary = RoleSummary { changes: Some(changes), ..summary };
        let (model, pca) = (model.clone(), pca.clone());
        Ok((summary, Found { model, pca, flagged, page, warnings, earlier, files }))
    }
}

/// What makes the addresses of `role` odd by a `threshold` that has been found before.
fn criteria_of<'a>(task: &Task<'a>, role: Role, threshold: AppliedThreshold) -> Criteria<'a> {
    Criteria {
        score: threshold.score.into(),
        threshold: Threshold::Density(threshold.log_density),
        is_share: threshold.is_share(),
        context: task.context(role),
        ..task.criteria
    }
}

/// What there is to tell if `model` lacks what the tables of `task` are to hold.
fn told_of_model(task: &Task<'_>, model: &Model) -> Option<String> {
    let is_missed = task.tables.is_some_and(|tables| tables.responsibilities);
    (is_missed && matches!(model, Model::KMeans(_))).then(|| NO_RESPONSIBILITIES.to_owned())
}

/// Writes the file `name` of `role` to `output`, or without it into `files`.
fn put(
    role: Role,
    output: Option<&mut Output>,
    files: &mut Vec<(&'static str, Vec<u8>)>,
    name: &'static str,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), WriteError> {
    let Some(output) = output else {
        let mut text = Vec::new();
        content(&mut text).map_err(|error| WriteError::new(name.as_ref(), &error))?;
        files.push((name, text));
        return Ok(());
    };
    output.write(&role.file(name), content)
}

/// How long a role took whose fit took `fit`, and whose files other than tables took `write`.
fn spent(fit: Duration, judged: &Judged, write: Duration) -> RoleSeconds {
    RoleSeconds {
        fit: fit.as_secs_f64(),
        label: judged.threshold_time.as_secs_f64(),
        write: (judged.sweep_time + write).as_secs_f64(),
    }
}
