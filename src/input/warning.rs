//! What is doubtful about a file that was read nevertheless.

use std::mem;

use thiserror::Error;

use crate::input::account::{FileAccount, RecordNumber};
use crate::input::found::some_of;
use crate::input::message::{listed, quoted};
use crate::input::packet;
use crate::input::remedy::Remedy;
use crate::input::role::{Role, Roles};
use crate::input::tally::Tally;
use crate::words::{grouped, shown};

/// A doubt about a file that did not stop the run.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Warning {
    /// Nothing, or only blank lines and comments.
    #[error("the file is empty; check what wrote it")]
    Empty,
    /// A header with no rows below it.
    #[error("column names but no rows; check what wrote the file")]
    NoRows,
    /// Cells, but none of them an IPv4 address.
    #[error(
        "no IPv4 address for the {role}, but {}; {}",
        tally.all_dropped(*cell),
        match remedy {
            Some(remedy) => remedy.to_string(),
            None if *has_columns => format!("choose another column with {} NAME", role.option()),
            None => "check the file".to_owned(),
        }
    )]
    NoAddress {
        /// Whose cells.
        role: Role,
        /// What they hold.
        tally: Tally,
        /// What one of them is called, and several.
        cell: [&'static str; 2],
        /// How the first malformed one can be read.
        remedy: Option<Remedy>,
        /// Whether they are those of a column or field.
        has_columns: bool,
    },
    /// No column was found for a role.
    #[error("no known column holds the {role}, which is left out; name one with {} NAME", role.option())]
    NoColumn {
        /// The role that stays empty.
        role: Role,
    },
    /// Several known columns may hold a role.
    #[error(
        "several columns may hold the {role}: {} is read, not {}; choose another with {} NAME",
        quoted(taken),
        listed(others),
        role.option()
    )]
    SeveralColumns {
        /// The role.
        role: Role,
        /// The column that was read.
        taken: String,
        /// The columns that were not.
        others: Vec<String>,
    },
    /// A column was named, but the file has no columns.
    #[error("the file has no columns, so {} {} names none of it", role.option(), quoted(column))]
    UnusedColumn {
        /// The role whose column it is.
        role: Role,
        /// The column named.
        column: String,
    },
    /// Packets have a link type that octomix does not read.
    #[error("packets of {} are not read, and counted as not IP; {}", link(*number), conversion(*number))]
    UnknownLink {
        /// Its number in captures.
        number: u16,
    },
    /// Rows have more cells than the header, and may hold several values in one of them.
    #[error(
        "rows have more cells than the header ({rows} of them), so what could not be told apart is left out; {}",
        if *is_tshark { "have TShark write one value a cell with -E occurrence=f" } else { "quote cells that hold the separator" }
    )]
    Overlong {
        /// How many rows.
        rows: u64,
        /// Whether TShark wrote the file.
        is_tshark: bool,
    },
    /// Lines above the header of a table.
    #[error("lines above the column names are passed over ({lines} of them, the first '{first}')")]
    LinesAbove {
        /// How many.
        lines: u64,
        /// The beginning of the first, safe to display.
        first: String,
    },
    /// Zero bytes at the start, as rotation leaves them where a log is still written to.
    #[error(
        "the file begins with {bytes} zero bytes, which are passed over; see how it is rotated"
    )]
    Zeros {
        /// How many.
        bytes: u64,
    },
    /// A capture does not begin with the file.
    #[error(
        "the first {bytes} bytes are none of the capture and passed over; check what wrote them"
    )]
    NoCapture {
        /// How many bytes stand before it.
        bytes: u64,
    },
    /// Several captures stand in one file.
    #[error(
        "another capture begins at byte {offset}, with packet {packet}; it is read as the continuation of \
         the first"
    )]
    Joined {
        /// The offset of its header in the decompressed file.
        offset: u64,
        /// The number of its first packet.
        packet: u64,
    },
    /// A block holds more addresses than may be read one by one.
    #[error(
        "the block of addresses on {at} is left out: it holds more than the 16,777,216 of a /8; write smaller \
         blocks, or give it to --only or --exclude"
    )]
    LargeNetwork {
        /// The first such record.
        at: RecordNumber,
    },
    /// A record spans very many lines.
    #[error(
        "the record on line {line} goes on for more than {limit} lines; look there for a quote that is not closed"
    )]
    LongRecord {
        /// The line, from 1, on which it starts.
        line: u64,
        /// The number of lines above which this warning is given.
        limit: u64,
    },
    /// Rows or objects say how many packets they stand for in a way that cannot be read.
    #[error(
        "numbers of packets that cannot be read ({count} of them) count as one packet each; the first is {at}, \
         '{}': '{value}', where a whole number belongs",
        shown(column)
    )]
    UnreadPackets {
        /// How many.
        count: u64,
        /// The record of the first.
        at: RecordNumber,
        /// Its column or field.
        column: String,
        /// The beginning of its content, safe to display.
        value: String,
    },
    /// Objects have a column of addresses in one field.
    #[error(
        "objects have a whole column of addresses in one field ({objects} of them), of which only the first counts; \
         write an object a row"
    )]
    Columns {
        /// How many objects.
        objects: u64,
    },
    /// None of the first JSON objects has a field that is known to hold addresses.
    #[error(
        "no field of the first objects is known to hold addresses; they have {}; \
         name yours with --src-column and --dst-column",
        listed(fields)
    )]
    UnknownFields {
        /// The requested roles.
        roles: Roles,
        /// The paths of the fields of the first object.
        fields: Vec<String>,
    },
    /// Times were requested, but some that records have cannot be read.
    #[error(
        "times that cannot be read: {count}; the first is '{value}' on {at}, column '{column}': {advice}"
    )]
    UnreadTimes {
        /// How many.
        count: u64,
        /// The record of the first.
        at: RecordNumber,
        /// Its column or field.
        column: String,
        /// The beginning of its content, safe to display.
        value: String,
        /// What to do.
        advice: &'static str,
    },
    /// None of the first JSON objects has the field that an option names.
    #[error(
        "no field '{}' (from {}) in the first objects; they have {}; name one of them",
        shown(field),
        role.option(),
        listed(fields)
    )]
    FieldNotFound {
        /// The role whose field it should be.
        role: Role,
        /// The path named.
        field: String,
        /// The paths of the fields of the first object.
        fields: Vec<String>,
    },
    /// Times were requested, but no record has one.
    #[error(
        "no record says its time, which --times asks for; read a format that has it, or a column such \
         as frame.time_epoch; the times of syslog need --year YEAR"
    )]
    NoTimes,
    /// A sum is too large for a number of 64 bits.
    #[error(
        "{sum} add up to more than {}, at which they stay; check the numbers in the input",
        u64::MAX
    )]
    Saturated {
        /// What was added: `the packets of the sources`.
        sum: String,
    },
    /// Records do not say what the filter asks.
    #[error(
        "{addresses} addresses are left out as their records do not say what --where asks ({asked}); \
         leave that condition out, or read a format that has it"
    )]
    Unsaid {
        /// Their addresses.
        addresses: u64,
        /// What the filter asks: `port`, for example.
        asked: String,
    },
    /// The file is damaged or truncated; the records before the damage were read.
    #[error("{reason}; what stands before byte {offset} is read, what follows is not")]
    Damaged {
        /// The offset in the decompressed file from which nothing was read.
        offset: u64,
        /// What is wrong.
        reason: String,
    },
}

impl Warning {
    pub(crate) fn of_overlong(file: &FileAccount) -> Option<Self> {
        let columns = [&file.format.source, &file.format.destination];
        let is_tshark =
            columns.into_iter().flatten().any(|name| matches!(&name[..], "ip.src" | "ip.dst"));
        let rows = file.irregular.overlong;
        (rows > 0).then_some(Warning::Overlong { rows, is_tshark })
    }

    pub(crate) fn of_columns(file: &FileAccount) -> Option<Self> {
        let objects = file.irregular.columns;
        (objects > 0).then_some(Warning::Columns { objects })
    }

    /// Whether it says why a file that was read to its end holds no address.
    pub(crate) fn explains_absence(&self) -> bool {
        matches!(self, Warning::UnknownLink { .. })
    }

    /// Whether part of the file was lost, which `--strict` turns into an error.
    pub fn is_loss(&self) -> bool {
        matches!(self, Warning::Damaged { .. })
    }
}

/// What `warnings` tell, a line for each kind, with the files that it concerns or the first of them.
pub(super) fn told<'a>(
    warnings: impl Iterator<Item = (&'a FileAccount, &'a Warning)>,
) -> Vec<String> {
    let mut kinds: Vec<Vec<(&FileAccount, &Warning)>> = Vec::new();
    for (file, warning) in warnings {
        let is_alike = |kind: &&mut Vec<(_, &Warning)>| {
            mem::discriminant(kind[0].1) == mem::discriminant(warning)
        };
        match kinds.iter_mut().find(is_alike) {
            Some(kind) => kind.push((file, warning)),
            None => kinds.push(vec![(file, warning)]),
        }
    }
    let line = |kind: &Vec<(&FileAccount, &Warning)>| {
        let told = kind.iter().map(|(file, warning)| format!("{}: {warning}", file.name));
        let some = some_of(told, kind.len());
        match kind.len() as u64 {
            1 => some,
            count => format!("{} warnings of a kind: {some}", grouped(count)),
        }
    };
    kinds.iter().map(line).collect()
}

/// The link type `number`, with its name if it has one.
fn link(number: u16) -> String {
    match packet::unread(number) {
        Some(name) => format!("link type {number} ({name})"),
        None => format!("link type {number}"),
    }
}

/// How packets of link type `number` become readable.
fn conversion(number: u16) -> &'static str {
    if packet::is_private(number) {
        "if you know what they are, say so with editcap -T rawip FILE NEW (or ether, or another of editcap -T) \
         and read NEW"
    } else {
        "convert them with tshark -r FILE -T fields -E header=y -E separator=, -E occurrence=f -e ip.src \
         -e ip.dst"
    }
}
