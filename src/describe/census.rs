//! What one sweep over the labels of a set gathers: the addresses of each cluster, and the anomalies.

use super::portrait::PortraitBuilder;
use crate::address::{AddressSet, OCTETS, octets};
use crate::rule::judge::Verdict;

/// The addresses of one cluster.
#[derive(Debug, Clone, Default)]
pub struct ClusterTally {
    /// Distinct addresses.
    pub size: u64,
    /// Packets of those addresses.
    pub packets: u64,
    /// The sums of their octets.
    pub octets: [u64; OCTETS],
    /// Where they lie.
    pub portrait: PortraitBuilder,
}

/// Counts labelled addresses; keeps 24 bytes of each anomaly.
#[derive(Debug)]
pub struct Census<'a> {
    set: &'a AddressSet,
    tallies: Vec<ClusterTally>,
    anomalies: Vec<Verdict>,
    /// The addresses and clusters of a set that is not in ascending order: such sets are small.
    unsorted: Option<Vec<(u32, u32)>>,
}

impl<'a> Census<'a> {
    /// An empty census of `set`, which the model splits into so many `clusters`.
    pub fn new(set: &'a AddressSet, clusters: usize) -> Self {
        let unsorted = (!set.addresses().is_sorted()).then(|| Vec::with_capacity(set.len()));
        let tallies = vec![ClusterTally::default(); clusters];
        Self { set, tallies, anomalies: Vec::new(), unsorted }
    }

    /// Counts `verdicts`, which follow those counted before.
    pub fn add(&mut self, verdicts: &[Verdict]) {
        for verdict in verdicts {
            let tally = &mut self.tallies[verdict.cluster() as usize];
            tally.size += 1;
            let packets = self.set.packets(verdict.at as usize);
            tally.packets = tally.packets.saturating_add(packets);
            let address = self.set.addresses()[verdict.at as usize];
            tally
                .octets
                .iter_mut()
                .zip(octets(address))
                .for_each(|(sum, octet)| *sum += u64::from(octet));
            match &mut self.unsorted {
                None => tally.portrait.add(address),
                Some(unsorted) => unsorted.push((address, verdict.cluster())),
            }
            if !verdict.rules().is_empty() {
                self.anomalies.push(*verdict);
            }
        }
    }

    /// The clusters and the anomalies, least dense first; equals stay in the order of the set.
    pub fn finish(mut self) -> (Vec<ClusterTally>, Vec<Verdict>) {
        let mut unsorted = self.unsorted.unwrap_or_default();
        unsorted.sort_unstable();
        for (address, cluster) in unsorted {
            self.tallies[cluster as usize].portrait.add(address);
        }
        self.anomalies
            .sort_unstable_by(|a, b| a.log_density.total_cmp(&b.log_density).then(a.at.cmp(&b.at)));
        (self.tallies, self.anomalies)
    }
}
