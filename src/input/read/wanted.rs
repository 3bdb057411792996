//! What a run wants from the records of a file, and which addresses count.

use std::sync::Arc;

use crate::address::Blocks;
use crate::behaviour::Counting;
use crate::input::account::Format;
use crate::input::filter::Filter;
use crate::input::options::{Notation, Options, Tunnels};
use crate::input::record::{Cell, Record};
use crate::input::role::Roles;

/// What a run wants from the records of a file.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    /// The roles that the file fills.
    pub roles: Roles,
    /// Whether both sides go into one set, which is kept as that of the sources. Needless where the file
    /// fills only these.
    pub is_any: bool,
    /// Which IPv4 header counts.
    pub tunnels: Tunnels,
    /// Whether protocols, ports or times are needed.
    pub facts: bool,
    /// Whether the times of addresses were asked for.
    pub times: bool,
    /// Whether the records, bytes and times of each address are gathered.
    pub sums: bool,
    /// Whether it is gathered who asks whom for what.
    pub conversations: bool,
    /// How addresses and times may be written.
    pub notation: Notation,
    /// Whether the file is read as a set of blocks, which may be of any size.
    pub is_set_of_blocks: bool,
    /// Which records count.
    pub filter: Option<Filter>,
    /// Only addresses in these blocks count.
    pub only: Option<Arc<Blocks>>,
    /// Addresses in these blocks do not count.
    pub exclude: Option<Arc<Blocks>>,
}

/// Whether an address that was read counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Counts,
    Dropped,
    /// Dropped because its record does not say what the filter asks.
    Unsaid,
}

impl Default for Wanted {
    fn default() -> Self {
        Self::new(Roles::Both, &Options::default())
    }
}

impl Wanted {
    /// What `options` want from a file that fills `roles`.
    pub fn new(roles: Roles, options: &Options) -> Self {
        Self {
            roles,
            is_any: options.roles == Some(Roles::Any) && roles != Roles::Source,
            tunnels: options.tunnels,
            facts: options.needs_facts(),
            times: options.times,
            sums: options.times || options.behaviour != Counting::Off,
            conversations: options.behaviour != Counting::Off,
            notation: options.notation,
            is_set_of_blocks: false,
            filter: options.filter.clone(),
            only: options.only.clone(),
            exclude: options.exclude.clone(),
        }
    }

    /// The same from a file of `format`. A shard has no records of its own. A list has but one side, and an
    /// address of it no more to tell than its count.
    pub fn of(self, format: &Format) -> Self {
        let has_records = !format.is_shard() && (format.has_roles || self.times);
        Self {
            sums: self.sums && (has_records || format.is_behaviour()),
            conversations: self.conversations && format.has_roles,
            ..self
        }
    }

    /// Whether every address counts.
    pub fn is_all(&self) -> bool {
        self.filter.is_none() && self.only.is_none() && self.exclude.is_none()
    }

    /// Whether `address`, one of `record`, counts.
    pub fn judge(&self, record: &Record, address: u32) -> Verdict {
        let is_outside = self.only.as_ref().is_some_and(|only| !only.contains(address));
        if is_outside || self.exclude.as_ref().is_some_and(|out| out.contains(address)) {
            return Verdict::Dropped;
        }
        let own = Cell::plain(address);
        match self.filter.as_ref().map_or(Some(true), |filter| filter.holds(record, own)) {
            Some(true) => Verdict::Counts,
            Some(false) => Verdict::Dropped,
            None => Verdict::Unsaid,
        }
    }

    /// Whether the times of records are needed.
    pub fn needs_times(&self) -> bool {
        self.times || self.filter.as_ref().is_some_and(Filter::needs_times)
    }

    /// Whether the [`Facts`](crate::input::record::Facts) of a record are needed; otherwise they may stay
    /// empty.
    pub fn needs_facts(&self) -> bool {
        self.facts
    }
}
