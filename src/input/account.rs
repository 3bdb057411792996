//! The account of a reading: every cell counted, every choice and every doubt stated.

use std::fmt;

use serde::Serialize;

use super::cell::Cell;
use super::decompress::Compression;
use super::{Role, Warning};

/// What was read from the files, in the order given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// One account a file.
    pub files: Vec<FileAccount>,
    /// Files found in directories that are nothing to be read.
    pub passed_over: Vec<PassedOver>,
}

impl Account {
    /// The cells of `role`, over all files.
    pub fn tally(&self, role: Role) -> Tally {
        let start = Tally::default();
        self.files.iter().map(|file| file.tally(role)).fold(start, Tally::plus)
    }

    /// Bytes read, over all files.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }

    /// Records read, over all files.
    pub fn records(&self) -> u64 {
        self.files.iter().map(|file| file.records).sum()
    }

    /// Rows longer or shorter than their header, over all files.
    pub fn ragged(&self) -> u64 {
        self.files.iter().map(|file| file.ragged).sum()
    }

    /// Every warning with the file that it is about.
    pub fn warnings(&self) -> impl Iterator<Item = (&FileAccount, &Warning)> {
        self.files.iter().flat_map(|file| file.warnings.iter().map(move |warning| (file, warning)))
    }
}

/// A file found in a directory that is nothing to be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PassedOver {
    /// The path, fit to be shown.
    pub name: String,
    /// Why, in a sentence.
    pub reason: String,
}

/// What was read from one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileAccount {
    /// The path, fit to be shown; `standard input` for the path `-`.
    pub name: String,
    /// How it was read.
    pub format: Format,
    /// How it is compressed.
    pub compression: Option<Compression>,
    /// Its bytes, as they stand in the file.
    pub bytes: u64,
    /// Packets, flows, rows below the header of a table; lines of a list that are neither blank nor a
    /// comment.
    pub records: u64,
    /// The cells read for the source.
    pub source: Tally,
    /// The cells read for the destination.
    pub destination: Tally,
    /// Rows longer or shorter than the header.
    pub ragged: u64,
    /// Blocks of addresses, such as 10.0.0.0/24, that stood for their addresses.
    pub networks: u64,
    /// Bytes at its end, decompressed, that are no whole record, or follow on damage.
    pub cut: u64,
    /// The first three malformed cells.
    pub malformed: Vec<Place>,
    /// What the user should know about it.
    pub warnings: Vec<Warning>,
}

impl FileAccount {
    pub(super) fn new(name: String, format: Format, compression: Option<Compression>) -> Self {
        Self {
            name,
            format,
            compression,
            bytes: 0,
            records: 0,
            source: Tally::default(),
            destination: Tally::default(),
            ragged: 0,
            networks: 0,
            cut: 0,
            malformed: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// The cells read for `role`.
    pub fn tally(&self, role: Role) -> Tally {
        match role {
            Role::Source => self.source,
            Role::Destination => self.destination,
            Role::Any => self.cells(),
        }
    }

    /// The cells of the file, each once: a list's line is one cell, whichever roles it fills.
    pub(super) fn cells(&self) -> Tally {
        if !self.format.has_roles && self.source.cells() > 0 {
            return self.source;
        }
        self.source.plus(self.destination)
    }

    /// Whether it is read as a list, but holds something else: any file is a list that is nothing else.
    pub(super) fn is_no_list(&self) -> bool {
        self.format.is_list() && self.cells().ipv4 == 0 && self.cells().malformed > 0
    }

    pub(super) fn warn_of_emptiness(&mut self) {
        if self.records == 0 {
            let has_header = self.format.source.is_some() || self.format.destination.is_some();
            self.warnings.push(if has_header { Warning::NoRows } else { Warning::Empty });
        }
        for role in [Role::Source, Role::Destination] {
            let tally = self.tally(role);
            if tally.cells() > 0 && tally.ipv4 + tally.filtered == 0 {
                self.warnings.push(Warning::NoAddress { role, tally });
            }
        }
    }
}

/// How a file was read: one value a format, made by its module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Format {
    /// Its name: `csv`, say.
    pub name: &'static str,
    /// What one record is called, and several: `row` and `rows`.
    pub record: [&'static str; 2],
    /// Whether its records tell sources from destinations.
    pub has_roles: bool,
    /// The column or field of the sources, where there are names to choose by and one is read.
    pub source: Option<String>,
    /// The column or field of the destinations.
    pub destination: Option<String>,
}

impl Format {
    pub(super) fn is_list(&self) -> bool {
        self.name == "list"
    }

    /// Whether its records are packets, as captured.
    pub(super) fn is_packets(&self) -> bool {
        self.record[0] == "packet"
    }

    /// Whether it is a set of addresses without packets.
    pub fn is_bitmap(&self) -> bool {
        self.name == "bitmap"
    }

    /// Whether it is what `octomix extract` writes: addresses that were counted before.
    pub fn is_shard(&self) -> bool {
        self.name == "shard" || self.is_bitmap()
    }
}

/// The cells of one role: every cell is in one of `ipv4`, `missing`, `ipv6`, `not_ip`, `malformed` and
/// `filtered`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// IPv4 addresses, the only cells that are used.
    pub ipv4: u64,
    /// Those of `ipv4` with white space around them.
    pub padded: u64,
    /// Empty cells and words for nothing: `NaN`, `NULL`, `None`, `-`.
    pub missing: u64,
    /// IPv6 addresses, dropped.
    pub ipv6: u64,
    /// Records of other protocols than IP, such as ARP, dropped.
    pub not_ip: u64,
    /// Cells that are none of these, dropped.
    pub malformed: u64,
    /// IPv4 addresses that the filters dropped; not in `ipv4`.
    pub filtered: u64,
    /// Those of `filtered` whose records do not say what the filter asks.
    pub unsaid: u64,
}

impl Tally {
    /// All cells.
    pub fn cells(self) -> u64 {
        self.ipv4 + self.missing + self.ipv6 + self.not_ip + self.malformed + self.filtered
    }

    /// What was dropped, in words; only packet captures have what is not IP.
    pub(super) fn dropped(self) -> String {
        let not_ip = match self.not_ip {
            0 => String::new(),
            count => format!("{count} not IP, "),
        };
        let Self { missing, ipv6, malformed, .. } = self;
        format!("{not_ip}{missing} missing, {ipv6} IPv6 and {malformed} malformed cells")
    }

    /// The cells of both.
    pub fn plus(self, other: Self) -> Self {
        Self {
            ipv4: self.ipv4 + other.ipv4,
            padded: self.padded + other.padded,
            missing: self.missing + other.missing,
            ipv6: self.ipv6 + other.ipv6,
            not_ip: self.not_ip + other.not_ip,
            malformed: self.malformed + other.malformed,
            filtered: self.filtered + other.filtered,
            unsaid: self.unsaid + other.unsaid,
        }
    }

    pub(super) fn add(&mut self, cell: Cell) {
        match cell {
            Cell::Address { padded, .. } => {
                self.ipv4 += 1;
                self.padded += u64::from(padded);
            }
            Cell::Missing => self.missing += 1,
            Cell::Ipv6 => self.ipv6 += 1,
            Cell::NotIp => self.not_ip += 1,
            Cell::Malformed => self.malformed += 1,
        }
    }
}

/// Where a malformed cell stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The line or the packet.
    #[serde(flatten)]
    pub at: At,
    /// The byte at which its record starts, from 0, of the file as it is when decompressed.
    pub offset: u64,
    /// Its column; a list has none.
    pub column: Option<String>,
    /// The beginning of it, fit to be shown.
    pub value: String,
}

/// What the records of a file are counted by, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum At {
    /// The line on which the record starts.
    Line(u64),
    /// The packet.
    Packet(u64),
    /// The row of a table that has no lines.
    Row(u64),
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            At::Line(line) => write!(f, "line {line}"),
            At::Packet(packet) => write!(f, "packet {packet}"),
            At::Row(row) => write!(f, "row {row}"),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.at)?;
        if let At::Packet(_) = self.at {
            write!(f, " (byte {})", self.offset)?;
        }
        if let Some(column) = &self.column {
            write!(f, ", column '{column}'")?;
        }
        write!(f, ": '{}'", self.value)
    }
}
