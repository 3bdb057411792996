//! An engine that claims to be another: over other addresses, or of another arithmetic. Checks must tell.

use octomix::Points;
use octomix::engine::host::Local;
use octomix::engine::{Arithmetic, CpuEngine, Engine, EngineError, Run, Sink};
use octomix::pass::expectation::ExpectationStats;
use octomix::pass::label::Label;
use octomix::pass::{Centres, Density, Expectation, Mixture, Pass};

/// The CPU engine, and what it claims. It has no sums but its own.
pub struct Claiming<'a> {
    pub engine: CpuEngine<'a>,
    pub points: Points<'a>,
    pub arithmetic: Arithmetic,
}

impl<'a, P: Pass> Run<P> for Claiming<'a>
where
    CpuEngine<'a>: Run<P>,
{
    fn run(&mut self, params: &[P::Params]) -> Result<Vec<P::Stats>, EngineError> {
        Run::<P>::run(&mut self.engine, params)
    }
}

impl Local for Claiming<'_> {
    fn points(&self) -> &Points<'_> {
        &self.points
    }
}

impl Engine for Claiming<'_> {
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
        self.arithmetic
    }

    fn description(&self) -> String {
        "claiming".into()
    }
}
