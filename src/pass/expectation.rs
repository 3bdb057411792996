//! The soft assignment of a mixture (the E-step of Dempster et al. 1977, and of variational Bayes,
//! Bishop 2006, section 10.2): the sufficient statistics of its responsibilities.
//!
//! Moments are summed about each component's anchor, its mean in whole octets: about the origin a
//! variance near `reg_covar` would be lost to cancellation.

use super::{Mixture, PAIR, PAIRS, Pass, Stats};
use crate::address::{OCTETS, octets};

/// The pass of one iteration of a mixture.
#[derive(Debug, Clone, Copy)]
pub struct Expectation;

/// Responsibility-weighted moments of one component, `d = x - anchor`.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Sums {
    /// `sum r`, in addresses.
    pub weight: f64,
    /// `sum r d`, in octets.
    pub first: [f64; OCTETS],
    /// `sum r d d'`, in squared octets, in the order of [`PAIR`].
    pub second: [f64; PAIRS],
}

/// Statistics of [`Expectation`].
#[derive(Debug, Clone, PartialEq)]
pub struct ExpectationStats {
    /// The moments of each component.
    pub components: Vec<Sums>,
    /// The sum over the addresses of the log-sum-exp of the components, in nats.
    pub log_likelihood: f64,
    /// The entropy of the responsibilities, `- sum r ln r`, in nats. Summed address by address:
    /// as a difference of large sums its small value would be lost.
    pub entropy: f64,
}

impl Stats for ExpectationStats {
    fn merge(&mut self, other: &Self) {
        self.log_likelihood += other.log_likelihood;
        self.entropy += other.entropy;
        for (a, b) in self.components.iter_mut().zip(&other.components) {
            a.weight += b.weight;
            for (a, b) in a.first.iter_mut().zip(b.first) {
                *a += b;
            }
            for (a, b) in a.second.iter_mut().zip(b.second) {
                *a += b;
            }
        }
    }

    fn repeat(&mut self, times: u64) {
        let times = times as f64;
        self.log_likelihood *= times;
        self.entropy *= times;
        for sums in &mut self.components {
            sums.weight *= times;
            for sum in sums.first.iter_mut().chain(&mut sums.second) {
                *sum *= times;
            }
        }
    }
}

impl Pass for Expectation {
    type Params = Mixture;
    type Stats = ExpectationStats;

    fn reduce(mixture: &Mixture, addresses: &[u32]) -> ExpectationStats {
        let k = mixture.0.len();
        let anchors: Vec<_> = mixture.0.iter().map(|c| c.anchor()).collect();
        let mut log_densities = vec![0.0; k];
        let mut stats = ExpectationStats {
            components: vec![Sums::default(); k],
            log_likelihood: 0.0,
            entropy: 0.0,
        };
        for &address in addresses {
            let x = octets(address).map(f64::from);
            let log_sum = mixture.log_sum(x, &mut log_densities);
            stats.log_likelihood += log_sum;
            for ((sums, anchor), t) in stats.components.iter_mut().zip(&anchors).zip(&log_densities)
            {
                let log_r = t - log_sum;
                let r = log_r.exp();
                if r == 0.0 {
                    continue; // adds nothing; and 0 x -inf would be NaN
                }
                stats.entropy -= r * log_r;
                sums.weight += r;
                let d: [f64; OCTETS] = std::array::from_fn(|j| x[j] - anchor[j]);
                for (first, d) in sums.first.iter_mut().zip(d) {
                    *first += r * d;
                }
                for (second, (i, j)) in sums.second.iter_mut().zip(PAIR) {
                    *second += r * d[i] * d[j];
                }
            }
        }
        stats
    }
}
