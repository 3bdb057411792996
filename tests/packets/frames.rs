//! Frames of every link layer and tunnel, and what is found in each. All were compared with TShark 4.0.

/// The addresses of a frame, in both roles unless it says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// An IPv4 header between these.
    Pair([u32; 2]),
    /// An IPv4 header that was cut behind its source.
    Source(u32),
    Ipv6,
    NotIp,
    Malformed,
}

use Found::{Ipv6, Malformed, NotIp, Pair, Source};

/// One frame.
#[derive(Debug, Clone)]
pub struct Case {
    pub name: &'static str,
    /// The link type that it is captured on.
    pub link: u16,
    pub frame: Vec<u8>,
    /// What the outermost IPv4 header holds, and the innermost.
    pub outer: Found,
    pub inner: Found,
}

/// The addresses of the outer header, and of one within it.
pub const OUTER: [u32; 2] = [0x0a00_0001, 0x0a00_0002];
pub const INNER: [u32; 2] = [0xc0a8_0001, 0xc633_6407];

pub const UDP: u8 = 17;

/// `hex` digits, with any white space, as bytes.
pub fn hex(hex: &str) -> Vec<u8> {
    let digits: Vec<_> = hex.chars().filter_map(|digit| digit.to_digit(16)).collect();
    digits.chunks(2).map(|pair| (pair[0] << 4 | pair[1]) as u8).collect()
}

/// `header` in hexadecimal, and what it carries.
pub fn with(header: &str, payload: &[u8]) -> Vec<u8> {
    [hex(header).as_slice(), payload].concat()
}

/// An IPv4 packet.
pub fn ipv4([source, destination]: [u32; 2], protocol: u8, payload: &[u8]) -> Vec<u8> {
    let length = (20 + payload.len()) as u16;
    let mut packet = hex("4500 0000 0001 0000 4000 0000");
    packet[2..4].copy_from_slice(&length.to_be_bytes());
    packet[9] = protocol;
    packet.extend(source.to_be_bytes());
    packet.extend(destination.to_be_bytes());
    let sum: u32 = packet.chunks(2).map(|word| u32::from(word[0]) << 8 | u32::from(word[1])).sum();
    let carried = (sum & 0xffff) + (sum >> 16);
    let checksum = !(carried + (carried >> 16)) as u16;
    packet[10..12].copy_from_slice(&checksum.to_be_bytes());
    packet.extend(payload);
    packet
}

/// An IPv6 packet.
pub fn ipv6(protocol: u8, payload: &[u8]) -> Vec<u8> {
    let length = (payload.len() as u16).to_be_bytes();
    let start = [0x60, 0, 0, 0, length[0], length[1], protocol, 64];
    let addresses = hex("20010db8 00000000 00000000 00000001 20010db8 00000000 00000000 00000002");
    [start.as_slice(), &addresses, payload].concat()
}

/// A UDP datagram; its checksum is 0 for none.
pub fn udp([source, destination]: [u16; 2], data: &[u8]) -> Vec<u8> {
    let [source, destination] = [source, destination].map(u16::to_be_bytes);
    let length = ((8 + data.len()) as u16).to_be_bytes();
    [source, destination, length, [0, 0]].concat().into_iter().chain(data.iter().copied()).collect()
}

/// A datagram of a conversation that is no tunnel.
pub fn plain(addresses: [u32; 2]) -> Vec<u8> {
    ipv4(addresses, UDP, &udp([40_000, 40_001], b"data"))
}

pub const MACS: &str = "00000c000002 00000c000001";

/// An Ethernet frame, from its EtherType on.
pub fn ethernet(kind: &str, payload: &[u8]) -> Vec<u8> {
    with(&format!("{MACS} {kind}"), payload)
}

/// An Ethernet frame of 802.3: a length, then LLC.
pub fn ieee802_3(llc: &str, payload: &[u8]) -> Vec<u8> {
    let payload = with(llc, payload);
    ethernet(&format!("{:04x}", payload.len()), &payload)
}

pub fn cases() -> Vec<Case> {
    let here = [links(), pseudo(), wireless(), tunnels(), bad_headers()].concat();
    [here, super::links::cases(), super::overlays::cases()].concat()
}

pub fn case(name: &'static str, link: u16, frame: Vec<u8>, found: Found) -> Case {
    Case { name, link, frame, outer: found, inner: found }
}

/// Layers below IP that name no machine's own headers.
fn links() -> Vec<Case> {
    let ip = plain(OUTER);
    let ip6 = ipv6(UDP, &udp([40_000, 40_001], b"data"));
    let found = Pair(OUTER);
    let arp = "0001 0800 0604 0001 020000000001 0a000001 000000000000 0a000002";
    vec![
        case("ethernet", 1, ethernet("0800", &ip), found),
        case("ethernet-ipv6", 1, ethernet("86dd", &ip6), Ipv6),
        case("ethernet-arp", 1, ethernet("0806", &hex(arp)), NotIp),
        case("vlan", 1, ethernet("8100 0005 0800", &ip), found),
        case("qinq", 1, ethernet("88a8 0005 8100 0006 0800", &ip), found),
        case("triple", 1, ethernet("9100 0005 88a8 0006 8100 0007 0800", &ip), found),
        case("vlan-arp", 1, ethernet("8100 0005 0806", &hex(arp)), NotIp),
        case("snap", 1, ieee802_3("aaaa03 000000 0800", &ip), found),
        case("snap-bridged", 1, ieee802_3("aaaa03 0000f8 0800", &ip), found),
        case("llc", 1, ieee802_3("060603", &ip), found),
        case("llc-bridge-protocol", 1, ieee802_3("424203", &[0; 35]), NotIp),
        case(
            "vlan-snap",
            1,
            {
                let payload = with("aaaa03 000000 0800", &ip);
                ethernet(&format!("8100 0005 {:04x}", payload.len()), &payload)
            },
            found,
        ),
        case("mpls", 1, ethernet("8847 00064140", &ip), found),
        case("mpls-three-labels", 1, ethernet("8847 00064040 00065040 00066140", &ip), found),
        case("mpls-ipv6", 1, ethernet("8847 00064140", &ip6), Ipv6),
        case("mpls-pseudowire", 1, ethernet("8847 00064140", &ethernet("0800", &ip)), found),
        case(
            "mpls-control-word",
            1,
            ethernet("8847 00064140 00000000", &ethernet("0800", &ip)),
            found,
        ),
        case("provider-backbone", 1, ethernet("88e7 00000001", &ethernet("0800", &ip)), found),
        case("pppoe", 1, ethernet("8864 1100 0001 0030 0021", &ip), found),
        case("pppoe-compressed", 1, ethernet("8864 1100 0001 002f 21", &ip), found),
        case("pppoe-ipv6", 1, ethernet("8864 1100 0001 0030 0057", &ip6), Ipv6),
        case("pppoe-discovery", 1, ethernet("8863 1109 0000 0004 01010000", &[0; 20]), NotIp),
        case("ppp", 9, with("ff03 0021", &ip), found),
        case("ppp-bare", 9, with("0021", &ip), found),
        case("ppp-compressed", 9, with("21", &ip), found),
        case("ppp-mpls", 9, with("ff03 0281 00064140", &ip), found),
        case("ppp-control", 9, hex("ff03 c021 01010004"), NotIp),
        case("ppp-serial", 50, with("ff03 0021", &ip), found),
        case("ppp-serial-hdlc", 50, with("0f00 0800", &ip), found),
        case("ppp-ethernet", 51, with("1100 0001 0030 0021", &ip), found),
        case("pppd", 166, with("0003 0021", &ip), found),
        case("ppp-direction", 204, with("01 ff03 0021", &ip), found),
        case("ppp-direction-bare", 204, with("00 0021", &ip), found),
        case("cisco-hdlc", 104, with("0f00 0800", &ip), found),
        case("cisco-hdlc-multicast", 104, with("8f00 86dd", &ip6), Ipv6),
        case("cisco-hdlc-mpls", 104, with("0f00 8847 00064140", &ip), found),
        case("mpls-link", 219, with("00064140", &ip), found),
        case("raw", 101, ip.clone(), found),
        case("raw-ipv6", 101, ip6.clone(), Ipv6),
        case("raw-12", 12, ip.clone(), found),
        case("raw-14", 14, ip.clone(), found),
        case("raw-ipv4", 228, ip, found),
        case("raw-only-ipv6", 229, ip6, Ipv6),
    ]
}

/// What systems put in front of packets.
fn pseudo() -> Vec<Case> {
    let ip = plain(OUTER);
    let ip6 = ipv6(UDP, &udp([40_000, 40_001], b"data"));
    let found = Pair(OUTER);
    let sll = "0000 0001 0006 020000000001 0000";
    let sll2 = "0000 00000002 0001 00 06 020000000001 0000";
    let fields = |big: bool, family: &str, packet: &[u8]| {
        let number = |n: u16| if big { n.to_be_bytes() } else { n.to_le_bytes() };
        let field = |kind, value: &[u8]| {
            let mut field = [number(4 + value.len() as u16), number(kind)].concat();
            field.extend(value);
            field.resize(field.len().next_multiple_of(4), 0);
            field
        };
        // The hook, a prefix of one byte, and the packet.
        let fields = [field(1, &hex("0800 03 00")), field(10, b"\0"), field(9, packet)].concat();
        with(family, &fields)
    };
    vec![
        case("sll", 113, with(&format!("{sll} 0800"), &ip), found),
        case("sll-ipv6", 113, with(&format!("{sll} 86dd"), &ip6), Ipv6),
        case("sll-arp", 113, with(&format!("{sll} 0806"), &[0; 28]), NotIp),
        case("sll-vlan", 113, with(&format!("{sll} 8100 0005 0800"), &ip), found),
        case("sll-llc", 113, with(&format!("{sll} 0004 aaaa03 000000 0800"), &ip), found),
        case("sll-can", 113, with(&format!("{sll} 000c"), &[0; 16]), NotIp),
        case("sll2", 276, with(&format!("0800 {sll2}"), &ip), found),
        case("sll2-ipv6", 276, with(&format!("86dd {sll2}"), &ip6), Ipv6),
        case("sll2-arp", 276, with(&format!("0806 {sll2}"), &[0; 28]), NotIp),
        case("null-little", 0, with("02000000", &ip), found),
        case("null-big", 0, with("00000002", &ip), found),
        case("null-freebsd", 0, with("1c000000", &ip6), Ipv6),
        case("null-darwin", 0, with("1e000000", &ip6), Ipv6),
        case("null-netbsd", 0, with("18000000", &ip6), Ipv6),
        case("null-osi", 0, with("07000000", &[0; 20]), NotIp),
        case("loop", 108, with("00000002", &ip), found),
        case("nflog-little", 239, fields(false, "02 00 0001", &ip), found),
        case("nflog-big", 239, fields(true, "02 00 0001", &ip), found),
        case("nflog-ipv6", 239, fields(false, "0a 00 0001", &ip6), Ipv6),
    ]
}

/// 802.11, with the headers of drivers.
fn wireless() -> Vec<Case> {
    const SNAP: &str = "aaaa03 000000 0800";
    let ip = plain(OUTER);
    let found = Pair(OUTER);
    let three = "0000 020000000001 020000000002 020000000003 0010";
    let data = |kind: &str, more: &str| with(&format!("{kind} {three} {more} {SNAP}"), &ip);
    let frame = data("0801", "");
    let aggregate = {
        let first = with(&format!("{MACS} {:04x} {SNAP}", 8 + ip.len()), &ip);
        with(&format!("8801 {three} 8000"), &first)
    };
    let prism = |message: &str| {
        let mut header = hex(message);
        header.resize(144, 0);
        [header, frame.clone()].concat()
    };
    vec![
        case("wireless", 105, frame.clone(), found),
        case("wireless-qos", 105, data("8801", "0000"), found),
        case("wireless-qos-control", 105, data("8881", "0000 00000000"), found),
        case("wireless-four-addresses", 105, data("0803", "020000000004"), found),
        case("wireless-four-qos", 105, data("8803", "020000000004 0000"), found),
        case("wireless-aggregate", 105, aggregate, found),
        case("wireless-null", 105, hex(&format!("4801 {three}")), NotIp),
        case("wireless-encrypted", 105, data("0841", "00000020 00000000"), NotIp),
        case("wireless-beacon", 105, with(&format!("8000 {three}"), &[0; 12]), NotIp),
        case("wireless-ack", 105, hex("d400 0000 020000000001"), NotIp),
        case("radiotap", 127, with("0000 0800 00000000", &frame), found),
        case("radiotap-clock", 127, with("0000 1100 03000000 0000000000000000 00", &frame), found),
        case(
            "radiotap-padded",
            127,
            with("0000 0900 02000000 20", &data("8801", "0000 0000")),
            found,
        ),
        case(
            "radiotap-clock-padded",
            127,
            with("0000 1100 03000000 0000000000000000 20", &data("8801", "0000 0000")),
            found,
        ),
        case(
            "radiotap-two-words-padded",
            127,
            with("0000 0d00 02000080 00000000 20", &data("8801", "0000 0000")),
            found,
        ),
        case("ppi", 192, with("00 00 0800 69000000", &frame), found),
        case("ppi-ethernet", 192, with("00 00 0800 01000000", &ethernet("0800", &ip)), found),
        case("prism", 119, prism("44000000 90000000"), found),
        case("avs", 163, with("80211001 00000040", &[vec![0; 56], frame.clone()].concat()), found),
        case("avs-on-prism", 119, with("80211001 00000040", &[vec![0; 56], frame].concat()), found),
    ]
}

/// IP within IP, over Ethernet.
fn tunnels() -> Vec<Case> {
    let inner = plain(INNER);
    let frame = ethernet("0800", &inner);
    let tunnel = |name, protocol, payload: &[u8]| Case {
        name,
        link: 1,
        frame: ethernet("0800", &ipv4(OUTER, protocol, payload)),
        outer: Pair(OUTER),
        inner: Pair(INNER),
    };
    let over_udp = |name, port, data: &[u8]| tunnel(name, UDP, &udp([40_000, port], data));
    // Over IPv6 there is only one IPv4 header: the outermost is the innermost.
    let over_ipv6 = |name, protocol, payload: &[u8]| {
        case(name, 1, ethernet("86dd", &ipv6(protocol, payload)), Pair(INNER))
    };
    let none = |name, protocol, payload: &[u8]| {
        case(name, 1, ethernet("0800", &ipv4(OUTER, protocol, payload)), Pair(OUTER))
    };
    let later_fragment = {
        let mut packet = ipv4(OUTER, 4, &inner);
        packet[6..8].copy_from_slice(&[0x00, 0x10]);
        case("later-fragment", 1, ethernet("0800", &packet), Pair(OUTER))
    };
    let vxlan = with("08000000 00002a00", &frame);
    let geneve = with("0200 6558 00002a00 0102800100000000", &frame);
    let gtp = with("30ff 0030 00000001", &inner);
    vec![
        tunnel("ip-in-ip", 4, &inner),
        tunnel("gre", 47, &with("0000 0800", &inner)),
        tunnel("gre-key-sequence", 47, &with("b000 0800 00000000 00000001 00000002", &inner)),
        tunnel("gre-ethernet", 47, &with("0000 6558", &frame)),
        tunnel("gre-vlan", 47, &with("0000 6558", &ethernet("8100 0005 0800", &inner))),
        tunnel("gre-pptp", 47, &with("3081 880b 0030 0001 00000001 00000001 ff03 0021", &inner)),
        tunnel("gre-mpls", 47, &with("0000 8847 00064140", &inner)),
        tunnel("gre-erspan-1", 47, &with("0000 88be", &frame)),
        tunnel("gre-erspan-2", 47, &with("1000 88be 00000001 10000001 00000000", &frame)),
        tunnel("gre-wccp", 47, &with("0000 883e", &inner)),
        tunnel("etherip", 97, &with("3000", &frame)),
        tunnel("mpls-in-ip", 137, &with("00064140", &inner)),
        tunnel(
            "authenticated",
            51,
            &with("0404 0000 00000001 00000001 000000000000000000000000", &inner),
        ),
        over_udp("vxlan", 4789, &vxlan),
        over_udp("geneve", 6081, &geneve),
        over_udp("geneve-ip", 6081, &with("0000 0800 00002a00", &inner)),
        over_udp("mpls-in-udp", 6635, &with("00064140", &inner)),
        over_udp("gtp", 2152, &gtp),
        over_udp("gtp-sequence", 2152, &with("32ff 0034 00000001 00010000", &inner)),
        over_udp("gtp-extension", 2152, &with("34ff 0038 00000001 00000085 01000900", &inner)),
        over_udp("l2tp", 1701, &with("0002 0001 0001 ff03 0021", &inner)),
        over_udp(
            "l2tp-all-fields",
            1701,
            &with("4a02 0040 0001 0001 0000 0000 0002 0000 ff03 0021", &inner),
        ),
        over_udp("teredo", 3544, &ipv6(4, &inner)),
        over_udp("teredo-origin", 3544, &with("0000 1234 56789abc", &ipv6(4, &inner))),
        over_udp(
            "teredo-authentication",
            3544,
            &with("0001 0000 0000000000000000 00", &ipv6(4, &inner)),
        ),
        tunnel("4-in-6-in-4", 41, &ipv6(4, &inner)),
        tunnel("three-deep", 4, &ipv4([1, 2], 4, &inner)),
        over_ipv6("4-in-6", 4, &inner),
        over_ipv6("4-in-6-options", 60, &with("0400 010400000000", &inner)),
        over_ipv6("4-in-6-first-fragment", 44, &with("0400 0001 00000001", &inner)),
        over_ipv6("gre-over-6", 47, &with("0000 0800", &inner)),
        over_ipv6("vxlan-over-6", UDP, &udp([40_000, 4789], &vxlan)),
        over_ipv6("gtp-over-6", UDP, &udp([2152, 2152], &gtp)),
        case(
            "ipv6-later-fragment",
            1,
            ethernet("86dd", &ipv6(44, &with("0400 0101 00000001", &inner))),
            Ipv6,
        ),
        case("ipv6-encrypted", 1, ethernet("86dd", &ipv6(50, &[0; 40])), Ipv6),
        none("6-in-4", 41, &ipv6(58, &[128, 0, 0, 0])),
        none("icmp-error", 1, &with("0303 0000 00000000", &inner)),
        none("encrypted", 50, &[0; 40]),
        none("gtp-echo", UDP, &udp([2152, 2152], &hex("3201 0004 00000000 00010000"))),
        none("l2tp-control", UDP, &udp([1701, 1701], &hex("c802 000c 0001 0000 0001 0001"))),
        none("not-vxlan", UDP, &udp([40_000, 4789], b"?")),
        later_fragment,
    ]
}

/// IPv4 headers that were cut, and that cannot be.
fn bad_headers() -> Vec<Case> {
    let ip = plain(OUTER);
    let changed = |at: usize, byte: u8| {
        let mut packet = ip.clone();
        packet[at] = byte;
        ethernet("0800", &packet)
    };
    let cut = |length: usize| ethernet("0800", &ip[..length]);
    let options = {
        let mut packet = ip.clone();
        (packet[0], packet[3]) = (0x4f, 80);
        ethernet("0800", &packet[..20])
    };
    let zero_length = {
        let mut packet = ip.clone();
        packet[2..4].fill(0);
        ethernet("0800", &packet)
    };
    let ip6 = ipv6(UDP, &[0; 8]);
    vec![
        case("cut-behind-addresses", 1, cut(20), Pair(OUTER)),
        case("cut-in-options", 1, options, Pair(OUTER)),
        case("cut-in-destination", 1, cut(19), Source(OUTER[0])),
        case("cut-behind-source", 1, cut(16), Source(OUTER[0])),
        case("cut-in-source", 1, cut(15), Malformed),
        case("cut-in-ethernet", 1, ethernet("", &[]), Malformed),
        case("nothing-captured", 1, Vec::new(), Malformed),
        case("cut-in-ipv6", 1, ethernet("86dd", &ip6[..39]), Malformed),
        case("length-of-offload", 1, zero_length, Pair(OUTER)),
        case("version-5", 1, changed(0, 0x55), Malformed),
        case("short-header", 1, changed(0, 0x44), Malformed),
        case("header-beyond-length", 1, changed(3, 19), Malformed),
        case("length-beyond-frame", 1, changed(3, 250), Pair(OUTER)),
        case("wrong-checksum", 1, changed(10, 0xee), Pair(OUTER)),
        case("raw-version-5", 101, vec![0x55; 40], Malformed),
        case("later-wireless-cut", 127, hex("0000 2000 00000000 0000"), Malformed),
    ]
}
