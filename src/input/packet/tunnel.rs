//! Tunnels: IP that carries other packets.

use super::ip::{self, protocol};
use super::layer::{Layer, Next, be16};
use super::{ethernet, point, wireless};

/// UDP ports of tunnels.
mod port {
    pub(super) const L2TP: u16 = 1701;
    pub(super) const GTP: u16 = 2152;
    pub(super) const TEREDO: u16 = 3544;
    pub(super) const LISP: u16 = 4341;
    pub(super) const VXLAN: u16 = 4789;
    pub(super) const VXLAN_GPE: u16 = 4790;
    pub(super) const CAPWAP: u16 = 5247;
    pub(super) const GENEVE: u16 = 6081;
    pub(super) const MPLS: u16 = 6635;
    pub(super) const TZSP: u16 = 37_008;
}

/// What an IP header of this protocol carries.
pub(super) fn enter(protocol: u8, bytes: &[u8]) -> Next<'_> {
    match protocol {
        protocol::IPV4 => Some((Layer::Ipv4, bytes)),
        protocol::IPV6 => Some((Layer::Ipv6, bytes)),
        protocol::GRE => gre(bytes),
        protocol::UDP => udp(bytes),
        protocol::MPLS => Some((Layer::Mpls, bytes)),
        // Two bytes of version and padding.
        protocol::ETHERIP => Some((Layer::Ethernet, bytes.get(2..)?)),
        protocol::ETHERNET => Some((Layer::Ethernet, bytes)),
        // A register message: the packet that it announces.
        protocol::PIM if bytes.first()? == &0x21 => {
            let rest = bytes.get(8..)?;
            ip::either(rest).or(Some((Layer::Other, rest)))
        }
        protocol::AUTHENTICATION => {
            let &[next, words] = bytes.first_chunk()?;
            Some((Layer::Payload(next), bytes.get(8 + 4 * usize::from(words)..)?))
        }
        _ => Some((Layer::Other, bytes)),
    }
}

/// Generic Routing Encapsulation (RFC 2784, 2890; version 1, of PPTP: RFC 2637).
fn gre(bytes: &[u8]) -> Next<'_> {
    const CHECKSUM_OR_ROUTE: u16 = 0xc000;
    const KEY: u16 = 0x2000;
    const SEQUENCE: u16 = 0x1000;
    const ACKNOWLEDGMENT: u16 = 0x0080;
    const ERSPAN: u16 = 0x88be;
    const ERSPAN_3: u16 = 0x22eb;
    const WCCP: u16 = 0x883e;
    let (flags, kind) = (be16(bytes, 0)?, be16(bytes, 2)?);
    let options = [CHECKSUM_OR_ROUTE, KEY, SEQUENCE, ACKNOWLEDGMENT];
    let length = 4 + 4 * options.iter().filter(|&option| flags & option != 0).count();
    let rest = bytes.get(length..)?;
    match kind {
        // Type II, which has a sequence number, has a header of 8 bytes; type I has none.
        ERSPAN if flags & SEQUENCE == 0 => Some((Layer::Ethernet, rest)),
        ERSPAN => Some((Layer::Ethernet, rest.get(8..)?)),
        ERSPAN_3 => erspan_3(rest),
        // IP follows at once, or after a header of four bytes.
        WCCP => ip::either(rest).or_else(|| ip::either(rest.get(4..)?)),
        _ => Some((Layer::EtherType(kind), rest)),
    }
}

/// ERSPAN, type III: twelve bytes, and eight more if their last bit is set. They say what kind of frame
/// follows.
fn erspan_3(bytes: &[u8]) -> Next<'_> {
    let flags = be16(bytes, 10)?;
    let rest = bytes.get(if flags & 1 == 1 { 20 } else { 12 }..)?;
    let is_ethernet = flags >> 10 & 0x1f == 0;
    Some((if is_ethernet { Layer::Ethernet } else { Layer::Other }, rest))
}

/// What a UDP datagram carries if it goes to the port of a tunnel or, for tunnels that use one port at both
/// ends, comes from it.
fn udp(bytes: &[u8]) -> Next<'_> {
    let (source, destination) = (be16(bytes, 0)?, be16(bytes, 2)?);
    let data = bytes.get(8..)?;
    let inner = carried(destination, data).or_else(|| {
        // These use one port at both ends.
        use port::*;
        let is_known = matches!(source, L2TP | GTP | TEREDO | LISP | CAPWAP | TZSP);
        if is_known { carried(source, data) } else { None }
    });
    // A port is only a hint: bytes that make no sense as a tunnel are something else.
    inner.or(Some((Layer::Other, data)))
}

/// What the tunnel of `port` carries; `None` if there is none, or if `data` make no sense as one.
fn carried(port: u16, data: &[u8]) -> Next<'_> {
    match port {
        port::L2TP => l2tp(data),
        port::GTP => gtp(data),
        port::TEREDO => teredo(data),
        // RFC 9300: eight bytes.
        port::LISP => ip::either(data.get(8..)?),
        port::VXLAN => vxlan(data),
        port::VXLAN_GPE => vxlan_gpe(data),
        port::CAPWAP => capwap(data),
        port::GENEVE => geneve(data),
        port::MPLS => ethernet::labels(data),
        port::TZSP => tzsp(data),
        _ => None,
    }
}

/// RFC 7348: 8 bytes, with a flag that the network identifier is valid.
fn vxlan(bytes: &[u8]) -> Next<'_> {
    let rest = bytes.get(8..)?;
    (bytes[0] & 0x08 != 0).then_some((Layer::Ethernet, rest))
}

/// VXLAN with a number that says what it carries.
fn vxlan_gpe(bytes: &[u8]) -> Next<'_> {
    let rest = bytes.get(8..)?;
    (bytes[0] & 0x04 != 0).then_some((service(bytes[3]), rest))
}

/// A network service header (RFC 8300): its length in words, and a number that says what it carries.
pub(super) fn nsh(bytes: &[u8]) -> Next<'_> {
    let &[_, words, _, number] = bytes.first_chunk()?;
    let words = usize::from(words & 0x3f);
    let rest = bytes.get(4 * words..)?;
    (words >= 2).then_some((service(number), rest))
}

/// What VXLAN-GPE and NSH carry, by their common numbers.
fn service(number: u8) -> Layer {
    match number {
        1 => Layer::Ipv4,
        2 => Layer::Ipv6,
        3 => Layer::Ethernet,
        4 => Layer::Nsh,
        5 => Layer::Mpls,
        _ => Layer::Other,
    }
}

/// CAPWAP (RFC 5415): the data of an access point, as Ethernet or as 802.11. What is encrypted, what was cut
/// into fragments and what only keeps the channel open is not read.
fn capwap(bytes: &[u8]) -> Next<'_> {
    const WIRELESS: u8 = 1;
    let &[preamble, length, kind, flags] = bytes.first_chunk()?;
    let (is_native, is_fragment, keeps_alive) =
        (kind & 0x01 != 0, flags & 0x80 != 0, flags & 0x08 != 0);
    if preamble != 0 || is_fragment || keeps_alive {
        return None;
    }
    let rest = bytes.get(4 * usize::from(length >> 3)..)?;
    match (is_native, kind >> 1 & 0x1f) {
        (false, _) => Some((Layer::Ethernet, rest)),
        (true, WIRELESS) => wireless::either(rest),
        _ => None,
    }
}

/// TZSP, in which sniffers send what they captured: a protocol, then tagged fields.
fn tzsp(bytes: &[u8]) -> Next<'_> {
    const PADDING: u8 = 0;
    const END: u8 = 1;
    let &[version, kind, high, low] = bytes.first_chunk()?;
    let layer = match (version, kind, u16::from_be_bytes([high, low])) {
        (1, 0 | 1, 1) => Layer::Ethernet,
        (1, 0 | 1, 18) => Layer::Wireless,
        _ => return None,
    };
    let mut rest = &bytes[4..];
    loop {
        rest = match *rest {
            [END, ref rest @ ..] => return Some((layer, rest)),
            [PADDING, ref rest @ ..] => rest,
            [_, length, ref rest @ ..] => rest.get(length.into()..)?,
            _ => return None,
        };
    }
}

/// RFC 8926: options of up to 63 words, and an EtherType.
fn geneve(bytes: &[u8]) -> Next<'_> {
    let kind = be16(bytes, 2)?;
    let rest = bytes.get(8 + 4 * usize::from(bytes[0] & 0x3f)..)?;
    (bytes[0] >> 6 == 0).then_some((Layer::EtherType(kind), rest))
}

/// GTP-U (3GPP TS 29.281): a user's packet, after any extension headers.
fn gtp(bytes: &[u8]) -> Next<'_> {
    const USER_PACKET: u8 = 255;
    let &[flags, message] = bytes.first_chunk()?;
    // Version 1.
    if flags & 0xf0 != 0x30 || message != USER_PACKET {
        return None;
    }
    let mut rest = bytes.get(8..)?;
    if flags & 0x07 != 0 {
        // A sequence number, an N-PDU number, and the kind of the first extension, which counts only if its
        // flag is set.
        let mut extension = *rest.get(3)? * u8::from(flags & 0x04 != 0);
        rest = &rest[4..];
        while extension != 0 {
            let length = 4 * usize::from(*rest.first()?);
            extension = *rest.get(length.checked_sub(1)?)?;
            rest = &rest[length..];
        }
    }
    ip::either(rest)
}

/// RFC 4380: IPv6, after an authentication and an origin indication, if present.
fn teredo(bytes: &[u8]) -> Next<'_> {
    let mut rest = bytes;
    if let [0, 1, client, secret, ..] = *rest {
        rest = rest.get(13 + usize::from(client) + usize::from(secret)..)?;
    }
    if rest.starts_with(&[0, 0]) {
        rest = rest.get(8..)?;
    }
    (rest.first()? >> 4 == 6).then_some((Layer::Ipv6, rest))
}

/// L2TP, version 2 (RFC 2661): data messages carry PPP.
fn l2tp(bytes: &[u8]) -> Next<'_> {
    const CONTROL: u16 = 0x8000;
    const LENGTH: u16 = 0x4000;
    const SEQUENCE: u16 = 0x0800;
    const OFFSET: u16 = 0x0200;
    const VERSION: u16 = 0x000f;
    let flags = be16(bytes, 0)?;
    if flags & CONTROL != 0 || flags & VERSION != 2 {
        return None;
    }
    let field = |flag, length| if flags & flag != 0 { length } else { 0 };
    let mut length = 6 + field(LENGTH, 2) + field(SEQUENCE, 4);
    if flags & OFFSET != 0 {
        length += 2 + usize::from(be16(bytes, length)?);
    }
    point::ppp(bytes.get(length..)?)
}
