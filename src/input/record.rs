//! One record of a capture, as every format delivers it.

/// One record of a capture: a packet, a flow, a row or a line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Record {
    pub source: Cell,
    pub destination: Cell,
    /// The packets that it stands for, in both directions, if it says.
    pub packets: Option<u64>,
    /// The bytes of these packets, if it says.
    pub bytes: Option<u64>,
    /// Whether the destination sent anything back, if the record stands for both ways.
    pub is_answered: Option<bool>,
    pub facts: Facts,
}

impl Record {
    /// A record that says nothing but its addresses.
    pub(crate) fn of(source: Cell, destination: Cell) -> Self {
        Self {
            source,
            destination,
            packets: None,
            bytes: None,
            is_answered: None,
            facts: Facts::default(),
        }
    }

    /// Whether a cell holds a block of addresses.
    #[inline]
    pub(crate) fn has_network(&self) -> bool {
        let is_network = |cell| matches!(cell, Cell::Network { .. });
        is_network(self.source) || is_network(self.destination)
    }

    /// The first and the last address of the block that the record is about: of one that says nothing else,
    /// as a row of an allow-list does. A flow between blocks is no flow of each of their addresses.
    pub(crate) fn network(&self) -> Option<(u32, u32)> {
        match (self.source, self.destination) {
            (one, other) if one == other => one.network(),
            (one, Cell::Missing) | (Cell::Missing, one) => one.network(),
            _ => None,
        }
    }

    /// The record with blocks that do not stand for their addresses as malformed cells.
    pub(crate) fn without_networks(self) -> Self {
        let address = |cell| match cell {
            Cell::Network { .. } => Cell::Malformed,
            cell => cell,
        };
        let (source, destination) = (address(self.source), address(self.destination));
        Self { source, destination, ..self }
    }
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
    /// An IPv4 address.
    Address { address: u32, form: Form },
    /// A block of IPv4 addresses, shorter than an address: 192.0.2.0/24. Bits of the address beyond the length
    /// mean nothing.
    Network { address: u32, length: u8 },
    /// Nothing, or a word that means nothing.
    Missing,
    /// An IPv6 address.
    Ipv6,
    /// No cell: the record is of a protocol other than IP, such as ARP.
    NotIp,
    /// Anything else.
    Malformed,
}

/// How an address was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// As a dotted quad, or as four bytes.
    Plain,
    /// With white space around it.
    Padded,
    /// As an IPv6 address that stands for it: `::ffff:192.0.2.1`.
    Mapped,
}

impl Cell {
    /// A cell that holds `address` as a dotted quad.
    #[inline]
    pub(crate) fn plain(address: u32) -> Self {
        Cell::Address { address, form: Form::Plain }
    }

    /// The first and the last address of the block that the cell holds.
    fn network(self) -> Option<(u32, u32)> {
        let Cell::Network { address, length } = self else { return None };
        let hosts = u32::MAX.checked_shr(length.into()).unwrap_or(0);
        Some((address & !hosts, address | hosts))
    }

    /// The cell if it holds an address, or else none.
    #[inline]
    pub(crate) fn or_missing(self) -> Self {
        if matches!(self, Cell::Address { .. }) { self } else { Cell::Missing }
    }

    /// Whether the cell holds what most cells hold, which is counted and needs no more thought.
    #[inline]
    pub(crate) fn is_usual(self) -> bool {
        !matches!(self, Cell::Network { .. } | Cell::Malformed)
    }

    /// Whether the cell holds an address of either version, or a block of addresses.
    pub(crate) fn is_address(self) -> bool {
        matches!(self, Cell::Address { .. } | Cell::Network { .. } | Cell::Ipv6)
    }
}
