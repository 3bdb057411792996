//! `shaders/label.wgsl`: the cluster and the log-density of each address, read back span by span.

use bytemuck::{Pod, Zeroable};
use wgpu::BufferUsages as Usage;

use super::buffer::{slice, upload};
use super::kernel::{Pack, Word};
use super::plan::{LANES, WORKGROUPS, spans};
use super::shader::{self, Shape};
use super::{GpuEngine, Sweep};
use crate::engine::EngineError;
use crate::pass::Mixture;
use crate::pass::label::Label;

/// `Label` of `shaders/label.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
pub struct LabelWord {
    /// The component of largest responsibility.
    pub cluster: u32,
    /// The log2-density.
    pub log2_density: f32,
}

impl GpuEngine<'_> {
    /// Hands the label of every address to `sink`, in order.
    pub(super) fn labels(
        &mut self,
        mixture: &Mixture,
        sink: &mut dyn FnMut(&[Label]) -> std::io::Result<()>,
    ) -> Result<(), EngineError> {
        let workgroup = self.layout.workgroup;
        let shape = Shape { block: 1, workgroup, word: Word::F32 };
        let kernel = self.gpu.pipeline("label", shader::LABEL_SOURCE, shape);
        let mut params = mixture.pack();
        if params.is_empty() {
            params.push(Mixture::PADDING);
        }
        let components = params.len() as u32;
        let params = upload(&self.gpu, "params", bytemuck::cast_slice(&params), Usage::STORAGE);
        let reach = WORKGROUPS * workgroup as usize * LANES;
        let span = reach.min((self.layout.work / components as usize).max(LANES));
        let mut labels = Vec::new();
        // Buffers are handles: a copy of the list leaves the engine free to grow its own.
        let chunks = self.plain().to_vec();
        let spans = chunks.iter().flat_map(|c| spans(c.addresses, span).map(move |s| (c, s)));
        for (chunk, span) in spans {
            let threads = span.len().div_ceil(LANES) as u32;
            let bytes = size_of::<LabelWord>() * span.len();
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
                &kernel,
                &[
                    sweep.as_entire_binding(),
                    chunk.buffer.as_entire_binding(),
                    params.as_entire_binding(),
                    slice(&output, bytes),
                ],
                [threads.div_ceil(workgroup), 1, 1],
            );
            let words = self.gpu.submit(encoder, &output, &staging, bytes)?;
            labels.clear();
            labels.extend(bytemuck::cast_slice::<u32, LabelWord>(&words).iter().map(|label| {
                Label {
                    cluster: label.cluster,
                    log_density: f64::from(label.log2_density) * std::f64::consts::LN_2,
                }
            }));
            sink(&labels)?;
        }
        Ok(())
    }
}
