//! What the addresses of each cluster start with: the values of their leading octets.

use crate::address::octets;
use crate::describe::octets::{LEADING, ValueCounts};

/// The addresses of one cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// How many there are.
    pub size: u64,
    /// The values of the first, second and third octet, each on its own.
    pub octets: [ValueCounts; LEADING],
}

/// The profile of each of `clusters` clusters; all labels are below that.
pub(super) fn profiles(addresses: &[u32], labels: &[u32], clusters: usize) -> Vec<Profile> {
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
}
