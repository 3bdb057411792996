//! JSON: objects a line, as Zeek, Suricata and flow exporters write them, or in arrays and objects of any
//! size.
//!
//! The fields that hold the addresses are named by their path, such as `source.ip`, or known. They are
//! looked up in each object anew, because one log may hold records of many kinds. An object without them is
//! looked into, for records in arrays and in strings. Damage costs the line or the object it is in.

mod forest;
mod inside;
mod layout;
mod lines;
mod listing;
mod objects;
mod paths;
mod prefix;
mod sample;
mod scan;
mod strings;
mod syntax;
mod tokens;
mod tuple;
mod value;

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
use crate::input::text::lines as text_lines;
use crate::input::warning::Warning;
use forest::ForestCutter;
use objects::{Layout, Objects};
use paths::WantedPath;
use sample::Sample;

/// Recognises objects, on lines or in arrays. It never fails.
pub(crate) fn recognise(
    head: &mut Head<'_>,
    options: &Options,
) -> Result<Option<Opened>, InputError> {
    let skip = text_lines::bom(head.bytes());
    let notation = options.notation;
    let all = wanted(options, Names::All);
    let has_addresses = |object: &[u8]| {
        let objects = Objects::new(&all, Layout::Lines, false);
        let sample = Sample::of(&objects, object, notation);
        sample.source.is_some() || sample.destination.is_some()
    };
    let Some(layout) = layout::layout(head, skip, &has_addresses) else {
        return Ok(None);
    };
    // Names of single addresses say little beside those of sources and destinations.
    let flows = Objects::new(&wanted(options, Names::Pairs), layout, false);
    let text = &head.bytes()[skip..];
    let mut sample = Sample::of(&flows, text, notation);
    let has_flows = sample.has_flows || sample.source.is_some() || sample.destination.is_some();
    let mut objects = flows;
    if !has_flows {
        objects = Objects::new(&all, layout, false);
        sample = Sample::of(&objects, text, notation);
        objects.is_list = sample.destination.is_none()
            && options.names_no_column()
            && (sample.source.is_some() || sample.has_lists);
    }
    let roles = match objects.is_list {
        true => Roles::of_single(options.roles),
        false => options.roles.unwrap_or(Roles::Both),
    };
    let warnings = missing(&sample, options, roles);
    let is_list = objects.is_list;
    let is_asked = |role: Role| is_list || roles.as_slice().contains(&role);
    let path = |role, found: Option<(String, u16)>| {
        found.filter(|_| is_asked(role)).map(|(path, _)| printable(&path))
    };
    let parser: Arc<dyn Parser> = Arc::new(objects);
    let cutter: Box<dyn Cutter> = match layout {
        Layout::Lines => Box::new(LineCutter(parser)),
        Layout::Forest => Box::new(ForestCutter::new(parser)),
    };
    Ok(Some(Opened {
        format: Format {
            name: "json",
            record: ["object", "objects"],
            has_roles: !is_list,
            source: path(Role::Source, sample.source),
            destination: path(Role::Destination, sample.destination),
        },
        roles,
        skip,
        lines_before: 0,
        counted_by: RecordNumber::Line,
        cutter,
        warnings,
    }))
}

/// Says which fields the first objects have, if none of them is known, or one that is named is not there.
fn missing(sample: &Sample, options: &Options, roles: Roles) -> Vec<Warning> {
    let fields: Vec<String> = sample.fields.iter().map(|name| printable(name)).collect();
    if fields.is_empty() || sample.has_flows || sample.has_lists {
        return Vec::new();
    }
    let sides = [(Role::Source, &sample.source), (Role::Destination, &sample.destination)];
    let not_found =
        sides.iter().filter(|(role, found)| roles.sides().contains(role) && found.is_none());
    let named = not_found.filter_map(|&(role, _)| {
        let (field, fields) = (options.column(role)?.to_owned(), fields.clone());
        Some(Warning::FieldNotFound { role, field, fields })
    });
    let mut warnings: Vec<Warning> = named.collect();
    if warnings.is_empty() && sides.iter().all(|(_, found)| found.is_none()) {
        warnings.push(Warning::UnknownFields { roles, fields });
    }
    warnings
}

/// Which of the known names of addresses are wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Names {
    /// Those of sources and destinations.
    Pairs,
    /// Also those of single addresses.
    All,
}

/// The fields that the run wants. Names that belong together have one rank.
fn wanted(options: &Options, of_addresses: Names) -> Vec<WantedPath<'_>> {
    let mut wanted: Vec<WantedPath<'_>> = Vec::new();
    let mut want = |field, counterpart| {
        // One name may have several counterparts: whichever is there belongs to it.
        let mut known: Vec<(&str, u16)> = Vec::new();
        let is_wanted = |pair: &names::Pair| {
            field != Field::Source
                || of_addresses == Names::All
                || matches!(pair, (Some(_), Some(_)))
        };
        for (rank, (first, second)) in (0..).zip(names::pairs(field).filter(is_wanted)) {
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
        // Paths are listed with the arrays that records stand in, but are those of one record.
        let path = path.rsplit_once("[].").map_or(path, |(_, path)| path);
        wanted.retain(|want| want.slot != slot);
        wanted.push(WantedPath { path, slot, rank: 0 });
    }
    wanted
}
