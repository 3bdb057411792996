//! Mixture components for the device: in f32, base 2, about whole octets.

use bytemuck::{Pod, Zeroable};

use super::kernel::Pack;
use crate::address::OCTETS;
use crate::engine::anchored::{Anchored, gaussian_scale};
use crate::pass::{Mixture, PAIR, PAIRS, mixture};

/// `Component` of `shaders/component.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
pub struct PackedComponent {
    /// The weighted log2-density at the mean.
    pub bias: f32,
    /// The mean in whole octets.
    pub anchor: [f32; OCTETS],
    /// What each row of the factor makes of the rest of the mean.
    pub shift: [f32; OCTETS],
    /// The factor, upper triangular, by rows, scaled.
    pub factor: [f32; PAIRS],
}

/// Log-densities below any that matters: what a component that is not there has.
const LEAST: f32 = -1e30;

impl PackedComponent {
    /// One that takes part in nothing: below every other, so that its responsibilities are 0.
    pub(super) const PADDING: Self =
        Self { bias: LEAST, anchor: [0.0; OCTETS], shift: [0.0; OCTETS], factor: [0.0; PAIRS] };

    /// Its axes scaled by `scale`.
    pub(super) fn new(component: &mixture::Component, scale: f64) -> Self {
        let Anchored { bias, anchor, shift, factor } = Anchored::new(component, scale);
        Self {
            bias: (bias as f32).max(LEAST),
            anchor: anchor.map(|a| a as f32),
            shift: shift.map(|s| s as f32),
            factor: PAIR.map(|(i, j)| factor[i][j] as f32),
        }
    }
}

impl Pack for Mixture {
    type Packed = PackedComponent;
    const PADDING: PackedComponent = PackedComponent::PADDING;

    fn components(&self) -> usize {
        self.0.len()
    }

    fn pack(&self) -> Vec<PackedComponent> {
        let scale = gaussian_scale();
        self.0.iter().map(|component| PackedComponent::new(component, scale)).collect()
    }
}
