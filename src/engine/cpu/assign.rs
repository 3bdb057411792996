//! The nearest centre of each address, in the order of the set.

use fearless_simd::{Level, dispatch};

use super::nearest::{Rounded, append};
use crate::pass::Centres;

/// Appends the index of the centre nearest to each of `addresses` to `indices`.
pub(super) fn assign(level: Level, centres: &Centres, addresses: &[u32], indices: &mut Vec<u32>) {
    let rounded = Rounded::new(centres);
    dispatch!(level, simd => append(simd, &rounded, addresses, indices));
}
