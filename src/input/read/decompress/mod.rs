//! Compressed files, recognised by content. Several members, frames or streams form one file.
//!
//! A damaged or truncated file is decompressed up to the damage. For this the decoders are driven through
//! plain buffers: the `Read` types of their crates drop whatever was decoded in the call that fails.

mod bzip2;
mod gzip;
mod lz4;
mod parallel;
mod xz;
mod zstd;

use std::io::{self, Read};

pub(crate) use parallel::Parallel;
use serde::Serialize;

use crate::input::read::bytes::{damaged, read_some};

/// How the bytes of a file are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Compression {
    /// gzip, of one or several members.
    Gzip,
    /// The format of zlib.
    Zlib,
    /// Zstandard, of one or several frames.
    Zstd,
    /// xz, of one or several streams.
    Xz,
    /// The older format of xz, whose files end in `.lzma`.
    Lzma,
    /// lzip, of one or several members.
    Lzip,
    /// bzip2, of one or several streams.
    Bzip2,
    /// LZ4, of one or several frames.
    Lz4,
}

/// Bytes at the start of a file, or more, by which a compressed one is known.
pub(crate) const SIGNATURE: usize = 16;

impl Compression {
    /// All of them, in the order in which they are tried.
    const ALL: [Self; 8] = [
        Compression::Gzip,
        Compression::Zstd,
        Compression::Xz,
        Compression::Bzip2,
        Compression::Lz4,
        Compression::Lzip,
        Compression::Lzma,
        Compression::Zlib,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Compression::Gzip => "gzip",
            Compression::Zlib => "zlib",
            Compression::Zstd => "zstd",
            Compression::Xz => "xz",
            Compression::Lzma => "lzma",
            Compression::Lzip => "lzip",
            Compression::Bzip2 => "bzip2",
            Compression::Lz4 => "lz4",
        }
    }

    /// The compression of a file that begins with `start`.
    pub(crate) fn of(start: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|compression| compression.begins(start))
    }

    /// Whether a member, frame or stream begins with `start`.
    fn begins(self, start: &[u8]) -> bool {
        match self {
            Compression::Gzip => matches!(start, [0x1f, 0x8b, ..]),
            Compression::Zlib => gzip::is_zlib(start),
            Compression::Zstd => zstd::begins(start),
            Compression::Xz => start.starts_with(b"\xfd7zXZ\0"),
            Compression::Lzma => xz::is_lzma(start),
            Compression::Lzip => matches!(start, [b'L', b'Z', b'I', b'P', 0 | 1, ..]),
            Compression::Bzip2 => bzip2::begins(start),
            Compression::Lz4 => lz4::begins(start),
        }
    }

    fn decoder(self) -> Result<Box<dyn Decode>, String> {
        Ok(match self {
            Compression::Gzip => Box::new(gzip::Inflate::gzip()),
            Compression::Zlib => Box::new(gzip::Inflate::zlib()),
            Compression::Zstd => Box::new(zstd::Zstd::new()?),
            Compression::Xz | Compression::Lzma | Compression::Lzip => Box::new(xz::Xz::new(self)?),
            Compression::Bzip2 => Box::new(bzip2::Bzip2::new()),
            Compression::Lz4 => Box::new(lz4::Lz4::default()),
        })
    }
}

/// Decodes one member, frame or stream.
trait Decode: Send {
    /// Decodes some of `input`, the next bytes of the file, into `output`.
    fn decode(&mut self, input: &[u8], output: &mut [u8]) -> Step;
}

/// What one call of a decoder did.
struct Step {
    /// Bytes of input that it used.
    read: usize,
    /// Bytes of output that it wrote, even if it failed.
    written: usize,
    end: Result<End, String>,
}

#[derive(PartialEq, Eq)]
enum End {
    /// More may follow.
    Open,
    /// The member, frame or stream is whole.
    Closed,
}

const CUT: &str = "the compressed data is cut off";

/// Bytes of a compressed file to read at a time.
const INPUT: usize = 256 << 10;

/// The bytes of a file that are still to be decompressed.
struct Input<R> {
    file: R,
    bytes: Vec<u8>,
    from: usize,
    has_ended: bool,
}

impl<R: Read> Input<R> {
    fn rest(&self) -> &[u8] {
        &self.bytes[self.from..]
    }

    /// Reads on until there are `least` bytes, unless the file ends first.
    fn fill(&mut self, least: usize) -> io::Result<()> {
        while self.bytes.len() - self.from < least && !self.has_ended {
            self.bytes.drain(..self.from);
            self.from = 0;
            let before = self.bytes.len();
            self.bytes.resize(INPUT.max(least), 0);
            let read = read_some(&mut self.file, &mut self.bytes[before..]);
            self.bytes.truncate(before + read.as_ref().unwrap_or(&0));
            self.has_ended = read? == 0;
        }
        Ok(())
    }
}

/// The decompressed bytes of a file.
pub(crate) struct Decompressed<R> {
    input: Input<R>,
    /// `None` for bare deflated data, which nothing can follow.
    compression: Option<Compression>,
    /// That of the member, frame or stream that has begun and not ended.
    decoder: Option<Box<dyn Decode>>,
    /// Why no more follows.
    broken: Option<String>,
}

impl<R: Read> Decompressed<R> {
    /// Decompresses `start` and then `file`.
    pub fn new(compression: Compression, start: Vec<u8>, file: R) -> Self {
        let input = Input { file, bytes: start, from: 0, has_ended: false };
        Self { input, compression: Some(compression), decoder: None, broken: None }
    }

    /// Decompresses what is deflated in `file` without any head, as in zip archives.
    pub fn deflate(file: R) -> Self {
        let input = Input { file, bytes: Vec::new(), from: 0, has_ended: false };
        let decoder: Box<dyn Decode> = Box::new(gzip::Inflate::bare());
        Self { input, compression: None, decoder: Some(decoder), broken: None }
    }

    /// Starts the next member, frame or stream; false at the end of the file.
    fn begin(&mut self) -> io::Result<bool> {
        let Some(compression) = self.compression else { return Ok(false) };
        loop {
            self.input.fill(SIGNATURE)?;
            // Tapes pad their last block with zeros.
            match self.input.rest().iter().position(|&byte| byte != 0) {
                Some(0) => break,
                Some(zeros) => self.input.from += zeros,
                None if self.input.has_ended => return Ok(false),
                None => self.input.from = self.input.bytes.len(),
            }
        }
        if !compression.begins(self.input.rest()) {
            let name = compression.name();
            return Err(damaged(format!(
                "what follows the end of the {name} data is something else"
            )));
        }
        self.decoder = Some(compression.decoder().map_err(damaged)?);
        Ok(true)
    }
}

impl<R: Read> Read for Decompressed<R> {
    fn read(&mut self, output: &mut [u8]) -> io::Result<usize> {
        // A decoder without room would look stuck.
        if output.is_empty() {
            return Ok(0);
        }
        loop {
            if let Some(reason) = &self.broken {
                return Err(damaged(reason));
            }
            let Some(decoder) = &mut self.decoder else {
                if self.begin()? { continue } else { return Ok(0) }
            };
            self.input.fill(1)?;
            let Step { read, written, end } = decoder.decode(self.input.rest(), output);
            let is_stuck = read == 0 && written == 0 && end == Ok(End::Open);
            self.input.from += read;
            match end {
                Err(reason) => self.broken = Some(reason),
                Ok(End::Closed) => self.decoder = None,
                Ok(End::Open) if !is_stuck => {}
                Ok(End::Open) => {
                    let name = self.compression.map_or("deflated", Compression::name);
                    self.broken = Some(match self.input.rest() {
                        [] => CUT.to_owned(),
                        _ => format!("the {name} data is damaged"),
                    });
                }
            }
            if written > 0 {
                return Ok(written);
            }
        }
    }
}
