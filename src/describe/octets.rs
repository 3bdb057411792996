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

    /// How many different values occur.
    pub fn distinct(&self) -> usize {
        self.0.iter().filter(|&&count| count > 0).count()
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

impl From<&ValueCounts> for OctetValues {
    fn from(counts: &ValueCounts) -> Self {
        let value = |(value, count)| ValueCount { value, count };
        Self {
            distinct: counts.distinct(),
            values: counts.commonest().into_iter().map(value).collect(),
        }
    }
}

impl OctetValues {
    /// The values of `counts`, of which at most `many` are listed.
    pub fn commonest(counts: &ValueCounts, many: usize) -> Self {
        let mut values = Self::from(counts);
        values.values.truncate(many);
        values
    }
}
