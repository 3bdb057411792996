//! `octomix compare`: a mixture against K-Means over the same addresses.

use std::io::Write;
use std::time::Instant;

use octomix::analysis::{self, Compared, Criteria, Labelled};
use octomix::describe::fanout::Fanout;
use octomix::describe::plane::Shape;
use octomix::model::any::Params;
use octomix::report::csv::write_clusters;
use octomix::report::page::{ComparedPage, RolePage, write_compare};
use octomix::report::study::{StudyError, told_of_end, told_of_few, told_of_trouble};
use octomix::report::summary::compare::Comparison;
use octomix::report::summary::{RoleSeconds, Timed};

use super::page::invocation;
use super::plan::Plan;
use super::role::{Desk, RoleWatcher};
use super::run::{self, start, timed};
use super::{Failure, write_json};
use crate::cli::CompareArgs;

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
    let (by, files) = (("compare", started), model.start_file());
    let (mut run, capture) = start(by, input, &output.directory, print, (engine, most), files)?;
    let criteria =
        Criteria { score: score.score, threshold: score.threshold, ..Criteria::default() };
    let found = run.each_role(&capture, |desk| compare(desk, &plan, clusters, &criteria))?;
    let (found, pages) = found.into_map(|_, found| found.unzip()).unzip();
    let about = invocation();
    let page = |summary: &_, out: &mut dyn Write| write_compare(summary, &pages, &about, out);
    let summary = run::complete(run, &capture, found, None, Some(&page))?;
    run::show(&summary, &Default::default(), print)
}

/// The whole way of one role, K-Means with as many clusters as asked for, or as the mixture fills.
fn compare(
    mut desk: Desk<'_>,
    plan: &Plan,
    clusters: Option<usize>,
    criteria: &Criteria<'_>,
) -> Result<(Timed<Comparison>, ComparedPage), Failure> {
    let mut engine = desk.engine(plan.weighted_by)?;
    let mixture = plan.for_desk(&mut desk)?;
    let (role, set) = (desk.role, desk.set);
    desk.warn(clusters.and_then(|clusters| told_of_few(role, clusters, set.len())));
    let mut watcher = RoleWatcher::new(role, set, desk.console);
    let compared =
        analysis::compare(set, engine.as_mut(), &mixture, clusters, criteria, &mut watcher);
    let compared = compared.map_err(|error| StudyError::of(role, error))?;
    let comparison = Comparison::of(set.len(), &compared, criteria);
    let Compared { mixture, kmeans, .. } = compared;
    [&mixture, &kmeans].into_iter().for_each(|model| desk.warn(told_of_end(role, &model.fitted)));
    desk.warn(told_of_trouble(role, engine.as_ref()));
    let [labels, file] = ["clusters.csv", "compare.json"].map(|name| desk.file(name));
    let (written, write) = timed(|| {
        let (a, b) = (mixture.labels(), kmeans.labels());
        desk.output.write(&labels, |out| write_clusters(set, a, b, out))?;
        desk.output.write(&file, |out| write_json(&comparison, out))
    });
    written?;
    let spent = RoleSeconds {
        fit: (mixture.fit_time + kmeans.fit_time).as_secs_f64(),
        label: (mixture.label_time + kmeans.label_time).as_secs_f64(),
        write,
    };
    let [mixture, kmeans] = [mixture, kmeans].map(picture);
    let page = ComparedPage { mixture, kmeans };
    Ok((Timed { found: comparison, seconds: spent }, page))
}

/// What a page shows of the addresses under one of the two models.
fn picture(Labelled { fitted, pca, drawing, .. }: Labelled) -> RolePage {
    RolePage {
        shapes: Shape::of(&fitted.model().estimate(), &pca),
        pca,
        drawing,
        evidence: Vec::new(),
        fanout: Fanout::default(),
        flags: Vec::new(),
        trace: Vec::new(),
    }
}
