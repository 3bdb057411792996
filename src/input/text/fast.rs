//! Many rows at a time, as long as they have no quotes that mean something: fields are found by comparing 64 bytes at once.
//!
//! Each 64 bytes become three words of bits: delimiters, line ends, and bytes that only the exact reader
//! understands. Delimiters are counted rather than visited, except for those around the columns that are
//! read.

/// What quotes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quotes {
    /// Bytes like others.
    Plain,
    /// Bytes that only the exact reader understands.
    Strange,
}

/// What rows are cut by: the delimiter of their fields, and what quotes are.
pub(super) type Cuts = (u8, Quotes);

/// Bytes compared at once, one bit of a word each.
const WORD: usize = 64;

/// The delimiters next to the columns that are read, by their number in the row from 1, ascending.
#[derive(Debug, Default)]
pub(super) struct Targets(Vec<u32>);

/// The delimiters that enclose a column.
#[derive(Debug, Clone, Copy)]
pub(super) struct Between {
    /// The target before the column; the first column has none.
    from: Option<usize>,
    /// The target after the column, if the row has as many.
    to: usize,
}

impl Targets {
    /// The targets for the columns with these numbers, from 0.
    pub fn new(columns: impl Iterator<Item = usize>) -> Self {
        let mut targets: Vec<u32> = columns
            // A header has at most 16 MiB.
            .flat_map(|column| [column as u32, column as u32 + 1])
            .filter(|&target| target > 0)
            .collect();
        targets.sort_unstable();
        targets.dedup();
        Self(targets)
    }

    /// Room for the position of each target.
    pub fn room(&self) -> Vec<usize> {
        vec![0; self.0.len()]
    }

    /// The targets that enclose `column`, which must be one of the columns.
    pub fn between(&self, column: usize) -> Between {
        let at = |target: usize| self.0.binary_search(&(target as u32)).unwrap_or_else(|at| at);
        Between { from: (column > 0).then(|| at(column)), to: at(column + 1) }
    }
}

/// A row whose quotes, if any, mean nothing.
pub(super) struct PlainRow<'a> {
    bytes: &'a [u8],
    /// Where the row starts, and where its line end starts.
    pub start: usize,
    pub end: usize,
    pub fields: usize,
    found: &'a [usize],
}

impl<'a> PlainRow<'a> {
    /// The content of a column; empty if the row is too short.
    #[inline(always)]
    pub fn field(&self, between: Between) -> &'a [u8] {
        let from = match between.from {
            None => self.start,
            Some(target) => match self.found.get(target) {
                Some(delimiter) => delimiter + 1,
                None => return b"",
            },
        };
        let to = self.found.get(between.to).copied().unwrap_or(self.end);
        // In bounds, because delimiters ascend; `get` avoids relying on it.
        self.bytes.get(from..to).unwrap_or_default()
    }
}

/// Passes the rows of `bytes`, blank lines included, to `take`, from byte `at`, where a row must start, as
/// long as it returns true. Returns where the first row starts that it cannot read or that has no line end,
/// or that follows the one at which `take` returned false. `found` is the
/// [room](Targets::room) of the targets.
pub(super) fn rows(
    bytes: &[u8],
    at: usize,
    cuts: Cuts,
    targets: &Targets,
    found: &mut [usize],
    take: impl FnMut(PlainRow<'_>) -> bool,
) -> usize {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("popcnt")
        && is_x86_feature_detected!("bmi1")
    {
        // SAFETY: the machine has the features that the function is compiled for.
        return unsafe { rows_avx2(bytes, at, cuts, targets, found, take) };
    }
    rows_of::<Portable>(bytes, at, cuts, targets, found, take)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,popcnt,bmi1")]
fn rows_avx2(
    bytes: &[u8],
    at: usize,
    cuts: Cuts,
    targets: &Targets,
    found: &mut [usize],
    take: impl FnMut(PlainRow<'_>) -> bool,
) -> usize {
    rows_of::<Avx2>(bytes, at, cuts, targets, found, take)
}

#[inline(always)]
fn rows_of<C: Compare>(
    bytes: &[u8],
    at: usize,
    cuts: Cuts,
    targets: &Targets,
    found: &mut [usize],
    mut take: impl FnMut(PlainRow<'_>) -> bool,
) -> usize {
    let Targets(targets) = targets;
    let (mut row, mut passed, mut next) = (at, 0u32, 0);
    let mut word = at;
    while word < bytes.len() {
        let masks = Masks::new::<C>(&bytes[word..], cuts);
        // The bits of the word that are still to be handled.
        let mut live = u64::MAX;
        loop {
            let ends = masks.ends & live;
            let end = ends & ends.wrapping_neg();
            // All bits before the line end, or all bits if there is none.
            let of_row = live & end.wrapping_sub(1);
            if masks.strange & of_row != 0 {
                return row;
            }
            let delimiters = masks.delimiters & of_row;
            let count = delimiters.count_ones();
            while next < targets.len() && targets[next] <= passed + count {
                found[next] = word + nth(delimiters, targets[next] - passed - 1);
                next += 1;
            }
            passed += count;
            if end == 0 {
                break;
            }
            let end_at = word + end.trailing_zeros() as usize;
            let is_pair = end_at > row && bytes[end_at - 1] == b'\r';
            let goes_on = take(PlainRow {
                bytes,
                start: row,
                end: end_at - usize::from(is_pair),
                fields: passed as usize + 1,
                found: &found[..next],
            });
            (row, passed, next) = (end_at + 1, 0, 0);
            if !goes_on {
                return row;
            }
            live = !(end | end.wrapping_sub(1));
        }
        word += WORD;
    }
    row
}

/// What 64 bytes are, one bit each; bits beyond the end are 0.
struct Masks {
    delimiters: u64,
    ends: u64,
    /// Quotes that mean something, and CRs that are not followed by LF.
    strange: u64,
}

impl Masks {
    #[inline(always)]
    fn new<C: Compare>(bytes: &[u8], cuts: Cuts) -> Self {
        let Some(whole) = bytes.first_chunk::<WORD>() else {
            return Self::of_some(bytes, cuts);
        };
        Self::of::<C>(whole, bytes.get(WORD) == Some(&b'\n'), cuts)
    }

    /// For fewer bytes. This is a separate function without vectors: where both ways meet, compilers take
    /// vectors apart.
    #[inline(never)]
    fn of_some(bytes: &[u8], cuts: Cuts) -> Self {
        let mut padded = [0; WORD];
        padded[..bytes.len()].copy_from_slice(bytes);
        Self::of::<Portable>(&padded, false, cuts)
    }

    #[inline(always)]
    fn of<C: Compare>(bytes: &[u8; WORD], is_end_next: bool, cuts: Cuts) -> Self {
        let (delimiter, meaning) = cuts;
        let [delimiters, ends, quotes, returns] = C::equal(bytes, [delimiter, b'\n', b'"', b'\r']);
        let quotes = if meaning == Quotes::Strange { quotes } else { 0 };
        let before_ends = ends >> 1 | u64::from(is_end_next) << (WORD - 1);
        Self { delimiters, ends, strange: quotes | (returns & !before_ends) }
    }
}

/// Compares 64 bytes with each of four byte values; one word per value, one bit per byte.
trait Compare {
    fn equal(bytes: &[u8; WORD], with: [u8; 4]) -> [u64; 4];
}

/// Eight bytes at a time, on any machine.
struct Portable;

impl Compare for Portable {
    #[inline(always)]
    fn equal(bytes: &[u8; WORD], with: [u8; 4]) -> [u64; 4] {
        const LOW: u64 = u64::from_ne_bytes([1; 8]);
        const SEVEN: u64 = u64::from_ne_bytes([0x7f; 8]);
        // This multiplication gathers the lowest bits of eight bytes in the highest byte.
        const GATHER: u64 = 0x0102_0408_1020_4080;
        with.map(|byte| {
            let byte = LOW * u64::from(byte);
            bytes.chunks_exact(8).enumerate().fold(0, |bits, (at, eight)| {
                let eight = eight.try_into().map_or(0, u64::from_le_bytes);
                let differ = eight ^ byte;
                // The highest bit of each byte that is exactly 0: no carry leaves its byte.
                let equal = !(((differ & SEVEN) + SEVEN) | differ | SEVEN) >> 7;
                bits | (equal.wrapping_mul(GATHER) >> 56) << (8 * at)
            })
        })
    }
}

/// 32 bytes at a time.
#[cfg(target_arch = "x86_64")]
struct Avx2;

#[cfg(target_arch = "x86_64")]
impl Compare for Avx2 {
    #[inline(always)]
    fn equal(bytes: &[u8; WORD], with: [u8; 4]) -> [u64; 4] {
        use std::arch::x86_64::{
            __m256i, _mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_movemask_epi8, _mm256_set1_epi8,
        };
        // SAFETY: this is only compiled into `rows_avx2`, which runs only on machines with AVX2; both loads
        // are within the 64 bytes.
        unsafe {
            let halves: *const __m256i = bytes.as_ptr().cast();
            let (low, high) = (_mm256_loadu_si256(halves), _mm256_loadu_si256(halves.add(1)));
            // Not a closure, which would be a function of its own, compiled without AVX2.
            let mut words = [0; 4];
            for (word, byte) in words.iter_mut().zip(with) {
                let byte = _mm256_set1_epi8(byte.cast_signed());
                let low = _mm256_movemask_epi8(_mm256_cmpeq_epi8(low, byte)).cast_unsigned();
                let high = _mm256_movemask_epi8(_mm256_cmpeq_epi8(high, byte)).cast_unsigned();
                *word = u64::from(low) | u64::from(high) << (WORD / 2);
            }
            words
        }
    }
}

/// The position of set bit number `n`, from 0, of `bits`, which must have more than `n` bits set.
#[inline(always)]
fn nth(mut bits: u64, n: u32) -> usize {
    for _ in 0..n {
        bits &= bits.wrapping_sub(1);
    }
    bits.trailing_zeros() as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn machines_agree(
            bytes in prop::collection::vec(prop_oneof![Just(b','), Just(b'"'), Just(b'\n'), any::<u8>()], WORD),
            with in prop::array::uniform4(prop_oneof![Just(b','), Just(b'"'), any::<u8>()]),
        ) {
            let bytes: &[u8; WORD] = bytes.first_chunk().unwrap();
            let expected = with.map(|byte| {
                (0..WORD).filter(|&at| bytes[at] == byte).fold(0, |bits, at| bits | 1u64 << at)
            });
            prop_assert_eq!(Portable::equal(bytes, with), expected);
            #[cfg(target_arch = "x86_64")]
            if is_x86_feature_detected!("avx2") {
                prop_assert_eq!(Avx2::equal(bytes, with), expected);
            }
        }
    }
}
