//! The parsers of octomix under arbitrary bytes: what must hold for any file, whatever is in it.
//!
//! Only the part of octomix that reads is built, from its own files, because [`alone`] needs its private
//! items. A target passes a file to [`file`], which reads it whole and in small blocks, and now and then
//! with threads, as the program does. The first two bytes of an input choose how: see [`Case`].

#[cfg(not(fuzzing))]
compile_error!("built by cargo fuzz only");

// The modules of the crate above that are needed here.
#[path = "../../src"]
mod octomix {
    pub mod address;
    pub mod behaviour;
    pub mod input;
    /// Only the formats that octomix writes and reads as captures.
    pub mod store {
        pub mod activity;
        pub mod behaviour;
        pub mod roaring;
        pub mod shard;
    }
    pub mod words;
}

mod account;
mod case;
mod relation;

pub use case::Case;
pub use octomix::{address, behaviour, input, store, words};

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use input::{Capture, InputError, Options, alone};

/// The most addresses that the blocks of a list may stand for: more are valid, but take too long.
const MOST_IN_BLOCKS: u64 = 1 << 21;

/// A folder of this process, because several may run; in memory if possible.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let memory = Path::new("/dev/shm");
    let all = if memory.is_dir() { memory.to_path_buf() } else { std::env::temp_dir() };
    let folder = all.join(format!("octomix-fuzz-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("the temporary folder can be written to");
    folder
});

/// Writes `bytes` to a file, the same each time.
///
/// # Panics
/// If it cannot.
pub fn written(bytes: &[u8]) -> PathBuf {
    let path = FOLDER.join("x");
    fs::write(&path, bytes).expect("the temporary folder can be written to");
    path
}

/// Checks that a message is one line.
///
/// # Panics
/// If it is none, or several.
pub fn is_line(told: &str) {
    assert!(!told.is_empty() && !told.contains(['\n', '\r']), "not one line: {told:?}");
}

/// Reads `bytes` as a file, as the program does.
fn read(bytes: &[u8], options: &Options) -> Result<Capture, InputError> {
    input::read(&[written(bytes)], options, &mut |_| ControlFlow::Continue(()))
}

/// Reads the file in `data` if `begins` accepts it, and checks the result. Returns whether the input is
/// worth keeping.
///
/// # Panics
/// If a rule does not hold.
pub fn file(data: &[u8], begins: fn(&[u8]) -> bool) -> bool {
    let Some((case, bytes)) = Case::of(data) else { return false };
    if !begins(bytes) || in_blocks(bytes) > MOST_IN_BLOCKS {
        return false;
    }
    let path = written(bytes);
    let whole = alone::read(&path, &case.options, usize::MAX / 2);
    // An archive within the file, which has a target of its own.
    if matches!(whole, Err(InputError::Member { .. })) {
        return false;
    }
    let pieces = alone::read(&path, &case.options, case.step);
    match (&whole, &pieces) {
        (Ok(whole), Ok(pieces)) => assert_eq!(whole, pieces, "in blocks of {} bytes", case.step),
        (Err(error), Err(_)) => {
            let told = error.to_string();
            assert!(!told.is_empty() && !told.contains('\n'), "an error of several lines: {told}");
        }
        _ => panic!("an error that depends on the blocks"),
    }
    relation::check(&case, bytes, whole.as_ref().ok());
    true
}

/// Reads the archive in `data` if `begins` accepts it. Returns whether the input is worth keeping.
///
/// # Panics
/// If an error or a warning is not one line.
pub fn archive(data: &[u8], begins: fn(&[u8]) -> bool) -> bool {
    let Some((case, bytes)) = Case::of(data) else { return false };
    if !begins(bytes) {
        return false;
    }
    let told: Vec<String> = match read(bytes, &case.options) {
        Err(error) => vec![error.to_string()],
        Ok(Capture { account, .. }) => {
            let warnings = account.warnings().map(|(_, warning)| warning.to_string());
            warnings.chain(account.passed_over.iter().map(|file| file.reason.clone())).collect()
        }
    };
    assert!(told.iter().all(|line| !line.is_empty() && !line.contains('\n')), "{told:?}");
    true
}

/// How many addresses `bytes` would stand for if they were a list of blocks, or if cells were blocks.
fn in_blocks(bytes: &[u8]) -> u64 {
    let size = |list: &[u8]| {
        let blocks = address::Blocks::parse(&String::from_utf8_lossy(list));
        blocks.map_or(0, |blocks| blocks.addresses().saturating_sub(1))
    };
    let lines = bytes.split(|&byte| matches!(byte, b'\n' | b'\r'));
    lines.fold(0, |sum, line| {
        let cells = line.split(|&byte| matches!(byte, b',' | b';' | b'#' | b'\t' | b'|' | b'"'));
        let of_cells: u64 = cells.map(size).sum();
        sum + size(line).max(of_cells)
    })
}
