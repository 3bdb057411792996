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

use crate::address::AddressSet;

pub(crate) mod account;
// Of the crate that fuzzes this module.
#[cfg(fuzzing)]
#[path = "../../fuzz/src/alone.rs"]
pub mod alone;
pub(crate) mod error;
pub(crate) mod filter;
pub(crate) mod foreign;
pub(crate) mod format;
mod formats;
pub(crate) mod message;
pub(crate) mod options;
pub(crate) mod packet;
#[cfg(feature = "parquet")]
pub(crate) mod parquet;
pub(crate) mod protocol;
pub(crate) mod read;
pub(crate) mod record;
pub(crate) mod role;
pub(crate) mod tally;
pub(crate) mod text;
pub(crate) mod time;
pub(crate) mod warning;

pub use account::{Account, FileAccount, Format, MalformedCell, PassedOver, RecordNumber};
pub use error::InputError;
pub use filter::{Filter, FilterError};
pub use foreign::Foreign;
pub use options::{Directories, Options, Tunnels};
pub use read::decompress::Compression;
pub use read::driver::Progress;
pub use read::source::{Source, Sources, matches, shard_role};
pub use role::{PerRole, Role, Roles};
pub use tally::Tally;
pub use text::cell::parse_ipv4;
pub use time::{Rfc3339, parse_time};
pub use warning::Warning;

use read::driver::{self, Counted};

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
