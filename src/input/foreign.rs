//! Formats that are recognised only to say how to convert them. None of them is read.

use thiserror::Error;

/// A format that octomix does not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Foreign {
    /// A file of the program `compress`.
    #[error("compressed with compress")]
    Compress,
    /// A file of the program `lzop`.
    #[error("compressed with lzop")]
    Lzop,
    /// Snappy in frames.
    #[error("compressed with Snappy")]
    Snappy,
    /// A file of the program `lrzip`.
    #[error("compressed with lrzip")]
    Lrzip,
    /// A 7z archive.
    #[error("a 7z archive")]
    SevenZip,
    /// A RAR archive.
    #[error("a RAR archive")]
    Rar,
    /// A Windows cabinet.
    #[error("a Windows cabinet")]
    Cabinet,
    /// A cpio archive.
    #[error("a cpio archive")]
    Cpio,
    /// An ar archive, such as a Debian package.
    #[error("an ar archive")]
    Ar,
    /// A workbook of Excel.
    #[error("an Excel workbook")]
    Excel,
    /// A spreadsheet of LibreOffice.
    #[error("an OpenDocument file")]
    OpenDocument,
    /// A document of Word or PowerPoint, or a file of an Office before 2007.
    #[error("an Office document")]
    Document,
    /// A Java or Android package.
    #[error("a program package (jar or apk)")]
    Program,
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
            [0x1f, 0x9d, ..] => Some(Foreign::Compress),
            [0x89, b'L', b'Z', b'O', 0, b'\r', b'\n', 0x1a, b'\n', ..] => Some(Foreign::Lzop),
            [0xff, 6, 0, 0, b's', b'N', b'a', b'P', b'p', b'Y', ..] => Some(Foreign::Snappy),
            [b'L', b'R', b'Z', b'I', 0, ..] => Some(Foreign::Lrzip),
            [b'7', b'z', 0xbc, 0xaf, 0x27, 0x1c, ..] => Some(Foreign::SevenZip),
            [b'R', b'a', b'r', b'!', 0x1a, 7, ..] => Some(Foreign::Rar),
            [b'M', b'S', b'C', b'F', 0, 0, 0, 0, ..] => Some(Foreign::Cabinet),
            [b'0', b'7', b'0', b'7', b'0', b'1' | b'2' | b'7', digit, ..] if digit.is_ascii_hexdigit() => {
                Some(Foreign::Cpio)
            }
            [b'!', b'<', b'a', b'r', b'c', b'h', b'>', b'\n', ..] => Some(Foreign::Ar),
            [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ..] => Some(Foreign::Document),
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some(Foreign::Utf16),
            [b'P', b'A', b'R', b'1', ..] if !cfg!(feature = "parquet") => Some(Foreign::Parquet),
            _ => None,
        }
    }

    /// The command that converts it.
    pub fn conversion(self) -> &'static str {
        match self {
            Foreign::Compress => "gzip -dc FILE | octomix detect -",
            Foreign::Lzop => "lzop -dc FILE | octomix detect -",
            Foreign::Snappy => "snzip -dc FILE | octomix detect -",
            Foreign::Lrzip => "lrzip -do - FILE | octomix detect -",
            Foreign::SevenZip => "7z x -so FILE | octomix detect -",
            Foreign::Rar => "unrar p -inul FILE | octomix detect -",
            Foreign::Cabinet => "cabextract -p FILE | octomix detect -",
            Foreign::Cpio => "cpio -i --to-stdout < FILE | octomix detect -",
            Foreign::Ar => "ar p FILE | octomix detect -",
            Foreign::Excel | Foreign::OpenDocument | Foreign::Document => "save the sheet as CSV",
            Foreign::Program => "unzip it and name the captures in it",
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
