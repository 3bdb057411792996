//! `shaders/label.wgsl`: the cluster and the log-density of each address.

use bytemuck::{Pod, Zeroable};

use super::shader;
use super::stream::Stream;
use crate::pass::label::Label;

/// The kernel of [`label`](crate::pass::label).
pub(super) const LABEL: Stream = Stream { name: "label", source: shader::LABEL_SOURCE };

/// `Label` of `shaders/label.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
pub struct LabelWord {
    /// The component of largest responsibility.
    pub cluster: u32,
    /// The log2-density.
    pub log2_density: f32,
}

impl From<&LabelWord> for Label {
    fn from(word: &LabelWord) -> Self {
        let log_density = f64::from(word.log2_density) * std::f64::consts::LN_2;
        Self { cluster: word.cluster, log_density }
    }
}
