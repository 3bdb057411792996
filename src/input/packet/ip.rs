//! IPv4 and IPv6 headers.
//!
//! An IPv4 header counts under the same conditions as in TShark: version 4, a header length of at least 20,
//! and a total length of at least that, or 0, which segmentation offload leaves there. Then each address
//! that was captured counts.

use super::layer::{Layer, Next, be16, be32};
use crate::input::record::{Cell, Facts, Form};

/// Protocol numbers (IANA).
pub(super) mod protocol {
    pub(in super::super) const HOP_BY_HOP: u8 = 0;
    pub(in super::super) const IPV4: u8 = 4;
    pub(in super::super) const TCP: u8 = 6;
    pub(in super::super) const UDP: u8 = 17;
    pub(in super::super) const IPV6: u8 = 41;
    pub(in super::super) const ROUTING: u8 = 43;
    pub(in super::super) const FRAGMENT: u8 = 44;
    pub(in super::super) const GRE: u8 = 47;
    pub(in super::super) const AUTHENTICATION: u8 = 51;
    pub(in super::super) const DESTINATION: u8 = 60;
    pub(in super::super) const ETHERIP: u8 = 97;
    pub(in super::super) const PIM: u8 = 103;
    pub(in super::super) const SCTP: u8 = 132;
    pub(in super::super) const MPLS: u8 = 137;
    pub(in super::super) const ETHERNET: u8 = 143;
}

/// What a frame holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Packet {
    pub(super) source: Cell,
    pub(super) destination: Cell,
    /// The facts of the header that counts, without the time, which the frame does not hold.
    pub(super) facts: Facts,
    /// The byte of the frame at which the layer begins that counts or is malformed.
    pub(super) begin: usize,
}

impl Packet {
    pub(super) fn without_address(cell: Cell, begin: usize) -> Self {
        Self { source: cell, destination: cell, facts: Facts::default(), begin }
    }
}

/// An IP header and what follows it.
pub(super) struct Header<'a> {
    source: Cell,
    destination: Cell,
    protocol: Option<u8>,
    /// `None` after all fragments but the first, which do not begin with a header.
    payload: Option<&'a [u8]>,
}

/// The IP header of either version that `bytes` begin with.
pub(super) fn either(bytes: &[u8]) -> Next<'_> {
    match bytes.first()? >> 4 {
        4 => Some((Layer::Ipv4, bytes)),
        6 => Some((Layer::Ipv6, bytes)),
        _ => None,
    }
}

impl<'a> Header<'a> {
    const IPV6_LEN: usize = 40;

    #[inline]
    pub(super) fn v4(bytes: &'a [u8]) -> Option<Self> {
        // Nothing after the source needs to have been captured.
        let source = be32(bytes, 12)?;
        let destination = be32(bytes, 16);
        let header_len = usize::from(bytes[0] & 15) * 4;
        let total_len = usize::from(u16::from_be_bytes([bytes[2], bytes[3]]));
        if bytes[0] >> 4 != 4 || header_len < 20 || total_len != 0 && total_len < header_len {
            return None;
        }
        let fragment_offset = u16::from_be_bytes([bytes[6], bytes[7]]) & 0x1fff;
        Some(Self {
            source: address(source),
            destination: destination.map_or(Cell::Malformed, address),
            protocol: Some(bytes[9]),
            payload: bytes.get(header_len..).filter(|_| fragment_offset == 0),
        })
    }

    pub(super) fn v6(bytes: &'a [u8]) -> Option<Self> {
        let (header, mut rest) = bytes.split_at_checked(Self::IPV6_LEN)?;
        if header[0] >> 4 != 6 {
            return None;
        }
        let (source, destination) = (address_v6(&header[8..]), address_v6(&header[24..]));
        let ipv6 = |protocol, payload| Some(Self { source, destination, protocol, payload });
        let mut next = header[6];
        loop {
            let length = match next {
                protocol::HOP_BY_HOP | protocol::ROUTING | protocol::DESTINATION => {
                    rest.get(1).map(|&units| 8 + 8 * usize::from(units))
                }
                protocol::FRAGMENT => Some(8),
                _ => return ipv6(Some(next), Some(rest)),
            };
            let Some((extension, after)) = length.and_then(|length| rest.split_at_checked(length))
            else {
                return ipv6(None, None);
            };
            let is_later_fragment =
                next == protocol::FRAGMENT && (extension[2] != 0 || extension[3] & !7 != 0);
            (next, rest) = (extension[0], after);
            if is_later_fragment {
                return ipv6(Some(next), None);
            }
        }
    }

    /// What the header says about its packet; `begin` is where the header begins in its frame.
    #[inline]
    pub(super) fn packet(&self, begin: usize, with_facts: bool) -> Packet {
        let facts = if with_facts { self.facts() } else { Facts::default() };
        Packet { source: self.source, destination: self.destination, facts, begin }
    }

    fn facts(&self) -> Facts {
        let ports = match (self.protocol, self.payload) {
            (Some(protocol::TCP | protocol::UDP | protocol::SCTP), Some(payload)) => payload,
            _ => &[],
        };
        Facts {
            protocol: self.protocol,
            source_port: be16(ports, 0),
            destination_port: be16(ports, 2),
            time: None,
        }
    }

    pub(super) fn next(&self) -> Next<'a> {
        match (self.protocol, self.payload) {
            (Some(protocol), Some(payload)) => Some((Layer::Payload(protocol), payload)),
            _ => None,
        }
    }
}

fn address(address: u32) -> Cell {
    Cell::plain(address)
}

/// The address that `bytes` begin with: IPv4 if it was mapped into IPv6 (RFC 4291).
fn address_v6(bytes: &[u8]) -> Cell {
    match *bytes {
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d, ..] => {
            Cell::Address { address: u32::from_be_bytes([a, b, c, d]), form: Form::Mapped }
        }
        _ => Cell::Ipv6,
    }
}
