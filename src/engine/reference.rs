//! The definitions of the passes, run as they stand: one thread, one sweep, nothing clever.

use std::io;

use super::planes::{Plane, planes, terms};
use super::{Arithmetic, Engine, EngineError, Run};
use crate::address::Points;
use crate::pass::assign::assign;
use crate::pass::label::{Label, label};
use crate::pass::{Centres, Density, Pass, Stats};

/// Addresses told of before the sink is called.
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
        Self { points, planes: planes(points) }
    }

    /// Hands what `say` appends for every address to `sink`, in order.
    fn stream<Item>(
        &self,
        say: impl Fn(&[u32], &mut Vec<Item>),
        sink: &mut dyn FnMut(&[Item]) -> io::Result<()>,
    ) -> Result<(), EngineError> {
        let mut items = Vec::new();
        for chunk in self.points.addresses().chunks(AT_ONCE) {
            items.clear();
            say(chunk, &mut items);
            sink(&items)?;
        }
        Ok(())
    }
}

impl<P: Pass> Run<P> for ReferenceEngine<'_> {
    fn run(&mut self, params: &[P::Params]) -> Result<Vec<P::Stats>, EngineError> {
        let over_planes = |params| {
            let mut all = P::reduce(params, &[]);
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

impl Engine for ReferenceEngine<'_> {
    fn points(&self) -> Points<'_> {
        self.points
    }

    fn label(
        &mut self,
        density: &Density,
        sink: &mut dyn FnMut(&[Label]) -> io::Result<()>,
    ) -> Result<(), EngineError> {
        self.stream(|chunk, labels| label(density, chunk, labels), sink)
    }

    fn assign(
        &mut self,
        centres: &Centres,
        sink: &mut dyn FnMut(&[u32]) -> io::Result<()>,
    ) -> Result<(), EngineError> {
        self.stream(|chunk, indices| assign(centres, chunk, indices), sink)
    }

    fn arithmetic(&self) -> Arithmetic {
        Arithmetic::double(terms(self.points))
    }

    fn description(&self) -> String {
        "reference: f64, one thread".into()
    }
}
