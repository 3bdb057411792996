//! The values that an octet takes among some addresses: counted, and the commonest first.

use serde::Serialize;

use crate::address::OCTETS;

/// How many leading octets are counted; the fourth is the address's own.
pub const LEADING: usize = OCTETS - 1;

/// How often an octet takes each value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueCounts([u64; 256]);

impl Default for ValueCounts {
    /// No address yet.
    fn default() -> Self {
        Self([0; 256])
    }
}

impl ValueCounts {
    /// Counts `addresses` more whose octet is `value`.
    pub fn add(&mut self, value: u8, addresses: u64) {
        self.0[usize::from(value)] += addresses;
    }

    /// The values that occur with their counts, the commonest first, of equals the lowest.
    pub fn commonest(&self) -> Vec<(u8, u64)> {
        let mut counts: Vec<(u8, u64)> =
            (0..=u8::MAX).zip(self.0).filter(|&(_, count)| count > 0).collect();
        // Stable: equals stay in the order of their values.
        counts.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
        counts
    }
}

/// The values of an octet.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OctetValues {
    /// How many different ones there are.
    pub distinct: usize,
    /// All of them, or as many as are listed, the commonest first.
    pub values: Vec<ValueCount>,
}

/// How often an octet takes a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ValueCount {
    /// The value.
    pub value: u8,
    /// Addresses that have it.
    pub count: u64,
}

impl OctetValues {
    /// The values of `counts`, at most `many` of them listed.
    pub fn new(counts: &ValueCounts, many: usize) -> Self {
        let all = counts.commonest();
        let value = |(value, count)| ValueCount { value, count };
        Self { distinct: all.len(), values: all.into_iter().take(many).map(value).collect() }
    }
}
