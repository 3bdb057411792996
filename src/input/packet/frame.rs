//! Follows the chain of layers of a frame to the header that counts. This file alone knows all families of
//! layers.

use super::ip::{self, Header, Packet};
use super::layer::Layer;
use super::{ethernet, lan, llc, point, pseudo, record, tunnel, wan, wireless};
use crate::input::options::Tunnels;
use crate::input::read::block::{Block, MalformedInBlock};
use crate::input::read::wanted::Wanted;
use crate::input::record::{Cell, Facts, Record};

/// Adds packets to a block, as the run wants them.
#[derive(Debug, Clone, Copy)]
pub(super) struct PacketReader {
    tunnels: Tunnels,
    with_facts: bool,
}

/// Where a packet is.
#[derive(Debug, Clone, Copy)]
pub(super) struct FramePosition {
    /// The number of the packet in its block, from 0.
    pub(super) number: u64,
    /// The byte of the block at which its frame begins.
    pub(super) offset: usize,
}

impl PacketReader {
    pub(super) fn new(wanted: &Wanted) -> Self {
        Self { tunnels: wanted.tunnels, with_facts: wanted.needs_facts() }
    }

    /// Adds the packet in `frame`, captured on `link`, of which `length` bytes were on the wire. `time`, in
    /// nanoseconds, is called only if facts are needed.
    #[inline]
    pub(super) fn add(
        self,
        link: Layer,
        frame: &[u8],
        length: u32,
        time: impl FnOnce() -> Option<i64>,
        at: FramePosition,
        block: &mut Block,
    ) {
        let packet = self.read(link, frame, &mut block.unknown_link);
        let time = if self.with_facts { time() } else { None };
        let facts = Facts { time, ..packet.facts };
        let (source, destination) = (packet.source, packet.destination);
        // A device that does not know the length leaves it out.
        let length = length.max(frame.len() as u32);
        let record = Record { facts, ..Record::of(source, destination) };
        block.add_packet(&record, length, |_| {
            let value = match link {
                Layer::UnknownInterface(number) => format!("interface {number} is not described"),
                _ => hex(&frame[packet.begin..]),
            };
            let offset = (at.offset + packet.begin) as u64;
            MalformedInBlock { number: at.number, offset, column: None, value }
        });
    }

    /// What `frame` holds. Takes note in `unknown` of the first link type that is not read.
    #[inline]
    fn read(self, link: Layer, frame: &[u8], unknown: &mut Option<u16>) -> Packet {
        // The short way, which almost all frames take.
        if let (Layer::Ethernet, Tunnels::Outer) = (link, self.tunnels)
            && let Some(packet) = ethernet::ipv4(frame)
            && let Some(header) = Header::v4(packet)
        {
            return header.packet(frame.len() - packet.len(), self.with_facts);
        }
        self.follow(link, frame, unknown)
    }

    /// What `frame` holds, found layer by layer. Not inlined: the loop over packets is faster without it.
    #[inline(never)]
    fn follow(self, link: Layer, frame: &[u8], unknown: &mut Option<u16>) -> Packet {
        let (mut layer, mut rest) = (link, frame);
        let mut found: Option<Packet> = None;
        loop {
            let next = match layer {
                Layer::Ethernet => ethernet::frame(rest),
                Layer::EtherType(kind) => ethernet::payload(kind, rest),
                Layer::Preamble => lan::preamble(rest),
                Layer::Typed => ethernet::typed(rest),
                Layer::Llc => llc::frame(rest),
                Layer::Fddi => lan::fddi(rest),
                Layer::TokenRing => lan::token_ring(rest),
                Layer::Arcnet => lan::arcnet(rest),
                Layer::Ax25 => lan::ax25(rest),
                Layer::Mpls => ethernet::labels(rest),
                Layer::Nsh => tunnel::nsh(rest),
                Layer::Ip => ip::either(rest),
                Layer::Ppp => point::ppp(rest),
                Layer::Serial => point::serial(rest),
                Layer::Pppoe => point::pppoe(rest),
                Layer::CiscoHdlc => point::cisco_hdlc(rest),
                Layer::DirectedPpp => point::directed(rest),
                Layer::FrameRelay => wan::frame_relay(rest),
                Layer::SunAtm => wan::sun_atm(rest),
                Layer::Docsis => wan::docsis(rest),
                Layer::Wireless => wireless::frame(rest),
                Layer::Radiotap => wireless::radiotap(rest),
                Layer::Prism => wireless::prism(rest),
                Layer::Ppi => wireless::ppi(rest),
                Layer::Loopback => pseudo::loopback(rest),
                Layer::CookedV1 => pseudo::sll(rest),
                Layer::CookedV2 => pseudo::sll2(rest),
                Layer::Nflog => pseudo::nflog(rest),
                Layer::Pflog => pseudo::pflog(rest),
                Layer::InfiniBand => pseudo::infiniband(rest),
                Layer::Pktap => record::pktap(rest),
                Layer::PrivatePktap => record::private_pktap(rest),
                Layer::Erf => record::erf(rest),
                Layer::ExportedPdu => record::exported(rest),
                Layer::Juniper(&layer) => record::juniper(layer, rest),
                Layer::Behind(length, &layer) => {
                    rest.get(usize::from(length)..).map(|rest| (layer, rest))
                }
                Layer::Payload(protocol) => tunnel::enter(protocol, rest),
                Layer::Ipv4 => Header::v4(rest).and_then(|header| {
                    found = Some(header.packet(frame.len() - rest.len(), self.with_facts));
                    if self.tunnels == Tunnels::Outer { None } else { header.next() }
                }),
                Layer::Ipv6 => Header::v6(rest).and_then(|header| {
                    // It counts only if there is no IPv4 header.
                    found.get_or_insert_with(|| {
                        header.packet(frame.len() - rest.len(), self.with_facts)
                    });
                    header.next()
                }),
                Layer::UnknownInterface(_) => None,
                Layer::UnknownLink(number) => {
                    unknown.get_or_insert(number);
                    return found.unwrap_or(Packet::without_address(Cell::NotIp, 0));
                }
                Layer::Other => {
                    return found.unwrap_or(Packet::without_address(Cell::NotIp, 0));
                }
            };
            match next {
                Some(next) => (layer, rest) = next,
                None => {
                    let begin = frame.len() - rest.len();
                    return found.unwrap_or(Packet::without_address(Cell::Malformed, begin));
                }
            }
        }
    }
}

/// The first bytes, as text to display.
pub(super) fn hex(bytes: &[u8]) -> String {
    /// The length of an IPv4 header.
    const SHOWN: usize = 20;
    let shown: Vec<_> = bytes.iter().take(SHOWN).map(|byte| format!("{byte:02x}")).collect();
    shown.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An IPv4 packet of `protocol` whose payload starts with two ports.
    fn packet(protocol: u8, fragment: u8) -> Vec<u8> {
        let mut packet = vec![0x45, 0, 0, 28, 0, 0, 0, fragment, 64, protocol, 0, 0];
        packet.extend([10, 0, 0, 1, 10, 0, 0, 2, 0x30, 0x39, 0x00, 0x35, 0, 8, 0, 0]);
        packet
    }

    fn facts(link: Layer, frame: &[u8], tunnels: Tunnels) -> Facts {
        PacketReader { tunnels, with_facts: true }.read(link, frame, &mut None).facts
    }

    fn said(protocol: u8, ports: Option<[u16; 2]>) -> Facts {
        let [source_port, destination_port] = ports.map_or([None; 2], |ports| ports.map(Some));
        Facts { protocol: Some(protocol), source_port, destination_port, time: None }
    }

    #[test]
    fn ports_are_those_of_tcp_udp_and_sctp() {
        for protocol in [6, 17, 132] {
            let found = facts(Layer::Ipv4, &packet(protocol, 0), Tunnels::Outer);
            assert_eq!(found, said(protocol, Some([12_345, 53])));
            // A later fragment starts in the middle, and a cut packet with what was captured.
            let found = facts(Layer::Ipv4, &packet(protocol, 1), Tunnels::Outer);
            assert_eq!(found, said(protocol, None));
            let found = facts(Layer::Ipv4, &packet(protocol, 0)[..22], Tunnels::Outer);
            assert_eq!(found, Facts { source_port: Some(12_345), ..said(protocol, None) });
        }
        assert_eq!(facts(Layer::Ipv4, &packet(1, 0), Tunnels::Outer), said(1, None));
    }

    #[test]
    fn facts_are_those_of_the_header_that_counts() {
        let mut tunnel = packet(4, 0);
        tunnel.truncate(20);
        tunnel.extend(packet(17, 0));
        assert_eq!(facts(Layer::Ipv4, &tunnel, Tunnels::Outer), said(4, None));
        assert_eq!(facts(Layer::Ipv4, &tunnel, Tunnels::Inner), said(17, Some([12_345, 53])));
    }

    #[test]
    fn facts_of_ipv6_stand_behind_its_extensions() {
        let mut frame = vec![0x60, 0, 0, 0, 0, 16, 60, 64];
        frame.resize(40, 1);
        frame.extend([6, 0, 1, 4, 0, 0, 0, 0, 0x30, 0x39, 0x00, 0x35, 0, 0, 0, 0]);
        let found = facts(Layer::Ipv6, &frame, Tunnels::Outer);
        assert_eq!(found, said(6, Some([12_345, 53])));
        // Cut within an extension: what follows is not known.
        assert_eq!(facts(Layer::Ipv6, &frame[..44], Tunnels::Outer), Facts::default());
    }

    #[test]
    fn a_broken_layer_is_told_from_its_beginning() {
        let mut frame = vec![2; 12];
        frame.extend([0x81, 0x00, 0, 5, 0x08, 0x00, 0x45, 0, 0]);
        let found = PacketReader { tunnels: Tunnels::Outer, with_facts: false }.read(
            Layer::Ethernet,
            &frame,
            &mut None,
        );
        assert_eq!(found, Packet::without_address(Cell::Malformed, 18));
        assert_eq!(hex(&frame[found.begin..]), "45 00 00");
    }
}
