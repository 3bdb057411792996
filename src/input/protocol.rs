//! IP protocols by name, as captures and flow logs write them.

use super::digits::few;

/// Names as captures write them, in lower case, and IANA's numbers.
const NAMES: [(&str, u8); 24] = [
    ("icmp", 1),
    ("igmp", 2),
    ("ipip", 4),
    ("tcp", 6),
    ("egp", 8),
    ("udp", 17),
    ("dccp", 33),
    ("ipv6", 41),
    ("rsvp", 46),
    ("gre", 47),
    ("esp", 50),
    ("ah", 51),
    ("icmp6", 58),
    ("icmpv6", 58),
    ("ipv6-icmp", 58),
    ("icmp_ipv6", 58),
    ("eigrp", 88),
    ("ospf", 89),
    ("pim", 103),
    ("vrrp", 112),
    ("l2tp", 115),
    ("sctp", 132),
    ("udplite", 136),
    ("mpls", 137),
];

/// The number of the protocol that `text` gives, by name in any case or by number.
#[inline]
pub fn parse_protocol(text: &[u8]) -> Option<u8> {
    parse_number(text).or_else(|| named(text))
}

/// The number of the protocol that `text` names, or that stands between blanks.
fn named(text: &[u8]) -> Option<u8> {
    let text = text.trim_ascii();
    if text.first().is_some_and(u8::is_ascii_digit) {
        return parse_number(text);
    }
    let is_named = |&&(name, _): &&(&str, u8)| text.eq_ignore_ascii_case(name.as_bytes());
    NAMES.iter().find(is_named).map(|&(_, number)| number)
}

/// Whether packets of `protocol` have ports. If they do not, no condition on a port holds.
pub fn has_ports(protocol: u8) -> bool {
    // TCP, UDP, DCCP, SCTP and UDP-Lite.
    matches!(protocol, 6 | 17 | 33 | 132 | 136)
}

/// The decimal number of at most eight digits that `text` consists of, if it fits `T`.
#[inline]
pub fn parse_number<T: TryFrom<u32>>(text: &[u8]) -> Option<T> {
    T::try_from(few(text)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn protocols_are_known_by_name_and_number() {
        let known = |text: &str| parse_protocol(text.as_bytes());
        assert_eq!(
            (known("TCP"), known(" udp"), known("IPv6-ICMP")),
            (Some(6), Some(17), Some(58))
        );
        assert_eq!((known("17"), known("255"), known("256")), (Some(17), Some(255), None));
        assert_eq!((known(""), known("llc"), known("6.0"), known("-1")), (None, None, None, None));
        assert_eq!(parse_number::<u16>(b"65535"), Some(65535));
        assert_eq!(parse_number::<u16>(b"65536"), None);
        assert_eq!(parse_number::<u16>(b"0000000080"), None);
    }
}
