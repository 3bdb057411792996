//! Reading without threads: the same heads, cutters and parsers, with blocks of any size.
//!
//! A module of octomix's `input`, so that it sees private items, but only when built for fuzzing. It does
//! what `reader` and `driver` do: it cuts after whole records, and passes again whatever a parser left.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use crate::behaviour::{Flow, Sum};
use crate::input::account::RecordNumber;
use crate::input::error::InputError;
use crate::input::format::{Cut, Damage};
use crate::input::formats;
use crate::input::options::Options;
use crate::input::read::archive::{self, Contents};
use crate::input::read::block::Block;
use crate::input::read::decompress::Compression;
use crate::input::read::head::Head;
use crate::input::read::keys::Keys;
use crate::input::read::wanted::Wanted;
use crate::input::tally::Tally;

/// Whether a compressed file begins with `bytes`.
pub fn is_compressed(bytes: &[u8]) -> bool {
    Compression::of(bytes).is_some()
}

/// Whether an archive begins with `bytes`, compressed or not.
pub fn is_archive(bytes: &[u8]) -> bool {
    is_compressed(bytes) || archive::Kind::of(bytes).is_some()
}

/// What was read, in order.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Reading {
    pub source: Vec<Key>,
    pub destination: Vec<Key>,
    /// What records say of their addresses, and flows, each in order.
    pub sums: [Vec<Sum>; 2],
    pub flows: Vec<Flow>,
    /// The cells of both.
    pub cells: [Tally; 2],
    pub records: u64,
    pub ragged: u64,
    /// Malformed cells: line or packet, byte, column.
    pub places: Vec<(RecordNumber, u64, Option<String>)>,
    /// Bytes that form no whole record.
    pub cut: u64,
    /// Whether something was lost.
    pub is_damaged: bool,
}

/// The first and last of consecutive addresses, and the packets of each.
type Key = (u32, u32, u64);

/// Reads the file at `path` in blocks of `step` bytes, or more if a record needs them.
///
/// # Errors
/// The errors of its format.
pub fn read(path: &Path, options: &Options, step: usize) -> Result<Reading, InputError> {
    let Contents::File(mut stream) = archive::open(path, Arc::new(AtomicU64::new(0)))? else {
        return Err(InputError::Member {
            name: "x".to_owned(),
            reason: "is an archive".to_owned(),
        });
    };
    let mut head = Head::read("x", &mut stream);
    let opened = formats::open(&mut head, options)?;
    let mut bytes = head.into_bytes();
    while stream.append(&mut bytes, 64 << 10) > 0 {}
    let is_whole = stream.is_whole();
    let start = opened.skip.min(bytes.len());
    let mut cutter = opened.cutter;
    let mut reading = Reading::default();
    let mut block = Block::new(Arc::new(Wanted::new(opened.roles, options)));
    // Parsed, cut, and seen so far.
    let (mut parsed, mut cut, mut seen) = (start, start, start);
    let mut number = opened.lines_before;
    let (mut rest, mut successor) = (None, None);
    let mut damaged = !is_whole;
    loop {
        seen = bytes.len().min(seen.max(cut) + step);
        let at_end = seen == bytes.len();
        let (len, parser, is_damage) = match cutter.cut(&bytes[cut..seen], at_end && is_whole) {
            Ok(Cut { len, parser }) => (len, parser, false),
            Err(Damage { sound, parser, .. }) => (sound, parser, true),
        };
        assert!(len <= seen - cut, "a cut beyond what was seen");
        cut += len;
        damaged |= is_damage;
        if len > 0 {
            block.restart();
            let is_last = at_end && is_whole && cut == seen;
            let parser = successor.clone().unwrap_or(parser);
            let (used, next) = block.parse(&parser, &bytes[parsed..cut], is_last);
            successor = next.or(successor);
            assert!(used <= cut - parsed, "a parser that used more than it was given");
            reading.take(&block, number, (parsed, opened.counted_by));
            number += block.passed;
            parsed += used;
            rest = Some(parser);
        }
        if is_damage || at_end && (len == 0 || cut == seen) {
            break;
        }
    }
    if let (false, false, Some(parser)) = (parsed == cut, damaged, rest) {
        block.restart();
        let parser = successor.clone().unwrap_or(parser);
        let (used, _) = block.parse(&parser, &bytes[parsed..cut], true);
        reading.take(&block, number, (parsed, opened.counted_by));
        parsed += used.min(cut - parsed);
    }
    reading.cut = (bytes.len() - parsed) as u64;
    reading.is_damaged = damaged || reading.cut > 0;
    Ok(reading)
}

impl Reading {
    /// Adds the result of a block that starts at byte `at`, after `number` lines or packets.
    fn take(
        &mut self,
        block: &Block,
        number: u64,
        (at, counted_by): (usize, fn(u64) -> RecordNumber),
    ) {
        add(&block.source.keys, &mut self.source);
        add(&block.destination.keys, &mut self.destination);
        for (role, keys) in [&block.source.keys, &block.destination.keys].into_iter().enumerate() {
            self.sums[role].extend(&keys.sums);
        }
        self.flows.extend(&block.flows);
        let [source, destination] = self.cells;
        self.cells = [source.plus(block.source.tally), destination.plus(block.destination.tally)];
        self.records += block.records;
        self.ragged += block.irregular.ragged;
        let left = 3 - self.places.len();
        self.places.extend(block.malformed.iter().take(left).map(|place| {
            let place_at = counted_by(number + place.number + 1);
            (place_at, at as u64 + place.offset, place.column.clone())
        }));
    }
}

fn add(keys: &Keys, to: &mut Vec<Key>) {
    let mut networks = keys.networks.iter().peekable();
    for at in 0..=keys.addresses.len() {
        while let Some(&(_, first, last)) = networks.next_if(|network| network.0 == at) {
            to.push((first, last, 1));
        }
        if let Some(&address) = keys.addresses.get(at) {
            let packets = keys.packets.get(at).copied().unwrap_or(1);
            to.push((address, address, packets));
        }
    }
    assert!(networks.next().is_none(), "blocks of addresses stand in their order");
}
