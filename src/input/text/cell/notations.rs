//! The notations of an address besides the bare dotted quad, and the words for "no value".
//!
//! They are those that are clear by themselves: IPv6 addresses that stand for IPv4 ones, prefixes, ports,
//! brackets, and dots in brackets. A whole number or octets padded with zeros may mean something else, so
//! they are read only if the options say so.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use super::parse_cell;
use crate::input::options::Notation;
use crate::input::record::{Cell, Form};

/// What tools write for "no value": pandas, R, SQL and Hive, Excel, Go and Ruby, Zeek, proxies.
const MISSING: [&[u8]; 25] = [
    b"-",
    b"--",
    b"---",
    b"?",
    b"*",
    b"na",
    b"n/a",
    b"#n/a",
    b"<na>",
    b"nan",
    b"nat",
    b"\\n",
    b"nil",
    b"<nil>",
    b"null",
    b"(null)",
    b"<null>",
    b"[null]",
    b"none",
    b"(none)",
    b"<none>",
    b"(empty)",
    b"unknown",
    b"undefined",
    b"unset",
];

/// The longest cell that may hold an address: IPv6 with a zone, in brackets, with a port.
const LONGEST: usize = 128;
/// The bits of an IPv6 address before the IPv4 address that it stands for.
const MAPPED_PREFIX: u8 = 96;

/// An address without what surrounds it.
#[derive(Clone, Copy)]
enum Host {
    Ipv4(u32, Form),
    Ipv6,
}

/// What `bare`, which is no dotted quad and has no white space around it, holds.
#[cold]
pub(super) fn parse(bare: &[u8], notation: Notation) -> Cell {
    // What was truncated while it was written to goes on with zero bytes.
    let zeros = bare.iter().take_while(|&&byte| byte == 0).count();
    if zeros > 0 {
        return parse_cell(&bare[zeros..], notation);
    }
    // Excel's mark of a text.
    if let [b'\'', inner @ ..] = bare
        && !inner.ends_with(b"'")
    {
        return parse_cell(inner, notation);
    }
    if bare.is_empty() || MISSING.iter().any(|word| bare.eq_ignore_ascii_case(word)) {
        return Cell::Missing;
    }
    let Ok(text) = str::from_utf8(bare) else { return Cell::Malformed };
    if text.len() > LONGEST {
        return Cell::Malformed;
    }
    let text = fanged(unquoted(text));
    // Java writes addresses behind the name of their host, which may be empty.
    let text = text.strip_prefix('/').unwrap_or(&text);
    match text.split_once('/') {
        Some((address, length)) => prefix(address, length, notation),
        None => match host(text, notation).or_else(|| before_port(text, notation)) {
            Some(Host::Ipv4(address, form)) => Cell::Address { address, form },
            Some(Host::Ipv6) => Cell::Ipv6,
            None => Cell::Malformed,
        },
    }
}

/// `text` without what spreadsheets, databases and shells put around it: no-break spaces, quotes, and a sign
/// that keeps it from being calculated.
fn unquoted(text: &str) -> &str {
    let text = text.trim();
    let text = text.strip_prefix('=').unwrap_or(text);
    let within = |quote| text.strip_prefix(quote).and_then(|text| text.strip_suffix(quote));
    within('"').or_else(|| within('\'')).map_or(text, str::trim)
}

/// An address with the length of its prefix, as Postgres writes one address, too.
fn prefix(address: &str, length: &str, notation: Notation) -> Cell {
    let Some(length) = number::<u8>(length) else { return Cell::Malformed };
    match host(address, notation) {
        Some(Host::Ipv4(address, form)) => {
            let before = if form == Form::Mapped { MAPPED_PREFIX } else { 0 };
            match length.checked_sub(before) {
                Some(32) => Cell::Address { address, form },
                Some(length @ ..32) => Cell::Network { address, length },
                Some(33..) => Cell::Malformed,
                None if u32::from(length) <= u128::BITS => Cell::Ipv6,
                None => Cell::Malformed,
            }
        }
        Some(Host::Ipv6) if u32::from(length) <= u128::BITS => Cell::Ipv6,
        _ => Cell::Malformed,
    }
}

/// The address that `text` is.
fn host(text: &str, notation: Notation) -> Option<Host> {
    let inner = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let literal = match inner.split_once('%') {
        Some((_, "")) => return None,
        Some((literal, _zone)) => literal,
        None => inner,
    };
    match literal.parse() {
        Ok(IpAddr::V4(address)) if literal.len() == inner.len() => {
            Some(Host::Ipv4(address.into(), Form::Plain))
        }
        Ok(IpAddr::V6(address)) => Some(embedded(address)),
        _ => {
            let padded = notation.zero_padded.then(|| zero_padded(inner)).flatten();
            let whole = || notation.integers.then(|| integer(inner)).flatten();
            padded.or_else(whole).map(|address| Host::Ipv4(address, Form::Plain))
        }
    }
}

fn embedded(address: Ipv6Addr) -> Host {
    match address.to_ipv4_mapped() {
        Some(address) => Host::Ipv4(address.into(), Form::Mapped),
        None => Host::Ipv6,
    }
}

/// The address before a port: `192.0.2.1:443`, `[2001:db8::1]:443`, or `192.0.2.1#53` as name servers write.
fn before_port(text: &str, notation: Notation) -> Option<Host> {
    let (address, port) = text.rsplit_once([':', '#'])?;
    let is_clear = address.ends_with(']') || !address.contains(':');
    let is_port = port == "*" || number::<u16>(port).is_some();
    // An integer before a colon is something else.
    let notation = Notation { integers: false, ..notation };
    if is_clear && is_port { host(address, notation) } else { None }
}

/// `text` with its dots and colons out of the brackets in which reports put them, so that nobody follows a
/// link: `192[.]0[.]2[.]1`.
fn fanged(text: &str) -> Cow<'_, str> {
    const DEFANGED: [(&str, &str); 6] =
        [("[.]", "."), ("(.)", "."), ("{.}", "."), ("[dot]", "."), ("(dot)", "."), ("[:]", ":")];
    let mut fanged = Cow::Borrowed(text);
    for (from, to) in DEFANGED {
        if fanged.contains(from) {
            fanged = Cow::Owned(fanged.replace(from, to));
        }
    }
    fanged
}

/// The address that `text` is with its octets padded with zeros, which are decimal nevertheless.
fn zero_padded(text: &str) -> Option<u32> {
    let mut octets = text.split('.').map(|octet| number(octet).filter(|_| octet.len() <= 3));
    let mut next = || octets.next().flatten();
    let address = u32::from_be_bytes([next()?, next()?, next()?, next()?]);
    octets.next().is_none().then_some(address)
}

/// The address that `text` is as a whole number, which floats write as `3232235777.0`.
fn integer(text: &str) -> Option<u32> {
    number(text.strip_suffix(".0").unwrap_or(text))
}

/// The number that `text` is in digits alone, without a sign.
fn number<T: FromStr>(text: &str) -> Option<T> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_number)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::input::text::cell::parse_cell;

    const OWN: Notation = Notation {
        integers: false,
        zero_padded: false,
        day_first: false,
        month_first: false,
        year: None,
    };
    const PADDED: Notation = Notation { zero_padded: true, ..OWN };
    const INTEGERS: Notation = Notation { integers: true, ..OWN };

    fn cell(text: &str) -> Cell {
        parse_cell(text.as_bytes(), OWN)
    }

    #[test]
    fn every_spelling_of_a_mapped_address_is_the_ipv4_address() {
        let mapped = Cell::Address { address: 0xc000_0201, form: Form::Mapped };
        for text in [
            "::ffff:192.0.2.1",
            "::FFFF:192.0.2.1",
            "::ffff:c000:201",
            "::ffff:C000:0201",
            "0:0:0:0:0:ffff:192.0.2.1",
            "0:0:0:0:0:ffff:c000:201",
            "0000:0000:0000:0000:0000:FFFF:C000:0201",
            "[::ffff:192.0.2.1]",
            "[::ffff:192.0.2.1]:443",
            "::ffff:192.0.2.1%eth0",
            "[::ffff:192.0.2.1%3]",
            "::ffff:192.0.2.1/128",
            " ::ffff:192.0.2.1\t",
        ] {
            assert_eq!(cell(text), mapped, "{text}");
        }
        for text in
            ["::192.0.2.1", "::ffff:0:192.0.2.1", "64:ff9b::192.0.2.1", "::1", "::ffff:0:0/95"]
        {
            assert_eq!(cell(text), Cell::Ipv6, "{text}");
        }
        assert_eq!(cell("::ffff:10.0.0.0/104"), Cell::Network { address: 0x0a00_0000, length: 8 });
    }

    #[test]
    fn words_for_no_value_are_missing_in_any_case() {
        for word in MISSING {
            let lower = String::from_utf8(word.to_vec()).unwrap();
            for text in [lower.to_uppercase(), format!(" {lower} ")] {
                assert_eq!(cell(&text), Cell::Missing, "{text}");
            }
            assert_eq!(cell(&lower), Cell::Missing);
        }
        assert_eq!(cell(""), Cell::Missing);
        for text in ["nobody", "n a", "----", "\\t", "0", "localhost"] {
            assert_eq!(cell(text), Cell::Malformed, "{text}");
        }
    }

    #[test]
    fn notations_that_are_clear_by_themselves_are_read() {
        for text in [
            "192.0.2.1/32",
            "192.0.2.1:443",
            "192.0.2.1:*",
            "192.0.2.1#53",
            "[192.0.2.1]",
            "[192.0.2.1]:80",
            "/192.0.2.1",
            "/192.0.2.1:9042",
            "192[.]0[.]2[.]1",
            "192.0.2[.]1",
            "192(.)0(.)2(.)1",
            "192[dot]0[dot]2[dot]1",
            "192[.]0[.]2[.]1[:]80",
        ] {
            assert_eq!(cell(text), Cell::plain(0xc000_0201), "{text}");
        }
        for text in ["[2001:db8::1]:443", "fe80::1%eth0", "2001:db8::/32", "2001[:]db8::1"] {
            assert_eq!(cell(text), Cell::Ipv6, "{text}");
        }
        assert_eq!(cell("192.0.2.0/24"), Cell::Network { address: 0xc000_0200, length: 24 });
        for text in [
            "192.0.2.1/33",
            "192.0.2.1/",
            "192.0.2.1/+8",
            "192.0.2.1:99999",
            "192.0.2.1:+1",
            "192.0.2.1:",
            "192.0.2.1.443",
            "192.0.2.1%eth0",
            "192.0.2.01",
            "2001:db8::1/129",
            "::1%",
            "3232235777",
        ] {
            assert_eq!(cell(text), Cell::Malformed, "{text}");
        }
    }

    #[test]
    fn options_read_what_is_not_clear_by_itself() {
        let read = |text: &str, notation| parse_cell(text.as_bytes(), notation);
        for text in ["010.001.001.147", "10.1.1.147", "010.001.001.147/32", "010.1.001.147:80"] {
            assert_eq!(read(text, PADDED), Cell::plain(0x0a01_0193), "{text}");
        }
        for text in ["3232235777", "3232235777.0"] {
            assert_eq!(read(text, INTEGERS), Cell::plain(0xc0a8_0101), "{text}");
        }
        for text in ["4294967296", "-1", "+1", "1.5", "1e3", ".0", "1:80"] {
            assert_eq!(read(text, INTEGERS), Cell::Malformed, "{text}");
        }
        for text in ["0010.1.1.1", "010.1.1", "010.1.1.1.1", "010.1.1.256", "010.1.1.+1"] {
            assert_eq!(read(text, PADDED), Cell::Malformed, "{text}");
        }
    }

    proptest! {
        #[test]
        fn anything_is_one_kind_of_cell(text in prop_oneof![
            "[0-9./:\\[\\]#%a-f*]{0,40}",
            "(\\[?::ffff:)?[0-9]{1,3}(\\[?\\.\\]?[0-9]{1,3}){3}\\]?([/:#][0-9]{0,6})?",
            any::<String>(),
        ], integers: bool, zero_padded: bool) {
            let options = Notation { integers, zero_padded, ..OWN };
            let (own, more) = (cell(&text), parse_cell(text.as_bytes(), options));
            // Options read more, and nothing in another way.
            prop_assert!(own == more || own == Cell::Malformed, "{own:?} {more:?}");
        }
    }
}
