//! `shaders/assign.wgsl`: the nearest centre of each address, four addresses a thread, one trip.

use wgpu::BufferUsages as Usage;

use super::batch::Stored;
use super::buffer::upload;
use super::kernels::ASSIGN;
use super::launch::{Dispatch, Launcher};
use super::layout::{LANES, Layout, WORKGROUPS, spans};
use super::pack::Packed;
use super::share;
use crate::engine::EngineError;
use crate::pass::Centres;

/// Hands the index of the nearest of `centres` of every address to `sink`, in the order of `batches`.
pub(super) fn assign(
    launchers: &mut [Launcher],
    layout: Layout,
    batches: &[Stored<'_>],
    centres: &Centres,
    sink: &mut dyn FnMut(&[u32]) -> std::io::Result<()>,
) -> Result<(), EngineError> {
    let Packed { binding, components, bytes } =
        Packed::new(std::slice::from_ref(centres), centres.count());
    let trip = layout.workgroup as usize * LANES;
    let span = (WORKGROUPS * trip).min((layout.work / components).max(LANES));
    let dispatches = |launcher: &Launcher, batch: usize| {
        let params = upload(&launcher.gpu, "params", &bytes, Usage::STORAGE);
        spans(batches[batch].len(), span).map(move |span| Dispatch {
            what: (),
            components,
            work: span.len() * components,
            workgroups: [span.len().div_ceil(trip) as u32, 1, 1],
            inputs: vec![(binding, params.clone())],
            words: span.len(),
            reduction: None,
            span,
        })
    };
    let stored: Vec<&Stored<'_>> = batches.iter().collect();
    share::run(launchers, &ASSIGN, 1, &stored, dispatches, |(), indices| Ok(sink(&indices)?))
}
