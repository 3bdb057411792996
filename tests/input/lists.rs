//! Lists of addresses in the notations of all tools, as inputs and as the lists that options name; and the
//! notations of a cell, in every text format.

use std::fs;
use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::PathBuf;

use flate2::write::GzEncoder;
use octomix::address::dotted;
use octomix::input::{
    Capture, InputError, Notation, Options, Remedy, Role, Roles, Warning, read, read_blocks,
};
use proptest::prelude::*;
use tempfile::TempDir;

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn write(&self, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join("x");
        fs::write(&path, content).unwrap();
        path
    }
}

fn attempt(content: impl AsRef<[u8]>, options: &Options) -> Result<Capture, InputError> {
    let folder = Folder::new();
    read(&[folder.write(content)], options, &mut |_| ControlFlow::Continue(()))
}

fn capture(content: impl AsRef<[u8]>) -> Capture {
    attempt(content, &Options::default()).unwrap()
}

fn noted(integers: bool, zero_padded: bool) -> Options {
    Options {
        notation: Notation { integers, zero_padded, ..Notation::default() },
        ..Options::default()
    }
}

/// The sources of `capture` with their packets.
fn sources(capture: &Capture) -> Vec<(String, u64)> {
    let set = &capture.sets.source;
    let addresses = set.addresses().iter().map(|&address| dotted(address).to_string());
    addresses.zip(set.weights()).collect()
}

/// How many addresses the file with `content` holds as a list that an option names.
fn in_blocks(content: impl AsRef<[u8]>) -> Result<u64, String> {
    let folder = Folder::new();
    let blocks = read_blocks(&folder.write(content), Notation::default());
    blocks.map(|blocks| blocks.addresses()).map_err(|error| error.to_string())
}

fn gzip(content: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(content.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

/// Lists of what the tools write, and how many addresses, networks and IPv6 lines each has.
const LISTS: [(&str, &str, usize, u64, u64); 22] = [
    (
        "Spamhaus DROP",
        "; Spamhaus DROP List 2026/01/01 - (c)\n; Expires: Thu, 01 Jan 2026\n192.0.2.0/28 ; SBL1\n",
        16,
        1,
        0,
    ),
    ("blocks with names", "192.0.2.0/28 azure\n192.0.2.16/28\tcloud\tx\n", 32, 2, 0),
    ("several on a line", "192.0.2.0/28, 192.0.2.16/28\n", 32, 2, 0),
    ("slashes", "// mine\r\n192.0.2.0/28 // x\r\n", 16, 1, 0),
    ("ranges", "192.0.2.0-192.0.2.7\n192.0.2.8 - 192.0.2.15\n192.0.2.16-31\n", 32, 3, 0),
    (
        "masks",
        "192.0.2.0 255.255.255.240\n192.0.2.16 0.0.0.15 x\n192.0.2.32/255.255.255.240\n",
        48,
        3,
        0,
    ),
    ("wildcards", "192.0.2.*\n198.51.100/24\n", 512, 2, 0),
    (
        "hosts",
        "# hosts\n127.0.0.1 localhost\n::1 localhost ip6-localhost\n192.0.2.1\ta.example b\n",
        2,
        0,
        1,
    ),
    (
        "ipset",
        "create blk hash:ip family inet hashsize 1024\nadd blk 192.0.2.1\nadd blk 192.0.2.0/28 timeout 0\n",
        16,
        1,
        0,
    ),
    (
        "iptables",
        "# Generated\n*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -s 192.0.2.1/32 -j DROP\nCOMMIT\n",
        1,
        0,
        0,
    ),
    (
        "nft",
        "table inet filter {\n\tset blk {\n\t\ttype ipv4_addr\n\t\tflags interval\n\t\telements = { \
         192.0.2.1, 192.0.2.2,\n\t\t\t     192.0.2.3, 192.0.2.4-192.0.2.5 }\n\t}\n}\n",
        5,
        1,
        0,
    ),
    ("PeerGuardian", "Some; Org, #1:192.0.2.0-192.0.2.3\nB:192.0.2.4-192.0.2.4\n", 5, 2, 0),
    (
        "a registry",
        "2|ripencc|20260101|3|19830101|20260101|+0000\nripencc|*|ipv4|*|1|summary\n\
         ripencc|FR|ipv4|192.0.2.0|16|20100712|allocated\nripencc|FR|ipv6|2001:db8::|32|20100712|x\n",
        16,
        1,
        1,
    ),
    (
        "DShield",
        "#\tblock list\nStart\tEnd\tNetblock\n192.0.2.0\t192.0.2.255\t24\t12\tNAME, Inc\tUS\n",
        256,
        1,
        0,
    ),
    (
        "indicators",
        "192[.]0[.]2[.]1\nhxxp://192[.]0[.]2[.]2/x\n192.0.2.3:8080\n192.0.2.4/32\n",
        4,
        0,
        0,
    ),
    ("nginx", "# mine\ndeny 192.0.2.1;\nallow 192.0.2.16/28;\ndeny all;\n", 17, 1, 0),
    (
        "Apache",
        "Order Allow,Deny\nAllow from all\nDeny from 192.0.2.1 192.0.2.2\nRequire not ip 192.0.2.3\n",
        3,
        0,
        0,
    ),
    (
        "scanners",
        "#masscan\nopen tcp 80 192.0.2.1 1767268800\nHost: 192.0.2.2 ()\tStatus: Up\nTimestamp: 1\tHost: 192.0.2.3 ()\tPorts: 80/open/tcp//http//\n",
        3,
        0,
        0,
    ),
    (
        "RouterOS",
        "/ip firewall address-list\nadd address=192.0.2.0/28 list=blk\nadd list=blk address=192.0.2.16\n",
        17,
        1,
        0,
    ),
    ("colours", "\x1b[01;31m\x1b[K192.0.2.1\x1b[m\x1b[K\n192.0.2.2\n", 2, 0, 0),
    ("zeros", "\x00\x00\x00192.0.2.1\n192.0.2.2\n", 2, 0, 0),
    ("mapped", "::ffff:192.0.2.1\n::ffff:c000:202\n[::FFFF:192.0.2.3]\n2001:db8::1\n", 3, 0, 1),
];

#[test]
fn lists_of_all_tools_are_read_as_inputs_and_as_blocks() {
    for (name, content, addresses, networks, ipv6) in LISTS {
        let folder = Folder::new();
        for form in [
            content.as_bytes().to_vec(),
            format!("\u{feff}{}", content.replace('\n', "\r\n")).into_bytes(),
            gzip(content),
            zstd::encode_all(content.as_bytes(), 1).unwrap(),
        ] {
            let path = folder.write(&form);
            let found = read(std::slice::from_ref(&path), &Options::default(), &mut |_| {
                ControlFlow::Continue(())
            });
            let found = found.unwrap_or_else(|error| panic!("{name}: {error}"));
            let [file] = &found.account.files[..] else { panic!() };
            assert_eq!(file.format.name, "list", "{name}");
            assert_eq!(found.sets.source.len(), addresses, "{name}");
            assert_eq!((file.networks, file.source.ipv6), (networks, ipv6), "{name}");
            assert_eq!((file.source.malformed, file.warnings.len()), (0, 0), "{name}");
            let blocks = read_blocks(&path, Notation::default()).unwrap();
            assert_eq!(blocks.addresses(), addresses as u64, "{name}");
        }
    }
}

#[test]
fn a_cut_list_keeps_what_stands_before_the_cut() {
    for (name, content, ..) in LISTS {
        for at in 0..content.len() {
            if let Ok(found) = attempt(&content.as_bytes()[..at], &Options::default()) {
                let file = &found.account.files[0];
                assert!(file.source.malformed <= 1, "{name} up to {at}");
            }
            let _ = in_blocks(&content.as_bytes()[..at]);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_flipped_byte_costs_one_line_at_most(
        which in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let (_, content, ..) = LISTS[which.index(LISTS.len())];
        // The first line decides what the file is.
        let mut bytes = format!("203.0.113.1\n{content}").into_bytes();
        let at = 12 + at.index(content.len());
        bytes[at] = byte;
        let found = attempt(&bytes, &Options::default()).unwrap();
        prop_assert!(sources(&found).iter().any(|(address, _)| address == "203.0.113.1"));
        prop_assert!(found.account.files[0].source.malformed <= 2);
    }
}

#[test]
fn counts_beside_addresses_are_packets() {
    for content in [
        "     12 192.0.2.1\n      3 192.0.2.2\n",
        "192.0.2.1 12\n192.0.2.2 3\n",
        "192.0.2.1\t12\r\n192.0.2.2\t3\r\n",
    ] {
        let found = capture(content);
        let expected = [("192.0.2.1".to_owned(), 12), ("192.0.2.2".to_owned(), 3)];
        assert_eq!(sources(&found), expected, "{content}");
        assert_eq!(found.account.records(), 2);
    }
}

#[test]
fn rows_of_tables_are_no_entries() {
    for content in ["192.0.2.1 192.0.2.2\n192.0.2.1 192.0.2.3\n", "192.0.2.1 tcp 192.0.2.2\n"] {
        let error = attempt(content, &Options::default()).unwrap_err().to_string();
        assert!(error.contains("192.0.2.1"), "{error}");
        assert_eq!(error.lines().count(), 1);
    }
    // In a list that an option names, each of them is meant.
    assert_eq!(in_blocks("192.0.2.1 192.0.2.2\n192.0.2.4 192.0.2.3\n"), Ok(4));
}

#[test]
fn blocks_of_more_than_a_slash_8_are_told_and_left_out() {
    for large in ["0.0.0.0/0", "10.0.0.0/7", "10.0.0.0-11.0.0.0", "0.0.0.0-255.255.255.255"] {
        let found = capture(format!("192.0.2.1\n{large}\n"));
        let file = &found.account.files[0];
        assert_eq!((found.sets.source.len(), file.source.malformed), (1, 1), "{large}");
        assert!(matches!(file.warnings[..], [Warning::LargeNetwork { .. }]), "{:?}", file.warnings);
        assert!(in_blocks(format!("{large}\n")).unwrap() > 1 << 24);
    }
    let alone = attempt("0.0.0.0/0\n", &Options::default()).unwrap_err().to_string();
    assert!(alone.contains("16,777,216"), "{alone}");
}

#[test]
fn mistakes_in_a_list_of_blocks_are_told_with_their_line() {
    let error = in_blocks("# mine\n10.0.0.0/8\n10.0.0/8 # short\n").unwrap_err();
    assert!(error.contains("line 3: '10.0.0/8'") && error.lines().count() == 1, "{error}");
    assert_eq!(in_blocks("# nothing\n\n"), Ok(0));
    assert_eq!(in_blocks(""), Ok(0));
    assert_eq!(in_blocks("10.0.0.1\n10.0.0.2"), Ok(2));
    let cut = gzip(&"10.0.0.1 a\n".repeat(999));
    assert!(in_blocks(&cut[..cut.len() - 9]).unwrap_err().contains("damaged"));
}

#[test]
fn blocks_are_read_from_tables_and_json_too() {
    let json = "{\"cidr\":\"192.0.2.0/28\",\"sblid\":\"SBL1\"}\n{\"cidr\":\"192.0.2.16/28\"}\n";
    assert_eq!(in_blocks(json), Ok(32));
    assert_eq!(capture(json).sets.source.len(), 32);
    let table = "network,geoname_id\n192.0.2.0/28,1\n192.0.2.16/28,2\n";
    assert_eq!(in_blocks(table), Ok(32));
    assert_eq!(capture(table).sets.source.len(), 32);
    // A flow between blocks is no flow of each of their addresses.
    let flows = capture("src,dst\n192.0.2.0/28,192.0.2.1\n192.0.2.1,192.0.2.2\n");
    assert_eq!((flows.sets.source.len(), flows.account.files[0].source.malformed), (1, 1));
}

#[test]
fn mapped_addresses_are_counted_in_every_text_format() {
    for content in [
        "src,dst\n::ffff:192.0.2.1,198.51.100.1\n192.0.2.1,198.51.100.1\n",
        "{\"src_ip\":\"::ffff:192.0.2.1\",\"dest_ip\":\"198.51.100.1\"}\n\
         {\"src_ip\":\"192.0.2.1\",\"dest_ip\":\"198.51.100.1\"}\n",
        "#separator \\x09\n#fields\tid.orig_h\tid.resp_h\n::ffff:192.0.2.1\t198.51.100.1\n\
         192.0.2.1\t198.51.100.1\n",
        "srcaddr dstaddr\n::ffff:192.0.2.1 198.51.100.1\n192.0.2.1 198.51.100.1\n",
        "::ffff:192.0.2.1\n192.0.2.1\n",
    ] {
        let found = capture(content);
        assert_eq!(sources(&found), [("192.0.2.1".to_owned(), 2)], "{content}");
        let tally = found.account.tally(Role::Source);
        assert_eq!((tally.mapped, tally.ipv6, tally.ipv4), (1, 0, 2), "{content}");
    }
}

#[test]
fn options_read_integers_and_padded_octets_and_errors_name_them() {
    for (content, options, option) in [
        ("src,dst\n167838099,1572395074\n", noted(true, false), "--integers"),
        ("src,dst\n167838099.0,1572395074.0\n", noted(true, false), "--integers"),
        ("{\"src_ip\":167838099,\"dest_ip\":1572395074}\n", noted(true, false), "--integers"),
        ("167838099\n", noted(true, false), "--integers"),
        ("src,dst\n010.001.001.147,093.184.216.066\n", noted(false, true), "--zero-padded"),
        ("010.001.001.147\n", noted(false, true), "--zero-padded"),
    ] {
        let error = attempt(content, &Options::default()).unwrap_err().to_string();
        assert!(error.contains(option), "{error}");
        let found = attempt(content, &options).unwrap();
        assert_eq!(sources(&found), [("10.1.1.147".to_owned(), 1)], "{content}");
    }
    // One side alone.
    let found = capture("src,dst\n10.0.0.1,167838099\n");
    let warnings = &found.account.files[0].warnings;
    let remedy = |warning: &Warning| match warning {
        Warning::NoAddress { remedy, .. } => *remedy,
        _ => None,
    };
    assert_eq!(warnings.iter().find_map(remedy), Some(Remedy::Integers));
}

#[test]
fn a_list_fills_the_roles_asked_for_with_counts_and_blocks() {
    let options = Options { roles: Some(Roles::Both), ..Options::default() };
    let found = attempt("12 192.0.2.1\n192.0.2.0/30\n", &options).unwrap();
    assert_eq!(found.sets.source.weights(), found.sets.destination.weights());
    assert_eq!(found.sets.source.len(), 4);
}
