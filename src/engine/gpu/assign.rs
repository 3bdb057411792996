//! `shaders/assign.wgsl`: the nearest centre of each address, four addresses a thread, one trip.

use wgpu::BufferUsages as Usage;

use super::batch::Stored;
use super::buffer::upload;
use super::kernels::ASSIGN;
use super::launch::{Dispatch, Launcher};
use super::layout::{LANES, WORKGROUPS, spans};
use super::pack::Packed;
use crate::engine::EngineError;
use crate::pass::Centres;

/// Hands the index of the nearest of `centres` of every address to `sink`, in the order of `batches`.
pub(super) fn assign(
    launcher: &mut Launcher,
    batches: &[Stored<'_>],
    centres: &Centres,
    sink: &mut dyn FnMut(&[u32]) -> std::io::Result<()>,
) -> Result<(), EngineError> {
    let Packed { binding, components, bytes } =
        Packed::new(std::slice::from_ref(centres), centres.count());
    let params = upload(&launcher.gpu, "params", &bytes, Usage::STORAGE);
    let trip = launcher.layout.workgroup as usize * LANES;
    let span = (WORKGROUPS * trip).min((launcher.layout.work / components).max(LANES));
    let dispatches = |stored: &Stored<'_>| {
        spans(stored.len(), span).map(|span| Dispatch {
            what: (),
            components,
            workgroups: [span.len().div_ceil(trip) as u32, 1, 1],
            inputs: vec![(binding, params.clone())],
            words: span.len(),
            reduction: None,
            span,
        })
    };
    let batches = batches.iter().map(|stored| (stored, dispatches(stored)));
    launcher.run(&ASSIGN, 1, batches, |(), indices| Ok(sink(indices)?))
}
