//! The soft assignment of a mixture (the E-step of Dempster et al. 1977, and of variational Bayes,
//! Bishop 2006, section 10.2): the sufficient statistics of its responsibilities.
//!
//! Moments are summed about each component's anchor, its mean in whole octets: about the origin a
//! variance near `reg_covar` would be lost to cancellation.

use super::{Mixture, PAIR, PAIRS, Pass, Stats, merge_entries};
use crate::address::{OCTETS, octets};

/// The pass of one iteration of a mixture.
#[derive(Debug, Clone, Copy)]
pub struct Expectation;

/// Responsibility-weighted moments of one component about its anchor, `d = x - anchor`.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct SoftMoments {
    /// The point that the moments are about, in octets.
    pub anchor: [f64; OCTETS],
    /// `sum r`, in addresses.
    pub weight: f64,
    /// `sum r d`, in octets.
    pub first: [f64; OCTETS],
    /// `sum r d d'`, in squared octets, in the order of [`PAIR`].
    pub second: [f64; PAIRS],
}

impl SoftMoments {
    /// No addresses, about `anchor`.
    pub fn about(anchor: [f64; OCTETS]) -> Self {
        Self { anchor, ..Self::default() }
    }

    /// Adds an address at `x` with the responsibility `r`.
    #[inline]
    pub fn add_address(&mut self, x: [f64; OCTETS], r: f64) {
        let d: [f64; OCTETS] = std::array::from_fn(|j| x[j] - self.anchor[j]);
        self.weight += r;
        for (first, d) in self.first.iter_mut().zip(d) {
            *first += r * d;
        }
        for (second, (i, j)) in self.second.iter_mut().zip(PAIR) {
            *second += r * d[i] * d[j];
        }
    }

    /// The same moments about another `anchor`.
    #[must_use]
    pub fn moved_to(&self, anchor: [f64; OCTETS]) -> Self {
        let step: [f64; OCTETS] = std::array::from_fn(|j| self.anchor[j] - anchor[j]);
        let Self { weight, first, .. } = *self;
        let mut second = self.second;
        for (second, (i, j)) in second.iter_mut().zip(PAIR) {
            *second += step[i] * first[j] + first[i] * step[j] + weight * step[i] * step[j];
        }
        let first = std::array::from_fn(|j| first[j] + weight * step[j]);
        Self { anchor, weight, first, second }
    }

    fn add(&mut self, other: &Self) {
        let same = self.anchor == other.anchor;
        let other = if same { *other } else { other.moved_to(self.anchor) };
        self.weight += other.weight;
        for (a, b) in self.first.iter_mut().zip(other.first) {
            *a += b;
        }
        for (a, b) in self.second.iter_mut().zip(other.second) {
            *a += b;
        }
    }
}

/// Statistics of [`Expectation`].
#[derive(Debug, Clone, PartialEq)]
pub struct ExpectationStats {
    /// The moments of each component.
    pub components: Vec<SoftMoments>,
    /// The sum over the addresses of the log-sum-exp of the components, in nats.
    pub log_likelihood: f64,
    /// The entropy of the responsibilities, `- sum r ln r`, in nats. Summed address by address:
    /// as a difference of large sums its small value would be lost.
    pub entropy: f64,
}

impl ExpectationStats {
    /// Makes these those of `scale` times as many addresses.
    pub fn scale(&mut self, scale: f64) {
        for of in &mut self.components {
            of.weight *= scale;
            of.first.iter_mut().chain(&mut of.second).for_each(|sum| *sum *= scale);
        }
        self.log_likelihood *= scale;
        self.entropy *= scale;
    }
}

impl Stats for ExpectationStats {
    fn merge(&mut self, other: &Self) {
        self.log_likelihood += other.log_likelihood;
        self.entropy += other.entropy;
        merge_entries(&mut self.components, &other.components, SoftMoments::add);
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

    fn identity(mixture: &Mixture) -> ExpectationStats {
        ExpectationStats {
            components: mixture.0.iter().map(|c| SoftMoments::about(c.anchor())).collect(),
            log_likelihood: 0.0,
            entropy: 0.0,
        }
    }

    fn reduce(mixture: &Mixture, addresses: &[u32]) -> ExpectationStats {
        let mut log_densities = vec![0.0; mixture.0.len()];
        let mut stats = Self::identity(mixture);
        for &address in addresses {
            let x = octets(address).map(f64::from);
            let log_sum = mixture.log_sum(x, &mut log_densities);
            stats.log_likelihood += log_sum;
            for (moments, t) in stats.components.iter_mut().zip(&log_densities) {
                let log_r = t - log_sum;
                let r = log_r.exp();
                if r == 0.0 {
                    continue; // adds nothing; and 0 x -inf would be NaN
                }
                stats.entropy -= r * log_r;
                moments.add_address(x, r);
            }
        }
        stats
    }
}
