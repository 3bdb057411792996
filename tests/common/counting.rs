//! An engine that counts what it is asked for.

use std::any::{Any, type_name};

use octomix::Points;
use octomix::engine::host::Local;
use octomix::engine::{Arithmetic, Engine, EngineError, ReferenceEngine, Run, Sink};
use octomix::pass::expectation::ExpectationStats;
use octomix::pass::label::Label;
use octomix::pass::{Centres, Density, Expectation, Mixture, Pass};

/// The reference, and what it was asked for.
pub struct Counting<'a> {
    engine: ReferenceEngine<'a>,
    /// The name of the pass and the parameter sets of each run.
    pub runs: Vec<(&'static str, usize)>,
    /// Components of all mixtures.
    pub components: usize,
}

impl<'a> Counting<'a> {
    /// Over `addresses`, asked for nothing yet.
    pub fn new(addresses: &'a [u32]) -> Self {
        Self { engine: ReferenceEngine::new(addresses), runs: Vec::new(), components: 0 }
    }

    /// The parameter sets of each run of pass `P`.
    pub fn sets<P>(&self) -> Vec<usize> {
        self.runs.iter().filter(|(pass, _)| *pass == type_name::<P>()).map(|run| run.1).collect()
    }
}

impl<P: Pass<Params: Any>> Run<P> for Counting<'_> {
    fn run(&mut self, params: &[P::Params]) -> Result<Vec<P::Stats>, EngineError> {
        self.runs.push((type_name::<P>(), params.len()));
        for params in params {
            let mixture = (params as &dyn Any).downcast_ref::<Mixture>();
            self.components += mixture.map_or(0, |mixture| mixture.0.len());
        }
        Run::<P>::run(&mut self.engine, params)
    }
}

impl Local for Counting<'_> {
    fn points(&self) -> &Points<'_> {
        self.engine.points()
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
        Run::<Expectation>::run(self, mixtures)
    }

    fn over<'b>(&self, points: Points<'b>) -> Box<dyn Engine + 'b> {
        self.engine.over(points)
    }

    fn arithmetic(&self) -> Arithmetic {
        self.engine.arithmetic()
    }

    fn description(&self) -> String {
        "counting".into()
    }
}
