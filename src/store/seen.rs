//! The addresses of the day that a model was fitted to, kept beside it: those that were seen, and those
//! of them that were flagged, each a portable Roaring bitmap (<https://github.com/RoaringBitmap/RoaringFormatSpec>).
//!
//! A set takes at most two bytes for each address, and 512 MiB in all; whole subnets take next to nothing.

use std::io::{self, BufReader, Read};
use std::path::Path;

use ::roaring::RoaringBitmap;

use super::behaviour::{Day, DayError};
use super::model::ModelError;
use super::{Output, WriteError, bounded, roaring};
use crate::behaviour::{Activities, Earlier};
use crate::input::Role;

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

    /// So many addresses of `role` on that `day`, as far as is known which they were and what they did; `None` if
    /// neither is.
    ///
    /// # Errors
    /// When what they did belongs to another fit.
    pub fn earlier(
        &self,
        day: Option<&Day>,
        role: Role,
        all: usize,
    ) -> Result<Option<Earlier>, DayError> {
        let sums = day.map(|day| day.sums.get(role).clone()).unwrap_or_default();
        if !sums.is_empty() && sums.len() != all {
            return Err(DayError::OfAnotherFit { found: sums.len(), expected: all });
        }
        let addresses: Vec<u32> = match &self.addresses {
            Some(seen) => seen.iter().collect(),
            None if sums.is_empty() => return Ok(None),
            None => sums.iter().map(|sum| sum.address).collect(),
        };
        let activities = day.filter(|_| !sums.is_empty()).map(|day| {
            let ties = day.conversations.ties(role.side());
            Activities::new(&addresses, sums, Some(ties))
        });
        Ok(Some(Earlier::new(addresses, activities.unwrap_or_default())))
    }

    /// The files without which part of this is not known.
    pub fn missing(&self) -> Vec<&'static str> {
        let files = [(SEEN, self.addresses.is_none()), (FLAGGED, self.flagged.is_none())];
        files.into_iter().filter_map(|(file, lacks)| lacks.then_some(file)).collect()
    }
}

/// Writes the `addresses` of `role` and which of them are `flagged`, for the days to come.
///
/// # Errors
/// When a file cannot be written.
pub fn keep(
    output: &mut Output,
    role: Role,
    addresses: &[u32],
    flagged: &[u32],
) -> Result<(), WriteError> {
    output.write(&role.file(SEEN), |out| roaring::write(addresses, out))?;
    output.write(&role.file(FLAGGED), |out| roaring::write(flagged, out))
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
