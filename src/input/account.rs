//! The account of a reading: every cell counted, every choice and every doubt recorded.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::address::Unit;
use crate::input::found::{self, Lost, PassedOver, Reason, Repeated};
use crate::input::irregular::Irregular;
use crate::input::read::decompress::Compression;
use crate::input::remedy::Remedy;
use crate::input::role::Role;
use crate::input::tally::Tally;
use crate::input::warning::{self, Warning};

/// What was read from the files, in the order in which they were given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// One account per file.
    pub files: Vec<FileAccount>,
    /// The files that were opened, without links, so that what is written later can spare them.
    pub opened: Vec<PathBuf>,
    /// Files found in directories or by patterns that were not read.
    pub passed_over: Vec<PassedOver>,
    /// Files that were named or found again, and count once.
    pub repeated: Vec<Repeated>,
    /// What was lost when the files were made, where they are shards.
    pub lost_before: Lost,
    /// How it was counted what addresses do; `None` where it was not, or no record has two sides.
    pub behaviour: Option<Watched>,
}

/// How it was counted what addresses do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase", tag = "counted")]
pub enum Watched {
    /// Exactly.
    Exactly {
        /// Distinct sources, destinations and services.
        conversations: u64,
        /// The bytes that these take.
        bytes: u64,
        /// The bytes beyond which they are not counted exactly unless that is asked for.
        limit: u64,
    },
    /// Peers and services approximately, and nothing is known of answers.
    Approximately,
}

impl Account {
    /// The cells of `role`, over all files.
    pub fn tally(&self, role: Role) -> Tally {
        self.files.iter().map(|file| file.tally(role)).fold(Tally::default(), Tally::plus)
    }

    /// What a cell is called, and several of them: a record where files differ.
    pub fn cell(&self) -> [&'static str; 2] {
        let mut cells = self.files.iter().map(|file| file.format.cell());
        let first = cells.next().filter(|first| cells.all(|cell| cell == *first));
        first.unwrap_or(["record", "records"])
    }

    /// Bytes read, over all files.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }

    /// Records read, over all files.
    pub fn records(&self) -> u64 {
        self.files.iter().map(|file| file.records).sum()
    }

    /// Packets that the records of all files say, if any does; a larger sum stays at the largest `u64`.
    pub fn packets(&self) -> Option<u64> {
        self.files.iter().filter_map(|file| file.packets).reduce(u64::saturating_add)
    }

    /// Bytes of traffic that the records of all files say, likewise.
    pub fn traffic_bytes(&self) -> Option<u64> {
        self.files.iter().filter_map(|file| file.traffic_bytes).reduce(u64::saturating_add)
    }

    /// What the counts of the addresses stand for.
    pub fn unit(&self) -> Unit {
        self.files.iter().filter_map(|file| file.unit).reduce(Unit::and).unwrap_or_default()
    }

    /// Rows longer or shorter than their header, over all files.
    pub fn ragged(&self) -> u64 {
        self.irregular().ragged
    }

    /// What stands in tables besides rows that are as long as the header, over all files.
    pub fn irregular(&self) -> Irregular {
        self.files.iter().map(|file| file.irregular).fold(Irregular::default(), Irregular::plus)
    }

    /// The files that were not read whole, now or before.
    pub fn lost(&self) -> Lost {
        let unreadable = self.passed_over.iter().filter(|file| file.why == Reason::Unreadable);
        let damaged = self.files.iter().filter(|file| file.warnings.iter().any(Warning::is_loss));
        let lost = Lost { unreadable: unreadable.count() as u64, damaged: damaged.count() as u64 };
        lost.plus(self.lost_before)
    }

    /// What is to be warned of: a line for what is missing beside shards, one for each kind of warning, and one for each
    /// file that was not read or was found more than once.
    pub fn told(&self) -> Vec<String> {
        let mut told = Vec::from_iter(self.told_of_lost_behaviour());
        told.extend(warning::told(self.warnings()));
        told.extend(found::told_of_passed_over(&self.passed_over));
        told.extend(found::told_of_repeated(&self.repeated));
        told
    }

    /// What is to be told if what addresses did is known of some folders of shards only.
    fn told_of_lost_behaviour(&self) -> Option<String> {
        let folders = |is_meant: fn(&FileAccount) -> bool| -> BTreeSet<_> {
            let files = self.files.iter().filter(|file| is_meant(file));
            files.map(|file| Path::new(&file.name).parent().map(Path::to_path_buf)).collect()
        };
        let told = folders(|file| file.format.is_behaviour());
        let shards = folders(|file| file.format.is_shard() && !file.format.is_behaviour());
        let lost = shards.difference(&told).count();
        (!told.is_empty() && lost > 0).then(|| {
            format!(
                "{lost} of {} folders of shards have no behaviour.bin: what addresses did is counted of the others only",
                shards.len()
            )
        })
    }

    /// Every warning, with the file that it concerns.
    pub fn warnings(&self) -> impl Iterator<Item = (&FileAccount, &Warning)> {
        self.files.iter().flat_map(|file| file.warnings.iter().map(move |warning| (file, warning)))
    }
}

/// What was read from one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileAccount {
    /// The path, safe to display; `standard input` for the path `-`.
    pub name: String,
    /// How it was read.
    pub format: Format,
    /// How it is compressed.
    pub compression: Option<Compression>,
    /// The size of the file as it is stored, in bytes.
    pub bytes: u64,
    /// Its records: packets, flows, rows below the header of a table, or lines of a list that are neither
    /// blank nor a comment.
    pub records: u64,
    /// The packets that its records say, in both directions, if any does.
    pub packets: Option<u64>,
    /// The bytes of traffic that its records say, if any does.
    pub traffic_bytes: Option<u64>,
    /// What the counts of its addresses stand for; `None` without an address.
    pub unit: Option<Unit>,
    /// The cells read for the source.
    pub source: Tally,
    /// The cells read for the destination.
    pub destination: Tally,
    /// What stands in it besides rows that are as long as the header.
    pub irregular: Irregular,
    /// Blocks of addresses, such as 10.0.0.0/24, each of which stands for all its addresses.
    pub networks: u64,
    /// Decompressed bytes at the end that form no whole record or that follow damage.
    pub cut: u64,
    /// The first three malformed cells.
    pub malformed: Vec<MalformedCell>,
    /// What the user should know about it.
    pub warnings: Vec<Warning>,
}

impl FileAccount {
    pub(crate) fn new(name: String, format: Format, compression: Option<Compression>) -> Self {
        Self { name, format, compression, ..Self::default() }
    }

    /// The cells read for `role`.
    pub fn tally(&self, role: Role) -> Tally {
        match role {
            Role::Source => self.source,
            Role::Destination => self.destination,
            Role::Any => self.cells(),
        }
    }

    /// The cells of the file, each counted once: a line of a list is one cell, whichever roles it fills.
    pub(crate) fn cells(&self) -> Tally {
        if !self.format.has_roles && self.source.cells() > 0 {
            return self.source;
        }
        self.source.plus(self.destination)
    }

    /// Whether nothing shows that it is a capture, a log or a list of addresses: it was read as a list, as
    /// any unrecognised text is, or as JSON, and no record holds an address.
    pub(crate) fn is_of_another_kind(&self) -> bool {
        let Tally { ipv4, ipv6, not_ip, malformed, filtered, .. } = self.cells();
        let has_none = ipv4 + ipv6 + filtered == 0;
        match self.format.name {
            "list" => has_none && malformed > 0,
            "json" => has_none && not_ip + malformed > 0,
            _ => false,
        }
    }

    /// How the first malformed cell of `role` can be read.
    fn remedy(&self, role: Role) -> Option<Remedy> {
        let column = match role {
            Role::Destination => &self.format.destination,
            Role::Source | Role::Any => &self.format.source,
        };
        let first = self.malformed.iter().find(|place| place.column == *column)?;
        Remedy::of(&first.value)
    }

    /// Warns of what is missing, and no longer of what the first records had not, if later ones have it.
    pub(crate) fn warn_of_emptiness(&mut self) {
        let has_any = |role| self.tally(role).ipv4 + self.tally(role).filtered > 0;
        let [source, destination, any] = [Role::Source, Role::Destination, Role::Any].map(has_any);
        self.warnings.retain(|warning| match warning {
            Warning::UnknownFields { .. } => !any,
            Warning::FieldNotFound { role: Role::Source, .. } => !source,
            Warning::FieldNotFound { role: Role::Destination, .. } => !destination,
            _ => true,
        });
        if self.records == 0 {
            let has_header = self.format.source.is_some() || self.format.destination.is_some();
            self.warnings.push(if has_header { Warning::NoRows } else { Warning::Empty });
        }
        for role in [Role::Source, Role::Destination] {
            let tally = self.tally(role);
            if tally.cells() > 0 && tally.ipv4 + tally.filtered == 0 {
                let remedy = self.remedy(role);
                let has_columns = self.format.source.is_some() || self.format.destination.is_some();
                let cell = self.format.cell();
                self.warnings.push(Warning::NoAddress { role, tally, cell, remedy, has_columns });
            }
        }
    }
}

/// How a file was read. Each format's module describes itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Format {
    /// Its name: `csv`, for example.
    pub name: &'static str,
    /// What one record is called, and several of them: `row` and `rows`.
    pub record: [&'static str; 2],
    /// Whether its records tell sources from destinations.
    pub has_roles: bool,
    /// The column or field that the sources are read from, if the format has names and one of them is read.
    pub source: Option<String>,
    /// The column or field that the destinations are read from.
    pub destination: Option<String>,
}

impl Format {
    /// Whether it tells what addresses did, beside shards that hold them.
    pub fn is_behaviour(&self) -> bool {
        self.name == "behaviour"
    }

    /// What one cell is called, and several of them: outside tables it is the record.
    pub fn cell(&self) -> [&'static str; 2] {
        match self.record {
            ["row", _] => ["cell", "cells"],
            record => record,
        }
    }

    /// Whether its records are captured packets.
    pub(crate) fn is_packets(&self) -> bool {
        self.record[0] == "packet"
    }

    /// Whether it is a set of addresses without packet counts.
    pub fn is_bitmap(&self) -> bool {
        self.name == "bitmap"
    }

    /// Whether it is a file that `octomix extract` writes: addresses that have been counted already.
    pub fn is_shard(&self) -> bool {
        self.name == "shard" || self.is_behaviour() || self.is_bitmap()
    }
}

/// A malformed cell, and where it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MalformedCell {
    /// The record that holds it.
    #[serde(flatten)]
    pub at: RecordNumber,
    /// The offset of its record in the decompressed file, in bytes from 0.
    pub offset: u64,
    /// Its column; the cells of a list have none.
    pub column: Option<String>,
    /// The beginning of its content, safe to display.
    pub value: String,
}

/// The number of a record, from 1, by the unit in which its format counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RecordNumber {
    /// The line on which the record starts.
    Line(u64),
    /// The packet.
    Packet(u64),
    /// The row of a table that is not stored in lines.
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
