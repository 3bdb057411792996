//! Captures in every container: the same frames in each give the same addresses.

use super::frames::{self, Case, Found, hex};
use super::{read, sets};

/// The order of the bytes of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Little,
    Big,
}

impl Order {
    pub const ALL: [Self; 2] = [Self::Little, Self::Big];

    pub fn u16(self, number: u16) -> [u8; 2] {
        match self {
            Self::Little => number.to_le_bytes(),
            Self::Big => number.to_be_bytes(),
        }
    }

    pub fn u32(self, number: u32) -> [u8; 4] {
        match self {
            Self::Little => number.to_le_bytes(),
            Self::Big => number.to_be_bytes(),
        }
    }
}

/// The magic numbers of pcap: microseconds, nanoseconds, and as Kuznetzov modified it.
pub const MAGICS: [u32; 3] = [0xa1b2_c3d4, 0xa1b2_3c4d, 0xa1b2_cd34];

/// Bytes of the header of a pcap file, and of each of its packets.
pub const HEADER: usize = 24;
pub fn packet_header(magic: u32) -> usize {
    if magic == 0xa1b2_cd34 { 24 } else { 16 }
}

/// A pcap file of `frames`; `link` is all 32 bits of its field.
pub fn pcap<F: AsRef<[u8]>>(order: Order, magic: u32, link: u32, frames: &[F]) -> Vec<u8> {
    let mut file =
        [order.u32(magic), [0; 4], [0; 4], [0; 4], order.u32(262_144), order.u32(link)].concat();
    file[4..8].copy_from_slice(&[order.u16(2), order.u16(4)].concat());
    for (time, frame) in (0..).zip(frames) {
        let frame = frame.as_ref();
        let length = order.u32(frame.len() as u32);
        file.extend([order.u32(1_700_000_000), order.u32(time), length, length].concat());
        file.resize(file.len() + packet_header(magic) - 16, 0);
        file.extend(frame);
    }
    file
}

/// A pcapng file, block by block.
pub struct Pcapng {
    order: Order,
    pub bytes: Vec<u8>,
}

impl Pcapng {
    pub fn new(order: Order) -> Self {
        Self { order, bytes: Vec::new() }.section(order)
    }

    /// A block; what is odd of its body is filled up with zeros.
    pub fn block(mut self, kind: u32, body: &[u8]) -> Self {
        let order = self.order;
        let length = order.u32(12 + body.len().next_multiple_of(4) as u32);
        self.bytes.extend([order.u32(kind), length].concat());
        self.bytes.extend(body);
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
        self.bytes.extend(length);
        self
    }

    /// The header of a section, of unknown length, that is written in `order`.
    pub fn section(mut self, order: Order) -> Self {
        self.order = order;
        let mut body = [order.u32(0x1a2b_3c4d), [0; 4], [0xff; 4], [0xff; 4]].concat();
        body[4..6].copy_from_slice(&order.u16(1));
        self.block(0x0a0d_0d0a, &body)
    }

    pub fn interface(self, link: u16, snap_length: u32, options: &[u8]) -> Self {
        let body = [&self.order.u16(link), &[0; 2][..], &self.order.u32(snap_length), options];
        let body = body.concat();
        self.block(1, &body)
    }

    pub fn enhanced(self, interface: u32, frame: &[u8]) -> Self {
        let length = frame.len() as u32;
        let head = [interface, 0x0006_0a24, 0x181e_4000, length, length];
        let head = head.map(|number| self.order.u32(number)).concat();
        self.block(6, &[&head, frame].concat())
    }

    /// A packet of which `length` bytes were on the wire.
    pub fn simple(self, length: u32, frame: &[u8]) -> Self {
        let head = self.order.u32(length);
        self.block(3, &[&head, frame].concat())
    }

    pub fn obsolete(self, interface: u16, frame: &[u8]) -> Self {
        let length = frame.len() as u32;
        let head = [0x0006_0a24, 0x181e_4000, length, length].map(|number| self.order.u32(number));
        let interface = [self.order.u16(interface), [0; 2]].concat();
        self.block(2, &[&interface, &head.concat(), frame].concat())
    }
}

/// A pcapng file of `frames` on one interface, in the block that `write` makes of each.
pub fn pcapng<F: AsRef<[u8]>>(
    order: Order,
    link: u16,
    frames: &[F],
    write: fn(Pcapng, &[u8]) -> Pcapng,
) -> Vec<u8> {
    let file = Pcapng::new(order).interface(link, 0, &[]);
    frames.iter().fold(file, |file, frame| write(file, frame.as_ref())).bytes
}

/// The blocks of packets.
pub const WRITERS: [fn(Pcapng, &[u8]) -> Pcapng; 3] = [
    |file, frame| file.enhanced(0, frame),
    |file, frame| file.simple(frame.len() as u32, frame),
    |file, frame| file.obsolete(0, frame),
];

/// All containers of the same frames.
fn all<F: AsRef<[u8]>>(link: u16, frames: &[F]) -> Vec<Vec<u8>> {
    let mut files = Vec::new();
    for order in Order::ALL {
        files.extend(MAGICS.map(|magic| pcap(order, magic, link.into(), frames)));
        files.extend(WRITERS.map(|write| pcapng(order, link, frames, write)));
    }
    files
}

fn ethernet_cases() -> Vec<Case> {
    frames::cases().into_iter().filter(|case| case.link == 1).collect()
}

#[test]
fn every_container_gives_the_same() {
    let cases = ethernet_cases();
    let frames: Vec<_> = cases.iter().map(|case| case.frame.as_slice()).collect();
    let files = all(1, &frames);
    let first = read(&files[0]);
    assert_eq!(first.account.records, cases.len() as u64);
    for file in &files[1..] {
        let next = read(file);
        assert_eq!(sets(&first), sets(&next));
        assert_eq!(next.account.records, first.account.records);
        assert_eq!(next.account.source, first.account.source);
        assert_eq!(next.account.destination, first.account.destination);
        assert_eq!((next.account.cut, &next.account.warnings), (0, &first.account.warnings));
    }
}

#[test]
fn interfaces_have_their_own_link_types() {
    let cases = frames::cases();
    for order in Order::ALL {
        let mut file = Pcapng::new(order);
        for case in &cases {
            // With some clock or other.
            let resolution = [order.u16(9).as_slice(), &order.u16(1), &[9, 0, 0, 0]].concat();
            file = file.interface(case.link, 65_535, &resolution);
        }
        for (interface, case) in (0..).zip(&cases) {
            file = file.enhanced(interface, &case.frame);
        }
        let found = read(&file.bytes);
        let count = |wanted: fn(&Found) -> bool| {
            cases.iter().filter(|case| wanted(&case.outer)).count() as u64
        };
        let tally = found.account.source;
        assert_eq!(tally.ipv4, count(|found| matches!(found, Found::Pair(_) | Found::Source(_))));
        assert_eq!(tally.ipv6, count(|found| *found == Found::Ipv6));
        assert_eq!(tally.not_ip, count(|found| *found == Found::NotIp));
        assert_eq!(tally.malformed, count(|found| *found == Found::Malformed));
    }
}

#[test]
fn a_section_starts_anew_in_its_own_order() {
    let [a, b, c] = [[1, 2], [3, 4], [5, 6]].map(frames::plain);
    let file = Pcapng::new(Order::Little)
        .interface(1, 0, &[])
        .interface(101, 0, &[])
        .enhanced(1, &a)
        .section(Order::Big)
        // What was the second interface has the number 0 now; the first is not there any more.
        .interface(101, 0, &[])
        .enhanced(0, &b)
        .enhanced(1, &b)
        .section(Order::Little)
        .interface(228, 0, &[])
        .enhanced(0, &c);
    let found = read(&file.bytes);
    assert_eq!(sets(&found), [vec![(1, 1), (3, 1), (5, 1)], vec![(2, 1), (4, 1), (6, 1)]]);
    let [place] = found.account.malformed.as_slice() else { panic!("{:?}", found.account) };
    assert!(place.to_string().starts_with("packet 3 (byte "), "{place}");
}

#[test]
fn unknown_blocks_are_passed_over() {
    let packet = frames::plain([1, 2]);
    let file = Pcapng::new(Order::Big)
        .block(4, &[0; 4]) // names
        .interface(101, 0, &[])
        .block(0x0000_0bad, &[6; 13]) // custom
        .enhanced(0, &packet)
        .block(5, &[0; 12]) // statistics
        .block(0x4000_0000, b"")
        .enhanced(0, &packet);
    let found = read(&file.bytes);
    assert_eq!((found.account.records, found.account.cut), (2, 0));
    assert_eq!(sets(&found), [vec![(1, 2)], vec![(2, 2)]]);
}

/// A simple packet has no captured length: it is that of the wire, or the interface's snap length.
#[test]
fn a_simple_packet_is_cut_by_its_interface() {
    let packet = frames::plain([1, 2]);
    let file = |length, snap| {
        Pcapng::new(Order::Little).interface(101, snap, &[]).simple(length, &packet[..19]).bytes
    };
    // A byte short of the destination: the block is filled up to 20 bytes, which are not the packet's.
    let found = read(&file(packet.len() as u32, 19));
    assert_eq!(sets(&found), [vec![(1, 1)], vec![]]);
    assert_eq!(found.account.destination.malformed, 1);
    // Without a snap length nothing tells them apart.
    assert_eq!(read(&file(packet.len() as u32, 0)).account.destination.ipv4, 1);
}

#[test]
fn the_check_sequence_of_a_link_type_is_not_its_number() {
    let frame = frames::ethernet("0800", &frames::plain([1, 2]));
    for order in Order::ALL {
        let found = read(&pcap(order, MAGICS[0], 0x2400_0001, &[&frame]));
        assert_eq!(sets(&found), [vec![(1, 1)], vec![(2, 1)]]);
    }
}

/// AIX writes an older version, in which 6 is Ethernet; elsewhere it is Token Ring.
#[test]
fn link_types_of_aix_are_those_of_its_interfaces() {
    let frame = frames::ethernet("0800", &frames::plain([1, 2]));
    for order in Order::ALL {
        let mut file = pcap(order, MAGICS[0], 6, &[&frame]);
        assert_eq!(read(&file).account.source.ipv4, 0);
        file[6..8].copy_from_slice(&order.u16(2));
        assert_eq!(sets(&read(&file)), [vec![(1, 1)], vec![(2, 1)]]);
    }
}

#[test]
fn an_unknown_link_type_is_counted_and_warned_of() {
    let found = read(&pcap(Order::Little, MAGICS[0], 189, &[[0; 64]]));
    assert_eq!((found.account.records, found.account.source.not_ip), (1, 1));
    let warning = found.account.warnings[0].to_string();
    assert!(warning.contains("link type 189 (USB) are not read"), "{warning}");
    assert!(warning.contains("-E occurrence=f -e ip.src"), "{warning}");
    // Within a header that names it, too.
    let header = [108_u32, 1, 189].map(u32::to_le_bytes).concat();
    let frame = [header, vec![0; 96 + 64]].concat();
    let found = read(&pcap(Order::Little, MAGICS[0], 258, &[&frame]));
    assert!(found.account.warnings[0].to_string().contains("link type 189 (USB)"));
    // TShark does not know what its own user may put there.
    let found = read(&pcap(Order::Little, MAGICS[0], 147, &[frames::plain([1, 2])]));
    let warning = found.account.warnings[0].to_string();
    assert!(warning.contains("link type 147 (private use)"), "{warning}");
    assert!(warning.contains("editcap -T rawip FILE NEW"), "{warning}");
}

#[test]
fn an_interface_without_description_is_named() {
    let packet = frames::plain([1, 2]);
    let file = Pcapng::new(Order::Little).enhanced(82, &packet).obsolete(7, &packet);
    let found = read(&file.simple(packet.len() as u32, &packet).bytes);
    let places: Vec<_> = found.account.malformed.iter().map(|place| &place.value[..]).collect();
    let expected = [82, 7, 0].map(|number| format!("interface {number} is not described"));
    assert_eq!(places, expected);
}

#[test]
fn the_places_of_malformed_packets_are_told() {
    let frame = frames::ethernet("0800", &frames::plain([1, 2]));
    let file = pcap(Order::Big, MAGICS[2], 1, &[&frame[..], &frame, &hex("00 11"), &frame]);
    let found = read(&file);
    let places: Vec<_> = found.account.malformed.iter().map(ToString::to_string).collect();
    let byte = HEADER + 2 * (24 + frame.len()) + 24;
    assert_eq!(places, [format!("packet 3 (byte {byte}): '00 11'")]);
}
