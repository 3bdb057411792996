//! Reads what addresses did: as a shard among other captures, or as the day that a model was fitted to.

use std::sync::Arc;

use super::{HEADER, MAGIC, Row, row};
use crate::input::account::{Format, RecordNumber};
use crate::input::error::InputError;
use crate::input::format::{Cut, Cutter, Damage, Opened, Parser};
use crate::input::options::Options;
use crate::input::read::block::Block;
use crate::input::read::head::Head;
use crate::input::role::Roles;

/// Recognises the first line.
///
/// # Errors
/// Another version.
pub(crate) fn recognise(
    head: &mut Head<'_>,
    options: &Options,
) -> Result<Option<Opened>, InputError> {
    while head.bytes().len() < HEADER.len()
        && MAGIC.starts_with(&head.bytes()[..MAGIC.len().min(head.bytes().len())])
        && head.grow()
    {}
    if !head.bytes().starts_with(MAGIC) {
        return Ok(None);
    }
    if !head.bytes().starts_with(HEADER) {
        let name = head.name().to_owned();
        return Err(InputError::OtherVersion { name });
    }
    Ok(Some(Opened {
        format: Format {
            name: "behaviour",
            record: ["row of what addresses did", "rows of what addresses did"],
            has_roles: true,
            source: None,
            destination: None,
        },
        roles: options.roles.unwrap_or(Roles::Both),
        skip: HEADER.len(),
        lines_before: 0,
        counted_by: RecordNumber::Packet,
        cutter: Box::new(WholeRows { rows: 0, end: None }),
        warnings: Vec::new(),
    }))
}

/// Cuts after whole rows.
struct WholeRows {
    rows: u64,
    /// Once the end was seen, the rows that it says there are.
    end: Option<u64>,
}

impl Cutter for WholeRows {
    fn cut(&mut self, bytes: &[u8], at_end: bool) -> Result<Cut, Damage> {
        let parser: Arc<dyn Parser> = Arc::new(Rows);
        let mut at = 0;
        let damage = loop {
            match row(&bytes[at..]) {
                Err(reason) => break Some(reason),
                Ok(None) => break None,
                Ok(Some(_)) if self.end.is_some() => break Some("something follows the end"),
                Ok(Some((row, len))) => {
                    at += len;
                    match row {
                        Row::End(rows) if rows != self.rows => {
                            break Some("its rows are not as many as it says");
                        }
                        Row::End(rows) => self.end = Some(rows),
                        _ => self.rows += 1,
                    }
                }
            }
        };
        let damage = damage.or((at_end && self.end.is_none()).then_some("its end is missing"));
        match damage {
            Some(reason) => Err(Damage { sound: at, parser, reason: reason.to_owned() }),
            None => Ok(Cut { len: at, parser }),
        }
    }
}

/// The rows of a block.
struct Rows;

impl Parser for Rows {
    fn parse(&self, bytes: &[u8], _: bool, block: &mut Block) -> usize {
        let mut at = 0;
        while let Ok(Some((row, len))) = row(&bytes[at..]) {
            at += len;
            match row {
                Row::Sum(role, sum) => block.add_sum(role, sum),
                Row::Conversation(conversation) => block.add_conversation(conversation),
                Row::Stretch(shift, stretch, records) => block.add_stretch(shift, stretch, records),
                Row::End(_) => continue,
            }
        }
        at
    }
}

#[cfg(feature = "report")]
pub use day::{Day, DayError, read};

#[cfg(feature = "report")]
mod day {
    use std::io::{self, Read};
    use std::path::{Path, PathBuf};

    use super::{HEADER, MAGIC, Row, row};
    use crate::behaviour::{Conversation, Conversations, Gathered, Sum};
    use crate::input::PerRole;
    use crate::store::bounded;
    use crate::words::shown_path;

    /// What addresses did on another day.
    #[derive(Debug, Clone, Default)]
    pub struct Day {
        /// The sums of the addresses of each role, ascending.
        pub sums: PerRole<Vec<Sum>>,
        /// The conversations.
        pub conversations: Conversations,
    }

    /// Why a day cannot be read.
    #[derive(Debug, thiserror::Error)]
    pub enum DayError {
        /// The system cannot read the file.
        #[error("cannot read '{}': {reason}; check the path", shown_path(path))]
        Read {
            /// The file.
            path: PathBuf,
            /// Why.
            reason: io::Error,
        },
        /// Another octomix wrote it.
        #[error(
            "'{}' was written by another version of octomix; fit the model again",
            shown_path(path)
        )]
        OtherVersion {
            /// The file.
            path: PathBuf,
        },
        /// Its addresses are not those of the model.
        #[error(
            "seen.behaviour has {found} addresses, but the model beside it was fitted to {expected}; fit it again"
        )]
        OfAnotherFit {
            /// Its addresses of the role.
            found: usize,
            /// Those of the model.
            expected: usize,
        },
        /// It is no such file, or damaged.
        #[error("'{}' is damaged: {reason}; fit the model again", shown_path(path))]
        Damaged {
            /// The file.
            path: PathBuf,
            /// What is wrong.
            reason: &'static str,
        },
    }

    /// Reads the file at `path`; `None` if there is none.
    ///
    /// # Errors
    /// When it cannot be read, or is damaged.
    pub fn read(path: &Path) -> Result<Option<Day>, DayError> {
        let damaged = |reason| DayError::Damaged { path: path.to_path_buf(), reason };
        let failed = |reason| DayError::Read { path: path.to_path_buf(), reason };
        let mut file = match bounded::open_regular(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened.map_err(failed)?,
        };
        // Its size follows from what it holds, and has no other bound than memory.
        let mut bytes = Vec::new();
        file.by_ref().take(HEADER.len() as u64).read_to_end(&mut bytes).map_err(failed)?;
        if bytes.starts_with(MAGIC) {
            file.read_to_end(&mut bytes).map_err(failed)?;
        }
        if bytes.starts_with(MAGIC) && bytes.len() >= HEADER.len() && !bytes.starts_with(HEADER) {
            return Err(DayError::OtherVersion { path: path.to_path_buf() });
        }
        let mut rest = bytes.strip_prefix(HEADER).ok_or(damaged("its first line is another"))?;
        let mut sums = PerRole::<Gathered<Sum>>::default();
        let mut conversations = Gathered::<Conversation>::default();
        let mut rows = 0;
        loop {
            let found = row(rest).map_err(damaged)?.ok_or(damaged("its end is missing"))?;
            rest = &rest[found.1..];
            match found.0 {
                Row::Sum(role, sum) => sums.get_mut(role).add(sum),
                Row::Conversation(conversation) => conversations.add(conversation),
                Row::Stretch(..) => {}
                Row::End(said) if said == rows && rest.is_empty() => break,
                Row::End(_) => return Err(damaged("its rows are not as many as it says")),
            }
            rows += 1;
        }
        let sums = sums.into_map(|_, sums| sums.finish());
        Ok(Some(Day { sums, conversations: Conversations::new(conversations.finish()) }))
    }
}
