//! When records were made: how many in each stretch of time.
//!
//! Stretches are whole seconds, doubled as often as needed to keep their number small. Which they are in the end
//! follows from the records alone, so timelines unite exactly.

use std::collections::HashMap;

/// The most stretches with records.
const MOST: usize = 4096;

/// Records by the stretch of time in which they were made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Timeline {
    /// The seconds of a stretch, as a power of two.
    shift: u32,
    /// Records by the number of their stretch since 1970.
    stretches: HashMap<i64, u64>,
}

impl Timeline {
    /// Adds so many `records` of the stretch of 2^`shift` seconds that is numbered `stretch` since 1970.
    pub fn add(&mut self, shift: u32, stretch: i64, records: u64) {
        while self.shift < shift {
            self.double();
        }
        let at = stretch >> (self.shift - shift);
        let sum = self.stretches.entry(at).or_default();
        *sum = sum.saturating_add(records);
        while self.stretches.len() > MOST {
            self.double();
        }
    }

    /// Adds seconds since 1970 with the records of each, those in a row that fall into one stretch at once.
    pub fn extend(&mut self, seconds: &[(i64, u64)]) {
        let shift = self.shift;
        for run in seconds.chunk_by(|one, next| one.0 >> shift == next.0 >> shift) {
            let records = run.iter().fold(0u64, |sum, &(_, records)| sum.saturating_add(records));
            self.add(shift, run[0].0 >> shift, records);
        }
    }

    fn double(&mut self) {
        self.shift += 1;
        for (stretch, records) in std::mem::take(&mut self.stretches) {
            let sum = self.stretches.entry(stretch >> 1).or_default();
            *sum = sum.saturating_add(records);
        }
    }

    /// Whether no record says when it was made.
    pub fn is_empty(&self) -> bool {
        self.stretches.is_empty()
    }

    /// The seconds of a stretch, as a power of two.
    pub fn shift(&self) -> u32 {
        self.shift
    }

    /// The stretches with records, ascending, each with its number since 1970.
    pub fn stretches(&self) -> Vec<(i64, u64)> {
        let mut stretches: Vec<(i64, u64)> =
            self.stretches.iter().map(|(&at, &n)| (at, n)).collect();
        stretches.sort_unstable();
        stretches
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn parts_unite_to_the_whole(
            seconds in prop::collection::vec(prop_oneof![0i64..20_000, -9_000_000i64..9_000_000], 0..6000),
            cut in any::<prop::sample::Index>(),
        ) {
            let of = |seconds: &[i64]| {
                let mut timeline = Timeline::default();
                let records: Vec<(i64, u64)> = seconds.iter().map(|&second| (second, 1)).collect();
                records.chunks(1000).for_each(|some| timeline.extend(some));
                timeline
            };
            let (first, second) = seconds.split_at(cut.index(seconds.len() + 1));
            let mut united = of(second);
            let first = of(first);
            for (stretch, records) in first.stretches() {
                united.add(first.shift(), stretch, records);
            }
            prop_assert_eq!(united, of(&seconds));
        }
    }
}
