//! Moments under responsibilities that no model gives: drawn, or given address by address. None is kept.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::address::{OCTETS, Points, octets};
use crate::pass::expectation::SoftMoments;
use crate::pass::moments::{ExactMoments, MomentsStats};

/// The moments of `k` components, the responsibilities drawn uniformly and normalised.
pub fn random(points: &Points<'_>, k: usize, rng: &mut ChaCha8Rng) -> Vec<SoftMoments> {
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

/// The moments of `k` clusters, given the one of each address; a label beyond them counts nowhere.
pub fn labelled(points: &Points<'_>, labels: &[u32], k: usize) -> MomentsStats {
    let mut clusters = vec![ExactMoments::default(); k];
    for (i, (&address, &label)) in points.addresses().iter().zip(labels).enumerate() {
        if let Some(cluster) = clusters.get_mut(label as usize) {
            cluster.add_address(address, points.weight(i));
        }
    }
    MomentsStats(clusters)
}
