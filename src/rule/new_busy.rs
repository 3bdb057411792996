//! Destinations that nobody asked before and that are asked again and again now, by few: controllers of
//! malware, and whatever else was moved there over night.
//!
//! An address is flagged that the other day has not seen and that has many records for each of its peers.
//! Sources are not flagged: of those, new and busy is what every new client is.

use crate::behaviour::{Activities, Activity};

/// The fewest records for each peer.
pub const LEAST: f64 = 20.0;

/// How busy an address is: records for each of its peers, if both are known.
pub fn records_a_peer(activity: &Activity) -> Option<f64> {
    let peers = activity.peers.filter(|&peers| peers > 0)?;
    Some(activity.records? as f64 / f64::from(peers))
}

/// The positions of the `addresses` that are busy and were not `seen` before, ascending.
pub fn find(addresses: &[u32], activities: &Activities, seen: impl Fn(u32) -> bool) -> Vec<u32> {
    let is_flagged = |&(at, &address): &(usize, &u32)| {
        records_a_peer(&activities.at(at)).is_some_and(|busy| busy >= LEAST) && !seen(address)
    };
    addresses.iter().enumerate().filter(is_flagged).map(|(at, _)| at as u32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::behaviour::{Sum, Ties};

    #[test]
    fn new_and_busy_is_flagged() {
        let sum = |address, records| Sum::new(address, records, None, None);
        let ties = |address, peers| (address, Ties::new(Some(peers), None, None));
        let sums = vec![sum(1, 40), sum(2, 40), sum(3, 39), sum(4, 40)];
        let all =
            Activities::new(&[1, 2, 3, 4], sums, Some(vec![ties(1, 2), ties(2, 2), ties(3, 2)]));
        assert_eq!(find(&[1, 2, 3, 4], &all, |address| address == 2), [0]);
    }
}
