//! Local networks other than plain Ethernet and 802.11: FDDI, Token Ring, ARCNET, packet radio, and the
//! preamble of an Ethernet frame.

use super::layer::{Layer, Next};

/// FDDI: a frame control field and two addresses. Only asynchronous frames carry LLC.
pub(super) fn fddi(bytes: &[u8]) -> Next<'_> {
    let layer = if bytes.first()? & 0xf0 == 0x50 { Layer::Llc } else { Layer::Other };
    Some((layer, bytes.get(13..)?))
}

/// Token Ring: access and frame control, two addresses, and a route if the source says so.
pub(super) fn token_ring(bytes: &[u8]) -> Next<'_> {
    let &[_, control, .., source, _, _, _, _, _] = bytes.first_chunk::<14>()?;
    let mut rest = &bytes[14..];
    if source & 0x80 != 0 {
        let length = usize::from(rest.first()? & 0x1f);
        rest = rest.get(length..).filter(|_| length >= 2)?;
    }
    Some((if control >> 6 == 1 { Layer::Llc } else { Layer::Other }, rest))
}

/// ARCNET: a protocol; of those of RFC 1201, fragments in sequence.
pub(super) fn arcnet(bytes: &[u8]) -> Next<'_> {
    const EXCEPTION: u8 = 0xff;
    let (&protocol, mut rest) = bytes.split_first()?;
    let layer = match protocol {
        212 => Layer::Ipv4,
        196 => Layer::Ipv6,
        // RFC 1051: the packet follows at once.
        240 => return Some((Layer::Ipv4, rest)),
        _ => return Some((Layer::Other, rest)),
    };
    // A packet whose length the hardware cannot send is padded: the protocol stands there again.
    if rest.first()? == &EXCEPTION {
        rest = rest.get(4..)?;
    }
    let flag = *rest.first()?;
    // Only the first of several fragments, which is odd, begins with a header.
    let is_first = flag == 0 || flag & 1 == 1;
    Some((if is_first { layer } else { Layer::Other }, rest.get(3..)?))
}

/// AX.25: addresses of seven bytes, of which the last one is marked, then unnumbered information of IP.
pub(super) fn ax25(bytes: &[u8]) -> Next<'_> {
    /// The destination, the source, and as many repeaters as there may be.
    const MOST: usize = 10;
    let count = bytes.chunks_exact(7).take(MOST).position(|address| address[6] & 1 == 1)? + 1;
    let &[control, protocol] = bytes[7 * count..].first_chunk()?;
    let layer = match (control, protocol) {
        (0x03 | 0x13, 0xcc) => Layer::Ipv4,
        _ => Layer::Other,
    };
    Some((layer, &bytes[7 * count + 2..]))
}

/// A preamble and the delimiter of a frame, or of the first fragment of a frame that may be preempted.
pub(super) fn preamble(bytes: &[u8]) -> Next<'_> {
    const LONGEST: usize = 8;
    let start = bytes.iter().take(LONGEST).position(|&byte| byte != 0x55)?;
    let layer = match bytes[start] {
        0xd5 | 0xe6 | 0x4c | 0x7f | 0xb3 => Layer::Ethernet,
        _ => Layer::Other,
    };
    Some((layer, &bytes[start + 1..]))
}
