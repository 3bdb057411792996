//! How much memory the program may take, and how it ends where more is needed than there is.
//!
//! Every allocation is counted. One that would pass the limit is never made, nor one that the system refuses:
//! the program ends in order instead, with one line and without unfinished files, wherever it was. So no pass, parser
//! or table needs a check of its own. What can be told beforehand is told by [`fits`].

mod allocator;
mod limit;
mod size;

use std::ffi::OsString;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

use octomix::words::bytes;

use crate::console;

pub use allocator::Counted;
use allocator::Why;
pub use limit::available;
pub use size::{Size, limit as parse_limit};

/// What the program is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Stage {
    /// Before it reads its captures: arguments, and the files that they name.
    Starting,
    Reading,
    Working,
}

static STAGE: AtomicU8 = AtomicU8::new(Stage::Starting as u8);
/// Bytes of the captures that are read.
static REACHED: AtomicU64 = AtomicU64::new(0);
/// Who is told why the program ends, instead of a person.
static TELL: OnceLock<fn(&str)> = OnceLock::new();

/// Sets the limit that the command line asks for, or else what can be had less a tenth. Arguments may name files to be
/// read while the others are not known yet, so that this comes before they are understood.
pub fn start(arguments: impl Iterator<Item = OsString>) {
    let limit = size::asked(arguments).or_else(|| available().map(|free| free - free / 10));
    allocator::limit(
        limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX)),
    );
}

/// Tells what the program is at from now on.
pub fn at(stage: Stage) {
    STAGE.store(stage as u8, Ordering::Relaxed);
}

/// Tells how many bytes of the captures have been read.
pub fn reached(bytes: u64) {
    REACHED.store(bytes, Ordering::Relaxed);
}

/// Has `tell` learn why the program ends, rather than a person.
#[cfg(unix)]
pub fn tell_by(tell: fn(&str)) {
    // Only one is ever set.
    let _ = TELL.set(tell);
}

/// Refuses what needs so many bytes beside those in use, where they are not to be had.
///
/// # Errors
/// What is missing, in words, without what to do about it.
pub fn fits(needed: u64) -> Result<(), String> {
    let (used, limit) = (allocator::used() as u64, allocator::limited() as u64);
    if used.saturating_add(needed) <= limit {
        return Ok(());
    }
    Err(format!(
        "about {} more memory are needed, with {} of {} in use",
        bytes(needed),
        bytes(used),
        bytes(limit)
    ))
}

/// One line on an allocation of `size` bytes that is not made, with `used` in use.
fn refusal(why: Why, size: usize, used: usize) -> String {
    let [size, used] = [size, used].map(|count| bytes(count as u64));
    let reason = match why {
        Why::Limit(limit) => format!("{used} of {} are in use", bytes(limit as u64)),
        Why::System => format!("the system gives no more than the {used} in use"),
    };
    let stage = STAGE.load(Ordering::Relaxed);
    let (at, remedy) = if stage == Stage::Reading as u8 {
        let read = bytes(REACHED.load(Ordering::Relaxed));
        (
            format!("reading after {read}"),
            "read less at a time, or leave out conversations by --behaviour off",
        )
    } else if stage == Stage::Working as u8 {
        let remedy = "give fewer addresses, components (-k) or restarts (--n-init)";
        ("computing".to_owned(), remedy)
    } else {
        ("starting".to_owned(), "give smaller files to options")
    };
    format!(
        "out of memory while {at}: {size} more are needed, and {reason}; raise --memory-limit if there is more, {remedy}"
    )
}

/// Tells of it, to whoever is to know.
fn tell(refusal: &str) {
    match TELL.get() {
        Some(tell) => tell(refusal),
        None => console::tell_unlocked("error", refusal),
    }
}
