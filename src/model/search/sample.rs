//! A sample of the addresses on the host: what moves are drawn from and tried on.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::address::Points;

/// Some of the addresses, each standing for equally many.
#[derive(Debug, Clone)]
pub struct Sample {
    /// The addresses.
    pub addresses: Vec<u32>,
    /// How many each stands for.
    pub scale: f64,
}

/// What samples are drawn from.
#[derive(Debug)]
pub struct Sampler {
    /// The weights up to and with each address; empty where each counts once.
    cumulative: Vec<u64>,
}

impl Sampler {
    /// Of `points`.
    pub fn new(points: Points<'_>) -> Self {
        let sum = |sum: &mut u64, &weight: &u64| {
            *sum += weight;
            Some(*sum)
        };
        let weights = points.weights().unwrap_or_default();
        Self { cumulative: weights.iter().scan(0, sum).collect() }
    }

    /// `most` of `points`, drawn by weight with replacement; all of them where they are no more and
    /// count once.
    pub fn draw(&self, points: Points<'_>, most: usize, rng: &mut ChaCha8Rng) -> Sample {
        let addresses = points.addresses();
        if self.cumulative.is_empty() && addresses.len() <= most {
            return Sample { addresses: addresses.to_vec(), scale: 1.0 };
        }
        let mut draw = || match self.cumulative.as_slice() {
            [] => rng.random_range(0..addresses.len()),
            cumulative => {
                let target = rng.random_range(0..points.total());
                cumulative.partition_point(|&sum| sum <= target)
            }
        };
        let drawn = (0..most).map(|_| addresses[draw()]).collect();
        Sample { addresses: drawn, scale: points.total() as f64 / most as f64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::seeding::restart_rng;

    #[test]
    fn weights_draw_their_share() {
        let points = Points::weighted(&[1, 2, 3], &[1, 0, 3]).unwrap();
        let sample = Sampler::new(points).draw(points, 4000, &mut restart_rng(0, 0));
        let count = |wanted| sample.addresses.iter().filter(|&&a| a == wanted).count();
        assert!(count(2) == 0 && (900..1100).contains(&count(1)), "{}", count(1));
        assert_eq!(sample.scale, 0.001);
    }
}
