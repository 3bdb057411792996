//! Order statistics of more numbers than are kept: a radix select over a few passes.
//!
//! The bits of an `f64` can be turned so that they order as the numbers do (`total_cmp`). A pass
//! counts the values by some leading bits, which tells for each rank the few values among which it
//! is found. Once these are few enough they are kept and sorted; until then another pass counts
//! them by the bits that follow. So up to 4 million values take one pass, more of them two as a
//! rule, and three at the most, as all equal ones would.

use std::iter::zip;

/// The values that are kept at most: 32 MiB.
const KEPT: u64 = 1 << 22;

/// The bits by which a pass counts: 32 MiB of counters. The first ones are the sign, the exponent
/// and 10 bits of the mantissa, so that a bin is a thousandth of its values wide.
const BITS: u32 = 22;

/// The values of rank `ranks`, from 0, ascending, in ascending order of the `count` values that
/// `pass` hands to its sink. Each pass hands out the same values.
///
/// Ranks beyond the last are the last. Should the passes differ after all, what is returned is one
/// of the values or near one.
///
/// # Errors
/// When a pass fails.
pub(crate) fn order_statistics<E>(
    count: u64,
    ranks: &[u64],
    pass: impl FnMut(&mut dyn FnMut(f64)) -> Result<(), E>,
) -> Result<Vec<f64>, E> {
    select(count, ranks, KEPT, pass)
}

fn select<E>(
    count: u64,
    ranks: &[u64],
    kept: u64,
    mut pass: impl FnMut(&mut dyn FnMut(f64)) -> Result<(), E>,
) -> Result<Vec<f64>, E> {
    // For each rank the values among which it is found; equal ones follow each other.
    let mut bins = vec![Bin { prefix: 0, below: 0, size: count }; ranks.len()];
    let mut open = u64::BITS;
    while open > 0 {
        let mut distinct = bins.clone();
        distinct.dedup_by_key(|bin| bin.prefix);
        if distinct.iter().map(|bin| bin.size).sum::<u64>() <= kept {
            return keep(&distinct, open, &bins, ranks, pass);
        }
        let bits = BITS.min(open);
        let left = open - bits;
        let mut counts: Vec<Vec<u64>> = vec![vec![0; 1 << bits]; distinct.len()];
        pass(&mut |value| {
            let key = key(value);
            for (bin, counts) in distinct.iter().zip(&mut counts) {
                if bin.holds(key, open) {
                    counts[(key >> left) as usize & ((1 << bits) - 1)] += 1;
                }
            }
        })?;
        for (bin, &rank) in bins.iter_mut().zip(ranks) {
            let of_bin = zip(&distinct, &counts).find(|(of, _)| of.prefix == bin.prefix);
            if let Some((_, counts)) = of_bin {
                *bin = bin.refine(counts, bits, rank);
            }
        }
        open = left;
    }
    // No bit is open: the values of a bin are equal.
    Ok(bins.iter().map(|bin| value(bin.prefix)).collect())
}

/// The values of rank `ranks`, each in its bin, from a pass that keeps those of all `distinct` bins.
fn keep<E>(
    distinct: &[Bin],
    open: u32,
    bins: &[Bin],
    ranks: &[u64],
    mut pass: impl FnMut(&mut dyn FnMut(f64)) -> Result<(), E>,
) -> Result<Vec<f64>, E> {
    let mut keys = Vec::with_capacity(distinct.iter().map(|bin| bin.size as usize).sum());
    pass(&mut |value| {
        let key = key(value);
        if distinct.iter().any(|bin| bin.holds(key, open)) {
            keys.push(key);
        }
    })?;
    keys.sort_unstable();
    let found = |(bin, rank): (&Bin, &u64)| {
        let first = keys.partition_point(|key| prefix(*key, open) < bin.prefix);
        let at = first + (rank - bin.below) as usize;
        value(*keys.get(at).or(keys.last()).unwrap_or(&(bin.prefix << (open % u64::BITS))))
    };
    Ok(bins.iter().zip(ranks).map(found).collect())
}

/// The values whose keys begin with the same bits.
#[derive(Debug, Clone, Copy)]
struct Bin {
    prefix: u64,
    /// How many values are less than all of it.
    below: u64,
    /// How many it has.
    size: u64,
}

impl Bin {
    fn holds(&self, key: u64, open: u32) -> bool {
        prefix(key, open) == self.prefix
    }

    /// The part of it that holds `rank`, of parts of sizes `counts` by the next `bits`.
    fn refine(&self, counts: &[u64], bits: u32, rank: u64) -> Self {
        let mut part = Self { prefix: self.prefix << bits, below: self.below, size: 0 };
        for (next, &size) in counts.iter().enumerate().filter(|&(_, &size)| size > 0) {
            part = Self {
                prefix: self.prefix << bits | next as u64,
                below: part.below + part.size,
                size,
            };
            if rank < part.below + size {
                break;
            }
        }
        part
    }
}

/// The bits of `key` above the lowest `open`.
fn prefix(key: u64, open: u32) -> u64 {
    key.checked_shr(open).unwrap_or(0)
}

const SIGN: u64 = 1 << 63;

/// Bits that order as `total_cmp` does.
pub(crate) fn key(value: f64) -> u64 {
    let bits = value.to_bits();
    if bits & SIGN == 0 { bits | SIGN } else { !bits }
}

/// The inverse of [`key`].
pub(crate) fn value(key: u64) -> f64 {
    f64::from_bits(if key & SIGN == 0 { !key } else { key & !SIGN })
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use proptest::prelude::*;

    use super::*;

    fn found(values: &[f64], ranks: &[u64], kept: u64) -> (Vec<f64>, usize) {
        let mut passes = 0;
        let pass = |sink: &mut dyn FnMut(f64)| {
            passes += 1;
            values.iter().for_each(|&value| sink(value));
            Ok::<_, Infallible>(())
        };
        let Ok(found) = select(values.len() as u64, ranks, kept, pass);
        (found, passes)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn the_statistics_are_those_of_a_sorted_list(
            mut values in prop::collection::vec(
                prop_oneof![any::<f64>(), -30.0..-20.0, Just(-25.0), Just(-0.0), -20.1..-20.0],
                1..200,
            ),
            ranks in prop::collection::vec(any::<prop::sample::Index>(), 0..4),
            kept in 0u64..60,
        ) {
            let mut ranks: Vec<u64> =
                ranks.iter().map(|rank| rank.index(values.len()) as u64).collect();
            ranks.sort_unstable();
            let (found, passes) = found(&values, &ranks, kept);
            values.sort_unstable_by(f64::total_cmp);
            let expected = ranks.iter().map(|&rank| values[rank as usize].to_bits());
            prop_assert_eq!(
                found.iter().map(|value| value.to_bits()).collect::<Vec<_>>(),
                expected.collect::<Vec<_>>()
            );
            prop_assert!(passes <= 3);
        }
    }

    #[test]
    fn passes_are_few() {
        let values: Vec<f64> = (0..100_000).map(|i| -30.0 + f64::from(i) * 1e-4).collect();
        assert_eq!(found(&values, &[4000, 4001], 100_000).1, 1);
        let (found, passes) = found(&values, &[4000, 4001], 1000);
        assert_eq!((found, passes), (values[4000..4002].to_vec(), 2));
    }

    #[test]
    fn passes_that_differ_end_in_some_value() {
        let mut passes = 0;
        let pass = |sink: &mut dyn FnMut(f64)| {
            passes += 1;
            (0..100 / passes).for_each(|i| sink(f64::from(i)));
            Ok::<_, Infallible>(())
        };
        let Ok(found) = select(100, &[99], 1, pass);
        assert!(found.len() == 1 && found[0].is_finite(), "{found:?}");
    }
}
