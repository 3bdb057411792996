//! Ethernet II, 802.3 with LLC and SNAP, tags in front of the EtherType, and MPLS.

use super::ip;
use super::layer::{Layer, Next, be16};

/// EtherTypes (IANA, IEEE).
mod kind {
    pub(super) const IPV4: u16 = 0x0800;
    pub(super) const ARP: u16 = 0x0806;
    pub(super) const IPV6: u16 = 0x86dd;
    pub(super) const BRIDGED: u16 = 0x6558;
    pub(super) const PPP: u16 = 0x880b;
    pub(super) const MPLS_UNICAST: u16 = 0x8847;
    pub(super) const MPLS_MULTICAST: u16 = 0x8848;
    pub(super) const PPPOE_SESSION: u16 = 0x8864;
    pub(super) const BACKBONE: u16 = 0x88e7;
    pub(super) const VLAN: [u16; 4] = [0x8100, 0x88a8, 0x9100, 0x9200];
}

/// An EtherType up to this is the length of an 802.3 frame.
const LONGEST_802_3: u16 = 1500;

/// From the destination's address.
#[inline]
pub(super) fn frame(bytes: &[u8]) -> Next<'_> {
    let kind = be16(bytes, 12)?;
    Some((Layer::EtherType(kind), &bytes[14..]))
}

/// The IPv4 packet of a frame without tags.
#[inline]
pub(super) fn ipv4(bytes: &[u8]) -> Option<&[u8]> {
    (be16(bytes, 12)? == kind::IPV4).then(|| &bytes[14..])
}

/// What follows an EtherType.
#[inline]
pub(super) fn payload(kind: u16, bytes: &[u8]) -> Next<'_> {
    match kind {
        kind::IPV4 => Some((Layer::Ipv4, bytes)),
        kind::IPV6 => Some((Layer::Ipv6, bytes)),
        ..=LONGEST_802_3 => Some((Layer::Llc, bytes)),
        _ if kind::VLAN.contains(&kind) => {
            let kind = be16(bytes, 2)?;
            Some((Layer::EtherType(kind), &bytes[4..]))
        }
        kind::MPLS_UNICAST | kind::MPLS_MULTICAST => Some((Layer::Mpls, bytes)),
        kind::PPPOE_SESSION => Some((Layer::Pppoe, bytes)),
        kind::PPP => Some((Layer::Ppp, bytes)),
        kind::BRIDGED => Some((Layer::Ethernet, bytes)),
        // 802.1ah: a tag of 4 bytes before the frame of the customer.
        kind::BACKBONE => Some((Layer::Ethernet, bytes.get(4..)?)),
        _ => Some((Layer::Other, bytes)),
    }
}

/// 802.2 LLC: unnumbered information of IP, or of SNAP, which carries an EtherType.
pub(super) fn llc(bytes: &[u8]) -> Next<'_> {
    match *bytes.first_chunk()? {
        [0xaa, 0xaa, 0x03] => match *bytes.first_chunk()? {
            // Encapsulated Ethernet, and bridged (802.1H).
            [_, _, _, 0, 0, 0, high, low] | [_, _, _, 0, 0, 0xf8, high, low] => {
                Some((Layer::EtherType(u16::from_be_bytes([high, low])), &bytes[8..]))
            }
            _ => Some((Layer::Other, bytes)),
        },
        [0x06, 0x06, 0x03] => ip::either(&bytes[3..]),
        _ => Some((Layer::Other, bytes)),
    }
}

/// Whether `kind` is evidence of an Ethernet header where nothing announces one. PPP and PPPoE are not: on
/// pseudowires they have types of their own.
fn is_telling(kind: u16) -> bool {
    use kind::*;
    matches!(kind, IPV4 | IPV6 | ARP | MPLS_UNICAST | MPLS_MULTICAST | BRIDGED | BACKBONE)
        || VLAN.contains(&kind)
}

/// MPLS: a stack of labels, which does not say what it carries. Skips the labels. What follows is IP, told by its version, or Ethernet on a pseudowire.
pub(super) fn labels(mut bytes: &[u8]) -> Next<'_> {
    loop {
        let label: &[u8; 4] = bytes.first_chunk()?;
        bytes = &bytes[4..];
        let is_bottom = label[2] & 1 == 1;
        if is_bottom {
            return ip::either(bytes).or_else(|| pseudowire(bytes));
        }
    }
}

/// Ethernet on a pseudowire, with or without a control word of 4 bytes (RFC 4448). Nothing announces it, so
/// a known EtherType in the right place is taken as evidence.
fn pseudowire(bytes: &[u8]) -> Next<'_> {
    let has_type_at = |offset| be16(bytes, offset).is_some_and(is_telling);
    let is_control_word = bytes.first()? >> 4 == 0;
    if is_control_word && has_type_at(4 + 12) {
        Some((Layer::Ethernet, &bytes[4..]))
    } else if has_type_at(12) {
        Some((Layer::Ethernet, bytes))
    } else {
        Some((Layer::Other, bytes))
    }
}
