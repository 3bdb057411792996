//! The nearest centre of each address: the hard assignment itself, where
//! [`Lloyd`](super::Lloyd) returns its sums.
//!
//! Scores are integers and ties go to the lowest index, so every engine assigns alike.

use super::Centres;

/// The definition: the index of the centre nearest to each of `addresses`, appended to `indices`.
pub fn assign(centres: &Centres, addresses: &[u32], indices: &mut Vec<u32>) {
    // The host counts far fewer centres than a u32 can.
    indices.extend(addresses.iter().map(|&address| centres.nearest(address) as u32));
}
