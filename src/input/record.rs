//! One record of a capture, as every format gives it, and what a run wants of records.

use std::sync::Arc;

use super::cell::Cell;
use super::{Filter, Options, Roles, Tunnels};
use crate::address::Blocks;

/// One record of a capture: a packet, a flow, a row or a line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record {
    pub source: Cell,
    pub destination: Cell,
    /// The packets it stands for: 1, but in tables that octomix itself wrote.
    pub packets: u64,
    pub facts: Facts,
}

/// What filters and times ask of a record; `None` where its format does not say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Facts {
    pub protocol: Option<u8>,
    pub source_port: Option<u16>,
    pub destination_port: Option<u16>,
    /// Nanoseconds since 1970-01-01 UTC.
    pub time: Option<i64>,
}

/// What a run wants of the records of a file.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    /// The roles that the file fills.
    pub roles: Roles,
    /// Whether they are wanted as one set, and are not only sources, which it is kept as.
    pub is_any: bool,
    /// Which IPv4 header counts.
    pub tunnels: Tunnels,
    /// Whether anybody asks for protocols, ports or times.
    pub facts: bool,
    /// Whether the times of addresses are wanted.
    pub times: bool,
    /// Which records count.
    pub filter: Option<Filter>,
    /// The blocks that an address must be in to count.
    pub only: Option<Arc<Blocks>>,
    /// The blocks whose addresses do not count.
    pub exclude: Option<Arc<Blocks>>,
}

/// What becomes of an address that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Counts,
    Dropped,
    /// Dropped, as its record does not say what the filter asks.
    Unsaid,
}

impl Wanted {
    /// What `options` ask of a file that fills `roles`.
    pub fn new(roles: Roles, options: &Options) -> Self {
        Self {
            roles,
            is_any: options.roles == Some(Roles::Any) && roles != Roles::Source,
            tunnels: options.tunnels,
            facts: options.needs_facts(),
            times: options.times,
            filter: options.filter.clone(),
            only: options.only.clone(),
            exclude: options.exclude.clone(),
        }
    }

    /// Whether no address is dropped.
    pub fn is_all(&self) -> bool {
        self.filter.is_none() && self.only.is_none() && self.exclude.is_none()
    }

    /// What becomes of `address`, one of `record`.
    pub fn judge(&self, record: &Record, address: u32) -> Verdict {
        let is_outside = self.only.as_ref().is_some_and(|only| !only.contains(address));
        if is_outside || self.exclude.as_ref().is_some_and(|out| out.contains(address)) {
            return Verdict::Dropped;
        }
        let own = Cell::Address { address, padded: false };
        match self.filter.as_ref().map_or(Some(true), |filter| filter.holds(record, own)) {
            Some(true) => Verdict::Counts,
            Some(false) => Verdict::Dropped,
            None => Verdict::Unsaid,
        }
    }

    /// Whether the [`Facts`] of a record are asked for; they may stay empty otherwise.
    pub fn needs_facts(&self) -> bool {
        self.facts
    }
}
