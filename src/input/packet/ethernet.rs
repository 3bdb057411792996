//! Ethernet II, 802.3, frames within frames, and MPLS.

use super::layer::{Layer, Next, be16};
use super::{ip, tag};

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
    pub(super) const JUMBO_LLC: u16 = 0x8870;
    /// Networks that carry whole frames: Cisco's FabricPath, and TRILL (RFC 6325).
    pub(super) const FABRIC_PATH: u16 = 0x8903;
    pub(super) const TRILL: u16 = 0x22f3;
    pub(super) const NSH: u16 = 0x894f;
    pub(super) const FRAME_RELAY: u16 = 0x6559;
    /// 802.11, as Intel's Centrino captures it.
    pub(super) const WIRELESS: u16 = 0x2452;
}

/// An EtherType up to this is the length of an 802.3 frame.
const LONGEST_802_3: u16 = 1500;

/// From the destination's address.
#[inline]
pub(super) fn frame(bytes: &[u8]) -> Next<'_> {
    let kind = be16(bytes, 12)?;
    Some((Layer::EtherType(kind), &bytes[14..]))
}

/// An EtherType, and what it announces.
pub(super) fn typed(bytes: &[u8]) -> Next<'_> {
    Some((Layer::EtherType(be16(bytes, 0)?), &bytes[2..]))
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
        ..=LONGEST_802_3 | kind::JUMBO_LLC => Some((Layer::Llc, bytes)),
        kind::MPLS_UNICAST | kind::MPLS_MULTICAST => Some((Layer::Mpls, bytes)),
        kind::PPPOE_SESSION => Some((Layer::Pppoe, bytes)),
        kind::PPP => Some((Layer::Ppp, bytes)),
        kind::BRIDGED => Some((Layer::Ethernet, bytes)),
        // 802.1ah: a tag of 4 bytes before the frame of the customer.
        kind::BACKBONE => Some((Layer::Ethernet, bytes.get(4..)?)),
        kind::FABRIC_PATH => Some((Layer::Ethernet, bytes.get(2..)?)),
        kind::TRILL => {
            let options = usize::from(be16(bytes, 0)? >> 6 & 0x1f);
            Some((Layer::Ethernet, bytes.get(6 + 4 * options..)?))
        }
        kind::NSH => Some((Layer::Nsh, bytes)),
        kind::FRAME_RELAY => Some((Layer::FrameRelay, bytes)),
        kind::WIRELESS => Some((Layer::Wireless, bytes)),
        _ => tag::payload(kind, bytes),
    }
}

/// Whether `kind` is evidence of an Ethernet header where nothing announces one. PPP and PPPoE are not: on
/// pseudowires they have types of their own.
fn is_telling(kind: u16) -> bool {
    use kind::*;
    matches!(kind, IPV4 | IPV6 | ARP | MPLS_UNICAST | MPLS_MULTICAST | BRIDGED | BACKBONE)
        || tag::is_vlan(kind)
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
