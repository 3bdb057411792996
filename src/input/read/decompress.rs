//! gzip and Zstandard, recognised by content. Several members or frames form one file.
//!
//! A damaged or truncated file is decompressed up to the damage. For this the decoders are driven through
//! their plain buffers: their `Read` types drop whatever was decoded in the call that fails.

use std::io;

use flate2::{Decompress, FlushDecompress, Status};
use serde::Serialize;
use zstd::stream::raw::{self, InBuffer, Operation, OutBuffer};

/// How the bytes of a file are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Compression {
    /// gzip, of one or several members.
    Gzip,
    /// Zstandard, of one or several frames.
    Zstd,
}

impl Compression {
    /// Its name, which is also that of its program.
    pub fn name(self) -> &'static str {
        match self {
            Compression::Gzip => "gzip",
            Compression::Zstd => "zstd",
        }
    }

    fn of(signature: &[u8]) -> Option<Self> {
        match signature {
            [0x1f, 0x8b, ..] => Some(Compression::Gzip),
            // A frame, or one of the sixteen kinds of skippable frames.
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => {
                Some(Compression::Zstd)
            }
            _ => None,
        }
    }
}

/// Bytes of a compressed file to read at a time.
const INPUT: usize = 256 << 10;
/// The window of gzip, as a power of two.
const GZIP_WINDOW: u8 = 15;
/// Bytes at the start of a frame that tell how many more are needed.
const FRAME_START: usize = 16;

/// Reads the next bytes of the file; 0 at its end.
type Raw<'a> = dyn FnMut(&mut [u8]) -> io::Result<usize> + 'a;

/// Bytes of the file that are still to be decompressed.
#[derive(Default)]
struct Input {
    bytes: Vec<u8>,
    from: usize,
    has_ended: bool,
}

impl Input {
    fn rest(&self) -> &[u8] {
        &self.bytes[self.from..]
    }

    /// Reads more once all bytes are used.
    fn refill(&mut self, raw: &mut Raw<'_>) -> io::Result<()> {
        if self.from == self.bytes.len() && !self.has_ended {
            self.bytes.resize(INPUT, 0);
            self.from = 0;
            let read = raw(&mut self.bytes);
            self.bytes.truncate(*read.as_ref().unwrap_or(&0));
            self.has_ended = read? == 0;
        }
        Ok(())
    }
}

enum Kind {
    None,
    Gzip {
        inflate: Box<Decompress>,
        /// Whether a member has begun and not ended.
        is_open: bool,
    },
    Zstd {
        decoder: raw::Decoder<'static>,
        /// Bytes that the decoder asks for: one block at a time, so that an error in the next block loses
        /// nothing.
        wanted: usize,
        is_open: bool,
    },
    /// Nothing more follows.
    Broken(String),
}

/// Decompresses one file, or passes it on unchanged.
pub(crate) struct Decoder {
    kind: Kind,
    input: Input,
    compression: Option<Compression>,
}

impl Default for Decoder {
    fn default() -> Self {
        Self::none(Vec::new())
    }
}

impl Decoder {
    /// Passes the bytes on unchanged, `start` first.
    pub fn none(start: Vec<u8>) -> Self {
        let input = Input { bytes: start, from: 0, has_ended: false };
        Self { kind: Kind::None, input, compression: None }
    }

    /// The decoder of a file that begins with `signature`.
    pub fn of(signature: Vec<u8>) -> Self {
        let compression = Compression::of(&signature);
        let kind = match compression {
            None => Kind::None,
            Some(Compression::Gzip) => {
                let inflate = Box::new(Decompress::new_gzip(GZIP_WINDOW));
                Kind::Gzip { inflate, is_open: true }
            }
            Some(Compression::Zstd) => match raw::Decoder::new() {
                Ok(decoder) => Kind::Zstd { decoder, wanted: FRAME_START, is_open: true },
                Err(error) => Kind::Broken(error.to_string()),
            },
        };
        Self { kind, compression, ..Self::none(signature) }
    }

    pub fn compression(&self) -> Option<Compression> {
        self.compression
    }

    /// Decompresses into `output`, which must not be empty. Returns the number of bytes, 0 at the end, or
    /// the reason why no more follow.
    ///
    /// # Errors
    /// Those of `raw`.
    pub fn read(
        &mut self,
        raw: &mut Raw<'_>,
        output: &mut [u8],
    ) -> io::Result<Result<usize, String>> {
        let Self { kind, input, .. } = self;
        loop {
            let taken = match kind {
                Kind::None => {
                    let rest = input.rest();
                    if rest.is_empty() {
                        return raw(output).map(Ok);
                    }
                    let len = rest.len().min(output.len());
                    output[..len].copy_from_slice(&rest[..len]);
                    input.from += len;
                    return Ok(Ok(len));
                }
                Kind::Broken(reason) => return Ok(Err(reason.clone())),
                Kind::Gzip { inflate, is_open } => {
                    input.refill(raw)?;
                    gzip(inflate, is_open, input, output)
                }
                Kind::Zstd { decoder, wanted, is_open } => {
                    input.refill(raw)?;
                    zstd(decoder, wanted, is_open, input, output)
                }
            };
            match taken {
                Ok(Some(0)) => {}
                Ok(written) => return Ok(Ok(written.unwrap_or(0))),
                Err((written, reason)) => {
                    *kind = Kind::Broken(reason);
                    if written > 0 {
                        return Ok(Ok(written));
                    }
                }
            }
        }
    }
}

/// The result of one call of a decoder: so many bytes; `None` at the end; or so many and the reason why
/// no more follow.
type Step = Result<Option<usize>, (usize, String)>;

const CUT: &str = "the compressed data is cut off";

fn gzip(
    inflate: &mut Decompress,
    is_open: &mut bool,
    input: &mut Input,
    output: &mut [u8],
) -> Step {
    if !*is_open {
        // Tapes pad their last block with zeros.
        while input.rest().first() == Some(&0) {
            input.from += 1;
        }
        if input.rest().is_empty() {
            return Ok((!input.has_ended).then_some(0));
        }
        *inflate = Decompress::new_gzip(GZIP_WINDOW);
        *is_open = true;
    }
    let (read, written) = (inflate.total_in(), inflate.total_out());
    let status = inflate.decompress(input.rest(), output, FlushDecompress::None);
    // Both fit: they are lengths of slices.
    let (read, written) =
        ((inflate.total_in() - read) as usize, (inflate.total_out() - written) as usize);
    input.from += read;
    match status {
        Ok(Status::StreamEnd) => *is_open = false,
        Ok(_) if written > 0 => {}
        Ok(_) if input.rest().is_empty() && input.has_ended => return Err((0, CUT.to_owned())),
        Ok(_) if read > 0 || input.rest().is_empty() => {}
        _ => return Err((written, "the gzip data is damaged".to_owned())),
    }
    Ok(Some(written))
}

fn zstd(
    decoder: &mut raw::Decoder<'static>,
    wanted: &mut usize,
    is_open: &mut bool,
    input: &mut Input,
    output: &mut [u8],
) -> Step {
    let rest = input.rest();
    if rest.is_empty() && input.has_ended && !*is_open {
        return Ok(None);
    }
    let mut from = InBuffer::around(&rest[..rest.len().min(*wanted)]);
    let mut to = OutBuffer::around(output);
    let remaining = decoder.run(&mut from, &mut to);
    let (read, written) = (from.pos(), to.pos());
    let is_stuck = read == 0 && written == 0;
    match remaining {
        Err(error) => Err((written, format!("the zstd data is damaged ({error})"))),
        Ok(_) if is_stuck && rest.is_empty() && input.has_ended => Err((0, CUT.to_owned())),
        Ok(remaining) => {
            input.from += read;
            *is_open = remaining > 0;
            *wanted = if remaining > 0 { remaining } else { FRAME_START };
            Ok(Some(written))
        }
    }
}
