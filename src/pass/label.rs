//! The one output of a size with the input: the cluster and the log-density of each address.

use super::Density;
use crate::address::octets;

/// What a density says of one address.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Label {
    /// The component of largest responsibility; of several, the lowest index.
    pub cluster: u32,
    /// The log-density (of Gaussian mixtures scikit-learn's `score_samples`), in nats.
    pub log_density: f64,
}

/// The definition: the label of each of `addresses`, appended to `labels`.
pub fn label(density: &Density, addresses: &[u32], labels: &mut Vec<Label>) {
    let mut log_densities = vec![0.0; density.components.0.len()];
    labels.extend(addresses.iter().map(|&address| {
        let log_density = density.log_sum(octets(address).map(f64::from), &mut log_densities);
        let mut cluster = 0;
        for (k, &t) in log_densities.iter().enumerate() {
            if t > log_densities[cluster] {
                cluster = k;
            }
        }
        Label { cluster: cluster as u32, log_density }
    }));
}
