//! Whether sums can be those of the addresses: a device that fails without a word returns zeros, or what is no
//! number. One look at each result costs nothing beside the sums themselves.
//!
//! This proves no result right: whether an engine computes what it should is for `conformance` to say.

use super::{Arithmetic, Engine, EngineError, Precision};
use crate::pass::expectation::ExpectationStats;
use crate::pass::lloyd::LloydStats;
use crate::pass::moments::MomentsStats;

/// Statistics that know how many addresses they are of.
pub(super) trait Totals {
    /// Whether they can be of addresses whose weights add up to `total`, as `arithmetic` rounds.
    fn add_up(&self, total: u64, arithmetic: Arithmetic) -> bool;
}

impl Totals for LloydStats {
    fn add_up(&self, total: u64, _: Arithmetic) -> bool {
        exactly(self.0.iter().map(|cluster| cluster.count), total)
    }
}

impl Totals for MomentsStats {
    fn add_up(&self, total: u64, _: Arithmetic) -> bool {
        exactly(self.0.iter().map(|cluster| cluster.count), total)
    }
}

/// Whether `counts` add up to `total`; there are none without clusters.
fn exactly(counts: impl ExactSizeIterator<Item = u64>, total: u64) -> bool {
    // In 128 bits: what a broken device counts is any number.
    counts.len() == 0 || counts.map(u128::from).sum::<u128>() == total.into()
}

/// Roundings of a responsibility of one component, and what each further one adds: those that
/// `conformance::bounds` counts for normalising.
const ROUNDINGS: [f64; 2] = [6.0, 9.0];

impl Totals for ExpectationStats {
    fn add_up(&self, total: u64, arithmetic: Arithmetic) -> bool {
        let sums = self.components.iter().flat_map(|c| c.first.iter().chain(&c.second));
        let mut all = sums.chain([&self.log_likelihood, &self.entropy]);
        let (total, components) = (total as f64, self.components.len() as f64);
        let weight: f64 = self.components.iter().map(|c| c.weight).sum();
        let epsilon = match arithmetic.sums {
            Precision::F32 => f64::from(f32::EPSILON),
            Precision::F64 => f64::EPSILON,
        };
        // An epsilon is two roundings, which leaves half of it for products of roundings.
        let roundings = ROUNDINGS[0] + ROUNDINGS[1] * components + arithmetic.chain as f64;
        let bound = total * (roundings * epsilon + components * arithmetic.negligible);
        let adds_up = self.components.is_empty() || (weight - total).abs() <= bound;
        adds_up && all.all(|sum| sum.is_finite())
    }
}

/// `stats` of `engine`, one for each parameter set, if they can be sums over its addresses.
pub(super) fn checked<S: Totals>(
    engine: &dyn Engine,
    stats: Vec<S>,
) -> Result<Vec<S>, EngineError> {
    let (total, arithmetic) = (engine.total(), engine.arithmetic());
    match stats.iter().all(|stats| stats.add_up(total, arithmetic)) {
        true => Ok(stats),
        false => Err(EngineError::WrongResults(format!(
            "{}: sums that are not those of {total} addresses",
            engine.description()
        ))),
    }
}

#[cfg(all(test, feature = "gpu"))]
mod tests {
    use super::*;
    use crate::conformance::Parameters;
    use crate::engine::gpu::ARITHMETIC;
    use crate::engine::{CpuEngine, Run};
    use crate::pass::{Expectation, Lloyd, Moments};

    /// The sums of 9,999 addresses, which each test spoils in its way.
    fn sums() -> (LloydStats, MomentsStats, ExpectationStats) {
        let addresses: Vec<u32> = (0..9_999u32).map(|i| i.wrapping_mul(2_654_435_761)).collect();
        let Parameters { centres, mixtures } = Parameters::new(&addresses, 5).expect("distinct");
        let mut engine = CpuEngine::new(&addresses);
        let lloyd =
            Run::<Lloyd>::run(&mut engine, &centres).expect("threads do not fail").remove(0);
        let moments = Run::<Moments>::run(&mut engine, &centres);
        let sums = Run::<Expectation>::run(&mut engine, &mixtures);
        let of = "threads do not fail";
        (lloyd, moments.expect(of).remove(0), sums.expect(of).remove(0))
    }

    #[test]
    fn sums_of_all_addresses_add_up_and_those_of_one_less_do_not() {
        let (lloyd, moments, expectation) = sums();
        for (total, expected) in [(9_999, true), (10_000, false), (9_998, false), (0, false)] {
            assert_eq!(lloyd.add_up(total, ARITHMETIC), expected, "{total}");
            assert_eq!(moments.add_up(total, ARITHMETIC), expected, "{total}");
            assert_eq!(expectation.add_up(total, ARITHMETIC), expected, "{total}");
        }
    }

    #[test]
    fn zeros_and_what_is_no_number_do_not_add_up() {
        let (mut lloyd, _, expectation) = sums();
        lloyd.0[0].count = u64::MAX;
        assert!(!lloyd.add_up(9_999, ARITHMETIC));
        let spoilt = |spoil: &dyn Fn(&mut ExpectationStats)| {
            let mut stats = expectation.clone();
            spoil(&mut stats);
            !stats.add_up(9_999, ARITHMETIC)
        };
        assert!(spoilt(&|stats| stats.scale(0.0)));
        assert!(spoilt(&|stats| stats.entropy = f64::NAN));
        assert!(spoilt(&|stats| stats.components[1].weight = f64::NAN));
        assert!(spoilt(&|stats| stats.components[1].second[2] = f64::INFINITY));
    }
}
