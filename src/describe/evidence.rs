//! What a finding rests on, for those who want to check it: the block that was swept, the ports that were tried,
//! the peers of a host.

use std::net::Ipv4Addr;

use crate::address::dotted;
use crate::behaviour::{Contacts, Conversation, Conversations, MOST_RECORDS, Service, Side};
use crate::describe::flagged::Anomaly;
use crate::rule::Structure;

/// Findings whose evidence is gathered.
pub const TOLD: usize = 30;

/// Peers of a host that are told.
const PEERS: usize = 12;

/// Cells of a strip.
pub const CELLS: usize = 256;

/// What one finding rests on.
#[derive(Debug, Clone, PartialEq)]
pub enum Evidence {
    /// The addresses of a block that were contacted: how many in each cell, and how many did not answer.
    Block {
        /// The first address of the block.
        first: Ipv4Addr,
        /// Addresses of a cell: 1 in a /24, 256 in a /16.
        each: u32,
        /// Contacted, and silent, in each cell.
        cells: Vec<[u32; 2]>,
    },
    /// The services of one host that were asked for.
    Ports {
        /// The host.
        host: Ipv4Addr,
        /// Ports of a cell.
        each: u32,
        /// The first port of the first cell.
        first: u16,
        /// Asked for, in each cell.
        cells: Vec<[u32; 2]>,
    },
    /// With whom a host has to do, those of the most records first, and how many there are.
    Peers(Vec<Peer>, usize),
}

/// A peer of a host.
#[derive(Debug, Clone, PartialEq)]
pub struct Peer {
    /// Its address.
    pub address: Ipv4Addr,
    /// The records between them, of each service at most [`MOST_RECORDS`].
    pub records: u32,
    /// The services asked for.
    pub services: Vec<Service>,
    /// Whether the host asks, or is asked.
    pub is_asked: bool,
    /// Whether it was answered.
    pub is_answered: Option<bool>,
}

impl Peer {
    /// The records between them, in words.
    pub fn told(&self) -> String {
        match self.records {
            many if many >= MOST_RECORDS => format!("{many} or more"),
            few => few.to_string(),
        }
    }
}

/// The evidence of each of the first [`TOLD`] `findings` of a `side`.
pub fn evidence(
    findings: &[Anomaly],
    structure: &Structure,
    conversations: Option<&Conversations>,
    side: Side,
) -> Vec<Vec<Evidence>> {
    let of_finding = |found: &Anomaly| {
        let Some(conversations) = conversations else { return Vec::new() };
        let address = found.address.to_bits();
        let block = block(address, structure, conversations);
        let ports = ports(address, structure, conversations);
        let mut all: Vec<Evidence> = block.into_iter().chain(ports).collect();
        if all.is_empty() {
            all.extend(peers(address, conversations, side));
        }
        all
    };
    findings.iter().take(TOLD).map(of_finding).collect()
}

fn block(address: u32, structure: &Structure, conversations: &Conversations) -> Option<Evidence> {
    let at = structure.sweeps.binary_search_by_key(&address, |sweep| sweep.source).ok()?;
    let sweep = &structure.sweeps[at];
    let each: u32 = if (sweep.first ^ sweep.last) >> 8 == 0 { 1 } else { 256 };
    let first = sweep.first & !(CELLS as u32 * each - 1);
    let mut cells = vec![[0; 2]; CELLS];
    for Contacts { destination, is_answered, .. } in conversations.of(address) {
        let cell = destination.checked_sub(first).map(|offset| (offset / each) as usize);
        if let Some(cell) = cell.and_then(|cell| cells.get_mut(cell)) {
            cell[0] += 1;
            cell[1] += u32::from(!is_answered && conversations.has_answers());
        }
    }
    Some(Evidence::Block { first: dotted(first), each, cells })
}

fn ports(address: u32, structure: &Structure, conversations: &Conversations) -> Option<Evidence> {
    let at = structure.port_scans.binary_search_by_key(&address, |scan| scan.source).ok()?;
    let scan = &structure.port_scans[at];
    let asked = conversations.between(address, scan.destination);
    let ports: Vec<u16> =
        asked.iter().map(|one| one.service()).filter(|s| s.is_port()).map(Service::port).collect();
    let (first, last) = (*ports.iter().min()?, *ports.iter().max()?);
    // A power of two, so that the whole range is 256 cells of 256 ports.
    let each = (u32::from(last - first) / CELLS as u32 + 1).next_power_of_two();
    let first = u32::from(first) & !(each - 1);
    let all = (0x1_0000 - first) / each;
    let mut cells = vec![[0; 2]; CELLS.min(all as usize)];
    for port in ports {
        let cell = (u32::from(port) - first) / each;
        if let Some(cell) = cells.get_mut(cell as usize) {
            cell[0] += 1;
        }
    }
    Some(Evidence::Ports { host: dotted(scan.destination), each, first: first as u16, cells })
}

fn peers(address: u32, conversations: &Conversations, side: Side) -> Option<Evidence> {
    let mut peers: Vec<Peer> = Vec::new();
    let mut add = |is_asked: bool, pairs: Vec<Vec<Conversation>>| {
        for pair in pairs {
            let Some(&one) = pair.first() else { continue };
            let services =
                pair.iter().map(|one| one.service()).filter(|service| service.is_asked());
            peers.push(Peer {
                address: dotted(if is_asked { one.source() } else { one.destination() }),
                records: pair.iter().map(|one| one.records()).sum(),
                services: services.collect(),
                is_asked,
                is_answered: conversations
                    .has_answers()
                    .then(|| pair.iter().any(|one| one.is_answered())),
            });
        }
    };
    if side != Side::Destination {
        add(false, conversations.pairs_of(address));
    }
    if side != Side::Source {
        add(true, conversations.pairs_to(address));
    }
    let all = peers.len();
    peers.sort_by_key(|peer| (u32::MAX - peer.records, peer.address));
    peers.truncate(PEERS);
    (all > 0).then_some(Evidence::Peers(peers, all))
}
