//! What models want to know of single addresses: loops on the host that return rows, not models.
//!
//! A model never walks over the addresses itself, for they may be on other machines. It asks the engine
//! for seeds, samples and extremes, each a few rows whatever the size of the set.

mod farthest;
mod random;
mod responsibilities;
mod sample;
mod seeding;
mod tightness;

pub use farthest::Far;
pub use random::RandomStream;

use super::EngineError;
use crate::address::{OCTETS, Points};
use crate::pass::Centres;
use crate::pass::expectation::SoftMoments;
use crate::pass::moments::MomentsStats;

/// The host's side of an engine. The same seed gives the same rows on every engine over the same
/// addresses.
///
/// Engines that hold their addresses on this machine get it through [`Local`]; others implement it
/// themselves.
pub trait Host {
    /// How many addresses there are.
    fn len(&self) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What their weights add up to.
    fn total(&self) -> u64;

    /// The addresses at `indices`, in the order of the set.
    ///
    /// # Errors
    /// When an index is beyond the last address, or the engine fails.
    fn at(&mut self, indices: &[usize]) -> Result<Vec<u32>, EngineError>;

    /// `k` addresses drawn far from each other: the seeds of greedy K-Means++ (Arthur &
    /// Vassilvitskii 2007).
    ///
    /// # Errors
    /// When the engine fails.
    ///
    /// # Panics
    /// If there is no address.
    fn spread(&mut self, k: usize, random: RandomStream) -> Result<Vec<u32>, EngineError>;

    /// `k` addresses, at most [`len`](Self::len), drawn by weight without replacement.
    ///
    /// # Errors
    /// When the engine fails.
    fn draw(&mut self, k: usize, random: RandomStream) -> Result<Vec<u32>, EngineError>;

    /// `most` addresses drawn by weight with replacement; all of them if they are no more and count
    /// once each.
    ///
    /// # Errors
    /// When the engine fails.
    fn sample(&mut self, most: usize, random: RandomStream) -> Result<Vec<u32>, EngineError>;

    /// The `most` addresses of positive weight that lie farthest from their nearest centre, farthest
    /// first. `centres` decide which is nearest; the distance, in octets, is to its entry of `points`.
    /// Addresses at the distance 0 are left out.
    ///
    /// # Errors
    /// When the engine fails.
    fn farthest(
        &mut self,
        centres: &Centres,
        points: &[[f64; OCTETS]],
        most: usize,
    ) -> Result<Vec<Far>, EngineError>;

    /// The mean Euclidean distance of the addresses to the nearest of `centres`, by their weights, in
    /// octets; 0 for no addresses.
    ///
    /// # Errors
    /// When the engine fails.
    fn tightness(&mut self, centres: &Centres) -> Result<f64, EngineError>;

    /// The moments of `k` components whose responsibilities are drawn uniformly for each address.
    ///
    /// # Errors
    /// When the engine fails.
    fn random_moments(
        &mut self,
        k: usize,
        random: RandomStream,
    ) -> Result<Vec<SoftMoments>, EngineError>;

    /// The moments of `k` clusters, given the cluster of each address in the order of the set. Labels
    /// are below `k`, one per address.
    ///
    /// # Errors
    /// When the engine fails.
    fn labelled_moments(&mut self, labels: &[u32], k: usize) -> Result<MomentsStats, EngineError>;
}

/// An engine whose addresses are in the memory of this machine.
pub trait Local {
    /// The addresses and their weights.
    fn points(&self) -> &Points<'_>;
}

impl<E: Local> Host for E {
    fn len(&self) -> usize {
        self.points().addresses().len()
    }

    fn total(&self) -> u64 {
        self.points().total()
    }

    fn at(&mut self, indices: &[usize]) -> Result<Vec<u32>, EngineError> {
        let addresses = self.points().addresses();
        let address = |&index: &usize| {
            let missing = EngineError::NoSuchAddress { index, addresses: addresses.len() };
            addresses.get(index).copied().ok_or(missing)
        };
        indices.iter().map(address).collect()
    }

    fn spread(&mut self, k: usize, random: RandomStream) -> Result<Vec<u32>, EngineError> {
        Ok(seeding::kmeans_plus_plus(self.points(), k, &mut random.rng()))
    }

    fn draw(&mut self, k: usize, random: RandomStream) -> Result<Vec<u32>, EngineError> {
        Ok(seeding::draw(self.points(), k, &mut random.rng()))
    }

    fn sample(&mut self, most: usize, random: RandomStream) -> Result<Vec<u32>, EngineError> {
        Ok(sample::sample(self.points(), most, &mut random.rng()))
    }

    fn farthest(
        &mut self,
        centres: &Centres,
        points: &[[f64; OCTETS]],
        most: usize,
    ) -> Result<Vec<Far>, EngineError> {
        Ok(farthest::farthest(self.points(), centres, points, most))
    }

    fn tightness(&mut self, centres: &Centres) -> Result<f64, EngineError> {
        Ok(tightness::tightness(self.points(), centres))
    }

    fn random_moments(
        &mut self,
        k: usize,
        random: RandomStream,
    ) -> Result<Vec<SoftMoments>, EngineError> {
        Ok(responsibilities::random(self.points(), k, &mut random.rng()))
    }

    fn labelled_moments(&mut self, labels: &[u32], k: usize) -> Result<MomentsStats, EngineError> {
        Ok(responsibilities::labelled(self.points(), labels, k))
    }
}
