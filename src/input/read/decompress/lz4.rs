//! LZ4 frames, and the legacy frames of `lz4 -l`. The frame is walked here, because the crate's own reader
//! takes a cut between two blocks for the end and loses the block that is cut or damaged.

use std::hash::Hasher;

use lz4_flex::block::decompress_into_with_dict;
use twox_hash::XxHash32;

use super::{CUT, Decode, End, Step};

const MAGIC: u32 = 0x184d_2204;
const LEGACY: u32 = 0x184c_2102;
/// The first of sixteen kinds of frames to skip.
const SKIPPABLE: u32 = 0x184d_2a50;
/// Earlier output that a block may refer to.
const WINDOW: usize = 64 << 10;
/// The size of all blocks but the last of a legacy frame, decoded.
const LEGACY_BLOCK: usize = 8 << 20;
/// The most bytes that a legacy block may have, as the encoder bounds them.
const MOST_LEGACY: usize = LEGACY_BLOCK + LEGACY_BLOCK / 255 + 16;

/// Whether a frame begins with `start`. Zstandard has the same frames to skip, and comes first.
pub(super) fn begins(start: &[u8]) -> bool {
    let magic = start.first_chunk().map(|&bytes| u32::from_le_bytes(bytes));
    magic.is_some_and(|magic| matches!(magic, MAGIC | LEGACY) || magic & !15 == SKIPPABLE)
}

/// What a frame says of its blocks.
#[derive(Clone, Copy, Default)]
struct Frame {
    /// The size of its largest block, decoded.
    block: usize,
    /// Whether each block is decoded by itself.
    is_independent: bool,
    has_block_checksums: bool,
    has_checksum: bool,
    is_legacy: bool,
}

/// What the next bytes are.
#[derive(Clone, Copy, Default)]
enum Next {
    #[default]
    Magic,
    SkipLen,
    Skip(usize),
    /// The two bytes that say how long the rest of the head is.
    Flags,
    Head([u8; 2]),
    BlockLen,
    Block {
        len: usize,
        is_stored: bool,
    },
    Checksum,
    Done,
}

#[derive(Default)]
pub(super) struct Lz4 {
    next: Next,
    frame: Frame,
    /// The bytes of the next part, as far as they have arrived.
    part: Vec<u8>,
    /// Earlier output that may be referred to, and then the decoded block.
    decoded: Vec<u8>,
    /// How much of `decoded` has been handed out.
    taken: usize,
    hash: XxHash32,
    /// Why nothing follows the decoded block.
    broken: Option<String>,
}

impl Decode for Lz4 {
    fn decode(&mut self, input: &[u8], output: &mut [u8]) -> Step {
        let mut read = 0;
        loop {
            let ready = &self.decoded[self.taken..];
            if !ready.is_empty() {
                let written = ready.len().min(output.len());
                output[..written].copy_from_slice(&ready[..written]);
                self.taken += written;
                return Step { read, written, end: Ok(End::Open) };
            }
            let step = |end| Step { read, written: 0, end };
            if let Some(reason) = self.broken.take() {
                return step(Err(reason));
            }
            let rest = &input[read..];
            match self.next {
                Next::Done => return step(Ok(End::Closed)),
                // A legacy frame ends with the file.
                Next::BlockLen
                    if input.is_empty() && self.frame.is_legacy && self.part.is_empty() =>
                {
                    return step(Ok(End::Closed));
                }
                _ if input.is_empty() => {
                    self.rescue();
                    self.broken = Some(CUT.to_owned());
                }
                Next::Skip(left) => {
                    let skipped = left.min(rest.len());
                    read += skipped;
                    self.next =
                        if skipped == left { Next::Done } else { Next::Skip(left - skipped) };
                    if !matches!(self.next, Next::Done) {
                        return Step { read, written: 0, end: Ok(End::Open) };
                    }
                }
                _ => {
                    let len = self.part_len();
                    let more = (len - self.part.len()).min(rest.len());
                    self.part.extend_from_slice(&rest[..more]);
                    read += more;
                    if self.part.len() < len {
                        return Step { read, written: 0, end: Ok(End::Open) };
                    }
                    let part = std::mem::take(&mut self.part);
                    self.broken = self.take(&part).err().map(str::to_owned);
                    self.part = part;
                    self.part.clear();
                }
            }
        }
    }
}

type Taken = Result<(), &'static str>;

impl Lz4 {
    /// Bytes of the next part.
    fn part_len(&self) -> usize {
        match self.next {
            Next::Magic | Next::SkipLen | Next::BlockLen | Next::Checksum => 4,
            Next::Flags => 2,
            // The sizes of the content and of the dictionary, if there, and a checksum.
            Next::Head([flags, _]) => {
                1 + if flags & 8 != 0 { 8 } else { 0 } + if flags & 1 != 0 { 4 } else { 0 }
            }
            Next::Block { len, .. } => len + if self.frame.has_block_checksums { 4 } else { 0 },
            Next::Skip(_) | Next::Done => 0,
        }
    }

    /// Takes the next part, which is whole.
    fn take(&mut self, part: &[u8]) -> Taken {
        let number = part.first_chunk().map_or(0, |&bytes| u32::from_le_bytes(bytes));
        match self.next {
            Next::Magic if number == MAGIC => self.next = Next::Flags,
            Next::Magic if number == LEGACY => {
                self.frame = Frame {
                    block: LEGACY_BLOCK,
                    is_independent: true,
                    is_legacy: true,
                    ..Frame::default()
                };
                self.next = Next::BlockLen;
            }
            Next::Magic => self.next = Next::SkipLen,
            Next::SkipLen if number == 0 => self.next = Next::Done,
            Next::SkipLen => self.next = Next::Skip(number as usize),
            Next::Flags => self.next = Next::Head([part[0], part[1]]),
            Next::Head(flags) => self.head(flags, part)?,
            Next::BlockLen => self.block_len(number)?,
            Next::Block { len, is_stored } => self.block(part, len, is_stored)?,
            Next::Checksum if number == self.hash.finish() as u32 => self.next = Next::Done,
            Next::Checksum => {
                return Err(
                    "the lz4 data is damaged somewhere before its checksum: addresses may be wrong or missing",
                );
            }
            Next::Skip(_) | Next::Done => {}
        }
        Ok(())
    }

    fn head(&mut self, flags: [u8; 2], rest: &[u8]) -> Taken {
        let head = [&flags, rest].concat();
        let (&checksum, hashed) = head.split_last().ok_or("the lz4 data is damaged")?;
        let [flags, sizes] = flags;
        let block = usize::from(sizes >> 4 & 7);
        if flags >> 6 != 1 || block < 4 || checksum != (hash(hashed) >> 8) as u8 {
            return Err("the lz4 data is damaged (its head is not valid)");
        }
        if flags & 1 != 0 {
            return Err(
                "it was compressed with a dictionary, decompress it with lz4 -dc -D DICTIONARY",
            );
        }
        self.frame = Frame {
            block: 1 << (8 + 2 * block),
            is_independent: flags & 0x20 != 0,
            has_block_checksums: flags & 0x10 != 0,
            has_checksum: flags & 4 != 0,
            is_legacy: false,
        };
        self.next = Next::BlockLen;
        Ok(())
    }

    fn block_len(&mut self, number: u32) -> Taken {
        let Frame { block, has_checksum, is_legacy, .. } = self.frame;
        let (len, is_stored) = match is_legacy {
            // A legacy frame has no end but the next one.
            true if matches!(number, MAGIC | LEGACY) || number & !15 == SKIPPABLE => {
                self.next = Next::Magic;
                return self.take(&number.to_le_bytes());
            }
            true => (number as usize, false),
            false => ((number & 0x7fff_ffff) as usize, number >> 31 == 1),
        };
        if len == 0 && !is_legacy {
            self.next = if has_checksum { Next::Checksum } else { Next::Done };
        } else if len > if is_legacy { MOST_LEGACY } else { block } {
            return Err("the lz4 data is damaged (a block is too long)");
        } else {
            self.next = Next::Block { len, is_stored };
        }
        Ok(())
    }

    fn block(&mut self, part: &[u8], len: usize, is_stored: bool) -> Taken {
        let (bytes, checksum) = part.split_at(len);
        let expected = checksum.first_chunk().map(|&bytes| u32::from_le_bytes(bytes));
        self.next = Next::BlockLen;
        if expected.is_some_and(|expected| expected != hash(bytes)) {
            return Err("the lz4 data is damaged (the checksum of a block is another)");
        }
        if is_stored {
            self.forget();
            self.decoded.extend_from_slice(bytes);
        } else if !self.expand(bytes) {
            self.expand_sound(bytes);
            return Err("the lz4 data is damaged");
        }
        if self.frame.has_checksum {
            self.hash.write(&self.decoded[self.taken..]);
        }
        Ok(())
    }

    /// Drops the output that was handed out, but for what the next block may refer to.
    fn forget(&mut self) {
        let kept = if self.frame.is_independent { 0 } else { WINDOW };
        self.decoded.drain(..self.taken.saturating_sub(kept));
        self.taken = self.decoded.len();
    }

    /// Decodes a block; false if it cannot be decoded.
    fn expand(&mut self, bytes: &[u8]) -> bool {
        self.forget();
        self.decoded.resize(self.taken + self.frame.block, 0);
        let (window, room) = self.decoded.split_at_mut(self.taken);
        let written = decompress_into_with_dict(bytes, room, window);
        self.decoded.truncate(self.taken + *written.as_ref().unwrap_or(&0));
        written.is_ok()
    }

    /// Decodes what is sound at the start of a block.
    fn expand_sound(&mut self, bytes: &[u8]) {
        let sound = sound(bytes, self.taken, self.frame.block);
        self.expand(&bytes[..sound]);
    }

    /// Decodes what has arrived of a block that is cut off.
    fn rescue(&mut self) {
        let Next::Block { len, is_stored } = self.next else { return };
        let part = std::mem::take(&mut self.part);
        let bytes = &part[..len.min(part.len())];
        self.forget();
        if is_stored {
            self.decoded.extend_from_slice(bytes);
        } else {
            self.expand_sound(bytes);
        }
    }
}

fn hash(bytes: &[u8]) -> u32 {
    XxHash32::oneshot(0, bytes)
}

/// The length of the longest start of a block that can be decoded: one that ends with the literals of a
/// sequence. `window` bytes stand before the block, which has at most `most` bytes when decoded.
fn sound(bytes: &[u8], window: usize, most: usize) -> usize {
    let (mut sound, mut at, mut decoded) = (0, 0, 0);
    let len = |nibble: u8, at: &mut usize| {
        let mut len = usize::from(nibble);
        let mut byte = if nibble == 15 { 255 } else { 0 };
        while byte == 255 {
            byte = *bytes.get(*at)?;
            *at += 1;
            len += usize::from(byte);
        }
        Some(len)
    };
    let mut sequence = || {
        let token = *bytes.get(at)?;
        at += 1;
        let literals = len(token >> 4, &mut at)?;
        // A sequence without literals ends in nothing that could be the end of a block.
        let is_whole = at + literals <= bytes.len() && decoded + literals <= most;
        (at, decoded) = (at + literals, decoded + literals);
        is_whole.then_some(())?;
        sound = at;
        let &offset = bytes.get(at..)?.first_chunk()?;
        let offset = usize::from(u16::from_le_bytes(offset));
        at += 2;
        decoded += 4 + len(token & 15, &mut at)?;
        (offset > 0 && offset <= window + decoded && decoded <= most).then_some(())
    };
    while sequence().is_some() {}
    sound
}
