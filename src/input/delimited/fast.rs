//! Many rows at a time, as long as they hold no quotes: fields are found by comparing 64 bytes at once.
//!
//! Of each 64 bytes three words of bits are made: delimiters, line ends, and what only the exact reader
//! understands. Delimiters are counted, not visited, but for those around the columns read.

use fearless_simd::{Simd, SimdBase, SimdMask, u8x64};

/// Bytes compared at once, one bit of a word each.
const WORD: usize = 64;

/// The delimiters beside some columns, by their number in the row, from 1, ascending.
#[derive(Debug, Default)]
pub(super) struct Targets(Vec<u32>);

/// Between which delimiters a column stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Between {
    /// The target before it; the first column has none.
    from: Option<usize>,
    /// The target after it, if the row has so many.
    to: usize,
}

impl Targets {
    /// Those of the columns with these numbers, from 0.
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

    /// Room for the place of each.
    pub fn room(&self) -> Vec<usize> {
        vec![0; self.0.len()]
    }

    /// Where the column with number `column`, one of them, stands.
    pub fn between(&self, column: usize) -> Between {
        let at = |target: usize| self.0.binary_search(&(target as u32)).unwrap_or_else(|at| at);
        Between { from: (column > 0).then(|| at(column)), to: at(column + 1) }
    }
}

/// A row without quotes.
pub(super) struct PlainRow<'a> {
    bytes: &'a [u8],
    /// Where it starts, and where its line end does.
    pub start: usize,
    pub end: usize,
    pub fields: usize,
    found: &'a [usize],
}

impl<'a> PlainRow<'a> {
    /// The content of a column; nothing where the row is too short.
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
        // In bounds, as delimiters ascend: the check is for what that may miss.
        self.bytes.get(from..to).unwrap_or_default()
    }
}

/// Hands rows of `bytes`, from byte `at` on, where one starts, to `take`, blank lines among them; returns
/// where a row starts that it cannot read, or that has no line end. `found` is the room that the targets need.
#[inline(always)]
pub(super) fn rows<S: Simd>(
    simd: S,
    bytes: &[u8],
    at: usize,
    delimiter: u8,
    targets: &Targets,
    found: &mut [usize],
    mut take: impl FnMut(PlainRow<'_>),
) -> usize {
    let Targets(targets) = targets;
    let (mut row, mut passed, mut next) = (at, 0u32, 0);
    let mut word = at;
    while word < bytes.len() {
        let masks = Masks::new(simd, &bytes[word..], delimiter);
        // The bits of the word that are not done with.
        let mut live = u64::MAX;
        loop {
            let ends = masks.ends & live;
            let end = ends & ends.wrapping_neg();
            // All bits before the line end, or all if there is none.
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
            take(PlainRow {
                bytes,
                start: row,
                end: end_at - usize::from(is_pair),
                fields: passed as usize + 1,
                found: &found[..next],
            });
            (row, passed, next) = (end_at + 1, 0, 0);
            live = !(end | end.wrapping_sub(1));
        }
        word += WORD;
    }
    row
}

/// What the bits of 64 bytes say; bits beyond the bytes are 0.
struct Masks {
    delimiters: u64,
    ends: u64,
    /// Quotes, and CRs that no LF follows.
    strange: u64,
}

impl Masks {
    #[inline(always)]
    fn new<S: Simd>(simd: S, bytes: &[u8], delimiter: u8) -> Self {
        let Some(whole) = bytes.first_chunk::<WORD>() else {
            let mut padded = [0; WORD];
            padded[..bytes.len()].copy_from_slice(bytes);
            return Self::of(simd, &padded, false, delimiter);
        };
        Self::of(simd, whole, bytes.get(WORD) == Some(&b'\n'), delimiter)
    }

    #[inline(always)]
    fn of<S: Simd>(simd: S, bytes: &[u8; WORD], is_end_next: bool, delimiter: u8) -> Self {
        let bytes = u8x64::from_slice(simd, bytes);
        let is = |byte: u8| bytes.simd_eq(u8x64::splat(simd, byte)).to_bitmask();
        let (ends, returns) = (is(b'\n'), is(b'\r'));
        let before_ends = ends >> 1 | u64::from(is_end_next) << (WORD - 1);
        Self { delimiters: is(delimiter), ends, strange: is(b'"') | (returns & !before_ends) }
    }
}

/// The place of set bit number `n`, from 0, of `bits`, which has more than `n`.
#[inline(always)]
fn nth(mut bits: u64, n: u32) -> usize {
    for _ in 0..n {
        bits &= bits.wrapping_sub(1);
    }
    bits.trailing_zeros() as usize
}
