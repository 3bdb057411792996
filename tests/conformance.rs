//! Every engine against the reference: one table of address sets, one adapter an engine.

mod common;

use common::claiming::Claiming;
use common::gpu::{gpu, two_gpus};
use common::{flat, list};
use octomix::address::{LARGEST_TOTAL, Points};
use octomix::conformance::bounds::{LabelBounds, expectation_bounds};
use octomix::conformance::{Parameters, check_centres, check_mixtures};
use octomix::engine::gpu::layout::Layout;
use octomix::engine::gpu::{ARITHMETIC, Gpu};
use octomix::engine::{CpuEngine, Engine, FallbackEngine, GpuEngine, ReferenceEngine, Run};
use octomix::pass::label::{Label, label};
use octomix::pass::{Density, Expectation, Lloyd, Moments, Pass, Tail};

/// A set of addresses, and the weight of each where they do not count alike.
struct Set {
    name: &'static str,
    addresses: Vec<u32>,
    weights: Option<Vec<u64>>,
}

impl Set {
    fn new(name: &'static str, addresses: Vec<u32>) -> Self {
        Self { name, addresses, weights: None }
    }

    /// With `weights` over and over.
    fn weighted(name: &'static str, addresses: Vec<u32>, weights: &[u64]) -> Self {
        let weights = weights.iter().copied().cycle().take(addresses.len()).collect();
        Self { name, addresses, weights: Some(weights) }
    }

    fn points(&self) -> Points<'_> {
        match &self.weights {
            None => Points::new(&self.addresses),
            Some(weights) => Points::weighted(&self.addresses, weights).unwrap(),
        }
    }
}

/// The address sets.
fn sets() -> Vec<Set> {
    // A linear congruential generator (Knuth's MMIX): uniform, and distinct for a million draws.
    let uniform = (0..1_000_000u64).scan(1u64, |state, _| {
        *state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        Some((*state >> 32) as u32)
    });
    let mixed = [1, 2, 0, 3, 1000, 1, 1 << 20];
    vec![
        Set::new("the tutorial's sources", list("tutorial_src.txt")),
        Set::new("the tutorial's destinations", list("tutorial_dst.txt")),
        Set::new("one address", vec![0xc0a8_0001]),
        Set::new("two addresses", vec![0, u32::MAX]),
        Set::new("all identical", vec![0x0a01_0203; 1000]),
        Set::new("collinear", list("collinear.txt")),
        Set::new("a whole /24", (0..256).map(|i| 0xc633_6400 + i).collect()),
        Set::new("a whole /16", (0..65_536).map(|i| 0x0a14_0000 + i).collect()),
        Set::new("a million uniform", uniform.collect()),
        Set::weighted("weighted destinations", list("tutorial_dst.txt"), &mixed),
        Set::weighted("a weighted /16", (0..65_536).map(|i| 0x0a14_0000 + i).collect(), &mixed),
        Set::weighted("alike weights", list("tutorial_src.txt"), &[3]),
        Set::weighted("the largest weight", vec![0, 7, u32::MAX], &[0, LARGEST_TOTAL - 5, 5]),
    ]
}

/// Parameters with K one, small, a whole block of the GPU, and more than one.
fn parameters(addresses: &[u32]) -> Parameters {
    let mut all = Parameters::default();
    for k in [1, 3, 8, 11] {
        let mut of_k = Parameters::new(addresses, k).unwrap();
        // Every kind of model and covariance once.
        of_k.mixtures.truncate(if k == 8 { of_k.mixtures.len() } else { 2 });
        all.extend(of_k);
    }
    all
}

fn check(make: &dyn for<'a> Fn(Points<'a>) -> Box<dyn Engine + 'a>) {
    for set in sets() {
        let Set { name, addresses, .. } = &set;
        let Parameters { centres, mixtures } = parameters(addresses);
        // Two sets at a time of a large one, so that its bounds take seconds and not minutes.
        let points = set.points();
        let engine = &mut *make(points.clone());
        let mixtures = if addresses.len() < 100_000 { &mixtures[..] } else { &mixtures[3..6] };
        let mut checks = check_centres(engine, &points, &centres).unwrap();
        checks.extend(check_mixtures(engine, &points, mixtures).unwrap());
        for check in checks {
            println!("{name}: {check:?}");
            assert!(check.holds(), "{name} on {}: {check:?}", engine.description());
        }
    }
}

#[test]
fn the_cpu_engine_conforms() {
    check(&|points| Box::new(CpuEngine::new(points)));
}

#[test]
fn the_gpu_engine_conforms() {
    let Some(gpu) = gpu() else { return };
    check(&|points| Box::new(GpuEngine::new(&gpu, points)));
}

/// What weights mean, told apart from how engines count them: each address stands as often in a
/// plain list.
#[test]
fn weighted_addresses_are_repeated_ones() {
    let addresses = list("tutorial_dst.txt");
    let set = Set::weighted("", addresses, &[1, 2, 0, 3, 5, 1, 8, 0, 1, 21]);
    let points = set.points();
    let repeat = |(i, &address)| vec![address; points.weight(i) as usize];
    let repeated: Vec<u32> = set.addresses.iter().enumerate().flat_map(repeat).collect();
    let Parameters { centres, mixtures } = parameters(&set.addresses);
    let moments: Vec<_> = centres.iter().map(|c| Moments::reduce(c, &repeated)).collect();
    let lloyds: Vec<_> = centres.iter().map(|c| Lloyd::reduce(c, &repeated)).collect();
    let all = Points::new(&repeated);
    let gpu = gpu();
    let mut engines: Vec<Box<dyn Engine>> = vec![
        Box::new(ReferenceEngine::new(points.clone())),
        Box::new(CpuEngine::new(points.clone())),
    ];
    if let Some(gpu) = &gpu {
        let layout =
            Layout { batch: 100, work: 1000, threads: 2, workgroup: 8, resident: usize::MAX };
        engines.push(Box::new(GpuEngine::new(gpu, points.clone())));
        engines.push(Box::new(GpuEngine::with_layout(gpu, points.clone(), layout)));
    }
    for engine in &mut engines {
        let name = engine.description();
        assert_eq!(Run::<Moments>::run(&mut **engine, &centres).unwrap(), moments, "{name}");
        assert_eq!(Run::<Lloyd>::run(&mut **engine, &centres).unwrap(), lloyds, "{name}");
        let found = Run::<Expectation>::run(&mut **engine, &mixtures).unwrap();
        for (mixture, found) in mixtures.iter().zip(&found) {
            let expected = flat(&Expectation::reduce(mixture, &repeated));
            let bounds = flat(&expectation_bounds(engine.arithmetic(), mixture, &all));
            for ((f, e), bound) in flat(found).iter().zip(expected).zip(bounds) {
                assert!((f - e).abs() <= bound, "{name}: {f} for {e}, over {bound:e}");
            }
        }
        let mut labels = 0;
        let mut count = |_: &[u32], found: &[Label]| {
            labels += found.len();
            Ok(())
        };
        engine.label(&mixtures[0].clone().into(), &mut count).unwrap();
        assert_eq!(labels, points.addresses().len(), "{name}");
    }
}

#[test]
fn chunking_changes_nothing_but_rounding() {
    let Some(gpu) = gpu() else { return };
    let addresses = list("tutorial_dst.txt");
    let points = Points::new(&addresses);
    let Parameters { centres, mixtures } = parameters(&addresses);
    // Two threads that take four addresses a trip: a dispatch sees at most 2048 of them, and by its
    // work far fewer, so chunks, spans of a chunk and groups of parameter sets all occur.
    for (chunk, work) in [(1, 1), (7, 100), (1000, 100), (1000, 50_000), (2672, 1 << 20)] {
        let layout = Layout { batch: chunk, work, threads: 2, workgroup: 8, resident: usize::MAX };
        let mut engine = GpuEngine::with_layout(&gpu, points.clone(), layout);
        // The smaller the pieces the more dispatches: two sets will do.
        let some = if work < 1000 { 2 } else { 12 };
        let mut checks = check_centres(&mut engine, &points, &centres[..some]).unwrap();
        checks.extend(check_mixtures(&mut engine, &points, &mixtures[..some]).unwrap());
        assert!(checks.iter().all(|check| check.holds()), "{layout:?}: {checks:?}");
    }
}

/// Where dispatches are cut depends on the speed of the device, where addresses are kept on its memory.
#[test]
fn neither_the_length_of_dispatches_nor_where_addresses_are_changes_a_byte() {
    let Some(gpu) = gpu() else { return };
    let weights = [1, 2, 0, 3, 1000, 1, 1 << 20];
    let set = Set::weighted("weighted", list("tutorial_dst.txt"), &weights);
    let Parameters { centres, mixtures } = parameters(&set.addresses);
    let (centres, mixtures) = (&centres[..9], &mixtures[..9]);
    let of = |work, resident| {
        let layout = Layout { work, resident, batch: 1000, threads: 64, workgroup: 8 };
        let mut engine = GpuEngine::with_layout(&gpu, set.points(), layout);
        let mut indices = Vec::new();
        let lloyds = Run::<Lloyd>::run(&mut engine, centres).unwrap();
        let stats = Run::<Expectation>::run(&mut engine, mixtures).unwrap();
        let mut sink = |_: &[u32], found: &[u32]| {
            indices.extend_from_slice(found);
            Ok(())
        };
        engine.assign(&centres[8], &mut sink).unwrap();
        (lloyds, stats, indices)
    };
    let all = of(1 << 30, usize::MAX);
    assert_eq!(all.2.len(), set.addresses.len());
    for (work, resident) in [(1 << 30, 0), (1000, 5000), (20_000, 0), (20_000, usize::MAX)] {
        assert!(of(work, resident) == all, "{work} a dispatch, {resident} bytes on the device");
    }
}

/// Everything that an engine over `points` returns.
fn everything(
    engine: &mut dyn Engine,
    Parameters { centres, mixtures }: &Parameters,
) -> (impl PartialEq + use<>, usize) {
    let moments = Run::<Moments>::run(engine, centres).unwrap();
    let lloyds = Run::<Lloyd>::run(engine, centres).unwrap();
    let sums = Run::<Expectation>::run(engine, mixtures).unwrap();
    let in_doubles = engine.expectation_in_doubles(mixtures).unwrap();
    let (mut assigned, mut labels) = (Vec::new(), Vec::new());
    for centres in centres {
        let mut sink = |addresses: &[u32], indices: &[u32]| {
            assigned.extend(addresses.iter().copied().zip(indices.iter().copied()));
            Ok(())
        };
        engine.assign(centres, &mut sink).unwrap();
    }
    let density = Density::from(mixtures[0].clone());
    let mut sink = |_: &[u32], found: &[Label]| {
        labels.extend_from_slice(found);
        Ok(())
    };
    engine.label(&density, &mut sink).unwrap();
    let ranked = engine.order_statistics(&density, &[0, 7, 1 << 40]).unwrap();
    let sample: Vec<u32> = labels.iter().map(|label| label.cluster * 7).collect();
    let over = Run::<Expectation>::run(&mut *engine.over(Points::new(&sample)), mixtures).unwrap();
    let lines = assigned.len();
    ((moments, lloyds, sums, in_doubles, assigned, labels, ranked, over), lines)
}

#[test]
fn several_equal_devices_return_the_bytes_of_one() {
    let Some([first, second]) = two_gpus() else { return };
    for set in sets() {
        let mut parameters = parameters(&set.addresses);
        if set.addresses.len() > 10_000 {
            parameters.centres.drain(2..);
            parameters.mixtures.drain(2..);
        }
        // Up to seven batches a plane, and several dispatches a batch.
        let batch = set.addresses.len().div_ceil(7);
        let layout =
            Layout { batch, work: 4 * batch, threads: 64, workgroup: 8, resident: 3 * batch };
        let of = |gpus: &[Gpu]| {
            let mut engine = GpuEngine::with_layout(gpus, set.points(), layout);
            everything(&mut engine, &parameters)
        };
        let (expected, assigned) = of(std::slice::from_ref(&first));
        assert_eq!(assigned, set.addresses.len() * parameters.centres.len(), "{}", set.name);
        assert!(of(&[first.clone(), second.clone()]).0 == expected, "two: {}", set.name);
        let three = [second.clone(), first.clone(), second.clone()];
        assert!(of(&three).0 == expected, "three: {}", set.name);
    }
}

/// What is told of an address depends on no engine but the reference's plain loops, whose logarithms are
/// libm's.
#[test]
fn labels_and_order_statistics_are_equal_on_both_fast_engines_and_within_bounds() {
    let gpu = gpu();
    for set in sets() {
        let n = set.addresses.len() as u64;
        // Neighbours and repeated ranks share prefixes, the last is the largest.
        let mut ranks = vec![0, n / 25, n / 25 + 1, n / 3, n / 2, n / 2, n - 1];
        ranks.retain(|&rank| rank < n);
        ranks.sort();
        let step = set.addresses.len() / 3000 + 1;
        let sample: Vec<u32> = set.addresses.iter().copied().step_by(step).collect();
        let mixture = Parameters::new(&sample, 3).unwrap().mixtures.remove(1);
        let freedom: Vec<f64> = [1.0, 1e4, 5.0].into_iter().take(mixture.0.len()).collect();
        for tail in [Tail::Gaussian, Tail::Joint(freedom.clone()), Tail::Each(freedom)] {
            let density = Density { components: mixture.clone(), tail };
            let of = |engine: &mut dyn Engine| {
                let (mut addresses, mut labels) = (Vec::new(), Vec::new());
                let mut sink = |these: &[u32], found: &[Label]| {
                    addresses.extend_from_slice(these);
                    labels.extend_from_slice(found);
                    Ok(())
                };
                engine.label(&density, &mut sink).unwrap();
                assert!(engine.order_statistics(&density, &[]).unwrap().is_empty());
                let ranked = engine.order_statistics(&density, &ranks).unwrap();
                (addresses, labels, ranked)
            };
            let found = of(&mut CpuEngine::new(set.points()));
            let what = format!("{}: {:?}", set.name, density.tail);
            if let Some(gpu) = &gpu {
                assert!(of(&mut GpuEngine::new(gpu, set.points())) == found, "{what}");
                let engine = GpuEngine::new(gpu, set.points());
                assert!(of(&mut FallbackEngine::new(engine, set.points())) == found, "{what}");
            }
            let (addresses, labels, ranked) = found;
            let mut sorted: Vec<f64> = labels.iter().map(|label| label.log_density).collect();
            sorted.sort_by(f64::total_cmp);
            assert!(ranks.iter().map(|&rank| sorted[rank as usize]).eq(ranked), "{what}");
            let bounds = LabelBounds::new(&density);
            let mut expected = Vec::new();
            label(&density, &set.addresses, &mut expected);
            assert!(addresses == set.addresses && labels.len() == expected.len(), "{what}");
            for ((f, e), &address) in labels.iter().zip(&expected).zip(&addresses).step_by(step) {
                let error = (f.log_density - e.log_density).abs();
                assert!(error <= bounds.log_density(address), "{what}: {f:?} for {e:?}");
                let same = f.cluster == e.cluster;
                assert!(same || bounds.may_swap(address, f.cluster, e.cluster), "{what}: {f:?}");
            }
        }
    }
}

#[test]
fn the_same_parameters_give_the_same_bytes() {
    let addresses = list("tutorial_dst.txt");
    let mixtures = parameters(&addresses).mixtures;
    let twice = |engine: &mut dyn Engine| {
        let mut run = || Run::<Expectation>::run(engine, &mixtures).unwrap();
        assert_eq!(run(), run());
    };
    twice(&mut ReferenceEngine::new(&addresses));
    twice(&mut CpuEngine::new(&addresses));
    if let Some(gpu) = gpu() {
        twice(&mut GpuEngine::new(&gpu, &addresses));
    }
}

#[test]
fn bounds_are_tight_enough_to_notice_a_lost_address() {
    let plain = sets().into_iter().filter(|set| set.weights.is_none());
    for Set { name, addresses, .. } in plain.filter(|set| set.addresses.len() < 10_000) {
        // Collinear sets are as ill-conditioned as octets can be: their f32 responsibilities are
        // uncertain, and said to be.
        if name == "collinear" {
            continue;
        }
        let points = Points::new(&addresses);
        let mixtures = parameters(&addresses).mixtures;
        for mixture in &mixtures {
            let lost = |arithmetic| -> f64 {
                let bounds = expectation_bounds(arithmetic, mixture, &points);
                bounds.components.iter().map(|c| c.weight).sum()
            };
            let f32 = lost(ARITHMETIC);
            assert!(f32 < 0.9, "{name}, K = {}: {f32}", mixture.0.len());
            let f64 = lost(CpuEngine::new(points.clone()).arithmetic());
            assert!(f64 < 1e-8, "{name}, K = {}: {f64}", mixture.0.len());
        }
    }
}

#[test]
fn bounds_far_from_every_component_are_finite_and_small_beside_the_log_density() {
    // The last octet alone varies: two away in any other is at a thousand standard deviations.
    let addresses: Vec<u32> = (0..256).map(|i| 0xc633_6400 + i).collect();
    for mixture in parameters(&addresses).mixtures {
        let density = mixture.into();
        for far in [0xc633_6600, 0, u32::MAX] {
            let mut found = Vec::new();
            label(&density, &[far], &mut found);
            let bound = LabelBounds::new(&density).log_density(far);
            assert!(bound < 1e-12 * found[0].log_density.abs(), "{bound:e} for {found:?}");
        }
    }
}

#[test]
fn an_engine_that_overlooks_an_address_does_not_conform() {
    let addresses = list("tutorial_dst.txt");
    let Parameters { centres, mixtures } = Parameters::new(&addresses, 4).unwrap();
    let points = Points::new(&addresses);
    let engine = CpuEngine::new(&addresses[1..]);
    let mut engine = Claiming { engine, points: points.clone(), arithmetic: ARITHMETIC };
    let mut checks = check_centres(&mut engine, &points, &centres).unwrap();
    checks.extend(check_mixtures(&mut engine, &points, &mixtures).unwrap());
    let outside: Vec<_> = checks.iter().filter(|check| !check.holds()).collect();
    for pass in ["moments", "lloyd", "assign", "expectation", "label"] {
        assert!(outside.iter().any(|check| check.pass == pass), "{pass} passed: {checks:?}");
    }
}
