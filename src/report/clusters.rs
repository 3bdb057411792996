//! What the addresses of each cluster have in common.

use serde::Serialize;

use super::census::Tally;
use crate::address::OCTETS;

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

/// The clusters of these `tallies` for components of these weights and means, in their order.
pub fn clusters(tallies: Vec<Tally>, weights: &[f64], means: &[[f64; OCTETS]]) -> Vec<Cluster> {
    let components = tallies.into_iter().zip(weights).zip(means).enumerate();
    let cluster = |(cluster, ((tally, &weight), &mean))| {
        let Tally { size, packets, commonest } = tally;
        let mut leading = String::new();
        let prefix = |(octet, of): (u8, u64)| {
            leading += &format!("{octet}.");
            Prefix { prefix: format!("{leading}*"), size: of, share: of as f64 / size as f64 }
        };
        let common_octets = commonest.path().map(prefix).collect();
        Cluster { cluster, weight, size, packets, mean, common_octets }
    };
    components.map(cluster).collect()
}
