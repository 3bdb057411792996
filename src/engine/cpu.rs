//! The definitions of the passes over chunks of the addresses, on all cores.
//!
//! Chunks have a fixed size and are merged in their order, so the result does not depend on how
//! many threads there are.

use rayon::prelude::*;

use super::{Arithmetic, Engine, EngineError, Precision, Run};
use crate::pass::label::{Label, label};
use crate::pass::{Mixture, Pass, Stats};

/// Addresses a task: some milliseconds of work, and 64 KiB that stay in a core's cache.
const CHUNK: usize = 16_384;

/// Chunks labelled before the sink is called.
const CHUNKS_AT_ONCE: usize = 64;

/// The engine of all cores.
#[derive(Debug)]
pub struct CpuEngine<'a> {
    addresses: &'a [u32],
}

impl<'a> CpuEngine<'a> {
    /// An engine over `addresses`.
    pub fn new(addresses: &'a [u32]) -> Self {
        Self { addresses }
    }
}

impl<P: Pass> Run<P> for CpuEngine<'_> {
    fn run(&mut self, params: &[P::Params]) -> Result<Vec<P::Stats>, EngineError> {
        let chunks = self.addresses.len().div_ceil(CHUNK).max(1);
        // Tasks of all parameter sets side by side: small sets with many restarts fill the cores.
        let parts: Vec<P::Stats> = (0..params.len() * chunks)
            .into_par_iter()
            .map(|task| {
                let start = (task % chunks) * CHUNK;
                let end = self.addresses.len().min(start + CHUNK);
                P::reduce(&params[task / chunks], &self.addresses[start..end])
            })
            .collect();
        let mut parts = parts.into_iter();
        Ok(std::iter::from_fn(|| {
            let mut stats = parts.next()?;
            parts.by_ref().take(chunks - 1).for_each(|part| stats.merge(&part));
            Some(stats)
        })
        .collect())
    }
}

impl Engine for CpuEngine<'_> {
    fn addresses(&self) -> &[u32] {
        self.addresses
    }

    fn label(
        &mut self,
        mixture: &Mixture,
        sink: &mut dyn FnMut(&[Label]) -> std::io::Result<()>,
    ) -> Result<(), EngineError> {
        for group in self.addresses.chunks(CHUNK * CHUNKS_AT_ONCE) {
            let labels: Vec<Vec<Label>> = group
                .par_chunks(CHUNK)
                .map(|chunk| {
                    let mut labels = Vec::with_capacity(chunk.len());
                    label(mixture, chunk, &mut labels);
                    labels
                })
                .collect();
            for labels in labels {
                sink(&labels)?;
            }
        }
        Ok(())
    }

    fn arithmetic(&self) -> Arithmetic {
        Arithmetic { precision: Precision::F64, chain: self.addresses.len() }
    }

    fn description(&self) -> String {
        format!("cpu: f64, {} threads", rayon::current_num_threads())
    }
}
