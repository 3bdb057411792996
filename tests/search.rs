//! The search for better optima: what it reaches, what it costs, and that it is reproducible.

mod common;

use std::ops::ControlFlow;

use common::counting::Counting;
use common::{address, list};
use octomix::engine::{CpuEngine, ReferenceEngine, Run};
use octomix::model::fitted::MixtureFit;
use octomix::model::params::MixtureParams;
use octomix::model::search::least_budget;
use octomix::model::sufficient::Sufficient;
use octomix::model::trace::{Kind, Move, Trace};
use octomix::model::{FitError, ParamError, Stage, Stop};
use octomix::pass::Expectation;
use octomix::{BayesianMixture, Covariance, Points, Priors, Search, WeightPrior, unobserved};

/// A search at `share` of the least budget.
fn searched(components: usize, seed: u64, share: f64, addresses: u64) -> MixtureParams {
    let params = BayesianMixture::params(components).seed(seed);
    let budget = share * least_budget(&params, addresses);
    params.search(Search::MergeSplit(Some(budget)))
}

fn found(addresses: &[u32], components: usize, seed: u64, share: f64) -> MixtureFit {
    let params = searched(components, seed, share, addresses.len() as u64).check().unwrap();
    params
        .fit(&mut CpuEngine::new(addresses), &mut unobserved)
        .unwrap_or_else(|e| panic!("{} addresses, K = {components}: {e}", addresses.len()))
}

fn bound(fit: &MixtureFit) -> f64 {
    fit.course().lower_bound()
}

fn trace(fit: &MixtureFit) -> &Trace {
    fit.search.as_ref().unwrap()
}

fn restarts(addresses: &[u32], components: usize, seed: u64) -> f64 {
    let params = BayesianMixture::params(components).seed(seed).check().unwrap();
    bound(&params.fit(&mut CpuEngine::new(addresses), &mut unobserved).unwrap())
}

/// scikit-learn's best of 200 and of 50 restarts, negative.
const SCIKIT_LEARNS: [(&str, usize, f64, f64); 5] = [
    ("tutorial_dst.txt", 4, 24228.9, 24230.8),
    ("tutorial_dst.txt", 5, 24281.8, 24286.1),
    ("tutorial_dst.txt", 7, 24384.8, 24391.2),
    ("tutorial_dst.txt", 12, 24676.9, 24689.5),
    ("tutorial_src.txt", 12, 2504.1, 2512.1),
];

fn better_than_scikit_learns(share: f64) {
    for (name, components, of_200, of_50) in SCIKIT_LEARNS {
        let addresses = list(name);
        let mut bounds: Vec<f64> =
            (0..10).map(|seed| bound(&found(&addresses, components, seed, share))).collect();
        bounds.sort_unstable_by(f64::total_cmp);
        let told = format!("{name}, K = {components}: {bounds:?}");
        println!(
            "at {share} of the least budget, scikit-learn's best of 200 being {}: {told}",
            -of_200
        );
        assert!((bounds[4] + bounds[5]) / 2.0 >= -of_200, "{told}");
        assert!(bounds[0] >= -of_50, "{told}");
    }
}

#[test]
fn half_the_least_budget_beats_two_hundred_restarts() {
    better_than_scikit_learns(0.5);
}

#[test]
fn the_least_budget_beats_two_hundred_restarts() {
    better_than_scikit_learns(1.0);
}

/// Both stop where an iteration gains less than tol, 1e-3 nats: on the plateaus of whole /24s that is
/// up to some fifty such steps below the same optimum.
const PLATEAU: f64 = 0.05;

/// Restarts and searches of the same seeds.
fn never_below(lists: &[(&str, &[usize])], seeds: std::ops::Range<u64>) {
    for &(name, all) in lists {
        let addresses = list(name);
        for &components in all {
            for seed in seeds.clone() {
                let restarts = restarts(&addresses, components, seed);
                let found = bound(&found(&addresses, components, seed, 1.0));
                assert!(
                    found >= restarts - PLATEAU,
                    "{name}, K = {components}, seed {seed}: {found} for {restarts}"
                );
            }
        }
    }
}

#[test]
fn no_seed_falls_below_its_restarts() {
    never_below(&[("tutorial_src.txt", &[2, 3, 7]), ("tutorial_dst.txt", &[2, 3, 9])], 0..3);
    never_below(&[("mix600.txt", &[2, 9]), ("collinear.txt", &[3]), ("slash24.txt", &[3])], 0..3);
}

#[test]
#[ignore = "a minute and a half"]
fn no_seed_falls_below_its_restarts_anywhere() {
    let all: &[usize] = &[2, 3, 4, 5, 6, 7, 9, 12];
    let names = ["tutorial_src", "tutorial_dst", "mix600", "collinear", "slash24"];
    for name in names {
        never_below(&[(&format!("{name}.txt"), all)], 0..10);
    }
}

#[test]
fn kept_steps_rise_and_the_end_is_a_fixed_point() {
    let addresses = list("tutorial_dst.txt");
    for components in [3, 7] {
        let found = found(&addresses, components, 1, 1.0);
        let trace: &[Move] = &trace(&found).moves;
        assert!(matches!(trace[0].kind, Kind::KMeans | Kind::Agglomeration), "{trace:?}");
        assert!(trace.iter().all(|m| m.after >= m.before - 1e-9), "{trace:?}");
        assert!(trace.windows(2).all(|m| m[0].after <= m[1].before + 1e-9), "{trace:?}");
        assert!(trace.is_sorted_by(|a, b| a.evaluations <= b.evaluations), "{trace:?}");
        assert_eq!(trace.last().unwrap().kind, Kind::Finish);
        assert_eq!(trace.last().unwrap().after, bound(&found));
        assert_eq!(found.course().stop, Stop::Converged);
        let weights = &found.estimate.weights;
        assert!(weights.is_sorted_by(|a, b| a >= b), "{weights:?}");
        // One more iteration of plain EM changes next to nothing.
        let mut engine = CpuEngine::new(&addresses);
        let mixture = found.estimate.mixture();
        let stats = Run::<Expectation>::run(&mut engine, std::slice::from_ref(&mixture)).unwrap();
        let soft: Vec<_> = stats[0].components.iter().map(Sufficient::from_soft).collect();
        let next = {
            let estimate = found.estimator.maximise(&soft).unwrap();
            found.estimator.lower_bound(&estimate, &stats[0])
        };
        assert!((next - bound(&found)).abs() < 1e-3, "{next}, {}", bound(&found));
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let addresses = list("tutorial_dst.txt");
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| found(&addresses, 6, 3, 0.3))
    };
    let (one, three) = (with(1), with(3));
    assert_eq!(one.estimate, three.estimate);
    assert_eq!(one.search, three.search);
    assert_ne!(one.search, found(&addresses, 6, 4, 0.3).search);
}

#[test]
fn the_budget_is_kept_and_all_runs_are_counted() {
    let addresses = list("tutorial_dst.txt");
    for share in [0.05, 0.5] {
        let params = searched(7, 0, share, addresses.len() as u64).check().unwrap();
        let mut engine = Counting::new(&addresses);
        let mut runs = 0;
        let fit = params
            .fit(&mut engine, &mut |progress| {
                runs += usize::from(progress.stage == Stage::Search);
                assert!(progress.iteration <= progress.max_iter);
                ControlFlow::Continue(())
            })
            .unwrap();
        let Trace { evaluations, budget, .. } = trace(&fit);
        let counted = (engine.components * addresses.len()) as f64;
        assert!(counted <= *evaluations, "{counted} of {evaluations}");
        assert!(runs > 10, "{runs}");
        // The last ascent alone may take more; with half of it there is no need to.
        assert!(share < 0.5 || evaluations <= budget, "{evaluations} {budget}");
    }
}

#[test]
fn the_budget_grows_with_the_iterations_that_a_set_needs() {
    let share = |name: &str, components: usize, n_init: usize| {
        let addresses = list(name);
        let params = BayesianMixture::params(components).n_init(n_init);
        let least = least_budget(&params, addresses.len() as u64);
        let params = params.search(Search::MergeSplit(None)).check().unwrap();
        let with = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let mut engine = CpuEngine::new(&addresses);
            pool.install(|| params.fit(&mut engine, &mut unobserved).unwrap())
        };
        let (one, three) = (with(1), with(3));
        assert_eq!(one.search, three.search);
        let Trace { evaluations, budget, .. } = trace(&one);
        (budget / least, evaluations / least)
    };
    // A few subnets apart from each other: ten restarts take 5 iterations each.
    let (allowed, _) = share("tutorial_src.txt", 3, 10);
    assert_eq!(allowed, 1.0);
    // A whole /24 has no optimum that stands out: they take 170.
    for n_init in [2, 10] {
        let (allowed, spent) = share("slash24.txt", 7, n_init);
        assert!(allowed > 1.5 && allowed < 5.0, "{n_init}: {allowed}");
        assert!(spent > 1.2, "{n_init}: {spent}");
    }
}

/// What OCTOMIX_LISTS names, paths of lists with a colon between, and the tutorial's; of larger ones 8,000
/// addresses, a share of them by hash.
fn lists() -> Vec<(String, Vec<u32>)> {
    let others = std::env::var("OCTOMIX_LISTS").unwrap_or_default();
    let read = |path: &str| {
        let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{path}: {e}"));
        let mut all: Vec<u32> = text.lines().map(address).collect();
        all.sort_unstable_by_key(|a| (a ^ (a >> 16)).wrapping_mul(0x85eb_ca6b));
        all.dedup();
        all.truncate(8000);
        (path.to_owned(), all)
    };
    let tutorials = ["tutorial_src.txt", "tutorial_dst.txt"].map(|name| (name.into(), list(name)));
    tutorials.into_iter().chain(others.split(':').filter(|p| !p.is_empty()).map(read)).collect()
}

#[test]
#[ignore = "a measurement, for docs/benchmarks.md: a minute a blocklist"]
fn how_a_search_compares_with_restarts() {
    for (name, addresses) in lists() {
        let (mut fits, mut reached, mut costs) = (0, 0, Vec::new());
        for components in [4, 7, 8, 12, 20] {
            for covariance in [Covariance::Full, Covariance::Diag] {
                for weights in [WeightPrior::DirichletProcess, WeightPrior::DirichletDistribution] {
                    let priors = Priors { weights, ..Priors::default() };
                    let params = BayesianMixture::params(components);
                    let params = params.covariance(covariance).priors(priors);
                    let fit = |params: MixtureParams| {
                        let mut engine = CpuEngine::new(&addresses);
                        params.check().unwrap().fit(&mut engine, &mut unobserved).unwrap()
                    };
                    let of_50 = fit(params.clone().n_init(50));
                    let found = fit(params.search(Search::MergeSplit(None)));
                    fits += 1;
                    reached += usize::from(bound(&found) >= bound(&of_50) - PLATEAU);
                    let ten = &of_50.restarts[..10];
                    let ten: usize = ten.iter().map(|course| course.lower_bounds.len()).sum();
                    let iterations =
                        trace(&found).evaluations / (components * addresses.len()) as f64;
                    costs.push(iterations / ten as f64);
                }
            }
        }
        costs.sort_unstable_by(f64::total_cmp);
        let (least, median, most) = (costs[0], costs[fits / 2], costs[fits - 1]);
        println!(
            "{name}, {} addresses: {reached} of {fits} searches reach the best of 50 restarts; \
             they cost {least:.2} to {most:.2} times as much as ten, median {median:.2}",
            addresses.len()
        );
        assert!(reached * 10 >= fits * 9, "{name}: {reached} of {fits}");
    }
}

#[test]
fn an_observer_can_stop_a_search() {
    let addresses = list("tutorial_src.txt");
    let params = searched(3, 0, 1.0, 187).check().unwrap();
    for stage in [Stage::Seeding, Stage::KMeans, Stage::Search] {
        let mut engine = CpuEngine::new(&addresses);
        let stopped = params.fit(&mut engine, &mut |progress| {
            if progress.stage == stage { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert!(matches!(stopped, Err(FitError::Interrupted)), "{stage:?}");
    }
}

#[test]
fn degenerate_sets_can_be_searched() {
    let spread = |n: u32| (0..n).map(|i| (i + 1).wrapping_mul(2_654_435_761)).collect();
    let mut sets: Vec<Vec<u32>> = (1..=6).map(spread).collect();
    sets.push((0..256).map(|i| i * 0x0101_0101).collect());
    sets.push((0..256).map(|i| 0x0a00_0001 | i << 16).collect());
    sets.push(vec![0x0a01_0203; 50]);
    sets.push([vec![1; 30], vec![2; 30], vec![u32::MAX; 5]].concat());
    for set in &sets {
        for components in [1, 2, 7, 20] {
            let components = components.min(set.len());
            let found = found(set, components, 0, 1.0);
            assert!(bound(&found).is_finite(), "{} {components}", set.len());
            let whole: f64 = found.estimate.weights.iter().sum();
            assert!((whole - 1.0).abs() < 1e-9);
        }
    }
}

#[test]
fn one_component_needs_no_moves() {
    let found = found(&list("tutorial_src.txt"), 1, 0, 1.0);
    let restarts = restarts(&list("tutorial_src.txt"), 1, 0);
    assert!((bound(&found) - restarts).abs() < 1e-6);
    assert_eq!(trace(&found).moves.len(), 2, "{:?}", found.search);
}

#[test]
fn mistakes_are_told() {
    let told = |addresses: &[u32], components| {
        let params = searched(components, 0, 1.0, 100).check().unwrap();
        let fit = params.fit(&mut ReferenceEngine::new(addresses), &mut unobserved);
        fit.unwrap_err().to_string()
    };
    assert_eq!(told(&[], 1), "there are no addresses to fit to");
    assert!(told(&[1], 2).starts_with("2 components were asked for"));
    assert_eq!(searched(0, 0, 1.0, 100).check().unwrap_err(), ParamError::NoComponents);
}

#[test]
fn every_covariance_and_weights_can_be_searched() {
    let addresses = list("tutorial_src.txt");
    let weights: Vec<u64> = (0..addresses.len() as u64).map(|i| 1 + i % 3).collect();
    let points = Points::weighted(&addresses, &weights).unwrap();
    for kind in Covariance::ALL {
        let params = BayesianMixture::params(5).covariance(kind);
        let mut engine = CpuEngine::new(points.clone());
        let mut fitted = |params: MixtureParams| {
            bound(&params.check().unwrap().fit(&mut engine, &mut unobserved).unwrap())
        };
        let restarts = fitted(params.clone());
        let found = fitted(params.search(Search::MergeSplit(None)));
        assert!(found >= restarts - 0.01, "{kind:?}: {found} for {restarts}");
    }
}
