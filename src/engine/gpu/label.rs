//! `shaders/label.wgsl`: the cluster and the log-density of each address.

use bytemuck::{Pod, Zeroable};

use super::shader;
use super::stream::Stream;
use crate::pass::label::Label;

/// The kernel of [`label`](crate::pass::label) for Gaussian tails.
pub(super) const LABEL_GAUSSIAN: Stream =
    Stream { name: "label", source: shader::LABEL_GAUSSIAN_SOURCE };

/// The kernel for t distributions over all octets.
pub(super) const LABEL_JOINT: Stream =
    Stream { name: "label-joint", source: shader::LABEL_JOINT_SOURCE };

/// The kernel for a t distribution along each axis.
pub(super) const LABEL_EACH: Stream =
    Stream { name: "label-each", source: shader::LABEL_EACH_SOURCE };

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
