//! Headers that the capturing system puts in front of packets: Linux cooked captures, BSD loopback, the logs
//! of packet filters, InfiniBand.

use super::ip;
use super::layer::{Layer, Next, be16, be32};

/// Linux cooked capture: 16 bytes, the protocol last.
pub(super) fn sll(bytes: &[u8]) -> Next<'_> {
    cooked(be16(bytes, 2)?, be16(bytes, 14)?, &bytes[16..])
}

/// Linux cooked capture, version 2: 20 bytes, the protocol first.
pub(super) fn sll2(bytes: &[u8]) -> Next<'_> {
    cooked(be16(bytes, 8)?, be16(bytes, 0)?, bytes.get(20..)?)
}

/// What follows a cooked header, by the kind of interface (ARPHRD) and the protocol.
fn cooked(interface: u16, protocol: u16, rest: &[u8]) -> Next<'_> {
    const NETLINK: u16 = 824;
    /// Interfaces whose frames begin with a radiotap header, followed by 802.11.
    const RADIOTAP: u16 = 803;
    const LLC: u16 = 0x0004;
    let layer = match (interface, protocol) {
        (NETLINK, _) => Layer::Other,
        (RADIOTAP, _) => Layer::Radiotap,
        (_, LLC) => Layer::Llc,
        // The other protocols without an EtherType are those of buses and switches: CAN, DSA.
        (_, ..=0x05ff) => Layer::Other,
        _ => Layer::EtherType(protocol),
    };
    Some((layer, rest))
}

/// BSD loopback: the protocol family in four bytes, in host or network byte order; or an EtherType in the
/// last two of them, or PPP.
pub(super) fn loopback(bytes: &[u8]) -> Next<'_> {
    let family = be32(bytes, 0)?;
    if family >> 16 == 0xff03 {
        return Some((Layer::Ppp, bytes));
    }
    // Families are small, so in the other byte order they fill the upper bytes.
    let family = [family, family.swap_bytes()].into_iter().find(|&family| family <= 0xffff);
    let number = match family {
        Some(family) => family as u16,
        None => be16(bytes, 2)?,
    };
    let layer = match number {
        // In four bytes, or in the first two of them.
        2 | 0x0200 => Layer::Ipv4,
        // Windows; NetBSD, OpenBSD and BSD/OS; FreeBSD; Darwin.
        23 | 24 | 28 | 30 => Layer::Ipv6,
        0x0600.. => Layer::EtherType(number),
        _ => Layer::Other,
    };
    Some((layer, &bytes[4..]))
}

/// The log of OpenBSD's packet filter: its length, without the padding to four bytes, in the first byte.
pub(super) fn pflog(bytes: &[u8]) -> Next<'_> {
    let length = usize::from(*bytes.first()?);
    Some((Layer::Ip, bytes.get(length.next_multiple_of(4)..)?))
}

/// IP over InfiniBand: the global route header of 40 bytes, an EtherType and two bytes that are reserved.
pub(super) fn infiniband(bytes: &[u8]) -> Next<'_> {
    Some((Layer::EtherType(be16(bytes, 40)?), bytes.get(44..)?))
}

/// NFLOG: the family, then fields of a length, a kind and a value, one of which is the packet.
pub(super) fn nflog(bytes: &[u8]) -> Next<'_> {
    const PAYLOAD: u16 = 9;
    let mut fields = bytes.get(4..)?;
    // Lengths and kinds are in the byte order of the capturing machine. A length is at least 4, and the
    // first field is short, so the high byte of its length is 0.
    let is_big = fields.first()? == &0;
    let number = |high, low| if is_big { [high, low] } else { [low, high] };
    loop {
        let &[a, b, c, d] = fields.first_chunk()?;
        let length = usize::from(u16::from_be_bytes(number(a, b)));
        // The upper two bits are flags.
        let kind = u16::from_be_bytes(number(c, d)) & 0x3fff;
        if kind == PAYLOAD {
            // The IP version decides, because the family says the same but is 0 on bridges.
            return ip::either(&fields[4..]).or(Some((Layer::Other, fields)));
        }
        if length < 4 {
            return None;
        }
        fields = fields.get(length.next_multiple_of(4)..)?;
    }
}
