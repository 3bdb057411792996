//! `shaders/label.wgsl`: the cluster and the log-density of each address.

use bytemuck::{Pod, Zeroable};

use super::batch::Stored;
use super::kernels::{LABEL, LABEL_AXES, LABEL_JOINT};
use super::launch::Launcher;
use super::pack::Packed;
use super::stream::stream;
use crate::engine::EngineError;
use crate::pass::label::Label;
use crate::pass::{Density, Tail};

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
