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

/// Findings of captures that keep no reason of their own of them, as the first of them tells it.
#[derive(Debug, Default)]
pub struct Leads(HashMap<Ipv4Addr, Lead>);

impl Leads {
    /// Keeps those of `leads` that are of other addresses.
    pub(super) fn keep(&mut self, leads: impl Iterator<Item = Lead>) {
        leads.for_each(|lead| _ = self.0.entry(lead.address).or_insert(lead));
    }
}

/// The findings of all captures.
#[derive(Debug)]
pub struct Rarity {
    /// How many captures have each address.
    captures: HashMap<Ipv4Addr, usize>,
    /// How the first of them tells it.
    leads: Leads,
}

impl Rarity {
    /// That of the findings of `captures`, whose other reasons are in `leads`. Of an address that is one on both sides
    /// each capture counts once.
    pub(super) fn of<C: Counts>(captures: &[Entry<C>], leads: Leads) -> Self {
        let mut rarity = Self { captures: HashMap::new(), leads };
        for entry in captures {
            for address in entry.compared().collect::<HashSet<_>>() {
                *rarity.captures.entry(address).or_default() += 1;
            }
            rarity.leads.keep(entry.leads().cloned());
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

    /// The first of `addresses` that the fewest captures have.
    pub(super) fn rarest(&self, addresses: impl Iterator<Item = Ipv4Addr>) -> Option<Ipv4Addr> {
        addresses.min_by_key(|&address| self.captures(address))
    }

    /// How `address` is told: by one of `own`, or as the first capture tells it.
    pub(super) fn lead<'a>(
        &'a self,
        own: impl IntoIterator<Item = &'a Lead>,
        address: Ipv4Addr,
    ) -> Option<&'a Lead> {
        own.into_iter().find(|lead| lead.address == address).or_else(|| self.leads.0.get(&address))
    }

    /// The places of `captures`, those with the most findings of their own first, then those with the rarest, and else
    /// as they stand; with each the rarest finding that none before it has as its own.
    pub(super) fn order<C: Counts>(&self, captures: &[Entry<C>]) -> Vec<(usize, Option<Shared>)> {
        let mut order: Vec<(usize, &Entry<C>)> = captures.iter().enumerate().collect();
        order.sort_by_cached_key(|(_, entry)| {
            let rarest = self.rarest(entry.compared());
            let rarest = rarest.map_or(usize::MAX, |address| self.captures(address));
            (Reverse(self.own(entry.compared())), rarest, Reverse(entry.findings()))
        });
        let mut told = HashSet::new();
        let row = |(at, entry): (usize, &Entry<C>)| {
            let rarest = self.rarest(entry.compared().filter(|address| !told.contains(address)));
            told.extend(rarest);
            let lead = rarest.and_then(|address| self.lead(entry.leads(), address));
            let captures = rarest.map_or(0, |address| self.captures(address));
            (at, lead.map(|lead| Shared { lead: lead.clone(), captures }))
        };
        order.into_iter().map(row).collect()
    }

    /// The findings of several captures, those of the most captures first.
    pub(super) fn into_shared(self) -> Vec<Shared> {
        let Self { captures, leads } = self;
        let shared = leads.0.into_values().map(|lead| {
            let captures = captures.get(&lead.address).copied().unwrap_or_default();
            Shared { lead, captures }
        });
        let mut shared: Vec<Shared> = shared.filter(|shared| shared.captures > 1).collect();
        shared.sort_by_key(|shared| (Reverse(shared.captures), shared.lead.address));
        shared
    }
}
