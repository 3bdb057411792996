//! gzip and zlib: the same data between other heads and checksums.

use flate2::{Decompress, FlushDecompress, Status};

use super::parallel::Length;
use super::{Decode, End, Step};

/// The window of gzip, as a power of two.
const WINDOW: u8 = 15;

/// Whether zlib data begins with `start`. Two bytes are a weak signature, so what follows must decode.
pub(super) fn is_zlib(start: &[u8]) -> bool {
    let &[method, flags, ..] = start else { return false };
    // Deflate with a window of 32 KiB, no dictionary, and a checksum of the head.
    method == 0x78
        && flags & 0x20 == 0
        && u16::from_be_bytes([method, flags]).is_multiple_of(31)
        && Decompress::new(true).decompress(start, &mut [0; 1024], FlushDecompress::None).is_ok()
}

/// The length of the member of bgzip that `bytes` begin with.
pub(super) fn member_len(bytes: &[u8]) -> Length {
    // A field of two bytes that only bgzip writes.
    const HEAD: [u8; 6] = [6, 0, b'B', b'C', 2, 0];
    let known = bytes.len().min(4);
    if bytes[..known] != [0x1f, 0x8b, 8, 4][..known] {
        return Length::Uncut;
    }
    let Some(field) = bytes.get(10..18) else {
        let field = bytes.get(10..).unwrap_or_default();
        let known = field.len().min(HEAD.len());
        return if field[..known] == HEAD[..known] { Length::Unknown } else { Length::Uncut };
    };
    let len = usize::from(u16::from_le_bytes([field[6], field[7]])) + 1;
    match field.starts_with(&HEAD) && len >= LEAST_MEMBER {
        true if bytes.len() >= len => Length::Known(len, MOST_HELD),
        true => Length::Unknown,
        false => Length::Uncut,
    }
}

/// Bytes of a member of bgzip around its data, and the most bytes that it holds.
const LEAST_MEMBER: usize = 26;
const MOST_HELD: usize = 64 << 10;

pub(super) struct Inflate {
    inflate: Decompress,
    name: &'static str,
}

impl Inflate {
    pub fn gzip() -> Self {
        Self { inflate: Decompress::new_gzip(WINDOW), name: "gzip" }
    }

    pub fn zlib() -> Self {
        Self { inflate: Decompress::new(true), name: "zlib" }
    }

    /// Without any head.
    pub fn bare() -> Self {
        Self { inflate: Decompress::new(false), name: "deflated" }
    }
}

impl Decode for Inflate {
    fn decode(&mut self, input: &[u8], output: &mut [u8]) -> Step {
        let (read, written) = (self.inflate.total_in(), self.inflate.total_out());
        let status = self.inflate.decompress(input, output, FlushDecompress::None);
        let end = match status {
            Ok(Status::StreamEnd) => Ok(End::Closed),
            Ok(_) => Ok(End::Open),
            // Of the sum or of the length, which come at the end.
            Err(error) if error.message().is_some_and(|why| why.ends_with(" check")) => {
                Err(format!(
                    "the {} data is damaged somewhere before its checksum: addresses may be wrong or missing",
                    self.name
                ))
            }
            Err(_) => Err(format!("the {} data is damaged", self.name)),
        };
        // Both fit: they are lengths of slices.
        let read = (self.inflate.total_in() - read) as usize;
        let written = (self.inflate.total_out() - written) as usize;
        Step { read, written, end }
    }
}
