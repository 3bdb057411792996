//! The layers of a frame, as the files of their families name them to `frame`. A layer is a value, so that
//! no family has to import the next one.

/// What the next bytes of a frame are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layer {
    /// Ethernet II or 802.3, from the destination's address.
    Ethernet,
    /// What an EtherType announces.
    EtherType(u16),
    /// 802.2 logical link control.
    Llc,
    /// A stack of MPLS labels.
    Mpls,
    /// IP of the version that its first bits give.
    Ip,
    Ipv4,
    Ipv6,
    /// What follows an IP header, by its protocol number.
    Payload(u8),
    Ppp,
    /// PPP or Cisco's HDLC on a serial line.
    Serial,
    Pppoe,
    CiscoHdlc,
    /// PPP behind a byte for the direction.
    DirectedPpp,
    /// 802.11, from its frame control field.
    Wireless,
    Radiotap,
    /// The headers of Prism and AVS.
    Prism,
    /// Per-Packet Information.
    Ppi,
    /// BSD loopback.
    Loopback,
    /// Linux cooked captures, version 1 and 2.
    CookedV1,
    CookedV2,
    Nflog,
    /// No IP, or none that can be read.
    Other,
    /// A frame of a link type that is not read.
    UnknownLink(u16),
    /// A frame of an interface that its capture does not describe.
    UnknownInterface,
}

/// What frames of link type `number` begin with; pcap and pcapng share the numbers
/// (tcpdump.org/linktypes.html).
pub(super) fn link(number: u16) -> Layer {
    match number {
        0 | 108 => Layer::Loopback,
        1 => Layer::Ethernet,
        9 => Layer::Ppp,
        // Raw IP as files should have it, and as systems number it.
        101 | 12 | 14 => Layer::Ip,
        50 => Layer::Serial,
        51 => Layer::Pppoe,
        104 => Layer::CiscoHdlc,
        105 => Layer::Wireless,
        113 => Layer::CookedV1,
        119 | 163 => Layer::Prism,
        127 => Layer::Radiotap,
        166 | 204 => Layer::DirectedPpp,
        192 => Layer::Ppi,
        219 => Layer::Mpls,
        228 => Layer::Ipv4,
        229 => Layer::Ipv6,
        239 => Layer::Nflog,
        276 => Layer::CookedV2,
        _ => Layer::UnknownLink(number),
    }
}

/// The next layer and its bytes, which reach to the end of the frame. `None` if the frame ends too soon, or
/// if its bytes are impossible.
pub(super) type Next<'a> = Option<(Layer, &'a [u8])>;

/// The big-endian number at `offset`.
#[inline]
pub(super) fn be16(bytes: &[u8], offset: usize) -> Option<u16> {
    Some(u16::from_be_bytes(*bytes.get(offset..)?.first_chunk()?))
}

/// The big-endian number at `offset`.
#[inline]
pub(super) fn be32(bytes: &[u8], offset: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(offset..)?.first_chunk()?))
}
