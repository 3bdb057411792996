//! Random numbers that do not depend on who else draws, and what is drawn with them address by address.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::address::{OCTETS, Points, octets};
use crate::pass::expectation::SoftMoments;

/// One of many independent streams of random numbers under a seed. It is two numbers, so it can be sent
/// to where the addresses are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RandomStream {
    /// The seed.
    pub seed: u64,
    /// Which stream: of a restart its number, whatever the number of restarts.
    pub stream: u64,
}

impl RandomStream {
    /// Stream `stream` under `seed`.
    pub fn new(seed: u64, stream: usize) -> Self {
        Self { seed, stream: stream as u64 }
    }

    /// Its numbers, from the first.
    pub fn rng(self) -> ChaCha8Rng {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        rng.set_stream(self.stream);
        rng
    }
}

/// As [`Host::sample`](super::Host::sample).
pub fn sample(points: &Points<'_>, most: usize, rng: &mut ChaCha8Rng) -> Vec<u32> {
    let addresses = points.addresses();
    let Some(weights) = points.weights() else {
        if addresses.len() <= most {
            return addresses.to_vec();
        }
        return (0..most).map(|_| addresses[rng.random_range(0..addresses.len())]).collect();
    };
    let sum = |sum: &mut u64, &weight: &u64| {
        *sum += weight;
        Some(*sum)
    };
    let cumulative: Vec<u64> = weights.iter().scan(0, sum).collect();
    let mut draw = || {
        let target = rng.random_range(0..points.total());
        cumulative.partition_point(|&sum| sum <= target)
    };
    (0..most).map(|_| addresses[draw()]).collect()
}

/// The moments of `k` components, the responsibilities drawn uniformly and normalised.
pub fn moments(points: &Points<'_>, k: usize, rng: &mut ChaCha8Rng) -> Vec<SoftMoments> {
    // Any fixed point near the middle will do: the sums are f64.
    let mut moments = vec![SoftMoments::about([127.0; OCTETS]); k];
    let mut drawn = vec![0.0; k];
    for (i, &address) in points.addresses().iter().enumerate() {
        drawn.fill_with(|| rng.random::<f64>());
        let scale = points.weight(i) as f64 / drawn.iter().sum::<f64>().max(f64::MIN_POSITIVE);
        let x = octets(address).map(f64::from);
        for (moments, drawn) in moments.iter_mut().zip(&drawn) {
            moments.add_address(x, drawn * scale);
        }
    }
    moments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_draw_their_share() {
        let points = Points::weighted(&[1, 2, 3], &[1, 0, 3]).unwrap();
        let sample = sample(&points, 4000, &mut RandomStream::new(0, 0).rng());
        let count = |wanted| sample.iter().filter(|&&a| a == wanted).count();
        assert!(count(2) == 0 && (900..1100).contains(&count(1)), "{}", count(1));
    }
}
