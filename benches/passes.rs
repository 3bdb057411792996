//! Time of each pass on each engine over a million uniform addresses, K = 8.
//!
//! `cargo bench` prints the time of a pass and the addresses a second. Every answer is compared with
//! the reference before it is timed. Without an adapter the GPU is left out, and that is said.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use octomix::Points;
use octomix::conformance::{Parameters, check_centres, check_mixtures};
use octomix::engine::gpu::{Gpu, Wanted};
use octomix::engine::{CpuEngine, Engine, GpuEngine, ReferenceEngine, Run};
use octomix::pass::{Density, Expectation, Lloyd, Moments, Tail};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const ADDRESSES: usize = 1_000_000;
const COMPONENTS: usize = 8;

fn passes(criterion: &mut Criterion) {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let addresses: Vec<u32> = (0..ADDRESSES).map(|_| rng.random()).collect();
    let all = Parameters::new(&addresses, COMPONENTS).expect("uniform addresses can be fitted");
    // The Bayesian mixture with full covariances after ten iterations, and the centres of K-Means.
    let (centres, mixture) = (&all.centres[1..2], &all.mixtures[1..2]);
    let gaussian = Density::from(mixture[0].clone());
    let with_tail = |tail| Density { tail, ..gaussian.clone() };
    let joint = with_tail(Tail::Joint(vec![5.0; COMPONENTS]));
    let each = with_tail(Tail::Each(vec![5.0; COMPONENTS]));
    let points = Points::new(&addresses);
    let gpu = Gpu::open(&Wanted { software: true, ..Wanted::default() });
    let mut engines: Vec<(&str, Box<dyn Engine + '_>)> = vec![
        ("reference", Box::new(ReferenceEngine::new(points.clone()))),
        ("cpu", Box::new(CpuEngine::new(points.clone()))),
    ];
    match &gpu {
        Ok(gpu) => engines.push(("gpu", Box::new(GpuEngine::new(gpu, points.clone())))),
        Err(error) => eprintln!("the GPU is left out: {error}"),
    }
    for (name, engine) in &mut engines {
        let mut checks = check_centres(&mut **engine, &points, centres).expect(name);
        checks.extend(check_mixtures(&mut **engine, &points, mixture).expect(name));
        assert!(checks.iter().all(|check| check.holds()), "{name} is wrong: {checks:?}");
    }
    // `moments` runs over the nearest centres too, as at the start of a mixture.
    for pass in ["moments", "lloyd", "assign", "expectation", "label", "label joint", "label each"]
    {
        let mut group = criterion.benchmark_group(pass);
        group.throughput(Throughput::Elements(ADDRESSES as u64)).sample_size(10);
        for (name, engine) in &mut engines {
            group.bench_function(*name, |bencher| {
                bencher.iter(|| match pass {
                    "moments" => drop(Run::<Moments>::run(&mut **engine, centres).expect("runs")),
                    "lloyd" => drop(Run::<Lloyd>::run(&mut **engine, centres).expect("runs")),
                    "assign" => engine.assign(&centres[0], &mut |_, _| Ok(())).expect("runs"),
                    "expectation" => {
                        drop(Run::<Expectation>::run(&mut **engine, mixture).expect("runs"));
                    }
                    "label" => engine.label(&gaussian, &mut |_, _| Ok(())).expect("runs"),
                    "label joint" => engine.label(&joint, &mut |_, _| Ok(())).expect("runs"),
                    _ => engine.label(&each, &mut |_, _| Ok(())).expect("runs"),
                });
            });
        }
        group.finish();
    }
}

criterion_group!(benches, passes);
criterion_main!(benches);
