//! One record of a capture, as every format gives it, and what a run wants of records.

use super::cell::Cell;
use super::{Roles, Tunnels};

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
    /// Which IPv4 header counts.
    pub tunnels: Tunnels,
    /// Whether anybody asks for protocols, ports or times.
    pub facts: bool,
}

impl Wanted {
    /// Whether the [`Facts`] of a record are asked for; they may stay empty otherwise.
    pub fn needs_facts(&self) -> bool {
        self.facts
    }
}
