//! Destinations that nobody asked before and that are asked again and again now, by few: controllers of
//! malware, and whatever else was moved there over night.
//!
//! An address is flagged that the other day has not seen and that has many records for each of its peers.
//! Where each record is a packet, a page of the web takes hundreds of them: there it must have
//! [more](LEAST_PACKETS), over at least half of the time of the capture.
//!
//! Sources are not flagged: of those, new and busy is what every new client is.

use crate::address::{AddressSet, Unit};
use crate::behaviour::Activity;

/// The fewest records for each peer.
pub const LEAST: f64 = 20.0;

/// The fewest packets for each peer, where each record is one.
pub const LEAST_PACKETS: f64 = 100.0;
/// The share of the time of the capture in which it must have been seen then.
const LASTING: f64 = 0.5;

/// How busy an address is: records for each of its peers, if both are known.
pub fn records_a_peer(activity: &Activity) -> Option<f64> {
    let peers = activity.peers.filter(|&peers| peers > 0)?;
    Some(activity.records? as f64 / f64::from(peers))
}

/// The positions of the addresses of `set` that are busy and were not `seen` before, ascending.
pub fn find(set: &AddressSet, seen: impl Fn(u32) -> bool) -> Vec<u32> {
    let activities = || (0..set.len()).map(|at| set.activity(at));
    let is_packet = |at: usize| set.activity(at).records.is_none_or(|n| n == set.packets(at));
    let are_packets = set.unit() == Unit::Packets && (0..set.len()).all(is_packet);
    let spans = || activities().filter_map(|activity| activity.span);
    let first = spans().map(|span| span.first).min().unwrap_or(0);
    let last = spans().map(|span| span.last).max().unwrap_or(0);
    let lasting = LASTING * last.saturating_sub(first) as f64;
    let is_busy = |activity: &Activity| {
        let records = records_a_peer(activity).unwrap_or(0.0);
        let lasts = || {
            let span = activity.span;
            span.is_none_or(|span| span.last.saturating_sub(span.first) as f64 >= lasting)
        };
        if are_packets { records >= LEAST_PACKETS && lasts() } else { records >= LEAST }
    };
    let is_flagged = |&at: &usize| is_busy(&set.activity(at)) && !seen(set.addresses()[at]);
    // Positions fit in u32: there are 2^32 addresses.
    (0..set.len()).filter(is_flagged).map(|at| at as u32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::Counter;
    use crate::behaviour::{Activities, Span, Sum, Ties, Totals};

    /// Addresses, each with its records, its peers and when it was last seen.
    fn set(rows: &[(u32, u64, u32, i64)], unit: Unit) -> AddressSet {
        let mut counter = Counter::default();
        rows.iter().for_each(|&(address, records, ..)| counter.add(address, records));
        let span = |last| Some(Span { first: 0, last });
        let sums = rows.iter().map(|&(address, n, _, last)| Sum {
            address,
            totals: Totals::new(n, None, span(last)),
        });
        let ties = rows
            .iter()
            .map(|&(address, _, peers, _)| (address, Ties::new(Some(peers), None, None)));
        let set = counter.finish().counting(unit);
        let activities = Activities::new(set.addresses(), sums.collect(), Some(ties.collect()));
        set.with_activities(activities)
    }

    #[test]
    fn new_and_busy_is_flagged() {
        let rows = [(1, 40, 2, 9), (2, 40, 2, 9), (3, 39, 2, 9)];
        assert_eq!(find(&set(&rows, Unit::Records), |address| address == 2), [0]);
    }

    #[test]
    fn many_packets_in_a_short_time_are_a_visit() {
        let rows = [(1, 400, 1, 100), (2, 400, 1, 40), (3, 99, 1, 100)];
        assert_eq!(find(&set(&rows, Unit::Packets), |_| false), [0]);
    }
}
