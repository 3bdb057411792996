//! Conditions, and what they say about a record. How they are written is not known here. Conditions nest,
//! so evaluation recurses; the parser limits the depth.

use std::ops::RangeInclusive;

use crate::address::Blocks;
use crate::input::protocol::has_ports;
use crate::input::record::{Cell, Facts, Record};
use crate::input::role::Role;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Protocol(Vec<u8>),
    /// Of `Any`, a port on either side.
    Port(Role, Vec<RangeInclusive<u16>>),
    Time(RangeInclusive<i64>),
    /// Of `Any`, the address to be counted.
    Inside(Role, Blocks),
}

impl Condition {
    pub(super) fn holds(&self, record: &Record, own: Cell) -> Option<bool> {
        match self {
            Condition::All(parts) => junction(false, parts.iter().map(|it| it.holds(record, own))),
            Condition::Any(parts) => junction(true, parts.iter().map(|it| it.holds(record, own))),
            Condition::Not(part) => part.holds(record, own).map(|holds| !holds),
            Condition::Protocol(protocols) => {
                record.facts.protocol.map(|protocol| protocols.contains(&protocol))
            }
            Condition::Port(side, ports) => port_holds(*side, ports, &record.facts),
            Condition::Time(span) => record.facts.time.map(|time| span.contains(&time)),
            Condition::Inside(end, blocks) => {
                let cell = match end {
                    Role::Source => record.source,
                    Role::Destination => record.destination,
                    Role::Any => own,
                };
                match cell {
                    Cell::Address { address, .. } => Some(blocks.contains(address)),
                    // Blocks are of IPv4.
                    Cell::Ipv6 | Cell::NotIp => Some(false),
                    Cell::Missing | Cell::Network { .. } | Cell::Malformed => None,
                }
            }
        }
    }

    /// Whether this or a part of it is `wanted`.
    pub(super) fn any(&self, wanted: &dyn Fn(&Condition) -> bool) -> bool {
        wanted(self)
            || match self {
                Condition::All(parts) | Condition::Any(parts) => {
                    parts.iter().any(|part| part.any(wanted))
                }
                Condition::Not(part) => part.any(wanted),
                _ => false,
            }
    }
}

/// Kleene's conjunction, which one false part decides, or his disjunction, which one true part decides.
fn junction(deciding: bool, parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut holds = Some(!deciding);
    for part in parts {
        match part {
            Some(part) if part == deciding => return Some(deciding),
            Some(_) => {}
            None => holds = None,
        }
    }
    holds
}

fn port_holds(side: Role, ports: &[RangeInclusive<u16>], facts: &Facts) -> Option<bool> {
    let holds = |port: Option<u16>| match port {
        Some(port) => Some(ports.iter().any(|range| range.contains(&port))),
        // An ICMP packet has no port, and so not this one.
        None => facts.protocol.filter(|&protocol| !has_ports(protocol)).map(|_| false),
    };
    match side {
        Role::Source => holds(facts.source_port),
        Role::Destination => holds(facts.destination_port),
        Role::Any => {
            junction(true, [facts.source_port, facts.destination_port].into_iter().map(holds))
        }
    }
}
