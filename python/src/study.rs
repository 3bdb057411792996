//! What is odd in a capture: everything that the program finds, in memory, and the folder that it writes.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use numpy::{PyArray1, ToPyArray};
use octomix::address::Blocks;
use octomix::analysis::{self, Criteria, Plan, Watcher};
use octomix::describe::flagged::Anomaly;
use octomix::engine::choice::{Choice, EngineKind};
use octomix::input::{Role, Roles};
use octomix::model::any::Params;
use octomix::model::auto;
use octomix::model::scorer::Score;
use octomix::report::page::Invocation;
use octomix::report::study::{self, Task};
use octomix::report::summary::compare::Comparison;
use octomix::report::{TableFormat, TableOptions};
use octomix::rule::Rule;
use octomix::store::model::{Models, WeightedBy};
use octomix::{BayesianMixture, GaussianMixture, KMeans};
use pyo3::prelude::*;
use serde::Deserialize;

use crate::capture::{Capture, blocks, known};
use crate::device::Device;
use crate::error;
use crate::model::Model;
use crate::options::parse;
use crate::watch::{Watch, attended};
use crate::words::told;

/// The most flagged addresses that are told with a reason each; of more, the least dense.
const TOLD: usize = 1_000_000;

/// What is asked of a capture, as Python has it.
#[derive(Clone, Deserialize)]
struct Asked {
    model: String,
    components: Option<usize>,
    n_init: usize,
    seed: u64,
    threshold: String,
    score: String,
    rules: Option<Vec<String>>,
    allow: Option<Vec<String>>,
    weight: String,
    pairs: bool,
}

impl Asked {
    fn plan(&self) -> PyResult<Plan> {
        let most = self.components.unwrap_or_else(|| auto::most(self.model == "bayesian"));
        let params: Params = match self.model.as_str() {
            "bayesian" => {
                let params = BayesianMixture::params(most).n_init(self.n_init).seed(self.seed);
                let search = params.best_search();
                params.search(search).check().map_err(error::value)?.into()
            }
            "gaussian" => {
                let params = GaussianMixture::params(most).n_init(self.n_init).seed(self.seed);
                params.check().map_err(error::value)?.into()
            }
            "kmeans" => {
                let params = KMeans::params(most).n_init(self.n_init).seed(self.seed);
                params.check().map_err(error::value)?.into()
            }
            other => {
                let kinds = "model must be 'bayesian', 'gaussian' or 'kmeans'";
                return Err(error::value(format!("{kinds}; got '{other}'")));
            }
        };
        Ok(Plan { params, auto: self.components.is_none() })
    }

    /// What makes an address odd, but for those that are allowed.
    fn criteria(&self) -> PyResult<Criteria<'static>> {
        let rules = Rule::ALL.map(|rule| (rule.name(), rule));
        let named = |name: &String| known("a rule", name, &rules);
        let scores = [Score::Sklearn, Score::Predictive].map(|score| (score.name(), score));
        let all = Criteria::default();
        Ok(Criteria {
            score: known("score", &self.score, &scores)?,
            threshold: self.threshold.parse().map_err(error::value)?,
            rules: match &self.rules {
                Some(names) => names.iter().map(named).collect::<PyResult<_>>()?,
                None => all.rules,
            },
            ..all
        })
    }

    fn weighted_by(&self) -> PyResult<WeightedBy> {
        let kinds = [("addresses", WeightedBy::Addresses), ("packets", WeightedBy::Packets)];
        known("weight", &self.weight, &kinds)
    }
}

/// What was found in a capture.
#[pyclass(frozen, module = "octomix._octomix")]
pub struct Study {
    capture: Arc<octomix::input::Capture>,
    asked: Asked,
    allowed: Option<Arc<Blocks>>,
    study: study::Study,
}

/// Finds what is odd in `capture`.
#[pyfunction]
#[pyo3(signature = (capture, asked, device, progress=None))]
pub fn detect(
    py: Python<'_>,
    capture: &Capture,
    asked: &str,
    device: Device,
    progress: Option<Py<PyAny>>,
) -> PyResult<Study> {
    let asked = parse::<Asked>(asked)?;
    let (plan, weighted_by) = (asked.plan()?, asked.weighted_by()?);
    let most = plan.params.components();
    study(py, capture, asked, &device, most, progress, move |task, engine, watcher| {
        task.detect(&plan, weighted_by, engine, watcher)
    })
}

/// Finds what is odd in `capture` under the models at `path`, and what has changed since; a model of no side in
/// particular is of each.
#[pyfunction]
#[pyo3(signature = (path, of_each, capture, asked, device, progress=None))]
pub fn score(
    py: Python<'_>,
    path: PathBuf,
    of_each: bool,
    capture: &Capture,
    asked: &str,
    device: Device,
    progress: Option<Py<PyAny>>,
) -> PyResult<Study> {
    let roles = if capture.0.sets.any.is_empty() { Roles::Both } else { Roles::Any };
    let models = Models::read(&path, of_each.then_some(roles)).map_err(error::model)?;
    let loaded = models.loaded.iter().filter_map(|(_, loaded)| loaded.as_ref());
    let most = loaded.map(|loaded| loaded.file.weights.len()).max().unwrap_or(1);
    study(py, capture, parse(asked)?, &device, most, progress, move |task, engine, watcher| {
        task.score(&models, engine, watcher)
    })
}

fn study(
    py: Python<'_>,
    capture: &Capture,
    asked: Asked,
    device: &Device,
    components: usize,
    progress: Option<Py<PyAny>>,
    work: impl FnOnce(
        Task<'_>,
        (EngineKind, &Choice),
        &mut dyn Watcher,
    ) -> Result<study::Study, study::StudyError>
    + Send
    + 'static,
) -> PyResult<Study> {
    let (capture, allowed) = (Arc::clone(&capture.0), blocks(asked.allow.clone())?);
    let (kind, choice) = device.choose(capture.largest().len(), components)?;
    let (criteria, pairs) = (asked.criteria()?, asked.pairs);
    let (of_capture, of_allowed) = (Arc::clone(&capture), allowed.clone());
    let study = attended(py, progress, error::study, move |watcher| {
        let task = task(&of_capture, criteria, of_allowed.as_deref(), pairs);
        work(task, (kind, &choice), watcher)
    })?;
    Ok(Study { capture, asked, allowed, study })
}

fn task<'a>(
    capture: &'a octomix::input::Capture,
    criteria: Criteria<'a>,
    allowed: Option<&'a Blocks>,
    pairs: bool,
) -> Task<'a> {
    let mut task = Task::new(capture, Criteria { allowed, ..criteria });
    task.criteria.listed = TOLD;
    task.pairs = pairs;
    task
}

/// A mixture against K-Means over the sources of `capture`: what compare.json holds of a side.
#[pyfunction]
#[pyo3(signature = (capture, asked, clusters, device, progress=None))]
pub fn compare(
    py: Python<'_>,
    capture: &Capture,
    asked: &str,
    clusters: Option<usize>,
    device: Device,
    progress: Option<Py<PyAny>>,
) -> PyResult<String> {
    let asked = parse::<Asked>(asked)?;
    let (plan, criteria) = (asked.plan()?, asked.criteria()?);
    if matches!(plan.params, Params::KMeans(_)) {
        return Err(error::value("compare sets a mixture against K-Means; model takes a mixture"));
    }
    let set = &capture.0.sets.source;
    let plan = plan.within(set.len());
    let most = plan.params.components().max(clusters.unwrap_or(0));
    let (mut engine, _) = device.over(set.addresses().into(), most)?;
    let mut watch = Watch::new(progress)?;
    let compared = py
        .detach(|| analysis::compare(set, engine.as_mut(), &plan, clusters, &criteria, &mut watch));
    let of_role = |error| error::study(study::StudyError::of(Role::Source, error));
    let found = watch.end(compared, of_role)?;
    let comparison = Comparison::of(set.len(), &found, &criteria);
    serde_json::to_string(&comparison).map_err(error::octomix)
}

/// A flagged address: itself, its packets, cluster, log-density, rules, whether it is a finding, the reason in short and
/// as a sentence, its surprise in bits.
type Row = (String, u64, u32, f64, String, bool, String, String, f64);

fn row(anomaly: &Anomaly) -> Row {
    let Anomaly {
        address,
        packets,
        cluster,
        log_density,
        rule,
        finding,
        gist,
        reason,
        surprise,
        ..
    } = anomaly.clone();
    (address.to_string(), packets, cluster, log_density, rule, finding, gist, reason, surprise)
}

#[pymethods]
impl Study {
    /// summary.json, but for the files and their folder.
    fn summary(&self) -> PyResult<String> {
        serde_json::to_string(&self.study.summary).map_err(error::octomix)
    }

    /// The page, which `command` led to.
    fn page(&self, command: &str) -> PyResult<String> {
        self.study.page(&invocation(command)).map_err(error::octomix)
    }

    /// What the program prints, in lines of so many columns.
    fn text(&self, width: usize) -> PyResult<String> {
        let mut text = Vec::new();
        let written = octomix::report::text::write(
            &self.study.summary,
            &Default::default(),
            width,
            &mut text,
        );
        written.map_err(error::octomix)?;
        Ok(told(&String::from_utf8_lossy(&text)))
    }

    /// What there is to be warned of.
    fn warnings(&self) -> Vec<String> {
        self.study.summary.warnings.iter().map(|warning| told(warning)).collect()
    }

    /// Writes the folder that the program writes: tables, models, summary, page, and pictures if `plots` are asked for.
    fn save(
        &self,
        py: Python<'_>,
        directory: PathBuf,
        tables: &str,
        plots: bool,
        command: &str,
    ) -> PyResult<()> {
        let formats = [
            ("csv", TableFormat::Csv),
            ("parquet", TableFormat::Parquet),
            ("none", TableFormat::None),
        ];
        let format = known("tables", tables, &formats)?;
        let (criteria, allowed) = (self.asked.criteria()?, self.allowed.as_deref());
        let mut task = task(&self.capture, criteria, allowed, self.asked.pairs);
        task.tables = Some(TableOptions { format, responsibilities: false });
        task.plots = plots;
        let invocation = invocation(command);
        let mut watch = Watch::new(None)?;
        let written = py.detach(|| self.study.write(&task, &directory, &invocation, &mut watch));
        watch.end(written.map(drop), error::study)
    }

    /// The flagged addresses of a side, least dense first, with their reasons.
    fn flagged(&self, side: &str) -> PyResult<Vec<Row>> {
        let page = self.study.found.get(role(side)?).as_ref().and_then(|found| found.page.as_ref());
        Ok(page.map(|page| page.flags.iter().map(row).collect()).unwrap_or_default())
    }

    /// The findings of a side, the most telling first.
    fn findings(&self, side: &str) -> PyResult<Vec<Row>> {
        let summary = self.study.summary.role(role(side)?);
        Ok(summary.map(|found| found.findings.iter().map(row).collect()).unwrap_or_default())
    }

    /// All flagged addresses of a side, ascending.
    fn addresses<'py>(&self, py: Python<'py>, side: &str) -> PyResult<Bound<'py, PyArray1<u32>>> {
        let found = self.study.found.get(role(side)?).as_ref();
        Ok(found.map_or(&[][..], |found| &found.flagged).to_pyarray(py))
    }

    /// The model of a side that was fitted here.
    fn model(&self, side: &str) -> PyResult<Option<Model>> {
        let found = self.study.found.get(role(side)?).as_ref();
        let text = found.and_then(|found| found.model_file());
        text.map(|text| Model::parse(String::from_utf8_lossy(text).into_owned())).transpose()
    }
}

fn role(side: &str) -> PyResult<Role> {
    known("side", side, &Role::ALL.map(|role| (role.key(), role)))
}

fn invocation(command: &str) -> Invocation {
    Invocation {
        command: vec![command.to_owned()],
        // A clock before 1970 tells no time.
        unix_seconds: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs()),
    }
}
