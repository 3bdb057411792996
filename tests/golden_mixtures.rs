//! scikit-learn's mixtures, reproduced: every kind of covariance, both weight priors, maximum
//! likelihood; parameters, bounds, densities, criteria, iteration by iteration.
//!
//! The files in `tests/golden` were written by scikit-learn 1.9.1; their README says how.

mod common;

use common::mixtures::{
    CANCELLED, NASTY, cases, covariance, cut_short, matrices, matrix, params, tolerance,
};
use common::sklearn::{
    addresses_of, assert_close, floats, indices, initial_labels, rows, weighted,
};
use common::{golden, list};
use octomix::engine::{CpuEngine, Engine, Precision, ReferenceEngine};
use octomix::model::estimate::Concentration;
use octomix::model::fitted::MixtureFit;
use octomix::pass::Density;
use octomix::{BayesianMixture, Covariance, Points, Stop, unobserved};
use serde_json::Value;

/// The log-density of each address, and its component.
fn labels(mixture: &Density, addresses: &[u32]) -> (Vec<f64>, Vec<usize>) {
    let mut labels = Vec::new();
    octomix::pass::label::label(mixture, addresses, &mut labels);
    labels.iter().map(|label| (label.log_density, label.cluster as usize)).unzip()
}

/// Compares all that scikit-learn tells of a stage.
fn compare(
    name: &str,
    stage_name: &str,
    case: &Value,
    stage: &Value,
    fit: &MixtureFit,
    bound: f64,
) {
    let estimate = &fit.estimate;
    let kind = estimate.covariance;
    let close = |what: &str, found: &[f64], key: &str| {
        assert_close(&format!("{name} {what}"), found, &floats(&stage[key]), bound);
    };
    close("weights", &estimate.weights, "weights");
    let means: Vec<f64> = estimate.gaussians.iter().flat_map(|g| g.mean.data.0[0]).collect();
    close("means", &means, "means");
    // Matrices one by one: each has a scale of its own.
    for what in ["covariances", "precisions_cholesky"] {
        for (i, expected) in matrices(kind, &stage[what]).iter().enumerate() {
            let gaussian = &estimate.gaussians[i];
            let found = match what {
                "covariances" => gaussian.covariance,
                _ => gaussian.precision_cholesky,
            };
            let what = format!("{name} {what} {i}");
            assert_close(&what, found.as_slice(), expected.as_slice(), bound);
        }
    }
    close("lower_bounds", &fit.course().lower_bounds, "lower_bounds");
    close("lower_bound", &[fit.course().lower_bound()], "lower_bound");
    if stage_name == "iter1" {
        assert_eq!(estimate.parameters() as u64, parameters(case), "{name}: parameters");
    }
    let (Some(posterior), Some(prior)) = (&estimate.posterior, &fit.estimator.prior) else {
        return;
    };
    close("mean_precision", &posterior.mean_precision, "mean_precision");
    let degrees = match kind {
        Covariance::Tied => &posterior.degrees_of_freedom[..1],
        _ => &posterior.degrees_of_freedom,
    };
    close("degrees_of_freedom", degrees, "degrees_of_freedom");
    let concentration = match &posterior.concentration {
        Concentration::Process(sticks) => {
            (0..2).flat_map(|side| sticks.iter().map(move |stick| stick[side])).collect()
        }
        Concentration::Distribution(concentration) => concentration.clone(),
    };
    close("weight_concentration", &concentration, "weight_concentration");
    close("mean_prior", prior.mean.as_slice(), "mean_prior");
    let expected = matrix(kind, &stage["covariance_prior"]);
    let what = format!("{name} covariance_prior");
    assert_close(&what, prior.covariance.as_slice(), expected.as_slice(), bound);
}

/// Free parameters by scikit-learn's formula.
fn parameters(case: &Value) -> u64 {
    let k = case["n_components"].as_u64().unwrap();
    let of_covariances = match covariance(case) {
        Covariance::Full => 10 * k,
        Covariance::Tied => 10,
        Covariance::Diag => 4 * k,
        Covariance::Spherical => k,
    };
    of_covariances + 5 * k - 1
}

/// Runs every stage of a case and compares it.
fn check_case(name: &str, file: &Value, case: &Value) {
    let rows = rows(file);
    let probes = addresses_of(&file["probes"]);
    let k = case["n_components"].as_u64().unwrap() as usize;
    let bayesian = !case["weight_concentration_prior_type"].is_null();
    let labels_given = if bayesian { initial_labels(file, case, &rows, k) } else { Vec::new() };
    for (stage_name, stage) in case["stages"].as_object().unwrap() {
        let weights = case["weight_concentration_prior_type"].as_str().unwrap_or("likelihood");
        let name = format!("{name} {} {weights} k={k} {stage_name}", covariance(case).name());
        if cut_short(stage_name, stage) {
            println!("left out: {name}: scikit-learn did not converge");
            continue;
        }
        let params = params(file, case, stage, labels_given.clone()).check().unwrap();
        // In single precision the CPU engine is held to bounds of its own (`golden_gpu`).
        let cpu = Some(CpuEngine::new(&rows)).filter(|e| e.arithmetic().sums == Precision::F64);
        let mut engines: Vec<Box<dyn Engine>> = vec![Box::new(ReferenceEngine::new(&rows))];
        engines.extend(cpu.map(|engine| Box::new(engine) as Box<dyn Engine>));
        for mut engine in engines {
            let name = format!("{name} on {}", engine.description());
            let fit = params
                .fit(&mut *engine, &mut unobserved)
                .unwrap_or_else(|error| panic!("{name}: {error}"));
            let converged = fit.course().stop == Stop::Converged;
            assert_eq!(converged, stage["converged"].as_bool().unwrap(), "{name}: converged");
            let bound = tolerance(stage_name, case, &fit.estimate);
            // Where rounding, of a bound of 4e4 or in a square, is not far below the tolerance,
            // scikit-learn stops by chance: compared at its own iteration.
            let by_chance = bound >= CANCELLED || stage_name == "tol1e-8";
            let n_iter = stage["n_iter"].as_u64().unwrap() as usize;
            let fit = match by_chance {
                true => {
                    let params = params.clone().into_inner().max_iter(n_iter).tol(0.0);
                    let params = params.check().unwrap();
                    params.fit(&mut *engine, &mut unobserved)
                }
                false => Ok(fit),
            }
            .unwrap_or_else(|error| panic!("{name}: {error}"));
            compare(&name, stage_name, case, stage, &fit, bound);
            compare_densities(&name, stage, &fit, &rows, &probes, bound);
        }
    }
}

fn compare_densities(
    name: &str,
    stage: &Value,
    fit: &MixtureFit,
    rows: &[u32],
    probes: &[u32],
    bound: f64,
) {
    let mixture = Density::from(fit.estimate.mixture());
    let (densities, _) = labels(&mixture, probes);
    let expected = stage.get("probe_score_samples_direct").unwrap_or(&stage["probe_score_samples"]);
    assert_close(&format!("{name} score_samples"), &densities, &floats(expected), bound);
    let mut responsibilities = vec![0.0; mixture.components.0.len()];
    let found: Vec<f64> = probes
        .iter()
        .flat_map(|&probe| {
            mixture.responsibilities(probe, &mut responsibilities);
            responsibilities.clone()
        })
        .collect();
    let what = format!("{name} predict_proba");
    // A responsibility is as uncertain as the log-densities that it comes from.
    let largest = densities.iter().fold(1.0f64, |m, d| m.max(d.abs()));
    assert_close(&what, &found, &floats(&stage["probe_predict_proba"]), bound * largest);
    let (densities, clusters) = labels(&mixture, rows);
    if bound < CANCELLED
        && let Some(predict) = stage.get("predict")
    {
        assert_eq!(clusters, indices(predict), "{name}: predict");
    }
    if let (None, Some(aic)) = (&fit.estimate.posterior, stage.get("aic")) {
        let log_likelihood = densities.iter().sum();
        let found =
            [fit.estimate.aic(log_likelihood), fit.estimate.bic(log_likelihood, rows.len() as f64)];
        let expected = [floats(aic)[0], floats(&stage["bic"])[0]];
        assert_close(&format!("{name} criteria"), &found, &expected, bound.max(1e-9));
    }
}

fn check_file(name: &str) {
    let file = golden(&format!("{name}.json"));
    let mut checked = 0;
    for case in cases(&file) {
        check_case(name, &file, case);
        checked += 1;
    }
    assert!(checked > 0, "{name} has no case");
}

#[test]
fn maximum_likelihood_is_scikit_learns() {
    for kind in Covariance::ALL {
        for list in ["src", "dst", "mix600"] {
            check_file(&format!("gmm_{}_{list}", kind.name()));
        }
    }
}

#[test]
fn bayesian_mixtures_are_scikit_learns() {
    for kind in Covariance::ALL {
        for weights in ["process", "distribution"] {
            for list in ["src", "dst", "mix600"] {
                check_file(&format!("bgmm_{}_dirichlet_{weights}_{list}", kind.name()));
            }
        }
    }
}

#[test]
fn mixtures_of_nasty_sets_are_scikit_learns() {
    for name in NASTY {
        check_file(&format!("nasty_{name}"));
    }
}

#[test]
fn weighted_addresses_are_repeated_ones() {
    let file = golden("nasty_weighted_dups.json");
    let (distinct, weights) = weighted(&file);
    let labels: Vec<u32> =
        (0..distinct.len()).map(|i| u32::from(i >= 32) + u32::from(i >= 64)).collect();
    let probes = addresses_of(&file["probes"]);
    let weighted = Points::weighted(&distinct, &weights).unwrap();
    for cases in ["gmm", "bgmm"] {
        for case in file[cases].as_array().unwrap() {
            for (stage_name, stage) in case["stages"].as_object().unwrap() {
                let params = params(&file, case, stage, labels.clone()).check().unwrap();
                let mut engine = CpuEngine::new(weighted.clone());
                let fit = params.fit(&mut engine, &mut unobserved).expect(stage_name);
                let bound = tolerance(stage_name, case, &fit.estimate);
                let name = format!("weighted {cases} {}", covariance(case).name());
                compare(&name, stage_name, case, stage, &fit, bound);
                let (densities, _) = self::labels(&fit.estimate.mixture().into(), &probes);
                let expected = floats(&stage["probe_score_samples_direct"]);
                assert_close(&format!("{name} score_samples"), &densities, &expected, bound);
            }
        }
    }
}

#[test]
fn responsibilities_sum_to_one() {
    let addresses = list("tutorial_src.txt");
    let mut engine = CpuEngine::new(&addresses);
    let params = BayesianMixture::params(7).check().unwrap();
    let fit = params.fit(&mut engine, &mut unobserved).unwrap();
    let mut responsibilities = vec![0.0; 7];
    for &address in &addresses {
        Density::from(fit.estimate.mixture()).responsibilities(address, &mut responsibilities);
        let sum: f64 = responsibilities.iter().sum();
        assert!((sum - 1.0).abs() < 1e-12, "{sum}");
    }
}
