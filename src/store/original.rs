//! A file that results were made from: enough of it to know it again, wherever it has been moved, without reading
//! it whole.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use twox_hash::XxHash3_128;

use crate::input::Source;

/// Bytes of either end that are hashed.
const END: u64 = 1 << 20;

/// A file that results were made from. Two are equal if name, size, time and both ends are: what has changed in
/// the middle alone, and kept its time, goes unnoticed.
#[derive(Debug, Clone, Eq, Serialize, Deserialize)]
pub struct Original {
    /// Its path, as it was given.
    pub path: String,
    /// Its bytes, if it has an end.
    pub bytes: Option<u64>,
    /// When it was last written to, in nanoseconds since 1970-01-01 UTC, if the system knows.
    pub modified: Option<u64>,
    /// The hash by XXH3 of its first and last MiB, in hexadecimal digits, if it could be read.
    pub ends: Option<String>,
}

impl PartialEq for Original {
    fn eq(&self, other: &Self) -> bool {
        self.is_like(other) && self.modified == other.modified
    }
}

impl Original {
    /// The file that `source` was found as.
    pub fn of(source: &Source) -> Self {
        let nanoseconds = |time: SystemTime| {
            let since = time.duration_since(SystemTime::UNIX_EPOCH).ok()?;
            u64::try_from(since.as_nanos()).ok()
        };
        Self {
            path: source.path.to_string_lossy().into_owned(),
            bytes: source.bytes,
            modified: source.modified.and_then(nanoseconds),
            // Of a pipe nothing may be read twice.
            ends: source.bytes.and_then(|bytes| hash(&source.path, bytes).ok()),
        }
    }

    /// Whether all but the time is equal.
    pub fn is_like(&self, other: &Self) -> bool {
        let of = |Self { path, bytes, ends, .. }: &Self| {
            let name = Path::new(path).file_name().map(ToOwned::to_owned);
            (name, *bytes, ends.clone())
        };
        of(self) == of(other)
    }

    /// A file at `path` that is not there.
    pub fn missing(path: &Path) -> Self {
        Self { path: path.to_string_lossy().into_owned(), bytes: None, modified: None, ends: None }
    }
}

/// The hash of both ends of the file at `path`, which has so many `bytes`.
fn hash(path: &Path, bytes: u64) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut ends = Vec::new();
    file.by_ref().take(END).read_to_end(&mut ends)?;
    file.seek(SeekFrom::Start(bytes.saturating_sub(END).max(END)))?;
    file.take(END).read_to_end(&mut ends)?;
    Ok(format!("{:032x}", XxHash3_128::oneshot(&ends)))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use super::*;
    use crate::input::{Directories, Sources};

    #[test]
    fn a_file_is_known_by_its_ends_and_not_by_its_place() -> Result<(), Box<dyn std::error::Error>>
    {
        let folder = tempfile::tempdir()?;
        fs::create_dir(folder.path().join("b"))?;
        let at = |name: &str| folder.path().join(name);
        let original = |path: PathBuf| -> Result<Original, Box<dyn std::error::Error>> {
            let found = Sources::find(&[path], Directories::Refused)?;
            Ok(Original::of(found.files.first().ok_or("no file")?))
        };
        let time = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000);
        for bytes in [0, 1, END, END + 1, 2 * END + 1, 3 * END] {
            let mut content: Vec<u8> = (0..bytes).map(|at| (at % 251) as u8).collect();
            let mut write = |name: &str, changed: Option<usize>| {
                if let Some(byte) = changed {
                    content[byte] ^= 1;
                }
                fs::write(at(name), &content)?;
                File::open(at(name))?.set_modified(time)?;
                original(at(name))
            };
            let first = write("a", None)?;
            assert_eq!(first, write("b/a", None)?);
            assert_ne!(first, write("b/other", None)?);
            if let Some(last) = (bytes as usize).checked_sub(1) {
                assert_ne!(first, write("a", Some(last))?, "{bytes}");
                assert_eq!(first, write("a", Some(last))?);
                assert_ne!(first, write("a", Some(0))?, "{bytes}");
            }
        }
        Ok(())
    }
}
