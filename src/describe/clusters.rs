//! What the addresses of each cluster have in common.

use serde::Serialize;

use super::census::ClusterTally;
use super::cover::CoverBlock;
use super::octets::{LEADING, OctetValues};
use super::portrait::{KindCount, Portrait, Spread};
use crate::address::OCTETS;
use crate::rule::judge::Verdict;

/// How many values of an octet are listed.
const VALUES: usize = 16;

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
    /// The mean of its addresses, in octets; of an empty cluster that of the component, which is in model.json.
    pub mean: [f64; OCTETS],
    /// The commonest first octet, the commonest second one after it, and so on; none for an
    /// empty cluster.
    pub common_octets: Vec<Prefix>,
    /// The values of the first, second and third octet, the 16 commonest listed.
    pub octets: [OctetValues; LEADING],
    /// Blocks that hold all of its addresses, ascending.
    pub blocks: Vec<ClusterBlock>,
    /// Its addresses in blocks that are set aside, by what these are for.
    pub kinds: Vec<KindCount>,
    /// How close together its addresses lie; `None` for an empty cluster.
    pub spread: Option<Spread>,
    /// Its addresses that are flagged.
    pub anomalies: u64,
}

/// The clusters that hold addresses, the heaviest first, as most models number them.
pub fn by_weight(clusters: &[Cluster]) -> Vec<&Cluster> {
    let mut full: Vec<&Cluster> = clusters.iter().filter(|cluster| cluster.size > 0).collect();
    full.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    full
}

/// A part of the address space that holds addresses of a cluster.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClusterBlock {
    /// An address, a CIDR block, or the ends of a range: `10.0.0.0/8`, `10.0.0.1-10.0.0.9`.
    pub block: String,
    /// Addresses of the cluster in it.
    pub addresses: u64,
    /// All of its addresses.
    pub span: u64,
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

/// Describes each cluster: its component's weight and mean, its tally, and how many of its addresses
/// are `flagged`. Clusters, weights and means come in the order of the components.
pub fn clusters(
    tallies: Vec<ClusterTally>,
    weights: &[f64],
    means: &[[f64; OCTETS]],
    flagged: &[Verdict],
) -> Vec<Cluster> {
    let mut anomalies = vec![0; means.len()];
    flagged.iter().for_each(|row| anomalies[row.cluster() as usize] += 1);
    let components = tallies.into_iter().zip(weights).zip(means).zip(anomalies).enumerate();
    let cluster = |(cluster, (((tally, &weight), &mean), anomalies))| {
        let ClusterTally { size, packets, octets: sums, portrait } = tally;
        let mean = if size == 0 { mean } else { sums.map(|sum| sum as f64 / size as f64) };
        let Portrait { path, octets, blocks, kinds, spread } = portrait.finish();
        let mut leading = String::new();
        let prefix = |(octet, of): (u8, u64)| {
            leading += &format!("{octet}.");
            Prefix { prefix: format!("{leading}*"), size: of, share: of as f64 / size as f64 }
        };
        let common_octets = path.into_iter().map(prefix).collect();
        let octets = octets.each_ref().map(|counts| OctetValues::new(counts, VALUES));
        let block = |block: &CoverBlock| ClusterBlock {
            block: block.to_string(),
            addresses: block.addresses,
            span: block.span(),
        };
        Cluster {
            cluster,
            weight,
            size,
            packets,
            mean,
            common_octets,
            octets,
            blocks: blocks.iter().map(block).collect(),
            kinds,
            spread,
            anomalies,
        }
    };
    components.map(cluster).collect()
}
