//! The lines of tools that write something around their entries: ipset, iptables, nft, nginx, Apache,
//! PeerGuardian, and the statistics of the registries.

use super::entry::{Entry, entry};
use super::line::{Line, cut, items};
use crate::input::names;
use crate::input::options::Notation;
use crate::input::record::Cell;
use crate::input::text::cell::parse_ipv4;

/// What `bare` holds, if one of the tools has written it.
pub(super) fn read(bare: &[u8], notation: Notation, entries: &mut Vec<Entry>) -> Option<Line> {
    registry(bare, entries)
        .or_else(|| ipset(bare, notation, entries))
        .or_else(|| iptables(bare, notation, entries))
        .or_else(|| nft(bare, notation, entries))
        .or_else(|| server(bare, notation, entries))
        .or_else(|| scan(bare, notation, entries))
        .or_else(|| dshield(bare))
        .or_else(|| named(bare, notation, entries))
}

/// The line that holds `one` entry.
fn single(one: Option<Entry>, entries: &mut Vec<Entry>) -> Line {
    entries.extend(one);
    if one.is_some() { Line::Entries { packets: None } } else { Line::Malformed }
}

/// `registry|country|type|start|addresses|date|status`, below a line that begins with a version and lines that
/// end in `summary`.
fn registry(bare: &[u8], entries: &mut Vec<Entry>) -> Option<Line> {
    const REGISTRIES: [&[u8]; 7] =
        [b"afrinic", b"apnic", b"arin", b"iana", b"lacnic", b"ripe", b"ripencc"];
    let is_registry = |field: &[u8]| REGISTRIES.contains(&field);
    let mut fields = bare.split(|&byte| byte == b'|');
    let mut next = || fields.next().unwrap_or_default();
    let (first, second, kind, start, count) = (next(), next(), next(), next(), next());
    if !is_registry(first) {
        let is_version = first.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.');
        return (is_version && is_registry(second)).then_some(Line::Nothing);
    }
    let is_summary = bare.ends_with(b"|summary");
    match kind {
        b"asn" | b"ipv4" | b"ipv6" if is_summary => Some(Line::Nothing),
        b"asn" => Some(Line::Nothing),
        b"ipv6" => Some(single(Some(Entry::One(Cell::Ipv6)), entries)),
        b"ipv4" => {
            let range = || {
                let first = parse_ipv4(start)?;
                let count: u32 = str::from_utf8(count).ok()?.parse().ok()?;
                Entry::range(first, first.checked_add(count.checked_sub(1)?)?)
            };
            Some(single(range(), entries))
        }
        _ => None,
    }
}

/// `add NAME ENTRY`, below `create NAME TYPE`, as ipset save writes them, and the head of what ipset list writes.
fn ipset(bare: &[u8], notation: Notation, entries: &mut Vec<Entry>) -> Option<Line> {
    const HEAD: [&[u8]; 8] = [
        b"Name:",
        b"Type:",
        b"Revision:",
        b"Header:",
        b"Size in memory:",
        b"References:",
        b"Number of entries:",
        b"Members:",
    ];
    let prefixes = [&b"ipset "[..], b"/ip firewall address-list "];
    let command = prefixes.iter().find_map(|prefix| bare.strip_prefix(*prefix));
    let command = command.unwrap_or(bare).trim_ascii_start();
    let mut words = command.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    match words.next()? {
        b"create" | b"-N" | b"flush" | b"-F" if words.clone().count() <= 24 => Some(Line::Nothing),
        b"add" | b"-A" => {
            // Of RouterOS: add list=NAME address=MEMBER.
            if let Some(member) = words.clone().find_map(|word| word.strip_prefix(b"address=")) {
                return Some(single(Some(entry(member, notation)?), entries));
            }
            let (_name, member) = (words.next()?, words.next()?);
            // Members of some types have a port or an interface behind a comma.
            let one = entry(cut(member).0, notation)?;
            // An exception from the set is none of its addresses.
            let is_exception = words.any(|word| word == b"nomatch");
            Some(single(Some(one).filter(|_| !is_exception), entries))
        }
        // Of JunOS: set policy-options prefix-list NAME MEMBER.
        b"set" if words.any(|word| word == b"prefix-list") => {
            Some(single(Some(entry(words.nth(1)?, notation)?), entries))
        }
        b"/ip" => Some(Line::Nothing),
        _ => HEAD.iter().any(|head| bare.starts_with(head)).then_some(Line::Nothing),
    }
}

/// A rule as iptables-save writes it, of which the source counts, or else the destination.
fn iptables(bare: &[u8], notation: Notation, entries: &mut Vec<Entry>) -> Option<Line> {
    const SOURCES: [&[u8]; 4] = [b"-s", b"--source", b"--src", b"--src-range"];
    const DESTINATIONS: [&[u8]; 4] = [b"-d", b"--destination", b"--dst", b"--dst-range"];
    match bare {
        b"COMMIT" | b"*filter" | b"*nat" | b"*mangle" | b"*raw" | b"*security" => {
            return Some(Line::Nothing);
        }
        [b':', .., b']'] => return Some(Line::Nothing),
        _ => {}
    }
    // Counters in brackets stand before a rule.
    let rule = match bare.strip_prefix(b"[") {
        Some(counters) => &counters[memchr::memchr(b']', counters)? + 1..],
        None => bare.strip_prefix(b"iptables ").unwrap_or(bare),
    };
    let words = || rule.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    if !matches!(words().next()?, b"-A" | b"-I" | b"--append" | b"--insert") {
        return None;
    }
    let behind = |options: [&[u8]; 4]| {
        let mut pairs = words().zip(words().skip(1)).peekable();
        let mut before: &[u8] = b"";
        pairs.find_map(|(option, value)| {
            let is_meant = options.contains(&option) && before != b"!";
            before = option;
            is_meant.then_some(value)
        })
    };
    Some(match behind(SOURCES).or_else(|| behind(DESTINATIONS)) {
        Some(address) => single(entry(address, notation), entries),
        None => Line::Nothing,
    })
}

/// The elements of a set of nft, each of which may be followed by words, and what stands around them.
fn nft(bare: &[u8], notation: Notation, entries: &mut Vec<Entry>) -> Option<Line> {
    const AROUND: [&[u8]; 7] =
        [b"type", b"typeof", b"flags", b"auto-merge", b"size", b"timeout", b"gc-interval"];
    let (first, _) = cut(bare);
    let elements = match first {
        b"elements" => bare,
        b"add" if bare.starts_with(b"add element ") => bare,
        b"table" | b"set" if bare.ends_with(b"{") => return Some(Line::Nothing),
        first => {
            let is_short = bare.split(u8::is_ascii_whitespace).count() <= 4;
            return (AROUND.contains(&first) && is_short).then_some(Line::Nothing);
        }
    };
    let elements = &elements[memchr::memchr(b'{', elements)? + 1..];
    let elements = elements.strip_suffix(b"}").unwrap_or(elements);
    for element in elements.split(|&byte| byte == b',').map(<[u8]>::trim_ascii) {
        let mut of_element = Vec::new();
        match items(element, notation, &mut of_element) {
            Line::Entries { .. } => entries.append(&mut of_element),
            _ if element.is_empty() => {}
            _ => return Some(Line::Malformed),
        }
    }
    Some(if entries.is_empty() { Line::Nothing } else { Line::Entries { packets: None } })
}

/// `deny 10.0.0.0/8;` of nginx, `Deny from 10.0.0.1 10.0.0.2` and `Require not ip 10.0.0.0/8` of Apache, and the
/// same for those that are let in.
fn server(bare: &[u8], notation: Notation, entries: &mut Vec<Entry>) -> Option<Line> {
    let behind = |text: &[u8], word: &[u8]| -> Option<usize> {
        let (first, rest) = cut(text);
        let is_word = first.eq_ignore_ascii_case(word) && !rest.is_empty();
        is_word.then(|| text.len() - rest.trim_ascii_start().len())
    };
    let skip = |text: &[u8], words: &[&[u8]]| words.iter().find_map(|word| behind(text, word));
    let mut rest = bare.strip_suffix(b";").unwrap_or(bare).trim_ascii_end();
    if skip(rest, &[b"order"]).is_some() && memchr::memchr(b',', rest).is_some() {
        return Some(Line::Nothing);
    }
    if let Some(at) = skip(rest, &[b"deny", b"allow"]) {
        rest = &rest[at..];
        rest = &rest[skip(rest, &[b"from"]).unwrap_or(0)..];
    } else {
        rest = &rest[skip(rest, &[b"require"])?..];
        rest = &rest[skip(rest, &[b"not"]).unwrap_or(0)..];
        rest = &rest[skip(rest, &[b"ip", b"all"])?..];
    }
    Some(match rest.to_ascii_lowercase().as_slice() {
        b"all" | b"granted" | b"denied" => Line::Nothing,
        _ => match items(rest, notation, entries) {
            // Several side by side are all meant.
            Line::Row => Line::Entries { packets: None },
            told => told,
        },
    })
}

/// The names of the columns of DShield's list of blocks.
fn dshield(bare: &[u8]) -> Option<Line> {
    let mut words = bare.split(u8::is_ascii_whitespace).map(<[u8]>::to_ascii_lowercase);
    let is_header = words.next()? == b"start" && words.next()? == b"end";
    is_header.then_some(Line::Nothing)
}

/// `name:first-last`, as PeerGuardian writes it, whose name may hold anything, or `service: address`, as
/// hosts.deny does. The name of a field, such as `Source` or `Gateway`, is none of a service.
fn named(bare: &[u8], notation: Notation, entries: &mut Vec<Entry>) -> Option<Line> {
    let at = memchr::memrchr(b':', bare)?;
    let (name, value) = (&bare[..at], bare[at + 1..].trim_ascii());
    // A number behind a colon is a port.
    let is_number = value.iter().all(u8::is_ascii_digit);
    let begins_with_entry = || entry(cut(bare).0, notation).is_some();
    if name.is_empty() || is_number || begins_with_entry() {
        return None;
    }
    let one = entry(value, notation)?;
    let is_meant = match one {
        Entry::Range(..) => true,
        one => one.is_address() && is_service(name),
    };
    is_meant.then(|| single(Some(one), entries))
}

fn is_service(name: &[u8]) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let is_field = || str::from_utf8(name).is_ok_and(names::is_known);
    name == b"ALL" || name.iter().all(is_part) && !is_field()
}

/// An open port, as masscan and nmap write it: `open tcp 80 10.0.0.1 1767268800`, `Host: 10.0.0.1 ()`,
/// `Discovered open port 80/tcp on 10.0.0.1`.
fn scan(bare: &[u8], notation: Notation, entries: &mut Vec<Entry>) -> Option<Line> {
    let mut words = bare.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let address = match (words.next()?, words.next()?, words.next()?) {
        (b"open" | b"closed", b"tcp" | b"udp" | b"sctp" | b"icmp", _) => words.next()?,
        (b"banner", _, _) => return Some(Line::Nothing),
        (b"Host:", address, name) if name.starts_with(b"(") => address,
        (b"Timestamp:", _, b"Host:") => words.next()?,
        (b"Discovered", b"open", b"port") => words.nth(2)?,
        _ => return None,
    };
    Some(single(Some(entry(address, notation)?), entries))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::text::list::line;

    /// What a line holds: its entries, or how it is none.
    fn told(text: &str) -> Result<Vec<(u32, u32)>, Line> {
        let mut entries = Vec::new();
        match line::read(text.as_bytes(), Notation::default(), &mut entries) {
            Line::Entries { packets: None } => Ok(entries
                .iter()
                .map(|entry| match *entry {
                    Entry::Range(first, last) => (first, last),
                    Entry::One(Cell::Address { address, .. }) => (address, address),
                    Entry::One(_) => (0, 0),
                })
                .collect()),
            told => Err(told),
        }
    }

    const ONE: u32 = 0x0a00_0001;

    #[test]
    fn lines_with_an_entry_are_read_as_their_tool_means_them() {
        let nine = ONE + 8;
        for (text, expected) in [
            ("add blk 10.0.0.1", (ONE, ONE)),
            ("deny 10.0.0.1;", (ONE, ONE)),
            ("add list=blk address=10.0.0.1 comment=x", (ONE, ONE)),
            ("/ip firewall address-list add list=blk address=10.0.0.1", (ONE, ONE)),
            ("set policy-options prefix-list blk 10.0.0.1", (ONE, ONE)),
            ("open tcp 80 10.0.0.1 1767268800", (ONE, ONE)),
            ("Host: 10.0.0.1 (a.example)\tStatus: Up", (ONE, ONE)),
            ("Timestamp: 1 Host: 10.0.0.1 () Ports: 80/open", (ONE, ONE)),
            ("Discovered open port 80/tcp on 10.0.0.1", (ONE, ONE)),
            ("sshd: 10.0.0.1", (ONE, ONE)),
            ("  allow 10.0.0.1 ;", (ONE, ONE)),
            ("Deny from 10.0.0.1", (ONE, ONE)),
            ("Require not ip 10.0.0.1", (ONE, ONE)),
            ("add blk 10.0.0.1 timeout 300 comment \"a b\"", (ONE, ONE)),
            ("add blk 10.0.0.1,tcp:80", (ONE, ONE)),
            ("add blk 10.0.0.1-10.0.0.9 -exist", (ONE, nine)),
            ("ipset add blk 10.0.0.1", (ONE, ONE)),
            ("-A INPUT -s 10.0.0.1/32 -j DROP", (ONE, ONE)),
            ("[12:720] -A INPUT -i eth0 -s 10.0.0.0/24 -d 10.9.9.9 -j DROP", (ONE - 1, ONE + 254)),
            ("-A OUTPUT ! -s 10.9.9.9/32 -d 10.0.0.1/32 -j ACCEPT", (ONE, ONE)),
            ("iptables -I INPUT -m iprange --src-range 10.0.0.1-10.0.0.9 -j DROP", (ONE, nine)),
            ("Some: Org; of # many:10.0.0.1-10.0.0.9", (ONE, nine)),
            ("sshd: 10.0.0.1", (ONE, ONE)),
            ("ripencc|FR|ipv4|10.0.0.1|9|20100712|allocated", (ONE, nine)),
            ("apnic||ipv4|10.0.0.1|1||available|", (ONE, ONE)),
            ("10.0.0.0\t10.0.0.255\t24\t1234\tNAME\tUS\tabuse@example.org", (ONE - 1, ONE + 254)),
        ] {
            assert_eq!(told(text), Ok(vec![expected]), "{text}");
        }
        let several = Ok(vec![(ONE, ONE), (ONE + 1, ONE + 1)]);
        for text in [
            "elements = { 10.0.0.1, 10.0.0.2,",
            "elements = { 10.0.0.1 timeout 1d expires 2h, 10.0.0.2 counter packets 1 bytes 2 }",
            "add element inet filter blk { 10.0.0.1, 10.0.0.2 }",
            "10.0.0.1, 10.0.0.2,",
            "Allow from 10.0.0.1 10.0.0.2",
            "10.0.0.1, 10.0.0.2 }",
        ] {
            assert_eq!(told(text), several, "{text}");
        }
        assert_eq!(told("ripencc|FR|ipv6|2001:db8::|32|20100712|allocated"), Ok(vec![(0, 0)]));
    }

    #[test]
    fn lines_around_entries_are_nothing_and_broken_ones_malformed() {
        for text in [
            "create blk hash:ip family inet hashsize 1024",
            "Number of entries: 40",
            "*filter",
            ":INPUT ACCEPT [0:0]",
            "-A INPUT -m state --state RELATED -j ACCEPT",
            "-A INPUT ! -s 10.0.0.1/32 -j DROP",
            "COMMIT",
            "/ip firewall address-list",
            "Order Allow,Deny",
            "deny all;",
            "Require all granted",
            "table inet filter {",
            "set blk {",
            "type ipv4_addr",
            "}",
            "2|ripencc|20260101|40|19830101|20260101|+0000",
            "2.3|apnic|20260101|40|19830101|20260101|+1000",
            "ripencc|*|ipv4|*|40|summary",
            "ripencc|FR|asn|64496|1|20100712|allocated",
            "Start\tEnd\tNetblock\tAttacks",
        ] {
            assert_eq!(told(text), Err(Line::Nothing), "{text}");
        }
        for text in [
            "add blk 10.0.0.1 nomatch",
            "-A INPUT -s example.org -j DROP",
            "ripencc|FR|ipv4|255.255.255.255|2|20100712|allocated",
            "ripencc|FR|ipv4|10.0.0.1|0|20100712|allocated",
            "elements = { name }",
            "Gateway: 10.0.0.1",
            "src: 10.0.0.1",
        ] {
            assert_eq!(told(text), Err(Line::Malformed), "{text}");
        }
    }
}
