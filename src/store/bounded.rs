//! Files that are held as a whole: models, manifests, bitmaps. Whoever made them, and whether they end or not, no more
//! than a bound is read. Captures have none: they are streamed.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use crate::words::bytes;

/// Bytes of such a file at most. A model of a million components has 1.7 GB, any bitmap half a gigabyte.
pub const MOST: u64 = 2 << 30;

/// The bytes of the file at `path`, which may be a pipe.
///
/// # Errors
/// When it cannot be read, or does not end within [`MOST`] bytes.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    within(File::open(path)?, MOST)
}

/// As [`read`], of a file that no person names: one that waits for a writer, or has no end, is refused unread.
///
/// # Errors
/// As there, and where it is no file.
pub fn read_regular(path: &Path) -> io::Result<Vec<u8>> {
    within(open_regular(path)?, MOST)
}

/// Opens a file that no person names.
///
/// # Errors
/// When it cannot be opened, or is none.
pub fn open_regular(path: &Path) -> io::Result<File> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    File::open(path)
}

fn within(from: impl Read, most: u64) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    from.take(most + 1).read_to_end(&mut content)?;
    if content.len() as u64 > most {
        let most = bytes(most);
        return Err(io::Error::other(format!(
            "it does not end within {most}, the most that is read"
        )));
    }
    Ok(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_end_is_refused_at_the_bound() {
        assert_eq!(within(&b"four"[..], 4).unwrap(), b"four");
        let refused = within(io::repeat(0), 4).unwrap_err().to_string();
        assert_eq!(refused, "it does not end within 4 B, the most that is read");
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_no_file() {
        let refused = read_regular(Path::new("/dev/zero")).unwrap_err().to_string();
        assert_eq!(refused, "it is no file");
    }
}
