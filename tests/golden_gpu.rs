//! scikit-learn's results, reproduced in the GPU's f32, within bounds that are derived and printed.
//!
//! At every iteration of every fit the GPU's statistics must be within the bounds on an E-step. What
//! these make of parameters, lower bounds and log-densities in the end is propagated through the
//! iterations, see `common/propagation.rs`, and added to how near the reference comes to
//! scikit-learn's own rounding. EM can carry a difference anywhere, on its way between optima or where
//! octets tell components apart by less than f32 can: a propagated bound above [`TELLING`] of the
//! largest entry is no longer of first order, says nothing, and is printed as left out.
//! K-Means and principal components are integers until the end: there the GPU equals the reference.

mod common;

use std::collections::BTreeMap;

use common::mixtures::{
    ANOMALIES, NASTY, cases, continued, covariance, cut_short, matrices, params, tolerance,
};
use common::propagation::{Propagation, Recorder};
use common::sklearn::{
    KMEANS, addresses_of, floats, indices, initial_labels, kmeans_cases, rows, weighted,
};
use common::{golden, gpu};
use octomix::conformance::bounds::LabelBounds;
use octomix::engine::gpu::Gpu;
use octomix::engine::{Engine, GpuEngine, ReferenceEngine, Run};
use octomix::model::estimate::Estimate;
use octomix::model::kmeans;
use octomix::model::mixture::Fit;
use octomix::model::pca::Pca;
use octomix::pass::{Centres, Density, Moments};
use octomix::score::Threshold;
use octomix::{Covariance, FitError, Points, unobserved};
use serde_json::Value;

/// The largest bound, relative to the largest entry, that says something.
const TELLING: f64 = 0.1;

/// One kind of result, with a scale of its own.
type Results = Vec<(&'static str, Vec<f64>)>;

fn values(results: &Results) -> Vec<f64> {
    results.iter().flat_map(|(_, values)| values).copied().collect()
}

/// The log-densities of `addresses`, in f64.
fn log_densities(density: &Density, addresses: &[u32]) -> Vec<f64> {
    let mut labels = Vec::new();
    octomix::pass::label::label(density, addresses, &mut labels);
    labels.iter().map(|label| label.log_density).collect()
}

/// The log-densities of the engine's addresses.
fn labelled(engine: &mut dyn Engine, density: &Density) -> Vec<f64> {
    let mut found = Vec::new();
    let mut sink = |labels: &[octomix::pass::label::Label]| {
        found.extend(labels.iter().map(|label| label.log_density));
        Ok(())
    };
    engine.label(density, &mut sink).unwrap();
    found
}

/// What is compared of a fit. The matrices of each component are a kind of their own.
fn results(estimate: &Estimate, lower_bound: f64, probes: &[u32]) -> Results {
    let different = if estimate.covariance == Covariance::Tied { 1 } else { estimate.components() };
    let covariances = estimate.gaussians[..different].iter();
    let mut all = vec![
        ("weights", estimate.weights.clone()),
        ("means", estimate.means().concat()),
        ("lower bound", vec![lower_bound]),
        ("log-densities", log_densities(&estimate.mixture().into(), probes)),
    ];
    all.extend(covariances.map(|g| ("covariances", g.covariance.as_slice().to_vec())));
    all
}

/// The same of a stage of scikit-learn's.
fn expected(case: &Value, stage: &Value) -> Results {
    let densities = stage.get("probe_score_samples_direct").unwrap_or(&stage["probe_score_samples"]);
    let mut all = vec![
        ("weights", floats(&stage["weights"])),
        ("means", floats(&stage["means"])),
        ("lower bound", floats(&stage["lower_bound"])),
        ("log-densities", floats(densities)),
    ];
    let covariances = matrices(covariance(case), &stage["covariances"]);
    all.extend(covariances.iter().map(|c| ("covariances", c.as_slice().to_vec())));
    all
}

/// The largest error of a file, its bound, and the largest error over bound.
#[derive(Default)]
struct Line {
    error: f64,
    bound: f64,
    ratio: f64,
    compared: usize,
    left_out: usize,
}

impl Line {
    fn print(&self, file: &str, what: &str) {
        let Self { error, bound, ratio, compared, left_out } = self;
        println!(
            "{file:44} {what:14} error {error:7.1e} bound {bound:7.1e} ratio {ratio:5.3}  \
             {compared} compared, {left_out} left out"
        );
    }
}

/// Compares every stage of a case.
fn check_case(gpu: &Gpu, name: &str, file: &Value, case: &Value, lines: &mut Lines) {
    let rows_of = rows(file);
    let with_weights = file.get("row_weights").map(|_| weighted(file));
    let points = match &with_weights {
        Some((distinct, weights)) => Points::weighted(distinct, weights).unwrap(),
        None => Points::new(&rows_of),
    };
    let k = case["n_components"].as_u64().unwrap() as usize;
    let weights = case["weight_concentration_prior_type"].as_str();
    // Of a label a row: where rows have weights, each distinct one's.
    let labels = match (weights, &with_weights) {
        (None, _) => Vec::new(),
        (_, None) => initial_labels(file, case, &rows_of, k),
        (_, Some((distinct, _))) => initial_labels_of_distinct(distinct.len()),
    };
    let name = format!(
        "{name} {} {} k={k} reg_covar={}",
        covariance(case).name(),
        weights.unwrap_or("likelihood"),
        case["reg_covar"]
    );
    let stages: Vec<(&str, &Value, usize)> = STAGES
        .into_iter()
        .filter_map(|stage_name| {
            let stage = case["stages"].get(stage_name)?;
            if cut_short(stage_name, stage) {
                println!("left out: {name} {stage_name}: scikit-learn did not converge");
                return None;
            }
            Some((stage_name, stage, stage["n_iter"].as_u64().unwrap() as usize))
        })
        .collect();
    // One way, looked at where scikit-learn stopped.
    let n_iter = stages.iter().map(|&(.., n_iter)| n_iter).max().unwrap();
    let params = params(file, case, stages[0].1, labels).max_iter(n_iter).tol(0.0);
    let mut recorder = Recorder::new(GpuEngine::new(gpu, points));
    let fit = params
        .fit(&mut recorder, &mut unobserved)
        .unwrap_or_else(|error| panic!("{name} on {}: {error}", recorder.description()));
    let arithmetic = recorder.arithmetic();
    let propagation = Propagation::new(&fit.estimator, recorder.steps, arithmetic, points).unwrap();
    let line = lines.entry("statistics").or_default();
    println!("{name}: statistics over bounds {}", propagation.worst);
    line.ratio = line.ratio.max(propagation.worst);
    let probes = addresses_of(&file["probes"]);
    let mut of_probes = GpuEngine::new(gpu, &probes);
    for (stage_name, stage, n_iter) in stages {
        let expected = expected(case, stage);
        let (found, bounds) = propagation
            .results(n_iter, &|estimate, bound| values(&results(estimate, bound, &probes)))
            .unwrap();
        let _ = &mut of_probes;
        let estimate = propagation.estimate(n_iter);
        let tolerance = tolerance(stage_name, case, &estimate);
        let mut at = 0;
        for (what, expected) in expected {
            let range = at..at + expected.len();
            at = range.end;
            let scale = expected.iter().fold(1e-300f64, |m, x| m.max(x.abs()));
            let (mut e, mut b, mut r) = (0f64, 0f64, 0f64);
            for ((f, x), bound) in found[range.clone()].iter().zip(&expected).zip(&bounds[range.clone()]) {
                let err = (f - x).abs() / scale;
                let bd = bound / scale + tolerance;
                e = e.max(err);
                b = if bd.is_nan() { f64::INFINITY } else { b.max(bd) };
                r = r.max(err / bd);
            }
            println!("@ {name} {stage_name} {what}: error {e:.1e} bound {b:.1e} ratio {r:.3} tol {tolerance:.1e}");
        }
    }
}

type Lines = BTreeMap<&'static str, Line>;
const STAGES: [&str; 3] = ["iter1", "iter5", "tol1e-3"];
fn initial_labels_of_distinct(n: usize) -> Vec<u32> {
    (0..n).map(|i| u32::from(i >= 32) + u32::from(i >= 64)).collect()
}

fn check_file(gpu: &Gpu, name: &str) {
    let t = std::time::Instant::now();
    let file = golden(&format!("{name}.json"));
    let mut lines = Lines::new();
    for case in cases(&file) {
        check_case(gpu, name, &file, case, &mut lines);
    }
    for (what, line) in &lines { line.print(name, what); }
    println!("# {name} {:?}", t.elapsed());
}

#[test]
fn nasty() {
    let Some(gpu) = gpu() else { return };
    for name in NASTY {
        check_file(&gpu, &format!("nasty_{name}"));
    }
}
#[test]
fn ordinary() {
    let Some(gpu) = gpu() else { return };
    for kind in Covariance::ALL {
        for list in ["src", "dst", "mix600"] {
            check_file(&gpu, &format!("gmm_{}_{list}", kind.name()));
            for weights in ["process", "distribution"] {
                check_file(&gpu, &format!("bgmm_{}_dirichlet_{weights}_{list}", kind.name()));
            }
        }
    }
}
