//! The columns of a record's protocol, ports and time: their names in the output of many tools, and their
//! values.

use crate::input::protocol::{parse_number, parse_protocol};
use crate::input::record::Facts;
use crate::input::time::parse_time;

/// Names of protocol fields and columns, the preferred first: Zeek, Suricata, TShark, Argus, nfdump, cloud
/// flow logs, the Elastic Common Schema, IPFIX.
pub(crate) const PROTOCOL: [&str; 9] = [
    "proto",
    "protocol",
    "ip.proto",
    "pr",
    "network.iana_number",
    "network.transport",
    "protocolIdentifier",
    "jsonPayload.connection.protocol",
    "layers.ip.ip_ip_proto",
];
/// Names of source ports.
pub(crate) const SOURCE_PORT: [&str; 13] = [
    "id.orig_p",
    "src_port",
    "sport",
    "srcport",
    "source.port",
    "tcp.srcport",
    "udp.srcport",
    "sp",
    "source_port",
    "src port",
    "sourceTransportPort",
    "jsonPayload.connection.src_port",
    "_source.layers.tcp.tcp.srcport",
];
/// Names of destination ports.
pub(crate) const DESTINATION_PORT: [&str; 14] = [
    "id.resp_p",
    "dest_port",
    "dst_port",
    "dport",
    "dstport",
    "destination.port",
    "tcp.dstport",
    "udp.dstport",
    "dp",
    "destination_port",
    "dst port",
    "destinationTransportPort",
    "jsonPayload.connection.dest_port",
    "_source.layers.tcp.tcp.dstport",
];
/// Names of the time at which a record begins.
pub(crate) const TIME: [&str; 14] = [
    "ts",
    "timestamp",
    "@timestamp",
    "frame.time_epoch",
    "starttime",
    "stime",
    "start",
    "first",
    "firstseen",
    "first_seen",
    "t_first",
    "event.start",
    "time",
    "_source.layers.frame.frame.time_epoch",
];

/// The columns that hold the facts of a row: of its protocol, its ports and its time. One fact may have
/// several columns that are each empty in some rows, like `tcp.srcport` and `udp.srcport`.
#[derive(Debug, Default)]
pub(crate) struct FactColumns<C = usize>([Vec<C>; 4]);

impl FactColumns {
    /// Finds them in `header`.
    pub fn of(header: &[String]) -> Self {
        let known = |names: &[&str]| {
            let at = |name: &&str| {
                header.iter().position(|column| column.trim().eq_ignore_ascii_case(name))
            };
            names.iter().filter_map(at).collect()
        };
        Self([&PROTOCOL[..], &SOURCE_PORT, &DESTINATION_PORT, &TIME].map(known))
    }

    /// The last of these columns.
    pub fn last(&self) -> Option<usize> {
        self.all().copied().max()
    }
}

impl<C: Copy> FactColumns<C> {
    /// All these columns.
    pub fn all(&self) -> impl Iterator<Item = &C> {
        self.0.iter().flatten()
    }

    /// The same columns, converted by `to`.
    pub fn map<D>(&self, to: impl Fn(C) -> D) -> FactColumns<D> {
        let all = |columns: &Vec<C>| columns.iter().map(|&column| to(column)).collect();
        FactColumns(self.0.each_ref().map(all))
    }

    /// The facts of a row whose fields `field` returns.
    pub fn read<'f>(&self, field: impl Fn(C) -> &'f [u8]) -> Facts {
        let [protocol, source_port, destination_port, time] = &self.0;
        Facts {
            protocol: protocol.iter().find_map(|&at| parse_protocol(field(at))),
            source_port: source_port.iter().find_map(|&at| parse_port(field(at))),
            destination_port: destination_port.iter().find_map(|&at| parse_port(field(at))),
            time: time.iter().find_map(|&at| parse_time(field(at))),
        }
    }
}

/// The port that `text` is. It may be a float, because pandas turns an integer column with gaps into
/// floats.
pub(crate) fn parse_port(text: &[u8]) -> Option<u16> {
    let text = text.trim_ascii();
    parse_number(text.strip_suffix(b".0").unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_found_in_the_first_column_that_has_them() {
        let header = ["frame.time_epoch", "tcp.srcport", "UDP.srcport", "Proto", "dport"];
        let columns = FactColumns::of(&header.map(str::to_owned));
        assert_eq!(columns.last(), Some(4));
        let row: [&[u8]; 5] = [b"1.5", b"", b"53", b"udp", b"80.0"];
        let facts = Facts {
            protocol: Some(17),
            source_port: Some(53),
            destination_port: Some(80),
            time: Some(1_500_000_000),
        };
        assert_eq!(columns.read(|at| row[at]), facts);
        assert_eq!(FactColumns::of(&[]).read(|_| b""), Facts::default());
        assert_eq!((parse_port(b"0x0303"), parse_port(b"65536")), (None, None));
    }
}
