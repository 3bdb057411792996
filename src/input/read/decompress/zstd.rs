//! Zstandard.

use zstd::stream::raw::{Decoder, InBuffer, Operation, OutBuffer};

use super::parallel::{LONGEST, Length};
use super::{Decode, End, Step};

/// Bytes at the start of a frame that tell how many more are needed.
const FRAME_START: usize = 16;

/// Whether a frame begins with `start`, or one of the sixteen kinds of skippable frames.
pub(super) fn begins(start: &[u8]) -> bool {
    matches!(start, [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..])
}

/// The most bytes of a block, stored and decompressed.
const BLOCK: usize = 128 << 10;

/// The length of the frame that `bytes` begin with, unless it is longer than what is cut off.
pub(super) fn frame_len(bytes: &[u8]) -> Length {
    match frame(bytes) {
        None => Length::Unknown,
        Some(Some((len, decoded))) if len.max(decoded) <= LONGEST => match len <= bytes.len() {
            true => Length::Known(len, decoded),
            false => Length::Unknown,
        },
        Some(_) => Length::Uncut,
    }
}

/// The length of the frame that `bytes` begin with, and the most bytes that it may hold; `Some(None)` if it
/// is no frame, `None` if more bytes are needed to tell.
fn frame(bytes: &[u8]) -> Option<Option<(usize, usize)>> {
    let number = |at: usize| Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?));
    let magic = number(0)?;
    if magic & !15 == 0x184d_2a50 {
        return Some(Some((8usize.saturating_add(number(4)? as usize), 0)));
    }
    if magic != 0xfd2f_b528 {
        return Some(None);
    }
    let descriptor = *bytes.get(4)?;
    let is_single = descriptor & 0x20 != 0;
    let dictionary = [0, 1, 2, 4][usize::from(descriptor & 3)];
    let content = match descriptor >> 6 {
        0 => usize::from(is_single),
        power => 1 << power,
    };
    let mut at = 5 + usize::from(!is_single) + dictionary + content;
    let mut decoded = 0;
    loop {
        let &[a, b, c] = bytes.get(at..)?.first_chunk()?;
        let head = u32::from_le_bytes([a, b, c, 0]);
        let (is_last, kind, size) = (head & 1 == 1, head >> 1 & 3, (head >> 3) as usize);
        // A block of one repeated byte is stored as this byte.
        at += 3 + if kind == 1 { 1 } else { size };
        if kind == 3 {
            return Some(None);
        }
        decoded += if kind == 2 { BLOCK } else { size.min(BLOCK) };
        if is_last || decoded > LONGEST {
            break;
        }
    }
    let checksum = if descriptor & 4 != 0 { 4 } else { 0 };
    Some(Some((at + checksum, decoded)))
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
    } else if error.contains("checksum") {
        "the zstd data is damaged somewhere before its checksum: addresses may be wrong or missing"
            .to_owned()
    } else {
        format!("the zstd data is damaged ({error})")
    }
}
