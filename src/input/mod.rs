//! From files to a [`Capture`]: the addresses in packet captures, logs and lists, and an account of every
//! cell read.
//!
//! Several files form one capture. A file is streamed, never held in memory. A malformed line is counted
//! and skipped, and the first few are kept to be shown; a damaged file is read up to the damage. This
//! module refuses to guess: whatever it skips or chooses is recorded in the [`Account`], and input without
//! any address is an error.
//!
//! A file is opened and decompressed (`read::stream`) and its format is recognised (`formats`). Its bytes
//! are cut into blocks (`read::reader`), which all cores parse; the results are collected in file order
//! (`read::driver`) and counted (`read::fold`). `format` states what a format has to provide; `text`,
//! `packet`, `parquet` and `crate::store` provide it. Imports lead one way, from `read::driver` down to
//! `record`.

use std::ops::ControlFlow;
use std::path::PathBuf;

use crate::address::AddressSet;
use crate::behaviour::{ConversationCounter, Conversations, LIMIT, Ledger, Side, Timeline};

pub(crate) mod account;
pub mod catalogue;
mod digits;
// Part of the fuzzing crate, which needs to see this module's private items.
#[cfg(fuzzing)]
#[path = "../../fuzz/src/alone.rs"]
pub mod alone;
pub(crate) mod error;
mod filter;
mod foreign;
pub(crate) mod format;
mod formats;
mod found;
pub(crate) mod irregular;
pub(crate) mod message;
mod names;
pub(crate) mod options;
mod packet;
#[cfg(feature = "parquet")]
mod parquet;
mod protocol;
pub(crate) mod read;
pub(crate) mod record;
mod remedy;
pub(crate) mod role;
mod tally;
pub(crate) mod text;
mod time;
mod warning;

pub use account::{Account, FileAccount, Format, MalformedCell, RecordNumber, Watched};
pub use error::InputError;
pub use filter::{Filter, FilterError};
pub use foreign::Foreign;
pub use found::{Lost, PassedOver, Reason, Repeated};
pub use irregular::Irregular;
pub use options::{Directories, Notation, Options, Tunnels};
pub use read::blocks::read_blocks;
pub use read::decompress::Compression;
pub use read::driver::Progress;
pub use read::source::{Expanded, Identity, Source, Sources, expand, is_behaviour, shard_role};
pub use remedy::Remedy;
pub use role::{PerRole, Role, Roles};
pub use tally::Tally;
pub use text::cell::parse_ipv4;
pub use text::list::{BlocksError, parse_block};
pub use text::preset::{PRESETS, Preset};
pub use time::parse_time;
pub use warning::Warning;

use read::driver::{self, Counted};

/// The addresses of all files, by role, and what was found while reading them.
#[derive(Debug, Clone, Default)]
pub struct Capture {
    /// The distinct addresses of each role. Where [`Roles::Any`] was asked for, only `any` is filled;
    /// otherwise `any` stays empty.
    pub sets: PerRole<AddressSet>,
    /// Who asked whom for what, if that was counted.
    pub conversations: Option<Conversations>,
    /// When the records were made that count, if that was counted.
    pub timeline: Timeline,
    /// What was read and what was skipped.
    pub account: Account,
}

impl Capture {
    /// The largest set.
    pub fn largest(&self) -> &AddressSet {
        let PerRole { source, destination, any } = &self.sets;
        [source, destination, any].into_iter().max_by_key(|set| set.len()).unwrap_or(any)
    }

    /// The roles `asked` for that have no address. Not asked, those are missed that a file tells apart or fills.
    pub fn skipped(&self, asked: Option<Roles>) -> Vec<&'static str> {
        let has_roles = self.account.files.iter().any(|file| file.format.has_roles);
        let is_expected = |role: Role| match asked {
            Some(roles) => roles.as_slice().contains(&role),
            None => has_roles || self.account.tally(role).cells() > 0,
        };
        let roles = [Role::Source, Role::Destination].into_iter();
        let empty = roles.filter(|&role| is_expected(role) && self.sets.get(role).is_empty());
        empty.map(Role::key).collect()
    }
}

/// Reads `paths` as one capture. A path is a file, a pattern, a directory, or `-` for standard input.
///
/// `progress` is called after each block, at least ten times a second, and once at the end. Reading stops
/// when it returns `Break`.
///
/// # Errors
///
/// An unreadable path, an unsupported format, a table whose address columns cannot be found, input without
/// any address, or an interruption. All paths are checked before the first file is read.
pub fn read(
    paths: &[PathBuf],
    options: &Options,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Capture, InputError> {
    let sources = Sources::find(paths, options.directories)?;
    let counted = driver::read(sources, options, progress)?;
    let Counted { source, destination, conversations, timeline, mut account } = counted;
    if options.strict {
        strictly(&account)?;
    }
    let ledger = conversations.map(ConversationCounter::finish);
    let ties = |side| ledger.as_ref().map(|ledger| ledger.ties(side));
    let side = match options.roles {
        Some(Roles::Any) => Side::Either,
        _ => Side::Source,
    };
    let (source, destination) = rayon::join(
        || source.finish(|| ties(side)),
        || destination.finish(|| ties(Side::Destination)),
    );
    let [source, destination] = [source, destination].map(|set| set.counting(account.unit()));
    let mut sets = PerRole { source, destination, any: AddressSet::default() };
    if options.roles == Some(Roles::Any) {
        // The blocks have put both sides into the set of sources.
        std::mem::swap(&mut sets.source, &mut sets.any);
    }
    warn_of_saturation(&sets, &mut account);
    account.behaviour = match &ledger {
        Some(Ledger::Exact(found)) if !found.is_empty() => Some(Watched::Exactly {
            conversations: found.len() as u64,
            bytes: found.rows().as_flattened().len() as u64,
            limit: LIMIT as u64,
        }),
        Some(Ledger::Approximate(_)) => Some(Watched::Approximately),
        _ => None,
    };
    let conversations = match ledger {
        Some(Ledger::Exact(conversations)) if !conversations.is_empty() => Some(conversations),
        _ => None,
    };
    let capture = Capture { sets, conversations, timeline, account };
    if capture.largest().is_empty() {
        return Err(InputError::nothing(capture.account));
    }
    Ok(capture)
}

/// Adds a warning to the last file for each sum that is too large.
fn warn_of_saturation(sets: &PerRole<AddressSet>, account: &mut Account) {
    let roles = sets.iter().filter(|(_, set)| set.is_saturated());
    let mut sums: Vec<String> =
        roles.map(|(role, set)| format!("the {} of the {role}s", set.unit().name())).collect();
    if account.traffic_bytes() == Some(u64::MAX) {
        sums.push("the bytes of the traffic".to_owned());
    }
    if let Some(file) = account.files.last_mut() {
        file.warnings.extend(sums.into_iter().map(|sum| Warning::Saturated { sum }));
    }
}

/// Fails if any file is damaged, truncated or has a malformed cell.
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
