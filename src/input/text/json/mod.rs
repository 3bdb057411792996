//! JSON: one object per line, as Zeek, Suricata and flow exporters write it, or an array of objects.
//!
//! The fields that hold the addresses are named by their path, such as `source.ip`, or known. They are
//! looked up in each object anew, because one log may hold records of many kinds.

mod listing;
mod objects;
mod paths;
mod scan;
mod strings;
mod syntax;
mod values;

use std::sync::Arc;

use crate::input::account::{Format, RecordNumber};
use crate::input::error::InputError;
use crate::input::format::{Cutter, Opened, Parser};
use crate::input::message::printable;
use crate::input::names::{self, Field};
use crate::input::options::Options;
use crate::input::read::head::Head;
use crate::input::role::{Role, Roles};
use crate::input::text::cutter::LineCutter;
use crate::input::text::lines;
use crate::input::warning::Warning;
use objects::Objects;
use paths::WantedPath;
use values::ValueCutter;

/// The field that identifies a log of Suricata, in which records without addresses, such as statistics, are
/// normal.
const EVENT: &str = "event_type";

/// Recognises an object, or an array of them. It never fails.
pub(crate) fn recognise(
    head: &mut Head<'_>,
    options: &Options,
) -> Result<Option<Opened>, InputError> {
    let start = lines::bom(head.bytes());
    let Some((is_array, start)) = opening(head, start) else {
        return Ok(None);
    };
    let text = &head.bytes()[start..];
    // Objects that span several lines, as `jq` writes them, begin with a brace on a line of its own.
    let first_line = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let is_spread = is_array || first_line.trim_ascii() == b"{";
    let roles = options.roles.unwrap_or(Roles::Both);
    let objects = Objects::new(&wanted(options), is_spread);

    let sample = objects.sample(text);
    let mut warnings = Vec::new();
    let is_unknown = sample.source.is_none() && sample.destination.is_none();
    if is_unknown && !sample.fields.is_empty() && !sample.fields.iter().any(|name| name == EVENT) {
        let fields = sample.fields.iter().map(|name| printable(name)).collect();
        warnings.push(Warning::UnknownFields { roles, fields });
    }
    let parser: Arc<dyn Parser> = Arc::new(objects);
    let cutter: Box<dyn Cutter> =
        if is_spread { Box::new(ValueCutter(parser)) } else { Box::new(LineCutter(parser)) };
    let is_asked = |role: Role| roles.as_slice().contains(&role);
    Ok(Some(Opened {
        format: Format {
            name: "json",
            record: ["object", "objects"],
            has_roles: true,
            source: sample.source.filter(|_| is_asked(Role::Source)),
            destination: sample.destination.filter(|_| is_asked(Role::Destination)),
        },
        roles,
        skip: start,
        lines_before: lines::count(&head.bytes()[..start]),
        counted_by: RecordNumber::Line,
        cutter,
        warnings,
    }))
}

/// Whether the objects are in an array, and where the first one begins; `None` if the file is not JSON.
fn opening(head: &mut Head<'_>, start: usize) -> Option<(bool, usize)> {
    let (bracket, at) = next(head, start)?;
    match (bracket, next(head, at + 1)) {
        (b'[', Some((b'{' | b']', first))) => Some((true, first)),
        // A file that is truncated here is still JSON.
        (b'{', None | Some((b'"' | b'}', _))) => Some((false, at)),
        _ => None,
    }
}

/// The first byte from `at` on that is not white space, and its position.
fn next(head: &mut Head<'_>, mut at: usize) -> Option<(u8, usize)> {
    loop {
        match head.bytes().get(at) {
            Some(byte) if !byte.is_ascii_whitespace() => return Some((*byte, at)),
            Some(_) => at += 1,
            None => {
                if !head.grow() {
                    return None;
                }
            }
        }
    }
}

/// The fields that the run wants. Names that belong together have one rank.
fn wanted<'o>(options: &'o Options) -> Vec<WantedPath<'o>> {
    let mut wanted: Vec<WantedPath<'o>> = Vec::new();
    let mut want = |field, counterpart| {
        // One name may have several counterparts: whichever is there belongs to it.
        let mut known: Vec<(&str, u16)> = Vec::new();
        for (rank, (first, second)) in (0..).zip(names::pairs(field)) {
            let earlier = known.iter().find(|&&(name, _)| first == Some(name));
            let rank = earlier.map_or(rank, |&(_, rank)| rank);
            known.extend(first.map(|name| (name, rank)));
            let both = [(field, first), (counterpart, second)];
            let named = both.into_iter().filter_map(|(slot, name)| Some((slot, name?)));
            wanted.extend(named.map(|(slot, path)| WantedPath { path, slot, rank }));
        }
    };
    want(Field::Source, Field::Destination);
    want(Field::Packets, Field::PacketsBack);
    want(Field::Bytes, Field::BytesBack);
    if options.needs_facts() {
        want(Field::SourcePort, Field::DestinationPort);
        want(Field::Protocol, Field::Protocol);
        want(Field::Time, Field::Time);
    }
    let named = [
        (Field::Source, &options.source_column),
        (Field::Destination, &options.destination_column),
    ];
    for (slot, path) in named.into_iter().filter_map(|(slot, path)| Some((slot, path.as_deref()?)))
    {
        wanted.retain(|want| want.slot != slot);
        wanted.push(WantedPath { path, slot, rank: 0 });
    }
    wanted
}
