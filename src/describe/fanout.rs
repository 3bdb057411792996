//! How many peers addresses have, and how many records: what tells a busy server from a scanner at one look.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use crate::address::AddressSet;
use crate::describe::flagged::Anomaly;

/// Places of a decade.
const PLACES: f64 = 8.0;

/// Addresses by the logarithms of their peers and of their records.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fanout {
    /// Peers and records in the middle of a place, and how many addresses are there.
    pub places: Vec<(f64, f64, u64)>,
    /// Those that are findings, one by one.
    pub found: Vec<(Ipv4Addr, f64, f64)>,
}

impl Fanout {
    /// Of the addresses of `set` whose peers and records are known, with the `findings` among them.
    pub fn new(set: &AddressSet, findings: &[Anomaly]) -> Self {
        let known = |at: usize| {
            let activity = set.activity(at);
            let (peers, records) = (activity.peers?, activity.records?);
            (peers > 0).then_some((f64::from(peers), records as f64))
        };
        let mut places: BTreeMap<(i64, i64), u64> = BTreeMap::new();
        for (peers, records) in (0..set.len()).filter_map(known) {
            let place = |value: f64| (value.log10() * PLACES).round() as i64;
            *places.entry((place(peers), place(records))).or_default() += 1;
        }
        let value = |place: i64| 10f64.powf(place as f64 / PLACES);
        let wanted: BTreeMap<u32, Ipv4Addr> =
            findings.iter().map(|found| (found.address.to_bits(), found.address)).collect();
        let found = |at: usize| {
            let &address = wanted.get(&set.addresses()[at])?;
            known(at).map(|(peers, records)| (address, peers, records))
        };
        Self {
            places: places.into_iter().map(|((x, y), n)| (value(x), value(y), n)).collect(),
            found: match wanted.is_empty() {
                true => Vec::new(),
                false => (0..set.len()).filter_map(found).collect(),
            },
        }
    }
}
