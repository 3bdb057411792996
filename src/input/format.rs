//! What a format has to provide: how it is recognised, where its records end, and how they are read.
//!
//! A format is one module and one line in `formats`. Its [`Cutter`] lives on the reading thread and sees
//! all bytes of the file in order; its [`Parser`] is shared by threads and sees one block at a time. This
//! file knows no format.

use std::sync::Arc;

use crate::input::account::{Format, RecordNumber};
use crate::input::error::InputError;
use crate::input::options::Options;
use crate::input::read::block::Block;
use crate::input::read::head::Head;
use crate::input::role::Roles;
use crate::input::warning::Warning;

/// Recognises a file of this format and says how to read it; `Ok(None)` if the file is of another format.
pub(crate) type Recognise =
    fn(head: &mut Head<'_>, options: &Options) -> Result<Option<Opened>, InputError>;

/// A file of a known format, before its first record.
pub(crate) struct Opened {
    /// As the account describes it.
    pub format: Format,
    /// Which of the requested roles it fills.
    pub roles: Roles,
    /// Bytes of the head before the first record.
    pub skip: usize,
    /// Lines before the first record.
    pub lines_before: u64,
    /// What its records are numbered by: lines, packets or rows.
    pub counted_by: fn(u64) -> RecordNumber,
    pub cutter: Box<dyn Cutter>,
    pub warnings: Vec<Warning>,
}

/// Finds where records end. Lives on the reading thread and sees all bytes of the file in order.
pub(crate) trait Cutter: Send {
    /// Returns the length of the whole records at the start of `bytes`, and their parser. `bytes` continue
    /// where the last cut ended. A length of 0 asks for more bytes. With `at_end` no more bytes follow, and
    /// whatever is left counts as truncated.
    ///
    /// # Errors
    /// Bytes after which reading cannot continue.
    fn cut(&mut self, bytes: &[u8], at_end: bool) -> Result<Cut, Damage>;
}

/// Whole records.
pub(crate) struct Cut {
    pub len: usize,
    pub parser: Arc<dyn Parser>,
}

/// Bytes after which reading cannot continue. The records before them are read.
pub(crate) struct Damage {
    /// Bytes of whole records before the damage.
    pub sound: usize,
    pub parser: Arc<dyn Parser>,
    /// What is wrong, as part of a sentence.
    pub reason: String,
}

/// Reads the records of a block. Shared by threads.
pub(crate) trait Parser: Send + Sync {
    /// Adds the records of `bytes`, and the number of lines or packets, to `block`. Returns how many bytes
    /// it used. These are fewer than given if the last record turns out to continue beyond the cut, as it
    /// does at a quoted line end; the driver then passes the rest again, with the bytes that follow. With
    /// `is_last` nothing follows. They are fewer as well if the parser names its `successor` in `block`,
    /// which reads what follows.
    fn parse(&self, bytes: &[u8], is_last: bool, block: &mut Block) -> usize;
}
