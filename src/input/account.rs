//! The account of a reading: every cell counted, every choice and every doubt stated.

use std::fmt;

use serde::Serialize;

use crate::input::read::decompress::Compression;
use crate::input::role::Role;
use crate::input::tally::Tally;
use crate::input::warning::Warning;

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
    pub malformed: Vec<MalformedCell>,
    /// What the user should know about it.
    pub warnings: Vec<Warning>,
}

impl FileAccount {
    pub(crate) fn new(name: String, format: Format, compression: Option<Compression>) -> Self {
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
    pub(crate) fn cells(&self) -> Tally {
        if !self.format.has_roles && self.source.cells() > 0 {
            return self.source;
        }
        self.source.plus(self.destination)
    }

    /// Whether it is read as a list, but holds something else: any file is a list that is nothing else.
    pub(crate) fn is_no_list(&self) -> bool {
        self.format.is_list() && self.cells().ipv4 == 0 && self.cells().malformed > 0
    }

    pub(crate) fn warn_of_emptiness(&mut self) {
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
    pub(crate) fn is_list(&self) -> bool {
        self.name == "list"
    }

    /// Whether its records are packets, as captured.
    pub(crate) fn is_packets(&self) -> bool {
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

/// Where a malformed cell stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MalformedCell {
    /// The line or the packet.
    #[serde(flatten)]
    pub at: RecordNumber,
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
pub enum RecordNumber {
    /// The line on which the record starts.
    Line(u64),
    /// The packet.
    Packet(u64),
    /// The row of a table that has no lines.
    Row(u64),
}

impl fmt::Display for RecordNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RecordNumber::Line(line) => write!(f, "line {line}"),
            RecordNumber::Packet(packet) => write!(f, "packet {packet}"),
            RecordNumber::Row(row) => write!(f, "row {row}"),
        }
    }
}

impl fmt::Display for MalformedCell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.at)?;
        if let RecordNumber::Packet(_) = self.at {
            write!(f, " (byte {})", self.offset)?;
        }
        if let Some(column) = &self.column {
            write!(f, ", column '{column}'")?;
        }
        write!(f, ": '{}'", self.value)
    }
}
