//! What a format must say: how it is recognised, where its records end, and how they are read.
//!
//! A format is one module and one line in [`FORMATS`]. Its [`Cutter`] lives on the reading thread and
//! sees all bytes of the file in order; its [`Parser`] is shared by threads and sees one block.

use std::io;
use std::sync::Arc;

use super::account::At;
use super::block::Block;
use super::stream::Stream;
use super::{
    Format, InputError, Options, Roles, Warning, bare, bitmap, delimited, json, list, pcap, pcapng,
    shard, zeek,
};
#[cfg(feature = "parquet")]
use super::{parquet, stream::Decoded};

/// All formats, tried in order: the first that recognises the head of a file reads it.
pub(super) const FORMATS: &[Recognise] = &[
    pcap::recognise,
    pcapng::recognise,
    bitmap::recognise,
    shard::recognise,
    #[cfg(feature = "parquet")]
    parquet::recognise,
    zeek::recognise,
    json::recognise,
    bare::recognise,
    delimited::recognise,
    list::recognise,
];

/// Says whether the file is of this format, and how it is read then; `Ok(None)` if it is not.
pub(super) type Recognise =
    fn(head: &mut Head<'_>, options: &Options) -> Result<Option<Opened>, InputError>;

/// A file of a known format, before its first record.
pub(super) struct Opened {
    /// For the account.
    pub format: Format,
    /// The roles that it fills, of those asked for.
    pub roles: Roles,
    /// Bytes of the head before the first record.
    pub skip: usize,
    /// Lines before the first record.
    pub lines_before: u64,
    /// What its records are counted by.
    pub counted_by: fn(u64) -> At,
    pub cutter: Box<dyn Cutter>,
    pub warnings: Vec<Warning>,
}

/// Finds where records end; lives on the reading thread, sees all bytes of the file in order.
pub(super) trait Cutter: Send {
    /// The whole records at the start of `bytes`, which go on where the last cut ended, and who reads
    /// them. A length of 0 asks for more bytes. `at_end`: no more follow; what is left then is cut off.
    ///
    /// # Errors
    /// Bytes that cannot be gone on with.
    fn cut(&mut self, bytes: &[u8], at_end: bool) -> Result<Cut, Damage>;
}

/// Whole records.
pub(super) struct Cut {
    pub len: usize,
    pub parser: Arc<dyn Parser>,
}

/// Bytes that cannot be gone on with; what stands before them is read.
pub(super) struct Damage {
    /// Bytes of whole records before it.
    pub sound: usize,
    pub parser: Arc<dyn Parser>,
    /// What is wrong, in the middle of a sentence.
    pub reason: String,
}

/// Reads the records of a block; shared by threads.
pub(super) trait Parser: Send + Sync {
    /// Adds the records of `bytes` to `block`, and the lines or packets passed; returns the bytes used:
    /// fewer than all if the last record goes on beyond the cut after all, as with a quoted line end. Then
    /// the driver hands the rest again with what follows. With `is_last` nothing follows.
    fn parse(&self, bytes: &[u8], is_last: bool, block: &mut Block) -> usize;
}

/// The first bytes of a file: at least one whole line that is neither blank nor a comment, or 64 KiB, or
/// the whole file.
pub(super) struct Head<'a> {
    name: &'a str,
    stream: &'a mut Stream,
    bytes: Vec<u8>,
}

/// Bytes read at a time while a format is looked for.
const STEP: usize = 64 << 10;
/// Bytes of the longest header.
const LONGEST: usize = 16 << 20;

impl<'a> Head<'a> {
    /// Reads as far as a format needs: no further, so that a slow pipe is answered at once.
    pub fn read(name: &'a str, stream: &'a mut Stream) -> Self {
        let mut head = Self { name, stream, bytes: Vec::new() };
        while head.bytes.len() < STEP
            && !super::lines::first(&head.bytes, false).is_some_and(|line| line.is_whole)
            && head.grow()
        {}
        head
    }

    /// The file's name, fit to be shown.
    pub fn name(&self) -> &str {
        self.name
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether nothing follows [`bytes`](Self::bytes).
    pub fn is_whole(&self) -> bool {
        self.stream.has_ended()
    }

    /// Reads on, for a header of several lines; false when there is no more, or too much.
    pub fn grow(&mut self) -> bool {
        self.bytes.len() < LONGEST && self.stream.append(&mut self.bytes, STEP) > 0
    }

    /// The file itself, for a format that reads it out of order.
    ///
    /// # Errors
    /// A pipe or a compressed file, which can only be read in order, and what the system says.
    #[cfg(feature = "parquet")]
    pub fn reopen(&self) -> io::Result<std::fs::File> {
        self.stream.reopen()
    }

    /// Puts `decoded` in the place of the file's own bytes, these first ones included.
    #[cfg(feature = "parquet")]
    pub fn decode(&mut self, decoded: Box<dyn Decoded>) {
        self.bytes.clear();
        self.stream.decode(decoded);
    }

    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// The format of the file that starts with `head`.
///
/// # Errors
/// That of the format that recognises it: a column that is not found, say.
pub(super) fn open(head: &mut Head<'_>, options: &Options) -> Result<Opened, InputError> {
    for recognise in FORMATS {
        if let Some(opened) = recognise(head, options)? {
            return Ok(opened);
        }
    }
    let reason = io::Error::other("its format is not known");
    Err(InputError::Read { name: head.name.to_owned(), reason })
}
