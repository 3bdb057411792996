//! The packet filter of pfSense and OPNsense: commas in a line of syslog, with the addresses at a place that
//! depends on the version of IP.

use memchr::memmem;

use super::endpoint::Endpoint;
use super::words::last_word;
use super::{Context, Line, Said};
use crate::input::protocol::{parse_number, parse_protocol};
use crate::input::record::Cell;
use crate::input::text::cell::parse_cell;
use crate::input::text::facts::{parse_count, parse_port};

/// The program that writes it.
const PROGRAM: &[u8] = b"filterlog";
/// The field that holds the version of IP.
const VERSION: usize = 8;
/// The fields up to the ports.
const FIELDS: usize = 22;

/// Reads `line`.
pub(super) fn read<'l>(line: &'l [u8], context: Context) -> Line<'l> {
    let Some(at) = memmem::find(line, PROGRAM) else { return Line::Other };
    let values = &line[at..];
    // The values have no blanks, except that the reason may.
    let start =
        memchr::memchr(b',', values).map_or(0, |comma| comma - last_word(&values[..comma]).len());
    let mut fields = [b"".as_slice(); FIELDS];
    for (field, value) in fields.iter_mut().zip(values[start..].split(|&byte| byte == b',')) {
        *field = value;
    }
    // Its fields: protocol, bytes, addresses.
    let (protocol, bytes, source) = match fields[VERSION] {
        b"4" => (15, 17, 18),
        b"6" => (13, 14, 15),
        _ => return Line::Other,
    };
    let endpoint = |at: usize| Endpoint {
        cell: match parse_cell(fields[at], context.notation) {
            Cell::Missing => Cell::Malformed,
            cell => cell,
        },
        port: parse_port(fields.get(at + 2).copied().unwrap_or_default()),
        text: fields[at],
    };
    let protocol = parse_number(fields[protocol]).or_else(|| parse_protocol(fields[protocol]));
    let has_ports = protocol.is_none_or(crate::input::protocol::has_ports);
    let endpoints = [endpoint(source), endpoint(source + 1)].map(|endpoint| match has_ports {
        true => endpoint,
        false => Endpoint { port: None, ..endpoint },
    });
    let [source, destination] = endpoints;
    let bytes = parse_count(fields[bytes]);
    Line::Record(Said { protocol, bytes, ..Said::of(source, destination) })
}
