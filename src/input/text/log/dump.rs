//! What tcpdump writes to a terminal: `IP 10.0.0.1.4000 > 10.0.0.2.80: Flags [S]`. With `-v` a packet has two
//! lines, of which the second is indented; with `-x` its bytes follow, indented too.

use super::arrow::Arrow;
use super::{Context, Line, Said};
use crate::input::protocol::parse_number;
use memchr::memmem;

/// What tcpdump says of itself, at the start of a line or at its end.
const CHATTER: [&[u8]; 6] = [
    b"tcpdump: ",
    b"reading from ",
    b"dropped privs ",
    b"listening on ",
    b" packets captured",
    b" packets received by filter",
];

/// What follows the endpoints in a packet of a protocol, and its number.
const AFTER: [(&[u8], u8); 8] = [
    (b"Flags [", 6),
    (b"tcp ", 6),
    (b"UDP, ", 17),
    (b"ICMP6", 58),
    (b"ICMP ", 1),
    (b"GRE", 47),
    (b"ESP(", 50),
    (b"igmp", 2),
];

/// Reads `line`.
pub(super) fn read<'l>(line: &'l [u8], context: Context) -> Line<'l> {
    let is_indented = line.first().is_some_and(u8::is_ascii_whitespace);
    // The hexadecimal bytes of -x may be followed by any characters.
    if line.trim_ascii().is_empty() || is_indented && line.trim_ascii_start().starts_with(b"0x") {
        return Line::Nothing;
    }
    let is_packet = |arrow: &Arrow<'_>| arrow.is_single && is_followed(arrow.after);
    if let Some(arrow) = Arrow::between(line, context.notation).filter(is_packet) {
        return packet(&arrow);
    }
    if is_start(line) {
        return Line::Start;
    }
    if is_indented {
        return Line::Nothing;
    }
    if CHATTER.iter().any(|words| line.starts_with(words) || line.ends_with(words))
        || is_dropped(line)
    {
        return Line::Nothing;
    }
    match Arrow::beside(line, context.notation) {
        Some(arrow) if arrow.is_single => packet(&arrow),
        _ => Line::Other,
    }
}

fn packet<'l>(arrow: &Arrow<'l>) -> Line<'l> {
    let after = arrow.after.strip_prefix(b": ").unwrap_or_default();
    let known = AFTER.iter().find(|(word, _)| after.starts_with(word));
    let protocol = known.map(|&(_, number)| number).or_else(|| protocol(arrow.before));
    Line::Record(Said { protocol, ..Said::of(arrow.source, arrow.destination) })
}

/// Whether a colon follows the endpoints, or nothing.
fn is_followed(after: &[u8]) -> bool {
    matches!(after, [b':', ..] | [])
}

/// Whether `line` describes a header of IP whose addresses stand on the next line.
fn is_start(line: &[u8]) -> bool {
    memmem::find(line, b"IP (tos ").is_some() || memmem::find(line, b"IP6 (").is_some()
}

/// Whether `line` says how many packets were dropped.
fn is_dropped(line: &[u8]) -> bool {
    line.ends_with(b" dropped by kernel") || line.ends_with(b" dropped by interface")
}

/// The protocol that a header of `-v` names: `proto TCP (6)`, `next-header UDP (17)`.
pub(super) fn protocol(header: &[u8]) -> Option<u8> {
    [&b"proto "[..], b"next-header "].into_iter().find_map(|name| {
        let rest = &header[memmem::find(header, name)? + name.len()..];
        let open = rest.iter().take(20).position(|&byte| byte == b'(')?;
        let number = &rest[open + 1..];
        parse_number(&number[..number.iter().take(4).position(|&byte| byte == b')')?])
    })
}
