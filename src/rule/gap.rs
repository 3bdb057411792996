//! Hosts far from all others of a dense /24.
//!
//! Were the m other hosts of a /24 spread evenly over its 256 addresses, none of them would lie within
//! a window of W addresses with probability `p = (1 - W / 256)^m`. The window reaches as far to either
//! side as the nearest host lies away, and ends where the /24 does: its width is set by the distance
//! alone, so p is the probability of a distance so large. The hosts flagged are those of the
//! procedure of Benjamini and Hochberg (1995) at 0.001 over all hosts.
//!
//! The ends of a /24 are no hosts: .0 names the network, .255 all of its hosts. Routers sit at .1 and
//! .254 by custom, apart from the hosts that they serve; they are never flagged. In a /24 of fewer than
//! [`LEAST_HOSTS`] hosts everything is spread by custom, and none is.

use super::prefix::{Ascending, walk};

/// The share of mistakes to be expected among the flagged.
const MISTAKES: f64 = 1e-3;

/// Addresses of a /24.
const SIZE: usize = 256;

/// Of fewer hosts a /24 is a cell or a small office, where servers and printers sit apart from each other.
pub const LEAST_HOSTS: usize = 60;

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
    let first = block.iter().position(|&a| is_host(a))?;
    let last = block.iter().rposition(|&a| is_host(a))?;
    Some((first, &block[first..=last]))
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
        let held = (0..).zip(classes).filter(|&(_, size)| size > 0);
        let mut ranked: Vec<(f64, u64)> =
            held.map(|(class, size)| (log_probability(class), size)).collect();
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
        let Some((before, hosts)) = hosts(block).filter(|(_, hosts)| hosts.len() >= LEAST_HOSTS)
        else {
            return;
        };
        for (at, _) in hosts.iter().enumerate().filter(|&(_, &host)| !is_customary(host)) {
            if let Some(window) = Window::new(hosts, at) {
                visit(rank + before + at, &window);
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_reaches_as_far_as_the_nearest_host() {
        let window = |hosts: &[u32], host: u32| {
            Window::around(&Ascending::new(hosts), host).map(|w| (w.first, w.last, w.others))
        };
        assert_eq!(window(&[10, 20, 40], 20), Some((11, 29, 2)));
        assert_eq!(window(&[10, 20, 40], 40), Some((21, 59, 2)));
        // It ends with the /24.
        assert_eq!(window(&[10, 200], 200), Some((11, 255, 1)));
        assert_eq!(window(&[10, 11], 11), Some((11, 11, 1)));
        // The ends of a /24 are no hosts, and the next /24 is another.
        assert_eq!(window(&[0, 10, 20, 255, 256], 20), Some((11, 29, 1)));
        assert_eq!(window(&[0, 10, 255], 10), None);
        assert_eq!(window(&[10, 255], 255), None);
    }

    #[test]
    fn the_probability_is_the_formulas() {
        let window = Window { first: 11, last: 29, others: 7 };
        assert_eq!(window.width(), 19);
        let expected = (1.0 - 19.0 / 256.0_f64).powi(7);
        assert!((log_probability(window.class()).exp() - expected).abs() < 1e-12);
        assert!((window.expected() - 7.0 * 19.0 / 256.0).abs() < 1e-12);
    }

    /// The definition of Benjamini and Hochberg over every host.
    #[test]
    fn the_flagged_are_those_of_the_procedure() {
        let subnet = |third: u32, octets: &[u32]| {
            octets.iter().map(move |octet| third << 8 | octet).collect::<Vec<_>>()
        };
        let dense: Vec<u32> = (10..90).chain([1, 140, 200, 254]).collect();
        let mut addresses =
            [subnet(1, &dense), subnet(2, &dense[..60]), subnet(9, &[5, 99])].concat();
        addresses.sort_unstable();
        let ascending = Ascending::new(&addresses);
        let mut probabilities = Vec::new();
        each_host(&ascending, |rank, w| probabilities.push((log_probability(w.class()), rank)));
        probabilities.sort_by(|a, b| a.0.total_cmp(&b.0));
        let all = probabilities.len() as f64;
        let rejected =
            |&(k, (p, _)): &(usize, &(f64, usize))| p.exp() <= 1e-3 * (k + 1) as f64 / all;
        let last = probabilities.iter().enumerate().rfind(rejected).map(|(k, _)| k);
        let mut expected: Vec<usize> =
            probabilities[..last.map_or(0, |k| k + 1)].iter().map(|p| p.1).collect();
        expected.sort_unstable();
        let mut found = Vec::new();
        Gap::new(&ascending).each(&ascending, |rank| found.push(rank));
        assert_eq!(found, expected);
        let flagged: Vec<u32> = found.iter().map(|&rank| addresses[rank]).collect();
        assert_eq!(flagged, [0x18c, 0x1c8], "and neither .1 nor .254");
    }
}
