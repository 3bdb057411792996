//! The definitions of the passes, run as they stand: one thread, one sweep, nothing clever.

use super::{Arithmetic, Engine, EngineError, Precision, Run};
use crate::pass::label::{Label, label};
use crate::pass::{Mixture, Pass};

/// Addresses labelled before the sink is called.
const LABELS_AT_ONCE: usize = 65_536;

/// The engine that defines the results of the others.
#[derive(Debug)]
pub struct ReferenceEngine<'a> {
    addresses: &'a [u32],
}

impl<'a> ReferenceEngine<'a> {
    /// An engine over `addresses`.
    pub fn new(addresses: &'a [u32]) -> Self {
        Self { addresses }
    }
}

impl<P: Pass> Run<P> for ReferenceEngine<'_> {
    fn run(&mut self, params: &[P::Params]) -> Result<Vec<P::Stats>, EngineError> {
        Ok(params.iter().map(|params| P::reduce(params, self.addresses)).collect())
    }
}

impl Engine for ReferenceEngine<'_> {
    fn addresses(&self) -> &[u32] {
        self.addresses
    }

    fn label(
        &mut self,
        mixture: &Mixture,
        sink: &mut dyn FnMut(&[Label]) -> std::io::Result<()>,
    ) -> Result<(), EngineError> {
        let mut labels = Vec::new();
        for chunk in self.addresses.chunks(LABELS_AT_ONCE) {
            labels.clear();
            label(mixture, chunk, &mut labels);
            sink(&labels)?;
        }
        Ok(())
    }

    fn arithmetic(&self) -> Arithmetic {
        Arithmetic { precision: Precision::F64, chain: self.addresses.len() }
    }

    fn description(&self) -> String {
        "reference: f64, one thread".into()
    }
}
