//! `octomix compare`: a mixture against K-Means over the same addresses.
//!
//! Pairs of labels are compared, so those of both models are kept: 10 bytes an address.

use std::time::Instant;

use octomix::address::AddressSet;
use octomix::describe::agreement::{Agreement, Clustering};
use octomix::engine::Engine;
use octomix::engine::choice::Choice;
use octomix::input::Role;
use octomix::model::any::Params;
use octomix::pass::centres::CentresError;
use octomix::report::summary::RoleSeconds;
use octomix::report::summary::compare::{AboutModel, CompareSummary, Comparison};
use octomix::store::Output;
use octomix::{KMeans, ParamError};

use super::fitting::{Fitted, points};
use super::labelling::threshold;
use super::plan::Plan;
use super::run::{finish, start, timed};
use super::{Failure, write_json};
use crate::cli::{CompareArgs, RuleArgs};
use crate::console::Console;
use crate::progress::Unit;

/// Compares the models of both roles, or of the one asked for.
///
/// # Errors
/// When options do not go together, the captures cannot be read, the engine cannot be had or fails, or
/// a file cannot be written.
pub fn run(args: &CompareArgs) -> Result<(), Failure> {
    let CompareArgs { input, output, print, model, kmeans_clusters, score, engine } = args;
    let started = Instant::now();
    let plan = Plan::new(model)?;
    if matches!(plan.params, Params::KMeans(_)) {
        let message = "compare sets a mixture against K-Means; --model takes bayesian or gaussian";
        return Err(Failure::Usage(message.to_owned()));
    }
    let clusters = kmeans_clusters.map(|clusters| clusters as usize);
    let most = plan.params.components().max(clusters.unwrap_or(0));
    let (mut run, capture) = start(started, input, &output.directory, print, engine, most)?;
    let mut job = Job {
        choice: &run.choice,
        plan: &plan,
        clusters,
        restarts: model.n_init as usize,
        seed: model.seed,
        rule: score,
        console: &mut run.console,
        output: &mut run.output,
    };
    let src = job.compare(Role::Source, &capture.sets.source)?;
    let dst = job.compare(Role::Destination, &capture.sets.destination)?;
    let any = job.compare(Role::Any, &capture.sets.any)?;
    finish(run, &capture, [src, dst, any], print)
}

/// What is the same for both roles.
struct Job<'a> {
    choice: &'a Choice,
    plan: &'a Plan,
    /// Clusters of K-Means, if given.
    clusters: Option<usize>,
    restarts: usize,
    seed: u64,
    rule: &'a RuleArgs,
    console: &'a mut Console,
    output: &'a mut Output,
}

/// One of the two models, and what it says of each address.
struct Model {
    about: AboutModel,
    labels: Vec<u32>,
    anomalous: Vec<bool>,
}

impl Model {
    fn clustering(&self) -> Result<Clustering<'_>, Failure> {
        Ok(Clustering::new(self.about.means.len(), &self.labels, &self.anomalous)?)
    }

    /// How many clusters hold addresses.
    fn full(&self) -> usize {
        let mut holds = vec![false; self.about.means.len()];
        self.labels.iter().for_each(|&label| holds[label as usize] = true);
        holds.iter().filter(|&&holds| holds).count()
    }
}

impl Job<'_> {
    /// The whole way of one role; `None` where there is nothing to look at.
    fn compare(&mut self, role: Role, set: &AddressSet) -> Result<Option<CompareSummary>, Failure> {
        if set.is_empty() {
            return Ok(None);
        }
        let mut seconds = RoleSeconds::default();
        let weights = self.plan.weights(set);
        let mut engine = self.choice.engine(points(role, set, weights)?);
        let engine = engine.as_mut();
        let (fitted, fit) = timed(|| self.plan.fit(role, set, engine, self.console));
        let (mixture, label) = timed(|| self.label(role, fitted?, set, engine));
        let mixture = mixture?;
        (seconds.fit, seconds.label) = (fit, label);

        let failed = |reason: ParamError| Failure::Fit { role, reason: reason.into() };
        let plan = self.plan_of_kmeans(&mixture).map_err(failed)?;
        let (fitted, fit) = timed(|| plan.fit(role, set, engine, self.console));
        let (kmeans, label) = timed(|| self.label(role, fitted?, set, engine));
        let kmeans = kmeans?;
        seconds.fit += fit;
        seconds.label += label;
        if let Some(trouble) = engine.trouble() {
            self.console.warn(format!("{role}s: the CPU took over: {trouble}"));
        }

        let agreement =
            Agreement::new(set.addresses(), mixture.clustering()?, kmeans.clustering()?)?;
        let comparison = Comparison::new(set.len(), &agreement, mixture.about, kmeans.about);
        let file = format!("{}/compare.json", role.key());
        let (written, write) =
            timed(|| self.output.write(&file, |out| write_json(&comparison, out)));
        written?;
        seconds.write = write;
        Ok(Some(CompareSummary { comparison, seconds }))
    }

    /// K-Means with as many clusters as asked for, or as the mixture fills.
    fn plan_of_kmeans(&self, mixture: &Model) -> Result<Plan, ParamError> {
        let clusters = self.clusters.unwrap_or_else(|| mixture.full());
        let kmeans = KMeans::params(clusters).n_init(self.restarts).seed(self.seed);
        Ok(Plan {
            params: kmeans.check()?.into(),
            auto: false,
            labels: None,
            weighted_by: self.plan.weighted_by,
        })
    }

    /// What the model of `fitted` says of every address.
    fn label(
        &self,
        role: Role,
        Fitted { fit, summaries, .. }: Fitted,
        set: &AddressSet,
        engine: &mut dyn Engine,
    ) -> Result<Model, Failure> {
        let score = self.rule.score.score();
        let model = fit.model();
        let failed = |reason: CentresError| Failure::Fit { role, reason: reason.into() };
        let scorer = model.scorer(score).map_err(failed)?;
        let threshold = threshold(self.rule, &model, &scorer, engine, self.choice, self.seed)?;
        let mut clusters = Vec::with_capacity(set.len());
        let mut anomalous = Vec::with_capacity(set.len());
        let mut bar = self.console.bar(format!("{role}s: labelling"));
        scorer.label(engine, &mut |_, labels| {
            clusters.extend(labels.iter().map(|label| label.cluster));
            anomalous.extend(labels.iter().map(|label| label.log_density < threshold.log_density));
            let (done, all) = (clusters.len() as u64, set.len() as u64);
            bar.update(Unit::Addresses, done, Some(all), String::new());
            Ok(())
        })?;
        let about = AboutModel { fits: summaries, threshold, means: model.means() };
        Ok(Model { about, labels: clusters, anomalous })
    }
}
