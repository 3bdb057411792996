//! Sweeps: what they share changes no fit, and their figures are scikit-learn's.

mod common;

use common::gpu::gpu;
use common::sklearn::{assert_close, floats, points, rows};
use common::{golden, list};
use octomix::engine::{CpuEngine, Engine, GpuEngine, Host, ReferenceEngine};
use octomix::model::kmeans::Seeding;
use octomix::model::{FitError, Stop, kmeans, sweep};
use octomix::pass::Centres;
use octomix::{
    BayesianMixture, Covariance, GaussianMixture, Init, KMeans, Points, Priors, Search,
    WeightPrior, unobserved,
};
use serde_json::Value;

/// Runs `check` on every engine over `points`.
fn on_every_engine(points: Points<'_>, check: impl Fn(&mut dyn Engine)) {
    check(&mut ReferenceEngine::new(points.clone()));
    check(&mut CpuEngine::new(points.clone()));
    if let Some(gpu) = gpu() {
        check(&mut GpuEngine::new(&gpu, points));
    }
}

/// Every digit of it: the shortest text that reads back to the same float.
fn digits(value: impl std::fmt::Debug) -> String {
    format!("{value:?}")
}

#[test]
fn a_kmeans_in_a_sweep_is_the_one_alone() {
    let addresses = list("tutorial_src.txt");
    let weights: Vec<u64> = (0..addresses.len() as u64).map(|i| i % 4).collect();
    let weighted = Points::weighted(&addresses, &weights).unwrap();
    for points in [Points::new(&addresses), weighted] {
        on_every_engine(points, |engine| {
            for seeding in [Seeding::PlusPlus, Seeding::Random] {
                let params = KMeans::params(1).seeding(seeding).n_init(4).seed(3).check().unwrap();
                let ks = [1, 5, 2, 9];
                let rows = sweep::kmeans(engine, &params, &ks, &mut unobserved).unwrap();
                assert_eq!(rows.len(), ks.len());
                for (row, k) in rows.iter().zip(ks) {
                    let mut alone = params.clone().into_inner();
                    alone.clusters = k;
                    let alone = alone.check().unwrap().fit(engine, &mut unobserved).unwrap();
                    assert_eq!((row.k, row.fit.best), (k, alone.best));
                    assert_eq!(digits(&row.fit.centres), digits(&alone.centres), "k = {k}");
                    assert_eq!(row.fit.clusters, alone.clusters);
                    assert_eq!(digits(row.fit.inertia), digits(alone.inertia));
                    let ends = |fit: &kmeans::Fit| -> Vec<_> {
                        fit.restarts.iter().map(|r| digits((r.inertia, r.n_iter, r.stop))).collect()
                    };
                    assert_eq!(ends(&row.fit), ends(&alone));
                }
            }
        });
    }
}

#[test]
fn a_mixture_in_a_sweep_is_the_one_alone() {
    let addresses = list("tutorial_src.txt");
    let distribution = Priors { weights: WeightPrior::DirichletDistribution, ..Priors::default() };
    on_every_engine(Points::new(&addresses), |engine| {
        for params in [
            BayesianMixture::params(1),
            BayesianMixture::params(1).priors(distribution.clone()).covariance(Covariance::Tied),
            GaussianMixture::params(1).covariance(Covariance::Diag).init(Init::KMeansPlusPlus),
            GaussianMixture::params(1).covariance(Covariance::Spherical),
        ] {
            let params = params.n_init(3).max_iter(40).seed(2).check().unwrap();
            let ks = [4, 1, 3];
            let rows = sweep::mixtures(engine, &params, &ks, &mut unobserved).unwrap();
            assert_eq!(rows.len(), ks.len());
            for (row, k) in rows.iter().zip(ks) {
                let mut alone = params.clone().into_inner();
                alone.components = k;
                let alone = alone.check().unwrap().fit(engine, &mut unobserved).unwrap();
                assert_eq!((row.k, row.fit.best), (k, alone.best));
                let name = format!("k = {k} on {}", engine.description());
                assert_eq!(digits(&row.fit.estimate), digits(&alone.estimate), "{name}");
                assert_eq!(digits(row.fit.moments), digits(alone.moments));
                for (course, alone) in row.fit.restarts.iter().zip(&alone.restarts) {
                    assert_eq!(digits(&course.lower_bounds), digits(&alone.lower_bounds), "{name}");
                    assert_eq!(course.stop, alone.stop);
                }
            }
        }
    });
}

#[test]
fn tightness_from_given_centres_is_scikit_learns() {
    let mut compared = 0;
    for name in ["src", "dst", "mix600"] {
        let file = golden(&format!("kmeans_{name}.json"));
        let rows = rows(&file);
        for case in file["cases"].as_array().unwrap() {
            let k = case["k"].as_u64().unwrap() as usize;
            let params = kmeans::Params::new(k).tol(case["tol"].as_f64().unwrap());
            let params = params.seeding(Seeding::Centres(points(&case["init"]))).check().unwrap();
            let mut engine = CpuEngine::new(&rows);
            let ends = kmeans::restarts(&mut engine, &params, &mut unobserved).unwrap();
            let centres = Centres::new(&ends[0].points).unwrap();
            let found = engine.tightness(&centres).unwrap();
            let name = format!("{name} k={k} tol={}", params.tol);
            assert_close(&name, &[found], &floats(&case["tightness"]), 1e-9);
            compared += 1;
        }
    }
    assert_eq!(compared, 46);
}

/// scikit-learn's best of 200, and ours where they are as good.
fn compare_with_best_of_200(name: &str) -> usize {
    let file = golden(&format!("kmeans_{name}.json"));
    let addresses = rows(&file);
    let best = file["best_of_200"].as_array().unwrap();
    let ks: Vec<usize> = best.iter().map(|case| case["k"].as_u64().unwrap() as usize).collect();
    let params = KMeans::params(1).n_init(200).check().unwrap();
    let mut engine = CpuEngine::new(&addresses);
    let found = sweep::kmeans(&mut engine, &params, &ks, &mut unobserved).unwrap();
    let number = |case: &Value, key: &str| case[key].as_f64().unwrap();
    let mut equal = 0;
    for (row, case) in found.iter().zip(best) {
        let inertia = row.inertia / number(case, "inertia") - 1.0;
        assert!(inertia <= 1e-6, "{name} k={}: inertia {inertia:e} above", row.k);
        assert!(row.converged && row.n_iter > 0 && row.seconds > 0.0);
        if inertia.abs() <= 1e-9 {
            let what = format!("{name} k={} tightness", row.k);
            assert_close(&what, &[row.tightness], &[number(case, "tightness")], 1e-6);
            equal += 1;
        }
    }
    let curve: Vec<(usize, f64)> = found.iter().map(|row| (row.k, row.tightness)).collect();
    println!("{name}: knee {:?} of {curve:?}, {equal} as good", sweep::knee(&curve));
    assert_eq!(found.len(), best.len());
    equal
}

#[test]
fn the_elbow_is_scikit_learns() {
    // Where ours is not as good it is better, and there is nothing to compare.
    let equal: usize = ["src", "dst", "mix600"].map(compare_with_best_of_200).iter().sum();
    assert!(equal >= 12, "only {equal} of 23 could be compared");
}

/// The criteria of scikit-learn's `GaussianMixture` by its own formulas, in plain loops.
#[test]
fn criteria_are_of_the_plug_in_density() {
    let addresses = list("tutorial_src.txt");
    let n = addresses.len() as f64;
    let mut engine = CpuEngine::new(&addresses);
    let mixtures = [GaussianMixture::params(1), BayesianMixture::params(1)];
    for params in mixtures.map(|params| params.n_init(2).check().unwrap()) {
        for row in sweep::mixtures(&mut engine, &params, &[1, 3], &mut unobserved).unwrap() {
            let density = row.fit.estimate.plug_in();
            let mut scratch = vec![0.0; row.k];
            let log_likelihood: f64 = addresses
                .iter()
                .map(|&a| density.log_sum(octomix::address::octets(a).map(f64::from), &mut scratch))
                .sum();
            let free = (row.k * 15 - 1) as f64;
            let expected = [
                log_likelihood,
                free * n.ln() - 2.0 * log_likelihood,
                2.0 * (free - log_likelihood),
            ];
            assert_close("criteria", &[row.log_likelihood, row.bic, row.aic], &expected, 1e-12);
            assert_eq!(row.lower_bound, Some(row.fit.course().lower_bound()));
            assert_eq!(row.converged, row.fit.course().stop == Stop::Converged);
            if params.priors.is_none() && row.converged {
                let bound = row.lower_bound.unwrap();
                assert!((bound - log_likelihood / n).abs() < params.tolerance(0), "{bound}");
            }
        }
    }
}

#[test]
fn an_empty_component_is_no_centre() {
    let addresses = list("tutorial_src.txt");
    let mut engine = CpuEngine::new(&addresses);
    let params = BayesianMixture::params(1).check().unwrap();
    let rows = sweep::mixtures(&mut engine, &params, &[7], &mut unobserved).unwrap();
    let mut held = [0; 7];
    engine
        .label(&rows[0].fit.estimate.mixture().into(), &mut |_, labels| {
            labels.iter().for_each(|label| held[label.cluster as usize] += 1);
            Ok(())
        })
        .unwrap();
    assert_eq!(rows[0].used, held.iter().filter(|&&size| size > 0).count());
    assert!(rows[0].used < 7, "{held:?}");
    // The centres in use do not depend on how many components stay empty.
    let two = Points::weighted(&addresses[..2], &[1, 0]).unwrap();
    let rows =
        sweep::mixtures(&mut CpuEngine::new(two), &params, &[1, 2], &mut unobserved).unwrap();
    assert_eq!(rows.iter().map(|row| row.used).collect::<Vec<_>>(), [1, 1]);
}

#[test]
fn a_mistake_in_any_k_is_told_before_anything_runs() {
    let mut engine = CpuEngine::new(&[1, 2]);
    let clusters = KMeans::params(1).check().unwrap();
    let mixtures = [Search::Restarts, Search::MergeSplit(None)]
        .map(|search| BayesianMixture::params(1).search(search).check().unwrap());
    let told = |result: Result<usize, FitError>| result.unwrap_err().to_string();
    let too_few = "3 components were asked for, but there are only 2 distinct addresses; ask for \
                   at most 2";
    let none = "the number of components is 0; at least 1 is needed";
    for (ks, expected) in [(&[1, 3][..], too_few), (&[2, 0], none)] {
        let mut watched = 0;
        let mut watch = |_| {
            watched += 1;
            std::ops::ControlFlow::Continue(())
        };
        let rows = sweep::kmeans(&mut engine, &clusters, ks, &mut watch);
        assert_eq!(told(rows.map(|rows| rows.len())), expected);
        for mixture in &mixtures {
            let rows = sweep::mixtures(&mut engine, mixture, ks, &mut watch);
            assert_eq!(told(rows.map(|rows| rows.len())), expected);
        }
        assert_eq!(watched, 0);
    }
    let rows = sweep::kmeans(&mut engine, &clusters, &[], &mut unobserved).unwrap();
    assert!(rows.is_empty());
    for mixture in &mixtures {
        let rows = sweep::mixtures(&mut engine, mixture, &[], &mut unobserved);
        assert!(rows.unwrap().is_empty());
    }
}
