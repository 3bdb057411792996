//! From files to a [`Capture`]: the addresses of packet logs and lists, and an account of every cell read.
//!
//! Several files are one capture. A file is streamed, never held; a wrong line is counted, remembered and
//! passed over, and of a damaged file all is read that stands before the damage. This module refuses to
//! guess: what it skips or chooses stands in the [`Account`], and what holds no address at all is an error.
//!
//! A file is opened and decompressed (`stream`), its format is found (`format`), its bytes are cut into
//! blocks (`reader`), parsed by all cores and taken up in order (`driver`), and counted (`fold`).

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use crate::address::{AddressSet, Blocks};

mod account;
// Of the crate that fuzzes this module.
#[cfg(fuzzing)]
#[path = "../../fuzz/src/alone.rs"]
pub mod alone;
mod bare;
pub(crate) mod bitmap;
mod block;
mod cell;
mod decompress;
mod delimited;
mod driver;
mod error;
mod filter;
mod fold;
mod foreign;
mod format;
mod json;
mod known;
mod lines;
mod list;
mod packet;
#[cfg(feature = "parquet")]
mod parquet;
mod pcap;
mod pcapng;
mod protocol;
mod reader;
mod record;
mod role;
mod shard;
mod source;
mod stream;
mod text;
mod time;
mod warning;
mod zeek;

pub use account::{Account, At, FileAccount, Format, PassedOver, Place, Tally};
pub use cell::parse_ipv4;
pub use decompress::Compression;
pub use error::InputError;
pub use filter::{Filter, FilterError};
pub use foreign::Foreign;
pub use packet::Tunnels;
pub use role::{PerRole, Role, Roles};
pub use source::{Directories, Source, Sources, matches, shard_role};
pub use time::{Rfc3339, parse_time};
pub use warning::Warning;

use driver::Counted;

/// How far the reading has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Bytes read, over all files, as they stand in the files.
    pub bytes: u64,
    /// Bytes of all files together; `None` when a pipe takes part.
    pub total: Option<u64>,
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
    /// Which IPv4 header counts of a packet that carries others.
    pub tunnels: Tunnels,
    /// Whether damage, cut ends and malformed cells are errors.
    pub strict: bool,
    /// Which records count.
    pub filter: Option<Filter>,
    /// The blocks that an address must be in to count.
    pub only: Option<Arc<Blocks>>,
    /// The blocks whose addresses do not count.
    pub exclude: Option<Arc<Blocks>>,
    /// Whether to note when each address was first and last seen.
    pub times: bool,
    /// What a directory stands for.
    pub directories: Directories,
}

impl Options {
    /// Whether any option asks for protocols, ports or times.
    fn needs_facts(&self) -> bool {
        self.times || self.filter.as_ref().is_some_and(Filter::needs_facts)
    }

    fn names_no_column(&self) -> bool {
        self.source_column.is_none() && self.destination_column.is_none()
    }

    /// The column named for `role`, if one is.
    pub fn column(&self, role: Role) -> Option<&str> {
        match role {
            Role::Source => self.source_column.as_deref(),
            Role::Destination => self.destination_column.as_deref(),
            Role::Any => None,
        }
    }
}

/// The addresses of all files, per role, and what was met on the way to them.
#[derive(Debug, Clone, Default)]
pub struct Capture {
    /// The distinct addresses of each role. Where [`Roles::Any`] was asked for, only `any` is filled;
    /// otherwise `any` stays empty.
    pub sets: PerRole<AddressSet>,
    /// What was read and what was skipped.
    pub account: Account,
}

impl Capture {
    /// The largest set.
    pub fn largest(&self) -> &AddressSet {
        let PerRole { source, destination, any } = &self.sets;
        [source, destination, any].into_iter().max_by_key(|set| set.len()).unwrap_or(any)
    }
}

/// Reads `paths` as one capture: files, patterns of them and directories; the path `-` is standard input.
///
/// `progress` is called for each block of a file, at least ten times a second, and once at the end; when it
/// breaks, so does the reading.
///
/// # Errors
///
/// A path that cannot be read, a file of a format that is not, a table whose columns are not found, a run
/// that gives no address at all, and an interruption. Every path is checked before the first is read.
pub fn read(
    paths: &[PathBuf],
    options: &Options,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Capture, InputError> {
    let sources = Sources::find(paths, options.directories)?;
    let Counted { source, destination, account } = driver::read(sources, options, progress)?;
    if options.strict {
        strictly(&account)?;
    }
    let (source, destination) = rayon::join(|| source.finish(), || destination.finish());
    let mut sets = PerRole { source, destination, any: AddressSet::default() };
    if options.roles == Some(Roles::Any) {
        // The blocks have put both sides into one.
        std::mem::swap(&mut sets.source, &mut sets.any);
    }
    let capture = Capture { sets, account };
    if capture.largest().is_empty() {
        return Err(InputError::without_address(&capture.account));
    }
    Ok(capture)
}

/// Finds what is damaged, cut off or malformed.
fn strictly(account: &Account) -> Result<(), InputError> {
    for file in &account.files {
        let name = || file.name.clone();
        for warning in &file.warnings {
            if let Warning::Damaged { reason, .. } = warning {
                return Err(InputError::Damaged { name: name(), reason: reason.clone() });
            }
        }
        if let Some(place) = file.malformed.first() {
            return Err(InputError::Malformed { name: name(), place: Box::new(place.clone()) });
        }
    }
    Ok(())
}
