//! Draws from a mixture (scikit-learn's `sample`), as addresses: rounded to whole octets, those
//! outside 0 to 255 drawn again, component and all. So a component is drawn by its weight times the share
//! of it that lies inside.

use nalgebra::{Cholesky, Matrix4, Vector4};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use statrs::function::erf::erfc_inv;

use super::estimate::Estimate;
use crate::address::OCTETS;

/// A mixture that cannot be drawn from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SampleError {
    /// No Gaussian to draw from.
    #[error("the covariance of component {0} is not positive definite; fit the model again")]
    Covariance(usize),
    /// Draws would hardly ever be addresses.
    #[error("of {DRAWS} draws none lay within 0 to 255 in every octet; fit the model to addresses")]
    Outside,
}

/// Draws before giving up: a fit to addresses has more than a sixteenth of its mass among them.
const DRAWS: usize = 10_000;

/// Draws addresses from the expected Gaussians of a mixture.
#[derive(Debug, Clone)]
pub struct Sampler {
    components: Vec<(f64, Vector4<f64>, Matrix4<f64>)>,
    rng: ChaCha8Rng,
}

impl Sampler {
    /// Of `estimate`, whose weights sum to 1.
    ///
    /// # Errors
    /// When a covariance is none, or addresses are too unlikely to be drawn.
    pub fn new(estimate: &Estimate, seed: u64) -> Result<Self, SampleError> {
        let gaussians = estimate.weights.iter().zip(&estimate.gaussians).enumerate();
        let component = |(k, (&weight, gaussian)): (usize, (&f64, &super::estimate::Gaussian))| {
            let factor = Cholesky::new(gaussian.covariance).ok_or(SampleError::Covariance(k))?;
            Ok((weight, gaussian.mean, factor.unpack()))
        };
        let components = gaussians.map(component).collect::<Result<Vec<_>, _>>()?;
        let mut sampler = Self { components, rng: ChaCha8Rng::seed_from_u64(seed) };
        let mut trial = sampler.clone();
        if (0..DRAWS).any(|_| trial.draw_octets().0.is_some()) {
            sampler.rng = ChaCha8Rng::seed_from_u64(seed);
            Ok(sampler)
        } else {
            Err(SampleError::Outside)
        }
    }

    /// The same mixture, drawn from by another `stream` of the seed's random numbers; it is one's own
    /// for 0.
    #[must_use]
    pub fn stream(&self, stream: u64) -> Self {
        let mut sampler = self.clone();
        sampler.rng.set_stream(stream);
        sampler
    }

    /// An address and its component.
    pub fn draw(&mut self) -> (u32, usize) {
        loop {
            if let (Some(octets), k) = self.draw_octets() {
                return (u32::from_be_bytes(octets), k);
            }
        }
    }

    /// A draw, `None` where it is no address, and its component.
    fn draw_octets(&mut self) -> (Option<[u8; OCTETS]>, usize) {
        let mut target: f64 = self.rng.random();
        // Rounding may leave the weights a little below 1: then it is the last.
        let mut k = self.components.len() - 1;
        for (i, (weight, ..)) in self.components.iter().enumerate() {
            if target < *weight {
                k = i;
                break;
            }
            target -= weight;
        }
        let normal = Vector4::from_fn(|_, _| self.normal());
        let (_, mean, factor) = &self.components[k];
        let x: [f64; OCTETS] = (mean + factor * normal).map(f64::round).into();
        let inside = x.iter().all(|x| (0.0..=255.0).contains(x));
        (inside.then(|| x.map(|x| x as u8)), k)
    }

    /// A standard normal number, by the inverse of its distribution.
    fn normal(&mut self) -> f64 {
        // In (0, 1): the inverse is infinite at the ends.
        let uniform = (self.rng.random::<u64>() >> 11) as f64 + 0.5;
        -std::f64::consts::SQRT_2 * erfc_inv(2.0 * uniform / (1u64 << 53) as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::CpuEngine;
    use crate::{GaussianMixture, Points, unobserved};

    #[test]
    fn draws_have_the_means_and_weights_of_the_mixture() {
        // Two discs, a third and two thirds, far enough from the ends.
        let spread = |i: u32, by: u32| 100 + i.wrapping_mul(2_654_435_761) % by;
        let address = |i: u32| {
            let (a, by) = if i.is_multiple_of(3) { (50, 40) } else { (180, 9) };
            u32::from_be_bytes([a, spread(i, by) as u8, spread(i * 7 + 1, by) as u8, 128])
        };
        let addresses: Vec<u32> = (0..3000).map(address).collect();
        let mut engine = CpuEngine::new(Points::new(&addresses));
        let params = GaussianMixture::params(2).check().unwrap();
        let fit = params.fit(&mut engine, &mut unobserved).unwrap();
        let mut sampler = Sampler::new(&fit.estimate, 5).unwrap();
        let n = 20_000;
        let mut sums = [(0.0, Vector4::zeros()); 2];
        for _ in 0..n {
            let (address, k) = sampler.draw();
            sums[k].0 += 1.0;
            sums[k].1 += Vector4::from(address.to_be_bytes().map(f64::from));
        }
        for (k, gaussian) in fit.estimate.gaussians.iter().enumerate() {
            let share = sums[k].0 / f64::from(n);
            assert!((share - fit.estimate.weights[k]).abs() < 0.02, "{k}: {share}");
            let mean = sums[k].1 / sums[k].0;
            assert!((mean - gaussian.mean).abs().max() < 1.0, "{k}: {mean}");
        }
        let [mut first, mut again] = [5; 2].map(|seed| Sampler::new(&fit.estimate, seed).unwrap());
        assert!((0..9).all(|_| first.draw() == again.draw()));
    }
}
