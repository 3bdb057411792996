//! The definitions of the passes, run as they stand: one thread, one sweep, nothing clever.

use super::planes::{Plane, planes, terms};
use super::{Arithmetic, Engine, EngineError, Precision, Run};
use crate::address::Points;
use crate::pass::label::{Label, label};
use crate::pass::{Mixture, Pass, Stats};

/// Addresses labelled before the sink is called.
const LABELS_AT_ONCE: usize = 65_536;

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
        mixture: &Mixture,
        sink: &mut dyn FnMut(&[Label]) -> std::io::Result<()>,
    ) -> Result<(), EngineError> {
        let mut labels = Vec::new();
        for chunk in self.points.addresses().chunks(LABELS_AT_ONCE) {
            labels.clear();
            label(mixture, chunk, &mut labels);
            sink(&labels)?;
        }
        Ok(())
    }

    fn arithmetic(&self) -> Arithmetic {
        Arithmetic { precision: Precision::F64, chain: terms(&self.planes) }
    }

    fn description(&self) -> String {
        "reference: f64, one thread".into()
    }
}
