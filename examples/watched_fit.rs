//! A fit that is watched, and stopped when it takes too long.
//!
//! `cargo run --release --example watched_fit`

use std::error::Error;
use std::ops::ControlFlow;

use octomix::engine::CpuEngine;
use octomix::model::{Progress, Stage};
use octomix::synthetic::{Shape, Synthetic};
use octomix::{FitError, GaussianMixture};

/// Iterations after which nobody waits any longer.
const PATIENCE: usize = 20;

fn main() -> Result<(), Box<dyn Error>> {
    let addresses: Vec<u32> = Synthetic::new(Shape::Mixed, 20_000, 1)?.iter().collect();
    let mut engine = CpuEngine::new(addresses);
    let params = GaussianMixture::params(8).n_init(2).tol(0.0).check()?;
    let mut observer = |progress: Progress| {
        if progress.stage == Stage::Mixture {
            let Progress { iteration, active, .. } = progress;
            println!("iteration {iteration}: {active} restarts still under way");
            if iteration >= PATIENCE {
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    };
    match params.fit(&mut engine, &mut observer) {
        Ok(fit) => println!("log-likelihood per address: {}", fit.course().lower_bound()),
        Err(FitError::Interrupted) => println!("stopped after {PATIENCE} iterations"),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
