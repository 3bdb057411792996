//! bzip2.

use bzip2::{Decompress, Status};

use super::{Decode, End, Step};

/// Whether a stream begins with `start`: the digits of pi, or those of its root if the stream is empty.
pub(super) fn begins(start: &[u8]) -> bool {
    let &[b'B', b'Z', b'h', b'1'..=b'9', ref magic @ ..] = start else { return false };
    magic.starts_with(&[0x31, 0x41, 0x59, 0x26, 0x53, 0x59])
        || magic.starts_with(&[0x17, 0x72, 0x45, 0x38, 0x50, 0x90])
}

pub(super) struct Bzip2(Decompress);

impl Bzip2 {
    pub fn new() -> Self {
        Self(Decompress::new(false))
    }
}

impl Decode for Bzip2 {
    fn decode(&mut self, input: &[u8], output: &mut [u8]) -> Step {
        let (read, written) = (self.0.total_in(), self.0.total_out());
        let end = match self.0.decompress(input, output) {
            Ok(Status::StreamEnd) => Ok(End::Closed),
            Ok(Status::MemNeeded) => Err("there is no memory left to decompress it".to_owned()),
            Ok(_) => Ok(End::Open),
            Err(_) => Err("the bzip2 data is damaged".to_owned()),
        };
        // Both fit: they are lengths of slices.
        let read = (self.0.total_in() - read) as usize;
        let written = (self.0.total_out() - written) as usize;
        Step { read, written, end }
    }
}
