//! A weighted set as sets of plain addresses, so that passes and kernels need know of no weights.
//!
//! A weight is a sum of powers of two. Plane i holds the addresses whose weight has bit i set, and
//! its statistics count 2^i times: exact for integers, and in floats a change of exponent. So an
//! address is visited once for each bit set in its weight, not once for each packet.

use rayon::slice::ParallelSliceMut;

use crate::address::{Held, Points};

/// Addresses of which each counts `times` times.
#[derive(Debug, Clone)]
pub(super) struct Plane<'a> {
    /// A power of two.
    pub times: u64,
    /// The addresses, in their order in the set.
    pub addresses: Held<'a, u32>,
}

impl<'a> Plane<'a> {
    /// The addresses in ascending order: the set's own, if they are.
    pub fn ascending(&self) -> Held<'a, u32> {
        if self.addresses.is_sorted() {
            return self.addresses.clone();
        }
        let mut sorted = self.addresses.to_vec();
        sorted.par_sort_unstable();
        sorted.into()
    }
}

/// The planes of `points`, lowest bit first, without those that hold no address.
///
/// At least one, as no address counts only in a set without addresses or weights. A plane of every
/// address holds them as the set does: a set without weights is not copied.
pub(super) fn planes<'a>(points: &Points<'a>) -> Vec<Plane<'a>> {
    let all = points.addresses().clone();
    let Some(weights) = points.weights() else { return vec![Plane { times: 1, addresses: all }] };
    let any = weights.iter().fold(0, |any, weight| any | weight);
    let every = weights.iter().fold(u64::MAX, |every, weight| every & weight);
    let bits = (0..u64::BITS).map(|bit| 1 << bit).filter(|times| any & times != 0);
    bits.map(|times| {
        let within = |(&address, weight): (&u32, &u64)| (weight & times != 0).then_some(address);
        let addresses = match every & times {
            0 => {
                let of_plane = points.addresses().iter().zip(weights).filter_map(within);
                of_plane.collect::<Vec<u32>>().into()
            }
            _ => all.clone(),
        };
        Plane { times, addresses }
    })
    .collect()
}

/// The addresses of all planes of `points`: the terms of a sum.
pub(super) fn terms(points: &Points<'_>) -> usize {
    match points.weights() {
        None => points.addresses().len(),
        Some(weights) => weights.iter().map(|weight| weight.count_ones() as usize).sum(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planes_count_each_address_by_its_weight() {
        let (addresses, weights) = ([5, 6, 7, 8], [4, 1, 0, 1 << 40 | 5]);
        let points = Points::weighted(&addresses, &weights).unwrap();
        let cut = planes(&points);
        let found: Vec<_> = cut.iter().map(|p| (p.times, p.addresses.to_vec())).collect();
        assert_eq!(found, [(1, vec![6, 8]), (4, vec![5, 8]), (1 << 40, vec![8])]);
        assert_eq!(terms(&points), 5);
    }

    #[test]
    fn a_plane_of_every_address_is_not_copied() {
        let addresses = [5, 6];
        let weighted = planes(&Points::weighted(&addresses, &[3, 1]).unwrap());
        assert!(weighted[0].addresses.is_borrowed());
        assert_eq!(weighted.len(), 2);
        let unweighted = planes(&Points::new(&[]));
        assert!(unweighted.len() == 1 && unweighted[0].addresses.is_borrowed());
    }
}
