//! What the GPU needs to know of a pass: its shader, how parameters are packed, how sums are read.

use bytemuck::{Pod, Zeroable};

use super::shader;
use crate::address::OCTETS;
use crate::pass::centres::Centre;
use crate::pass::expectation::{ExpectationStats, Sums};
use crate::pass::lloyd::{self, LloydStats};
use crate::pass::moments::{self, MomentsStats};
use crate::pass::{Centres, Expectation, Lloyd, Mixture, Moments, PAIR, PAIRS, Pass, mixture};

/// Parameters that the device reads as an array of components.
pub trait Pack {
    /// A component as the shader reads it.
    type Packed: Pod;
    /// A component that takes part in nothing, to fill a block.
    const PADDING: Self::Packed;

    /// How many components there are.
    fn components(&self) -> usize;
    /// The components, without padding.
    fn pack(&self) -> Vec<Self::Packed>;
}

/// The type of a partial sum; either is 4 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Word {
    /// Rounded sums.
    F32,
    /// Exact sums.
    U32,
}

impl Word {
    /// Its name in WGSL.
    pub fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::U32 => "u32",
        }
    }

    /// The number in `bits`. Sums of integers up to 2^53 stay exact.
    pub fn value(self, bits: u32) -> f64 {
        match self {
            Self::F32 => f64::from(f32::from_bits(bits)),
            Self::U32 => f64::from(bits),
        }
    }
}

/// A pass with a kernel.
pub trait Kernel: Pass<Params: Pack> {
    /// The name of the kernel, for labels.
    const NAME: &'static str;
    /// The parts of its shader.
    const SOURCE: &'static [&'static str];
    /// The type of its partial sums.
    const WORD: Word;
    /// Rows of sums a component.
    const ROWS: usize;
    /// Rows of sums a block of components, after theirs.
    const BLOCK_ROWS: usize;

    /// The statistics of `components` components from their sums: `ROWS` a component, and after
    /// each `block` components the rows of the block.
    fn unpack(sums: &[f64], components: usize, block: usize) -> Self::Stats;
}

/// The rows of each component, without those of the blocks.
fn component_rows<K: Kernel>(
    sums: &[f64],
    components: usize,
    block: usize,
) -> impl Iterator<Item = &[f64]> {
    sums.chunks(block * K::ROWS + K::BLOCK_ROWS)
        .flat_map(move |rows| rows[..block * K::ROWS].chunks(K::ROWS))
        .take(components)
}

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

/// Rounding errors of a score in f32, in units of half an ulp of its largest magnitude: each
/// coordinate, product and sum rounds once, in any order and fused or not.
const SCORE_ROUNDINGS: f64 = 12.0;

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
        let magnitude = |c: &Centre| {
            let reach: f64 = c.coordinates.iter().map(|&x| (x as f64).abs() * 255.0).sum();
            (c.half_norm as f64 + reach) * unit
        };
        let largest = self.as_slice().iter().map(magnitude).fold(0.0, f64::max);
        // Two scores, each off by this much.
        let window = 2.0 * SCORE_ROUNDINGS * f64::from(f32::EPSILON) / 2.0 * largest;
        let pack = |c: &Centre| {
            let each = c.coordinates.map(words);
            PackedCentre {
                half_norm: (c.half_norm as f64 * unit) as f32,
                x: c.coordinates.map(|x| (x as f64 * unit) as f32),
                window: window as f32,
                half_norm_words: words(c.half_norm),
                high: each.map(|w| w[0]),
                middle: each.map(|w| w[1]),
                low: each.map(|w| w[2]),
            }
        };
        self.as_slice().iter().map(pack).collect()
    }
}

impl Kernel for Lloyd {
    const NAME: &'static str = "lloyd";
    const SOURCE: &'static [&'static str] = &[shader::SWEEP, shader::NEAREST, shader::LLOYD];
    const WORD: Word = Word::U32;
    const ROWS: usize = 3 + OCTETS;
    const BLOCK_ROWS: usize = 0;

    fn unpack(sums: &[f64], components: usize, block: usize) -> LloydStats {
        let cluster = |rows: &[f64]| lloyd::Cluster {
            count: rows[0] as u64,
            sum: std::array::from_fn(|j| rows[1 + j] as u64),
            squares: rows[5] as u64 + ((rows[6] as u64) << 16),
        };
        LloydStats(component_rows::<Self>(sums, components, block).map(cluster).collect())
    }
}

impl Kernel for Moments {
    const NAME: &'static str = "moments";
    const SOURCE: &'static [&'static str] = &[shader::SWEEP, shader::NEAREST, shader::MOMENTS];
    const WORD: Word = Word::U32;
    const ROWS: usize = 1 + OCTETS + PAIRS;
    const BLOCK_ROWS: usize = 0;

    fn unpack(sums: &[f64], components: usize, block: usize) -> MomentsStats {
        let cluster = |rows: &[f64]| moments::Cluster {
            count: rows[0] as u64,
            sum: std::array::from_fn(|j| rows[1 + j] as u64),
            products: std::array::from_fn(|p| rows[1 + OCTETS + p] as u64),
        };
        MomentsStats(component_rows::<Self>(sums, components, block).map(cluster).collect())
    }
}

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
    /// The factor, upper triangular, by rows, scaled to base 2.
    pub factor: [f32; PAIRS],
}

/// Log-densities below any that matters: what a component that is not there has.
const LEAST: f32 = -1e30;

impl PackedComponent {
    /// Rounded from f64 once everything is folded in.
    fn new(c: &mixture::Component) -> Self {
        // |y|^2 / 2 in nats is (s |y|)^2 in bits.
        let s = (0.5 * std::f64::consts::LOG2_E).sqrt();
        let anchor = c.anchor();
        let u = &c.precision_cholesky;
        Self {
            bias: ((c.bias * std::f64::consts::LOG2_E) as f32).max(LEAST),
            anchor: anchor.map(|a| a as f32),
            shift: std::array::from_fn(|j| {
                (0..=j).map(|i| s * (anchor[i] - c.mean[i]) * u[i][j]).sum::<f64>() as f32
            }),
            factor: PAIR.map(|(i, j)| (s * u[i][j]) as f32),
        }
    }
}

impl Pack for Mixture {
    type Packed = PackedComponent;
    /// Below every other, so that its responsibilities are 0.
    const PADDING: PackedComponent = PackedComponent {
        bias: LEAST,
        anchor: [0.0; OCTETS],
        shift: [0.0; OCTETS],
        factor: [0.0; PAIRS],
    };

    fn components(&self) -> usize {
        self.0.len()
    }

    fn pack(&self) -> Vec<PackedComponent> {
        self.0.iter().map(PackedComponent::new).collect()
    }
}

impl Kernel for Expectation {
    const NAME: &'static str = "expectation";
    const SOURCE: &'static [&'static str] =
        &[shader::SWEEP, shader::COMPONENT, shader::EXPECTATION];
    const WORD: Word = Word::F32;
    const ROWS: usize = 1 + OCTETS + PAIRS;
    const BLOCK_ROWS: usize = 2;

    fn unpack(sums: &[f64], components: usize, block: usize) -> ExpectationStats {
        let component = |rows: &[f64]| Sums {
            weight: rows[0],
            first: std::array::from_fn(|j| rows[1 + j]),
            second: std::array::from_fn(|p| rows[1 + OCTETS + p]),
        };
        // Every block sums the whole log-likelihood, and the entropy of its own components.
        let of_blocks = block * Self::ROWS;
        let entropy: f64 =
            sums.chunks(of_blocks + Self::BLOCK_ROWS).map(|rows| rows[of_blocks + 1]).sum();
        ExpectationStats {
            components: component_rows::<Self>(sums, components, block).map(component).collect(),
            log_likelihood: sums[of_blocks] * std::f64::consts::LN_2,
            entropy: entropy * std::f64::consts::LN_2,
        }
    }
}
