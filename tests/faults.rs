//! Devices that fail, injected through the engine trait: whatever happens in whatever pass, a fit ends on the CPU
//! as if nothing had happened, and the trouble is kept to be told.

mod common;

use std::time::{Duration, Instant};

use common::faulty::{Fault, Faulty};
use common::gpu::gpu;
use common::list;
use octomix::conformance::fits::Fits;
use octomix::conformance::kernels::check_kernels;
use octomix::engine::{CpuEngine, Engine, EngineError, FallbackEngine, GpuEngine};
use octomix::pass::label::Label;
use octomix::pass::{Centres, Density};
use octomix::{BayesianMixture, KMeans, Points, Search, unobserved};
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

fn faulty<'a>(
    engine: Box<dyn Engine + 'a>,
    points: &Points<'a>,
    fault: Fault,
    passes: usize,
) -> Faulty<'a> {
    Faulty { engine, points: points.clone(), fault, passes }
}

/// Whether `trouble` is what `fault` ends in.
fn is_of(fault: Fault, trouble: &EngineError) -> bool {
    match fault {
        Fault::Lost => matches!(trouble, EngineError::DeviceLost(_)),
        Fault::OutOfMemory => matches!(trouble, EngineError::OutOfMemory(_)),
        Fault::Hung => matches!(trouble, EngineError::Hung(_)),
        Fault::Zeros | Fault::Garbage | Fault::Exchanged => {
            matches!(trouble, EngineError::WrongResults(_))
        }
    }
}

/// Everything of a fit and of its labels.
type Outcome = (Vec<f64>, String, Vec<Label>);

fn mixture(engine: &mut dyn Engine, search: Search) -> Outcome {
    let params = BayesianMixture::params(4).n_init(2).seed(3).search(search).check().unwrap();
    let fit = params.fit(engine, &mut unobserved).unwrap();
    let density = Density::from(fit.estimate.mixture());
    let mut labels = Vec::new();
    let mut take = |_: &[u32], block: &[Label]| {
        labels.extend_from_slice(block);
        Ok(())
    };
    engine.label(&density, &mut take).unwrap();
    (fit.course().lower_bounds.clone(), format!("{:?}", fit.estimate), labels)
}

fn kmeans(engine: &mut dyn Engine) -> (String, Vec<u32>) {
    let fit = KMeans::params(5).n_init(3).check().unwrap().fit(engine, &mut unobserved).unwrap();
    let centres = Centres::new(&fit.centres).unwrap();
    let mut assigned = Vec::new();
    let mut take = |_: &[u32], block: &[u32]| {
        assigned.extend_from_slice(block);
        Ok(())
    };
    engine.assign(&centres, &mut take).unwrap();
    (format!("{:?} {}", fit.centres, fit.inertia), assigned)
}

/// The engine that fails rounds as the CPU that takes over does: not a bit of the result may differ.
#[test]
fn a_fit_ends_as_if_nothing_had_happened_whatever_fails_and_when() {
    let addresses = list("tutorial_src.txt");
    let points = Points::new(&addresses);
    let cpu = || CpuEngine::new(points.clone());
    let searches = [Search::Restarts, Search::MergeSplit(None)];
    let expected = searches.map(|search| mixture(&mut cpu(), search));
    let expected_kmeans = kmeans(&mut cpu());
    for fault in Fault::ALL {
        for passes in [0, 1, 2, 3, 7, 20] {
            let what = format!("{fault:?} after {passes} passes");
            let failing = || {
                FallbackEngine::new(faulty(Box::new(cpu()), &points, fault, passes), points.clone())
            };
            for (search, expected) in searches.into_iter().zip(&expected) {
                let mut engine = failing();
                assert!(mixture(&mut engine, search) == *expected, "{what}");
                let trouble = engine.trouble().unwrap_or_else(|| panic!("{what}: not told"));
                assert!(is_of(fault, trouble), "{what}: {trouble}");
                assert!(!trouble.to_string().contains('\n'), "{trouble}");
                assert!(engine.description().starts_with("faulty, then cpu: "));
            }
            let mut engine = failing();
            assert!(kmeans(&mut engine) == expected_kmeans, "{what}");
        }
    }
}

/// How long the soak of devices goes on: `OCTOMIX_SOAK` in seconds, or else some of them.
fn seconds() -> u64 {
    let asked = std::env::var("OCTOMIX_SOAK").ok();
    asked.map_or(2, |asked| asked.parse().expect("OCTOMIX_SOAK is a number of seconds"))
}

/// Fit after fit over other sets, any of which loses its device at any time.
#[test]
fn a_device_lost_at_any_time_changes_no_result() {
    let rng = &mut ChaCha8Rng::seed_from_u64(1);
    let begun = Instant::now();
    let (mut fits, mut troubles) = (0, 0);
    while begun.elapsed() < Duration::from_secs(seconds()) {
        let base: u32 = rng.random();
        let mut addresses: Vec<u32> =
            (0..rng.random_range(20..600)).map(|_| base ^ (rng.random::<u32>() >> 12)).collect();
        addresses.sort_unstable();
        addresses.dedup();
        let points = Points::new(&addresses);
        let cpu = || CpuEngine::new(points.clone());
        let fault = *Fault::ALL.choose(rng).unwrap();
        let passes = rng.random_range(0..40);
        let what = format!("fit {fits}, {fault:?} after {passes} passes");
        let mut engine =
            FallbackEngine::new(faulty(Box::new(cpu()), &points, fault, passes), points.clone());
        let search = if rng.random() { Search::Restarts } else { Search::MergeSplit(None) };
        assert!(mixture(&mut engine, search) == mixture(&mut cpu(), search), "{what}");
        assert!(engine.trouble().is_none_or(|trouble| is_of(fault, trouble)), "{what}");
        troubles += usize::from(engine.trouble().is_some());
        fits += 1;
    }
    println!("{fits} fits, {troubles} of which lost their device");
    assert!(2 * troubles > fits, "{troubles} of {fits}");
}

/// A GPU leads the fit in single precision, and the CPU takes it over in doubles.
#[test]
fn a_fit_that_a_gpu_began_ends_where_that_of_the_reference_ends() {
    let Some(gpu) = gpu() else { return };
    let addresses = list("tutorial_dst.txt");
    let points = Points::new(&addresses);
    let fits = Fits::new(&points, 4).unwrap();
    for fault in Fault::ALL {
        for passes in [0, 3, 12, 30] {
            let on_gpu = Box::new(GpuEngine::new(&gpu, points.clone()));
            let first = faulty(on_gpu, &points, fault, passes);
            let mut engine = FallbackEngine::new(first, points.clone());
            for check in fits.check(&mut engine).unwrap() {
                assert!(check.holds(), "{fault:?} after {passes} passes: {check:?}");
            }
            assert!(engine.trouble().is_some_and(|trouble| is_of(fault, trouble)), "{fault:?}");
        }
    }
}

#[test]
fn kernels_that_are_right_pass_and_wrong_ones_are_named() {
    if let Some(gpu) = gpu() {
        let checks = check_kernels(|points| Box::new(GpuEngine::new(&gpu, points))).unwrap();
        assert!(checks.iter().all(|check| check.holds()), "{checks:?}");
    }
    let checks = |passes| {
        let over = |points: Points<'static>| -> Box<dyn Engine> {
            let cpu = Box::new(CpuEngine::new(points.clone()));
            Box::new(faulty(cpu, &points, Fault::Exchanged, passes))
        };
        check_kernels(over).unwrap()
    };
    assert!(checks(usize::MAX).iter().all(|check| check.holds()));
    let wrong: Vec<_> = checks(0).into_iter().filter(|check| !check.holds()).collect();
    for (pass, statistic) in
        [("moments", "sums"), ("lloyd", "sums"), ("expectation", "first moments")]
    {
        let found = wrong.iter().filter(|c| (c.pass, c.statistic) == (pass, statistic));
        assert_eq!(found.count(), 2, "{pass}, {statistic}: few and many components");
    }
    assert_eq!(wrong.len(), 6, "{wrong:?}");
}
