//! `shaders/moments.wgsl`: the kernel of [`Moments`].

use super::fold::{Reduce, component_rows};
use super::kernels::{Kernel, MOMENTS};
use super::layout::Rows;
use crate::address::OCTETS;
use crate::pass::moments::{ExactMoments, MomentsStats};
use crate::pass::{Centres, Moments, PAIRS};

impl Reduce for Moments {
    const KERNEL: Kernel = MOMENTS;
    const ROWS: Rows = Rows { component: 1 + OCTETS + PAIRS, block: 0 };

    fn unpack(sums: &[f64], centres: &Centres, block: usize, _: usize) -> MomentsStats {
        let cluster = |rows: &[f64]| ExactMoments {
            count: rows[0] as u64,
            sum: std::array::from_fn(|j| rows[1 + j] as u64),
            products: std::array::from_fn(|p| rows[1 + OCTETS + p] as u64),
        };
        MomentsStats(component_rows::<Self>(sums, centres, block).map(cluster).collect())
    }
}
