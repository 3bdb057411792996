//! An engine around another: here it counts the runs of the engine that it wraps, as one that sends them
//! to other machines would.
//!
//! `cargo run --release --example wrapped_engine`

use std::error::Error;

use octomix::KMeans;
use octomix::address::Points;
use octomix::engine::host::Local;
use octomix::engine::{Arithmetic, CpuEngine, Engine, EngineError, Run, Sink};
use octomix::model::unobserved;
use octomix::pass::expectation::ExpectationStats;
use octomix::pass::label::Label;
use octomix::pass::{Centres, Density, Mixture, Pass};

/// Counts runs, and the parameter sets that share them.
struct Counting<'a> {
    engine: CpuEngine<'a>,
    runs: usize,
    sets: usize,
}

/// Its addresses are here, so seeding and samples need no code.
impl Local for Counting<'_> {
    fn points(&self) -> &Points<'_> {
        self.engine.points()
    }
}

impl<'a, P: Pass> Run<P> for Counting<'a>
where
    CpuEngine<'a>: Run<P>,
{
    fn run(&mut self, params: &[P::Params]) -> Result<Vec<P::Stats>, EngineError> {
        self.runs += 1;
        self.sets += params.len();
        Run::<P>::run(&mut self.engine, params)
    }
}

impl Engine for Counting<'_> {
    fn label(&mut self, density: &Density, sink: &mut Sink<'_, Label>) -> Result<(), EngineError> {
        self.engine.label(density, sink)
    }

    fn assign(&mut self, centres: &Centres, sink: &mut Sink<'_, u32>) -> Result<(), EngineError> {
        self.engine.assign(centres, sink)
    }

    fn expectation_in_doubles(
        &mut self,
        mixtures: &[Mixture],
    ) -> Result<Vec<ExpectationStats>, EngineError> {
        self.runs += 1;
        self.sets += mixtures.len();
        self.engine.expectation_in_doubles(mixtures)
    }

    fn over<'b>(&self, points: Points<'b>) -> Box<dyn Engine + 'b> {
        self.engine.over(points)
    }

    fn arithmetic(&self) -> Arithmetic {
        self.engine.arithmetic()
    }

    fn description(&self) -> String {
        format!("counting, {}", self.engine.description())
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let addresses: Vec<u32> = (0..5000u32).map(|i| i.wrapping_mul(2_654_435_761)).collect();
    let mut engine = Counting { engine: CpuEngine::new(&addresses), runs: 0, sets: 0 };
    let fit = KMeans::params(5).n_init(20).check()?.fit(&mut engine, &mut unobserved)?;
    println!("{}", engine.description());
    println!("inertia {:.0}: {} parameter sets in {} runs", fit.inertia, engine.sets, engine.runs);
    Ok(())
}
