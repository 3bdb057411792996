//! How far two clusterings of the same addresses agree, and what each says of the other's anomalies.
//!
//! Nothing here knows how a clustering was made. All counts are exact; every distinct address counts
//! once.
//!
//! ```
//! use octomix::describe::agreement::{Agreement, Clustering};
//!
//! let addresses = [0x0a00_0001, 0x0a00_0002, 0x0a00_0101, 0xc0a8_0001];
//! let mixture = Clustering::new(2, &[0, 0, 0, 1], &[false, false, false, true])?;
//! let kmeans = Clustering::new(2, &[1, 1, 1, 0], &[false, false, true, true])?;
//! let agreement = Agreement::new(&addresses, mixture, kmeans)?;
//! assert_eq!(agreement.contingency.adjusted_rand_index(), 1.0);
//! assert_eq!(agreement.shared_anomalies, 1);
//! # Ok::<(), octomix::describe::agreement::AgreementError>(())
//! ```

mod blocks;
mod contingency;

pub use contingency::Contingency;

use blocks::Blocks;

use crate::address::octets;
use crate::describe::octets::{LEADING, ValueCounts};

/// A clustering of addresses, in their order.
#[derive(Debug, Clone, Copy)]
pub struct Clustering<'a> {
    clusters: usize,
    labels: &'a [u32],
    anomalous: &'a [bool],
}

/// Clusterings that cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AgreementError {
    /// There is not one entry for each address.
    #[error("{found} {what} were given for {expected} addresses; give one an address")]
    Count {
        /// What was given: labels, anomalies.
        what: &'static str,
        /// Entries given.
        found: usize,
        /// Addresses.
        expected: usize,
    },
    /// A label names no cluster.
    #[error("address {address} (from 0) has the label {label}; there are {clusters} clusters")]
    Label {
        /// Which address, from 0.
        address: usize,
        /// Its label.
        label: u32,
        /// Clusters.
        clusters: usize,
    },
}

impl<'a> Clustering<'a> {
    /// One of `clusters` for each address, and whether it is anomalous; clusters may be empty.
    ///
    /// # Errors
    /// When there is not one anomaly flag for each label, or a label names no cluster.
    pub fn new(
        clusters: usize,
        labels: &'a [u32],
        anomalous: &'a [bool],
    ) -> Result<Self, AgreementError> {
        let (found, expected) = (anomalous.len(), labels.len());
        if found != expected {
            return Err(AgreementError::Count { what: "anomaly flags", found, expected });
        }
        match labels.iter().position(|&label| label as usize >= clusters) {
            Some(address) => {
                Err(AgreementError::Label { address, label: labels[address], clusters })
            }
            None => Ok(Self { clusters, labels, anomalous }),
        }
    }
}

/// How far two clusterings, A and B, agree.
#[derive(Debug, Clone, PartialEq)]
pub struct Agreement {
    /// Addresses by cluster of A and cluster of B.
    pub contingency: Contingency,
    /// Subnets of 24 leading bits that hold two addresses or more.
    pub blocks: u64,
    /// Addresses that are anomalies of both.
    pub shared_anomalies: u64,
    /// A by itself.
    pub a: Side,
    /// B by itself.
    pub b: Side,
}

/// One of two clusterings.
#[derive(Debug, Clone, PartialEq)]
pub struct Side {
    /// What the addresses of each cluster start with.
    pub profiles: Vec<Profile>,
    /// How many of the subnets of two addresses or more it splits.
    pub split_blocks: u64,
    /// Its anomalies.
    pub anomalies: u64,
    /// In which of the other's clusters they lie.
    pub anomalies_by_other: Vec<u64>,
}

impl Agreement {
    /// Compares `a` and `b`, clusterings of `addresses`, which are distinct.
    ///
    /// # Errors
    /// When one of them has another number of addresses.
    pub fn new(
        addresses: &[u32],
        a: Clustering<'_>,
        b: Clustering<'_>,
    ) -> Result<Self, AgreementError> {
        for clustering in [&a, &b] {
            let (found, expected) = (clustering.labels.len(), addresses.len());
            if found != expected {
                return Err(AgreementError::Count { what: "labels", found, expected });
            }
        }
        let both = a.anomalous.iter().zip(b.anomalous).filter(|&(&a, &b)| a && b);
        let (in_a, in_b) = (Blocks::new(addresses, a.labels), Blocks::new(addresses, b.labels));
        Ok(Self {
            contingency: Contingency::new(a.clusters, b.clusters, a.labels, b.labels),
            blocks: in_a.several,
            shared_anomalies: both.count() as u64,
            a: Side::new(addresses, a, b, in_a.split),
            b: Side::new(addresses, b, a, in_b.split),
        })
    }
}

impl Side {
    fn new(
        addresses: &[u32],
        own: Clustering<'_>,
        other: Clustering<'_>,
        split_blocks: u64,
    ) -> Self {
        let mut anomalies_by_other = vec![0; other.clusters];
        for (_, &label) in own.anomalous.iter().zip(other.labels).filter(|&(&anomaly, _)| anomaly) {
            anomalies_by_other[label as usize] += 1;
        }
        Self {
            profiles: profiles(addresses, own.labels, own.clusters),
            split_blocks,
            anomalies: anomalies_by_other.iter().sum(),
            anomalies_by_other,
        }
    }
}

/// The addresses of one cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// How many there are.
    pub size: u64,
    /// The values of the first, second and third octet, each on its own.
    pub octets: [ValueCounts; LEADING],
}

/// The profile of each of `clusters` clusters; all labels are below that.
fn profiles(addresses: &[u32], labels: &[u32], clusters: usize) -> Vec<Profile> {
    let none = Profile { size: 0, octets: std::array::from_fn(|_| ValueCounts::default()) };
    let mut profiles = vec![none; clusters];
    for (&address, &label) in addresses.iter().zip(labels) {
        let profile = &mut profiles[label as usize];
        profile.size += 1;
        for (counts, octet) in profile.octets.iter_mut().zip(octets(address)) {
            counts.add(octet, 1);
        }
    }
    profiles
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_counted_by_cluster_and_octet() {
        let addresses = [0x0a01_0509, 0x0a02_0509, 0xac02_0501, 0xac02_ff01, 0x0a00_0000];
        let profiles = profiles(&addresses, &[1, 1, 1, 1, 0], 3);
        let told = |cluster: usize| -> [Vec<(u8, u64)>; LEADING] {
            std::array::from_fn(|j| profiles[cluster].octets[j].commonest())
        };
        assert_eq!(
            told(1),
            [vec![(10, 2), (172, 2)], vec![(2, 3), (1, 1)], vec![(5, 3), (255, 1)]]
        );
        assert_eq!(told(0), [vec![(10, 1)], vec![(0, 1)], vec![(0, 1)]]);
        assert_eq!(told(2), [vec![], vec![], vec![]]);
        assert_eq!(profiles.iter().map(|p| p.size).collect::<Vec<_>>(), [1, 4, 0]);
    }

    #[test]
    fn each_side_tells_of_the_others_anomalies() {
        let addresses = [0x0a00_0001, 0x0a00_0002, 0x0a00_0003, 0x0b00_0001, 0x0c00_0001];
        let a = Clustering::new(2, &[0, 0, 1, 1, 1], &[true, true, false, false, true]).unwrap();
        let b = Clustering::new(3, &[2, 0, 0, 0, 0], &[true, false, true, false, true]).unwrap();
        let agreement = Agreement::new(&addresses, a, b).unwrap();
        assert_eq!(agreement.shared_anomalies, 2);
        assert_eq!((agreement.a.anomalies, agreement.b.anomalies), (3, 3));
        assert_eq!(agreement.a.anomalies_by_other, [2, 0, 1]);
        assert_eq!(agreement.b.anomalies_by_other, [1, 2]);
        assert_eq!(agreement.blocks, 1);
        assert_eq!((agreement.a.split_blocks, agreement.b.split_blocks), (1, 1));
        assert_eq!(agreement.contingency.rows(), [[1, 0, 1], [3, 0, 0]]);
        assert_eq!(agreement.b.profiles[1].size, 0);
    }

    #[test]
    fn clusterings_of_other_addresses_are_refused() {
        let one = Clustering::new(1, &[0], &[false]).unwrap();
        let two = Clustering::new(1, &[0, 0], &[false; 2]).unwrap();
        let refused = Agreement::new(&[1], one, two).unwrap_err().to_string();
        assert_eq!(refused, "2 labels were given for 1 addresses; give one an address");
        let refused = Clustering::new(1, &[0], &[]).unwrap_err().to_string();
        assert_eq!(refused, "0 anomaly flags were given for 1 addresses; give one an address");
        let refused = Clustering::new(2, &[0, 2], &[false; 2]).unwrap_err().to_string();
        assert_eq!(refused, "address 1 (from 0) has the label 2; there are 2 clusters");
    }
}
