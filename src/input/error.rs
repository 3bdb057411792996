//! What stops a reading: one variant per mistake, each message one line that ends with the remedy.

use std::io::{self, ErrorKind};
use std::path::Path;

use thiserror::Error;

use crate::input::account::{Account, FileAccount, MalformedCell};
use crate::input::foreign::Foreign;
use crate::input::found::Reason;
use crate::input::message::{file_name, listed, quoted};
use crate::input::remedy::Remedy;
use crate::input::role::{Role, Roles};
use crate::input::tally::Tally;
use crate::input::warning::{self, Warning};
use crate::words::{counted, shown};

/// Why a reading failed. Every `name` is that of a file, safe to display.
#[derive(Debug, Error)]
pub enum InputError {
    /// No path was given.
    #[error("no input file given; name one or more, or - for standard input")]
    NoFile,

    /// There is no file at the path.
    #[error("cannot read {}: no such file; check the path", quoted(name))]
    NotFound {
        /// The file.
        name: String,
    },

    /// This user may not read the file.
    #[error(
        "cannot read {}: permission denied; make it readable, e.g. with chmod u+r, or copy it",
        quoted(name)
    )]
    Denied {
        /// The file.
        name: String,
    },

    /// The path is a directory.
    #[error(
        "cannot read {}: it is a directory; add --recursive to read all files in it, \
         or give some, e.g. {}/*.csv",
        quoted(name),
        name.trim_end_matches('/')
    )]
    Directory {
        /// The directory.
        name: String,
    },

    /// The system starts no thread to read with.
    #[error("cannot read: {0}; let more threads and memory be had (see ulimit -u, ulimit -v)")]
    Thread(io::Error),

    /// No file matches the pattern.
    #[error("no file matches {}; check the pattern and the folder", quoted(name))]
    NoMatch {
        /// The pattern.
        name: String,
    },

    /// The pattern is not valid.
    #[error("{} is not a valid pattern: {reason}; correct it, or name the files", quoted(name))]
    BadPattern {
        /// The pattern.
        name: String,
        /// What is wrong with it.
        reason: &'static str,
    },

    /// The directory has no file to read.
    #[error(
        "no file to read in {}: hidden files, links to directories and results of octomix are skipped; \
         name the files to read",
        quoted(name)
    )]
    EmptyDirectory {
        /// The directory.
        name: String,
    },

    /// The directory holds results of octomix.
    #[error("{} holds results of octomix, not captures; name the captures", quoted(name))]
    OwnResults {
        /// The directory.
        name: String,
    },

    /// The directory has no shards.
    #[error(
        "no shard in {}: expected src.csv, dst.csv, src.roaring or dst.roaring, as octomix extract \
         writes them",
        quoted(name)
    )]
    NoShard {
        /// The directory.
        name: String,
    },

    /// The file is neither text nor of a known format.
    #[error(
        "{} is neither text nor of a format that octomix knows; look at what wrote it, and export text or \
         packets there",
        quoted(name)
    )]
    Unknown {
        /// The file.
        name: String,
    },

    /// A pipe, a socket or a device was found in a directory.
    #[error("{} is no file but a pipe, a socket or a device; name it to read it", quoted(name))]
    NotStored {
        /// The path.
        name: String,
    },

    /// A text found in a directory has no addresses.
    #[error("{} is a text without IPv4 addresses", quoted(name))]
    NoList {
        /// The file.
        name: String,
    },

    /// None of the files in the directories and archives can be read.
    #[error(
        "nothing to read: {} found, but no capture or list that can be read; the first: {first}",
        counted(*count as u64, "file was", "files were")
    )]
    AllPassedOver {
        /// How many there are.
        count: usize,
        /// Why the first is not read.
        first: String,
    },

    /// Opening or reading failed for another reason.
    #[error(
        "cannot read {}: {reason}; check the disk or the connection it comes from",
        quoted(name)
    )]
    Read {
        /// The file.
        name: String,
        /// What the system says. Not a `source`, because the message already contains it.
        reason: io::Error,
    },

    /// The file is in a format that is recognised but cannot be read.
    #[error(
        "{} is {kind}, which is not read; {}",
        quoted(name),
        kind.advice()
    )]
    Foreign {
        /// The file.
        name: String,
        /// What it is.
        kind: Foreign,
    },

    /// The format is read from the end of a file, but this input can only be read in order.
    #[error(
        "{} is {format}, which is read from its end, but {reason}; name the file itself, decompressed \
         and unpacked",
        quoted(name)
    )]
    Sequential {
        /// The file.
        name: String,
        /// What it is.
        format: &'static str,
        /// What the input is instead.
        reason: String,
    },

    /// A member of an archive cannot be read.
    #[error("{} {reason}", quoted(name))]
    Member {
        /// The member.
        name: String,
        /// What it is instead, and what to do.
        reason: String,
    },

    /// The archive has no file to read.
    #[error(
        "no file to read in {}: folders, hidden and empty files are skipped; check what wrote it",
        quoted(name)
    )]
    EmptyArchive {
        /// The archive.
        name: String,
    },

    /// A table starts with data instead of a header.
    #[error(
        "the first line of {} holds data rather than column names: {}; name the columns with {}, \
         or add a header line, e.g. src,dst",
        quoted(name),
        numbered(cells),
        by_number(addresses)
    )]
    NoHeader {
        /// The file.
        name: String,
        /// The cells of that line, safe to display.
        cells: Vec<String>,
        /// Which of them hold addresses.
        addresses: Vec<usize>,
    },

    /// A text whose lines are neither those of a table or a list nor of a known log.
    #[error(
        "{} is a text in which octomix finds no marked addresses; its first line begins with '{line}'; if it has \
         columns, name them with --src-column NUMBER and --dst-column NUMBER, or take all its addresses as a list: \
         grep -oE '([0-9]+\\.){{3}}[0-9]+' FILE | octomix detect -",
        quoted(name)
    )]
    UnknownText {
        /// The file.
        name: String,
        /// The beginning of its first line, safe to display.
        line: String,
    },

    /// A table has no known column for any requested role.
    #[error(
        "{} has no known column of {} addresses; its columns are {}; name yours with {}",
        quoted(name),
        either(*roles, |role| role.to_string()),
        listed(columns),
        either(*roles, |role| format!("{} NAME", role.option()))
    )]
    NoKnownColumn {
        /// The file.
        name: String,
        /// The requested roles.
        roles: Roles,
        /// The columns it has.
        columns: Vec<String>,
    },

    /// A table does not have the column that an option names.
    #[error(
        "{} has no column '{}' (from {}); its columns are {}; name one of them",
        quoted(name),
        shown(column),
        role.option(),
        listed(columns)
    )]
    ColumnNotFound {
        /// The file.
        name: String,
        /// The column named.
        column: String,
        /// The role whose column it should be.
        role: Role,
        /// The columns it has.
        columns: Vec<String>,
    },

    /// A shard of both sides, where sides are to be told apart.
    #[error("'{name}' holds sources and destinations as one set; give --role any to read it")]
    OneSet {
        /// The file.
        name: String,
    },
    /// What addresses did, without the addresses.
    #[error(
        "'{name}' tells what addresses did, and holds none; name src.csv and dst.csv beside it as well"
    )]
    OnlyBehaviour {
        /// The first file.
        name: String,
    },
    /// A file that another version of octomix wrote.
    #[error("'{name}' was written by another version of octomix; read it with that one")]
    OtherVersion {
        /// The file.
        name: String,
    },
    /// A file is damaged or truncated, and nothing could be read before the damage, or `strict` forbids it.
    #[error(
        "{} is damaged: {reason}; read it again from where it comes, or repair it",
        quoted(name)
    )]
    Damaged {
        /// The file.
        name: String,
        /// What is wrong.
        reason: String,
    },

    /// A cell is malformed, which `strict` does not allow.
    #[error("{} has a malformed address: {place}; correct it, or leave --strict out", quoted(name))]
    Malformed {
        /// The file.
        name: String,
        /// The first such cell.
        place: Box<MalformedCell>,
    },

    /// A list that an option names has a malformed cell.
    #[error(
        "{} has something else than blocks of addresses: {place}; \
         write one a line, e.g. 10.0.0.0/8, 192.0.2.1 or 192.0.2.1-192.0.2.9",
        quoted(name)
    )]
    NoBlock {
        /// The file.
        name: String,
        /// The first such cell.
        place: Box<MalformedCell>,
    },

    /// The caller stopped the reading.
    #[error("interrupted while reading; nothing was written")]
    Interrupted,

    /// The filters drop every address.
    #[error(
        "no address is left of {}: --where, --only or --exclude drop all {filtered}{}; ask for less",
        listed(names),
        if *unsaid == 0 {
            String::new()
        } else {
            format!(", {unsaid} of them because their records do not say what is asked")
        }
    )]
    Filtered {
        /// The files.
        names: Vec<String>,
        /// Addresses dropped, counted each time they occur.
        filtered: u64,
        /// How many of `filtered` belong to records that do not say what the filter asks.
        unsaid: u64,
    },

    /// All files are empty.
    #[error(
        "nothing to read in {}: expected {}; check what wrote it",
        listed(names),
        match (bytes, are_packets) {
            (_, true) => "IPv4 packets, found none",
            (0, false) => "IPv4 addresses, found 0 bytes",
            (_, false) => "IPv4 addresses, found only blank lines and comments",
        }
    )]
    Empty {
        /// The files.
        names: Vec<String>,
        /// Their total size in bytes.
        bytes: u64,
        /// Whether all files are packet captures.
        are_packets: bool,
    },

    /// The files have content, but no IPv4 address.
    #[error(
        "no usable IPv4 address in {}: found {}; {}",
        listed(names),
        found(**tally, *cell, first.as_deref()),
        match (reason, are_packets, first.as_ref().and_then(|first| Remedy::of(&first.1.value))) {
            (Some(reason), ..) => reason.to_string(),
            (None, true, _) => "expected packets with an IPv4 header".to_owned(),
            (None, false, Some(remedy)) => remedy.to_string(),
            (None, false, None) => "expected addresses such as 192.0.2.1, one a line or in the columns of a \
                                    comma-separated file".to_owned(),
        }
    )]
    NoAddress {
        /// The files.
        names: Vec<String>,
        /// What their cells hold.
        tally: Box<Tally>,
        /// What one of them is called, and several.
        cell: [&'static str; 2],
        /// The first malformed cell and its file.
        first: Option<Box<(String, MalformedCell)>>,
        /// Whether all files are packet captures.
        are_packets: bool,
        /// What explains it.
        reason: Option<Box<Warning>>,
    },

    /// Everything was read, and no address found.
    #[error("{reason}")]
    Nothing {
        /// Why: [`Empty`](Self::Empty) or [`NoAddress`](Self::NoAddress), for example. Not a `source`,
        /// because the message already contains it.
        reason: Box<InputError>,
        /// What was found on the way.
        account: Box<Account>,
    },
}

impl InputError {
    pub(crate) fn unreadable(path: &Path, error: io::Error) -> Self {
        let name = file_name(path);
        match error.kind() {
            ErrorKind::NotFound => InputError::NotFound { name },
            ErrorKind::PermissionDenied => InputError::Denied { name },
            ErrorKind::IsADirectory => InputError::Directory { name },
            _ => InputError::Read { name, reason: error },
        }
    }

    /// Why a file that was found, and not named, is passed over for this error.
    pub(crate) fn why_passed_over(&self) -> Reason {
        match self {
            InputError::NotFound { .. }
            | InputError::Denied { .. }
            | InputError::Directory { .. }
            | InputError::Read { .. } => Reason::Unreadable,
            InputError::NoKnownColumn { .. }
            | InputError::ColumnNotFound { .. }
            | InputError::UnknownText { .. }
            | InputError::Unknown { .. }
            | InputError::NotStored { .. }
            | InputError::EmptyArchive { .. }
            | InputError::NoList { .. } => Reason::OtherKind,
            InputError::Foreign { kind, .. } if !kind.may_hold_addresses() => Reason::OtherKind,
            _ => Reason::Unsupported,
        }
    }

    /// What was read before the failure, if the files were read to their end.
    pub fn account(&self) -> Option<&Account> {
        match self {
            InputError::Nothing { account, .. } => Some(account),
            _ => None,
        }
    }

    /// What was found on the way, beyond what the message says itself, a line for each kind of warning.
    pub fn told(&self) -> Vec<String> {
        let message = self.to_string();
        let warnings = self.account().into_iter().flat_map(Account::warnings);
        warning::told(warnings.filter(|(_, warning)| match warning {
            Warning::Empty | Warning::NoRows | Warning::NoAddress { .. } => false,
            Warning::UnknownFields { .. } => false,
            Warning::Damaged { reason, .. } => !message.contains(reason),
            _ => !message.contains(&warning.to_string()),
        }))
    }

    /// Says why a reading found no address.
    pub(crate) fn nothing(account: Account) -> Self {
        let reason = Box::new(Self::without_address(&account));
        InputError::Nothing { reason, account: Box::new(account) }
    }

    fn without_address(account: &Account) -> Self {
        let files = &account.files;
        let passed_over = &account.passed_over;
        // What could be mended tells more than what is of another kind.
        let first = passed_over.iter().find(|passed| passed.why != Reason::OtherKind);
        if let (true, Some(first)) = (files.is_empty(), first.or(passed_over.first())) {
            let (count, first) = (passed_over.len(), first.reason.clone());
            return InputError::AllPassedOver { count, first };
        }
        if let Some(first) = files.first()
            && files.iter().all(|file| file.format.is_behaviour())
        {
            return InputError::OnlyBehaviour { name: first.name.clone() };
        }
        let names = files.iter().map(|file| file.name.clone()).collect();
        for (file, warning) in account.warnings() {
            if let Warning::Damaged { reason, .. } = warning {
                return InputError::Damaged { name: file.name.clone(), reason: reason.clone() };
            }
        }
        let are_packets = files.iter().all(|file| file.format.is_packets());
        let is_empty = |file: &FileAccount| file.warnings.contains(&Warning::Empty);
        if files.iter().all(is_empty) {
            let bytes = account.bytes();
            return InputError::Empty { names, bytes, are_packets };
        }
        // The sides of a packet are of one protocol: it counts once.
        let cells = |file: &FileAccount| {
            if are_packets { file.tally(Role::Source) } else { file.cells() }
        };
        let tally = files.iter().map(FileAccount::cells).fold(Tally::default(), Tally::plus);
        if tally.filtered > 0 {
            let Tally { filtered, unsaid, .. } = tally;
            return InputError::Filtered { names, filtered, unsaid };
        }
        for (file, warning) in account.warnings() {
            if let Warning::UnknownFields { roles, fields } = warning {
                let (name, columns) = (file.name.clone(), fields.clone());
                return InputError::NoKnownColumn { name, roles: *roles, columns };
            }
            if let Warning::FieldNotFound { role, field, fields } = warning {
                return InputError::ColumnNotFound {
                    name: file.name.clone(),
                    column: field.clone(),
                    role: *role,
                    columns: fields.clone(),
                };
            }
        }
        let first = files.iter().find_map(|file| {
            let place = file.malformed.first()?;
            Some(Box::new((file.name.clone(), place.clone())))
        });
        let reason = account.warnings().find(|(_, warning)| warning.explains_absence());
        let reason = reason.map(|(_, warning)| Box::new(warning.clone()));
        let tally = Box::new(files.iter().map(cells).fold(Tally::default(), Tally::plus));
        InputError::NoAddress { names, tally, cell: account.cell(), first, are_packets, reason }
    }
}

fn either(roles: Roles, name: impl Fn(Role) -> String) -> String {
    roles.sides().iter().map(|&role| name(role)).collect::<Vec<_>>().join(" or ")
}

/// Cells that a message shows with their numbers.
const NUMBERED: usize = 20;

/// The first of `cells`, each after its number from 1.
fn numbered(cells: &[String]) -> String {
    let number = |(at, cell): (usize, &String)| format!("{} {}", at + 1, quoted(cell));
    let mut shown: Vec<String> = cells.iter().enumerate().map(number).take(NUMBERED).collect();
    if cells.len() > NUMBERED {
        shown.push(format!("and {} more", cells.len() - NUMBERED));
    }
    shown.join(", ")
}

/// The options that name the first two of `columns`.
fn by_number(columns: &[usize]) -> String {
    let roles = [Role::Source, Role::Destination];
    let options = roles.iter().zip(columns);
    let options = options.map(|(role, column)| format!("{} {}", role.option(), column + 1));
    options.collect::<Vec<_>>().join(" ")
}

fn found(tally: Tally, cell: [&str; 2], first: Option<&(String, MalformedCell)>) -> String {
    if tally.cells() == 0 {
        return "column names but no rows".to_owned();
    }
    let counts = tally.all_dropped(cell);
    match first {
        Some((name, place)) => {
            format!("{counts}, the first malformed in {}, {place}", quoted(name))
        }
        None => counts,
    }
}
