//! Logs with named fields: Zeek, Suricata, flow exporters, JSON; what filters leave of them; and that
//! damage neither panics nor loses what comes before it.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::net::Ipv4Addr;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use octomix::address::{AddressSet, Blocks, Unit};
use octomix::input::{self, Capture, InputError, Options, Role, Roles, Warning};
use octomix::words::Rfc3339;
use proptest::prelude::*;

/// Reads `content` as one file.
fn try_read(content: impl AsRef<[u8]>, options: &Options) -> Result<Capture, InputError> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(content.as_ref()).unwrap();
    let paths = [file.path().to_path_buf()];
    input::read(&paths, options, &mut |_| ControlFlow::Continue(()))
}

fn read(content: impl AsRef<[u8]>, options: &Options) -> Capture {
    try_read(content, options).unwrap()
}

fn quad(address: u32) -> Ipv4Addr {
    Ipv4Addr::from(address)
}

/// The addresses of `set` with their packets, in order.
fn counted(set: &AddressSet) -> Vec<(u32, u64)> {
    set.addresses().iter().copied().zip(set.weights()).collect()
}

fn strings(set: &AddressSet) -> Vec<String> {
    set.addresses().iter().map(|&address| quad(address).to_string()).collect()
}

fn filtered(expression: &str) -> Options {
    Options { filter: Some(expression.parse().unwrap()), ..Options::default() }
}

/// A flow, as every format below writes it.
#[derive(Debug, Clone)]
struct Flow {
    source: u32,
    destination: u32,
    protocol: u8,
    ports: (u16, u16),
    /// Microseconds since 1970.
    time: i64,
}

impl Flow {
    fn protocol_name(&self) -> &'static str {
        match self.protocol {
            1 => "icmp",
            6 => "tcp",
            _ => "udp",
        }
    }

    fn seconds(&self) -> String {
        format!("{}.{:06}", self.time / 1_000_000, self.time % 1_000_000)
    }
}

fn flow() -> impl Strategy<Value = Flow> {
    let address =
        || prop_oneof![0x0a00_0000u32..0x0a00_0008, 0xc0a8_0000u32..0xc0a8_0004, any::<u32>()];
    let port = || prop_oneof![Just(53u16), Just(443), any::<u16>()];
    let time = 1_700_000_000_000_000i64..1_700_000_100_000_000;
    let protocol = prop_oneof![Just(6u8), Just(17)];
    (address(), address(), protocol, (port(), port()), time).prop_map(
        |(source, destination, protocol, ports, time)| Flow {
            source,
            destination,
            protocol,
            ports,
            time,
        },
    )
}

type Written = (&'static str, fn(&[Flow]) -> String);

/// Every format and how it writes flows.
const FORMATS: [Written; 12] = [
    ("csv", |flows| {
        let mut text = "frame.time_epoch,ip.src,ip.dst,ip.proto,tcp.srcport,tcp.dstport,udp.srcport,udp.dstport\n".to_owned();
        for flow in flows {
            let (s, d) = flow.ports;
            let ports =
                if flow.protocol == 6 { format!("{s},{d},,") } else { format!(",,{s},{d}") };
            let (source, destination) = (quad(flow.source), quad(flow.destination));
            writeln!(text, "{},{source},{destination},{},{ports}", flow.seconds(), flow.protocol)
                .unwrap();
        }
        text
    }),
    ("argus", |flows| {
        let mut text = "StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State\n".to_owned();
        for flow in flows {
            let time = Rfc3339(flow.time * 1000).to_string();
            let time = time.replace('-', "/").replace('T', " ").replace('Z', "");
            let (source, destination, proto) =
                (quad(flow.source), quad(flow.destination), flow.protocol_name());
            writeln!(
                text,
                "{time},0.0,{proto},{source},{},   ->,{destination},{},CON",
                flow.ports.0, flow.ports.1
            )
            .unwrap();
        }
        text
    }),
    ("zeek", |flows| zeek(flows, "\t")),
    ("zeek divided by bars", |flows| zeek(flows, "|")),
    ("vpc", |flows| {
        let mut text = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n".to_owned();
        for flow in flows {
            let (source, destination) = (quad(flow.source), quad(flow.destination));
            writeln!(
                text,
                "2 123456789010 eni-1 {source} {destination} {} {} {} 1 40 {} 0 ACCEPT OK",
                flow.ports.0,
                flow.ports.1,
                flow.protocol,
                flow.seconds()
            )
            .unwrap();
        }
        text
    }),
    ("zeek json", |flows| {
        lines(flows, |flow, _| {
            format!(
                r#"{{"ts":{},"uid":"C{}","id.orig_h":"{}","id.orig_p":{},"id.resp_h":"{}","id.resp_p":{},"proto":"{}","note":"a \"src_ip\":\"9.9.9.9\" in quotes"}}"#,
                flow.seconds(),
                flow.time,
                quad(flow.source),
                flow.ports.0,
                quad(flow.destination),
                flow.ports.1,
                flow.protocol_name()
            )
        })
    }),
    ("zeek json, nested", |flows| {
        lines(flows, |flow, _| {
            format!(
                r#"{{ "ts" : {} , "id" : {{ "orig_h" : "{}" , "orig_p" : {} , "resp_h" : "{}" , "resp_p" : {} }} , "proto" : "{}" }}"#,
                flow.seconds(),
                quad(flow.source),
                flow.ports.0,
                quad(flow.destination),
                flow.ports.1,
                flow.protocol_name()
            )
        })
    }),
    ("eve", |flows| {
        lines(flows, |flow, i| {
            let statistics = match i % 3 {
                0 => {
                    "{\"timestamp\":\"2026-01-01T00:00:00.000000+0000\",\"event_type\":\"stats\",\"stats\":{\"uptime\":8,\"src_ip\":\"1.1.1.1\"}}\n"
                }
                _ => "",
            };
            let time = Rfc3339(flow.time * 1000).to_string().replace('Z', "+0000");
            format!(
                r#"{statistics}{{"timestamp":"{time}","flow_id":1,"event_type":"flow","src_ip":"{}","src_port":{},"dest_ip":"{}","dest_port":{},"proto":"{}","flow":{{"src_ip":"8.8.8.8","start":"1999-01-01T00:00:00Z","tags":["x",[{{}}]]}}}}"#,
                quad(flow.source),
                flow.ports.0,
                quad(flow.destination),
                flow.ports.1,
                flow.protocol_name().to_uppercase()
            )
        })
    }),
    ("ecs", |flows| {
        lines(flows, |flow, _| {
            format!(
                r#"{{"@timestamp":"{}","source":{{"ip":"{}","port":{}}},"destination":{{"port":{},"ip":"{}"}},"network":{{"transport":"{}"}}}}"#,
                Rfc3339(flow.time * 1000),
                quad(flow.source),
                flow.ports.0,
                flow.ports.1,
                quad(flow.destination),
                flow.protocol_name()
            )
        })
    }),
    ("json array", |flows| format!("[{}]", objects(flows, ",").join(","))),
    ("json array over lines", |flows| {
        format!("[\n  {}\n]\n", objects(flows, ",\n    ").join(",\n  "))
    }),
    ("json objects over lines", |flows| {
        let spread = |object: &String| format!("{{\n  {}\n}}\n", &object[1..object.len() - 1]);
        objects(flows, ",\n  ").iter().map(spread).collect()
    }),
];

fn lines(flows: &[Flow], line: impl Fn(&Flow, usize) -> String) -> String {
    flows.iter().enumerate().map(|(i, flow)| line(flow, i) + "\n").collect()
}

fn objects(flows: &[Flow], comma: &str) -> Vec<String> {
    let object = |flow: &Flow| {
        format!(
            r#"{{"srcaddr":"{}"{comma}"dstaddr":"{}"{comma}"srcport":{}{comma}"dstport":{}{comma}"protocol":{}{comma}"start":{}{comma}"odd":"]}}\"\\"}}"#,
            quad(flow.source),
            quad(flow.destination),
            flow.ports.0,
            flow.ports.1,
            flow.protocol,
            flow.seconds()
        )
    };
    flows.iter().map(object).collect()
}

const ZEEK_FIELDS: [&str; 8] =
    ["ts", "uid", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto", "service"];

fn zeek_header(separator: &str, fields: &[&str]) -> String {
    let byte = separator.as_bytes()[0];
    let mut text = format!("#separator \\x{byte:02x}\n");
    for line in [
        ["#set_separator", ","],
        ["#empty_field", "(empty)"],
        ["#unset_field", "-"],
        ["#path", "conn"],
        ["#open", "2026-01-01-00-00-00"],
    ] {
        text += &(line.join(separator) + "\n");
    }
    text += &format!("#fields{separator}{}\n", fields.join(separator));
    text + &format!("#types{separator}{}\n", vec!["string"; fields.len()].join(separator))
}

fn zeek(flows: &[Flow], separator: &str) -> String {
    let mut text = zeek_header(separator, &ZEEK_FIELDS);
    for flow in flows {
        let (source, destination) =
            (quad(flow.source).to_string(), quad(flow.destination).to_string());
        let (s, d) = (flow.ports.0.to_string(), flow.ports.1.to_string());
        let row = [&flow.seconds(), "C1", &source, &s, &destination, &d, flow.protocol_name(), "-"];
        text += &(row.join(separator) + "\n");
    }
    text + &["#close", "2026-01-02-00-00-00"].join(separator) + "\n"
}

/// What a condition says of a flow and one of its addresses.
type Condition = fn(&Flow, u32) -> bool;

const FILTERS: [(&str, Condition); 6] = [
    ("proto=udp", |flow, _| flow.protocol == 17),
    ("port=443 and not sport=53", |flow, _| {
        (flow.ports.0 == 443 || flow.ports.1 == 443) && flow.ports.0 != 53
    }),
    ("dport in 1-1023,8080", |flow, _| (1..=1023).contains(&flow.ports.1) || flow.ports.1 == 8080),
    ("time>=2023-11-14T22:13:50Z and time<1700000060.5", |flow, _| {
        (1_700_000_030_000_000..1_700_000_060_500_000).contains(&flow.time)
    }),
    ("src in 10.0.0.0/29 or dst private", |flow, _| {
        flow.source >> 3 == 0x0a00_0000 >> 3 || is_private(flow.destination)
    }),
    ("public and proto in tcp,udp", |_, own| !is_private(own)),
];

fn is_private(address: u32) -> bool {
    quad(address).is_private()
}

/// What a walk over the flows counts, in order of first appearance.
fn count(keys: impl Iterator<Item = u32>) -> Vec<(u32, u64)> {
    let (mut at, mut counts) = (HashMap::new(), Vec::new());
    for key in keys {
        let next = counts.len();
        let at = *at.entry(key).or_insert(next);
        if at == next {
            counts.push((key, 0));
        }
        counts[at].1 += 1;
    }
    counts
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn the_same_flows_in_every_format_give_the_same_sets(flows in prop::collection::vec(flow(), 1..60)) {
        for (name, write) in FORMATS {
            let text = write(&flows);
            let capture = read(&text, &Options::default());
            prop_assert_eq!(counted(&capture.sets.source), count(flows.iter().map(|flow| flow.source)), "{}", name);
            prop_assert_eq!(counted(&capture.sets.destination), count(flows.iter().map(|flow| flow.destination)), "{}", name);
            let any = read(&text, &Options { roles: Some(Roles::Any), ..Options::default() });
            let both = flows.iter().flat_map(|flow| [flow.source, flow.destination]);
            prop_assert_eq!(counted(&any.sets.any), count(both), "{}", name);
            prop_assert!(any.sets.source.is_empty() && any.sets.destination.is_empty());

            for (expression, holds) in FILTERS {
                let sources: Vec<u32> = flows.iter().filter(|flow| holds(flow, flow.source)).map(|flow| flow.source).collect();
                let destinations: Vec<u32> =
                    flows.iter().filter(|flow| holds(flow, flow.destination)).map(|flow| flow.destination).collect();
                let dropped = 2 * flows.len() - sources.len() - destinations.len();
                match try_read(&text, &filtered(expression)) {
                    Err(InputError::Nothing { reason, .. }) => {
                        prop_assert!(sources.is_empty() && destinations.is_empty(), "{} of {}", expression, name);
                        let all = dropped as u64;
                        let is_all = matches!(*reason, InputError::Filtered { filtered, unsaid: 0, .. } if filtered == all);
                        prop_assert!(is_all, "{} of {}: {}", expression, name, reason);
                    }
                    Err(error) => prop_assert!(false, "{error}"),
                    Ok(capture) => {
                        prop_assert_eq!(counted(&capture.sets.source), count(sources.into_iter()), "{} of {}", expression, name);
                        prop_assert_eq!(counted(&capture.sets.destination), count(destinations.into_iter()), "{} of {}", expression, name);
                        let account = &capture.account;
                        let filtered = account.tally(Role::Source).filtered + account.tally(Role::Destination).filtered;
                        prop_assert_eq!(filtered, dropped as u64);
                    }
                }
            }
        }
    }

    #[test]
    fn a_cut_loses_nothing_that_stands_before_it(
        flows in prop::collection::vec(flow(), 1..12),
        at in any::<prop::sample::Index>(),
    ) {
        for (name, write) in FORMATS {
            let text = write(&flows);
            let cut = &text[..at.index(text.len())];
            // A record counts whole or not at all: the sources are the first of all flows.
            let sources = match try_read(cut, &Options::default()) {
                Ok(capture) => capture.sets.source.weights().iter().sum::<u64>() as usize,
                Err(_) => 0,
            };
            let whole = (0..=flows.len()).rev().find(|&n| {
                let part = write(&flows[..n]);
                let end = part.trim_end_matches(['\n', ' ', ']']).trim_end_matches("#close\t2026-01-02-00-00-00")
                    .trim_end_matches("#close|2026-01-02-00-00-00").trim_end_matches('\n').len();
                end <= cut.len() && text.is_char_boundary(end)
            });
            prop_assert!(sources <= flows.len());
            prop_assert!(sources >= whole.unwrap_or(0), "{}: {} of {:?} in {}", name, sources, whole, cut);
            if sources > 0 {
                let capture = read(cut, &Options::default());
                let first = count(flows[..sources].iter().map(|flow| flow.source));
                prop_assert_eq!(counted(&capture.sets.source), first, "{}", name);
            }
        }
    }

    #[test]
    fn no_damage_panics(
        flows in prop::collection::vec(flow(), 1..8),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        for (_, write) in FORMATS {
            let mut bytes = write(&flows).into_bytes();
            for (at, byte) in &damage {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            let _ = try_read(&bytes, &Options::default());
            let _ = try_read(&bytes, &filtered("port=53 or not time>1970-01-01"));
        }
    }
}

#[test]
fn blocks_are_cut_between_records() {
    let flow = |i: u32| Flow {
        source: i % 50_000,
        destination: i / 7,
        protocol: 6,
        ports: (1, i as u16),
        time: 1_700_000_000_000_000 + i64::from(i),
    };
    let flows: Vec<Flow> = (0..60_000).map(flow).collect();
    for (name, write) in FORMATS {
        let text = write(&flows);
        assert!(text.len() > 2 << 20, "{name}: several blocks");
        let capture = read(&text, &Options::default());
        assert_eq!(
            counted(&capture.sets.source),
            count(flows.iter().map(|flow| flow.source)),
            "{name}"
        );
        let account = &capture.account.files[0];
        let tally = account.source;
        assert_eq!((tally.ipv4, tally.malformed, account.cut), (60_000, 0, 0), "{name}");
    }
    // Headers among the blocks, and the columns another way round.
    let mut text = String::new();
    for part in flows.chunks(10_000) {
        text += &zeek(part, "\t");
        let fields: Vec<&str> = ZEEK_FIELDS.iter().rev().copied().collect();
        text += &zeek_header("\t", &fields);
        for flow in part {
            let (source, destination) = (quad(flow.source), quad(flow.destination));
            writeln!(text, "-\ttcp\t1\t{destination}\t2\t{source}\tC\t1.5").unwrap();
        }
    }
    let capture = read(&text, &Options::default());
    let twice: Vec<(u32, u64)> = count(flows.iter().map(|flow| flow.destination));
    let twice: Vec<(u32, u64)> =
        twice.into_iter().map(|(address, packets)| (address, 2 * packets)).collect();
    assert_eq!(counted(&capture.sets.destination), twice);
    assert_eq!(capture.account.records(), 120_000);
}

#[test]
fn zeek_says_what_stands_for_nothing() {
    let header = zeek_header("\t", &ZEEK_FIELDS).replace("#unset_field\t-", "#unset_field\tNIL");
    let row = |source: &str, destination: &str| {
        format!("1.0\tC\t{source}\t1\t{destination}\t2\ttcp\t-\n")
    };
    let text = header
        + &row("10.0.0.1", "NIL")
        + &row("(empty)", "::1")
        + &row("x", "10.0.0.2")
        + "#close\tnow\n";
    let capture = read(&text, &Options::default());
    let file = &capture.account.files[0];
    assert_eq!((file.source.ipv4, file.source.missing, file.source.malformed), (1, 1, 1));
    assert_eq!((file.destination.ipv4, file.destination.missing, file.destination.ipv6), (1, 1, 1));
    assert_eq!((file.records, file.irregular.ragged), (3, 0));
    let place = &file.malformed[0];
    assert_eq!(place.to_string(), "line 11, column 'id.orig_h': 'x'");
    assert_eq!((file.format.name, file.format.source.as_deref()), ("zeek", Some("id.orig_h")));
}

#[test]
fn a_log_of_something_else_is_counted_as_that() {
    let dns = zeek_header("\t", &["ts", "query"]) + "1.0\texample.org\n";
    let text =
        zeek_header("\t", &ZEEK_FIELDS) + "1.0\tC\t10.0.0.1\t1\t10.0.0.2\t2\ttcp\t-\n" + &dns;
    let capture = read(&text, &Options::default());
    assert_eq!((capture.sets.source.len(), capture.account.tally(Role::Source).not_ip), (1, 1));
    let error = try_read(&dns, &Options::default()).unwrap_err().to_string();
    assert!(error.contains("its columns are 'ts', 'query'"), "{error}");
}

#[test]
fn wrong_lines_of_json_are_counted_with_their_places() {
    let text = "{\"src_ip\":\"10.0.0.1\",\"dest_ip\":\"10.0.0.2\"}\r\n\r\n\
        {\"src_ip\":\"10.0.0.3\",\"dest_ip\":\"10.0.0.4\"\n\
        {\"src_ip\":\"10.0.0.5\",\"dest_ip\":7}\n\
        nonsense\n\
        {\"src_ip\":\"fe80::1\",\"dest_ip\":\"10.0.0.6\"} {\"dest_ip\":null,\"src_ip\":\"\\u0031.2.3.4\"}\n\
        {\"src_ip\":[\"10.0.0.7\",\"10.0.0.8\"],\"other\":1}\n";
    let capture = read(text, &Options::default());
    assert_eq!(strings(&capture.sets.source), ["10.0.0.1", "10.0.0.5", "1.2.3.4", "10.0.0.7"]);
    assert_eq!(strings(&capture.sets.destination), ["10.0.0.2", "10.0.0.6"]);
    let file = &capture.account.files[0];
    assert_eq!((file.records, file.source.malformed, file.destination.malformed), (7, 2, 3));
    assert_eq!((file.source.ipv6, file.destination.missing), (1, 2));
    let places: Vec<String> = file.malformed.iter().map(ToString::to_string).collect();
    assert_eq!(
        places,
        [
            r#"line 3: '{"src_ip":"10.0.0.3","dest_ip":"10.0.0.4…'"#,
            "line 4, column 'dest_ip': '7'",
            "line 5: 'nonsense'",
        ]
    );
    assert_eq!(file.malformed[1].offset, text.find("{\"src_ip\":\"10.0.0.5").unwrap() as u64);
}

#[test]
fn fields_are_named_by_their_path() {
    let text =
        "{\"a\":{\"b\":{\"c\":\"10.0.0.1\"}},\"to.b\":{\"c\":\"10.0.0.2\"},\"src\":\"9.9.9.9\"}\n";
    let named = |path: &str| Some(path.to_owned());
    let options = Options {
        source_column: named("a.b.c"),
        destination_column: named("to.b.c"),
        ..Options::default()
    };
    for text in [text.to_owned(), format!("[{text}]")] {
        let capture = read(&text, &options);
        assert_eq!(strings(&capture.sets.source), ["10.0.0.1"]);
        assert_eq!(strings(&capture.sets.destination), ["10.0.0.2"]);
        assert_eq!(capture.account.files[0].format.source, named("a.b.c"));
    }
    let options =
        Options { source_column: named("a.x"), roles: Some(Roles::Source), ..Options::default() };
    let error = try_read(text, &options).unwrap_err().to_string();
    assert!(
        error.contains(
            "no column 'a.x' (from --src-column); its columns are 'a.b.c', 'to.b.c', 'src'"
        ),
        "{error}"
    );
}

#[test]
fn records_that_do_not_say_what_is_asked_are_told() {
    let list = "10.0.0.1\n192.0.2.1\n";
    let error = try_read(list, &filtered("not port=53")).unwrap_err();
    let InputError::Nothing { reason, account } = error else { panic!("{error}") };
    assert!(matches!(*reason, InputError::Filtered { filtered: 2, unsaid: 2, .. }), "{reason}");
    assert_eq!(account.warnings().count(), 1);
    let text = "src,dst,proto,dport\n10.0.0.1,10.0.0.2,tcp,53\n10.0.0.3,10.0.0.4,,\n10.0.0.5,10.0.0.6,icmp,\n";
    let capture = read(text, &filtered("dport!=80"));
    assert_eq!(strings(&capture.sets.source), ["10.0.0.1", "10.0.0.5"]);
    let warnings: Vec<&Warning> = capture.account.warnings().map(|(_, warning)| warning).collect();
    assert_eq!(warnings, [&Warning::Unsaid { addresses: 2, asked: "port".to_owned() }]);
}

#[test]
fn only_and_exclude_are_of_each_address() {
    let blocks = |text: &str| Some(Arc::new(Blocks::parse(text).unwrap()));
    let text = "src,dst\n10.0.0.1,192.0.2.1\n192.0.2.7,10.0.0.9\n10.0.0.1,::1\n";
    let only = Options { only: blocks("10.0.0.0/8"), ..Options::default() };
    let capture = read(text, &only);
    assert_eq!(
        (strings(&capture.sets.source), strings(&capture.sets.destination)),
        (vec!["10.0.0.1".to_owned()], vec!["10.0.0.9".to_owned()])
    );
    assert_eq!(capture.account.tally(Role::Source).filtered, 1);
    assert_eq!(capture.account.tally(Role::Destination).ipv6, 1);
    let exclude = Options {
        exclude: blocks("10.0.0.0/8\n192.0.2.7"),
        roles: Some(Roles::Any),
        ..Options::default()
    };
    assert_eq!(strings(&read(text, &exclude).sets.any), ["192.0.2.1"]);
    let list =
        Options { exclude: blocks("10.0.0.0/8"), roles: Some(Roles::Any), ..Options::default() };
    assert_eq!(counted(&read("10.0.0.1\n192.0.2.1\n", &list).sets.any), [(0xc000_0201, 1)]);
}

/// A file of logs that are not ours to copy; tests pass over it where it is not there.
fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/logs").join(name);
    if !path.exists() {
        eprintln!("{} is not there; passed over", path.display());
        return None;
    }
    Some(path)
}

#[test]
fn zeek_json_of_a_real_network() {
    let Some(path) = shared("slips_test9_conn.log") else { return };
    let text = fs::read_to_string(&path).unwrap();
    let mut packets = [HashMap::new(), HashMap::new()];
    for line in text.lines() {
        let object: serde_json::Value = serde_json::from_str(line).unwrap();
        let sum: u64 =
            ["orig_pkts", "resp_pkts"].iter().filter_map(|name| object[name].as_u64()).sum();
        for (packets, name) in packets.iter_mut().zip(["id.orig_h", "id.resp_h"]) {
            if let Some(address) =
                object[name].as_str().and_then(|text| text.parse::<Ipv4Addr>().ok())
            {
                // A connection was logged because a packet was seen.
                *packets.entry(u32::from(address)).or_default() += sum.max(1);
            }
        }
    }
    let capture = read(&text, &Options::default());
    let found = [&capture.sets.source, &capture.sets.destination].map(counted);
    assert_eq!(found.map(|counts| counts.into_iter().collect::<HashMap<u32, u64>>()), packets);
    assert_eq!(capture.sets.source.unit(), Unit::Packets);
    assert_eq!(capture.account.records(), 576);
    // As a count by jq and sort has it.
    assert_eq!((capture.sets.source.len(), capture.sets.destination.len()), (4, 111));
    let udp = text.lines().filter(|line| line.contains("\"proto\":\"udp\"")).count() as u64;
    let capture = read(&text, &filtered("proto=udp"));
    let tally = capture.account.tally(Role::Source);
    assert_eq!((tally.ipv4, udp), (239, 251));
}

#[test]
fn argus_of_a_real_network() {
    let Some(path) = shared("netflowlabeler_test.binetflow") else { return };
    let text = fs::read_to_string(&path).unwrap();
    let mut quads: Vec<u32> = text
        .split(|c: char| !c.is_ascii_digit() && c != '.')
        .filter_map(|word| word.parse::<Ipv4Addr>().ok())
        .map(u32::from)
        .collect();
    quads.sort_unstable();
    quads.dedup();
    let options = Options { roles: Some(Roles::Any), ..Options::default() };
    let mut found = read(&text, &options).sets.any.addresses().to_vec();
    found.sort_unstable();
    assert_eq!((found.len(), found), (38, quads));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn times_are_the_first_and_the_last_of_each_address(flows in prop::collection::vec(flow(), 1..40)) {
        let options = Options { times: true, ..Options::default() };
        for (name, write) in FORMATS {
            let capture = read(write(&flows), &options);
            for (at, &address) in capture.sets.source.addresses().iter().enumerate() {
                let times = || flows.iter().filter(|flow| flow.source == address).map(|flow| 1000 * flow.time);
                let span = capture.sets.source.span(at).unwrap();
                prop_assert_eq!(Some(span.first), times().min(), "{}", name);
                prop_assert_eq!(Some(span.last), times().max(), "{}", name);
            }
            let file = &capture.account.files[0];
            prop_assert!(!file.warnings.contains(&Warning::NoTimes), "{}", name);
        }
    }
}

#[test]
fn times_that_no_record_says_are_told() {
    let options = Options { times: true, ..Options::default() };
    let capture = read("src,dst,ts\n10.0.0.1,10.0.0.2,\n", &options);
    assert_eq!(capture.sets.source.span(0), None);
    assert!(!capture.sets.source.activities().is_empty());
    let warnings: Vec<&Warning> = capture.account.warnings().map(|(_, warning)| warning).collect();
    assert_eq!(warnings, [&Warning::NoTimes]);
    assert!(read("10.0.0.1\n", &Options::default()).sets.source.activities().is_empty());
}
