//! The definitions of the passes, run as they stand: one thread, one loop, nothing clever.

use super::host::Local;
use super::planes::{Plane, planes, terms};
use super::{Arithmetic, Engine, EngineError, Run, Sink};
use crate::address::Points;
use crate::pass::assign::assign;
use crate::pass::expectation::ExpectationStats;
use crate::pass::label::{Label, label};
use crate::pass::{Centres, Density, Expectation, Mixture, Pass, Stats};

/// Addresses per call of the sink.
const AT_ONCE: usize = 65_536;

/// The engine that defines the results of the others.
#[derive(Debug)]
pub struct ReferenceEngine<'a> {
    points: Points<'a>,
    planes: Vec<Plane<'a>>,
}

impl<'a> ReferenceEngine<'a> {
    /// An engine over `points`.
    pub fn new(points: impl Into<Points<'a>>) -> Self {
        let points = points.into();
        let planes = planes(&points);
        Self { points, planes }
    }

    /// Hands what `say` appends for every address to `sink`, in order.
    fn stream<Item>(
        &self,
        say: impl Fn(&[u32], &mut Vec<Item>),
        sink: &mut Sink<'_, Item>,
    ) -> Result<(), EngineError> {
        let mut items = Vec::new();
        for block in self.points.addresses().chunks(AT_ONCE) {
            items.clear();
            say(block, &mut items);
            sink(block, &items)?;
        }
        Ok(())
    }
}

impl<P: Pass> Run<P> for ReferenceEngine<'_> {
    fn run(&mut self, params: &[P::Params]) -> Result<Vec<P::Stats>, EngineError> {
        let over_planes = |params| {
            let mut all = P::identity(params);
            for plane in &self.planes {
                let mut stats = P::reduce(params, &plane.addresses);
                stats.repeat(plane.times);
                all.merge(&stats);
            }
            all
        };
        Ok(params.iter().map(over_planes).collect())
    }
}

impl Local for ReferenceEngine<'_> {
    fn points(&self) -> &Points<'_> {
        &self.points
    }
}

impl Engine for ReferenceEngine<'_> {
    fn label(&mut self, density: &Density, sink: &mut Sink<'_, Label>) -> Result<(), EngineError> {
        self.stream(|block, labels| label(density, block, labels), sink)
    }

    fn assign(&mut self, centres: &Centres, sink: &mut Sink<'_, u32>) -> Result<(), EngineError> {
        self.stream(|block, indices| assign(centres, block, indices), sink)
    }

    fn expectation_in_doubles(
        &mut self,
        mixtures: &[Mixture],
    ) -> Result<Vec<ExpectationStats>, EngineError> {
        Run::<Expectation>::run(self, mixtures)
    }

    fn over<'b>(&self, points: Points<'b>) -> Box<dyn Engine + 'b> {
        Box::new(ReferenceEngine::new(points))
    }

    fn arithmetic(&self) -> Arithmetic {
        Arithmetic::double(terms(&self.points))
    }

    fn description(&self) -> String {
        "reference: f64, one thread".into()
    }
}
