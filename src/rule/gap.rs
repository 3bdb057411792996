//! Hosts far from all others of a dense /24.
//!
//! Were the m other hosts of a /24 spread evenly over its 256 addresses, none of them would lie within
//! a window of W addresses with probability `p = (1 - W / 256)^m`. The window reaches as far to either
//! side as the nearest host lies away, and ends where the /24 does: its width is set by the distance
//! alone, so p is the probability of a distance so large. The hosts flagged are those of the
//! procedure of Benjamini and Hochberg (1995) at 0.001 over all hosts.
//!
//! The ends of a /24 are no hosts: .0 names the network, .255 all of its hosts. Routers sit at .1 and
//! .254 by custom, apart from the hosts that they serve; they are never flagged.

use std::ops::RangeInclusive;

use super::prefix::{Ascending, walk};

/// The share of mistakes to be expected among the flagged.
const MISTAKES: f64 = 1e-3;

/// Addresses of a /24.
const SIZE: usize = 256;

/// Whether the address ends in an octet that a host can have.
fn is_host(address: u32) -> bool {
    !matches!(address & 0xff, 0 | 255)
}

/// Whether a router is expected there, or nobody.
fn is_customary(address: u32) -> bool {
    matches!(address & 0xff, 0 | 1 | 254 | 255)
}

/// The empty window around a host of a /24.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Its first address.
    pub first: u32,
    /// Its last address.
    pub last: u32,
    /// Other hosts of the /24.
    pub others: usize,
}

impl Window {
    /// Around the host `hosts[at]`, all of them being hosts of one /24; `None` where there is no other.
    fn new(hosts: &[u32], at: usize) -> Option<Self> {
        let address = hosts[at];
        let below = at.checked_sub(1).map(|before| address - hosts[before]);
        let above = hosts.get(at + 1).map(|after| after - address);
        let free = below.into_iter().chain(above).min()? - 1;
        let octet = address & 0xff;
        Some(Self {
            first: address - free.min(octet),
            last: address + free.min(255 - octet),
            others: hosts.len() - 1,
        })
    }

    /// Around `address`, one of `addresses`; `None` where it is no host, or alone in its /24.
    pub fn around(addresses: &Ascending<'_>, address: u32) -> Option<Self> {
        let block = &addresses.addresses()[addresses.block(address, 24)];
        let (_, hosts) = hosts(block)?;
        let at = hosts.binary_search(&address).ok()?;
        Self::new(hosts, at)
    }

    /// How many addresses it has.
    pub fn width(&self) -> usize {
        (self.last - self.first) as usize + 1
    }

    /// Hosts expected in it were the others spread evenly.
    pub fn expected(&self) -> f64 {
        (self.others * self.width()) as f64 / SIZE as f64
    }

    fn class(&self) -> usize {
        self.others * SIZE + self.width() - 1
    }
}

/// The natural logarithm of the probability of a class.
fn log_probability(class: usize) -> f64 {
    let (others, width) = (class / SIZE, class % SIZE + 1);
    others as f64 * (-(width as f64) / SIZE as f64).ln_1p()
}

/// The hosts of the addresses of one /24, and how many addresses come before them.
fn hosts(block: &[u32]) -> Option<(usize, &[u32])> {
    let range: RangeInclusive<usize> =
        block.iter().position(|&a| is_host(a))?..=block.iter().rposition(|&a| is_host(a))?;
    Some((*range.start(), &block[range]))
}

/// What the rule found: from which probability on a distance is too large to be one of many.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gap {
    /// The logarithm of the largest probability that is flagged; infinite where none is.
    most: f64,
}

impl Gap {
    /// Compares the distances of all hosts of `addresses`.
    pub fn new(addresses: &Ascending<'_>) -> Self {
        // A probability follows from the other hosts and the width: 65,536 classes.
        let mut classes = vec![0u64; SIZE * SIZE];
        each_host(addresses, |_, window| classes[window.class()] += 1);
        let all = classes.iter().sum::<u64>() as f64;
        let mut ranked: Vec<(f64, u64)> = classes
            .iter()
            .enumerate()
            .filter(|&(_, &size)| size > 0)
            .map(|(class, &size)| (log_probability(class), size))
            .collect();
        ranked.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let (mut below, mut most) = (0, f64::NEG_INFINITY);
        for (probability, size) in ranked {
            below += size;
            if probability <= (MISTAKES * below as f64 / all).ln() {
                most = probability;
            }
        }
        Self { most }
    }

    /// Calls `flag` with the rank of each host that is flagged, in ascending order.
    pub fn each(&self, addresses: &Ascending<'_>, mut flag: impl FnMut(usize)) {
        if self.most == f64::NEG_INFINITY {
            return;
        }
        each_host(addresses, |rank, window| {
            if log_probability(window.class()) <= self.most {
                flag(rank);
            }
        });
    }
}

/// Calls `visit` with the rank and the window of every host that could be flagged.
fn each_host(addresses: &Ascending<'_>, mut visit: impl FnMut(usize, &Window)) {
    walk(addresses.addresses(), &[24], |block, rank, _| {
        let Some((before, hosts)) = hosts(block) else { return };
        for (at, &host) in hosts.iter().enumerate().filter(|&(_, &host)| !is_customary(host)) {
            debug_assert!(is_host(host));
            if let Some(window) = Window::new(hosts, at) {
                visit(rank + before + at, &window);
            }
        }
    });
}
