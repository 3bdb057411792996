//! What the GPU needs to know of a pass: its shader, how parameters are packed, how sums are read.

use bytemuck::Pod;

use crate::pass::Pass;

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

    /// The statistics of `params` from the sums: `ROWS` a component, and after
    /// each `block` components the rows of the block.
    fn unpack(sums: &[f64], params: &Self::Params, block: usize) -> Self::Stats;
}

/// The rows of each component, without those of the blocks.
pub(super) fn component_rows<K: Kernel>(
    sums: &[f64],
    components: usize,
    block: usize,
) -> impl Iterator<Item = &[f64]> {
    sums.chunks(block * K::ROWS + K::BLOCK_ROWS)
        .flat_map(move |rows| rows[..block * K::ROWS].chunks(K::ROWS))
        .take(components)
}
