//! Flows as Azure writes them into arrays of strings, one flow a string, fields divided by commas: those of
//! network security groups, in both versions, and those of virtual networks.

use crate::input::options::Notation;
use crate::input::protocol::parse_protocol;
use crate::input::record::{Facts, Record};
use crate::input::text::cell::parse_cell;
use crate::input::text::facts::{parse_count, parse_port};
use crate::input::time::parse_time;

/// The most fields, of which those from the ninth on may be missing: time, addresses, ports, protocol,
/// direction, decision or state, state or encryption, and packets and bytes on the way out and back.
const FIELDS: usize = 13;
const LEAST_FIELDS: usize = 8;

/// The flow that `text` says, if it is one.
pub fn flow(text: &[u8], notation: Notation) -> Option<Record> {
    let mut fields: [&[u8]; FIELDS] = [b""; FIELDS];
    let mut count = 0;
    for field in text.split(|&byte| byte == b',') {
        *fields.get_mut(count)? = field;
        count += 1;
    }
    let [time, source, destination, source_port, destination_port, protocol, direction, ..] =
        fields;
    if count < LEAST_FIELDS || !matches!(direction, b"I" | b"O") {
        return None;
    }
    let [source, destination] = [source, destination].map(|cell| parse_cell(cell, notation));
    if !source.is_address() || !destination.is_address() {
        return None;
    }
    let sum = |out: &[u8], back: &[u8]| match (parse_count(out), parse_count(back)) {
        (Some(out), Some(back)) => Some(out.saturating_add(back)),
        (out, back) => out.or(back),
    };
    let facts = Facts {
        protocol: match protocol {
            b"T" => Some(6),
            b"U" => Some(17),
            other => parse_protocol(other),
        },
        source_port: parse_port(source_port),
        destination_port: parse_port(destination_port),
        time: parse_time(time, notation),
    };
    let (packets, bytes) = (sum(fields[9], fields[11]), sum(fields[10], fields[12]));
    let is_answered = parse_count(fields[11]).map(|packets| packets > 0);
    Some(Record { source, destination, packets, bytes, is_answered, facts })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::record::Cell;

    #[test]
    fn flows_of_groups_and_networks_are_read() {
        let flow = |text: &str| flow(text.as_bytes(), Notation::default());
        for (text, packets, bytes, protocol) in [
            ("1700000000,10.0.0.1,192.0.2.1,4000,443,T,O,A", None, None, 6),
            ("1700000000,10.0.0.1,192.0.2.1,4000,443,U,I,D,B,,,,", None, None, 17),
            ("1700000000,10.0.0.1,192.0.2.1,4000,443,T,O,A,E,1,66,2,120", Some(3), Some(186), 6),
            (
                "1700000000000,10.0.0.1,192.0.2.1,4000,443,6,O,E,NX,1,66,2,120",
                Some(3),
                Some(186),
                6,
            ),
        ] {
            let flow = flow(text).unwrap();
            assert_eq!(
                (flow.source, flow.destination),
                (Cell::plain(0x0a00_0001), Cell::plain(0xc000_0201))
            );
            assert_eq!(
                (flow.packets, flow.bytes, flow.facts.protocol),
                (packets, bytes, Some(protocol))
            );
            assert_eq!(flow.facts.destination_port, Some(443));
            assert_eq!(flow.facts.time, Some(1_700_000_000_000_000_000), "{text}");
        }
        for text in ["", "10.0.0.1", "1,10.0.0.1,x,1,2,T,O,A", "1,10.0.0.1,10.0.0.2,1,2,T,X,A"] {
            assert!(flow(text).is_none(), "{text}");
        }
        assert!(flow(&"1,10.0.0.1,10.0.0.2,1,2,T,O,A,".repeat(2)).is_none());
    }
}
