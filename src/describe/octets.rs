//! The values that an octet takes among some addresses, the commonest first.

use serde::Serialize;

use super::agreement::ValueCounts;

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
    /// The values of `counts`, of which so `many` are listed at most.
    pub fn commonest(counts: &ValueCounts, many: usize) -> Self {
        let mut values = Self::from(counts);
        values.values.truncate(many);
        values
    }
}
