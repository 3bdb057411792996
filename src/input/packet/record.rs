//! Headers of capturing devices and programs that say of what link type a frame is: PKTAP, ERF, Juniper's,
//! and what Wireshark exports.

use super::ip;
use super::layer::{Layer, Next, be16};
use super::link::link;

/// PKTAP: its length, the kind of record and a link type, little-endian, among much else.
pub(super) fn pktap(bytes: &[u8]) -> Next<'_> {
    const SHORTEST: u32 = 108;
    const PACKET: u32 = 1;
    let number = |offset| Some(u32::from_le_bytes(*bytes.get(offset..)?.first_chunk()?));
    let (length, kind, number) = (number(0)?, number(4)?, number(8)?);
    let rest = bytes.get(length as usize..)?;
    let layer = match (kind, u16::try_from(number)) {
        (PACKET, Ok(number)) => link(number),
        _ => Layer::Other,
    };
    (length >= SHORTEST).then_some((layer, rest))
}

/// PKTAP on the link type of private use that macOS takes for it. What does not look like it is something
/// else.
pub(super) fn private_pktap(bytes: &[u8]) -> Next<'_> {
    const NUMBER: u16 = 149;
    pktap(bytes).or(Some((Layer::UnknownLink(NUMBER), bytes)))
}

/// ERF: 16 bytes, among them the kind of record, then extensions of eight bytes, each of which says whether
/// another follows.
pub(super) fn erf(bytes: &[u8]) -> Next<'_> {
    const MORE: u8 = 0x80;
    let mut rest = bytes.get(16..)?;
    let kind = bytes[8];
    let mut has_extension = kind & MORE != 0;
    while has_extension {
        has_extension = rest.first()? & MORE != 0;
        rest = rest.get(8..)?;
    }
    let layer = match kind & !MORE {
        1 | 10 | 15 | 19 => Layer::Serial,
        5 | 17 => Layer::Behind(4, &Layer::Serial),
        2 | 11 | 16 | 20 => Layer::Behind(2, &Layer::Ethernet),
        // The header of an ATM cell, with that of its channel if there are many.
        4 => Layer::Behind(4, &Layer::Llc),
        9 => Layer::Behind(8, &Layer::Llc),
        22 | 23 => Layer::Ip,
        _ => Layer::Other,
    };
    Some((layer, rest))
}

/// Juniper's header: a magic number, flags, and an extension if they say so. They also say whether `layer`
/// was left out; then a protocol of four bytes follows.
pub(super) fn juniper(layer: Layer, bytes: &[u8]) -> Next<'_> {
    const MAGIC: &[u8] = b"MGC";
    const WITHOUT_LINK: u8 = 0x02;
    const EXTENDED: u8 = 0x80;
    let (&flags, mut rest) = bytes.strip_prefix(MAGIC)?.split_first()?;
    if flags & EXTENDED != 0 {
        rest = rest.get(2 + usize::from(be16(rest, 0)?)..)?;
    }
    if flags & WITHOUT_LINK != 0 {
        let rest = rest.get(4..)?;
        return ip::either(rest).or(Some((Layer::Other, rest)));
    }
    Some((layer, rest))
}

/// What Wireshark exports: fields of a kind, a length and a value, one of which names the protocol.
pub(super) fn exported(bytes: &[u8]) -> Next<'_> {
    const END: u16 = 0;
    const PROTOCOL: u16 = 12;
    let mut rest = bytes;
    let mut layer = Layer::Other;
    loop {
        let (kind, length) = (be16(rest, 0)?, be16(rest, 2)?);
        let (value, after) = rest[4..].split_at_checked(length.into())?;
        rest = after;
        match kind {
            END => break,
            PROTOCOL => layer = named(value),
            _ => {}
        }
    }
    if layer == Layer::Ip {
        // Values are padded to four bytes, and not every writer counts the padding. No IP header begins
        // with zeros.
        let padding = rest.iter().take(3).take_while(|&&byte| byte == 0).count();
        rest = &rest[padding..];
    }
    Some((layer, rest))
}

/// The layer of Wireshark's protocol `name`.
fn named(name: &[u8]) -> Layer {
    match name.trim_ascii_end().split(|&byte| byte == 0).next() {
        Some(b"ip" | b"ipv6") => Layer::Ip,
        Some(name) if name.starts_with(b"eth") => Layer::Ethernet,
        Some(b"wlan") => Layer::Wireless,
        Some(b"llc") => Layer::Llc,
        Some(b"ppp") => Layer::Ppp,
        _ => Layer::Other,
    }
}
