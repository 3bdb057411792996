//! 802.11, and the headers in which drivers describe its reception: radiotap, PPI, Prism and AVS.

use super::layer::{Layer, Next, be32};
use super::link::link;

/// A frame, from its control field. Data frames carry LLC; all others carry no IP address.
pub(super) fn frame(bytes: &[u8]) -> Next<'_> {
    let &[kind, flags] = bytes.first_chunk()?;
    data(kind, flags, bytes)
}

/// A frame whose control field is in either byte order: access points send it to their controllers swapped.
pub(super) fn either(bytes: &[u8]) -> Next<'_> {
    let &[first, second] = bytes.first_chunk()?;
    // A data frame of version 0. As flags this would be a retransmission from station to station.
    if first & 0x0f == 0x08 { data(first, second, bytes) } else { data(second, first, bytes) }
}

/// A frame whose control field is `kind` and `flags`.
fn data(kind: u8, flags: u8, bytes: &[u8]) -> Next<'_> {
    let (is_data, is_empty, is_qos) = (kind & 0x0c == 0x08, kind & 0x40 != 0, kind & 0x80 != 0);
    let (is_bridged, is_protected, has_control) =
        (flags & 0x03 == 0x03, flags & 0x40 != 0, flags & 0x80 != 0);
    if !is_data || is_empty || is_protected {
        return Some((Layer::Other, bytes));
    }
    let to_qos = 24 + if is_bridged { 6 } else { 0 };
    let length = to_qos + if is_qos { 2 } else { 0 } + if is_qos && has_control { 4 } else { 0 };
    let rest = bytes.get(length..)?;
    // Several packets in one: before the LLC of each there are the receiver, the sender and a length.
    let is_aggregate = is_qos && bytes[to_qos] & 0x80 != 0;
    Some((Layer::Llc, if is_aggregate { rest.get(14..)? } else { rest }))
}

/// Radiotap: its length is in bytes 2 and 3, little-endian.
pub(super) fn radiotap(bytes: &[u8]) -> Next<'_> {
    let length = usize::from(u16::from_le_bytes([*bytes.get(2)?, *bytes.get(3)?]));
    let (header, rest) = bytes.split_at_checked(length)?;
    if length < 8 {
        return None;
    }
    if is_padded(header) { padded(rest) } else { frame(rest) }
}

/// Whether a radiotap header says that the 802.11 header is padded to four bytes.
fn is_padded(header: &[u8]) -> bool {
    const CLOCK: u8 = 0x01;
    const FLAGS: u8 = 0x02;
    const MORE: u8 = 0x80;
    /// One of the flags.
    const PADDED: u8 = 0x20;
    let present = header[4];
    if present & FLAGS == 0 {
        return false;
    }
    // The bitmap of present fields: each word says whether another follows.
    let words = header[4..].chunks_exact(4).take_while(|word| word[3] & MORE != 0).count() + 1;
    let fields = 4 + 4 * words;
    // The clock comes first: eight bytes, aligned to eight.
    let flags = if present & CLOCK != 0 { fields.next_multiple_of(8) + 8 } else { fields };
    header.get(flags).is_some_and(|flags| flags & PADDED != 0)
}

/// A frame whose 802.11 header is padded to a multiple of four bytes.
fn padded(bytes: &[u8]) -> Next<'_> {
    match frame(bytes)? {
        (Layer::Llc, rest) => {
            let length = bytes.len() - rest.len();
            Some((Layer::Llc, bytes.get(length.next_multiple_of(4)..)?))
        }
        other => Some(other),
    }
}

/// Per-Packet Information: its length in bytes 2 and 3, a link type in bytes 4 to 7, little-endian.
pub(super) fn ppi(bytes: &[u8]) -> Next<'_> {
    let &[_, _, low, high, number @ ..] = bytes.first_chunk::<8>()?;
    let length = usize::from(u16::from_le_bytes([low, high]));
    let rest = bytes.get(length..)?;
    let layer = u16::try_from(u32::from_le_bytes(number)).map_or(Layer::Other, link);
    (length >= 8).then_some((layer, rest))
}

/// Prism's header of 144 bytes, or that of AVS, which is told by its magic number, followed by its length.
pub(super) fn prism(bytes: &[u8]) -> Next<'_> {
    const PRISM_LEN: usize = 144;
    let is_avs = be32(bytes, 0)? & 0xffff_f000 == 0x8021_1000;
    let length = if is_avs { be32(bytes, 4)? as usize } else { PRISM_LEN };
    let rest = bytes.get(length..)?;
    (length >= 8).then_some((Layer::Wireless, rest))
}
