//! Parameters as the device reads them: K-Means centres and mixture components, packed into structs that
//! lie in memory as those of the shaders do. `tests/shaders.rs` compares the two.

use bytemuck::{Pod, Zeroable};

use super::kernels::Binding;
use crate::address::OCTETS;
use crate::engine::anchored::{Anchored, LEAST, gaussian_scale, level};
use crate::engine::near_tie;
use crate::pass::centres::Centre;
use crate::pass::{Centres, Density, Mixture, PAIR, PAIRS, Tail, mixture};

/// Parameters that the device reads as an array of components.
pub trait Pack {
    /// A component as the shader reads it.
    type Packed: Pod;
    /// What kernels call the array.
    const BINDING: Binding;
    /// A component that has no part in any result, to fill up a block.
    const PADDING: Self::Packed;

    /// How many components there are.
    fn components(&self) -> usize;
    /// The components, without padding.
    fn pack(&self) -> Vec<Self::Packed>;
}

/// An array of components in bytes.
#[derive(Debug)]
pub(super) struct Packed {
    /// What kernels call it.
    pub binding: Binding,
    /// The components of a set.
    pub components: usize,
    /// The array.
    pub bytes: Vec<u8>,
}

impl Packed {
    /// `sets` one after the other, each padded to `components` components.
    pub fn new<P: Pack>(sets: &[P], components: usize) -> Self {
        let mut bytes = Vec::with_capacity(size_of::<P::Packed>() * components * sets.len());
        for set in sets {
            let mut packed = set.pack();
            packed.resize(components, P::PADDING);
            bytes.extend_from_slice(bytemuck::cast_slice(&packed));
        }
        Self { binding: P::BINDING, components, bytes }
    }

    /// One set, of at least one component.
    pub fn one<P: Pack>(set: &P) -> Self {
        Self::new(std::slice::from_ref(set), set.components().max(1))
    }

    /// The components of `density`, with its tails.
    pub fn density(density: &Density) -> Self {
        let Density { components, tail } = density;
        let student =
            |freedom, dimensions| Self::one(&Students { components, freedom, dimensions });
        match tail {
            Tail::Gaussian => Self::one(components),
            Tail::Joint(freedom) => student(freedom, OCTETS as f64),
            Tail::Each(freedom) => student(freedom, 1.0),
        }
    }
}

/// A K-Means centre in f32 and, for near ties, exactly: `Centre` of `shaders/nearest.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
pub struct PackedCentre {
    /// `|c|^2 / 2`, squared octets.
    pub half_norm: f32,
    /// The coordinates, octets.
    pub x: [f32; OCTETS],
    /// Scores closer than this, in squared octets, may be in the wrong order in f32.
    pub window: f32,
    /// `|c|^2 / 2` in words of 32, 16 and 16 bits.
    pub half_norm_words: [i32; 3],
    /// The high words of the coordinates, of 32 bits.
    pub high: [i32; OCTETS],
    /// The middle words, of 16 bits.
    pub middle: [i32; OCTETS],
    /// The low words, of 16 bits.
    pub low: [i32; OCTETS],
}

/// Splits fixed point into words: the lower two hold 16 bits each, the high one the rest, rounded down.
fn words(fixed: i64) -> [i32; 3] {
    // Coordinates are within 2^9 and half norms within 2^19, so the high word fits.
    [(fixed >> 32) as i32, (fixed >> 16 & 0xffff) as i32, (fixed & 0xffff) as i32]
}

impl Pack for Centres {
    type Packed = PackedCentre;
    const BINDING: Binding = Binding::Centres;
    /// Farther away than any other, in f32 and exactly.
    const PADDING: PackedCentre = PackedCentre {
        half_norm: 3e38,
        x: [0.0; OCTETS],
        window: 0.0,
        half_norm_words: [i32::MAX, 0, 0],
        high: [0; OCTETS],
        middle: [0; OCTETS],
        low: [0; OCTETS],
    };

    fn components(&self) -> usize {
        self.count()
    }

    fn pack(&self) -> Vec<PackedCentre> {
        let unit = 2f64.powi(-32);
        let window = near_tie::window(self) as f32;
        let pack = |c: &Centre| {
            let each = c.coordinates.map(words);
            PackedCentre {
                half_norm: (c.half_norm as f64 * unit) as f32,
                x: c.coordinates.map(|x| (x as f64 * unit) as f32),
                window,
                half_norm_words: words(c.half_norm),
                high: each.map(|w| w[0]),
                middle: each.map(|w| w[1]),
                low: each.map(|w| w[2]),
            }
        };
        self.as_slice().iter().map(pack).collect()
    }
}

/// A component in f32, base 2, about an anchor: `Component` of `shaders/component.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
pub struct PackedComponent {
    /// The weighted log2-density at the mean, in bits.
    pub bias: f32,
    /// The mean, rounded to whole octets.
    pub anchor: [f32; OCTETS],
    /// The factor applied to the anchor less the mean.
    pub shift: [f32; OCTETS],
    /// The precision Cholesky factor, 1 / octet, times the scale of the tail: its upper triangle by rows.
    pub factor: [f32; PAIRS],
}

impl PackedComponent {
    /// So far below every other that its responsibilities are 0.
    const PADDING: Self = Self {
        bias: LEAST as f32,
        anchor: [0.0; OCTETS],
        shift: [0.0; OCTETS],
        factor: [0.0; PAIRS],
    };

    /// `component` with its axes scaled by `scale` and `level` taken from its log2-density.
    fn new(component: &mixture::Component, scale: f64, level: f64) -> Self {
        let Anchored { bias, anchor, shift, factor } = Anchored::new(component, scale).less(level);
        Self {
            bias: (bias as f32).max(LEAST as f32),
            anchor: anchor.map(|a| a as f32),
            shift: shift.map(|s| s as f32),
            factor: PAIR.map(|(i, j)| factor[i][j] as f32),
        }
    }
}

impl Pack for Mixture {
    type Packed = PackedComponent;
    const BINDING: Binding = Binding::Components;
    const PADDING: PackedComponent = PackedComponent::PADDING;

    fn components(&self) -> usize {
        self.0.len()
    }

    fn pack(&self) -> Vec<PackedComponent> {
        let (scale, level) = (gaussian_scale(), level(self));
        self.0.iter().map(|component| PackedComponent::new(component, scale, level)).collect()
    }
}

/// A component with the tails of t distributions: `Student` of `shaders/student.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
pub struct PackedStudent {
    /// The component, with `|y|^2` divided by the degrees of freedom.
    pub component: PackedComponent,
    /// The power of the density: half the sum of the degrees of freedom and the dimensions.
    pub power: f32,
}

/// Components with the tails of t distributions.
struct Students<'a> {
    components: &'a Mixture,
    /// The degrees of freedom of each component.
    freedom: &'a [f64],
    /// The dimensions of each distribution.
    dimensions: f64,
}

impl Pack for Students<'_> {
    type Packed = PackedStudent;
    const BINDING: Binding = Binding::Components;
    const PADDING: PackedStudent =
        PackedStudent { component: PackedComponent::PADDING, power: 0.0 };

    fn components(&self) -> usize {
        self.components.0.len()
    }

    fn pack(&self) -> Vec<PackedStudent> {
        let pack = |(component, &v): (_, &f64)| PackedStudent {
            component: PackedComponent::new(component, 1.0 / v.sqrt(), 0.0),
            power: ((v + self.dimensions) / 2.0) as f32,
        };
        self.components.0.iter().zip(self.freedom).map(pack).collect()
    }
}
