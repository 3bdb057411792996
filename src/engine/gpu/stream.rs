//! Kernels that write one item for each address: four addresses a thread, one trip.

use bytemuck::Pod;
use wgpu::BufferUsages as Usage;

use super::batch::Stored;
use super::buffer::upload;
use super::kernels::Kernel;
use super::launch::{Dispatch, Launcher};
use super::layout::{LANES, WORKGROUPS, spans};
use super::pack::Packed;
use crate::engine::EngineError;

/// Hands what `kernel` writes for every address under `params` to `sink`, in the order of `batches`.
pub(super) fn stream<Item: Pod>(
    launcher: &mut Launcher,
    batches: &[Stored<'_>],
    kernel: &Kernel,
    params: &Packed,
    mut sink: impl FnMut(&[Item]) -> std::io::Result<()>,
) -> Result<(), EngineError> {
    let Packed { binding, components, bytes } = params;
    let params = upload(&launcher.gpu, "params", bytes, Usage::STORAGE);
    let trip = launcher.layout.workgroup as usize * LANES;
    let span = (WORKGROUPS * trip).min((launcher.layout.work / components).max(LANES));
    let dispatches = |stored: &Stored<'_>| {
        spans(stored.len(), span).map(|span| Dispatch {
            what: (),
            components: *components,
            workgroups: [span.len().div_ceil(trip) as u32, 1, 1],
            inputs: vec![(*binding, params.clone())],
            words: size_of::<Item>() / 4 * span.len(),
            reduction: None,
            span,
        })
    };
    let batches = batches.iter().map(|stored| (stored, dispatches(stored)));
    launcher.run(kernel, 1, batches, |(), words| Ok(sink(bytemuck::cast_slice(words))?))
}
