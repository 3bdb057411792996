//! `shaders/lloyd.wgsl`: the kernel of [`Lloyd`].

use super::fold::{Reduce, component_rows};
use super::kernels::{Kernel, LLOYD};
use super::layout::Rows;
use crate::address::OCTETS;
use crate::pass::lloyd::{Cluster, LloydStats};
use crate::pass::{Centres, Lloyd};

impl Reduce for Lloyd {
    const KERNEL: Kernel = LLOYD;
    const ROWS: Rows = Rows { component: 3 + OCTETS, block: 0 };

    fn unpack(sums: &[f64], centres: &Centres, block: usize, _: usize) -> LloydStats {
        let cluster = |rows: &[f64]| Cluster {
            count: rows[0] as u64,
            sum: std::array::from_fn(|j| rows[1 + j] as u64),
            squares: rows[5] as u64 + ((rows[6] as u64) << 16),
        };
        LloydStats(component_rows::<Self>(sums, centres, block).map(cluster).collect())
    }
}
