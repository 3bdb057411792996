//! The addresses with the highest counters: where an analyst looks when no rule has found anything.

use std::net::Ipv4Addr;

use rayon::prelude::*;
use serde::Serialize;

use crate::address::{AddressSet, dotted};
use crate::behaviour::{Activity, Contacts, Conversations, Side};
use crate::rule::{Context, new_busy};
use crate::words::grouped;

/// How many addresses are told of each counter.
const TOLD: usize = 10;

/// Fewer records for a peer are what any address has.
const LEAST_BUSY: f64 = 5.0;

/// Growth is told of addresses that have at least so many peers or services, or records.
const LEAST_TIES: u32 = 20;
const LEAST_RECORDS: u64 = 50;
/// What a counter is taken to have been before, at least: from little to some is not much.
const TIES_BEFORE: f64 = 2.0;
const RECORDS_BEFORE: f64 = 5.0;
/// How many times as much as before is growth.
const TIMES: f64 = 4.0;

/// The addresses with the highest values of one counter.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Highest {
    /// The counter: a column of addresses.csv, or what is worked out from some.
    pub counter: &'static str,
    /// The addresses, the highest first.
    pub addresses: Vec<Valued>,
}

impl Highest {
    /// A value of the counter, in words.
    pub fn told(&self, value: f64) -> String {
        match self.counter {
            "growth" => format!("{value:.1} times"),
            "records a peer" if value < 100.0 => format!("{value:.1}"),
            _ => grouped(value as u64),
        }
    }
}

/// An address and its value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Valued {
    /// The address.
    pub address: Ipv4Addr,
    /// The value: a number, or of `growth` how many times as much as before.
    pub value: f64,
}

/// The ten highest addresses of `set` by each counter that is known: by those of addresses.csv, by records for each
/// peer, of sources by the records to one destination that nobody else has to do with, and with another day by how
/// much they have grown.
pub fn highest(set: &AddressSet, context: &Context<'_>) -> Vec<Highest> {
    let whole = |count: Option<u32>| count.map(f64::from);
    let large = |count: Option<u64>| count.map(|count| count as f64);
    let mut found = vec![
        of(set, "records", |at| large(set.activity(at).records)),
        of(set, "bytes", |at| large(set.activity(at).bytes)),
        of(set, "peers", |at| whole(set.activity(at).peers)),
        of(set, "services", |at| whole(set.activity(at).services)),
        of(set, "unanswered", |at| whole(set.activity(at).unanswered)),
    ];
    let busy = |at| new_busy::records_a_peer(&set.activity(at)).filter(|&busy| busy >= LEAST_BUSY);
    found.push(of(set, "records a peer", busy));
    if let (Side::Source, Some(conversations), Some(destinations)) =
        (context.side, context.conversations, context.destinations)
    {
        let alone = to_one(conversations, destinations);
        found.push(of(set, "to one alone", |at| {
            let at =
                alone.binary_search_by_key(&set.addresses()[at], |&(source, _)| source).ok()?;
            Some(alone[at].1 as f64).filter(|&records| records >= LEAST_BUSY)
        }));
    }
    if let Some(earlier) = context.earlier {
        // An address that is new has grown from nothing.
        let seen = |at: usize| earlier.has(set.addresses()[at]);
        let grown =
            |at| growth(&set.activity(at), &earlier.of(set.addresses()[at])?).filter(|_| seen(at));
        found.push(of(set, "growth", grown));
    }
    found.retain(|highest| !highest.addresses.is_empty());
    found
}

/// For each source the most records to a destination that has no other peer, ascending by source.
fn to_one(conversations: &Conversations, destinations: &AddressSet) -> Vec<(u32, u64)> {
    let alone = |at: usize| {
        let activity = destinations.activity(at);
        let records = activity.records.filter(|_| activity.peers == Some(1))?;
        Some((destinations.addresses()[at], records))
    };
    let mut alone: Vec<(u32, u64)> = (0..destinations.len()).filter_map(alone).collect();
    alone.sort_unstable();
    let records = |destination: u32| {
        let at = alone.binary_search_by_key(&destination, |&(address, _)| address).ok()?;
        Some(alone[at].1)
    };
    let most = |(source, contacts): (u32, Vec<Contacts>)| {
        let most = contacts.iter().filter_map(|contact| records(contact.destination)).max()?;
        Some((source, most))
    };
    let mut most: Vec<(u32, u64)> = conversations.sources().filter_map(most).collect();
    most.sort_unstable();
    most
}

/// The highest addresses by `value`, of which 0 is none.
fn of(set: &AddressSet, counter: &'static str, value: impl Fn(usize) -> Option<f64>) -> Highest {
    let mut best: Vec<(f64, usize)> = Vec::with_capacity(TOLD + 1);
    for at in 0..set.len() {
        let Some(value) = value(at).filter(|&value| value > 0.0) else { continue };
        // Of equals the first in the set.
        let place = best.partition_point(|&(other, _)| other >= value);
        if place < TOLD {
            best.insert(place, (value, at));
            best.truncate(TOLD);
        }
    }
    let valued = |(value, at): (f64, usize)| Valued { address: dotted(set.addresses()[at]), value };
    Highest { counter, addresses: best.into_iter().map(valued).collect() }
}

/// How many times as much as `then` an address does `now`, if that is much: in peers, services or records.
fn growth(now: &Activity, then: &Activity) -> Option<f64> {
    let ties = |now: Option<u32>, then: Option<u32>| {
        let now = now.filter(|&now| now >= LEAST_TIES)?;
        Some(f64::from(now) / (f64::from(then?) + TIES_BEFORE))
    };
    let records = now.records.filter(|&now| now >= LEAST_RECORDS).zip(then.records);
    let records = records.map(|(now, then)| now as f64 / (then as f64 + RECORDS_BEFORE));
    let ratios = [ties(now.peers, then.peers), ties(now.services, then.services), records];
    let most = ratios.into_iter().flatten().fold(0.0, f64::max);
    (most >= TIMES).then(|| (most * 100.0).round() / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_told_of_what_is_much() {
        let of = |records, peers| Activity {
            records: Some(records),
            peers: Some(peers),
            ..Activity::default()
        };
        assert_eq!(growth(&of(50, 1), &of(0, 0)), Some(10.0));
        assert_eq!(growth(&of(50, 50), &Activity::default()), None, "nothing is known of then");
        assert_eq!(growth(&of(49, 1), &of(0, 0)), None);
        assert_eq!(growth(&of(30, 30), &of(30, 3)), Some(6.0));
        assert_eq!(growth(&of(200, 30), &of(100, 10)), None);
    }
}
