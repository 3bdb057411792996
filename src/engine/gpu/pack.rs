//! Parameters as the device reads them: K-Means centres and mixture components, packed into structs that
//! lie in memory as those of the shaders do. `tests/shaders.rs` compares the two.

use bytemuck::{Pod, Zeroable};

use super::kernels::Binding;
use crate::address::OCTETS;
use crate::engine::anchored::{Anchored, LEAST, gaussian_scale, level};
use crate::engine::near_tie;
use crate::pass::centres::Centre;
use crate::pass::{Centres, Mixture, PAIR, PAIRS};

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
    /// The weighted log2-density at the mean less the level of the mixture, in bits.
    pub bias: f32,
    /// The mean, rounded to whole octets.
    pub anchor: [f32; OCTETS],
    /// The factor applied to the anchor less the mean.
    pub shift: [f32; OCTETS],
    /// The upper triangle of the precision Cholesky factor by rows, scaled so that `|y|^2` is in bits.
    pub factor: [f32; PAIRS],
}

impl Pack for Mixture {
    type Packed = PackedComponent;
    const BINDING: Binding = Binding::Components;
    /// So far below every other that its responsibilities are 0.
    const PADDING: PackedComponent = PackedComponent {
        bias: LEAST as f32,
        anchor: [0.0; OCTETS],
        shift: [0.0; OCTETS],
        factor: [0.0; PAIRS],
    };

    fn components(&self) -> usize {
        self.0.len()
    }

    fn pack(&self) -> Vec<PackedComponent> {
        let (scale, level) = (gaussian_scale(), level(self));
        let pack = |component| {
            let Anchored { bias, anchor, shift, factor } =
                Anchored::new(component, scale).less(level);
            PackedComponent {
                bias: (bias as f32).max(LEAST as f32),
                anchor: anchor.map(|a| a as f32),
                shift: shift.map(|s| s as f32),
                factor: PAIR.map(|(i, j)| factor[i][j] as f32),
            }
        };
        self.0.iter().map(pack).collect()
    }
}
