//! Captures that were joined: each is read by its own container, byte order and link type.

use super::containers::{HEADER, MAGICS, Order, WRITERS, pcap, pcapng};
use super::{frames, read, sets};

/// A packet from `source`, on Ethernet or raw.
fn packet(source: u32, link: u16) -> Vec<u8> {
    let packet = frames::plain([source, 9]);
    if link == 1 { frames::ethernet("0800", &packet) } else { packet }
}

/// Captures in every container and order, in turn on Ethernet and raw, of two packets each. The first
/// source is `first`.
fn captures(first: u32) -> Vec<Vec<u8>> {
    let mut captures = Vec::new();
    for order in Order::ALL {
        for container in 0..MAGICS.len() + WRITERS.len() {
            let link = if container % 2 == 0 { 1 } else { 101 };
            let packets = [packet(first, link), packet(first + 1, link)];
            captures.push(match MAGICS.get(container) {
                Some(&magic) => pcap(order, magic, link.into(), &packets),
                None => pcapng(order, link, &packets, WRITERS[container - MAGICS.len()]),
            });
        }
    }
    captures
}

fn is_pcapng(file: &[u8]) -> bool {
    file.starts_with(&[0x0a, 0x0d, 0x0d, 0x0a])
}

fn warnings(file: &[u8]) -> Vec<String> {
    read(file).account.warnings.iter().map(ToString::to_string).collect()
}

#[test]
fn any_two_captures_are_read_on() {
    for first in captures(1) {
        for second in captures(3) {
            let file = [first.as_slice(), &second].concat();
            let found = read(&file);
            let sources = [(1, 1), (2, 1), (3, 1), (4, 1)];
            assert_eq!(sets(&found), [sources.to_vec(), vec![(9, 4)]]);
            assert_eq!((found.account.records, found.account.cut), (4, 0));
            // Sections of pcapng need no header between them.
            let place = format!("at byte {}, with packet 3;", first.len());
            match warnings(&file).as_slice() {
                [] => assert!(is_pcapng(&first) && is_pcapng(&second)),
                [warning] => assert!(warning.contains(&place), "{warning}"),
                more => panic!("{more:?}"),
            }
        }
    }
}

#[test]
fn many_captures_are_told_once() {
    let files = [captures(1), captures(3), captures(5)].concat();
    let found = read(&files.concat());
    assert_eq!(found.account.records, 2 * files.len() as u64);
    assert_eq!((found.account.cut, found.account.warnings.len()), (0, 1));
}

#[test]
fn captures_without_packets_are_no_end() {
    let empty = |magic| pcap(Order::Big, magic, 1, &[[]; 0]);
    let last = pcap(Order::Little, MAGICS[0], 101, &[packet(1, 101)]);
    let file = [MAGICS.map(empty).concat().repeat(50_000), last].concat();
    let found = read(&file);
    assert_eq!(sets(&found)[0], [(1, 1)]);
    assert_eq!((found.account.records, found.account.cut), (1, 0));
}

#[test]
fn a_second_capture_that_is_cut_keeps_what_stands_before() {
    for first in captures(1).iter().step_by(5) {
        for second in captures(3).iter().step_by(5) {
            let file = [first.as_slice(), second].concat();
            for length in (first.len()..file.len()).step_by(3) {
                let found = read(&file[..length]);
                assert!((2..4).contains(&found.account.records), "{length}");
                assert_eq!(found.account.source.ipv4, found.account.records);
                assert_eq!(found.account.source.malformed, 0);
            }
        }
    }
}

#[test]
fn places_count_from_the_start_of_the_file() {
    let first = pcap(Order::Little, MAGICS[0], 101, &[packet(1, 101)]);
    let second = pcap(Order::Big, MAGICS[1], 1, &[&packet(2, 1)[..], &[1, 2]]);
    let found = read(&[first.as_slice(), &second].concat());
    let byte = first.len() + HEADER + 2 * 16 + packet(2, 1).len();
    let places: Vec<_> = found.account.malformed.iter().map(ToString::to_string).collect();
    assert_eq!(places, [format!("packet 3 (byte {byte}): '01 02'")]);
}

/// What only resembles a header is a packet.
#[test]
fn an_empty_packet_is_none_of_another_capture() {
    let file = pcap(Order::Little, MAGICS[0], 101, &[&[][..], &packet(1, 101), &[]]);
    let found = read(&file);
    assert_eq!((found.account.records, found.account.cut), (3, 0));
    assert!(!warnings(&file).iter().any(|warning| warning.contains("another capture")));
    // At the second of the magic number, but of another length.
    let mut file = pcap(Order::Little, MAGICS[0], 101, &[packet(1, 101), packet(2, 101)]);
    file[HEADER..HEADER + 8].copy_from_slice(&[0xa1, 0xb2, 0x3c, 0x4d, 0, 2, 0, 4]);
    assert_eq!(sets(&read(&file))[0], [(1, 1), (2, 1)]);
}

#[test]
fn a_capture_behind_other_bytes_is_found() {
    let words = b"tcpdump: listening on eth0, link-type EN10MB (Ethernet)\n";
    for capture in captures(1) {
        for before in [&words[..], &[0; 512], &[0x0a], &[1, 0, 0, 0, 20, 0, 0, 0]] {
            let file = [before, &capture].concat();
            let found = read(&file);
            assert_eq!(sets(&found)[0], [(1, 1), (2, 1)]);
            assert_eq!((found.account.records, found.account.cut), (2, 0));
            let warnings = warnings(&file);
            assert!(warnings[0].starts_with(&format!("the first {} bytes", before.len())));
            assert_eq!(warnings.len(), 1);
        }
    }
}

#[test]
fn places_behind_other_bytes_count_from_the_start_of_the_file() {
    let capture = pcap(Order::Little, MAGICS[0], 1, &[&[1, 2]]);
    let found = read(&[b"words\n".as_slice(), &capture].concat());
    let places: Vec<_> = found.account.malformed.iter().map(ToString::to_string).collect();
    assert_eq!(places, ["packet 1 (byte 46): '01 02'"]);
}
