//! Formats that are recognised only to say how to convert them. None of them is read.

use thiserror::Error;

/// A format that octomix does not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Foreign {
    /// A bzip2 file.
    #[error("a bzip2 file")]
    Bzip2,
    /// An xz file.
    #[error("an xz file")]
    Xz,
    /// UTF-16 text, as PowerShell writes it.
    #[error("UTF-16 text")]
    Utf16,
    /// A Parquet file, if octomix was built without the feature `parquet`.
    #[error("a Parquet file")]
    Parquet,
    /// A Parquet file whose columns are compressed with Brotli.
    #[error("a Parquet file compressed with Brotli")]
    Brotli,
}

impl Foreign {
    pub(crate) fn of(head: &[u8]) -> Option<Self> {
        match head {
            // The digit is the block size; the other bytes are the digits of pi.
            [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, ..] => Some(Foreign::Bzip2),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Foreign::Xz),
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some(Foreign::Utf16),
            [b'P', b'A', b'R', b'1', ..] if !cfg!(feature = "parquet") => Some(Foreign::Parquet),
            _ => None,
        }
    }

    /// The command that converts it.
    pub fn conversion(self) -> &'static str {
        match self {
            Foreign::Bzip2 => "bzip2 -dc FILE | octomix detect -",
            Foreign::Xz => "xz -dc FILE | octomix detect -",
            Foreign::Utf16 => "iconv -f UTF-16 -t UTF-8 FILE | octomix detect -",
            Foreign::Parquet => {
                "duckdb -c \"copy (from 'FILE') to 'FILE.csv'\"; or build octomix with --features \
                 parquet, which reads it as it is"
            }
            Foreign::Brotli => {
                "duckdb -c \"copy (from 'FILE') to 'NEW.parquet' (compression zstd)\""
            }
        }
    }
}
