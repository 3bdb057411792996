//! What was read, as summary.json has it.

use serde::Serialize;

use crate::input::{
    Account, Compression, FileAccount, Irregular, Lost, MalformedCell, PassedOver, PerRole,
    Repeated, Role, Tally, Watched,
};

/// What was read from all files.
#[derive(Debug, Clone, Serialize)]
pub struct Reading {
    /// An entry for each file, in the order given.
    pub files: Vec<FileReading>,
    /// Files in directories or of patterns that were not read, each with the reason.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub passed_over: Vec<PassedOver>,
    /// Files that were named or found again, and count once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub repeated: Vec<Repeated>,
    /// Files that were not read whole.
    pub lost: Lost,
    /// Bytes of all files.
    pub bytes: u64,
    /// Records of all files.
    pub records: u64,
    /// Packets that the records of all files say, if any does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub packets: Option<u64>,
    /// Bytes of traffic that they say, if any does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub traffic_bytes: Option<u64>,
    /// What stands in tables besides rows that are as long as the header.
    #[serde(flatten)]
    pub irregular: Irregular,
    /// How it was counted what addresses do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub behaviour: Option<Watched>,
    /// Cells of all files.
    pub cells: Cells,
    /// What one of them is called, and several.
    #[serde(skip)]
    pub cell: [&'static str; 2],
}

/// What was read from one file.
#[derive(Debug, Clone, Serialize)]
pub struct FileReading {
    /// Its path, with nothing in it that a terminal would obey.
    pub name: String,
    /// The name of its format, such as `csv`.
    pub format: &'static str,
    /// What one record is called, and several.
    #[serde(skip)]
    pub record: [&'static str; 2],
    /// How it is compressed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compression: Option<Compression>,
    /// The column of the sources, where columns have names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub src_column: Option<String>,
    /// The column of the destinations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dst_column: Option<String>,
    /// Its bytes.
    pub bytes: u64,
    /// Packets, flows, rows of a table, lines of a list.
    pub records: u64,
    /// The packets that its records say, if any does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub packets: Option<u64>,
    /// The bytes of traffic that they say, if any does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub traffic_bytes: Option<u64>,
    /// What stands in it besides rows that are as long as the header.
    #[serde(flatten)]
    pub irregular: Irregular,
    /// Blocks of addresses, such as 10.0.0.0/24, that stood for their addresses.
    pub networks: u64,
    /// Bytes at its end that do not make a whole record.
    pub cut: u64,
    /// Its cells.
    pub cells: Cells,
    /// The first malformed cells.
    pub malformed: Vec<MalformedCell>,
    /// What is doubtful about it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// Cells by the side that they were read for, and by what they hold.
pub type Cells = PerRole<Option<Tally>>;

fn cells(source: Tally, destination: Tally) -> Cells {
    PerRole { source: Some(source), destination: Some(destination), any: None }
}

impl Reading {
    /// What `account` tells of the reading.
    pub fn new(account: &Account) -> Self {
        Self {
            files: account.files.iter().map(FileReading::new).collect(),
            passed_over: account.passed_over.clone(),
            repeated: account.repeated.clone(),
            lost: account.lost(),
            bytes: account.bytes(),
            records: account.records(),
            packets: account.packets(),
            traffic_bytes: account.traffic_bytes(),
            irregular: account.irregular(),
            behaviour: account.behaviour,
            cells: cells(account.tally(Role::Source), account.tally(Role::Destination)),
            cell: account.cell(),
        }
    }
}

impl FileReading {
    fn new(file: &FileAccount) -> Self {
        Self {
            name: file.name.clone(),
            format: file.format.name,
            record: file.format.record,
            compression: file.compression,
            src_column: file.format.source.clone(),
            dst_column: file.format.destination.clone(),
            bytes: file.bytes,
            records: file.records,
            packets: file.packets,
            traffic_bytes: file.traffic_bytes,
            irregular: file.irregular,
            networks: file.networks,
            cut: file.cut,
            cells: cells(file.source, file.destination),
            malformed: file.malformed.clone(),
            warnings: file.warnings.iter().map(ToString::to_string).collect(),
        }
    }

    /// The columns that were read, in words; `None` where columns have no names.
    pub(in crate::report) fn columns(&self) -> Option<String> {
        let columns = [&self.src_column, &self.dst_column].into_iter().flatten().cloned();
        match &columns.collect::<Vec<_>>()[..] {
            [] => None,
            [one] => Some(format!("column {one}")),
            both => Some(format!("columns {}", both.join(" and "))),
        }
    }
}
