//! What the addresses of each cluster have in common.

use serde::Serialize;

use super::Labelled;
use crate::address::{OCTETS, octets};

/// Leading octets that are told: the fourth is an address's own.
const LEADING: usize = OCTETS - 1;

/// One cluster: a component of the model and the addresses that fit it best.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cluster {
    /// Its index, as in addresses.csv and model.json.
    pub cluster: usize,
    /// The component's weight.
    pub weight: f64,
    /// Distinct addresses.
    pub size: u64,
    /// Packets of those addresses.
    pub packets: u64,
    /// The component's mean, in octets.
    pub mean: [f64; OCTETS],
    /// The commonest first octet, the commonest second one after it, and so on; nothing for an
    /// empty cluster.
    pub common_octets: Vec<Prefix>,
}

/// Leading octets that many addresses of a cluster share.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Prefix {
    /// The octets, and a star for the rest: `192.168.*`.
    pub prefix: String,
    /// Addresses of the cluster that start so.
    pub size: u64,
    /// Their share of the cluster.
    pub share: f64,
}

/// The clusters of `labelled` for components of these weights and means, in their order.
pub fn clusters(labelled: &Labelled<'_>, weights: &[f64], means: &[[f64; OCTETS]]) -> Vec<Cluster> {
    let components = weights.iter().zip(means).enumerate();
    let mut clusters: Vec<Cluster> = components
        .map(|(cluster, (&weight, &mean))| Cluster {
            cluster,
            weight,
            size: 0,
            packets: 0,
            mean,
            common_octets: Vec::new(),
        })
        .collect();
    for (&cluster, packets) in labelled.clusters.iter().zip(labelled.set.packets()) {
        let cluster = &mut clusters[cluster as usize];
        cluster.size += 1;
        cluster.packets += packets;
    }
    let paths = commonest(labelled.set.addresses(), labelled.clusters, clusters.len());
    for (cluster, path) in clusters.iter_mut().zip(paths) {
        let mut prefix = String::new();
        for (octet, size) in path {
            prefix += &format!("{octet}.");
            let share = size as f64 / cluster.size as f64;
            cluster.common_octets.push(Prefix { prefix: format!("{prefix}*"), size, share });
        }
    }
    clusters
}

/// Of each of `k` clusters the commonest first octet with its number of addresses, among those the
/// commonest second octet, and so on; of equals the lowest. One sweep an octet keeps the memory at
/// 256 counters a cluster, however many addresses there are.
fn commonest(addresses: &[u32], clusters: &[u32], k: usize) -> Vec<Vec<(u8, u64)>> {
    let mut paths: Vec<Vec<(u8, u64)>> = vec![Vec::with_capacity(LEADING); k];
    for depth in 0..LEADING {
        let mut counts = vec![[0u64; 256]; k];
        for (&address, &cluster) in addresses.iter().zip(clusters) {
            let cluster = cluster as usize;
            let octets = octets(address);
            if paths[cluster].iter().zip(octets).all(|(&(common, _), octet)| common == octet) {
                counts[cluster][usize::from(octets[depth])] += 1;
            }
        }
        for (path, counts) in paths.iter_mut().zip(&counts) {
            let mut best = (0, 0);
            for (octet, &count) in (0..=u8::MAX).zip(counts) {
                if count > best.1 {
                    best = (octet, count);
                }
            }
            if best.1 > 0 {
                path.push(best);
            }
        }
    }
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_octets_lead_to_addresses_that_exist() {
        let addresses = ["10.1.1.1", "10.2.2.1", "10.2.3.1", "10.2.3.2", "172.2.3.3", "9.9.9.9"]
            .map(|text| crate::input::parse_ipv4(text.as_bytes()).unwrap_or_default());
        let paths = commonest(&addresses, &[0, 0, 0, 0, 0, 2], 3);
        assert_eq!(paths[0], [(10, 4), (2, 3), (3, 2)]);
        assert_eq!(paths[1], []);
        assert_eq!(paths[2], [(9, 1), (9, 1), (9, 1)]);
    }
}
