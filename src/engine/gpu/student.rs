//! Mixture components with the tails of t distributions for the device.

use bytemuck::{Pod, Zeroable};

use super::kernel::Pack;
use super::mixture::PackedComponent;
use crate::address::OCTETS;
use crate::pass::Mixture;

/// `Student` of `shaders/student.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
pub struct PackedStudent {
    /// The component; `|y|^2` of it is over the degrees of freedom.
    pub component: PackedComponent,
    /// The power of the density: half the degrees of freedom and dimensions.
    pub power: f32,
}

/// Components and the degrees of freedom of each.
#[derive(Debug)]
pub(super) struct Students<'a> {
    components: &'a Mixture,
    freedom: &'a [f64],
    dimensions: f64,
}

impl<'a> Students<'a> {
    /// With one distribution over all octets.
    pub fn joint(components: &'a Mixture, freedom: &'a [f64]) -> Self {
        Self { components, freedom, dimensions: OCTETS as f64 }
    }

    /// With one along each axis.
    pub fn each(components: &'a Mixture, freedom: &'a [f64]) -> Self {
        Self { components, freedom, dimensions: 1.0 }
    }
}

impl Pack for Students<'_> {
    type Packed = PackedStudent;
    const PADDING: PackedStudent =
        PackedStudent { component: PackedComponent::PADDING, power: 0.0 };

    fn components(&self) -> usize {
        self.components.0.len()
    }

    fn pack(&self) -> Vec<PackedStudent> {
        let pack = |(component, &v): (_, &f64)| PackedStudent {
            component: PackedComponent::new(component, 1.0 / v.sqrt()),
            power: ((v + self.dimensions) / 2.0) as f32,
        };
        self.components.0.iter().zip(self.freedom).map(pack).collect()
    }
}
