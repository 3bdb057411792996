//! Zstandard.

use zstd::stream::raw::{Decoder, InBuffer, Operation, OutBuffer};

use super::{Decode, End, Step};

/// Bytes at the start of a frame that tell how many more are needed.
const FRAME_START: usize = 16;

/// Whether a frame begins with `start`, or one of the sixteen kinds of skippable frames.
pub(super) fn begins(start: &[u8]) -> bool {
    matches!(start, [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..])
}

pub(super) struct Zstd {
    decoder: Decoder<'static>,
    /// Bytes that the decoder asks for: one block at a time, so that an error in the next block loses
    /// nothing.
    wanted: usize,
}

impl Zstd {
    pub fn new() -> Result<Self, String> {
        let decoder = Decoder::new().map_err(|error| error.to_string())?;
        Ok(Self { decoder, wanted: FRAME_START })
    }
}

impl Decode for Zstd {
    fn decode(&mut self, input: &[u8], output: &mut [u8]) -> Step {
        let mut from = InBuffer::around(&input[..input.len().min(self.wanted)]);
        let mut to = OutBuffer::around(output);
        let remaining = self.decoder.run(&mut from, &mut to);
        let (read, written) = (from.pos(), to.pos());
        let end = match remaining {
            Ok(0) => Ok(End::Closed),
            Ok(remaining) => {
                self.wanted = remaining;
                Ok(End::Open)
            }
            Err(error) => Err(reason(&error.to_string())),
        };
        Step { read, written, end }
    }
}

/// A frame whose window is too large is sound, but only `zstd` itself may be told to read it.
fn reason(error: &str) -> String {
    if error.contains("too much memory") {
        "its zstd window is larger than 128 MiB, decompress it with zstd -dc --long=31".to_owned()
    } else {
        format!("the zstd data is damaged ({error})")
    }
}
