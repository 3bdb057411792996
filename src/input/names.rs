//! The names under which tools write addresses, ports, protocols, times, packets and bytes: one table for
//! all formats, in which a tool is a line.
//!
//! Names are compared without regard to case and separators: `id.orig_h`, `id_orig_h` and `ID Orig H` are
//! one name. This file knows no format and reads nothing.

use std::collections::HashSet;
use std::sync::LazyLock;

/// What a column or a field says about a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Field {
    Source,
    Destination,
    SourcePort,
    DestinationPort,
    Protocol,
    /// When the record begins.
    Time,
    /// Packets in both directions, or those on the way out.
    Packets,
    /// Packets on the way back, which are added.
    PacketsBack,
    Bytes,
    BytesBack,
}

/// The number of fields.
pub(crate) const FIELDS: usize = 10;

/// The names that one tool uses: addresses, ports, protocol, time, packets, bytes. Of a pair `a/b` the first
/// is of the source or the way out, and the second of the destination or the way back. Commas
/// separate alternatives.
pub(crate) struct Tool {
    pub name: &'static str,
    columns: [&'static str; 6],
}

impl Tool {
    /// What the tool calls things: for each kind of field that it has, its alternatives.
    pub fn columns(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        KINDS.into_iter().zip(self.columns).filter(|(_, names)| !names.is_empty())
    }
}

/// What the columns of [`TOOLS`] are.
const KINDS: [&str; 6] = ["addresses", "ports", "protocol", "time", "packets", "bytes"];

/// The entry of [`TOOLS`] with the names of addresses that have no role.
const LISTS: &str = "lists";

const fn tool(name: &'static str, columns: [&'static str; 6]) -> Tool {
    Tool { name, columns }
}

/// All tools. Where a table has names of several, those further up win: names that say `ip` come before
/// words such as `source`, which may be a host or a file.
#[rustfmt::skip]
pub(crate) const TOOLS: &[Tool] = &[
    tool("the tutorial", ["isrc/idst", "tsport/tdport, utsport/utdport", "iproto", "", "", ""]),
    tool("TShark", ["ip.src/ip.dst", "tcp.srcport/tcp.dstport, udp.srcport/udp.dstport", "ip.proto", "frame.time_epoch, frame.time", "", "frame.len"]),
    tool("TShark -T ek", ["ip.ip_ip_src/ip.ip_ip_dst", "tcp.tcp_tcp_srcport/tcp.tcp_tcp_dstport, udp.udp_udp_srcport/udp.udp_udp_dstport", "ip.ip_ip_proto", "frame.frame_frame_time_epoch", "", "frame.frame_frame_len"]),
    tool("TShark -T json", ["ip.ip.src/ip.ip.dst", "tcp.tcp.srcport/tcp.tcp.dstport, udp.udp.srcport/udp.udp.dstport", "ip.ip.proto", "frame.frame.time_epoch", "", "frame.frame.len"]),
    tool("Zeek", ["id.orig_h/id.resp_h", "id.orig_p/id.resp_p", "proto", "ts", "orig_pkts/resp_pkts", "orig_ip_bytes/resp_ip_bytes, orig_bytes/resp_bytes"]),
    tool("Suricata", ["src_ip/dest_ip", "src_port/dest_port", "proto", "timestamp", "flow.pkts_toserver/flow.pkts_toclient, netflow.pkts", "flow.bytes_toserver/flow.bytes_toclient, netflow.bytes"]),
    tool("Elastic Common Schema", ["source.ip/destination.ip, source.address/destination.address, _source.source.ip/_source.destination.ip", "source.port/destination.port", "network.iana_number, network.transport", "event.start, @timestamp", "network.packets, source.packets/destination.packets", "network.bytes, source.bytes/destination.bytes"]),
    tool("OCSF", ["src_endpoint.ip/dst_endpoint.ip", "src_endpoint.port/dst_endpoint.port", "connection_info.protocol_num, connection_info.protocol_name", "start_time", "traffic.packets", "traffic.bytes"]),
    tool("Splunk CIM", ["src_ip/dest_ip, src_ip/dst_ip", "src_port/dest_port", "transport", "_time", "packets, packets_out/packets_in", "bytes, bytes_out/bytes_in"]),
    tool("AWS VPC", ["srcaddr/dstaddr", "srcport/dstport", "protocol", "start", "packets", "bytes"]),
    tool("GCP", ["remoteIp/serverIp, connection.src_ip/connection.dest_ip, jsonPayload.connection.src_ip/jsonPayload.connection.dest_ip", "connection.src_port/connection.dest_port, jsonPayload.connection.src_port/jsonPayload.connection.dest_port", "connection.protocol, jsonPayload.connection.protocol", "start_time, jsonPayload.start_time", "packets_sent, jsonPayload.packets_sent", "bytes_sent, jsonPayload.bytes_sent"]),
    tool("Azure Traffic Analytics", ["SrcIP_s/DestIP_s, SrcIP/DestIP, SrcPublicIPs_s/DestPublicIPs_s", "SrcPort_d/DestPort_d, SrcPort/DestPort", "L4Protocol_s, L4Protocol", "FlowStartTime_t, TimeGenerated, TimeGenerated [UTC]", "PacketsSrcToDest_d/PacketsDestToSrc_d, PacketsSrcToDest/PacketsDestToSrc", "BytesSrcToDest_d/BytesDestToSrc_d, BytesSrcToDest/BytesDestToSrc"]),
    tool("OCI", ["sourceAddress/destinationAddress", "sourcePort/destinationPort", "protocolName", "startTime", "packets", "bytesOut"]),
    tool("Hubble", ["IP.source/IP.destination", "l4.TCP.source_port/l4.TCP.destination_port, l4.UDP.source_port/l4.UDP.destination_port", "", "time", "", ""]),
    tool("Calico", ["source_ip/dest_ip", "source_port/dest_port", "proto", "start_time", "packets_out/packets_in", "bytes_out/bytes_in"]),
    tool("Cloudflare", ["IPSourceAddress/IPDestinationAddress, ClientIP/OriginIP", "SourcePort/DestinationPort", "IPProtocol", "Datetime, EdgeStartTimestamp", "", "IPTotalLength"]),
    tool("Palo Alto", ["Source address/Destination address", "Source Port/Destination Port", "IP Protocol", "Start Time, Receive Time", "Packets Sent/Packets Received, Packets", "Bytes Sent/Bytes Received, Bytes"]),
    tool("Fortinet", ["srcip/dstip", "srcport/dstport", "proto", "eventtime", "sentpkt/rcvdpkt, sent_pkts/recv_pkts", "sentbyte/rcvdbyte, sent_bytes/recv_bytes"]),
    tool("ArcSight CEF", ["src/dst", "spt/dpt", "proto", "start, rt", "", ""]),
    tool("iptables", ["SRC/DST", "SPT/DPT", "PROTO", "", "", "LEN"]),
    tool("Huawei, H3C", ["SrcIPAddr/DstIPAddr", "SrcPort/DstPort", "Protocol", "", "", ""]),
    tool("FortiGate VPN, Dovecot, PAM", ["remip/locip, rip/lip, rhost/", "", "", "", "", ""]),
    tool("Sysmon", ["SourceIp/DestinationIp, SourceAddress/DestAddress", "SourcePort/DestinationPort", "Protocol", "UtcTime", "", ""]),
    tool("Windows firewall", ["src-ip/dst-ip", "src-port/dst-port", "protocol", "", "", ""]),
    tool("IIS, CloudFront, Exchange", ["client-ip/server-ip, client-ip/r-ip, x-forwarded-for/", "client-port/server-port", "", "date-time", "", "cs-bytes/sc-bytes"]),
    tool("CICFlowMeter", ["Src IP/Dst IP, Source IP/Destination IP", "Src Port/Dst Port, Source Port/Destination Port", "Protocol", "Timestamp", "Total Fwd Packets/Total Backward Packets, Tot Fwd Pkts/Tot Bwd Pkts, Total Fwd Packet/Total Bwd packets", "Total Length of Fwd Packets/Total Length of Bwd Packets, TotLen Fwd Pkts/TotLen Bwd Pkts, Total Length of Fwd Packet/Total Length of Bwd Packet"]),
    tool("UNSW-NB15", ["srcip/dstip", "sport/dsport", "proto", "Stime", "Spkts/Dpkts", "sbytes/dbytes"]),
    tool("Argus", ["SrcAddr/DstAddr, saddr/daddr", "Sport/Dport", "Proto", "StartTime, stime", "TotPkts, pkts, SrcPkts/DstPkts, spkts/dpkts", "TotBytes, SrcBytes/DstBytes"]),
    tool("nfdump", ["sa/da, srcAddr/dstAddr, src4_addr/dst4_addr", "sp/dp, src_port/dst_port", "pr, proto", "ts, firstSeen, first, t_first", "ipkt/opkt, packets, in_packets/out_packets, In Pkt/Out Pkt", "ibyt/obyt, bytes, in_bytes/out_bytes, In Byte/Out Byte"]),
    tool("SiLK", ["sIP/dIP", "sPort/dPort", "pro, protocol", "sTime", "packets, pkts", "bytes"]),
    tool("pmacct", ["ip_src/ip_dst, src_host/dst_host", "port_src/port_dst", "ip_proto", "timestamp_start, stamp_inserted", "packets", "bytes"]),
    tool("goflow2", ["src_addr/dst_addr", "src_port/dst_port", "proto", "time_flow_start_ns, time_flow_start, time_received", "packets", "bytes"]),
    tool("NetFlow", ["IPV4_SRC_ADDR/IPV4_DST_ADDR", "L4_SRC_PORT/L4_DST_PORT", "PROTOCOL", "FIRST_SWITCHED, FLOW_START_MILLISECONDS", "IN_PKTS/OUT_PKTS", "IN_BYTES/OUT_BYTES"]),
    tool("IPFIX", ["sourceIPv4Address/destinationIPv4Address", "sourceTransportPort/destinationTransportPort", "protocolIdentifier", "flowStartMilliseconds, flowStartSeconds, flowStartTime", "packetDeltaCount/reversePacketDeltaCount, packetTotalCount/reversePacketTotalCount", "octetDeltaCount/reverseOctetDeltaCount, octetTotalCount/reverseOctetTotalCount"]),
    tool("sflowtool", ["srcIP/dstIP", "UDPSrcPort/UDPDstPort, TCPSrcPort/TCPDstPort", "IPProtocol", "unixSecondsUTC", "", ""]),
    tool("CloudTrail, Azure, Okta", ["sourceIPAddress/, callerIpAddress/, callerIp/, client.ipAddress/", "", "", "eventTime, published", "", ""]),
    tool("other tools", ["source_ip/destination_ip, ipsrc/ipdst, src_host/dst_host, source_address/destination_address, from_ip/to_ip", "source_port/destination_port", "ipprotocol, transport_protocol", "time, first_seen, start_time, date_time", "num_packets, packet_count, total_packets", "num_bytes, byte_count, total_bytes"]),
    tool("Wireshark", ["_ws.col.def_src/_ws.col.def_dst, _ws.col.Source/_ws.col.Destination, source/destination", "", "", "_ws.col.Time", "", "_ws.col.Length, Length"]),
    tool("words", ["src/dest, source/dest", "", "", "datetime, date", "", ""]),
    tool(LISTS, ["ip_str/, ip/, ip_address/, ipv4/, address/, addr/, network/, cidr/, ip_prefix/, prefix/, ipv4_prefix/, ip_range/, subnet/, host_ip/, client_ip/, remote_addr/, remote_ip/, client_addr/, client_host/, ioc/, indicator/", "", "", "", "", ""]),
];

/// Names around the fields of a record, by which tools wrap what others have written: paths of objects in
/// which all names above are known as well, at any depth.
pub(crate) const WRAPPERS: &[&str] = &[
    // Elasticsearch, and TShark's own.
    "_source",
    "fields",
    "layers",
    // Amazon, Google, Oracle, Microsoft.
    "event",
    "detail",
    "data",
    "logContent",
    "jsonPayload",
    "protoPayload",
    "properties",
    "connection",
    // Splunk and other collectors.
    "result",
    "record",
    "message",
    "log",
    "payload",
    "body",
    "attributes",
    "metadata",
    // Web servers.
    "request",
    "httpRequest",
    "requestMetadata",
    // Exporters of flows.
    "flow",
    "netflow",
    "conn",
    "ipfix",
    "sflow",
    // Windows.
    "winlog",
    "event_data",
    "Event",
    "EventData",
    "dissect",
    "json",
    "zeek",
    "suricata.eve",
];

/// The fields that the first and the second name of each column of [`TOOLS`] fill.
pub(crate) const FILLS: [(Field, Field); 6] = [
    (Field::Source, Field::Destination),
    (Field::SourcePort, Field::DestinationPort),
    (Field::Protocol, Field::Protocol),
    (Field::Time, Field::Time),
    (Field::Packets, Field::PacketsBack),
    (Field::Bytes, Field::BytesBack),
];

/// The names of a source and of the destination that is written with it; one of them may be missing.
pub(crate) type Pair = (Option<&'static str>, Option<&'static str>);

/// Everything that [`TOOLS`] says, in the order in which names are preferred.
static NAMES: LazyLock<Vec<(Field, Pair)>> = LazyLock::new(|| {
    let of = |tool: &'static Tool| FILLS.into_iter().zip(&tool.columns);
    let columns = TOOLS.iter().flat_map(of);
    let name = |name: &'static str| (!name.is_empty()).then_some(name);
    let mut names: Vec<(Field, Pair)> = Vec::new();
    let mut seen = HashSet::new();
    for ((field, _), alternatives) in columns {
        for alternative in alternatives.split(", ").filter(|alternative| !alternative.is_empty()) {
            let (first, second) = alternative.split_once('/').unwrap_or((alternative, ""));
            let pair = (name(first), name(second));
            if seen.insert((field, folded(pair))) {
                names.push((field, pair));
            }
        }
    }
    names
});

fn folded((first, second): Pair) -> (Option<String>, Option<String>) {
    (first.map(fold), second.map(fold))
}

/// The names of `field` in pairs with those of its counterpart, the preferred ones first. `field` is one
/// that comes first in a pair: a source, a source's port, packets on the way out.
pub(crate) fn pairs(field: Field) -> impl Iterator<Item = Pair> {
    NAMES.iter().filter(move |&&(known, _)| known == field).map(|&(_, pair)| pair)
}

/// The names of `field`, the preferred ones first.
pub(crate) fn of(field: Field) -> impl Iterator<Item = &'static str> {
    let fills = FILLS.into_iter().find(|&(first, second)| field == first || field == second);
    let (first, _) = fills.unwrap_or(FILLS[0]);
    let is_first = first == field;
    pairs(first).filter_map(move |(one, other)| if is_first { one } else { other })
}

/// `name` without case and separators.
pub(crate) fn fold(name: &str) -> String {
    let kept = name.chars().filter(|c| c.is_alphanumeric());
    kept.flat_map(char::to_lowercase).collect()
}

/// Whether two names are equal, apart from case and separators.
pub(crate) fn is_same(a: &str, b: &str) -> bool {
    let folded = fold(a);
    if folded.is_empty() { a.trim() == b.trim() } else { folded == fold(b) }
}

/// Whether `name` is a known name of addresses that are neither sources nor destinations.
pub(crate) fn is_of_list(name: &str) -> bool {
    let lists = TOOLS.iter().filter(|tool| tool.name == LISTS);
    let mut names = lists.flat_map(|tool| tool.columns[0].split(", "));
    names.any(|known| is_same(known.trim_end_matches('/'), name))
}

/// The folded names of addresses, and those of all fields.
static FOLDED: LazyLock<[HashSet<String>; 2]> = LazyLock::new(|| {
    let folded = |all: &[(Field, Pair)]| -> HashSet<String> {
        all.iter().flat_map(|&(_, (one, other))| [one, other]).flatten().map(fold).collect()
    };
    let addresses: Vec<_> =
        NAMES.iter().filter(|(field, _)| *field == Field::Source).copied().collect();
    [folded(&addresses), folded(&NAMES)]
});

/// The longest name that is looked up, in bytes: a cell may have millions.
const LONGEST: usize = 128;

/// Whether `name` is a known name of an address.
pub(crate) fn is_address(name: &str) -> bool {
    name.len() <= LONGEST && FOLDED[0].contains(&fold(name))
}

/// Whether `name` is a known name of any field.
pub(crate) fn is_known(name: &str) -> bool {
    name.len() <= LONGEST && FOLDED[1].contains(&fold(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_equal_whatever_their_case_and_separators() {
        for name in ["id.orig_h", "id_orig_h", "ID Orig-H", "idOrigH"] {
            assert!(is_same("id.orig_h", name) && is_address(name), "{name}");
        }
        assert!(!is_same("id.orig_h", "id.orig_p") && !is_address("id.orig_p"));
        assert!(is_same("--", " --") && !is_same("--", "-"));
    }

    #[test]
    fn every_name_of_a_tool_is_known_once() {
        assert_eq!(pairs(Field::Source).next(), Some((Some("isrc"), Some("idst"))));
        let sources: Vec<Pair> = pairs(Field::Source).collect();
        let mut distinct: Vec<_> = sources.iter().map(|&pair| folded(pair)).collect();
        distinct.sort();
        distinct.dedup();
        assert_eq!(distinct.len(), sources.len());
        assert!(of(Field::PacketsBack).any(|name| name == "resp_pkts"));
        assert!(of(Field::Packets).any(|name| name == "flow.pkts_toserver"));
    }
}
