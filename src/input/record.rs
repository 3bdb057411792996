//! One record of a capture, as every format delivers it.

/// One record of a capture: a packet, a flow, a row or a line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Record {
    pub source: Cell,
    pub destination: Cell,
    /// The packets it stands for: 1, except in tables that octomix itself wrote.
    pub packets: u64,
    pub facts: Facts,
}

/// What filters and times need to know of a record; `None` where its format does not say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    pub protocol: Option<u8>,
    pub source_port: Option<u16>,
    pub destination_port: Option<u16>,
    /// Nanoseconds since 1970-01-01 UTC.
    pub time: Option<i64>,
}

/// What a cell holds: an address, or the reason why there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cell {
    /// An IPv4 address; `padded` if there was white space around it.
    Address { address: u32, padded: bool },
    /// Nothing, or a word that means nothing.
    Missing,
    /// An IPv6 address.
    Ipv6,
    /// No cell: the record is of a protocol other than IP, such as ARP.
    NotIp,
    /// Anything else.
    Malformed,
}

impl Cell {
    /// Whether the cell holds an address of either version.
    pub(crate) fn is_address(self) -> bool {
        matches!(self, Cell::Address { .. } | Cell::Ipv6)
    }
}
