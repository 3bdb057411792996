//! When addresses were seen: the first and the last time of each.
//!
//! Times are gathered beside the packets, and only when asked for. They come in batches, each of which is
//! sorted and merged into a list; a batch is an eighth of the list, so that an address is moved some nine
//! times however many there are.

use rayon::prelude::*;

/// The first and the last time at which an address was seen, in nanoseconds since 1970-01-01 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first.
    pub first: i64,
    /// The last.
    pub last: i64,
}

impl Span {
    /// Of an address whose records say no time: it is after it has been.
    pub(super) const NEVER: Self = Self { first: i64::MAX, last: i64::MIN };

    /// Both.
    fn with(self, other: Self) -> Self {
        Self { first: self.first.min(other.first), last: self.last.max(other.last) }
    }
}

/// The fewest times of a batch: 6 MiB of them.
const LEAST_BATCH: usize = 1 << 18;

/// A batch is this share of the list.
const BATCH_SHARE: usize = 8;

/// Of fewer addresses no times are sorted while they are gathered.
pub const LEAST_SORTED: u64 = LEAST_BATCH as u64;

/// Times by address, while they are gathered: 24 bytes an address, twice that while a batch is merged.
#[derive(Debug, Clone)]
pub struct Times {
    /// Ascending, each address once.
    list: Vec<(u32, Span)>,
    batch: Vec<(u32, Span)>,
    least_batch: usize,
}

impl Default for Times {
    fn default() -> Self {
        Self::new(LEAST_BATCH)
    }
}

impl Times {
    fn new(least_batch: usize) -> Self {
        Self { list: Vec::new(), batch: Vec::new(), least_batch }
    }

    /// Takes note that `address` was seen at `time`.
    #[inline]
    pub fn see(&mut self, address: u32, time: i64) {
        let seen = Span { first: time, last: time };
        // Packets of one address often follow each other.
        if let Some((last, span)) = self.batch.last_mut()
            && *last == address
        {
            *span = span.with(seen);
            return;
        }
        self.batch.push((address, seen));
        if self.batch.len() >= self.least_batch.max(self.list.len() / BATCH_SHARE) {
            self.merge();
        }
    }

    /// Sorts the batch into the list.
    fn merge(&mut self) {
        self.batch.par_sort_unstable_by_key(|&(address, _)| address);
        self.batch.dedup_by(|next, kept| {
            let is_same = next.0 == kept.0;
            if is_same {
                kept.1 = kept.1.with(next.1);
            }
            is_same
        });
        let mut merged = Vec::with_capacity(self.list.len() + self.batch.len());
        let mut list = self.list.drain(..).peekable();
        for (address, mut span) in self.batch.drain(..) {
            while let Some(before) = list.next_if(|&(other, _)| other < address) {
                merged.push(before);
            }
            if let Some((_, seen)) = list.next_if(|&(other, _)| other == address) {
                span = span.with(seen);
            }
            merged.push((address, span));
        }
        merged.extend(list);
        self.list = merged;
    }

    /// The times of each of `addresses`, in their order.
    pub(super) fn of(mut self, addresses: &[u32]) -> Vec<Span> {
        self.merge();
        let list = &self.list;
        let find = |address: &u32| {
            let at = list.binary_search_by_key(address, |&(address, _)| address);
            at.map_or(Span::NEVER, |at| list[at].1)
        };
        addresses.par_iter().map(find).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn first_and_last_are_those_of_all_times(
            seen in prop::collection::vec((0u32..30, any::<i64>()), 0..200),
            least_batch in 1usize..40,
        ) {
            let mut times = Times::new(least_batch);
            let mut model: BTreeMap<u32, Vec<i64>> = BTreeMap::new();
            for &(address, time) in &seen {
                times.see(address, time);
                model.entry(address).or_default().push(time);
            }
            let addresses: Vec<u32> = (0..30).rev().collect();
            let expected: Vec<Span> = addresses.iter().map(|address| {
                let times = model.get(address).map_or(&[][..], Vec::as_slice);
                let (first, last) = (times.iter().min(), times.iter().max());
                first.zip(last).map_or(Span::NEVER, |(&first, &last)| Span { first, last })
            }).collect();
            prop_assert_eq!(times.of(&addresses), expected);
        }
    }
}
