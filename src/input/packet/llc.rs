//! Headers that say by numbers of ISO and IEEE what they carry: 802.2 LLC with SNAP, and the protocol
//! identifiers of frame relay and ATM.

use super::ip;
use super::layer::{Layer, Next};

/// 802.2 LLC: unnumbered information of IP, of SNAP or of a routed protocol.
pub(super) fn frame(bytes: &[u8]) -> Next<'_> {
    match *bytes.first_chunk()? {
        [0xaa, 0xaa, 0x03] => match snap(&bytes[3..])? {
            // Two bytes of padding stand before a bridged frame (RFC 2684).
            (Layer::Ethernet, rest) => Some((Layer::Ethernet, rest.get(2..)?)),
            next => Some(next),
        },
        [0x06, 0x06, 0x03] => ip::either(&bytes[3..]),
        [0xfe, 0xfe, 0x03] => identified(&bytes[3..]),
        _ => Some((Layer::Other, bytes)),
    }
}

/// SNAP: an organisation, and a number that it assigned.
fn snap(bytes: &[u8]) -> Next<'_> {
    let &[a, b, c, high, low] = bytes.first_chunk()?;
    let number = u16::from_be_bytes([high, low]);
    let layer = match ([a, b, c], number) {
        // Encapsulated Ethernet, and bridged (802.1H).
        ([0, 0, 0] | [0, 0, 0xf8], _) => Layer::EtherType(number),
        // 802.1: bridged Ethernet, with and without its check sequence.
        ([0, 0x80, 0xc2], 1 | 7) => Layer::Ethernet,
        _ => Layer::Other,
    };
    Some((layer, &bytes[5..]))
}

/// What a network layer protocol identifier (RFC 2427) announces, behind padding if there is any.
pub(super) fn identified(bytes: &[u8]) -> Next<'_> {
    let bytes = bytes.strip_prefix(&[0]).unwrap_or(bytes);
    let (&identifier, rest) = bytes.split_first()?;
    match identifier {
        0x80 => snap(rest),
        0x8e => Some((Layer::Ipv6, rest)),
        0xcc => Some((Layer::Ipv4, rest)),
        0xcf => Some((Layer::Ppp, rest)),
        _ => Some((Layer::Other, rest)),
    }
}
