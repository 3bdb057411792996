//! `shaders/expectation.wgsl`: the kernel of [`Expectation`].

use super::fold::{Reduce, component_rows};
use super::kernels::{EXPECTATION, Kernel};
use super::layout::Rows;
use crate::address::OCTETS;
use crate::engine::anchored::level;
use crate::pass::expectation::{ExpectationStats, SoftMoments};
use crate::pass::mixture::Component;
use crate::pass::{Expectation, Mixture, PAIRS};

impl Reduce for Expectation {
    const KERNEL: Kernel = EXPECTATION;
    const ROWS: Rows = Rows { component: 1 + OCTETS + PAIRS, block: 2 };

    fn unpack(sums: &[f64], mixture: &Mixture, block: usize, addresses: usize) -> ExpectationStats {
        let component = |(c, rows): (&Component, &[f64])| SoftMoments {
            anchor: c.anchor(),
            weight: rows[0],
            first: std::array::from_fn(|j| rows[1 + j]),
            second: std::array::from_fn(|p| rows[1 + OCTETS + p]),
        };
        // Every block sums the whole log-likelihood, and its own share of the entropy.
        let of_components = block * Self::ROWS.component;
        let entropy: f64 =
            sums.chunks(Self::ROWS.of_block(block)).map(|rows| rows[of_components + 1]).sum();
        ExpectationStats {
            components: mixture
                .0
                .iter()
                .zip(component_rows::<Self>(sums, mixture, block))
                .map(component)
                .collect(),
            log_likelihood: (sums[of_components] + level(mixture) * addresses as f64)
                * std::f64::consts::LN_2,
            entropy: entropy * std::f64::consts::LN_2,
        }
    }
}
