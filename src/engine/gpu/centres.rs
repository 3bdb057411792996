//! K-Means centres for the device: in f32, and in words for near ties.

use bytemuck::{Pod, Zeroable};

use super::kernel::Pack;
use crate::address::OCTETS;
use crate::engine::near_tie;
use crate::pass::Centres;
use crate::pass::centres::Centre;

/// `Centre` of `shaders/nearest.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
pub struct PackedCentre {
    /// `|c|^2 / 2`.
    pub half_norm: f32,
    /// The coordinates.
    pub x: [f32; OCTETS],
    /// Scores closer than this may be in the wrong order in f32.
    pub window: f32,
    /// `|c|^2 / 2` in words of 32, 16 and 16 bits.
    pub half_norm_words: [i32; 3],
    /// The high words of the coordinates.
    pub high: [i32; OCTETS],
    /// The middle words.
    pub middle: [i32; OCTETS],
    /// The low words.
    pub low: [i32; OCTETS],
}

/// Fixed point to words: the lower two hold 16 bits each, the high one the rest, rounded down.
fn words(fixed: i64) -> [i32; 3] {
    // Coordinates are within 2^9 and half norms within 2^19, so the high word fits.
    [(fixed >> 32) as i32, (fixed >> 16 & 0xffff) as i32, (fixed & 0xffff) as i32]
}

impl Pack for Centres {
    type Packed = PackedCentre;
    /// Farther than any other, in f32 and exactly.
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
