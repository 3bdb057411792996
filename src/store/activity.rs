//! The columns of what addresses did, as all tables have them: shards, and those of the commands that judge.

#[cfg(feature = "report")]
use super::text::{Times, put_number};
#[cfg(feature = "report")]
use crate::address::{AddressSet, Unit};
#[cfg(feature = "report")]
use crate::behaviour::{Activity, Span};

/// All of them but records, which have a column already where records are what is counted.
const COUNTERS: &str = ",bytes,peers,services,unanswered,first_seen,last_seen";
const ALL: &str = ",records,bytes,peers,services,unanswered,first_seen,last_seen";
const TIMES: &str = ",first_seen,last_seen";

/// Whether `header` is one that [`names`] returns.
pub(crate) fn is_header(header: &[u8]) -> bool {
    ["", TIMES, COUNTERS, ALL].iter().any(|known| known.as_bytes() == header)
}

/// The names of the columns that `set` has, each after a comma.
#[cfg(feature = "report")]
pub fn names(set: &AddressSet) -> &'static str {
    let activities = set.activities();
    match (activities.is_empty(), activities.has_ties(), set.unit()) {
        (true, ..) => "",
        (_, false, _) => TIMES,
        (_, _, Unit::Records) => COUNTERS,
        (_, _, Unit::Packets | Unit::Mixed) => ALL,
    }
}

/// Appends what the address at position `at` of `set` did to `text`, each field after a comma; what is not known
/// is empty.
#[cfg(feature = "report")]
pub fn write(set: &AddressSet, at: usize, times: &mut Times, text: &mut Vec<u8>) {
    let activities = set.activities();
    if activities.is_empty() {
        return;
    }
    let Activity { records, bytes, peers, services, unanswered, span } = set.activity(at);
    let mut put = |count: Option<u64>| {
        text.push(b',');
        if let Some(count) = count {
            put_number(count, text);
        }
    };
    if activities.has_ties() {
        if set.unit() != Unit::Records {
            put(records);
        }
        put(bytes);
        [peers, services, unanswered].into_iter().for_each(|count| put(count.map(u64::from)));
    }
    text.push(b',');
    let Some(Span { first, last }) = span else { return text.push(b',') };
    let from = text.len();
    times.put(first, text);
    let to = text.len();
    text.push(b',');
    if first == last {
        text.extend_from_within(from..to);
    } else {
        times.put(last, text);
    }
}
