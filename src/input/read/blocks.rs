//! Reads a file as a set of blocks, as options name them: an allow-list, say.
//!
//! The file is opened, decompressed and recognised as an input is, so it may be a list, a table or JSON. It is
//! read in order on one thread, and blocks of any size stay blocks. Whatever is malformed is an error: a list
//! of what to leave out must not be shorter than its author thinks.

use std::path::Path;
use std::sync::Arc;

use super::reader::{BLOCK, LONGEST_RECORD, endless};
use crate::address::Blocks;
use crate::input::account::{MalformedCell, RecordNumber};
use crate::input::error::InputError;
use crate::input::foreign::Foreign;
use crate::input::format::{Cut, Damage};
use crate::input::formats;
use crate::input::message::file_name;
use crate::input::options::{Notation, Options};
use crate::input::read::archive::{self, Contents};
use crate::input::read::block::Block;
use crate::input::read::head::Head;
use crate::input::read::keys::Keys;
use crate::input::read::stream::StreamEnd;
use crate::input::read::wanted::Wanted;

/// Reads the blocks of the file at `path`, on both sides if it has two. Blocks of IPv6 hold no IPv4 address
/// and are passed over.
///
/// # Errors
///
/// A file that cannot be read or is damaged, or its first malformed cell.
pub fn read_blocks(path: &Path, notation: Notation) -> Result<Blocks, InputError> {
    let failed = |error| InputError::unreadable(path, error);
    let name = file_name(path);
    let refused =
        |reason: &str| InputError::Member { name: name.clone(), reason: reason.to_owned() };
    if path.is_dir() {
        return Err(refused("is a directory; name one file"));
    }
    let options = Options { notation, ..Options::default() };
    let Contents::File(mut stream) = archive::open(path, Arc::default())? else {
        return Err(refused("is an archive; unpack it, and name one file"));
    };
    let mut head = Head::read(&name, &mut stream);
    if let Some(kind) = Foreign::of(head.bytes()) {
        return Err(InputError::Foreign { name, kind });
    }
    let opened = formats::open_blocks(&mut head, &options)?;
    let wanted = Wanted { is_set_of_blocks: true, ..Wanted::new(opened.roles, &options) };
    let mut found = Found {
        ranges: Vec::new(),
        number: opened.lines_before,
        at: opened.counted_by,
        block: Block::new(Arc::new(wanted)),
    };
    let mut cutter = opened.cutter;
    let mut bytes = head.into_bytes();
    bytes.drain(..opened.skip.min(bytes.len()));
    let damaged = |reason| InputError::Damaged { name: name.clone(), reason };
    // The bytes that have been cut, of which a parser may have left some.
    let mut cut = 0;
    loop {
        while bytes.len() < cut + BLOCK && stream.append(&mut bytes, BLOCK) > 0 {}
        let is_last = stream.has_ended();
        let (len, parser, damage) = match cutter.cut(&bytes[cut..], is_last) {
            Ok(Cut { len, parser }) => (len, parser, None),
            Err(Damage { sound, parser, reason }) => (sound, parser, Some(reason)),
        };
        cut += len;
        found.block.restart();
        let used = parser.parse(&bytes[..cut], is_last && cut == bytes.len(), &mut found.block);
        found.take(&name)?;
        bytes.drain(..used);
        cut -= used;
        if let Some(reason) = damage {
            return Err(damaged(reason));
        }
        if is_last {
            break;
        }
        if bytes.len() > LONGEST_RECORD {
            return Err(damaged(endless((found.at)(found.number + 1))));
        }
    }
    match stream.into_end() {
        StreamEnd::Failed(error) => Err(failed(error)),
        StreamEnd::Damaged(reason) => Err(damaged(reason)),
        StreamEnd::Whole if !bytes.is_empty() => {
            Err(damaged("the last record is cut off".to_owned()))
        }
        StreamEnd::Whole => {
            Ok(Blocks::new(found.ranges.into_iter().map(|(first, last)| first..=last)))
        }
    }
}

/// What has been read so far.
struct Found {
    /// The first and the last address of each block.
    ranges: Vec<(u32, u32)>,
    /// The lines or packets before the block of records that is read.
    number: u64,
    at: fn(u64) -> RecordNumber,
    block: Block,
}

impl Found {
    /// Adds what the block of records holds.
    ///
    /// # Errors
    /// Its first malformed cell.
    fn take(&mut self, name: &str) -> Result<(), InputError> {
        if let Some(place) = self.block.malformed.drain(..).next() {
            let at = (self.at)(self.number + place.number + 1);
            let place = MalformedCell { at, offset: 0, column: place.column, value: place.value };
            return Err(InputError::NoBlock { name: name.to_owned(), place: Box::new(place) });
        }
        for Keys { addresses, networks, .. } in
            [&self.block.source.keys, &self.block.destination.keys]
        {
            self.ranges.extend(addresses.iter().map(|&address| (address, address)));
            self.ranges.extend(networks.iter().map(|&(_, first, last)| (first, last)));
        }
        self.number += self.block.passed;
        Ok(())
    }
}
