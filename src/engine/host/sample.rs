//! A sample of the addresses, by weight.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::address::Points;

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::RandomStream;

    #[test]
    fn weights_draw_their_share() {
        let points = Points::weighted(&[1, 2, 3], &[1, 0, 3]).unwrap();
        let sample = sample(&points, 4000, &mut RandomStream::new(0, 0).rng());
        let count = |wanted| sample.iter().filter(|&&a| a == wanted).count();
        assert!(count(2) == 0 && (900..1100).contains(&count(1)), "{}", count(1));
    }
}
