//! gzip and zlib: the same data between other heads and checksums.

use flate2::{Decompress, FlushDecompress, Status};

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
            Err(_) => Err(format!("the {} data is damaged", self.name)),
        };
        // Both fit: they are lengths of slices.
        let read = (self.inflate.total_in() - read) as usize;
        let written = (self.inflate.total_out() - written) as usize;
        Step { read, written, end }
    }
}
