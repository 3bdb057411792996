//! `shaders/lloyd.wgsl`: the kernel of [`Lloyd`].

use super::kernel::{Kernel, Word, component_rows};
use super::shader;
use crate::address::OCTETS;
use crate::pass::lloyd::{Cluster, LloydStats};
use crate::pass::{Centres, Lloyd};

impl Kernel for Lloyd {
    const NAME: &'static str = "lloyd";
    const SOURCE: &'static [&'static str] =
        &[shader::SWEEP, shader::SEGMENT, shader::NEAREST, shader::LLOYD];
    const WORD: Word = Word::U32;
    const ROWS: usize = 3 + OCTETS;
    const BLOCK_ROWS: usize = 0;

    fn unpack(sums: &[f64], centres: &Centres, block: usize) -> LloydStats {
        let cluster = |rows: &[f64]| Cluster {
            count: rows[0] as u64,
            sum: std::array::from_fn(|j| rows[1 + j] as u64),
            squares: rows[5] as u64 + ((rows[6] as u64) << 16),
        };
        LloydStats(component_rows::<Self>(sums, centres.count(), block).map(cluster).collect())
    }
}
