//! Kernels that say something of every address, read back span by span.

use bytemuck::Pod;
use wgpu::BufferUsages as Usage;

use super::buffer::{slice, upload};
use super::kernel::{Pack, Word};
use super::plan::{LANES, WORKGROUPS, spans};
use super::shader::Shape;
use super::{GpuEngine, Sweep};
use crate::engine::EngineError;

/// A kernel that writes one item an address: four addresses a thread, one trip.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stream {
    /// The name of the kernel.
    pub name: &'static str,
    /// The parts of its shader.
    pub source: &'static [&'static str],
}

impl GpuEngine<'_> {
    /// Hands what `kernel` says of every address under `params` to `sink`, in order.
    pub(super) fn stream<P: Pack, Item: Pod>(
        &mut self,
        kernel: Stream,
        params: &P,
        sink: &mut dyn FnMut(&[Item]) -> std::io::Result<()>,
    ) -> Result<(), EngineError> {
        let workgroup = self.layout.workgroup;
        let shape = Shape { block: 1, workgroup, word: Word::F32 };
        let pipeline = self.gpu.pipeline(kernel.name, kernel.source, shape);
        let mut packed = params.pack();
        if packed.is_empty() {
            packed.push(P::PADDING);
        }
        let components = packed.len() as u32;
        let params = upload(&self.gpu, "params", bytemuck::cast_slice(&packed), Usage::STORAGE);
        let reach = WORKGROUPS * workgroup as usize * LANES;
        let span = reach.min((self.layout.work / packed.len()).max(LANES));
        // Buffers are handles: a copy of the list leaves the engine free to grow its own.
        let chunks = self.plain().to_vec();
        let spans = chunks.iter().flat_map(|c| spans(c.addresses, span).map(move |s| (c, s)));
        for (chunk, span) in spans {
            let threads = span.len().div_ceil(LANES) as u32;
            let bytes = size_of::<Item>() * span.len();
            let [output, staging] = self.outputs(bytes);
            let sweep = Sweep {
                start: span.start as u32,
                addresses: span.len() as u32,
                threads,
                trips: 1,
                components,
            };
            let sweep = upload(&self.gpu, "sweep", bytemuck::bytes_of(&sweep), Usage::UNIFORM);
            let mut encoder = self.gpu.device().create_command_encoder(&Default::default());
            self.dispatch(
                &mut encoder,
                &pipeline,
                &[
                    sweep.as_entire_binding(),
                    chunk.buffer.as_entire_binding(),
                    params.as_entire_binding(),
                    slice(&output, bytes),
                ],
                [threads.div_ceil(workgroup), 1, 1],
            );
            let words = self.gpu.submit(encoder, &output, &staging, bytes)?;
            sink(bytemuck::cast_slice(&words))?;
        }
        Ok(())
    }
}
