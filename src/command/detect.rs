//! `octomix detect`: from captures to flagged addresses, one role after the other.

use std::ops::ControlFlow;
use std::time::Instant;

use octomix::address::AddressSet;
use octomix::engine::choice::Choice;
use octomix::engine::{Engine, EngineError};
use octomix::input::{self, Capture, FileAccount, Role, Roles};
use octomix::model::bayesian::Params;
use octomix::model::em::{self, Fit};
use octomix::model::pca::Pca;
use octomix::model::{Stage, Stop};
use octomix::pass::Density;
use octomix::report::model::{AppliedThreshold, ModelFile};
use octomix::report::reading::Reading;
use octomix::report::summary::{EngineSummary, RoleSeconds, RoleSummary, RunSeconds};
use octomix::report::{Labelled, Output, Summary, WriteError, text};
use octomix::score::Threshold;

use super::{Failure, choose_engine, print, read, write_json};
use crate::cli::DetectArgs;
use crate::console::Console;
use crate::progress::Unit;

/// Detects anomalies in both roles, or in the one asked for.
///
/// # Errors
/// When the captures cannot be read, the engine cannot be had or fails, or a file cannot be written.
pub fn run(args: &DetectArgs) -> Result<(), Failure> {
    let started = Instant::now();
    let mut console = Console::new(args.print.quiet);
    let params = args.model.params();
    let folders = [Role::Source.key(), Role::Destination.key()];
    let output = Output::new(&args.directory, &folders)?;

    let (capture, read_seconds) = timed(|| read(&args.input, &mut console));
    let capture = capture?;
    let (choice, engine_seconds) =
        timed(|| choose_engine(&args.engine, &capture, params.components, &mut console));
    let mut job = Job { choice: choice?, params, threshold: args.threshold, console, output };

    let src = job.detect(Role::Source, &capture.source)?;
    let dst = job.detect(Role::Destination, &capture.destination)?;

    let Job { choice, console, mut output, .. } = job;
    let summary_file = "summary.json";
    let summary = Summary {
        octomix: env!("CARGO_PKG_VERSION"),
        input: Reading::new(&capture.account),
        engine: EngineSummary {
            requested: args.engine.engine.kind().name(),
            used: choice.name(),
            device: choice.engine(&[]).description(),
            reason: choice.reason,
        },
        src,
        dst,
        skipped_roles: skipped(args, &capture),
        warnings: console.into_warnings(),
        output: output.directory().display().to_string(),
        files: output.files().iter().cloned().chain([summary_file.to_owned()]).collect(),
        seconds: RunSeconds {
            read: read_seconds,
            engine: engine_seconds,
            total: started.elapsed().as_secs_f64(),
        },
    };
    output.write(summary_file, |file| write_json(&summary, file))?;
    print(args.print.format, &summary, |out| text::write(&summary, out))
}

/// What is the same for both roles.
struct Job {
    choice: Choice,
    params: Params,
    threshold: Threshold,
    console: Console,
    output: Output,
}

impl Job {
    /// The whole way of one role; `None` where there is nothing to look at.
    fn detect(&mut self, role: Role, set: &AddressSet) -> Result<Option<RoleSummary>, Failure> {
        if set.is_empty() {
            return Ok(None);
        }
        let mut engine = self.choice.engine(set.addresses());
        let params = self.params_for(role, set.len());

        let (fit, fit_seconds) = timed(|| self.fit(role, engine.as_mut(), &params));
        let fit = fit?;
        let (labels, label_seconds) =
            timed(|| self.label(role, engine.as_mut(), &fit.posterior.mixture().into()));
        let (clusters, log_densities) = labels?;
        if let Some(trouble) = engine.trouble() {
            self.console.warn(format!("{role}s: the CPU took over: {trouble}"));
        }
        let threshold = self.apply_threshold(&log_densities);
        let labelled = Labelled {
            set,
            clusters: &clusters,
            log_densities: &log_densities,
            threshold: threshold.log_density,
        };
        let anomalies = labelled.anomalies();
        let pca = Pca::new(&fit.moments);
        let model = ModelFile::new(&fit, &params, threshold, &pca, self.choice.name());

        let (written, write_seconds) =
            timed(|| self.write(role, &labelled, &anomalies, &pca, &model));
        written?;
        let seconds = RoleSeconds { fit: fit_seconds, label: label_seconds, write: write_seconds };
        let asked = self.params.components;
        Ok(Some(RoleSummary::new(&fit, asked, &labelled, &anomalies, threshold, seconds)))
    }

    /// The parameters for `addresses` addresses, which may be too few for all components.
    fn params_for(&mut self, role: Role, addresses: usize) -> Params {
        let asked = self.params.components;
        if addresses < asked {
            self.console.warn(format!(
                "{role}s: fewer distinct addresses ({addresses}) than components ({asked}); \
                 fitted with {addresses}"
            ));
        }
        Params { components: asked.min(addresses), ..self.params.clone() }
    }

    fn fit(
        &mut self,
        role: Role,
        engine: &mut dyn Engine,
        params: &Params,
    ) -> Result<Fit, Failure> {
        let mut bar = self.console.bar(format!("{role}s:"));
        let fit = em::fit(engine, params, &mut |progress| {
            let stage = match progress.stage {
                Stage::Seeding => "seeding",
                Stage::KMeans => "K-Means",
                Stage::Mixture => "mixture",
            };
            let (iteration, most, active) =
                (progress.iteration, progress.max_iter, progress.active);
            let message = format!("{stage} {iteration}/{most}, {active} restarts");
            bar.update(Unit::Steps, iteration as u64, Some(most as u64), message);
            ControlFlow::Continue(())
        })
        .map_err(|reason| Failure::Fit { role, reason })?;
        drop(bar);
        if fit.restarts[fit.best].stop == Stop::MaxIter {
            self.console.warn(format!(
                "{role}s: the best restart had not converged when --max-iter {} stopped it; raise it",
                params.max_iter
            ));
        }
        Ok(fit)
    }

    /// The cluster and the log-density of each address.
    fn label(
        &self,
        role: Role,
        engine: &mut dyn Engine,
        density: &Density,
    ) -> Result<(Vec<u32>, Vec<f64>), EngineError> {
        let all = engine.addresses().len();
        let mut bar = self.console.bar(format!("{role}s: labelling"));
        let mut clusters = Vec::with_capacity(all);
        let mut log_densities = Vec::with_capacity(all);
        engine.label(density, &mut |labels| {
            clusters.extend(labels.iter().map(|label| label.cluster));
            log_densities.extend(labels.iter().map(|label| label.log_density));
            bar.update(Unit::Addresses, clusters.len() as u64, Some(all as u64), String::new());
            Ok(())
        })?;
        Ok((clusters, log_densities))
    }

    fn apply_threshold(&self, log_densities: &[f64]) -> AppliedThreshold {
        // Finding it reorders them, and they are in the order of the addresses.
        let found = self.threshold.find(&mut log_densities.to_vec());
        // Without a log-density there is no address to flag either.
        let log_density = found.unwrap_or(f64::NEG_INFINITY);
        AppliedThreshold { rule: self.threshold.into(), log_density }
    }

    fn write(
        &mut self,
        role: Role,
        labelled: &Labelled<'_>,
        anomalies: &[usize],
        pca: &Pca,
        model: &ModelFile,
    ) -> Result<(), WriteError> {
        let file = |name| format!("{}/{name}", role.key());
        self.output.write(&file("addresses.csv"), |out| {
            labelled.write_csv(pca, 0..labelled.set.len(), out)
        })?;
        self.output.write(&file("anomalies.csv"), |out| {
            labelled.write_csv(pca, anomalies.iter().copied(), out)
        })?;
        self.output.write(&file("model.json"), |out| write_json(model, out))
    }
}

/// The roles asked for that have no address. Not asked, a list is not missed for destinations.
fn skipped(args: &DetectArgs, capture: &Capture) -> Vec<&'static str> {
    let is_table = |file: &FileAccount| matches!(file.format, input::Format::Csv { .. });
    let roles = match args.input.options().roles {
        Some(roles) => roles,
        None if capture.account.files.iter().any(is_table) => Roles::Both,
        None => Roles::Source,
    };
    let empty = roles.as_slice().iter().filter(|&&role| capture.addresses(role).is_empty());
    empty.map(|role| role.key()).collect()
}

/// What `work` gives, and the seconds it took.
fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let started = Instant::now();
    let result = work();
    (result, started.elapsed().as_secs_f64())
}
