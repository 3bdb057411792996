//! The addresses that another day has not seen, of which the busiest are told, and of equally busy ones those that
//! the model expects least.

use std::cmp::Reverse;
use std::net::Ipv4Addr;

use serde::Serialize;

use crate::address::{AddressSet, dotted};
use crate::behaviour::Earlier;
use crate::rule::judge::Verdict;

/// How many are told.
const TOLD: usize = 10;

/// An address that another day has not seen.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct NewAddress {
    /// The address.
    pub address: Ipv4Addr,
    /// Its packets, or what else was counted.
    pub packets: u64,
    /// Its log-density, in nats.
    pub log_density: f64,
}

/// Finds them as addresses are judged.
#[derive(Debug)]
pub struct Newest<'a> {
    set: &'a AddressSet,
    earlier: &'a Earlier,
    told: Vec<NewAddress>,
}

impl<'a> Newest<'a> {
    /// None yet of `set`, beside an `earlier` day.
    pub fn new(set: &'a AddressSet, earlier: &'a Earlier) -> Self {
        Self { set, earlier, told: Vec::with_capacity(TOLD + 1) }
    }

    /// Looks at `verdicts`, which follow those before.
    pub fn add(&mut self, verdicts: &[Verdict]) {
        for &Verdict { at, log_density, .. } in verdicts {
            let (address, packets) =
                (self.set.addresses()[at as usize], self.set.packets(at as usize));
            let goes_before = |other: &NewAddress| {
                let order = Reverse(packets).cmp(&Reverse(other.packets));
                order.then(log_density.total_cmp(&other.log_density)).is_lt()
            };
            // Of equals the first in the set.
            let place = self.told.partition_point(|other| !goes_before(other));
            // Looked for last: most addresses would not be told anyway.
            if place < TOLD && !self.earlier.has(address) {
                self.told
                    .insert(place, NewAddress { address: dotted(address), packets, log_density });
                self.told.truncate(TOLD);
            }
        }
    }

    /// The first of them.
    pub fn finish(self) -> Vec<NewAddress> {
        self.told
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::Counter;
    use crate::behaviour::Activities;
    use crate::pass::label::Label;
    use crate::rule::judge::Judge;

    #[test]
    fn the_busiest_and_then_the_least_expected_are_told() {
        let mut counter = Counter::default();
        (1..=20).for_each(|address| counter.count(address));
        (0..4).for_each(|_| counter.count(7));
        (0..9).for_each(|_| counter.count(3));
        let set = counter.finish();
        let label = |at: usize| Label { cluster: 0, log_density: -f64::from(set.addresses()[at]) };
        let labels: Vec<Label> = (0..set.len()).map(label).collect();
        let rows: Vec<Verdict> =
            Judge { threshold: None, flags: &[] }.verdicts(0, &labels).collect();
        let earlier = Earlier::new(vec![3, 20], Activities::default());
        let mut newest = Newest::new(&set, &earlier);
        rows.chunks(7).for_each(|rows| newest.add(rows));
        let told: Vec<u32> = newest.finish().iter().map(|new| new.address.to_bits()).collect();
        assert_eq!(told, [7, 19, 18, 17, 16, 15, 14, 13, 12, 11]);
    }
}
