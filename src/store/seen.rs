//! The addresses of the day that a model was fitted to, kept beside it: those that were seen, and those
//! of them that were flagged, each a portable Roaring bitmap (<https://github.com/RoaringBitmap/RoaringFormatSpec>).
//!
//! A set takes at most two bytes for each address, and 512 MiB in all; whole subnets take next to nothing.

use std::io::{self, BufReader, Read};
use std::path::Path;

use roaring::RoaringBitmap;

use super::bounded;
use super::model::ModelError;

/// The file of all addresses.
pub const SEEN: &str = "seen.roaring";

/// The file of the flagged ones.
pub const FLAGGED: &str = "flagged.roaring";

/// What is known of the day that a model was fitted to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Seen {
    /// The addresses, if they are known.
    pub addresses: Option<RoaringBitmap>,
    /// Those that were flagged, if they are known.
    pub flagged: Option<RoaringBitmap>,
}

impl Seen {
    /// Reads what is kept beside the file `model`, whose model was fitted to so many `addresses`.
    ///
    /// # Errors
    /// When a file is there but cannot be read, is damaged, or belongs to another fit.
    pub fn beside(model: &Path, addresses: usize) -> Result<Self, ModelError> {
        let read = |name| {
            let path = model.with_file_name(name);
            let damaged = |part: String| ModelError::Damaged { path: path.clone(), part };
            let file = match bounded::open_regular(&path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                opened => {
                    opened.map_err(|reason| ModelError::Read { path: path.clone(), reason })?
                }
            };
            let set = RoaringBitmap::deserialize_from(BufReader::new(file.take(bounded::MOST)))
                .map_err(|error| damaged(format!("it is no Roaring bitmap ({error})")))?;
            if name == SEEN && set.len() != addresses as u64 {
                let found = set.len();
                return Err(damaged(format!(
                    "it has {found} addresses, but the model beside it was fitted to {addresses}"
                )));
            }
            Ok(Some(set))
        };
        Ok(Self { addresses: read(SEEN)?, flagged: read(FLAGGED)? })
    }

    /// The files without which part of this is not known.
    pub fn missing(&self) -> Vec<&'static str> {
        let files = [(SEEN, self.addresses.is_none()), (FLAGGED, self.flagged.is_none())];
        files.into_iter().filter_map(|(file, lacks)| lacks.then_some(file)).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::store::roaring::write;

    #[test]
    fn a_set_reads_back_and_one_of_another_fit_is_refused() -> Result<(), Box<dyn std::error::Error>>
    {
        let folder = tempfile::tempdir()?;
        let model = folder.path().join("model.json");
        assert_eq!(Seen::beside(&model, 3)?, Seen::default());
        assert_eq!(Seen::default().missing(), [SEEN, FLAGGED]);
        let mut bytes = Vec::new();
        write(&[0, 7, u32::MAX], &mut bytes)?;
        fs::write(folder.path().join(SEEN), &bytes)?;
        let seen = Seen::beside(&model, 3)?;
        assert_eq!(seen.addresses, Some([0, 7, u32::MAX].into_iter().collect()));
        assert_eq!(seen.flagged, None);
        assert_eq!(seen.missing(), [FLAGGED]);
        let refused = Seen::beside(&model, 4).unwrap_err().to_string();
        let told = "it has 3 addresses, but the model beside it was fitted to 4";
        assert!(refused.contains(told), "{refused}");
        fs::write(folder.path().join(FLAGGED), &bytes[..bytes.len() - 1])?;
        let refused = Seen::beside(&model, 3).unwrap_err().to_string();
        assert!(refused.contains("it is no Roaring bitmap"), "{refused}");
        Ok(())
    }
}
