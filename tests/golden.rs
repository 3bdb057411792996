//! scikit-learn's results, reproduced: mixtures, K-Means, principal components, densities.
//!
//! The files in `tests/golden` were written by scikit-learn 1.9.1; their README says how. The
//! reference engine is held against them; the other engines are held against the reference.

mod common;

use std::ops::ControlFlow;

use common::{address, golden, list};
use nalgebra::Matrix4;
use octomix::engine::{Engine, ReferenceEngine};
use octomix::model::pca::Pca;
use octomix::model::{Stop, bayesian, em, kmeans};
use octomix::pass::label::Label;
use octomix::pass::moments::MomentsStats;
use octomix::pass::{Centres, Lloyd, Mixture, Moments, Pass};
use octomix::score::Threshold;
use serde_json::Value;

/// Bound on the relative error of parameters after a fixed number of iterations: both sides are
/// f64, summed in different orders.
const FIXED_ITERATIONS: f64 = 1e-9;
/// The same where each side decides by its own bound when to stop.
const STOPPED_BY_TOLERANCE: f64 = 1e-6;

fn floats(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(items) => items.iter().flat_map(floats).collect(),
        number => vec![number.as_f64().unwrap_or_else(|| panic!("not a number: {number}"))],
    }
}

fn points(value: &Value) -> Vec<[f64; 4]> {
    floats(value).chunks(4).map(|row| row.try_into().unwrap()).collect()
}

fn indices(value: &Value) -> Vec<usize> {
    value.as_array().unwrap().iter().map(|x| x.as_u64().unwrap() as usize).collect()
}

fn addresses_of(value: &Value) -> Vec<u32> {
    value.as_array().unwrap().iter().map(|x| address(x.as_str().unwrap())).collect()
}

/// Asserts that `found` is `expected` within `bound` times the largest magnitude expected.
fn assert_close(what: &str, found: &[f64], expected: &[f64], bound: f64) {
    assert_eq!(found.len(), expected.len(), "{what}: lengths");
    let scale = expected.iter().fold(1e-300f64, |m, x| m.max(x.abs()));
    for (i, (f, e)) in found.iter().zip(expected).enumerate() {
        let error = (f - e).abs() / scale;
        assert!(error <= bound, "{what}[{i}]: {f} for {e}, error {error:e} over {bound:e}");
    }
}

/// The addresses of a golden file, repeated by their weights where it has any.
fn rows(file: &Value) -> Vec<u32> {
    if let Some(name) = file["list"].as_str() {
        return list(name.strip_prefix("lists/").unwrap());
    }
    let block = |a: u32, b: u32, n: u32| (0..n).map(move |i| a << 24 | b << 16 | i);
    if let Some(rows) = file["rows"].as_str() {
        let mut all: Vec<u32> = block(10, 20, 65536).collect();
        if rows.starts_with("rows in order") {
            all.extend(
                block(10, 21, 65536).chain(block(172, 16, 65536)).chain(block(192, 168, 3392)),
            );
        }
        assert_eq!(all.len() as u64, file["n"].as_u64().unwrap());
        return all;
    }
    let distinct = addresses_of(&file["addresses"]);
    match file.get("row_weights") {
        Some(weights) => {
            let weights = indices(weights);
            distinct.iter().zip(weights).flat_map(|(&a, w)| std::iter::repeat_n(a, w)).collect()
        }
        None => distinct,
    }
}

/// The cluster each row starts in.
fn initial_labels(file: &Value, case: &Value, rows: &[u32], k: usize) -> Vec<usize> {
    match case["init_labels"].as_str() {
        None => indices(&case["init_labels"]),
        Some("floor(i*k/n) for row i") => (0..rows.len()).map(|i| i * k / rows.len()).collect(),
        Some(text) => {
            assert!(text.starts_with("per distinct address: 0 for index<32, 1 for <64, else 2"));
            let weights = indices(&file["row_weights"]);
            let of = |i| {
                if i < 32 {
                    0
                } else if i < 64 {
                    1
                } else {
                    2
                }
            };
            weights.iter().enumerate().flat_map(|(i, &w)| std::iter::repeat_n(of(i), w)).collect()
        }
    }
}

/// The exact moments of each label's rows.
fn start_from(rows: &[u32], labels: &[usize], k: usize) -> MomentsStats {
    MomentsStats(
        (0..k)
            .map(|k| {
                let of_k: Vec<u32> =
                    rows.iter().zip(labels).filter(|&(_, &l)| l == k).map(|(&a, _)| a).collect();
                Moments::reduce(&Centres::single(), &of_k).total()
            })
            .collect(),
    )
}

fn params(case: &Value, stage: &Value) -> bayesian::Params {
    let given = &case["priors_given"];
    bayesian::Params {
        n_init: 1,
        max_iter: stage["max_iter"].as_u64().unwrap() as usize,
        tol: stage["tol"].as_f64().unwrap(),
        reg_covar: case["reg_covar"].as_f64().unwrap(),
        weight_concentration: given["weight_concentration_prior"].as_f64(),
        mean_precision: given["mean_precision_prior"].as_f64(),
        mean: given.get("mean_prior").map(|v| points(v)[0]),
        degrees_of_freedom: given["degrees_of_freedom_prior"].as_f64(),
        covariance: given.get("covariance_prior").map(|v| Matrix4::from_row_slice(&floats(v))),
        ..bayesian::Params::new(case["n_components"].as_u64().unwrap() as usize)
    }
}

fn labels(mixture: &Mixture, addresses: &[u32]) -> Vec<Label> {
    let mut labels = Vec::new();
    octomix::pass::label::label(&mixture.clone().into(), addresses, &mut labels);
    labels
}

/// The largest ratio of a covariance's eigenvalues.
fn worst_condition(posterior: &bayesian::Posterior) -> f64 {
    let condition = |c: &bayesian::PosteriorComponent| {
        let values = c.covariance.symmetric_eigenvalues();
        values.max() / values.min().abs()
    };
    posterior.components.iter().map(condition).fold(1.0, f64::max)
}

/// Runs every stage of a Bayesian case and compares all that scikit-learn tells of it.
fn check_case(name: &str, file: &Value, case: &Value) -> Vec<(String, em::Fit)> {
    let rows = rows(file);
    let probes = addresses_of(&file["probes"]);
    let k = case["n_components"].as_u64().unwrap() as usize;
    let start = start_from(&rows, &initial_labels(file, case, &rows, k), k);
    let mut fits = Vec::new();
    for (stage_name, stage) in case["stages"].as_object().unwrap() {
        let name = format!("{name} k={k} {stage_name}");
        let mut engine = ReferenceEngine::new(&rows);
        let fit = em::fit_from(
            &mut engine,
            &params(case, stage),
            std::slice::from_ref(&start),
            &mut |_| ControlFlow::Continue(()),
        )
        .unwrap_or_else(|e| panic!("{name}: {e}"));
        let by_tolerance = stage_name.starts_with("tol");
        // A Cholesky factor is as uncertain as the covariance is ill-conditioned, on both sides.
        let bound = if by_tolerance { STOPPED_BY_TOLERANCE } else { FIXED_ITERATIONS }
            .max(8.0 * f64::EPSILON * worst_condition(&fit.posterior));
        let close = |what: &str, found: &[f64], key: &str| {
            assert_close(&format!("{name} {what}"), found, &floats(&stage[key]), bound);
        };
        let p = &fit.posterior;
        close("weights", &p.weights(), "weights");
        let each = |f: &dyn Fn(&bayesian::PosteriorComponent) -> Vec<f64>| {
            p.components.iter().flat_map(f).collect::<Vec<f64>>()
        };
        close("means", &each(&|c| c.mean.iter().copied().collect()), "means");
        close("mean_precision", &each(&|c| vec![c.mean_precision]), "mean_precision");
        close("degrees_of_freedom", &each(&|c| vec![c.degrees_of_freedom]), "degrees_of_freedom");
        // Matrices one by one: each has a scale of its own. nalgebra goes by columns.
        for (i, c) in p.components.iter().enumerate() {
            for (what, found) in
                [("covariances", &c.covariance), ("precisions_cholesky", &c.precision_cholesky)]
            {
                let found: Vec<f64> = found.transpose().iter().copied().collect();
                let expected = floats(&stage[what][i]);
                assert_close(&format!("{name} {what} {i}"), &found, &expected, bound);
            }
        }
        close("lower_bounds", &fit.restarts[0].lower_bounds, "lower_bounds");
        close("lower_bound", &[fit.lower_bound()], "lower_bound");
        let sticks: Vec<f64> = (0..2).flat_map(|s| each(&|c| vec![c.stick[s]])).collect();
        close("weight_concentration", &sticks, "weight_concentration");
        let converged = fit.restarts[0].stop == Stop::Converged;
        assert_eq!(converged, stage["converged"].as_bool().unwrap(), "{name}: converged");
        let prior = &fit.prior;
        close("mean_prior", prior.mean.as_slice(), "mean_prior");
        let covariance_prior: Vec<f64> = prior.covariance.transpose().iter().copied().collect();
        close("covariance_prior", &covariance_prior, "covariance_prior");
        let scores: Vec<f64> =
            labels(&p.mixture(), &probes).iter().map(|l| l.log_density).collect();
        close("score_samples", &scores, "probe_score_samples");
        if let Some(predict) = stage.get("predict") {
            let found: Vec<usize> =
                labels(&p.mixture(), &rows).iter().map(|l| l.cluster as usize).collect();
            assert_eq!(found, indices(predict), "{name}: predict");
        }
        fits.push((stage_name.clone(), fit));
    }
    fits
}

fn check_bayesian(name: &str) {
    let file = golden(name);
    let cases = file.get("cases").unwrap_or(&file["bgmm"]).as_array().unwrap();
    let ours: Vec<&Value> = cases
        .iter()
        .filter(|c| c["covariance_type"] == "full")
        .filter(|c| c["weight_concentration_prior_type"] == "dirichlet_process")
        .collect();
    assert!(!ours.is_empty(), "{name} has no case of this model");
    for case in ours {
        check_case(name, &file, case);
    }
}

#[test]
fn bayesian_mixtures_of_the_tutorial_are_scikit_learns() {
    for list in ["src", "dst", "mix600"] {
        check_bayesian(&format!("bgmm_full_dirichlet_process_{list}.json"));
    }
}

#[test]
fn bayesian_mixtures_of_nasty_sets_are_scikit_learns() {
    for name in [
        "two_points_k1",
        "two_points_k2",
        "identical_k1",
        "identical_k2",
        "collinear_k3",
        "slash24_k1",
        "slash24_k3",
        "slash16_k1",
        "weighted_dups",
        "big200k_k1",
        "big200k_k4",
    ] {
        check_bayesian(&format!("nasty_{name}.json"));
    }
}

#[test]
fn the_articles_clusters_give_its_published_numbers() {
    for (name, role) in
        [("article_src_from_labels.json", "src"), ("article_dst_from_labels.json", "dst")]
    {
        let file = golden(name);
        let published = &file["published"];
        let fits = check_case(name, &file, &file["cases"][0]);
        let (_, fit) = fits.iter().find(|(stage, _)| stage == "tol1e-3").unwrap();
        let rows = rows(&file);
        let labels = labels(&fit.posterior.mixture(), &rows);
        let mut densities: Vec<f64> = labels.iter().map(|l| l.log_density).collect();
        let anomalies = |density: &[f64], q: f64| {
            let threshold = Threshold::Percentile(q).find(&mut density.to_vec()).unwrap();
            (threshold, density.iter().filter(|&&d| d < threshold).count())
        };
        for (q, expected) in file["percentiles"].as_object().unwrap() {
            let (threshold, count) = anomalies(&densities, q.parse().unwrap());
            let name = format!("{role} percentile {q}");
            assert_close(
                &name,
                &[threshold],
                &floats(&expected["threshold"]),
                STOPPED_BY_TOLERANCE,
            );
            assert_eq!(count as u64, expected["count"].as_u64().unwrap(), "{name}");
        }
        // The lists are reconstructed: they agree with the article's own numbers to 1e-4 or so.
        let (threshold, count) = anomalies(&densities, 4.0);
        assert_eq!(count as u64, published["anomalies"].as_u64().unwrap());
        assert!((threshold - published["threshold"].as_f64().unwrap()).abs() < 1e-3);
        densities.sort_by(f64::total_cmp);
        let [min, max] = [densities[0], *densities.last().unwrap()];
        assert!((min - published["min_density"].as_f64().unwrap()).abs() < 2e-3, "{min}");
        assert!((max - published["max_density"].as_f64().unwrap()).abs() < 1e-4, "{max}");
        let mut counts = vec![0; fit.posterior.components.len()];
        labels.iter().for_each(|l| counts[l.cluster as usize] += 1);
        assert_eq!(counts, indices(&file["counts"]));
    }
}

#[test]
fn anomalies_of_the_best_fits_are_scikit_learns() {
    for name in ["src_bgmm3", "src_bgmm7", "dst_bgmm4", "dst_bgmm5"] {
        let file = golden(&format!("anomalies_{name}.json"));
        let rows = rows(&file);
        // scikit-learn's fitted parameters, taken up and iterated once more, stay where they are.
        let fit = &file["fit"];
        let k = file["n_components"].as_u64().unwrap() as usize;
        let start = start_from(&rows, &indices(&fit["predict"]), k);
        let params = bayesian::Params { n_init: 1, ..bayesian::Params::new(k) };
        let mut engine = ReferenceEngine::new(&rows);
        let ours = em::fit_from(&mut engine, &params, &[start], &mut |_| ControlFlow::Continue(()))
            .unwrap();
        let found = ours.lower_bound();
        let best = fit["lower_bound"].as_f64().unwrap();
        assert!((found - best).abs() < 0.01, "{name}: bound {found} for {best}");
        let mut densities: Vec<f64> =
            labels(&ours.posterior.mixture(), &rows).iter().map(|l| l.log_density).collect();
        let all = densities.clone();
        let threshold = Threshold::Percentile(4.0).find(&mut densities).unwrap();
        let flagged: Vec<usize> = (0..all.len()).filter(|&i| all[i] < threshold).collect();
        let mut expected = indices(&file["percentiles"]["4"]["indices"]);
        expected.sort_unstable();
        assert_eq!(flagged, expected, "{name}");
    }
}

#[test]
fn principal_components_are_scikit_learns() {
    let names = ["pca_src", "pca_dst", "pca_mix600", "nasty_slash16_k1", "nasty_big200k_k4"];
    for name in names {
        let file = golden(&format!("{name}.json"));
        let pca = Pca::new(&Moments::reduce(&Centres::single(), &rows(&file)).total());
        let expected = file.get("pca").unwrap_or(&file);
        let close = |what: &str, found: &[f64]| {
            assert_close(&format!("{name} {what}"), found, &floats(&expected[what]), 1e-9);
        };
        close("mean", &pca.mean);
        close("explained_variance", &pca.explained_variance);
        close("explained_variance_ratio", &pca.explained_variance_ratio);
        // Equal variances leave the axes free: the whole /16 has two alike.
        if name != "nasty_slash16_k1" {
            close("components", &pca.components.concat());
            let probes = addresses_of(&expected["probes"]);
            let found: Vec<f64> = probes.iter().flat_map(|&a| pca.project(a)).collect();
            close("probe_transform", &found);
        }
    }
}

#[test]
fn kmeans_from_given_centres_is_scikit_learns() {
    let mut compared = 0;
    for name in [
        "kmeans_src",
        "kmeans_dst",
        "kmeans_mix600",
        "nasty_kmeans_empty",
        "nasty_slash24_k3",
        "nasty_two_points_k2",
        "nasty_big200k_k4",
    ] {
        let file = golden(&format!("{name}.json"));
        let rows = rows(&file);
        for case in file.get("cases").unwrap_or(&file["kmeans"]).as_array().unwrap() {
            // Exact ties are decided by rounding on either side; there labels are free.
            let tied = case.get("independent_lloyd_agrees") == Some(&Value::Bool(false))
                || case["min_tie_margin_sq"].as_f64().is_some_and(|margin| margin < 1e-9);
            let k = case["k"].as_u64().unwrap() as usize;
            let n_iter = case["n_iter"].as_u64().unwrap() as usize;
            let params = kmeans::Params {
                tol: case["tol"].as_f64().unwrap(),
                // The cases of empty clusters were cut off after an iteration or two.
                max_iter: if name == "nasty_kmeans_empty" { n_iter } else { 300 },
                ..kmeans::Params::new(k)
            };
            let mut engine = ReferenceEngine::new(&rows);
            let restart =
                kmeans::iterate(&mut engine, &params, vec![points(&case["init"])], &mut |_| {
                    ControlFlow::Continue(())
                })
                .unwrap()
                .remove(0);
            let name = format!("{name} k={k} tol={}", params.tol);
            let centres = Centres::new(&restart.points).unwrap();
            let inertia = Lloyd::reduce(&centres, &rows).inertia(&centres);
            assert_close(
                &format!("{name} inertia"),
                &[inertia],
                &floats(&case["inertia"]),
                if tied { 0.2 } else { 1e-9 },
            );
            if tied {
                continue;
            }
            compared += 1;
            assert_eq!(restart.n_iter, n_iter, "{name}: n_iter");
            assert_close(
                &format!("{name} centres"),
                &restart.points.concat(),
                &floats(&case["centres"]),
                1e-9,
            );
            if let Some(labels) = case.get("labels") {
                let found: Vec<usize> = rows.iter().map(|&a| centres.nearest(a)).collect();
                assert_eq!(found, indices(labels), "{name}: labels");
            }
        }
    }
    assert!(compared > 30, "only {compared} cases could be compared");
}

#[test]
fn kmeans_plus_plus_finds_the_best_inertia_known() {
    for name in ["src", "mix600"] {
        let file = golden(&format!("kmeans_{name}.json"));
        let rows = rows(&file);
        for best in file["best_of_200"].as_array().unwrap() {
            let k = best["k"].as_u64().unwrap() as usize;
            let params = kmeans::Params { n_init: 50, ..kmeans::Params::new(k) };
            let mut engine = octomix::engine::CpuEngine::new(&rows);
            let restarts =
                kmeans::restarts(&mut engine, &params, &mut |_| ControlFlow::Continue(())).unwrap();
            let found = restarts
                .iter()
                .map(|restart| {
                    let centres = Centres::new(&restart.points).unwrap();
                    Lloyd::reduce(&centres, engine.addresses()).inertia(&centres)
                })
                .min_by(f64::total_cmp)
                .unwrap();
            let expected = best["inertia"].as_f64().unwrap();
            assert!(found <= expected * (1.0 + 2e-3), "{name} k={k}: {found} for {expected}");
        }
    }
}
