//! JSON as tools write it: wrapped, nested, in arrays and in strings, damaged, and of any size.

use std::fmt::Write as _;
use std::fs;
use std::ops::ControlFlow;
use std::path::PathBuf;

use octomix::address::{AddressSet, dotted};
use octomix::input::{self, Capture, FileAccount, InputError, Options, Warning};
use proptest::prelude::*;
use tempfile::TempDir;

fn attempt(content: impl AsRef<[u8]>, options: &Options) -> Result<Capture, InputError> {
    let folder = TempDir::new().unwrap();
    let path: PathBuf = folder.path().join("x.json");
    fs::write(&path, content).unwrap();
    input::read(&[path], options, &mut |_| ControlFlow::Continue(()))
}

fn read(content: impl AsRef<[u8]>) -> Capture {
    attempt(content, &Options::default()).unwrap()
}

fn file(capture: &Capture) -> &FileAccount {
    &capture.account.files[0]
}

fn shown(set: &AddressSet) -> Vec<String> {
    set.addresses().iter().map(|&address| dotted(address).to_string()).collect()
}

/// The sources, then the destinations.
fn addresses(capture: &Capture) -> [String; 2] {
    [&capture.sets.source, &capture.sets.destination].map(|set| shown(set).join(" "))
}

fn places(capture: &Capture) -> Vec<String> {
    file(capture).malformed.iter().map(ToString::to_string).collect()
}

const SOURCE: &str = "10.0.0.1";
const DESTINATION: &str = "192.0.2.1";

/// One record from SOURCE to DESTINATION, as tools write it.
const RECORDS: [(&str, &str); 41] = [
    (
        "tshark -T json",
        r#"[{"_index":"p","_source":{"layers":{"ip":{"ip.src":"10.0.0.1","ip.addr":"9.9.9.9","ip.dst":"192.0.2.1"},"gre":{},"ip":{"ip.src":"9.9.9.9","ip.dst":"9.9.9.9"}}}}]"#,
    ),
    (
        "tshark --no-duplicate-keys",
        r#"[{"_source":{"layers":{"ip":[{"ip.src":"10.0.0.1","ip.dst":"192.0.2.1"},{"ip.src":"9.9.9.9","ip.dst":"9.9.9.9"}]}}}]"#,
    ),
    (
        "tshark -T json -e",
        r#"[{"_source":{"layers":{"ip.src":["10.0.0.1","9.9.9.9"],"ip.dst":["192.0.2.1"]}}}]"#,
    ),
    (
        "tshark -T ek",
        "{\"index\":{\"_index\":\"p\"}}\n{\"timestamp\":\"1\",\"layers\":{\"ip\":[{\"ip_ip_src\":\"10.0.0.1\",\"ip_ip_dst\":\"192.0.2.1\"},{\"ip_ip_src\":\"9.9.9.9\"}]}}\n",
    ),
    (
        "tshark -T ek -e",
        r#"{"timestamp":"1","layers":{"ip_src":["10.0.0.1"],"ip_dst":["192.0.2.1"]}}"#,
    ),
    ("zeek", r#"{"id.orig_h":"10.0.0.1","id.resp_h":"192.0.2.1"}"#),
    ("zeek, in capitals", r#"{"ID_Orig_H":"10.0.0.1","ID_Resp_H":"192.0.2.1"}"#),
    (
        "elasticdump",
        r#"{"_index":"f","_source":{"host":{"ip":["9.9.9.9"]},"source":{"ip":"10.0.0.1"},"destination":{"ip":"192.0.2.1"}}}"#,
    ),
    (
        "a search of Elasticsearch",
        r#"{"took":1,"hits":{"total":1,"hits":[{"_source":{"source.ip":"10.0.0.1","destination.ip":"192.0.2.1"}}]}}"#,
    ),
    (
        "AWS Network Firewall",
        r#"{"firewall_name":"fw","event":{"src_ip":"10.0.0.1","dest_ip":"192.0.2.1"}}"#,
    ),
    (
        "GCP, one of an export",
        r#"[{"insertId":"1","jsonPayload":{"connection":{"src_ip":"10.0.0.1","dest_ip":"192.0.2.1"}}}]"#,
    ),
    (
        "GCP, entries",
        r#"{"entries":[{"jsonPayload":{"connection":{"src_ip":"10.0.0.1","dest_ip":"192.0.2.1"}}}]}"#,
    ),
    (
        "Hubble",
        r#"{"flow":{"IP":{"source":"10.0.0.1","destination":"192.0.2.1"},"source":{"identity":1},"destination":{"identity":2}},"node_name":"n"}"#,
    ),
    (
        "logstash",
        r#"{"host":"9.9.9.9","netflow":{"ipv4_src_addr":"10.0.0.1","ipv4_dst_addr":"192.0.2.1"}}"#,
    ),
    (
        "OCI",
        r#"{"data":{"sourceAddress":"10.0.0.1","destinationAddress":"192.0.2.1"},"oracle":{}}"#,
    ),
    ("Splunk", r#"{"preview":false,"result":{"src_ip":"10.0.0.1","dest_ip":"192.0.2.1"}}"#),
    (
        "winlogbeat",
        r#"{"winlog":{"event_data":{"SourceIp":"10.0.0.1","DestinationIp":"192.0.2.1"}}}"#,
    ),
    ("Sysmon", r#"{"Event":{"EventData":{"SourceIp":"10.0.0.1","DestinationIp":"192.0.2.1"}}}"#),
    (
        "sflowtool",
        r#"{"datagramSourceIP":"9.9.9.9","samples":[{"elements":[{"x":1},{"srcIP":"10.0.0.1","dstIP":"192.0.2.1"}]}]}"#,
    ),
    (
        "Azure NSG",
        r#"{"records":[{"properties":{"Version":1,"flows":[{"rule":"x","flows":[{"mac":"00","flowTuples":["1700000000,10.0.0.1,192.0.2.1,1,2,T,O,A"]}]}]}}]}"#,
    ),
    (
        "Azure VNet",
        r#"{"records":[{"flowRecords":{"flows":[{"flowGroups":[{"flowTuples":["1700000000000,10.0.0.1,192.0.2.1,1,2,6,O,E,NX,1,66,2,120"]}]}]}}]}"#,
    ),
    (
        "Docker",
        r#"{"log":"{\"src_ip\":\"10.0.0.1\",\"dest_ip\":\"192.0.2.1\"}\n","stream":"stdout"}"#,
    ),
    (
        "Filebeat",
        r#"{"source":"/var/log/eve.json","host":{"ip":["9.9.9.9"]},"message":"{\"src_ip\":\"10.0.0.1\",\"dest_ip\":\"192.0.2.1\"}"}"#,
    ),
    (
        "Filebeat in Docker",
        r#"{"log":"{\"message\":\"{\\\"src_ip\\\":\\\"10.0.0.1\\\",\\\"dest_ip\\\":\\\"192.0.2.1\\\"}\"}"}"#,
    ),
    (
        "CloudWatch",
        r#"{"events":[{"timestamp":1,"message":"{\"src_ip\":\"10.0.0.1\",\"dest_ip\":\"192.0.2.1\"}"}]}"#,
    ),
    (
        "syslog in a string",
        r#"{"message":"Jan  1 00:00:00 h suricata[1]: {\"src_ip\":\"10.0.0.1\",\"dest_ip\":\"192.0.2.1\"}"}"#,
    ),
    ("RFC 7464", "\x1e{\"src_ip\":\"10.0.0.1\",\"dest_ip\":\"192.0.2.1\"}\n"),
    (
        "syslog",
        "Jan  1 00:00:00 h suricata[1]: {\"src_ip\":\"10.0.0.1\",\"dest_ip\":\"192.0.2.1\"}\n",
    ),
    (
        "Kubernetes",
        "2026-01-01T00:00:00.1Z stdout F {\"src_ip\":\"10.0.0.1\",\"dest_ip\":\"192.0.2.1\"}\n",
    ),
    (
        "VPC in CloudWatch",
        r#"{"events":[{"timestamp":1,"message":"2 123 eni-1 10.0.0.1 192.0.2.1 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK"}]}"#,
    ),
    (
        "iptables in journald",
        r#"{"_HOSTNAME":"h","MESSAGE":"[1.2] DROP IN=eth0 SRC=10.0.0.1 DST=192.0.2.1 PROTO=TCP SPT=1 DPT=22"}"#,
    ),
    (
        "a firewall in Docker",
        r#"{"log":"Jan  1 00:00:00 fw: src=10.0.0.1 dst=192.0.2.1\n","stream":"stdout","time":"2026-01-01T00:00:00Z"}"#,
    ),
    (
        "GCP, a line",
        r#"{"insertId":"1","textPayload":"00:00:00.1 IP 10.0.0.1.4000 > 192.0.2.1.443: Flags [S], length 0"}"#,
    ),
    (
        "pandas, split",
        r#"{"columns":["src_ip","dest_ip","note"],"index":[0],"data":[["10.0.0.1","192.0.2.1",null]]}"#,
    ),
    (
        "Kusto",
        r#"{"tables":[{"name":"x","columns":[{"name":"SrcIP_s","type":"string"},{"name":"DestIP_s","type":"string"}],"rows":[["10.0.0.1","192.0.2.1"]]}]}"#,
    ),
    (
        "ClickHouse",
        r#"{"meta":[{"name":"n","type":"UInt8"},{"name":"src_ip","type":"IPv4"},{"name":"dst_ip","type":"IPv4"}],"data":[[1,"10.0.0.1","192.0.2.1"]],"rows":1}"#,
    ),
    (
        "Kusto, version 2",
        r#"[{"FrameType":"DataSetHeader"},{"FrameType":"DataTable","Columns":[{"ColumnName":"SrcIP_s"},{"ColumnName":"DestIP_s"}],"Rows":[["10.0.0.1","192.0.2.1"]]}]"#,
    ),
    (
        "Splunk, rows",
        r#"{"preview":false,"fields":["src_ip","dest_ip"],"rows":[["10.0.0.1","192.0.2.1"]]}"#,
    ),
    ("Python", r#"{"src_ip":"10.0.0.1","dest_ip":"192.0.2.1","x":NaN,"y":[-Infinity,Infinity]}"#),
    ("a load balancer", r#"{"httpRequest":{"remoteIp":"10.0.0.1","serverIp":"192.0.2.1"}}"#),
    ("arrays in arrays", r#"[[{"src_ip":"10.0.0.1","dest_ip":"192.0.2.1"}],[]]"#),
];

#[test]
fn records_are_found_however_tools_wrap_them() {
    for (name, text) in RECORDS {
        let texts = [
            text.to_owned(),
            format!("{text}\n{text}\n"),
            text.replace("},{", "},\n  {").replace("{\"", "{\n  \"").replace("[{", "[\n{"),
            text.replace('\n', "\r\n"),
        ];
        for text in texts {
            let is_prefixed = ["syslog", "Kubernetes"].contains(&name);
            if is_prefixed && text.contains("{\n")
                || text.contains("\\{\n")
                || text.contains("{\n  \\")
            {
                continue;
            }
            let capture = attempt(&text, &Options::default());
            let capture = capture.unwrap_or_else(|error| panic!("{name}: {error}: {text}"));
            assert_eq!(addresses(&capture), [SOURCE, DESTINATION], "{name}: {text}");
            let [source, destination] = [file(&capture).source, file(&capture).destination];
            assert_eq!(source.ipv4, destination.ipv4, "{name}: {text}");
            assert_eq!((source.malformed, file(&capture).cut), (0, 0), "{name}: {text}");
            assert_eq!(file(&capture).warnings, [], "{name}: {text}");
        }
    }
}

#[test]
fn lists_are_read_with_their_blocks() {
    let cases = [
        (
            "AWS",
            r#"{"syncToken":"1","prefixes":[{"ip_prefix":"10.0.0.0/30","service":"S3"}],"ipv6_prefixes":[{"ipv6_prefix":"2001:db8::/32"}]}"#,
            4,
        ),
        (
            "Google",
            r#"{"prefixes":[{"ipv4Prefix":"10.0.0.0/31"},{"ipv6Prefix":"2001:db8::/32"}]}"#,
            2,
        ),
        (
            "Azure",
            r#"{"values":[{"name":"A","properties":{"region":"","addressPrefixes":["10.0.0.0/30","10.0.1.1/32","2001:db8::/32"]}}]}"#,
            5,
        ),
        (
            "Spamhaus",
            "{\"cidr\":\"10.0.0.0/30\",\"sblid\":\"SBL1\"}\n{\"cidr\":\"10.1.0.0/31\"}\n{\"type\":\"metadata\",\"timestamp\":1}\n",
            6,
        ),
        (
            "Cloudflare",
            r#"{"result":{"ipv4_cidrs":["10.0.0.0/30"],"ipv6_cidrs":["2001:db8::/32"]},"success":true}"#,
            4,
        ),
        ("array", r#"["10.0.0.1", "10.1.0.0/30"]"#, 5),
        ("lines of an array", "[\n  \"10.0.0.1\",\n  \"10.1.0.0/30\"\n]\n", 5),
        ("objects", "{\"ip\":\"10.0.0.1\"}\n{\"ip\":\"10.0.0.2\"}\n", 2),
    ];
    for (name, text, count) in cases {
        let capture = attempt(text, &Options::default());
        let capture = capture.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(
            (capture.sets.source.len(), capture.sets.destination.len()),
            (count, 0),
            "{name}"
        );
        assert_eq!(
            (file(&capture).source.malformed, &file(&capture).warnings[..]),
            (0, &[][..]),
            "{name}"
        );
    }
    let capture = read(r#"["10.0.0.1","x","10.0.0.0/7"]"#);
    assert_eq!((addresses(&capture)[0].as_str(), file(&capture).source.malformed), (SOURCE, 2));
}

#[test]
fn packets_and_bytes_stand_beside_the_addresses() {
    let flow = r#"{"flow":{"pkts_toserver":3,"bytes_toserver":10,"pkts_toclient":4},"src_ip":"10.0.0.1","dest_ip":"10.0.0.2"}"#;
    assert_eq!(read(flow).sets.source.weights(), [7]);
    let tuple = r#"{"records":[{"flowTuples":["1,10.0.0.1,192.0.2.1,1,2,T,O,A,E,1,66,2,120"]}]}"#;
    assert_eq!(read(tuple).sets.source.weights(), [3]);
    let wrapped = r#"{"event":{"src_ip":"10.0.0.1","dest_ip":"10.0.0.2","netflow":{"pkts":6}}}"#;
    assert_eq!(read(wrapped).sets.source.weights(), [6]);
}

#[test]
fn addresses_of_something_else_are_no_records() {
    // Those of the host that sends the record, and those beside a record.
    for text in [
        "{\"host\":{\"ip\":[\"9.9.9.9\"],\"src_ip\":\"9.9.9.9\"},\"message\":\"x {y}\"}\n",
        "{\"stats\":{\"src_ip\":\"9.9.9.9\",\"dest_ip\":\"9.9.9.9\"},\"x\":[1,[],{}]}\n",
        "{\"src_ip\":{\"x\":1},\"ip\":{},\"tags\":[\"9.9.9.9\"]}\n",
    ] {
        let record = "{\"src_ip\":\"10.0.0.1\",\"dest_ip\":\"192.0.2.1\"}\n";
        let capture = read([record, text, record].concat());
        assert_eq!(addresses(&capture), [SOURCE, DESTINATION], "{text}");
        assert_eq!((file(&capture).source.not_ip, file(&capture).records), (1, 3), "{text}");
    }
}

#[test]
fn damage_at_the_start_costs_no_more_than_in_the_middle() {
    let record = |i: u8| format!("{{\"src_ip\":\"10.0.0.{i}\",\"dest_ip\":\"192.0.2.1\"}}\n");
    let rest = record(1) + &record(2);
    let cases = [
        ("\0".repeat(5000), "line 1: '5000 zero bytes'"),
        (
            "9\",\"event_type\":\"flow\",\"flow\":{\"a\":1}}\n".to_owned(),
            "line 1: '9\",\"event_type\":\"flow\",\"flow\":{\"a\":1}}'",
        ),
        ("}\n".to_owned(), "line 1: '}'"),
        ("==> eve.json <==\n".to_owned(), "line 1: '==> eve.json <=='"),
        ("{\"src_ip\":\"10.0.0\n".to_owned(), "line 1: '{\"src_ip\":\"10.0.0'"),
        ("{\"src_ip\":\n".to_owned(), "line 1: '{\"src_ip\":'"),
        ("\n\n\0\0\n".to_owned(), "line 3: '2 zero bytes'"),
    ];
    for (damage, place) in &cases {
        let capture = attempt(format!("{damage}{rest}"), &Options::default());
        let capture = capture.unwrap_or_else(|error| panic!("{damage}: {error}"));
        assert_eq!(addresses(&capture)[0], "10.0.0.1 10.0.0.2", "{place}");
        assert_eq!(places(&capture), [*place]);
        let strict = Options { strict: true, ..Options::default() };
        assert!(attempt(format!("{damage}{rest}"), &strict).is_err());
    }
    // The same in an array over several lines, in which records cannot be told by lines.
    let rest = "  {\n    \"src_ip\": \"10.0.0.1\",\n    \"dest_ip\": \"192.0.2.1\"\n  },\n  {\n    \"src_ip\": \"10.0.0.2\"\n  }\n]\n";
    for damage in [
        "0.0.9\",\n    \"dest_ip\": \"192.0.2.1\"\n  },\n",
        "\"x\": 1\n  },\n",
        "[\n  {\n    \"src_ip: 1\n  },\n",
    ] {
        let capture = attempt(format!("{damage}{rest}"), &Options::default());
        let capture = capture.unwrap_or_else(|error| panic!("{damage}: {error}"));
        assert_eq!(addresses(&capture)[0], "10.0.0.1 10.0.0.2", "{damage}");
    }
}

#[test]
fn tables_and_texts_with_objects_in_them_are_no_json() {
    for text in [
        "src,dst,note\n10.0.0.1,192.0.2.1,{}\n",
        "src\tdst\tnote\n10.0.0.1\t192.0.2.1\t{\"src_ip\":\"9.9.9.9\",\"dest_ip\":\"9.9.9.9\"}\n",
        "src,dst,note\n10.0.0.1,192.0.2.1,\"{\"\"src_ip\"\":\"\"9.9.9.9\"\"}\"\n",
    ] {
        let capture = read(text);
        assert_ne!(file(&capture).format.name, "json", "{text}");
        assert_eq!(addresses(&capture), [SOURCE, DESTINATION], "{text}");
    }
    let capture = read("10.0.0.1\n[section]\n{\"a\":1}\n");
    assert_eq!(file(&capture).format.name, "list");
}

#[test]
fn what_has_no_end_is_told() {
    let strict = Options { strict: true, ..Options::default() };
    for (text, cut) in [
        ("[{\"src_ip\":\"10.0.0.1\",\"dest_ip\":\"192.0.2.1\"}", 0),
        ("[{\"src_ip\":\"10.0.0.1\",\"dest_ip\":\"192.0.2.1\"},\n", 0),
        ("{\"hits\":{\"hits\":[{\"src_ip\":\"10.0.0.1\",\"dest_ip\":\"192.0.2.1\"}]", 0),
        (
            "{\"hits\":{\"hits\":[{\"src_ip\":\"10.0.0.1\",\"dest_ip\":\"192.0.2.1\"},{\"src_ip\":\"9.9",
            15,
        ),
        ("{\"src_ip\":\"10.0.0.1\",\"dest_ip\":\"192.0.2.1\"}\n{\"src_ip\":\"9.9.9.9\"", 19),
        ("{\"src_ip\":\"10.0.0.1\",\"dest_ip\":\"192.0.2.1\"} {\"src_ip\":\"9.9.9.9\"", 19),
    ] {
        let capture = read(text);
        assert_eq!(addresses(&capture), [SOURCE, DESTINATION], "{text}");
        assert_eq!((file(&capture).records, file(&capture).cut), (1, cut), "{text}");
        assert!(matches!(file(&capture).warnings[..], [Warning::Damaged { .. }]), "{text}");
        assert!(matches!(attempt(text, &strict), Err(InputError::Damaged { .. })), "{text}");
    }
}

#[test]
fn fields_that_there_are_are_told() {
    let told = |text: &str, options: &Options| attempt(text, options).unwrap_err().to_string();
    let told_of = |text: &str| told(text, &Options::default());
    let error = told_of("{}\n{\"event_type\":\"x\",\"from\":{\"a\":1}}\n");
    assert!(error.contains("its columns are 'event_type', 'from.a'; name yours with"), "{error}");
    let error = told_of("{\"records\":[{\"properties\":{\"flows\":[{\"x\":\"1\"}]}}]}");
    assert!(error.contains("'records[].properties.flows[].x'"), "{error}");
    let options = Options { source_column: Some("records[].a.b".to_owned()), ..Options::default() };
    let capture = attempt("{\"records\":[{\"a\":{\"b\":\"10.0.0.1\"}}]}", &options).unwrap();
    assert_eq!(addresses(&capture)[0], SOURCE);
    // A flow in a string has no field that could be named.
    let tuples = "{\"records\":[{\"flowTuples\":[\"1,10.0.0.1,192.0.2.1,1,2,T,O,A\"]}]}";
    let error = told(tuples, &options);
    assert!(error.contains("no column 'records[].a.b'"), "{error}");
    let error = told("{\"records\":[{\"a\":{\"c\":\"10.0.0.1\"}}]}", &options);
    assert!(
        error.contains(
            "no column 'records[].a.b' (from --src-column); its columns are 'records[].a.c'"
        ),
        "{error}"
    );
}

/// One object around records, larger than any buffer.
#[test]
fn one_object_of_any_size_is_read() {
    const RECORDS: usize = 20_000;
    let note = "x".repeat(300);
    let record = |i: usize| {
        format!(
            "{{\"_source\":{{\"source\":{{\"ip\":\"10.0.{}.{}\"}},\"note\":\"{note}\"}}}}",
            i / 256 % 256,
            i % 256
        )
    };
    let records = || (0..RECORDS).map(record).collect::<Vec<_>>();
    let shapes = [
        ("{\"took\":1,\"hits\":{\"total\":7,\"hits\":[", ",", "]},\"end\":[1,{}]}"),
        ("{\"took\":1,\"hits\":{\"total\":7,\"hits\":[\n", ",\n", "\n]}}\n"),
        ("[[", ",", "]]"),
        ("", "\x1e\n", "\n"),
    ];
    for (before, between, after) in shapes {
        let text = format!("{before}{}{after}", records().join(between));
        let capture = read(&text);
        assert_eq!(capture.sets.source.len(), RECORDS, "{before}");
        assert!(!file(&capture).warnings.iter().any(Warning::is_loss), "{before}");
        // A cut costs the record that it is in; so does a flipped byte.
        let cut = attempt(&text[..text.len() / 2], &Options::default()).unwrap();
        assert!(cut.sets.source.len() >= RECORDS / 2 - 2, "{before}: {}", cut.sets.source.len());
        assert!(file(&cut).warnings.iter().any(Warning::is_loss), "{before}");
        for flipped in [b'"', b'{', b'}', b'\n', 0] {
            let mut bytes = text.clone().into_bytes();
            let at = bytes.len() / 2;
            bytes[at] = flipped;
            let capture = read(&bytes);
            let left = capture.sets.source.len();
            assert!(left >= RECORDS - 2, "{before}: {flipped}: {left}");
        }
    }
}

/// Files of all kinds.
fn small() -> impl Strategy<Value = Vec<u8>> {
    let wrap = |name: usize, rows: u8| {
        let (_, text) = RECORDS[name];
        let mut all = String::new();
        for row in 0..rows {
            writeln!(all, "{}", text.replace(SOURCE, &format!("10.0.1.{row}"))).unwrap();
        }
        all.into_bytes()
    };
    (0..RECORDS.len(), 1u8..20).prop_map(move |(name, rows)| wrap(name, rows))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn cut_anywhere_only_the_end_is_lost(file in small(), cut in any::<prop::sample::Index>()) {
        let whole = read(&file).sets.source.addresses().to_vec();
        let cut = cut.index(file.len());
        let before = file[..cut].iter().filter(|&&byte| byte == b'\n').count();
        match attempt(&file[..cut], &Options::default()) {
            Ok(found) => {
                let found = found.sets.source.addresses().to_vec();
                // A record that is cut may leave what stands in for its addresses: a part of
                // one, or its other fields, read as a list.
                let strange = found.iter().filter(|&address| !whole.contains(address)).count();
                prop_assert!(strange <= 2, "{strange} of {}", found.len());
                prop_assert!(found.len() >= before.min(whole.len()) / 4);
            }
            Err(_) => prop_assert!(before < 4),
        }
    }

    #[test]
    fn no_flipped_byte_is_fatal(
        file in small(),
        flips in prop::collection::vec((any::<prop::sample::Index>(), 1u8..), 1..4),
    ) {
        let mut file = file;
        for (at, bits) in flips {
            let at = at.index(file.len());
            file[at] ^= bits;
        }
        // That it comes back at all is what is tested.
        let _ = attempt(&file, &Options::default());
    }
}

#[test]
fn lines_of_one_address_are_sources_and_others_are_told() {
    let line = |text: &str| format!("{{\"message\":\"{text}\"}}\n");
    let found = read(
        line("Failed password for root from 10.0.0.1 port 4000 ssh2")
            + &line("Jan  1 00:00:00 h cron[1]: nothing")
            + &line("Jan  1 00:00:00 h sshd[1]: Invalid user x from 10.0.0.2 port 4000"),
    );
    assert_eq!(shown(&found.sets.source), ["10.0.0.1", "10.0.0.2"]);
    assert_eq!((file(&found).records, file(&found).source.not_ip), (3, 1));
    assert!(!file(&found).format.has_roles);
}

#[test]
fn a_column_of_addresses_is_told_and_tunnels_are_not() {
    let record = |count: usize| {
        let source: Vec<String> = (1..=count).map(|octet| format!("\"10.0.0.{octet}\"")).collect();
        read(format!("{{\"src_ip\":[{}],\"dest_ip\":[\"192.0.2.1\"]}}", source.join(", ")))
    };
    for (count, columns) in [(1, 0), (8, 0), (9, 1)] {
        let found = record(count);
        assert_eq!(shown(&found.sets.source), ["10.0.0.1"]);
        assert_eq!(file(&found).irregular.columns, columns, "{count}");
        let is_told = |warning: &Warning| warning.to_string().contains("whole column");
        assert_eq!(file(&found).warnings.iter().any(is_told), columns > 0);
    }
}

#[test]
fn rows_of_a_table_are_no_list() {
    let row = r#"["10.0.0.1","192.0.2.1"],"#;
    let rows = row.repeat((1 << 20) / row.len() + 9);
    let large =
        format!(r#"{{"columns":["src_ip","dest_ip"],"rows":[{}]}}"#, &rows[..rows.len() - 1]);
    let cut = large[..2000].to_owned();
    for table in [large, cut, format!("[{row}{}]", &row[..row.len() - 1])] {
        let error = attempt(&table, &Options::default()).map(|capture| addresses(&capture));
        assert!(error.is_err(), "{error:?}");
    }
}
