//! A histogram of a stream whose range is not known beforehand: its bins double in width when a
//! value does not fit.

/// How many bins are held.
const BINS: usize = 1024;

/// The width of a bin before any has doubled, in nats.
const FINEST: f64 = 1.0 / 4096.0;

/// Counts by log-density. A bin's bounds are multiples of its width, a power of two, so that two bins
/// are exactly one of twice the width.
#[derive(Debug, Clone)]
pub struct Histogram {
    width: f64,
    /// The index of the first bin: it starts at `first * width`.
    first: i64,
    counts: Vec<u64>,
    least: f64,
    most: f64,
}

/// Bins to be shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Bins {
    /// Where the first starts, in nats.
    pub start: f64,
    /// The width of each, in nats.
    pub width: f64,
    /// Addresses in each.
    pub counts: Vec<u64>,
    /// Whether the first also counts all values below it.
    pub open: bool,
}

impl Default for Histogram {
    fn default() -> Self {
        let (least, most) = (f64::INFINITY, f64::NEG_INFINITY);
        Self { width: FINEST, first: 0, counts: Vec::new(), least, most }
    }
}

impl Histogram {
    /// Counts `value`, if it is finite.
    pub fn add(&mut self, value: f64) {
        if !value.is_finite() {
            return;
        }
        self.least = self.least.min(value);
        self.most = self.most.max(value);
        if self.counts.is_empty() {
            self.counts = vec![0; BINS];
            // As multiples of the width both ends fit in an i64 once bins are wide enough.
            while (value / self.width).abs() > 1e15 {
                self.width *= 2.0;
            }
            self.first = (value / self.width).floor() as i64 - BINS as i64 / 2;
        }
        loop {
            let at = (value / self.width).floor() - self.first as f64;
            if at >= 0.0 && at < BINS as f64 {
                self.counts[at as usize] += 1;
                return;
            }
            self.double(at < 0.0);
        }
    }

    /// Doubles the width of the bins; the room gained lies below them, or above.
    fn double(&mut self, below: bool) {
        let half = BINS as i64 / 2;
        let first = self.first.div_euclid(2) - if below { half - 1 } else { 0 };
        let mut counts = vec![0; BINS];
        for (bin, &count) in (self.first..).zip(&self.counts).filter(|&(_, &count)| count > 0) {
            // Within the new bins: they begin below the first, or half of them lie after it.
            counts[(bin.div_euclid(2) - first) as usize] += count;
        }
        *self = Self { width: 2.0 * self.width, first, counts, ..*self };
    }

    /// The least and the largest value; `None` without values.
    pub fn range(&self) -> Option<[f64; 2]> {
        (self.least <= self.most).then_some([self.least, self.most])
    }

    /// At most `most` bins, from `floor` or the least value, whichever is larger, to the largest value;
    /// `None` without values.
    pub fn bins(&self, floor: f64, most: usize) -> Option<Bins> {
        let [least, largest] = self.range()?;
        let from = least.max(floor.min(largest));
        let mut width = self.width;
        while ((largest / width).floor() - (from / width).floor() + 1.0) > most as f64 {
            width *= 2.0;
        }
        let merged = (width / self.width) as i64;
        let first = (from / width).floor() as i64;
        let last = (largest / width).floor() as i64;
        let mut counts = vec![0; (last - first + 1) as usize];
        for (bin, &count) in (self.first..).zip(&self.counts).filter(|&(_, &count)| count > 0) {
            counts[(bin.div_euclid(merged) - first).max(0) as usize] += count;
        }
        let start = first as f64 * width;
        Some(Bins { start, width, counts, open: least < start })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn doubled_bins_count_what_plain_bins_count(
            values in prop::collection::vec(-1e4..1e2f64, 1..200),
            floor in -1e4..1e2f64,
        ) {
            let mut histogram = Histogram::default();
            values.iter().for_each(|&value| histogram.add(value));
            let bins = histogram.bins(floor, 40).unwrap();
            prop_assert!(bins.counts.len() <= 40);
            let at = |value: f64| ((value / bins.width).floor() - bins.start / bins.width).max(0.0);
            for (bin, &count) in bins.counts.iter().enumerate() {
                let expected = values.iter().filter(|&&value| at(value) == bin as f64).count();
                prop_assert_eq!(count, expected as u64);
            }
            let least = values.iter().copied().fold(f64::INFINITY, f64::min);
            prop_assert_eq!(bins.open, least < bins.start);
        }
    }

    #[test]
    fn values_of_any_size_are_counted() {
        let mut histogram = Histogram::default();
        [-1e300, 0.0, f64::NAN, f64::NEG_INFINITY, 3.5]
            .iter()
            .for_each(|&value| histogram.add(value));
        assert_eq!(histogram.range(), Some([-1e300, 3.5]));
        let bins = histogram.bins(f64::NEG_INFINITY, 10).unwrap();
        assert_eq!(bins.counts.iter().sum::<u64>(), 3);
        assert_eq!(Histogram::default().bins(0.0, 10), None);
    }

    #[test]
    fn one_value_is_one_bin() {
        let mut histogram = Histogram::default();
        histogram.add(-7.0);
        let bins = histogram.bins(-20.0, 10).unwrap();
        assert_eq!((bins.counts, bins.open), (vec![1], false));
    }
}
