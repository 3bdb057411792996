//! Kernels that write one item for each address: four addresses a thread, one trip. `shaders/label.wgsl`
//! writes its cluster and log-density, `shaders/assign.wgsl` its nearest centre.

use bytemuck::{Pod, Zeroable};
use wgpu::BufferUsages as Usage;

use super::batch::Stored;
use super::buffer::upload;
use super::kernels::{Kernel, LABEL, LABEL_AXES, LABEL_JOINT};
use super::launch::{Dispatch, Launcher};
use super::layout::{LANES, WORKGROUPS, spans};
use super::pack::Packed;
use crate::engine::EngineError;
use crate::pass::label::Label;
use crate::pass::{Density, Tail};

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

/// A label as the kernel writes it: `Label` of `shaders/label.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
pub struct LabelWord {
    /// The index of the component of largest responsibility.
    pub cluster: u32,
    /// The log2-density, in bits.
    pub log2_density: f32,
}

impl From<&LabelWord> for Label {
    fn from(word: &LabelWord) -> Self {
        let log_density = f64::from(word.log2_density) * std::f64::consts::LN_2;
        Self { cluster: word.cluster, log_density }
    }
}

/// Hands the label of every address under `density` to `sink`, in the order of `batches`.
pub(super) fn label(
    launcher: &mut Launcher,
    batches: &[Stored<'_>],
    density: &Density,
    sink: &mut dyn FnMut(&[Label]) -> std::io::Result<()>,
) -> Result<(), EngineError> {
    let kernel = match density.tail {
        Tail::Gaussian => LABEL,
        Tail::Joint(_) => LABEL_JOINT,
        Tail::Each(_) => LABEL_AXES,
    };
    let mut labels = Vec::new();
    stream(launcher, batches, &kernel, &Packed::density(density), |words: &[LabelWord]| {
        labels.clear();
        labels.extend(words.iter().map(Label::from));
        sink(&labels)
    })
}
