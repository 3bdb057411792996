//! `shaders/expectation.wgsl`: the kernel of [`Expectation`].

use super::kernel::{Kernel, Word, component_rows};
use super::shader;
use crate::address::OCTETS;
use crate::pass::expectation::{ExpectationStats, SoftMoments};
use crate::pass::mixture::Component;
use crate::pass::{Expectation, Mixture, PAIRS};

impl Kernel for Expectation {
    const NAME: &'static str = "expectation";
    const SOURCE: &'static [&'static str] = &[
        shader::SWEEP,
        shader::SEGMENT,
        shader::COMPONENT,
        shader::GAUSSIAN,
        shader::SLICE,
        shader::EXPECTATION,
    ];
    const WORD: Word = Word::F32;
    const ROWS: usize = 1 + OCTETS + PAIRS;
    const BLOCK_ROWS: usize = 2;

    fn unpack(sums: &[f64], mixture: &Mixture, block: usize) -> ExpectationStats {
        let component = |(c, rows): (&Component, &[f64])| SoftMoments {
            anchor: c.anchor(),
            weight: rows[0],
            first: std::array::from_fn(|j| rows[1 + j]),
            second: std::array::from_fn(|p| rows[1 + OCTETS + p]),
        };
        // Every block sums the whole log-likelihood, and its own share of the entropy.
        let of_blocks = block * Self::ROWS;
        let entropy: f64 =
            sums.chunks(of_blocks + Self::BLOCK_ROWS).map(|rows| rows[of_blocks + 1]).sum();
        ExpectationStats {
            components: mixture
                .0
                .iter()
                .zip(component_rows::<Self>(sums, mixture.0.len(), block))
                .map(component)
                .collect(),
            log_likelihood: sums[of_blocks] * std::f64::consts::LN_2,
            entropy: entropy * std::f64::consts::LN_2,
        }
    }
}
