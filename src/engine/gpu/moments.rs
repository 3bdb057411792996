//! `shaders/moments.wgsl`: the kernel of [`Moments`].

use super::kernel::{Kernel, Word, component_rows};
use super::shader;
use crate::address::OCTETS;
use crate::pass::moments::{ExactMoments, MomentsStats};
use crate::pass::{Centres, Moments, PAIRS};

impl Kernel for Moments {
    const NAME: &'static str = "moments";
    const SOURCE: &'static [&'static str] =
        &[shader::SWEEP, shader::SEGMENT, shader::NEAREST, shader::MOMENTS];
    const WORD: Word = Word::U32;
    const ROWS: usize = 1 + OCTETS + PAIRS;
    const BLOCK_ROWS: usize = 0;

    fn unpack(sums: &[f64], centres: &Centres, block: usize) -> MomentsStats {
        let cluster = |rows: &[f64]| ExactMoments {
            count: rows[0] as u64,
            sum: std::array::from_fn(|j| rows[1 + j] as u64),
            products: std::array::from_fn(|p| rows[1 + OCTETS + p] as u64),
        };
        MomentsStats(component_rows::<Self>(sums, centres.count(), block).map(cluster).collect())
    }
}
