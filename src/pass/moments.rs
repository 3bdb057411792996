//! Exact first and second moments of the addresses nearest to each centre.
//!
//! With a single centre these are the moments of the whole set: they give the prior, the scaling of
//! tolerances and the principal components. With the centres of K-Means they are the sufficient
//! statistics of its hard assignment, from which a mixture starts. Octets are small integers, so
//! the sums are exact about the origin and no pivot is needed: the covariance is formed in `i128`.

use super::{Centres, PAIR, PAIRS, Pass, Stats, merge_entries};
use crate::address::{OCTETS, octets};

/// The pass that sums moments.
#[derive(Debug, Clone, Copy)]
pub struct Moments;

/// Exact moments of a set of addresses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ExactMoments {
    /// How many addresses there are.
    pub count: u64,
    /// The sum of each octet.
    pub sum: [u64; OCTETS],
    /// The sum of each product of two octets, in the order of [`PAIR`].
    pub products: [u64; PAIRS],
}

impl ExactMoments {
    /// The mean of each octet; zeros for no addresses.
    pub fn mean(&self) -> [f64; OCTETS] {
        self.sum.map(|s| s as f64 / self.count.max(1) as f64)
    }

    /// The covariance with divisor `count - ddof`, in squared octets, in the order of [`PAIR`].
    ///
    /// Where that divisor is not positive there is nothing to tell from: zeros.
    pub fn covariance(&self, ddof: u64) -> [f64; PAIRS] {
        if self.count <= ddof {
            return [0.0; PAIRS];
        }
        let n = i128::from(self.count);
        std::array::from_fn(|p| {
            let (i, j) = PAIR[p];
            let scatter = n * i128::from(self.products[p])
                - i128::from(self.sum[i]) * i128::from(self.sum[j]);
            scatter as f64 / (self.count as f64 * (self.count - ddof) as f64)
        })
    }

    /// Counts `address` `weight` times.
    pub fn add_address(&mut self, address: u32, weight: u64) {
        let x = octets(address).map(u64::from);
        self.count += weight;
        for (sum, x) in self.sum.iter_mut().zip(x) {
            *sum += weight * x;
        }
        for (product, (i, j)) in self.products.iter_mut().zip(PAIR) {
            *product += weight * x[i] * x[j];
        }
    }

    fn add(&mut self, other: &Self) {
        self.count += other.count;
        for (a, b) in self.sum.iter_mut().zip(other.sum) {
            *a += b;
        }
        for (a, b) in self.products.iter_mut().zip(other.products) {
            *a += b;
        }
    }
}

/// Statistics of [`Moments`]: one cluster a centre.
///
/// ```
/// use octomix::pass::{Centres, Moments, Pass, Stats};
/// let all = [3, 1 << 24, 0xff00_00ff];
/// let whole = Moments::reduce(&Centres::single(), &all);
/// let mut parts = Moments::reduce(&Centres::single(), &all[..1]);
/// parts.merge(&Moments::reduce(&Centres::single(), &all[1..]));
/// assert_eq!(parts, whole);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MomentsStats(pub Vec<ExactMoments>);

impl MomentsStats {
    /// The moments over all clusters.
    pub fn total(&self) -> ExactMoments {
        let mut total = ExactMoments::default();
        for cluster in &self.0 {
            total.add(cluster);
        }
        total
    }
}

impl Stats for MomentsStats {
    fn merge(&mut self, other: &Self) {
        merge_entries(&mut self.0, &other.0, ExactMoments::add);
    }

    fn repeat(&mut self, times: u64) {
        for cluster in &mut self.0 {
            cluster.count *= times;
            cluster.sum = cluster.sum.map(|sum| sum * times);
            cluster.products = cluster.products.map(|product| product * times);
        }
    }
}

impl Pass for Moments {
    type Params = Centres;
    type Stats = MomentsStats;

    fn identity(centres: &Centres) -> MomentsStats {
        MomentsStats(vec![ExactMoments::default(); centres.count()])
    }

    fn reduce(centres: &Centres, addresses: &[u32]) -> MomentsStats {
        let mut stats = Self::identity(centres);
        for &address in addresses {
            stats.0[centres.nearest(address)].add_address(address, 1);
        }
        stats
    }
}
