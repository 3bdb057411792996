//! What was read, as summary.json has it.

use serde::Serialize;

use crate::input::{Account, FileAccount, Format, Place, Role, Tally};

/// What was read from all files.
#[derive(Debug, Clone, Serialize)]
pub struct Reading {
    /// One entry a file, in the order given.
    pub files: Vec<FileReading>,
    /// Bytes of all files.
    pub bytes: u64,
    /// Records of all files.
    pub records: u64,
    /// Rows of all files that are longer or shorter than their header.
    pub ragged: u64,
    /// Cells of all files.
    pub cells: Cells,
}

/// What was read from one file.
#[derive(Debug, Clone, Serialize)]
pub struct FileReading {
    /// Its path, fit to be shown.
    pub name: String,
    /// How it was read.
    #[serde(flatten)]
    pub format: FileFormat,
    /// Its bytes.
    pub bytes: u64,
    /// Rows of a CSV, lines of a list.
    pub records: u64,
    /// Rows longer or shorter than the header.
    pub ragged: u64,
    /// Its cells.
    pub cells: Cells,
    /// The first malformed cells.
    pub malformed: Vec<Place>,
}

/// How a file was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "format", rename_all = "lowercase")]
pub enum FileFormat {
    /// Rows under a header.
    Csv {
        /// The column of the sources.
        src_column: Option<String>,
        /// The column of the destinations.
        dst_column: Option<String>,
    },
    /// One address a line.
    List,
}

/// Cells by role and by what they hold.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Cells {
    /// Cells read for the sources.
    pub src: Tally,
    /// Cells read for the destinations.
    pub dst: Tally,
}

impl Cells {
    /// The cells of `role`.
    pub fn of(&self, role: Role) -> Tally {
        match role {
            Role::Source => self.src,
            Role::Destination => self.dst,
        }
    }
}

impl Reading {
    /// The reading that `account` is of.
    pub fn new(account: &Account) -> Self {
        Self {
            files: account.files.iter().map(FileReading::new).collect(),
            bytes: account.bytes(),
            records: account.records(),
            ragged: account.ragged(),
            cells: Cells {
                src: account.tally(Role::Source),
                dst: account.tally(Role::Destination),
            },
        }
    }
}

impl FileReading {
    fn new(file: &FileAccount) -> Self {
        Self {
            name: file.name.clone(),
            format: match &file.format {
                Format::Csv { source, destination } => {
                    FileFormat::Csv { src_column: source.clone(), dst_column: destination.clone() }
                }
                Format::List => FileFormat::List,
            },
            bytes: file.bytes,
            records: file.records,
            ragged: file.ragged,
            cells: Cells { src: file.source, dst: file.destination },
            malformed: file.malformed.clone(),
        }
    }
}
