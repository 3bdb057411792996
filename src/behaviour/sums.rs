//! What records add up to: how many they are, their bytes, and when they were made; and the sums of each address.

use super::combiner::Combiner;
use super::gathered::{Entry, Gathered, Keyed};
use super::radix;

/// The first and the last time at which an address was seen, in nanoseconds since 1970-01-01 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first.
    pub first: i64,
    /// The last.
    pub last: i64,
}

/// What records add up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Totals {
    /// How many there are.
    pub records: u64,
    /// Their bytes, or [`UNSAID`](Self::UNSAID) where no record says any.
    bytes: u64,
    /// The first and the last time, the first after the last where no record says one.
    first: i64,
    last: i64,
}

impl Totals {
    /// The bytes of a record that does not say any.
    const UNSAID: u64 = u64::MAX;

    /// Of no record.
    pub const NONE: Self =
        Self { records: 0, bytes: Self::UNSAID, first: i64::MAX, last: i64::MIN };

    /// Of one record, with its bytes and its time if it says them.
    #[inline]
    pub fn of(bytes: Option<u64>, time: Option<i64>) -> Self {
        Self::new(1, bytes, time.map(|time| Span { first: time, last: time }))
    }

    /// Of several records.
    #[inline]
    pub fn new(records: u64, bytes: Option<u64>, span: Option<Span>) -> Self {
        let bytes = bytes.map_or(Self::UNSAID, |bytes| bytes.min(Self::UNSAID - 1));
        let (first, last) = span.map_or((i64::MAX, i64::MIN), |span| (span.first, span.last));
        Self { records, bytes, first, last }
    }

    /// The bytes of the records, if any says some; a larger sum stays just below the largest `u64`.
    pub fn bytes(&self) -> Option<u64> {
        (self.bytes != Self::UNSAID).then_some(self.bytes)
    }

    /// When the first and the last were made, if any says so.
    pub fn span(&self) -> Option<Span> {
        (self.first <= self.last).then_some(Span { first: self.first, last: self.last })
    }

    /// Adds `other`.
    #[inline]
    pub fn absorb(&mut self, other: Self) {
        self.records = self.records.saturating_add(other.records);
        self.bytes = match (self.bytes, other.bytes) {
            (Self::UNSAID, bytes) | (bytes, Self::UNSAID) => bytes,
            (one, two) => one.saturating_add(two).min(Self::UNSAID - 1),
        };
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
    }
}

/// What the records of one address add up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sum {
    /// The address.
    pub address: u32,
    /// Its records.
    pub totals: Totals,
}

impl Keyed for Sum {
    type Key = u32;

    #[inline]
    fn key(self) -> u32 {
        self.address
    }

    #[inline]
    fn absorb(&mut self, other: Self) {
        self.totals.absorb(other.totals);
    }
}

impl Entry for Sum {
    type Packed = Self;
    /// The address, the bytes and the time of one record, from the highest bit to the lowest.
    type Light = u128;

    fn pack(self) -> Self {
        self
    }

    fn unpack(packed: Self) -> Self {
        packed
    }

    #[inline]
    fn lighten(self) -> Option<u128> {
        let Totals { records, bytes, first, last } = self.totals;
        let bytes = match bytes {
            Totals::UNSAID => u32::MAX,
            bytes => u32::try_from(bytes).ok().filter(|&bytes| bytes < u32::MAX)?,
        };
        // The earliest of all times stands for none.
        let time = match (first, last) {
            (i64::MAX, i64::MIN) => i64::MIN,
            (first, last) if first == last && first > i64::MIN => first,
            _ => return None,
        };
        let address = u128::from(self.address) << 96;
        let light = address | u128::from(bytes) << 64 | u128::from(time as u64);
        (records == 1).then_some(light)
    }

    fn sort(lights: &mut Vec<u128>, room: &mut Vec<u128>) {
        radix::sort(lights, room, |&light| (light >> 96) as u32);
    }

    #[inline]
    fn of_light(light: u128) -> Self {
        let bytes = (light >> 64) as u32;
        let bytes = (bytes != u32::MAX).then_some(u64::from(bytes));
        let time = Some(light as i64).filter(|&time| time > i64::MIN);
        Self { address: (light >> 96) as u32, totals: Totals::of(bytes, time) }
    }
}

/// The sums of all addresses of a role, while they are gathered.
#[derive(Debug, Clone, Default)]
pub struct Sums {
    recent: Combiner<Sum>,
    list: Gathered<Sum>,
}

impl Sums {
    /// Adds `sums`.
    pub fn add(&mut self, sums: &[Sum]) {
        self.recent.add(sums, |sum| self.list.add(sum));
    }

    /// The sum of each address, ascending.
    pub fn finish(mut self) -> Vec<Sum> {
        self.recent.finish(|sum| self.list.add(sum));
        self.list.finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_record_is_sorted_as_what_it_is(address: u32, bytes: Option<u64>, time: Option<i64>) {
            let time = time.filter(|&time| time > i64::MIN);
            for bytes in [bytes, bytes.map(|bytes| bytes % 10), Some(u64::from(u32::MAX))] {
                let sum = Sum { address, totals: Totals::of(bytes, time) };
                let light = sum.lighten();
                prop_assert_eq!(light.map_or(sum, Sum::of_light), sum);
                let is_light = bytes.is_none_or(|bytes| bytes < u64::from(u32::MAX));
                prop_assert_eq!(light.is_some(), is_light);
            }
        }
    }

    #[test]
    fn what_no_record_says_stays_unsaid() {
        let mut totals = Totals::of(None, None);
        assert_eq!((totals.bytes(), totals.span()), (None, None));
        totals.absorb(Totals::of(Some(0), Some(-3)));
        totals.absorb(Totals::of(None, Some(5)));
        totals.absorb(Totals::NONE);
        assert_eq!((totals.records, totals.bytes()), (3, Some(0)));
        assert_eq!(totals.span(), Some(Span { first: -3, last: 5 }));
        totals.absorb(Totals::new(u64::MAX, Some(u64::MAX), None));
        assert_eq!((totals.records, totals.bytes()), (u64::MAX, Some(u64::MAX - 1)));
    }
}
