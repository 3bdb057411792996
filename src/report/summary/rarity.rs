//! In how many captures of a batch each address is a finding: what all have in common is told once, and what is rare
//! first.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::net::Ipv4Addr;

use serde::Serialize;

use super::index::{Counts, Entry};
use crate::describe::flagged::Lead;

/// A finding, and in how many captures it is one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shared {
    /// As the first of them tells it.
    #[serde(flatten)]
    pub lead: Lead,
    /// How many they are.
    pub captures: usize,
}

/// The findings of all captures.
#[derive(Debug)]
pub struct Rarity {
    /// How many captures have each address.
    captures: HashMap<Ipv4Addr, usize>,
    /// What may be told of some.
    leads: HashMap<Ipv4Addr, Lead>,
}

impl Rarity {
    /// That of the findings of `captures`. Of an address that is one on both sides each capture counts once.
    pub(super) fn of<C: Counts>(captures: &[Entry<C>]) -> Self {
        let mut rarity = Self { captures: HashMap::new(), leads: HashMap::new() };
        for entry in captures {
            for address in entry.compared().collect::<HashSet<_>>() {
                *rarity.captures.entry(address).or_default() += 1;
            }
            for lead in entry.leads() {
                rarity.leads.entry(lead.address).or_insert_with(|| lead.clone());
            }
        }
        rarity
    }

    /// How many captures have `address`.
    fn captures(&self, address: Ipv4Addr) -> usize {
        self.captures.get(&address).copied().unwrap_or_default()
    }

    /// How many of `addresses`, which are of one capture, no other has, those on both sides twice.
    pub(super) fn own(&self, addresses: impl Iterator<Item = Ipv4Addr>) -> usize {
        addresses.filter(|&address| self.captures(address) == 1).count()
    }

    /// Of `leads` the first of those that the fewest captures have.
    pub(super) fn rarest<'a>(&self, leads: impl Iterator<Item = &'a Lead>) -> Option<&'a Lead> {
        leads.min_by_key(|lead| self.captures(lead.address))
    }

    /// The places of `captures`, those with the most findings of their own first, then those with the rarest, and else
    /// as they stand; with each the rarest finding that none before it has as its own.
    pub(super) fn order<C: Counts>(&self, captures: &[Entry<C>]) -> Vec<(usize, Option<Shared>)> {
        let mut order: Vec<(usize, &Entry<C>)> = captures.iter().enumerate().collect();
        order.sort_by_cached_key(|(_, entry)| {
            let rarest = self.rarest(entry.leads());
            let rarest = rarest.map_or(usize::MAX, |lead| self.captures(lead.address));
            (Reverse(self.own(entry.compared())), rarest, Reverse(entry.findings()))
        });
        let mut told = HashSet::new();
        let row = |(at, entry): (usize, &Entry<C>)| {
            let untold = entry.leads().filter(|lead| !told.contains(&lead.address));
            let lead = self.rarest(untold);
            told.extend(lead.map(|lead| lead.address));
            let lead = lead
                .map(|lead| Shared { lead: lead.clone(), captures: self.captures(lead.address) });
            (at, lead)
        };
        order.into_iter().map(row).collect()
    }

    /// The findings of several captures, those of the most captures first.
    pub(super) fn into_shared(self) -> Vec<Shared> {
        let Self { captures, leads } = self;
        let shared = leads.into_values().map(|lead| {
            let captures = captures.get(&lead.address).copied().unwrap_or_default();
            Shared { lead, captures }
        });
        let mut shared: Vec<Shared> = shared.filter(|shared| shared.captures > 1).collect();
        shared.sort_by_key(|shared| (Reverse(shared.captures), shared.lead.address));
        shared
    }
}
