//! `octomix score`: another day's addresses by a model that was fitted before.

use std::path::Path;
use std::time::Instant;

use octomix::address::{AddressSet, Blocks};
use octomix::describe::clusters::clusters;
use octomix::engine::choice::Choice;
use octomix::input::{Role, Roles};
use octomix::model::scorer::Score;
use octomix::report::csv::AddressTable;
use octomix::report::summary::{RoleSeconds, RoleSummary};
use octomix::rule::prefix::Ascending;
use octomix::rule::{Rules, Structure};
use octomix::store::Output;
use octomix::store::model::{Loaded, Model, ModelError, WeightedBy};
use octomix::store::seen::Seen;

use super::Failure;
use super::days::{self, model_file};
use super::fitting::points;
use super::labelling::{Labelled, Labelling, responsible};
use super::page::{self, Found, Subject};
use super::run::{start, timed};
use crate::cli::{RoleArg, ScoreArgs};
use crate::console::Console;

/// Scores both roles, or the one that there is a model of.
///
/// # Errors
/// When a model cannot be used, the captures cannot be read, the engine cannot be had or fails, or a
/// file cannot be written.
pub fn run(args: &ScoreArgs) -> Result<(), Failure> {
    let ScoreArgs { input, model, output, print, pictures, responsibilities, rules, allow, engine } =
        args;
    let started = Instant::now();
    let models = Models::read(model, input.role.map(RoleArg::roles))?;
    let loaded = models.src.iter().chain(&models.dst).chain(&models.any);
    let most = loaded.map(|loaded| loaded.file.weights.len()).max();
    // A model of one role is asked about that role only.
    let mut input = input.clone();
    input.role = input.role.or(models.role());
    let (mut run, capture) =
        start(started, &input, &output.directory, print, engine, most.unwrap_or(1))?;
    let allowed = allow.blocks();
    let mut job = Job {
        choice: &run.choice,
        models: model,
        allowed: allowed.as_ref(),
        responsibilities: *responsibilities,
        rules: rules.rules(),
        console: &mut run.console,
        output: &mut run.output,
    };
    let src = job.score(Role::Source, &capture.source, models.src.as_ref())?;
    let dst = job.score(Role::Destination, &capture.destination, models.dst.as_ref())?;
    let any = job.score(Role::Any, &capture.any, models.any.as_ref())?;
    page::finish(run, &capture, [src, dst, any], *pictures, print)
}

/// The models of the roles.
struct Models {
    src: Option<Loaded>,
    dst: Option<Loaded>,
    any: Option<Loaded>,
}

impl Models {
    /// Those at `path`: of a directory both that `octomix fit` wrote, of a file the one, for the
    /// roles asked for or else the one that it was fitted to.
    fn read(path: &Path, asked: Option<Roles>) -> Result<Self, ModelError> {
        if path.is_dir() {
            let of = |role: Role| {
                let wanted = asked.is_none_or(|asked| asked.as_slice().contains(&role));
                let file = path.join(role.key()).join("model.json");
                (wanted && (file.exists() || asked.is_some()))
                    .then(|| Loaded::read(&file))
                    .transpose()
            };
            let (src, dst) = (of(Role::Source)?, of(Role::Destination)?);
            // Not asked, sources and destinations go before what they are together.
            let is_any = src.is_none() && dst.is_none();
            let any = if is_any { of(Role::Any)? } else { None };
            let models = Self { src, dst, any };
            return match models {
                // Read it all the same, for the error.
                Self { src: None, dst: None, any: None } => {
                    Loaded::read(&path.join("model.json")).map(|loaded| Self::one(loaded, asked))
                }
                models => Ok(models),
            };
        }
        Loaded::read(path).map(|loaded| Self::one(loaded, asked))
    }

    fn one(loaded: Loaded, asked: Option<Roles>) -> Self {
        let roles = asked.unwrap_or(match loaded.file.role.as_str() {
            "dst" => Roles::Destination,
            "any" => Roles::Any,
            _ => Roles::Source,
        });
        let of = |role| roles.as_slice().contains(&role).then(|| loaded.clone());
        Self { src: of(Role::Source), dst: of(Role::Destination), any: of(Role::Any) }
    }

    /// The one role that there is a model of, if there is but one.
    fn role(&self) -> Option<RoleArg> {
        match (&self.src, &self.dst) {
            (Some(_), None) => Some(RoleArg::Src),
            (None, Some(_)) => Some(RoleArg::Dst),
            (None, None) => Some(RoleArg::Any),
            _ => None,
        }
    }
}

/// What is the same for both roles.
struct Job<'a> {
    choice: &'a Choice,
    /// Where the models are.
    models: &'a Path,
    /// The addresses whose flags are not told.
    allowed: Option<&'a Blocks>,
    responsibilities: bool,
    rules: Rules,
    console: &'a mut Console,
    output: &'a mut Output,
}

impl Job<'_> {
    fn score(
        &mut self,
        role: Role,
        set: &AddressSet,
        loaded: Option<&Loaded>,
    ) -> Result<Option<Found>, Failure> {
        let Some(loaded) = loaded.filter(|_| !set.is_empty()) else { return Ok(None) };
        let threshold = loaded.file.threshold;
        let scorer = loaded
            .model
            .scorer(Score::from(threshold.score))
            .map_err(|reason| Failure::Fit { role, reason: reason.into() })?;
        let seen = Seen::beside(&model_file(self.models, role), loaded.file.n_addresses)?;
        let packets = (loaded.file.weighted_by == WeightedBy::Packets).then(|| set.weights());
        let mut engine = self.choice.engine(points(role, set, packets.as_ref())?);
        let (weights, means) = loaded.model.components();
        let responsibilities = responsible(&scorer, self.responsibilities, self.console);
        let ascending = Ascending::new(set.addresses());
        let (structure, label_seconds) = timed(|| Structure::new(&ascending, self.rules));
        let labelling = Labelling {
            role,
            table: &AddressTable { set, pca: &loaded.pca, responsibilities },
            ascending: &ascending,
            scorer: &scorer,
            estimate: &loaded.model.estimate(),
            threshold: threshold.log_density,
            rules: self.rules,
            structure: &structure,
            allowed: self.allowed,
        };
        let (written, write_seconds) = timed(|| {
            let engine = engine.as_mut();
            let found = labelling.run(engine, Some(&mut *self.output), self.console)?;
            let moves = days::weights(loaded, engine, &found.tallies)?;
            let flagged = found.flagged.ascending(set);
            let changes = days::changes(role, &seen, &ascending, &flagged, moves, self.output)?;
            Ok::<_, Failure>((found, changes))
        });
        let (Labelled { tallies, flagged, drawing }, changes) = written?;
        if let Some(trouble) = engine.trouble() {
            self.console.warn(format!("{role}s: the CPU took over: {trouble}"));
        }
        let seconds = RoleSeconds { fit: 0.0, label: label_seconds, write: write_seconds };
        let clusters = clusters(tallies, &weights, &means, &flagged.rows);
        let summary = RoleSummary::new(set, Vec::new(), clusters, &flagged, threshold, seconds);
        let summary = RoleSummary { changes: Some(changes), ..summary };
        let subject = match &loaded.model {
            // How it was fitted is told where it was fitted.
            Model::Mixture(estimate) => Subject::Mixture(estimate, &[]),
            Model::KMeans(partition) => Subject::Partition(partition),
        };
        let page = drawing.map(|drawing| subject.page(set, &loaded.pca, drawing, &flagged));
        Ok(Some(Found { summary, page }))
    }
}
