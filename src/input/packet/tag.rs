//! Tags between the addresses of an Ethernet frame and its EtherType.

use super::layer::{Layer, Next, be16};

/// EtherTypes of tags.
mod kind {
    pub(super) const VLAN: [u16; 4] = [0x8100, 0x88a8, 0x9100, 0x9200];
    /// MACsec (802.1AE).
    pub(super) const MACSEC: u16 = 0x88e5;
    /// Cisco's group tags.
    pub(super) const METADATA: u16 = 0x8909;
    /// Ports of virtual machines: Cisco's, and 802.1BR.
    pub(super) const VIRTUAL: u16 = 0x8926;
    pub(super) const EXTENDER: u16 = 0x893f;
    /// High-availability Seamless Redundancy (IEC 62439-3), and 802.1CB.
    pub(super) const SEAMLESS: u16 = 0x892f;
    pub(super) const REDUNDANCY: u16 = 0xf1c1;
    /// Times by Arista's switches.
    pub(super) const ARISTA: u16 = 0xd28b;
}

/// What follows the tag that `kind` announces; the rest is `Other` if it announces none that can be read.
pub(super) fn payload(kind: u16, bytes: &[u8]) -> Next<'_> {
    let length = match kind {
        _ if is_vlan(kind) => Some(2),
        kind::VIRTUAL | kind::SEAMLESS | kind::REDUNDANCY => Some(4),
        kind::EXTENDER => Some(6),
        // A version, and the number of its words.
        kind::METADATA => Some(2 + 4 * usize::from(*bytes.get(1)?)),
        kind::MACSEC => in_the_clear(*bytes.first()?),
        kind::ARISTA => timed(be16(bytes, 0)?, be16(bytes, 2)?),
        _ => None,
    };
    match length {
        Some(length) => Some((Layer::Typed, bytes.get(length..)?)),
        None => Some((Layer::Other, bytes)),
    }
}

pub(super) fn is_vlan(kind: u16) -> bool {
    kind::VLAN.contains(&kind)
}

/// The length of a MACsec tag, by its flags, unless it protects what follows from being read.
fn in_the_clear(flags: u8) -> Option<usize> {
    const HAS_CHANNEL: u8 = 0x20;
    const ENCRYPTED: u8 = 0x08;
    const CHANGED: u8 = 0x04;
    let length = if flags & HAS_CHANNEL != 0 { 6 + 8 } else { 6 };
    (flags & (ENCRYPTED | CHANGED) == 0).then_some(length)
}

/// The length of Arista's tag, by its kind and version: times of 64 or 48 bits.
fn timed(kind: u16, version: u16) -> Option<usize> {
    match (kind, version & 0xff) {
        (1, 0x10) => Some(4 + 8),
        (1, 0x20) => Some(4 + 6),
        _ => None,
    }
}
