//! The layers of a frame, as the files of their families name them to `frame`. A layer is a value, so that
//! no family has to import the next one.

/// What the next bytes of a frame are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layer {
    /// Ethernet II or 802.3, from the destination's address.
    Ethernet,
    /// An Ethernet frame behind its preamble, whole or preempted (802.3br).
    Preamble,
    /// An EtherType, and what it announces.
    Typed,
    /// What an EtherType announces.
    EtherType(u16),
    /// 802.2 logical link control.
    Llc,
    Fddi,
    TokenRing,
    /// ARCNET, from its protocol.
    Arcnet,
    /// AX.25, the link layer of packet radio.
    Ax25,
    /// A stack of MPLS labels.
    Mpls,
    /// A network service header.
    Nsh,
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
    FrameRelay,
    /// ATM behind SunATM's header.
    SunAtm,
    Docsis,
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
    /// The log of OpenBSD's packet filter.
    Pflog,
    /// IP over InfiniBand, behind its global route header.
    InfiniBand,
    /// Apple's header, which names a link type.
    Pktap,
    /// The same on a link type that is free for private use.
    PrivatePktap,
    /// The record of an Endace card.
    Erf,
    /// What Wireshark exported of a higher layer.
    ExportedPdu,
    /// A layer behind the header of a Juniper router.
    Juniper(&'static Layer),
    /// A layer behind so many bytes that do not matter.
    Behind(u8, &'static Layer),
    /// No IP, or none that can be read.
    Other,
    /// A frame of a link type that is not read.
    UnknownLink(u16),
    /// A frame of an interface that its capture does not describe.
    UnknownInterface(u32),
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
