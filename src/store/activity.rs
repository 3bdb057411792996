//! The columns of what addresses did, as all tables have them: shards, and those of the commands that judge.

use std::io::{self, Write};

use crate::address::{AddressSet, Unit};
use crate::behaviour::{Activity, Span};
use crate::input::Rfc3339;

/// All of them but records, which have a column already where records are what is counted.
const COUNTERS: &str = ",bytes,peers,services,unanswered,first_seen,last_seen";
const ALL: &str = ",records,bytes,peers,services,unanswered,first_seen,last_seen";
const TIMES: &str = ",first_seen,last_seen";

/// Whether `header` is one that [`names`] returns.
pub(crate) fn is_header(header: &[u8]) -> bool {
    ["", TIMES, COUNTERS, ALL].iter().any(|known| known.as_bytes() == header)
}

/// The names of the columns that `set` has, each after a comma.
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
///
/// # Errors
/// None: `text` does not fail.
pub fn write(set: &AddressSet, at: usize, text: &mut Vec<u8>) -> io::Result<()> {
    let activities = set.activities();
    if activities.is_empty() {
        return Ok(());
    }
    let Activity { records, bytes, peers, services, unanswered, span } = set.activity(at);
    let mut put = |count: Option<u64>| match count {
        Some(count) => write!(text, ",{count}"),
        None => write!(text, ","),
    };
    if activities.has_ties() {
        if set.unit() != Unit::Records {
            put(records)?;
        }
        put(bytes)?;
        [peers, services, unanswered]
            .into_iter()
            .try_for_each(|count| put(count.map(u64::from)))?;
    }
    match span {
        Some(Span { first, last }) => write!(text, ",{},{}", Rfc3339(first), Rfc3339(last)),
        None => write!(text, ",,"),
    }
}
