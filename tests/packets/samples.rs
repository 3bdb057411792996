//! Captures from other sources, if their folder exists, compared with what TShark finds in them; and the
//! containers compared with pcap-parser.

use std::fs;
use std::path::{Path, PathBuf};

use octomix::input::Options;
use pcap_parser::{Block, PcapBlockOwned, PcapError, create_reader};
use serde_json::Value;

use super::containers::{MAGICS, Order, WRITERS, pcap, pcapng};
use super::{frames, read, read_paths, sets};

/// The folder of captures, beside the project's.
fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/pcap");
    let found = folder.join("expected.json").exists();
    if !found {
        println!("passed over: there is no {}", folder.display());
    }
    found.then_some(folder)
}

/// Where TShark and scapy differ this is TShark's. In one case it may be called too strict:
/// ipv4-truncated-broken-header.pcap says that its header is longer than its packet, and both addresses are
/// there.
#[test]
fn captures_hold_what_tshark_finds() {
    let Some(folder) = folder() else { return };
    let expected = fs::read_to_string(folder.join("expected.json")).unwrap();
    let expected: Value = serde_json::from_str(&expected).unwrap();
    let files = expected["files"].as_object().unwrap();
    assert!(files.len() >= 25);
    for (name, expected) in files {
        let found = read(&fs::read(folder.join(name)).unwrap());
        let [sources, destinations] = sets(&found);
        let packets = |set: &[(u32, u64)]| set.iter().map(|&(_, packets)| packets).sum::<u64>();
        let count = |key: &str| expected[key].as_u64().unwrap();
        assert_eq!(found.account.records, count("packets"), "{name}");
        assert_eq!(packets(&sources), count("ipv4_packets"), "{name}");
        assert_eq!(packets(&destinations), count("ipv4_packets"), "{name}");
        assert_eq!(sources.len() as u64, count("unique_src"), "{name}");
        assert_eq!(destinations.len() as u64, count("unique_dst"), "{name}");
        assert_eq!(found.account.cut, 0, "{name}");
    }
}

/// The packets that pcap-parser finds in a capture, without what it fills blocks up with.
fn oracle(file: &[u8]) -> Vec<Vec<u8>> {
    let mut reader = create_reader(1 << 20, file).unwrap();
    let mut packets = Vec::new();
    loop {
        match reader.next() {
            Ok((length, block)) => {
                match block {
                    PcapBlockOwned::Legacy(packet) => packets.push(packet.data.to_vec()),
                    PcapBlockOwned::NG(Block::EnhancedPacket(packet)) => {
                        packets.push(packet.data[..packet.caplen as usize].to_vec());
                    }
                    PcapBlockOwned::NG(Block::SimplePacket(packet)) => {
                        packets.push(packet.data[..packet.origlen as usize].to_vec());
                    }
                    _ => {}
                }
                reader.consume(length);
            }
            Err(PcapError::Eof) => return packets,
            Err(PcapError::Incomplete(_)) => reader.refill().unwrap(),
            Err(error) => panic!("{error}"),
        }
    }
}

/// The frames that pcap-parser finds, put into the plainest container, give what the file itself gives.
#[test]
fn containers_hold_what_pcap_parser_finds() {
    let ethernet: Vec<_> = frames::cases().into_iter().filter(|case| case.link == 1).collect();
    let ethernet: Vec<_> = ethernet.iter().map(|case| &case.frame).collect();
    let mut files = Vec::new();
    for order in Order::ALL {
        // It knows the modified header in little-endian order only.
        let known = if order == Order::Little { &MAGICS[..] } else { &MAGICS[..2] };
        files.extend(known.iter().map(|&magic| (1, pcap(order, magic, 1, &ethernet))));
        // It does not know the obsolete block.
        files.extend(WRITERS[..2].iter().map(|&write| (1, pcapng(order, 1, &ethernet, write))));
    }
    if let Some(folder) = folder() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let bytes = fs::read(&path).unwrap();
            match path.extension().and_then(|extension| extension.to_str()) {
                Some("pcap") => files.push((link(&bytes), bytes)),
                Some("pcapng") => files.push((1, bytes)),
                _ => {}
            }
        }
    }
    for (link, file) in files {
        let packets = oracle(&file);
        let found = read(&file);
        assert_eq!(found.account.records, packets.len() as u64);
        let again = read(&pcap(Order::Little, MAGICS[0], link, &packets));
        assert_eq!(sets(&found), sets(&again));
        assert_eq!(found.account.source, again.account.source);
    }
}

/// The link type that the header of a little-endian pcap file names.
fn link(file: &[u8]) -> u32 {
    u32::from_le_bytes(*file[20..].first_chunk().unwrap())
}

#[test]
fn captures_are_read_together() {
    let Some(folder) = folder() else { return };
    let paths = ["dhcp_flood.pcap", "vlan-pcp-dei.pcapng"].map(|name| folder.join(name));
    let found = read_paths(&paths, &Options::default());
    let packets: Vec<_> = found.capture.account.files.iter().map(|file| file.records).collect();
    assert_eq!(packets, [500, 9]);
}
