//! Networks of carriers: frame relay, ATM, and cable.

use super::layer::{Layer, Next};
use super::llc;

/// Frame relay: an address of which the last byte is odd, then a protocol identifier (RFC 2427), or an
/// EtherType as on Cisco's routers.
pub(super) fn frame_relay(bytes: &[u8]) -> Next<'_> {
    const UNNUMBERED: u8 = 0x03;
    let last = bytes.iter().take(4).position(|byte| byte & 1 == 1)?;
    let rest = &bytes[last + 1..];
    match rest.split_first()? {
        (&UNNUMBERED, rest) => llc::identified(rest),
        _ => Some((Layer::Typed, rest)),
    }
}

/// SunATM: the kind of traffic, a path and a channel.
pub(super) fn sun_atm(bytes: &[u8]) -> Next<'_> {
    const LAN_EMULATION: u8 = 1;
    const MULTIPLEXED: u8 = 2;
    let rest = bytes.get(4..)?;
    match bytes[0] & 0x0f {
        LAN_EMULATION => Some((Layer::Ethernet, rest.get(2..)?)),
        // 0: not known, which is LLC if it looks so.
        MULTIPLEXED | 0 => Some((Layer::Llc, rest)),
        _ => Some((Layer::Other, rest)),
    }
}

/// DOCSIS: a header that may be extended, before an Ethernet frame or before what manages the modem.
pub(super) fn docsis(bytes: &[u8]) -> Next<'_> {
    let control = *bytes.first()?;
    let is_packet = control >> 6 == 0;
    let has_extension = control & 1 == 1;
    let extension = if has_extension { *bytes.get(1)? } else { 0 };
    // The control field, its parameter, a length and a checksum.
    let rest = bytes.get(6 + usize::from(extension)..)?;
    Some((if is_packet { Layer::Ethernet } else { Layer::Other }, rest))
}
