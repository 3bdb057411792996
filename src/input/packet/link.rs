//! Link types, by the numbers that pcap and pcapng share (tcpdump.org/linktypes.html).

use super::{Layer, ip, label, point, pseudo, wireless};

/// What the frames of link type `number` begin with.
pub(in super::super) fn link(number: u16) -> Layer {
    match number {
        0 | 108 => Layer::Header(pseudo::loopback),
        1 => Layer::Ethernet,
        9 => Layer::Header(point::ppp),
        // Raw IP as files should have it, and as systems number it.
        101 | 12 | 14 => Layer::Header(ip::either),
        50 => Layer::Header(point::serial),
        51 => Layer::Header(point::pppoe),
        104 => Layer::Header(point::cisco_hdlc),
        105 => Layer::Header(wireless::frame),
        113 => Layer::Header(pseudo::sll),
        119 | 163 => Layer::Header(wireless::prism),
        127 => Layer::Header(wireless::radiotap),
        166 | 204 => Layer::Header(point::directed),
        192 => Layer::Header(wireless::ppi),
        219 => Layer::Header(label::stack),
        228 => Layer::Ipv4,
        229 => Layer::Ipv6,
        239 => Layer::Header(pseudo::nflog),
        276 => Layer::Header(pseudo::sll2),
        _ => Layer::Unknown(number),
    }
}
