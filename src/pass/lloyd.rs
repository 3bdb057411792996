//! The hard assignment of K-Means (Lloyd 1982): counts, sums and squares per nearest centre.
//!
//! All statistics are integers, so every engine returns the same ones, whatever its order.

use super::{Centres, Pass, Stats, merge_entries};
use crate::address::{OCTETS, octets};

/// The pass of one K-Means iteration.
#[derive(Debug, Clone, Copy)]
pub struct Lloyd;

/// The addresses nearest to one centre.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cluster {
    /// How many there are.
    pub count: u64,
    /// The sum of each octet over them.
    pub sum: [u64; OCTETS],
    /// The sum of all squared octets over them.
    pub squares: u64,
}

impl Cluster {
    /// The mean octets; `None` for no addresses.
    pub fn mean(&self) -> Option<[f64; OCTETS]> {
        (self.count > 0).then(|| self.sum.map(|s| s as f64 / self.count as f64))
    }
}

/// Statistics of [`Lloyd`]: one cluster a centre.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LloydStats(pub Vec<Cluster>);

impl LloydStats {
    /// The sum of squared distances to the nearest centre, in squared octets.
    ///
    /// `sum |x|^2 - 2 c.sum x + n |c|^2` cancels in floats; here it is exact until the last
    /// division. With octets to 255, coordinates to 512 and a total weight to 2^41 the magnitudes
    /// of all terms add up to 2^41 x 4 x 767^2 x 2^64 at most, which is below 2^127.
    pub fn inertia(&self, centres: &Centres) -> f64 {
        let exact: i128 = self
            .0
            .iter()
            .zip(centres.as_slice())
            .map(|(cluster, centre)| {
                let mut inertia = i128::from(cluster.squares) << 64;
                for (&sum, &c) in cluster.sum.iter().zip(&centre.coordinates) {
                    inertia -= (i128::from(sum) * i128::from(c)) << 33;
                    inertia += i128::from(cluster.count) * i128::from(c) * i128::from(c);
                }
                inertia
            })
            .sum();
        exact as f64 / 2f64.powi(64)
    }
}

impl Stats for LloydStats {
    fn merge(&mut self, other: &Self) {
        merge_entries(&mut self.0, &other.0, |a, b| {
            a.count += b.count;
            a.squares += b.squares;
            a.sum.iter_mut().zip(b.sum).for_each(|(a, b)| *a += b);
        });
    }

    fn repeat(&mut self, times: u64) {
        for cluster in &mut self.0 {
            cluster.count *= times;
            cluster.squares *= times;
            cluster.sum = cluster.sum.map(|sum| sum * times);
        }
    }
}

impl Pass for Lloyd {
    type Params = Centres;
    type Stats = LloydStats;

    fn identity(centres: &Centres) -> LloydStats {
        LloydStats(vec![Cluster::default(); centres.count()])
    }

    fn reduce(centres: &Centres, addresses: &[u32]) -> LloydStats {
        let mut stats = Self::identity(centres);
        for &address in addresses {
            let cluster = &mut stats.0[centres.nearest(address)];
            cluster.count += 1;
            for (sum, octet) in cluster.sum.iter_mut().zip(octets(address).map(u64::from)) {
                *sum += octet;
                cluster.squares += octet * octet;
            }
        }
        stats
    }
}
