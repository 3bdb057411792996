//! Objects one after another, and what each says about a packet or a flow.

use memchr::{memchr, memchr_iter};

use super::paths::{Paths, WantedPath};
use super::scan::{self, Kind, Value, WantedValues};
use super::strings::unescaped;
use super::values;
use crate::input::format::Parser;
use crate::input::message::excerpt;
use crate::input::names::{self, Field};
use crate::input::options::Notation;
use crate::input::protocol::parse_protocol;
use crate::input::read::block::{Block, MalformedInBlock};
use crate::input::record::{Cell, Facts, Record};
use crate::input::role::Role;
use crate::input::text::cell::parse_cell;
use crate::input::text::facts::{parse_count, parse_port};
use crate::input::time::parse_time;

/// Reads objects: one or more per line, or each spanning any number of lines.
#[derive(Debug)]
pub(super) struct Objects {
    paths: Paths,
    /// The paths of the sources and those of the destinations, by rank.
    sources: Vec<(u8, String)>,
    destinations: Vec<(u8, String)>,
    is_spread: bool,
}

/// What the first objects of a file contain.
#[derive(Debug, Default)]
pub(super) struct Sample {
    /// The first path at which a source was found.
    pub source: Option<String>,
    /// The first path at which a destination was found.
    pub destination: Option<String>,
    /// The paths of the first object.
    pub fields: Vec<String>,
}

impl Objects {
    pub fn new(wanted: &[WantedPath<'_>], is_spread: bool) -> Self {
        let of = |slot| {
            let of_slot = wanted.iter().filter(move |want| want.slot == slot);
            of_slot.map(|want| (want.rank, want.path.to_owned())).collect()
        };
        Self {
            paths: Paths::new(wanted),
            sources: of(Field::Source),
            destinations: of(Field::Destination),
            is_spread,
        }
    }

    /// Looks at the whole objects in `head`.
    pub fn sample(&self, head: &[u8]) -> Sample {
        let mut sample = Sample::default();
        let mut found = scan::NONE_FOUND;
        let mut at = 0;
        while let Some(start) = head[at..].iter().position(|&byte| byte == b'{') {
            let start = at + start;
            let Ok(end) = scan::object(&self.paths, head, start, &mut found) else {
                break;
            };
            let path = |slot, paths| {
                let value = found[slot as usize];
                if value.kind == Kind::Absent { None } else { path(paths, value.rank) }
            };
            sample.source = sample.source.or_else(|| path(Field::Source, &self.sources));
            sample.destination =
                sample.destination.or_else(|| path(Field::Destination, &self.destinations));
            if at == 0 {
                sample.fields = scan::fields(&head[start..end]);
            }
            if sample.source.is_some() && sample.destination.is_some() {
                break;
            }
            at = end;
        }
        sample
    }

    /// Adds the object whose wanted values are `found` in `bytes`.
    fn add(&self, bytes: &[u8], found: &WantedValues, start: usize, block: &mut Block) {
        let notation = block.wanted().notation;
        let raw = |slot| text(bytes, found[slot as usize]);
        let is_none = |slot| found[slot as usize].kind == Kind::Absent;
        // A record of something else, such as statistics, has neither.
        let is_other = is_none(Field::Source) && is_none(Field::Destination);
        let [source, destination] =
            [Field::Source, Field::Destination].map(|slot| match is_other {
                true => Cell::NotIp,
                false => cell(bytes, found[slot as usize], notation),
            });
        let facts = if block.wanted().needs_facts() {
            Facts {
                protocol: parse_protocol(raw(Field::Protocol)),
                source_port: parse_port(raw(Field::SourcePort)),
                destination_port: parse_port(raw(Field::DestinationPort)),
                time: time(raw(Field::Time), found[Field::Time as usize].rank, block),
            }
        } else {
            Facts::default()
        };
        let number = block.passed;
        // Both directions are added if they belong to one pair of names.
        let sum = |out: Field, back: Field| {
            let is_pair = found[out as usize].rank == found[back as usize].rank;
            let back = if is_pair { parse_count(raw(back)) } else { None };
            match (parse_count(raw(out)), back) {
                (Some(out), Some(back)) => Some(out.saturating_add(back)),
                (out, back) => out.or(back),
            }
        };
        let packets = sum(Field::Packets, Field::PacketsBack);
        let bytes = sum(Field::Bytes, Field::BytesBack);
        let record = Record { source, destination, packets, bytes, facts };
        block.add(&record, |role| {
            let (slot, paths) = match role {
                Role::Destination => (Field::Destination, &self.destinations),
                Role::Source | Role::Any => (Field::Source, &self.sources),
            };
            let column = path(paths, found[slot as usize].rank);
            MalformedInBlock { number, offset: start as u64, column, value: excerpt(raw(slot)) }
        });
    }

    /// Counts `bytes`, which are not an object, as malformed.
    fn add_malformed(bytes: &[u8], start: usize, block: &mut Block) {
        let number = block.passed;
        block.add(&Record::of(Cell::Malformed, Cell::Malformed), |_| MalformedInBlock {
            number,
            offset: start as u64,
            column: None,
            value: excerpt(bytes),
        });
    }

    /// Adds the objects of a line; false if the line is truncated, in which case nothing of it is counted.
    fn line(&self, bytes: &[u8], start: usize, is_cut: bool, block: &mut Block) -> bool {
        let mut found = scan::NONE_FOUND;
        let mut at = 0;
        loop {
            at += bytes[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            if at == bytes.len() {
                return true;
            }
            match scan::object(&self.paths, bytes, at, &mut found) {
                Ok(end) => {
                    self.add(bytes, &found, start + at, block);
                    at = end;
                }
                Err(wrong) if is_cut && wrong >= bytes.len() => return false,
                Err(_) => {
                    Self::add_malformed(&bytes[at..], start + at, block);
                    return true;
                }
            }
        }
    }

    fn lines(&self, bytes: &[u8], is_last: bool, block: &mut Block) -> usize {
        let mut at = 0;
        while at < bytes.len() {
            let end = memchr(b'\n', &bytes[at..]).map(|len| at + len);
            if end.is_none() && !is_last {
                return at;
            }
            let line = &bytes[at..end.unwrap_or(bytes.len())];
            if !self.line(line, at, end.is_none(), block) {
                return at;
            }
            block.passed += u64::from(end.is_some());
            at = end.map_or(bytes.len(), |end| end + 1);
        }
        at
    }

    fn spread(&self, bytes: &[u8], block: &mut Block) -> usize {
        let mut found = scan::NONE_FOUND;
        let mut at = 0;
        while at < bytes.len() {
            let Some(len) = values::between(&bytes[at..]) else {
                block.passed += memchr_iter(b'\n', &bytes[at..]).count() as u64;
                return bytes.len();
            };
            block.passed += memchr_iter(b'\n', &bytes[at..at + len]).count() as u64;
            at += len;
            // A value without an end is truncated or damaged.
            let Some(len) = values::value_len(&bytes[at..]) else { return at };
            match scan::object(&self.paths, &bytes[..at + len], at, &mut found) {
                Ok(end) if end == at + len => self.add(bytes, &found, at, block),
                _ => Self::add_malformed(&bytes[at..at + len], at, block),
            }
            block.passed += memchr_iter(b'\n', &bytes[at..at + len]).count() as u64;
            at += len;
        }
        at
    }
}

impl Parser for Objects {
    fn parse(&self, bytes: &[u8], is_last: bool, block: &mut Block) -> usize {
        if self.is_spread { self.spread(bytes, block) } else { self.lines(bytes, is_last, block) }
    }
}

/// The first of `paths` with this rank.
fn path(paths: &[(u8, String)], rank: u8) -> Option<String> {
    paths.iter().find(|&&(known, _)| known == rank).map(|(_, path)| path.clone())
}

/// The text of `value`, as it is in the file.
fn text(bytes: &[u8], value: Value) -> &[u8] {
    &bytes[value.start..value.end]
}

fn cell(bytes: &[u8], value: Value, notation: Notation) -> Cell {
    let text = text(bytes, value);
    match value.kind {
        Kind::Absent => Cell::Missing,
        Kind::Text | Kind::Number => parse_cell(text, notation),
        Kind::Escaped => parse_cell(&unescaped(text), notation),
        Kind::Other => {
            first_of_array(text).map_or(Cell::Malformed, |first| parse_cell(first, notation))
        }
    }
}

/// The first string of an array; of addresses, this is the one of the outermost header.
fn first_of_array(text: &[u8]) -> Option<&[u8]> {
    let first = text.strip_prefix(b"[")?.trim_ascii_start().strip_prefix(b"\"")?;
    Some(&first[..memchr(b'"', first)?])
}
/// The time `text` of an object, whose name has this rank. One that cannot be read is counted in `block`.
fn time(text: &[u8], rank: u8, block: &mut Block) -> Option<i64> {
    let time = parse_time(text, block.wanted().notation);
    if time.is_none() && !text.is_empty() {
        let (name, _) = names::pairs(Field::Time).nth(rank.into()).unwrap_or_default();
        block.add_unread_time(text, name.unwrap_or_default());
    }
    time
}
