//! The definitions of the passes over chunks of the addresses, on all cores.
//!
//! Chunks have a fixed size and are merged in their order, so the result does not depend on how
//! many threads there are.

use std::io;

use rayon::prelude::*;

use super::planes::{Plane, planes, terms};
use super::{Arithmetic, Engine, EngineError, Precision, Run};
use crate::address::Points;
use crate::pass::assign::assign;
use crate::pass::label::{Label, label};
use crate::pass::{Centres, Density, Pass, Stats};

/// Addresses a task: some milliseconds of work, and 64 KiB that stay in a core's cache.
const CHUNK: usize = 16_384;

/// Chunks told of before the sink is called.
const CHUNKS_AT_ONCE: usize = 64;

/// The engine of all cores.
#[derive(Debug)]
pub struct CpuEngine<'a> {
    points: Points<'a>,
    planes: Vec<Plane<'a>>,
}

impl<'a> CpuEngine<'a> {
    /// An engine over `points`.
    pub fn new(points: impl Into<Points<'a>>) -> Self {
        let points = points.into();
        Self { points, planes: planes(points) }
    }

    /// Hands what `say` appends for every address to `sink`, in order.
    fn stream<Item: Send>(
        &self,
        say: impl Fn(&[u32], &mut Vec<Item>) + Sync,
        sink: &mut dyn FnMut(&[Item]) -> io::Result<()>,
    ) -> Result<(), EngineError> {
        for group in self.points.addresses().chunks(CHUNK * CHUNKS_AT_ONCE) {
            let of_chunks: Vec<Vec<Item>> = group
                .par_chunks(CHUNK)
                .map(|chunk| {
                    let mut items = Vec::with_capacity(chunk.len());
                    say(chunk, &mut items);
                    items
                })
                .collect();
            for items in of_chunks {
                sink(&items)?;
            }
        }
        Ok(())
    }
}

impl<P: Pass> Run<P> for CpuEngine<'_> {
    fn run(&mut self, params: &[P::Params]) -> Result<Vec<P::Stats>, EngineError> {
        let chunks: Vec<(u64, &[u32])> = self
            .planes
            .iter()
            .flat_map(|plane| plane.addresses.chunks(CHUNK).map(|chunk| (plane.times, chunk)))
            .collect();
        // Tasks of all parameter sets side by side: small sets with many restarts fill the cores.
        let parts: Vec<P::Stats> = (0..params.len() * chunks.len())
            .into_par_iter()
            .map(|task| {
                let (times, chunk) = chunks[task % chunks.len()];
                let mut stats = P::reduce(&params[task / chunks.len()], chunk);
                stats.repeat(times);
                stats
            })
            .collect();
        let mut parts = parts.iter();
        let merged = |params| {
            let mut all = P::reduce(params, &[]);
            parts.by_ref().take(chunks.len()).for_each(|part| all.merge(part));
            all
        };
        Ok(params.iter().map(merged).collect())
    }
}

impl Engine for CpuEngine<'_> {
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
        Arithmetic { precision: Precision::F64, chain: terms(&self.planes) }
    }

    fn description(&self) -> String {
        format!("cpu: f64, {} threads", rayon::current_num_threads())
    }
}
