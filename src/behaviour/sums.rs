//! The sums of each address: its records and bytes, and when it was seen.

use super::gathered::{Entry, Gathered};

/// The first and the last time at which an address was seen, in nanoseconds since 1970-01-01 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first.
    pub first: i64,
    /// The last.
    pub last: i64,
}

/// What the records of one address add up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sum {
    /// The address.
    pub address: u32,
    /// Its records.
    pub records: u64,
    /// Their bytes, or [`UNSAID`](Self::UNSAID) where no record says any.
    bytes: u64,
    /// The first and the last time, the first after the last where no record says one.
    first: i64,
    last: i64,
}

impl Sum {
    /// The bytes of a record that does not say any.
    pub const UNSAID: u64 = u64::MAX;

    /// Of one record, with its bytes and its time if it says them.
    #[inline]
    pub fn of(address: u32, bytes: u64, time: Option<i64>) -> Self {
        let (first, last) = time.map_or((i64::MAX, i64::MIN), |time| (time, time));
        Self { address, records: 1, bytes, first, last }
    }

    /// Of several records.
    pub fn new(address: u32, records: u64, bytes: Option<u64>, span: Option<Span>) -> Self {
        let bytes = bytes.map_or(Self::UNSAID, |bytes| bytes.min(Self::UNSAID - 1));
        let (first, last) = span.map_or((i64::MAX, i64::MIN), |span| (span.first, span.last));
        Self { address, records, bytes, first, last }
    }

    /// Its bytes, as files hold them.
    pub fn to_bytes(&self) -> [u8; 36] {
        let mut bytes = [0; 36];
        bytes[..4].copy_from_slice(&self.address.to_be_bytes());
        let numbers = [self.records, self.bytes, self.first as u64, self.last as u64];
        for (field, number) in bytes[4..].chunks_exact_mut(8).zip(numbers) {
            field.copy_from_slice(&number.to_le_bytes());
        }
        bytes
    }

    /// Of its bytes.
    pub fn of_bytes(bytes: [u8; 36]) -> Self {
        let (address, numbers) = bytes.split_at(4);
        let address = address.iter().fold(0, |address, &byte| address << 8 | u32::from(byte));
        let number = |at: usize| {
            numbers[8 * at..][..8]
                .iter()
                .rev()
                .fold(0, |number, &byte| number << 8 | u64::from(byte))
        };
        let (first, last) = (number(2) as i64, number(3) as i64);
        Self { address, records: number(0), bytes: number(1), first, last }
    }

    /// The bytes of its records, if any says some; a larger sum stays just below the largest `u64`.
    pub fn bytes(&self) -> Option<u64> {
        (self.bytes != Self::UNSAID).then_some(self.bytes)
    }

    /// When it was seen, if a record says so.
    pub fn span(&self) -> Option<Span> {
        (self.first <= self.last).then_some(Span { first: self.first, last: self.last })
    }
}

impl Entry for Sum {
    type Packed = Self;
    type Key = u32;

    #[inline]
    fn key(self) -> u32 {
        self.address
    }

    #[inline]
    fn absorb(&mut self, other: Self) {
        self.records = self.records.saturating_add(other.records);
        self.bytes = match (self.bytes, other.bytes) {
            (Self::UNSAID, bytes) | (bytes, Self::UNSAID) => bytes,
            (one, two) => one.saturating_add(two).min(Self::UNSAID - 1),
        };
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
    }

    fn pack(self) -> Self {
        self
    }

    fn unpack(packed: Self) -> Self {
        packed
    }
}

/// The sums of all addresses of a role, while they are gathered.
pub type Sums = Gathered<Sum>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_record_says_stays_unsaid() {
        let mut sum = Sum::of(7, Sum::UNSAID, None);
        assert_eq!((sum.bytes(), sum.span()), (None, None));
        sum.absorb(Sum::of(7, 0, Some(-3)));
        sum.absorb(Sum::of(7, Sum::UNSAID, Some(5)));
        assert_eq!((sum.records, sum.bytes()), (3, Some(0)));
        assert_eq!(sum.span(), Some(Span { first: -3, last: 5 }));
        sum.absorb(Sum::new(7, u64::MAX, Some(u64::MAX), None));
        assert_eq!((sum.records, sum.bytes()), (u64::MAX, Some(u64::MAX - 1)));
    }
}
