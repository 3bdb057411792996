//! How unexpected each octet of an address is, given those before it and the other addresses.
//!
//! A chain over prefixes, half an octet at a time: of the `n` addresses that share what comes before,
//! `c` go on in the same way, and one that goes so is expected with probability
//!
//! ```text
//! (c - 1 + theta / 16) / (n - 1 + theta)
//! ```
//!
//! its own being left out of both counts: a Dirichlet prior of mass theta that backs off to an even
//! choice among the 16 ways (MacKay and Peto 1995; Teh 2006 for the chain). Each level has a mass of its
//! own, that of largest leave-one-out likelihood. The surprise of an octet is `-log2` of the product of
//! its two halves, in bits: 8 where nothing is known, more where other octets were to be expected.

use std::ops::Range;

use crate::address::OCTETS;

use super::prefix::{Ascending, Classes, prefix};

/// Bits of a step.
const STEP: u32 = 4;
/// Ways to go at each step.
const WAYS: f64 = 16.0;
const LEVELS: usize = (u32::BITS / STEP) as usize;

/// Where the masses are looked for, as logarithms.
const RANGE: [f64; 2] = [-7.0, 20.0];

/// Counts up to which what a level adds is looked up: those of most addresses.
const FEW: usize = 16;

/// Golden sections: they leave a range of 5e-6 of the logarithm, which no ten-thousandth of a bit shows.
const SECTIONS: usize = 32;

/// The masses of the levels.
#[derive(Debug, Clone, PartialEq)]
pub struct Surprise {
    masses: [f64; LEVELS],
    /// What each level adds where no more than [`FEW`] addresses share what comes before it.
    few: Vec<[[f64; FEW + 1]; FEW + 1]>,
}

impl Surprise {
    /// Fits the chain to `addresses`.
    pub fn new(addresses: &Ascending<'_>) -> Self {
        let all = addresses.addresses();
        let mut masses = [1.0; LEVELS];
        // All of them may be one more than a u32 holds, which makes no difference.
        let whole = u32::try_from(all.len()).unwrap_or(u32::MAX);
        masses[0] = mass(&Classes::of(all, &[STEP], |&[count]| [count, whole]));
        for (mass, level) in masses[1..].iter_mut().zip(1..) {
            let lengths = [level * STEP, (level + 1) * STEP];
            *mass = self::mass(&Classes::of(all, &lengths, |&[of, count]| [count, of]));
        }
        let few = masses.map(|mass| {
            let of_counts = |of: usize, count: usize| bits(count as f64, of as f64, mass);
            std::array::from_fn(|of| std::array::from_fn(|count| of_counts(of, count)))
        });
        Self { masses, few: few.to_vec() }
    }

    /// What `level` adds where `count` of `of` addresses go on in the same way, in bits.
    fn level(&self, level: usize, count: usize, of: usize) -> f64 {
        match self.few[level].get(of).and_then(|counts| counts.get(count)) {
            Some(&bits) => bits,
            None => bits(count as f64, of as f64, self.masses[level]),
        }
    }

    /// The surprise of each octet of `address`, one of `addresses`, in bits, and the ranks of those that share
    /// that octet and all before it.
    pub fn of(
        &self,
        addresses: &Ascending<'_>,
        address: u32,
    ) -> ([f64; OCTETS], [Range<usize>; OCTETS]) {
        let blocks = addresses.blocks(address, std::array::from_fn::<_, LEVELS, _>(length));
        let mut bits = [0.0; OCTETS];
        let mut of = addresses.addresses().len();
        for (level, block) in blocks.iter().enumerate() {
            bits[level / 2] += self.level(level, block.len(), of);
            of = block.len();
        }
        (bits, std::array::from_fn(|octet| blocks[2 * octet + 1].clone()))
    }
}

impl Surprise {
    /// The surprise of all octets of each address of `ranks` together, in bits, [`rounded`]. A walk: an
    /// address takes a few steps where its neighbours share most of its bits.
    pub fn bits(&self, addresses: &Ascending<'_>, ranks: Range<usize>) -> Vec<f32> {
        let all = addresses.addresses();
        // The blocks of each level around the address before: their ends, and what each level adds.
        let (mut ends, mut counts) = ([0; LEVELS], [0; LEVELS]);
        let mut bits = [0.0; LEVELS];
        let mut of_rank = |rank: usize| {
            let address = all[rank];
            let first = ends.iter().position(|&end| end <= rank).unwrap_or(LEVELS);
            for level in first..LEVELS {
                let within = if level == 0 { all.len() } else { ends[level - 1] };
                let (least, most) = prefix(address, length(level));
                let end = rank + all[rank..within].partition_point(|&other| other <= most);
                // Only the first address of the ranks may stand inside its blocks.
                let before = match rank == ranks.start {
                    true => rank - all[..rank].partition_point(|&other| other < least),
                    false => 0,
                };
                (ends[level], counts[level]) = (end, end - rank + before);
                let of = if level == 0 { all.len() } else { counts[level - 1] };
                bits[level] = self.level(level, counts[level], of);
            }
            let octets = bits.chunks_exact(LEVELS / OCTETS).map(|halves| halves.iter().sum());
            rounded(octets.map(rounded).sum()) as f32
        };
        ranks.clone().map(&mut of_rank).collect()
    }
}

/// `bits`, to a ten-thousandth: more says nothing.
pub fn rounded(bits: f64) -> f64 {
    (bits * 1e4).round() / 1e4
}

/// Leading bits that the addresses share which go the same way at `level`.
fn length(level: usize) -> u32 {
    STEP * (level as u32 + 1)
}

/// How unexpected it is that one of `of` addresses goes where `count` of them do, in bits.
fn bits(count: f64, of: f64, mass: f64) -> f64 {
    -log_probability(count, of, mass) / 2f64.ln()
}

/// The natural logarithm of the probability that one of `of` addresses goes where `count` of them do.
fn log_probability(count: f64, of: f64, mass: f64) -> f64 {
    ((count - 1.0 + mass / WAYS) / (of - 1.0 + mass)).ln()
}

/// The mass of largest likelihood, by golden sections over its logarithm.
fn mass(classes: &[([u32; 2], u64)]) -> f64 {
    let likelihood = |log_mass: f64| -> f64 {
        let mass = log_mass.exp();
        let term = |&([count, of], size): &([u32; 2], u64)| {
            size as f64 * log_probability(f64::from(count), f64::from(of), mass)
        };
        classes.iter().map(term).sum()
    };
    let golden = (5f64.sqrt() - 1.0) / 2.0;
    let [mut a, mut b] = RANGE;
    let [mut left, mut right] =
        [b - golden * (b - a), a + golden * (b - a)].map(|at| (at, likelihood(at)));
    for _ in 0..SECTIONS {
        if left.1 < right.1 {
            (a, left) = (left.0, right);
            let at = a + golden * (b - a);
            right = (at, likelihood(at));
        } else {
            (b, right) = (right.0, left);
            let at = b - golden * (b - a);
            left = (at, likelihood(at));
        }
    }
    (0.5 * (a + b)).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network() -> Vec<u32> {
        (0..600u32).map(|i| 0x0a00_0000 | (i % 7) << 16 | (i % 5) << 8 | (i * 37 % 256)).collect()
    }

    #[test]
    fn bits_are_those_of_the_chain() {
        let mut addresses = network();
        addresses.sort_unstable();
        addresses.dedup();
        let ascending = Ascending::new(&addresses);
        let surprise = Surprise::new(&ascending);
        for &address in addresses.iter().step_by(29) {
            let sharing = |bits: u32| {
                let shares = |&&other: &&u32| (other ^ address).leading_zeros() >= bits;
                addresses.iter().filter(shares).count() as f64
            };
            let mut expected = [0.0; OCTETS];
            for (level, mass) in surprise.masses.iter().enumerate() {
                let (of, count) = (sharing(4 * level as u32), sharing(4 * level as u32 + 4));
                let p = (count - 1.0 + mass / 16.0) / (of - 1.0 + mass);
                expected[level / 2] -= p.log2();
            }
            for (found, expected) in surprise.of(&ascending, address).0.iter().zip(expected) {
                assert!((found - expected).abs() < 1e-9, "{found} for {expected}");
            }
        }
    }

    #[test]
    fn a_walk_finds_the_bits_of_each_address() {
        let mut addresses = network();
        addresses.extend([0, 1, u32::MAX]);
        addresses.sort_unstable();
        addresses.dedup();
        let ascending = Ascending::new(&addresses);
        let surprise = Surprise::new(&ascending);
        for ranks in [0..addresses.len(), 0..1, 100..107, addresses.len() - 1..addresses.len()] {
            let bits = surprise.bits(&ascending, ranks.clone());
            for (rank, bits) in ranks.zip(bits) {
                let octets = surprise.of(&ascending, addresses[rank]).0.map(rounded);
                assert_eq!(bits, rounded(octets.iter().sum()) as f32, "{rank}");
            }
        }
    }

    #[test]
    fn masses_have_the_largest_likelihood() {
        let classes = [([5, 60], 5), ([20, 60], 20), ([35, 60], 35), ([1, 9], 9)];
        let likelihood = |mass: f64| -> f64 {
            let term = |&([c, of], size): &([u32; 2], u64)| {
                size as f64
                    * ((f64::from(c) - 1.0 + mass / 16.0) / (f64::from(of) - 1.0 + mass)).ln()
            };
            classes.iter().map(term).sum()
        };
        let best = mass(&classes);
        for factor in [0.5, 0.99, 1.01, 2.0] {
            assert!(likelihood(best) >= likelihood(best * factor), "{best} by {factor}");
        }
    }

    #[test]
    fn an_unknown_octet_is_a_surprise_and_what_follows_is_unknown() {
        let mut addresses = network();
        addresses.push(0xac13_0242);
        let ascending = Ascending::new(&addresses);
        let ([first, rest @ ..], _) = Surprise::new(&ascending).of(&ascending, 0xac13_0242);
        assert!(first > 10.0, "{first}");
        assert!(rest.iter().all(|bits| (bits - 8.0).abs() < 1e-9), "{rest:?}");
        let (known, _) = Surprise::new(&ascending).of(&ascending, addresses[0]);
        assert!(known[0] < 0.1, "{known:?}");
    }

    #[test]
    fn one_address_is_no_surprise_beyond_what_is_unknown() {
        let ascending = Ascending::new(&[7]);
        let (bits, _) = Surprise::new(&ascending).of(&ascending, 7);
        assert!(bits.iter().all(|bits| (bits - 8.0).abs() < 1e-9), "{bits:?}");
    }
}
