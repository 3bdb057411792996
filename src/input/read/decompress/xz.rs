//! xz, its older format lzma, and lzip: LZMA in three wrappings.

use liblzma::stream::{Action, Error, Status, Stream};

use super::{Compression, Decode, End, Step};

/// The most memory that a file may ask for. The dictionary of `xz -9` is a quarter of it.
const MOST_MEMORY: u64 = 256 << 20;

/// Whether a file of the older format begins with `start`. It has no signature: it begins with the usual
/// properties, the size of a dictionary and the size of the content, which are checked as `xz` does.
pub(super) fn is_lzma(start: &[u8]) -> bool {
    let Some((&[0x5d, a, b, c, d, ref size @ ..], _)) = start.split_first_chunk::<13>() else {
        return false;
    };
    let dictionary = u32::from_le_bytes([a, b, c, d]);
    // A power of two, or three halves of one.
    let is_usual = match dictionary.count_ones() {
        1 => true,
        2 => dictionary.leading_zeros() + dictionary.trailing_zeros() == 30,
        _ => dictionary == u32::MAX,
    };
    is_usual && dictionary >= 1 << 12 && (*size == [0xff; 8] || size[5..] == [0; 3])
}

pub(super) struct Xz {
    stream: Stream,
    name: &'static str,
}

impl Xz {
    pub fn new(compression: Compression) -> Result<Self, String> {
        let stream = match compression {
            Compression::Lzip => Stream::new_lzip_decoder(MOST_MEMORY, 0),
            Compression::Lzma => Stream::new_lzma_decoder(MOST_MEMORY),
            _ => Stream::new_stream_decoder(MOST_MEMORY, 0),
        };
        let stream = stream.map_err(|error| error.to_string())?;
        Ok(Self { stream, name: compression.name() })
    }

    fn reason(&self, error: Error) -> String {
        let name = self.name;
        match error {
            Error::MemLimit => {
                let limit = MOST_MEMORY >> 20;
                format!(
                    "its {name} dictionary is larger than {limit} MiB, decompress it with {name} -dc"
                )
            }
            Error::Mem => "there is no memory left to decompress it".to_owned(),
            Error::Options => format!("its {name} filters are not known"),
            _ => format!("the {name} data is damaged"),
        }
    }
}

impl Decode for Xz {
    fn decode(&mut self, input: &[u8], output: &mut [u8]) -> Step {
        let (read, written) = (self.stream.total_in(), self.stream.total_out());
        let end = match self.stream.process(input, output, Action::Run) {
            Ok(Status::StreamEnd) => Ok(End::Closed),
            Ok(_) => Ok(End::Open),
            Err(error) => Err(self.reason(error)),
        };
        // Both fit: they are lengths of slices.
        let read = (self.stream.total_in() - read) as usize;
        let written = (self.stream.total_out() - written) as usize;
        Step { read, written, end }
    }
}
