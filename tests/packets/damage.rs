//! Truncated and damaged captures: everything before the damage is read, and nothing panics or hangs.

use proptest::prelude::*;

use super::containers::{HEADER, MAGICS, Order, Pcapng, WRITERS, packet_header, pcap, pcapng};
use super::{Reading, frames, read, sets};

/// Packets of as many sources, from 1 on, and of sizes that differ.
fn packets(count: u32) -> Vec<Vec<u8>> {
    let packet = |i: u32| frames::ipv4([1 + i, 7], 17, &vec![0; 8 + i as usize % 5]);
    (0..count).map(packet).collect()
}

/// A file of `packets`, raw IP, and where each of them ends; the first place is that of the first packet.
fn captured(container: usize, order: Order, packets: &[Vec<u8>]) -> (Vec<u8>, Vec<usize>) {
    let mut ends = Vec::new();
    if let Some(&magic) = MAGICS.get(container) {
        let file = pcap(order, magic, 101, packets);
        ends.push(HEADER);
        for packet in packets {
            ends.push(ends[ends.len() - 1] + packet_header(magic) + packet.len());
        }
        return (file, ends);
    }
    let write = WRITERS[container - MAGICS.len()];
    for count in 0..=packets.len() {
        ends.push(pcapng(order, 101, &packets[..count], write).len());
    }
    (pcapng(order, 101, packets, write), ends)
}

const CONTAINERS: usize = MAGICS.len() + WRITERS.len();

/// That the first `count` packets are there, and how many are.
fn first(found: &Reading, count: usize) -> bool {
    let [sources, _] = sets(found);
    (1..=count as u32).all(|source| sources.iter().any(|&(found, _)| found == source))
}

#[test]
fn a_capture_cut_anywhere_yields_what_stands_before() {
    let packets = packets(4);
    for container in 0..CONTAINERS {
        for order in Order::ALL {
            let (file, ends) = captured(container, order, &packets);
            for length in 4..=file.len() {
                let whole = ends[1..].iter().filter(|&&end| end <= length).count();
                let found = read(&file[..length]);
                assert_eq!(found.account.records, whole as u64, "cut at {length}");
                assert_eq!(found.account.source.ipv4, whole as u64);
                // Bytes of a packet, or of what stands before the first.
                // A pcapng file may also end with the header of its section, of 28 bytes.
                let is_section = container >= MAGICS.len() && length == 28;
                let is_cut = !ends.contains(&length) && !is_section;
                let is_warned = found.account.warnings.iter().any(|warning| warning.is_loss());
                assert_eq!((found.account.cut > 0, is_warned), (is_cut, is_cut), "cut at {length}");
                if length > ends[0] {
                    let sound = ends[whole];
                    assert_eq!(found.account.cut, (length - sound) as u64);
                }
            }
        }
    }
}

#[test]
fn an_impossible_length_ends_a_pcap() {
    let packets = packets(3);
    for order in Order::ALL {
        for length in [262_145, u32::MAX] {
            let (mut file, ends) = captured(0, order, &packets);
            file[ends[2] + 8..][..4].copy_from_slice(&order.u32(length));
            let found = read(&file);
            assert_eq!(found.account.records, 2);
            assert_eq!(found.account.cut, (file.len() - ends[2]) as u64);
            let warning = found.account.warnings[0].to_string();
            assert!(warning.contains(&format!("a packet of {length} bytes")), "{warning}");
            assert!(warning.contains(&format!("byte {}", ends[2])), "{warning}");
        }
    }
}

#[test]
fn a_block_whose_lengths_differ_ends_a_pcapng() {
    let packets = packets(3);
    let (file, ends) = captured(MAGICS.len(), Order::Little, &packets);
    for (at, length) in
        [(ends[2] - 4, 72_u32), (ends[1] + 4, 11), (ends[1] + 4, 1 << 30), (ends[1] + 4, 61)]
    {
        let mut file = file.clone();
        file[at..][..4].copy_from_slice(&length.to_le_bytes());
        let found = read(&file);
        assert_eq!(found.account.records, 1, "{length}");
        assert_eq!(found.account.cut, (file.len() - ends[1]) as u64);
        assert!(found.account.warnings[0].is_loss());
    }
}

#[test]
fn a_captured_length_beyond_its_block_is_not_believed() {
    let packets = packets(2);
    let (mut file, ends) = captured(MAGICS.len(), Order::Little, &packets);
    file[ends[0] + 20..][..4].copy_from_slice(&u32::MAX.to_le_bytes());
    let found = read(&file);
    assert_eq!(sets(&found)[0], [(1, 1), (2, 1)]);
}

#[test]
fn a_section_of_no_byte_order_ends_a_pcapng() {
    let packet = frames::plain([1, 2]);
    let mut file = Pcapng::new(Order::Little).interface(101, 0, &[]).enhanced(0, &packet).bytes;
    let sound = file.len();
    file.extend(Pcapng::new(Order::Big).bytes);
    file[sound + 8] ^= 1;
    let found = read(&file);
    assert_eq!((found.account.records, found.account.cut), (1, (file.len() - sound) as u64));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn flipped_bytes_lose_nothing_before_them(
        container in 0..CONTAINERS,
        is_big in any::<bool>(),
        flips in prop::collection::vec((any::<prop::sample::Index>(), 1_u8..), 1..6),
        cut in any::<prop::sample::Index>(),
    ) {
        let order = Order::ALL[usize::from(is_big)];
        let (mut file, ends) = captured(container, order, &packets(20));
        file.truncate(ends[0] + cut.index(file.len() - ends[0] + 1));
        let mut damaged = file.len();
        for (place, bits) in flips {
            // The header tells how all is to be read.
            if let Some(room @ 1..) = file.len().checked_sub(ends[0]) {
                let place = ends[0] + place.index(room);
                file[place] ^= bits;
                damaged = damaged.min(place);
            }
        }
        let sound = ends[1..].iter().filter(|&&end| end <= damaged).count();
        prop_assert!(first(&read(&file), sound), "{} sound packets", sound);
    }

    #[test]
    fn any_bytes_behind_a_magic_number_are_read_to_their_end(
        magic in prop::sample::select(vec!["d4c3b2a1", "a1b2c3d4", "4d3cb2a1", "34cdb2a1", "0a0d0d0a"]),
        mut bytes in prop::collection::vec(any::<u8>(), 0..2000),
        link in prop::sample::select(vec![
            0_u8, 1, 3, 6, 7, 9, 10, 50, 100, 101, 104, 105, 107, 113, 117, 119, 123, 127, 129, 137, 143, 149,
            178, 192, 197, 239, 240, 241, 242, 252,
        ]),
    ) {
        if let (Some(field), true) = (bytes.get_mut(16..20), magic != "0a0d0d0a") {
            field.copy_from_slice(&[link, 0, 0, 0]);
        }
        read(&[frames::hex(magic), bytes].concat());
    }

    /// Random bytes behind every link header: dissectors meet lengths that point anywhere.
    #[test]
    fn any_frame_is_one_record(
        case in prop::sample::select(frames::cases()),
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        length in any::<prop::sample::Index>(),
    ) {
        let mut frame = case.frame;
        for (place, byte) in flips {
            if !frame.is_empty() {
                let place = place.index(frame.len());
                frame[place] = byte;
            }
        }
        frame.truncate(length.index(frame.len() + 1));
        let found = read(&pcap(Order::Little, MAGICS[0], case.link.into(), &[frame]));
        prop_assert_eq!(found.account.records, 1);
        prop_assert_eq!(found.account.source.cells(), 1);
        prop_assert_eq!(found.account.destination.cells(), 1);
    }
}
