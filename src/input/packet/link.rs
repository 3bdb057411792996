//! Link types, by the numbers that pcap and pcapng share (tcpdump.org/linktypes.html).

use super::layer::Layer;

/// What the frames of link type `number` begin with.
pub(super) fn link(number: u16) -> Layer {
    match number {
        0 | 108 => Layer::Loopback,
        1 => Layer::Ethernet,
        9 => Layer::Ppp,
        // Raw IP as files should have it, and as systems number it.
        101 | 12 | 14 => Layer::Ip,
        50 => Layer::Serial,
        51 => Layer::Pppoe,
        104 => Layer::CiscoHdlc,
        105 => Layer::Wireless,
        113 => Layer::CookedV1,
        119 | 163 => Layer::Prism,
        127 => Layer::Radiotap,
        166 | 204 => Layer::DirectedPpp,
        192 => Layer::Ppi,
        219 => Layer::Mpls,
        228 => Layer::Ipv4,
        229 => Layer::Ipv6,
        239 => Layer::Nflog,
        276 => Layer::CookedV2,
        _ => Layer::UnknownLink(number),
    }
}
