//! K-Means is exact: over tens of millions of addresses, and centres made to be tied, every engine
//! returns the same integers.

mod common;

use std::ops::ControlFlow;

use common::gpu::gpu;
use octomix::address::octets;
use octomix::engine::{CpuEngine, Engine, GpuEngine, ReferenceEngine, Run};
use octomix::model::kmeans;
use octomix::pass::centres::LARGEST_COORDINATE;
use octomix::pass::{Centres, Lloyd};

const ADDRESSES: usize = 20_000_000;

/// Whole /16s, on whose lattices ties lie, then uniform addresses.
fn addresses() -> Vec<u32> {
    let networks = [0x0000, 0x0a14, 0x7f80, 0x8080, 0xc0a8, 0xffff];
    let whole = networks.iter().flat_map(|net| (0..65_536).map(move |host| net << 16 | host));
    // Knuth's MMIX generator.
    let uniform = (0..).scan(1u64, |state, _: u64| {
        *state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        Some((*state >> 32) as u32)
    });
    whole.chain(uniform).take(ADDRESSES).collect()
}

/// Five centres a set.
fn sets(addresses: &[u32]) -> Vec<Centres> {
    let params = kmeans::Params::new(5).n_init(2).max_iter(5).check().unwrap();
    let some: Vec<u32> = addresses.iter().copied().step_by(997).collect();
    let mut engine = CpuEngine::new(&some);
    let fitted =
        kmeans::restarts(&mut engine, &params, &mut |_| ControlFlow::Continue(())).unwrap();
    let mut sets: Vec<Vec<[f64; 4]>> = fitted.into_iter().map(|fit| fit.points).collect();
    let around = |x: f64, steps: [f64; 5]| steps.map(|s| [x + s, 128.0, 128.0 - s, 64.0]).to_vec();
    // Bisectors at half-integers, between the addresses, and at integers, through them.
    sets.push(around(128.0, [0.0, 1.0, 2.0, 3.0, 4.0]));
    sets.push(around(128.0, [4.0, 0.0, -4.0, 8.0, 2.0]));
    // Thirds are rounded to 2^-32: ties but for that.
    sets.push(around(128.0, [1.0, 2.0, 4.0, 5.0, -1.0].map(|s| s / 3.0)));
    let corner = |i: usize| std::array::from_fn(|j| if i == j + 1 { 255.0 / 3.0 } else { 170.0 });
    sets.push((0..5).map(corner).collect());
    // As close as fixed point can tell, and no farther apart than f32 can.
    sets.push(around(100.0, [0.0, 1.0, 2.0, -1.0, 3.0].map(|s| s * 2f64.powi(-32))));
    sets.push(around(100.0, [3.0, 2.0, 1.0, 0.0, -1.0].map(|s| s * 2f64.powi(-18))));
    // Centres that are one, and the farthest that there may be.
    sets.push(vec![[17.0, 1.0 / 3.0, 200.5, 99.9]; 5]);
    let far = LARGEST_COORDINATE;
    let signs = [[1.0, 1.0, -1.0, -1.0], [-1.0, -1.0, 1.0, 1.0], [1.0; 4], [-1.0; 4]];
    let mut extreme: Vec<_> = signs.iter().map(|signs| signs.map(|sign| sign * far)).collect();
    extreme.push([127.5, 127.5, 127.5, far]);
    sets.push(extreme);
    sets.iter().map(|points| Centres::new(points).unwrap()).collect()
}

/// The nearest of `centres` to each address.
fn assigned(engine: &mut dyn Engine, centres: &Centres) -> Vec<u32> {
    let mut all = Vec::with_capacity(engine.len());
    engine
        .assign(centres, &mut |_, indices| {
            all.extend_from_slice(indices);
            Ok(())
        })
        .unwrap();
    all
}

/// The squared distance of `address` and a centre in units of 2^-64, in plain arithmetic.
fn distance(address: u32, coordinates: [i64; 4]) -> i128 {
    let x = octets(address).map(|x| i128::from(x) << 32);
    (0..4).map(|j| (x[j] - i128::from(coordinates[j])).pow(2)).sum()
}

/// What nearest means, told apart from scores: half a norm is rounded to 2^-32, so of two centres
/// the farther may be taken where squared distances differ by less than twice that.
#[test]
fn scores_order_centres_as_distances_do() {
    let addresses = addresses();
    for centres in sets(&addresses) {
        for &address in addresses.iter().step_by(101) {
            let all = centres.as_slice().iter().map(|c| distance(address, c.coordinates));
            let least = all.clone().min().unwrap();
            let taken = all.clone().nth(centres.nearest(address)).unwrap();
            assert!(taken - least < 1 << 33, "{address:#x} among {centres:?}");
        }
    }
}

#[test]
fn every_engine_assigns_alike() {
    let addresses = addresses();
    let sets = sets(&addresses);
    let mut reference = ReferenceEngine::new(&addresses);
    let expected_stats = Run::<Lloyd>::run(&mut reference, &sets).unwrap();
    let gpu = gpu();
    let mut others: Vec<Box<dyn Engine>> = vec![Box::new(CpuEngine::new(&addresses))];
    others.extend(
        gpu.iter().map(|gpu| -> Box<dyn Engine> { Box::new(GpuEngine::new(gpu, &addresses)) }),
    );
    for engine in &mut others {
        let found = Run::<Lloyd>::run(&mut **engine, &sets).unwrap();
        assert_eq!(found, expected_stats, "{}", engine.description());
    }
    for (set, (centres, stats)) in sets.iter().zip(&expected_stats).enumerate() {
        let expected = assigned(&mut reference, centres);
        let mut counts = vec![0; centres.count()];
        expected.iter().for_each(|&k| counts[k as usize] += 1);
        assert!(stats.0.iter().map(|cluster| cluster.count).eq(counts), "set {set}");
        for engine in &mut others {
            let found = assigned(&mut **engine, centres);
            // Not by assert_eq: nobody wants to read so many.
            assert!(found == expected, "set {set} on {}", engine.description());
        }
    }
}
