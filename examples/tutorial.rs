//! All the modelling of the tutorial that octomix began as, in one process: mixtures and what they flag, a sweep
//! of K-Means, a long one, and the plane of pictures. `benches/peers.py` times it.
//!
//! `cargo run --release --example tutorial -- tests/golden/lists/tutorial_src.txt 7 3`

use std::error::Error;
use std::ops::ControlFlow;

use octomix::analysis::{Criteria, Plan, detect};
use octomix::engine::CpuEngine;
use octomix::input::{Options, read};
use octomix::model::pca::Pca;
use octomix::model::sweep;
use octomix::{BayesianMixture, KMeans, unobserved};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let list = arguments.next().ok_or("expected a list of addresses, and numbers of components")?;
    let capture = read(&[list.into()], &Options::default(), &mut |_| ControlFlow::Continue(()))?;
    let set = &capture.sets.source;
    let mut engine = CpuEngine::new(set.addresses());
    for components in arguments {
        let components = components.parse()?;
        let params = BayesianMixture::params(components).n_init(10).max_iter(100).check()?;
        let plan = Plan { params: params.into(), auto: false };
        let found = detect(set, &mut engine, &plan, &Criteria::default(), &mut ())?;
        let bound = found.fitted.fit.lower_bounds().last().ok_or("no iteration")?;
        println!("mixture {components} {bound} {}", found.judged.flagged.len());
    }
    let ks: Vec<usize> = (1..10).collect();
    let rows = sweep::kmeans(&mut engine, &KMeans::params(1).check()?, &ks, &mut unobserved)?;
    rows.iter().for_each(|row| println!("sweep {} {}", row.k, row.inertia));
    let fit = KMeans::params(5).n_init(200).check()?.fit(&mut engine, &mut unobserved)?;
    println!("inertia {}", fit.inertia);
    let plane = Pca::new(&fit.moments);
    let [mut width, mut height] = [0.0f64; 2];
    for &address in set.addresses() {
        let [x, y] = plane.project(address);
        (width, height) = (width.max(x.abs()), height.max(y.abs()));
    }
    println!("plane {width:.1} {height:.1}");
    Ok(())
}
