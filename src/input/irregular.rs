//! What stands in a table besides rows that are as long as its header, in objects besides single values, and in any
//! record besides a number of packets above 0.

use serde::Serialize;

/// How much of it a file has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Irregular {
    /// Rows longer or shorter than the header.
    pub ragged: u64,
    /// How many of `ragged` are longer.
    pub overlong: u64,
    /// Header lines below the first one, which are no records.
    pub headers: u64,
    /// How many of `headers` name other columns than the header before.
    pub changes: u64,
    /// Objects that have a column of addresses where one belongs, of which the first counts.
    pub columns: u64,
    /// Records with an address that say 0 packets, and count as one.
    pub without_packets: u64,
}

impl Irregular {
    /// The sum of both.
    pub fn plus(self, other: Self) -> Self {
        Self {
            ragged: self.ragged + other.ragged,
            overlong: self.overlong + other.overlong,
            headers: self.headers + other.headers,
            changes: self.changes + other.changes,
            columns: self.columns + other.columns,
            without_packets: self.without_packets + other.without_packets,
        }
    }
}
