//! One entry of a list: an address, or IPv4 addresses from a first to a last one, in every notation that
//! firewalls, block lists and registries write.

use super::octets;
use crate::input::options::Notation;
use crate::input::record::Cell;
use crate::input::text::cell::{parse_cell, parse_ipv4};

/// What an entry names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entry {
    /// One IPv4 address, or anything of IPv6.
    One(Cell),
    /// IPv4 addresses, the first and the last.
    Range(u32, u32),
}

impl Entry {
    /// The entry for the addresses from `first` to `last`, unless they are in the wrong order.
    pub(super) fn range(first: u32, last: u32) -> Option<Self> {
        (first <= last).then_some(Entry::Range(first, last))
    }

    /// The addresses that have the first `length` bits of `address`.
    pub(super) fn prefix(address: u32, length: u32) -> Self {
        let hosts = u32::MAX.checked_shr(length).unwrap_or(0);
        Entry::Range(address & !hosts, address | hosts)
    }

    /// Whether it is one IPv4 address.
    pub(super) fn is_address(self) -> bool {
        matches!(self, Entry::One(Cell::Address { .. }))
    }
}

/// The entry that `token` is, which has no white space around it.
pub(super) fn entry(token: &[u8], notation: Notation) -> Option<Entry> {
    match parse_cell(unquoted(token), notation) {
        cell @ (Cell::Address { .. } | Cell::Ipv6) => Some(Entry::One(cell)),
        Cell::Network { address, length } => Some(Entry::prefix(address, length.into())),
        Cell::Missing | Cell::NotIp => None,
        Cell::Malformed => {
            let text = str::from_utf8(unquoted(token)).ok()?;
            url(text, notation)
                .or_else(|| between(text.split_once('-')?, notation))
                .or_else(|| masked(text.split_once('/')?, notation))
                .or_else(|| octets::wildcard(text))
        }
    }
}

/// The addresses from the first to the last of `ends`, of which the last may be its last octet alone.
pub(super) fn between((first, last): (&str, &str), notation: Notation) -> Option<Entry> {
    let cell = |text: &str| parse_cell(text.as_bytes(), notation);
    match (cell(first), cell(last)) {
        (Cell::Address { address: first, .. }, Cell::Address { address: last, .. }) => {
            Entry::range(first, last)
        }
        (Cell::Address { address, .. }, Cell::Malformed) => {
            Entry::range(address, address & !0xff | octets::octet(last)?)
        }
        (Cell::Ipv6, Cell::Ipv6) => Some(Entry::One(Cell::Ipv6)),
        _ => None,
    }
}

/// An address before a mask, as in `10.0.0.0/255.0.0.0`, or the octets of a prefix: `10.1/16`.
fn masked((address, mask): (&str, &str), notation: Notation) -> Option<Entry> {
    match parse_cell(address.as_bytes(), notation) {
        Cell::Address { address, .. } => {
            let length = if mask == "0.0.0.0" { 0 } else { mask_length(mask.as_bytes())? };
            Some(Entry::prefix(address, length))
        }
        _ => octets::prefix(address, mask),
    }
}

/// The length of the prefix that a mask leaves, or a wildcard mask, as routers write it: that of
/// 255.255.255.0 and of 0.0.0.255 is 24. That of 0.0.0.0 is not told: it is 0 or 32.
pub(super) fn mask_length(mask: &[u8]) -> Option<u32> {
    let mask = parse_ipv4(mask).filter(|&mask| mask != 0)?;
    let of_ones = |mask: u32| {
        (mask.leading_ones() + mask.trailing_zeros() == u32::BITS).then_some(mask.leading_ones())
    };
    of_ones(mask).or_else(|| of_ones(!mask))
}

/// The address that the host of a link is. Reports write `hxxp` so that nobody follows it.
fn url(text: &str, notation: Notation) -> Option<Entry> {
    let (scheme, rest) = text.split_once("://")?;
    let is_scheme = !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let authority = rest.split(['/', '?', '#']).next().filter(|_| is_scheme)?;
    let host = authority.rsplit('@').next()?;
    match parse_cell(host.as_bytes(), notation) {
        cell @ (Cell::Address { .. } | Cell::Ipv6) => Some(Entry::One(cell)),
        _ => None,
    }
}

/// `token` without quotes around it.
fn unquoted(token: &[u8]) -> &[u8] {
    match token {
        [b'"', inner @ .., b'"'] | [b'\'', inner @ .., b'\''] => inner,
        token => token,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Entry> {
        entry(text.as_bytes(), Notation::default())
    }

    #[test]
    fn blocks_are_read_in_all_notations() {
        let cases: [(&str, Option<(u32, u32)>); 33] = [
            ("10.0.0.0/24", Some((0x0a00_0000, 0x0a00_00ff))),
            ("10.0.0.77/24", Some((0x0a00_0000, 0x0a00_00ff))),
            ("\"10.0.0.0/24\"", Some((0x0a00_0000, 0x0a00_00ff))),
            ("0.0.0.0/0", Some((0, u32::MAX))),
            ("10.0.0.0/33", None),
            ("10.0.0.0/", None),
            ("10.0.0.0/-1", None),
            ("10.0.0.0/255.255.255.0", Some((0x0a00_0000, 0x0a00_00ff))),
            ("10.0.0.0/0.0.0.255", Some((0x0a00_0000, 0x0a00_00ff))),
            ("0.0.0.0/0.0.0.0", Some((0, u32::MAX))),
            ("10.0.0.0/255.0.255.0", None),
            ("10[.]0[.]0[.]0/24", Some((0x0a00_0000, 0x0a00_00ff))),
            ("10.0.0.1-10.0.0.9", Some((0x0a00_0001, 0x0a00_0009))),
            ("10.0.0.1-9", Some((0x0a00_0001, 0x0a00_0009))),
            ("10.0.0.9-1", None),
            ("10.0.0.1-256", None),
            ("10.0.0.2-10.0.0.1", None),
            ("0.0.0.0-255.255.255.255", Some((0, u32::MAX))),
            ("20.*.*.*", Some((0x1400_0000, 0x14ff_ffff))),
            ("20.*", Some((0x1400_0000, 0x14ff_ffff))),
            ("192.168.1.x", Some((0xc0a8_0100, 0xc0a8_01ff))),
            ("192.168.*.1", None),
            ("*", None),
            ("*.*.*.*", None),
            ("192.168.1.1.*", None),
            ("20/8", Some((0x1400_0000, 0x14ff_ffff))),
            ("172.16/12", Some((0xac10_0000, 0xac1f_ffff))),
            ("192.168.1/24", Some((0xc0a8_0100, 0xc0a8_01ff))),
            ("10.0.0/8", None),
            ("12/05", None),
            ("1/2", None),
            ("10.0", None),
            ("word", None),
        ];
        for (text, expected) in cases {
            assert_eq!(
                read(text),
                expected.map(|(first, last)| Entry::Range(first, last)),
                "{text}"
            );
        }
    }

    #[test]
    fn addresses_and_links_to_them_are_read() {
        let address = Some(Entry::One(Cell::plain(0x0a00_0001)));
        for text in [
            "10.0.0.1",
            "10.0.0.1/32",
            "'10.0.0.1'",
            "10.0.0.1:443",
            "10[.]0[.]0[.]1",
            "http://10.0.0.1/x?y#z",
            "hxxp://10[.]0[.]0[.]1:8080",
            "ftp://user:word@10.0.0.1/",
        ] {
            assert_eq!(read(text), address, "{text}");
        }
        for text in ["http://example.org/10.0.0.1", "://10.0.0.1", "a b://10.0.0.1", "http://", ""]
        {
            assert_eq!(read(text), None, "{text}");
        }
        for text in ["2001:db8::/32", "::1", "2001:db8::1-2001:db8::9", "http://[2001:db8::1]:80/"]
        {
            assert_eq!(read(text), Some(Entry::One(Cell::Ipv6)), "{text}");
        }
    }
}
