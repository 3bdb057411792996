//! Peers and services of each address counted approximately, where exact counting would take too much memory.
//!
//! Up to four distinct values are kept as they are; more are counted by HyperLogLog (Flajolet and others 2007) with 64
//! registers, whose standard error is 13 %. The hash is fixed, so that parts unite and the same records give the same
//! estimates. Who answers whom is not known any more.

use std::collections::HashMap;

use super::activity::Ties;
use super::conversation::Conversation;
use super::conversations::Side;
use super::service::Service;

/// Distinct values that are kept.
const KEPT: usize = 4;
/// Bits of a hash that choose a register, and registers.
const CHOICE: u32 = 6;
const REGISTERS: usize = 1 << CHOICE;

/// Distinct values, counted in 24 bytes or 88.
#[derive(Debug, Clone)]
enum Distinct {
    Few([u32; KEPT], u8),
    Many(Box<[u8; REGISTERS]>),
}

impl Default for Distinct {
    fn default() -> Self {
        Self::Few([0; KEPT], 0)
    }
}

/// A hash of 64 bits, all of which depend on all of `value` (the finaliser of MurmurHash3).
fn hash(value: u32) -> u64 {
    let mut hash = u64::from(value).wrapping_add(0x9e37_79b9_7f4a_7c15);
    for factor in [0xff51_afd7_ed55_8ccd, 0xc4ce_b9fe_1a85_ec53] {
        hash = (hash ^ hash >> 33).wrapping_mul(factor);
    }
    hash ^ hash >> 33
}

fn register(registers: &mut [u8; REGISTERS], value: u32) {
    let hash = hash(value);
    let rank = (hash << CHOICE | 1 << (CHOICE - 1)).leading_zeros() as u8 + 1;
    let at = (hash >> (u64::BITS - CHOICE)) as usize;
    registers[at] = registers[at].max(rank);
}

impl Distinct {
    fn add(&mut self, value: u32) {
        match self {
            Self::Few(kept, count) if kept[..usize::from(*count)].contains(&value) => {}
            Self::Few(kept, count) if usize::from(*count) < KEPT => {
                kept[usize::from(*count)] = value;
                *count += 1;
            }
            Self::Few(kept, _) => {
                let mut registers = Box::new([0; REGISTERS]);
                kept.iter().chain([&value]).for_each(|&value| register(&mut registers, value));
                *self = Self::Many(registers);
            }
            Self::Many(registers) => register(registers, value),
        }
    }

    fn count(&self) -> u32 {
        let registers = match self {
            Self::Few(_, count) => return u32::from(*count),
            Self::Many(registers) => registers,
        };
        let all = REGISTERS as f64;
        let sum: f64 = registers.iter().map(|&rank| 0.5f64.powi(rank.into())).sum();
        // The constant for 64 registers, and linear counting where many of them are empty.
        let estimate = 0.709 * all * all / sum;
        let empty = registers.iter().filter(|&&rank| rank == 0).count();
        let estimate = match empty {
            1.. if estimate <= 2.5 * all => all * (all / empty as f64).ln(),
            _ => estimate,
        };
        estimate.round().max(KEPT as f64 + 1.0) as u32
    }
}

/// The peers and services of the addresses of both sides.
#[derive(Debug, Clone, Default)]
pub struct Sketches {
    source: HashMap<u32, [Distinct; 2]>,
    destination: HashMap<u32, [Distinct; 2]>,
    either: HashMap<u32, [Distinct; 2]>,
    /// Whether addresses count on either side.
    is_any: bool,
}

impl Sketches {
    /// Of no conversation yet. Addresses count on either side if they are `any`.
    pub fn new(is_any: bool) -> Self {
        Self { is_any, ..Self::default() }
    }

    /// Counts `conversation`.
    pub fn add(&mut self, conversation: Conversation) {
        let (source, destination) = (conversation.source(), conversation.destination());
        let service = conversation.service();
        let add = |of: &mut HashMap<u32, [Distinct; 2]>, own, other| {
            let [peers, services] = of.entry(own).or_default();
            peers.add(other);
            if service != Service::UNSAID && service.is_port() {
                services.add(service.bits());
            }
        };
        if self.is_any {
            add(&mut self.either, source, destination);
            add(&mut self.either, destination, source);
        } else {
            add(&mut self.source, source, destination);
            add(&mut self.destination, destination, source);
        }
    }

    /// The ties of every address that is on `side`, ascending; nothing is known of answers.
    pub fn ties(&self, side: Side) -> Vec<(u32, Ties)> {
        let counted = match side {
            Side::Source => &self.source,
            Side::Destination => &self.destination,
            Side::Either => &self.either,
        };
        let ties = |(&address, [peers, services]): (&u32, &[Distinct; 2])| {
            (address, Ties::new(Some(peers.count()), Some(services.count()), None))
        };
        let mut ties: Vec<(u32, Ties)> = counted.iter().map(ties).collect();
        ties.sort_unstable_by_key(|&(address, _)| address);
        ties
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_are_exact_and_many_are_near() {
        for all in [0u32, 1, 4, 5, 20, 100, 1_000, 100_000] {
            let mut distinct = Distinct::default();
            for value in (0..all).chain(0..all) {
                distinct.add(value.wrapping_mul(0x9e37_79b1));
            }
            let (found, all) = (f64::from(distinct.count()), f64::from(all));
            // Three standard errors.
            assert!(
                (found - all).abs() <= if all <= 4.0 { 0.0 } else { 0.4 * all },
                "{found} of {all}"
            );
        }
    }

    #[test]
    fn order_changes_nothing() {
        let service = Service::of(Some(6), None, Some(80), true);
        let of = |peers: &mut dyn Iterator<Item = u32>| {
            let mut sketches = Sketches::default();
            peers.for_each(|peer| sketches.add(Conversation::of(1, peer, service, false, (1, 60))));
            sketches.ties(Side::Source)
        };
        assert_eq!(of(&mut (0..900)), of(&mut (0..900).rev()));
    }
}
