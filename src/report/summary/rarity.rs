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
    found: HashMap<Ipv4Addr, Shared>,
}

impl Rarity {
    /// That of the findings of `captures`. Of an address that is one on both sides each capture counts once.
    pub(super) fn of<C: Counts>(captures: &[Entry<C>]) -> Self {
        let mut found: HashMap<Ipv4Addr, Shared> = HashMap::new();
        for entry in captures {
            for lead in distinct(entry.leads()) {
                let alike = found.entry(lead.address);
                alike.or_insert_with(|| Shared { lead: lead.clone(), captures: 0 }).captures += 1;
            }
        }
        Self { found }
    }

    /// How many captures have the finding `lead`.
    fn captures(&self, lead: &Lead) -> usize {
        self.found.get(&lead.address).map_or(0, |shared| shared.captures)
    }

    /// How many of `leads`, which are of one capture, no other has, those of one address on both sides each.
    pub(super) fn own<'a>(&self, leads: impl Iterator<Item = &'a Lead>) -> usize {
        leads.filter(|lead| self.captures(lead) == 1).count()
    }

    /// Of `leads` the first of those that the fewest captures have.
    pub(super) fn rarest<'a>(&self, leads: impl Iterator<Item = &'a Lead>) -> Option<&'a Lead> {
        leads.min_by_key(|lead| self.captures(lead))
    }

    /// The places of `captures`, those with the most findings of their own first, then those with the rarest, and else
    /// as they stand; with each the rarest finding that none before it has as its own.
    pub(super) fn order<C: Counts>(&self, captures: &[Entry<C>]) -> Vec<(usize, Option<Shared>)> {
        let mut order: Vec<(usize, &Entry<C>)> = captures.iter().enumerate().collect();
        order.sort_by_cached_key(|(_, entry)| {
            let rarest = self.rarest(entry.leads()).map_or(usize::MAX, |lead| self.captures(lead));
            (Reverse(self.own(entry.leads())), rarest, Reverse(entry.findings()))
        });
        let mut told = HashSet::new();
        let row = |(at, entry): (usize, &Entry<C>)| {
            let untold = entry.leads().filter(|lead| !told.contains(&lead.address));
            let lead = self.rarest(untold);
            told.extend(lead.map(|lead| lead.address));
            let lead =
                lead.map(|lead| Shared { lead: lead.clone(), captures: self.captures(lead) });
            (at, lead)
        };
        order.into_iter().map(row).collect()
    }

    /// The findings of several captures, those of the most captures first.
    pub(super) fn into_shared(self) -> Vec<Shared> {
        let mut shared: Vec<Shared> =
            self.found.into_values().filter(|shared| shared.captures > 1).collect();
        shared.sort_by_key(|shared| (Reverse(shared.captures), shared.lead.address));
        shared
    }
}

/// The first of `leads` for each address.
fn distinct<'a>(leads: impl Iterator<Item = &'a Lead>) -> impl Iterator<Item = &'a Lead> {
    let mut seen = HashSet::new();
    leads.filter(move |lead| seen.insert(lead.address))
}
