//! Link types, by the numbers that pcap and pcapng share (tcpdump.org/linktypes.html).

use super::layer::Layer;

/// Link types that are free for private use: only who wrote such a capture knows what it holds.
const PRIVATE: std::ops::RangeInclusive<u16> = 147..=162;

/// What frames of link type `number` begin with.
pub(super) fn link(number: u16) -> Layer {
    match number {
        0 | 108 => Layer::Loopback,
        1 => Layer::Ethernet,
        3 => Layer::Ax25,
        6 => Layer::TokenRing,
        // The source and the destination; on Linux an offset, too.
        7 => Layer::Behind(2, &Layer::Arcnet),
        129 => Layer::Behind(4, &Layer::Arcnet),
        // SLIP: a direction and a compressed header, as systems and as BSD/OS write them.
        8 => Layer::Behind(16, &Layer::Ip),
        102 => Layer::Behind(24, &Layer::Ip),
        9 => Layer::Ppp,
        10 => Layer::Fddi,
        // ATM by RFC 1483, as files should have it, and as systems number it.
        100 | 11 => Layer::Llc,
        // Raw IP, as files should have it, and as systems number it; Classical IP over ATM on Linux.
        101 | 12 | 14 | 106 | 19 => Layer::Ip,
        50 => Layer::Serial,
        51 => Layer::Pppoe,
        104 => Layer::CiscoHdlc,
        105 => Layer::Wireless,
        107 => Layer::FrameRelay,
        // OpenBSD's encapsulation of IPsec: a family, an SPI and flags.
        109 | 13 => Layer::Behind(12, &Layer::Ip),
        113 => Layer::CookedV1,
        117 => Layer::Pflog,
        119 | 163 => Layer::Prism,
        // Fibre Channel: the addresses of RFC 2625.
        122 => Layer::Behind(16, &Layer::Llc),
        123 => Layer::SunAtm,
        127 => Layer::Radiotap,
        // Apple's IP over FireWire: two addresses of eight bytes.
        138 => Layer::Behind(16, &Layer::Typed),
        143 => Layer::Docsis,
        137 => Layer::Juniper(&Layer::Behind(4, &Layer::Llc)),
        149 => Layer::PrivatePktap,
        166 | 204 => Layer::DirectedPpp,
        167 | 178 => Layer::Juniper(&Layer::Ethernet),
        179 => Layer::Juniper(&Layer::Ppp),
        180 => Layer::Juniper(&Layer::FrameRelay),
        181 => Layer::Juniper(&Layer::CiscoHdlc),
        183 => Layer::Juniper(&Layer::Behind(18, &Layer::Ip)),
        192 => Layer::Ppi,
        197 => Layer::Erf,
        202 => Layer::Behind(1, &Layer::Ax25),
        219 => Layer::Mpls,
        // Solaris: zones and interfaces.
        226 => Layer::Behind(24, &Layer::Ip),
        228 => Layer::Ipv4,
        229 => Layer::Ipv6,
        // A byte for the direction, as in 204.
        205 => Layer::Behind(1, &Layer::CiscoHdlc),
        206 => Layer::Behind(1, &Layer::FrameRelay),
        239 => Layer::Nflog,
        // netANALYZER: four bytes, and on one of the two a preamble.
        240 => Layer::Behind(4, &Layer::Ethernet),
        241 => Layer::Behind(4, &Layer::Preamble),
        242 => Layer::InfiniBand,
        252 => Layer::ExportedPdu,
        258 => Layer::Pktap,
        // EPON: a preamble that holds the link's identifier.
        259 => Layer::Behind(8, &Layer::Ethernet),
        274 => Layer::Preamble,
        276 => Layer::CookedV2,
        // The tags of switches, between the addresses and the EtherType: Broadcom's, also in front of the
        // addresses, and Marvell's, also behind an EtherType of its own.
        281 | 284 => Layer::Behind(12 + 4, &Layer::Typed),
        282 => Layer::Behind(4, &Layer::Ethernet),
        285 => Layer::Behind(12 + 8, &Layer::Typed),
        _ => Layer::UnknownLink(number),
    }
}

/// Whether link type `number` says nothing about what its frames hold.
pub(crate) fn is_private(number: u16) -> bool {
    PRIVATE.contains(&number)
}

/// The name of link type `number`, if it is well known and not read.
pub(crate) fn unread(number: u16) -> Option<&'static str> {
    Some(match number {
        _ if is_private(number) => "private use",
        140 | 141 => "SS7",
        165 => "BACnet",
        177 | 203 => "LAPD",
        186 | 189 | 220 => "USB",
        187 | 201 | 254 | 255 => "Bluetooth",
        190 | 227 => "CAN",
        195 | 215 | 230 | 283 => "IEEE 802.15.4",
        210 => "FlexRay",
        212 => "LIN",
        224 | 225 => "Fibre Channel",
        231 => "D-Bus",
        235 => "DVB",
        243 => "MPEG transport stream",
        247 => "InfiniBand",
        249 => "USB of Windows",
        251 | 256 => "Bluetooth Low Energy",
        253 => "Netlink",
        266 => "USB of Darwin",
        270 => "LoRaTap",
        271 => "vsock",
        272 => "Bluetooth Low Energy of Nordic",
        280 => "VPP",
        288 | 293 | 294 | 295 => "USB 2.0",
        290 => "Event Tracing for Windows",
        297 => "Z-Wave",
        _ => return None,
    })
}
