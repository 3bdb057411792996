//! Frames of link layers other than those of every day: local networks, carriers, and the headers of devices
//! and programs that capture. All were compared with TShark 4.0; where it does not read one, a comment says
//! so.

use super::frames::Found::{Ipv6, NotIp, Pair};
use super::frames::{
    Case, MACS, OUTER, UDP, case, ethernet, hex, ieee802_3, ipv6, plain, udp, with,
};

const SNAP: &str = "aaaa03 000000 0800";

pub fn cases() -> Vec<Case> {
    [local(), tags(), carriers(), systems(), devices(), private()].concat()
}

fn ip6() -> Vec<u8> {
    ipv6(UDP, &udp([40_000, 40_001], b"data"))
}

/// FDDI, Token Ring, ARCNET, packet radio, preambles.
fn local() -> Vec<Case> {
    let (ip, frame, found) = (plain(OUTER), ethernet("0800", &plain(OUTER)), Pair(OUTER));
    let bridged = |header: &str| with(header, &frame);
    vec![
        case("fddi", 10, with(&format!("50 {MACS} {SNAP}"), &ip), found),
        case("fddi-priority", 10, with(&format!("57 {MACS} {SNAP}"), &ip), found),
        case("fddi-station", 10, with(&format!("41 {MACS} {SNAP}"), &ip), NotIp),
        case("fddi-bridged", 10, bridged(&format!("50 {MACS} aaaa03 0080c2 0007 0000")), found),
        case("token-ring", 6, with(&format!("1040 {MACS} {SNAP}"), &ip), found),
        case(
            "token-ring-route",
            6,
            with(&format!("1040 00000c000002 80000c000001 0630 0011 0021 {SNAP}"), &ip),
            found,
        ),
        case("token-ring-access", 6, with(&format!("1000 {MACS} {SNAP}"), &ip), NotIp),
        case("arcnet", 7, with("0102 d4 00 0001", &ip), found),
        case("arcnet-exception", 7, with("0102 d4 ff ffff d4 00 0001", &ip), found),
        case("arcnet-first-fragment", 7, with("0102 d4 01 0001", &ip), found),
        // TShark takes what a later fragment begins with for a header.
        case("arcnet-later-fragment", 7, with("0102 d4 02 0001", &ip), NotIp),
        case("arcnet-1051", 7, with("0102 f0", &ip), found),
        case("arcnet-ipv6", 7, with("0102 c4 00 0001", &ip6()), Ipv6),
        case("arcnet-arp", 7, with("0102 d5 00 0001", &[0; 28]), NotIp),
        case("arcnet-linux", 129, with("0102 0000 d4 00 0001", &ip), found),
        case("ax25", 3, with("82828282828260 84848484848461 03 cc", &ip), found),
        case(
            "ax25-repeater",
            3,
            with("82828282828260 84848484848460 86868686868661 03 cc", &ip),
            found,
        ),
        case("ax25-text", 3, with("82828282828260 84848484848461 03 f0", b"text"), NotIp),
        case("ax25-kiss", 202, with("00 82828282828260 84848484848461 03 cc", &ip), found),
        case("llc-bridged", 1, ieee802_3("aaaa03 0080c2 0007 0000", &frame), found),
        case("llc-spanning-tree", 1, ieee802_3("aaaa03 0080c2 000e", &[0; 35]), NotIp),
        case("llc-routed", 1, ieee802_3("fefe03 cc", &ip), found),
        // TShark wants the check sequence behind the frame.
        case("preamble", 274, bridged("55555555555555 d5"), found),
        case("preamble-first-fragment", 274, bridged("55555555555555 e6"), found),
        case("preamble-later-fragment", 274, bridged("555555555555 61 07"), NotIp),
        case("epon", 259, bridged("5555d555 55000100"), found),
    ]
}

/// Tags in front of the EtherType, and frames within frames.
fn tags() -> Vec<Case> {
    let (ip, frame, found) = (plain(OUTER), ethernet("0800", &plain(OUTER)), Pair(OUTER));
    let tag = |name, kind: &str| case(name, 1, ethernet(kind, &ip), found);
    let carries = |name, kind: &str| case(name, 1, ethernet(kind, &frame), found);
    let closed = |name, kind: &str| case(name, 1, ethernet(kind, &ip), NotIp);
    let switch = |tag: &str| with(&format!("{MACS} {tag} 0800"), &ip);
    vec![
        tag("seamless", "892f 0034 0001 0800"),
        case("seamless-ipv6", 1, ethernet("892f 0034 0001 86dd", &ip6()), Ipv6),
        closed("redundancy-supervision", "88fb 0001 0001 1406"),
        tag("redundancy", "f1c1 0000 0001 0800"),
        tag("redundancy-vlan", "f1c1 0000 0001 8100 0005 0800"),
        tag("vlan-redundancy", "8100 0005 f1c1 0000 0001 0800"),
        tag("virtual-port", "8926 00010002 0800"),
        tag("port-extender", "893f 0001 0002 0000 0800"),
        tag("group-tag", "8909 0101 0001 0005 0800"),
        tag("arista-64", "d28b 0001 0010 0000000000000001 0800"),
        tag("arista-48", "d28b 0001 0120 000000000001 0800"),
        closed("arista-other", "d28b 0002 0010 0000000000000001 0800"),
        tag("macsec", "88e5 00 00 00000001 0800"),
        tag("macsec-channel", "88e5 20 00 00000001 0200000000010001 0800"),
        closed("macsec-encrypted", "88e5 2c 00 00000001 0200000000010001 0800"),
        closed("macsec-changed", "88e5 04 00 00000001 0800"),
        tag("jumbo-llc", "8870 aaaa03 000000 0800"),
        tag(
            "centrino",
            "2452 0801 0000 020000000001 020000000002 020000000003 0010 aaaa03 000000 0800",
        ),
        carries("fabric-path", "8903 0040"),
        carries("trill", "22f3 0000 0001 0002"),
        carries("trill-options", "22f3 0080 0001 0002 00000000 00000000"),
        tag("nsh", "894f 0fc6 01 01 00000100 00000000 00000000 00000000 00000000"),
        tag("nsh-metadata", "894f 0fc4 02 01 00000100 00000104 01020304"),
        carries("nsh-ethernet", "894f 0fc2 02 03 000001ff"),
        tag("nsh-twice", "894f 0fc2 02 04 000001ff 0fc2 02 01 000001ff"),
        tag("nsh-mpls", "894f 0fc2 02 05 000001ff 00064140"),
        // TShark 4.0 does not know these link types.
        case("broadcom", 281, switch("20000001"), found),
        case("broadcom-in-front", 282, with("20000001", &frame), found),
        case("marvell", 284, switch("40000000"), found),
        case("marvell-typed", 285, switch("dada 0000 40000000"), found),
    ]
}

/// Frame relay, ATM, SLIP, cable.
fn carriers() -> Vec<Case> {
    let (ip, frame, found) = (plain(OUTER), ethernet("0800", &plain(OUTER)), Pair(OUTER));
    let relay = |name, header: &str| case(name, 107, with(header, &ip), found);
    vec![
        relay("relay", "1841 03 cc"),
        relay("relay-padded", "1841 03 00 cc"),
        relay("relay-three", "184001 03 cc"),
        relay("relay-four", "18400001 03 cc"),
        relay("relay-snap", "1841 03 00 80 000000 0800"),
        relay("relay-ppp", "1841 03 cf 0021"),
        relay("relay-cisco", "1841 0800"),
        case("relay-ipv6", 107, with("1841 03 8e", &ip6()), Ipv6),
        case("relay-bridged", 107, with("1841 03 00 80 0080c2 0007", &frame), found),
        case("relay-management", 107, hex("0001 03 08 00 75 51 01 00"), NotIp),
        case("atm", 100, with(SNAP, &ip), found),
        case("atm-of-systems", 11, with(SNAP, &ip), found),
        case("atm-bridged", 100, with("aaaa03 0080c2 0001 0000", &frame), found),
        case("atm-routed", 100, with("fefe03 cc", &ip), found),
        case("atm-ppp", 100, with("fefe03 cf 0021", &ip), found),
        case("atm-classical", 106, ip.clone(), found),
        case("sun-atm", 123, with(&format!("82 00 0020 {SNAP}"), &ip), found),
        case("sun-atm-unknown", 123, with(&format!("00 00 0020 {SNAP}"), &ip), found),
        case("sun-atm-lan", 123, with("01 00 0020 0001", &frame), found),
        case("sun-atm-signalling", 123, with("06 00 0005", &[0; 20]), NotIp),
        // TShark does not read SLIP, and shows nothing of these of cable.
        case("slip", 8, [vec![0; 16], ip.clone()].concat(), found),
        case("slip-bsdos", 102, [vec![0; 24], ip].concat(), found),
        case("docsis", 143, with("00 00 0040 0000", &frame), found),
        case("docsis-extended", 143, with("01 04 0044 00000000 0000", &frame), found),
        case("docsis-management", 143, with("c2 00 0040 0000", &frame), NotIp),
    ]
}

/// What other systems put in front of packets.
fn systems() -> Vec<Case> {
    let (ip, found) = (plain(OUTER), Pair(OUTER));
    let pflog = |length: u8, padded: usize| {
        let mut header = vec![0; padded];
        (header[0], header[1]) = (length, 2);
        [header, plain(OUTER)].concat()
    };
    let null = |name, header: &str| case(name, 0, with(header, &plain(OUTER)), found);
    vec![
        case("pflog", 117, pflog(61, 64), found),
        case("pflog-first", 117, pflog(45, 48), found),
        case("pflog-freebsd", 117, pflog(69, 72), found),
        case("pflog-openbsd", 117, pflog(100, 100), found),
        case("pflog-ipv6", 117, [vec![64; 64], ip6()].concat(), Ipv6),
        case("enc", 109, with("02000000 00000001 00000000", &ip), found),
        case("enc-of-systems", 13, with("00000002 00000001 00000000", &ip), found),
        null("null-type", "0f00 0800"),
        null("null-type-swapped", "0008 0000"),
        null("null-type-vlan", "0f00 8100 0005 0800"),
        null("null-ppp", "ff03 0021"),
        null("null-two-bytes", "0002 0000"),
        case("null-type-ipv6", 0, with("0000 86dd", &ip6()), Ipv6),
        case("ipnet", 226, [hex("0102 0002 00000020"), vec![0; 16], ip.clone()].concat(), found),
        case("ipnet-ipv6", 226, [hex("021a 0002 00000034"), vec![0; 16], ip6()].concat(), Ipv6),
        case("infiniband", 242, [vec![0; 40], with("0800 0000", &ip)].concat(), found),
        case("infiniband-ipv6", 242, [vec![0; 40], with("86dd 0000", &ip6())].concat(), Ipv6),
        case("firewire", 138, [vec![2; 16], with("0800", &ip)].concat(), found),
        case("fibre-channel", 122, [vec![2; 16], with(SNAP, &ip)].concat(), found),
    ]
}

/// What devices and programs that capture put in front of frames.
fn devices() -> Vec<Case> {
    let (ip, frame, found) = (plain(OUTER), ethernet("0800", &plain(OUTER)), Pair(OUTER));
    let pktap = |kind: u32, link: u32, frame: &[u8]| {
        let mut header = [108, kind, link].map(u32::to_le_bytes).concat();
        header.resize(108, 0);
        [header, frame.to_vec()].concat()
    };
    let erf = |kind: u8, more: &str, frame: &[u8]| {
        let mut header = vec![0; 16];
        header[8] = kind;
        [header, hex(more), frame.to_vec()].concat()
    };
    let exported = |name, header: &str| case(name, 252, with(header, &plain(OUTER)), found);
    vec![
        case("pktap", 258, pktap(1, 1, &frame), found),
        case("pktap-raw", 258, pktap(1, 12, &ip), found),
        case("pktap-null", 258, pktap(1, 0, &with("02000000", &ip)), found),
        case("pktap-none", 258, pktap(0, 1, &frame), NotIp),
        case("pktap-unknown", 258, pktap(1, 189, &frame), NotIp),
        case("pktap-private", 149, pktap(1, 1, &frame), found),
        case("erf", 197, erf(2, "0000", &frame), found),
        case(
            "erf-extended",
            197,
            erf(0x82, "8300000000000000 0400000000000000 0000", &frame),
            found,
        ),
        case("erf-colour", 197, erf(11, "0000", &frame), found),
        case("erf-ppp", 197, erf(1, "ff03 0021", &ip), found),
        case("erf-hdlc", 197, erf(1, "0f00 0800", &ip), found),
        case("erf-channels", 197, erf(5, "00000000 ff03 0021", &ip), found),
        case("erf-atm", 197, erf(4, "00000000 aaaa03 000000 0800", &ip), found),
        case("erf-ipv4", 197, erf(22, "", &ip), found),
        case("erf-ipv6", 197, erf(23, "", &ip6()), Ipv6),
        case("erf-metadata", 197, erf(27, "", &[0; 40]), NotIp),
        case("juniper", 178, with("4d4743 00", &frame), found),
        case("juniper-extended", 178, with("4d4743 80 0004 01020304", &frame), found),
        case("juniper-no-link", 178, with("4d4743 82 0004 01020304 02000000", &ip), found),
        case("juniper-ppp", 179, with("4d4743 00 ff03 0021", &ip), found),
        case("juniper-relay", 180, with("4d4743 00 1841 03cc", &ip), found),
        case("juniper-hdlc", 181, with("4d4743 00 0f00 0800", &ip), found),
        case(
            "juniper-pppoe",
            167,
            with("4d4743 00", &ethernet("8864 1100 0001 0030 0021", &ip)),
            found,
        ),
        case("juniper-atm", 137, with("4d4743 00 00000000 aaaa03 000000 0800", &ip), found),
        case("juniper-voice", 183, [hex("4d4743 00"), vec![0; 18], ip.clone()].concat(), found),
        exported("exported-ip", "000c 0004 69700000 0000 0000"),
        exported("exported-more", "000c 0002 6970 0014 0004 01020304 0000 0000"),
        // TShark takes the padding that is not counted for the packet.
        exported("exported-padded", "000c 0002 6970 0000 0000 0000"),
        exported(
            "exported-ethernet",
            &format!("000c 000e 6574685f776974686f7574666373 0000 0000 {MACS} 0800"),
        ),
        case("exported-ipv6", 252, with("000c 0004 69707636 0000 0000", &ip6()), Ipv6),
        case("exported-http", 252, with("000c 0004 68747470 0000 0000", b"GET / HTTP/1.1"), NotIp),
        // TShark shows nothing of these: it wants a valid status in the first four bytes.
        case("netanalyzer", 240, with("00000000", &frame), found),
        case("netanalyzer-preamble", 241, with("00000000 55555555555555d5", &frame), found),
    ]
}

/// Link types that mean whatever their writer wants.
fn private() -> Vec<Case> {
    let ip = plain(OUTER);
    [147, 149, 162].map(|link| case("private", link, ip.clone(), NotIp)).to_vec()
}
