//! The addresses that lie farthest from their centres.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::address::{OCTETS, Points, octets};
use crate::pass::Centres;

/// An address far from its centre.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Far {
    /// The address.
    pub address: u32,
    /// How often it counts.
    pub weight: u64,
    /// The centre nearest to it.
    pub centre: usize,
}

/// As [`Host::farthest`](super::Host::farthest): one walk on one thread, since few fits ask for it.
pub fn farthest(
    all: &Points<'_>,
    centres: &Centres,
    points: &[[f64; OCTETS]],
    most: usize,
) -> Vec<Far> {
    // The farthest so far, nearest of them on top; of equals the later address leaves first.
    let mut farthest = BinaryHeap::new();
    for (i, &address) in all.addresses().iter().enumerate().filter(|&(i, _)| all.weight(i) > 0) {
        let x = octets(address).map(f64::from);
        let centre = centres.nearest(address);
        let distance: f64 = (0..OCTETS).map(|j| (x[j] - points[centre][j]).powi(2)).sum();
        // Non-negative floats are ordered as their bits are.
        farthest.push((Reverse(distance.to_bits()), i, centre));
        if farthest.len() > most {
            farthest.pop();
        }
    }
    let apart =
        |&(Reverse(distance), ..): &(Reverse<u64>, usize, usize)| f64::from_bits(distance) != 0.0;
    let sorted = farthest.into_sorted_vec().into_iter().take_while(apart);
    sorted
        .map(|(_, i, centre)| Far { address: all.addresses()[i], weight: all.weight(i), centre })
        .collect()
}
