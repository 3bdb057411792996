//! Passes that return sums: sweeps over spans of the addresses, each reduced to few words a row.

use std::ops::Range;

use bytemuck::{Pod, Zeroable};
use wgpu::BufferUsages as Usage;

use super::buffer::{grow, slice, upload};
use super::kernel::{Kernel, Pack};
use super::plan::{LANES, PARTIALS, Plan, spans};
use super::shader::{self, Shape};
use super::{GpuEngine, Sweep};
use crate::engine::{EngineError, Run};
use crate::pass::Stats;

/// `Reduction` of `shaders/reduce.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
pub struct Reduction {
    /// Rows of partial sums.
    pub rows: u32,
    /// Partials a row.
    pub threads: u32,
    /// Sums a row that are left.
    pub segments: u32,
}

impl<K: Kernel> Run<K> for GpuEngine<'_> {
    fn run(&mut self, params: &[K::Params]) -> Result<Vec<K::Stats>, EngineError> {
        let Some(most) = params.iter().map(Pack::components).max() else { return Ok(Vec::new()) };
        let binding = self.gpu.device().limits().max_storage_buffer_binding_size as usize;
        let plan = Plan::new::<K>(self.layout, binding, most)?;
        // The statistics of no address: what every set starts from.
        let mut all: Vec<K::Stats> = params.iter().map(|params| K::reduce(params, &[])).collect();
        for chunk in 0..self.chunks.len() {
            for span in spans(self.chunks[chunk].addresses, plan.span) {
                let sets = plan.sets(span.len());
                for (params, all) in params.chunks(sets).zip(all.chunks_mut(sets)) {
                    let mut packed = Vec::with_capacity(params.len() * plan.components);
                    for (i, params) in params.iter().enumerate() {
                        packed.extend(params.pack());
                        packed.resize((i + 1) * plan.components, <K::Params as Pack>::PADDING);
                    }
                    let sums = self.sweep::<K>(chunk, span.clone(), &packed, plan)?;
                    let of_sets = all.iter_mut().zip(params).zip(sums.chunks(plan.rows));
                    for ((all, params), sums) in of_sets {
                        let mut stats = K::unpack(sums, params.components(), plan.block);
                        stats.repeat(self.chunks[chunk].times);
                        all.merge(&stats);
                    }
                }
            }
        }
        Ok(all)
    }
}

impl GpuEngine<'_> {
    /// The sums over `span` of a chunk for `sets` parameter sets: their rows, one set after another.
    fn sweep<K: Kernel>(
        &mut self,
        chunk: usize,
        span: Range<usize>,
        packed: &[<K::Params as Pack>::Packed],
        plan: Plan,
    ) -> Result<Vec<f64>, EngineError> {
        let sets = packed.len() / plan.components;
        let blocks = plan.components / plan.block;
        let threads = plan.threads(span.len());
        let trips = span.len().div_ceil(threads * LANES);
        let segments = threads.div_ceil(PARTIALS);
        let rows = sets * plan.rows;
        let (partial_bytes, sum_bytes) = (4 * rows * threads, 4 * rows * segments);
        let partials =
            grow(&self.gpu, &mut self.partials, "partials", partial_bytes, Usage::STORAGE);
        let [sums, staging] = self.outputs(sum_bytes);

        let sweep = Sweep {
            start: span.start as u32,
            addresses: span.len() as u32,
            threads: threads as u32,
            trips: trips as u32,
            components: plan.components as u32,
        };
        let reduction =
            Reduction { rows: rows as u32, threads: threads as u32, segments: segments as u32 };
        let workgroup = self.layout.workgroup;
        let shape = Shape { block: plan.block, workgroup, word: K::WORD };
        let kernel = self.gpu.pipeline(K::NAME, K::SOURCE, shape);
        let reduce = self.gpu.pipeline("reduce", &[shader::REDUCE], Shape { block: 0, ..shape });
        let mut encoder = self.gpu.device().create_command_encoder(&Default::default());
        let params = upload(&self.gpu, "params", bytemuck::cast_slice(packed), Usage::STORAGE);
        let sweep = upload(&self.gpu, "sweep", bytemuck::bytes_of(&sweep), Usage::UNIFORM);
        let reduction =
            upload(&self.gpu, "reduction", bytemuck::bytes_of(&reduction), Usage::UNIFORM);
        let groups = |n: usize| (n as u32).div_ceil(workgroup);
        self.dispatch(
            &mut encoder,
            &kernel,
            &[
                sweep.as_entire_binding(),
                self.chunks[chunk].buffer.as_entire_binding(),
                params.as_entire_binding(),
                slice(&partials, partial_bytes),
            ],
            [groups(threads), blocks as u32, sets as u32],
        );
        self.dispatch(
            &mut encoder,
            &reduce,
            &[
                reduction.as_entire_binding(),
                slice(&partials, partial_bytes),
                slice(&sums, sum_bytes),
            ],
            [groups(segments), rows as u32, 1],
        );
        let words = self.gpu.submit(encoder, &sums, &staging, sum_bytes)?;
        Ok(words.chunks(segments).map(|row| row.iter().map(|&w| K::WORD.value(w)).sum()).collect())
    }
}
