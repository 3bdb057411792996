//! Tunnels of overlay networks, controllers and sniffers, and IPv4 addresses that are mapped into IPv6. All
//! were compared with TShark 4.0; where it does not read one, a comment says so.

use super::frames::Found::Pair;
use super::frames::{Case, INNER, OUTER, UDP, case, ethernet, ipv4, ipv6, plain, udp, with};

pub fn cases() -> Vec<Case> {
    let inner = plain(INNER);
    let frame = ethernet("0800", &inner);
    let tunnel = |name, protocol, payload: &[u8]| Case {
        name,
        link: 1,
        frame: ethernet("0800", &ipv4(OUTER, protocol, payload)),
        outer: Pair(OUTER),
        inner: Pair(INNER),
    };
    let none = |name, port, header: &str, data: &[u8]| {
        let datagram = udp([40_000, port], &with(header, data));
        case(name, 1, ethernet("0800", &ipv4(OUTER, UDP, &datagram)), Pair(OUTER))
    };
    let ports = |name, ports, header: &str, data: &[u8]| {
        tunnel(name, UDP, &udp(ports, &with(header, data)))
    };
    let over_udp =
        |name, port, header: &str, data: &[u8]| ports(name, [40_000, port], header, data);
    let gre = |name, header: &str, data: &[u8]| tunnel(name, 47, &with(header, data));
    let wireless = |control: &str| {
        let addresses = "020000000001 020000000002 020000000003 0010";
        with(&format!("{control} 0000 {addresses} aaaa03 000000 0800"), &inner)
    };
    let (swapped, plainly) = (wireless("0108"), wireless("0801"));
    let over_ipv6 = |name, protocol, payload: &[u8]| {
        case(name, 1, ethernet("86dd", &ipv6(protocol, payload)), Pair(INNER))
    };
    vec![
        over_udp("lisp", 4341, "c0000001 00000001", &inner),
        over_udp("lisp-4-in-6", 4341, "c0000001 00000001", &ipv6(4, &inner)),
        ports("lisp-answer", [4341, 40_000], "c0000001 00000001", &inner),
        over_udp("capwap", 5247, "00 10 02 00 00000000", &frame),
        ports("capwap-down", [5247, 40_000], "00 10 02 00 00000000", &frame),
        over_udp("capwap-wireless", 5247, "00 10 03 00 00000000", &swapped),
        // TShark reads 802.11 only with its control field swapped, unless a preference says otherwise.
        over_udp("capwap-wireless-standard", 5247, "00 10 03 00 00000000", &plainly),
        over_udp("capwap-radio", 5247, "00 20 03 10 00000000 0602000000000100", &swapped),
        none("capwap-alive", 5247, "00 10 03 08 00000000", &swapped),
        none("capwap-encrypted", 5247, "01 00 00 00", &frame),
        none("capwap-fragment", 5247, "00 10 03 80 00010000", &swapped),
        none("capwap-control", 5246, "00 10 02 00 00000000", &frame),
        over_udp("vxlan-gpe", 4790, "0c000001 00002a00", &inner),
        over_udp("vxlan-gpe-ethernet", 4790, "0c000003 00002a00", &frame),
        over_udp("vxlan-gpe-nsh", 4790, "0c000004 00002a00 0fc20203 000001ff", &frame),
        none("vxlan-gpe-unsaid", 4790, "08000000 00002a00", &frame),
        over_udp("tzsp", 37_008, "01 00 0001 01", &frame),
        over_udp("tzsp-fields", 37_008, "01 00 0001 0a0105 00 01", &frame),
        over_udp("tzsp-wireless", 37_008, "01 00 0012 01", &plainly),
        none("tzsp-alive", 37_008, "01 04 0001", &[]),
        gre("erspan-3", "1000 22eb 00000001 20010001 00000000 00000000", &frame),
        gre(
            "erspan-3-platform",
            "1000 22eb 00000001 20010001 00000000 00000001 0000000000000000",
            &frame,
        ),
        gre("gre-nsh", "0000 894f 0fc20203 000001ff", &frame),
        gre("gre-relay", "0000 6559 1841 03cc", &inner),
        tunnel("ethernet-in-ip", 143, &frame),
        tunnel("register", 103, &with("2100 0000 00000000", &inner)),
        over_ipv6("ethernet-in-6", 143, &frame),
        over_ipv6("lisp-over-6", UDP, &udp([40_000, 4341], &with("c0000001 00000001", &inner))),
        over_ipv6("capwap-over-6", UDP, &udp([40_000, 5247], &with("0010020000000000", &frame))),
        mapped("mapped", UDP, &udp([40_000, 40_001], b"data"), OUTER),
        // As everywhere, the header of IPv4 counts before that of IPv6.
        mapped("mapped-4-in-6", 4, &inner, INNER),
    ]
}

/// IPv6 between addresses that stand for those of IPv4, which TShark shows as IPv6.
fn mapped(name: &'static str, protocol: u8, payload: &[u8], found: [u32; 2]) -> Case {
    let mut packet = ipv6(protocol, payload);
    for (at, address) in [(8, OUTER[0]), (24, OUTER[1])] {
        packet[at..at + 10].fill(0);
        packet[at + 10..at + 12].fill(0xff);
        packet[at + 12..at + 16].copy_from_slice(&address.to_be_bytes());
    }
    case(name, 1, ethernet("86dd", &packet), Pair(found))
}
