//! Point-to-point links: PPP in its framings, and Cisco's HDLC.

use super::layer::{Layer, Next, be16};

/// PPP: an address and a control field, which may be omitted, and a protocol of two bytes, or one byte if
/// it is compressed (RFC 1661).
pub(super) fn ppp(bytes: &[u8]) -> Next<'_> {
    let bytes = bytes.strip_prefix(&[0xff, 0x03]).unwrap_or(bytes);
    // The last byte of a protocol is odd, all before it are even.
    let (protocol, rest) = match *bytes.first()? {
        byte if byte & 1 == 1 => (u16::from(byte), &bytes[1..]),
        _ => (be16(bytes, 0)?, &bytes[2..]),
    };
    let layer = match protocol {
        0x0021 => Layer::Ipv4,
        0x0057 => Layer::Ipv6,
        0x0281 | 0x0283 => Layer::Mpls,
        _ => Layer::Other,
    };
    Some((layer, rest))
}

/// PPP on a serial line, or Cisco's HDLC, which is told by its address field.
pub(super) fn serial(bytes: &[u8]) -> Next<'_> {
    match bytes.first_chunk()? {
        [0x0f | 0x8f, 0x00] => cisco_hdlc(bytes),
        _ => ppp(bytes),
    }
}

/// A PPPoE session: 6 bytes, then PPP.
pub(super) fn pppoe(bytes: &[u8]) -> Next<'_> {
    ppp(bytes.get(6..)?)
}

/// Cisco's HDLC: an address, a control field and an EtherType.
pub(super) fn cisco_hdlc(bytes: &[u8]) -> Next<'_> {
    Some((Layer::EtherType(be16(bytes, 2)?), &bytes[4..]))
}

/// PPP after a byte for the direction, which pppd and others write in front of the address field or instead
/// of it.
pub(super) fn directed(bytes: &[u8]) -> Next<'_> {
    let rest = bytes.get(1..)?;
    // If it replaced the address field, the control field remains.
    ppp(rest.strip_prefix(&[0x03]).unwrap_or(rest))
}
