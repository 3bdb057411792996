//! What a format must say: how it is recognised, where its records end, and how they are read.
//!
//! A format is one module and one line in [`FORMATS`]. Its [`Cutter`] lives on the reading thread and
//! sees all bytes of the file in order; its [`Parser`] is shared by threads and sees one block.

use std::sync::Arc;

use crate::input::account::{Format, RecordNumber};
use crate::input::error::InputError;
use crate::input::options::Options;
use crate::input::read::block::Block;
use crate::input::read::head::Head;
use crate::input::role::Roles;
use crate::input::warning::Warning;

/// Says whether the file is of this format, and how it is read then; `Ok(None)` if it is not.
pub(crate) type Recognise =
    fn(head: &mut Head<'_>, options: &Options) -> Result<Option<Opened>, InputError>;

/// A file of a known format, before its first record.
pub(crate) struct Opened {
    /// For the account.
    pub format: Format,
    /// The roles that it fills, of those asked for.
    pub roles: Roles,
    /// Bytes of the head before the first record.
    pub skip: usize,
    /// Lines before the first record.
    pub lines_before: u64,
    /// What its records are counted by.
    pub counted_by: fn(u64) -> RecordNumber,
    pub cutter: Box<dyn Cutter>,
    pub warnings: Vec<Warning>,
}

/// Finds where records end; lives on the reading thread, sees all bytes of the file in order.
pub(crate) trait Cutter: Send {
    /// The whole records at the start of `bytes`, which go on where the last cut ended, and who reads
    /// them. A length of 0 asks for more bytes. `at_end`: no more follow; what is left then is cut off.
    ///
    /// # Errors
    /// Bytes that cannot be gone on with.
    fn cut(&mut self, bytes: &[u8], at_end: bool) -> Result<Cut, Damage>;
}

/// Whole records.
pub(crate) struct Cut {
    pub len: usize,
    pub parser: Arc<dyn Parser>,
}

/// Bytes that cannot be gone on with; what stands before them is read.
pub(crate) struct Damage {
    /// Bytes of whole records before it.
    pub sound: usize,
    pub parser: Arc<dyn Parser>,
    /// What is wrong, in the middle of a sentence.
    pub reason: String,
}

/// Reads the records of a block; shared by threads.
pub(crate) trait Parser: Send + Sync {
    /// Adds the records of `bytes` to `block`, and the lines or packets passed; returns the bytes used:
    /// fewer than all if the last record goes on beyond the cut after all, as with a quoted line end. Then
    /// the driver hands the rest again with what follows. With `is_last` nothing follows.
    fn parse(&self, bytes: &[u8], is_last: bool, block: &mut Block) -> usize;
}
