//! From files to a [`Capture`]: the addresses of packet logs and lists, and an account of every cell read.
//!
//! Several files are one capture. A file is streamed, never held; a wrong line is counted, remembered and
//! passed over. This module refuses to guess: what it skips or chooses stands in the [`Account`], and what
//! holds no address at all is an error. It decodes neither packet captures nor compressed files.

use std::fs::{self, File};
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};

use crate::address::{AddressSet, Counter};

mod account;
mod cell;
mod columns;
mod csv;
mod error;
mod line_ends;
mod list;
mod meter;
mod sniff;
mod text;

pub use account::{Account, FileAccount, Format, Place, Tally, Warning};
pub use cell::parse_ipv4;
pub use error::InputError;
pub use meter::Progress;
pub use sniff::Foreign;

use cell::Cell;
use line_ends::LineEnds;
use meter::{Meter, Metered};

/// The side of a packet that an address stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The sender.
    Source,
    /// The receiver.
    Destination,
}

impl Role {
    /// The option of the command line that names this role's column.
    pub fn option(self) -> &'static str {
        match self {
            Role::Source => "--src-column",
            Role::Destination => "--dst-column",
        }
    }

    /// The short name, as on the command line and of the folder of results.
    pub fn key(self) -> &'static str {
        match self {
            Role::Source => "src",
            Role::Destination => "dst",
        }
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Role::Source => "source",
            Role::Destination => "destination",
        })
    }
}

/// The roles asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Roles {
    /// Sources only.
    Source,
    /// Destinations only.
    Destination,
    /// Sources and destinations.
    Both,
}

impl Roles {
    /// The roles asked for, source first.
    pub fn as_slice(self) -> &'static [Role] {
        match self {
            Roles::Source => &[Role::Source],
            Roles::Destination => &[Role::Destination],
            Roles::Both => &[Role::Source, Role::Destination],
        }
    }
}

/// What to read from the files.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The roles to fill. Not said, a CSV fills both and a list, which knows no roles, the source.
    pub roles: Option<Roles>,
    /// The CSV column of the sources, in place of the known names.
    pub source_column: Option<String>,
    /// The CSV column of the destinations, in place of the known names.
    pub destination_column: Option<String>,
}

impl Options {
    /// The column named for `role`, if one is.
    pub fn column(&self, role: Role) -> Option<&str> {
        match role {
            Role::Source => self.source_column.as_deref(),
            Role::Destination => self.destination_column.as_deref(),
        }
    }
}

/// The addresses of all files, per role, and what was met on the way to them.
#[derive(Debug, Clone, Default)]
pub struct Capture {
    /// Distinct sources.
    pub source: AddressSet,
    /// Distinct destinations.
    pub destination: AddressSet,
    /// What was read and what was skipped.
    pub account: Account,
}

impl Capture {
    /// The addresses of `role`.
    pub fn addresses(&self, role: Role) -> &AddressSet {
        match role {
            Role::Source => &self.source,
            Role::Destination => &self.destination,
        }
    }
}

/// The addresses of both roles while they are counted, over the files in the order given.
#[derive(Default)]
struct Counters {
    source: Counter,
    destination: Counter,
}

impl Counters {
    fn of(&mut self, role: Role) -> &mut Counter {
        match role {
            Role::Source => &mut self.source,
            Role::Destination => &mut self.destination,
        }
    }

    fn add(&mut self, role: Role, cell: Cell, account: &mut FileAccount) {
        account.tally_mut(role).add(cell);
        if let Cell::Address { address, .. } = cell {
            self.of(role).count(address);
        }
    }
}

/// Reads `paths` as one capture; the path `-` is standard input.
///
/// `progress` is called about every MiB and once at the end.
///
/// # Errors
///
/// A path that cannot be read, a file of another kind than text, a CSV whose columns are not found, and
/// a run that gives no address at all. Every path is checked before the first is read.
pub fn read(
    paths: &[PathBuf],
    options: &Options,
    progress: &mut dyn FnMut(Progress),
) -> Result<Capture, InputError> {
    let total = check(paths)?;
    let mut meter = Meter::new(total, progress);
    let mut counters = Counters::default();
    let mut account = Account::default();
    for path in paths {
        account.files.push(read_file(path, options, &mut counters, &mut meter)?);
    }
    meter.finish();
    let Counters { source, destination } = counters;
    let (source, destination) = (source.finish(), destination.finish());
    let capture = Capture { source, destination, account };
    if capture.source.is_empty() && capture.destination.is_empty() {
        return Err(InputError::without_address(&capture.account));
    }
    Ok(capture)
}

/// Finds the mistakes that need no reading, so that the last path's typo costs no hour on the first.
/// Returns the bytes of all files, or `None` where a pipe has no size.
fn check(paths: &[PathBuf]) -> Result<Option<u64>, InputError> {
    if paths.is_empty() {
        return Err(InputError::NoFile);
    }
    let mut total = Some(0);
    for path in paths {
        total = total
            .zip(size(path).map_err(|error| InputError::unreadable(path, error))?)
            .map(|(sum, size)| sum + size);
    }
    Ok(total)
}

fn size(path: &Path) -> io::Result<Option<u64>> {
    if is_standard_input(path) {
        return Ok(None);
    }
    let metadata = fs::metadata(path)?;
    if metadata.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if !metadata.is_file() {
        // Opening a pipe only to close it would cut off its writer.
        return Ok(None);
    }
    File::open(path)?;
    Ok(Some(metadata.len()))
}

fn is_standard_input(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn open(path: &Path) -> io::Result<Box<dyn Read>> {
    if is_standard_input(path) {
        return Ok(Box::new(io::stdin().lock()));
    }
    Ok(Box::new(File::open(path)?))
}

fn read_file(
    path: &Path,
    options: &Options,
    counters: &mut Counters,
    meter: &mut Meter<'_>,
) -> Result<FileAccount, InputError> {
    let failed = |error| InputError::unreadable(path, error);
    let mut account = FileAccount::new(text::file_name(path));
    let bytes_before = meter.bytes();
    let mut raw = Metered::new(open(path).map_err(failed)?, meter);

    // The signature is looked for before line ends are touched: pcapng's is made of them.
    let signature = sniff::signature(&mut raw).map_err(failed)?;
    if let Some(kind) = Foreign::of(&signature) {
        let name = account.name;
        return Err(InputError::Foreign { name, kind });
    }
    let mut lines = LineEnds::new(Cursor::new(sniff::without_bom(signature)).chain(raw));
    let head = sniff::head(&mut lines).map_err(failed)?;
    let start = sniff::Start::of(&head, options);

    if start.is_list {
        let whole = Cursor::new(head).chain(lines);
        list::read(whole, options, counters, &mut account).map_err(failed)?;
    } else {
        // What stands above the header, comments and blank lines, is not for the CSV parser.
        let table = Cursor::new(&head[start.offset..]).chain(lines);
        csv::read(table, start.lines_before, options, counters, &mut account)?;
    }
    account.bytes = meter.bytes() - bytes_before;
    account.warn_of_emptiness();
    Ok(account)
}
