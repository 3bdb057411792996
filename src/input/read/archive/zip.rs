//! zip archives, by the directory at their end.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::vec::IntoIter;

use flate2::Crc;
use rawzip::{
    CompressionMethod, Error, ErrorKind, FileReader, RECOMMENDED_BUFFER_SIZE, ZipArchive,
    ZipArchiveEntryWayfinder,
};

use super::{Documents, Member, visible};
use crate::input::foreign::Foreign;
use crate::input::read::bytes::{Counted, damaged, read_some};
use crate::input::read::decompress::{Compression, Decompressed};

/// The most memory that the list of members may take.
const MOST_LISTED: usize = 64 << 20;

/// An archive whose directory has been read.
pub(crate) struct Zip {
    path: PathBuf,
    archive: ZipArchive<FileReader>,
    entries: IntoIter<Entry>,
    document: Option<Foreign>,
    meter: Arc<AtomicU64>,
}

/// What the directory says of a member.
struct Entry {
    name: String,
    method: CompressionMethod,
    is_encrypted: bool,
    place: ZipArchiveEntryWayfinder,
    checksum: u32,
}

impl Zip {
    /// Opens the archive at `path`, whose bytes `meter` counts.
    pub fn open(path: &Path, meter: Arc<AtomicU64>) -> io::Result<Self> {
        let mut buffer = vec![0; RECOMMENDED_BUFFER_SIZE];
        let archive = ZipArchive::from_file(File::open(path)?, &mut buffer).map_err(reason)?;
        let mut entries = Vec::new();
        let mut documents = Documents::default();
        let mut listed = 0;
        let mut records = archive.entries(&mut buffer);
        while let Some(record) = records.next_entry().map_err(reason)? {
            let path = record.file_path();
            documents.see(path.as_bytes());
            let Some(name) = visible(path.as_bytes()) else { continue };
            // Folders have no content, but neither do files that say nothing.
            if record.uncompressed_size_hint() == 0 {
                continue;
            }
            listed += name.len() + size_of::<Entry>();
            if listed > MOST_LISTED {
                return Err(damaged("its directory has too many members"));
            }
            entries.push(Entry {
                name,
                method: record.compression_method(),
                is_encrypted: record.flags().is_encrypted(),
                place: record.wayfinder(),
                checksum: record.crc32(),
            });
        }
        let (path, entries) = (path.to_path_buf(), entries.into_iter());
        Ok(Self { path, archive, entries, document: documents.kind(), meter })
    }

    /// What it is, if it holds one document instead of files.
    pub fn document(&self) -> Option<Foreign> {
        self.document
    }

    pub fn next(&mut self) -> Option<Member> {
        let entry = self.entries.next()?;
        let bytes = self.bytes(&entry);
        Some(Member { name: entry.name, bytes })
    }

    fn bytes(&self, entry: &Entry) -> Result<Box<dyn Read>, String> {
        if entry.is_encrypted || entry.method == CompressionMethod::AES {
            return Err("is encrypted; unpack it with its password".to_owned());
        }
        let lost = || "has no data where the directory of the archive says".to_owned();
        let place = self.archive.get_entry(entry.place).map_err(|_| lost())?;
        let (start, end) = place.compressed_data_range();
        let mut file = File::open(&self.path).map_err(|error| error.to_string())?;
        file.seek(SeekFrom::Start(start)).map_err(|error| error.to_string())?;
        let file = file.take(end.saturating_sub(start));
        let file = Counted { from: file, counts: vec![self.meter.clone()] };
        let bytes: Box<dyn Read> = match entry.method {
            CompressionMethod::STORE => Box::new(file),
            CompressionMethod::DEFLATE => Box::new(Decompressed::deflate(file)),
            CompressionMethod::BZIP2 => packed(Compression::Bzip2, file),
            CompressionMethod::ZSTD => packed(Compression::Zstd, file),
            CompressionMethod::XZ => packed(Compression::Xz, file),
            method => {
                let name = method.name().unwrap_or("an unknown method").to_lowercase();
                return Err(format!(
                    "is compressed with {name} (method {}), which is not read; unpack the archive",
                    method.as_u16()
                ));
            }
        };
        let left = entry.place.uncompressed_size_hint();
        Ok(Box::new(Checked { bytes, left, checksum: entry.checksum, crc: Crc::new() }))
    }
}

fn packed(compression: Compression, file: impl Read + 'static) -> Box<dyn Read> {
    Box::new(Decompressed::new(compression, Vec::new(), file))
}

fn reason(error: Error) -> io::Error {
    let reason = match error.into_kind() {
        ErrorKind::IO(error) => return error,
        ErrorKind::MissingEndOfCentralDirectory | ErrorKind::Eof => {
            "the directory at the end of the zip archive is missing, so it is cut off"
        }
        _ => "the directory of the zip archive is damaged",
    };
    damaged(reason)
}

/// The bytes of a member, compared with their checksum at the end.
struct Checked {
    bytes: Box<dyn Read>,
    /// Bytes that are still to come.
    left: u64,
    checksum: u32,
    crc: Crc,
}

impl Read for Checked {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let most = self.left.min(bytes.len() as u64) as usize;
        if self.left == 0 && self.crc.sum() != self.checksum {
            return Err(damaged(
                "the member of the zip archive is damaged somewhere before its checksum: addresses may be wrong or missing",
            ));
        }
        if most == 0 {
            return Ok(0);
        }
        let read = read_some(&mut self.bytes, &mut bytes[..most])?;
        self.crc.update(&bytes[..read]);
        self.left -= read as u64;
        match read {
            0 => Err(damaged("the zip archive has less of it than it says")),
            _ => Ok(read),
        }
    }
}
