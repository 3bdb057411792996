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
mod table;
mod tokens;
mod tuple;
mod value;
mod wanted;

use std::sync::Arc;

use crate::input::account::{Format, RecordNumber};
use crate::input::error::InputError;
use crate::input::format::{Cutter, Opened, Parser};

use crate::input::options::Options;
use crate::input::read::head::Head;
use crate::input::role::{Role, Roles};
use crate::input::text::cutter::LineCutter;
use crate::input::text::lines as text_lines;
use crate::input::text::log::embedded::Embedded;
use crate::input::warning::Warning;
use crate::words::shown;
use forest::ForestCutter;
use objects::{Layout, Objects};
use sample::Sample;
use wanted::Names;

/// Bytes in which objects with fields are looked for before the first record.
const ENOUGH: usize = 64 << 10;

/// Recognises objects, on lines or in arrays. It never fails.
pub(crate) fn recognise(
    head: &mut Head<'_>,
    options: &Options,
) -> Result<Option<Opened>, InputError> {
    let skip = text_lines::bom(head.bytes());
    let notation = options.notation;
    let has_addresses = |object: &[u8]| {
        let objects = Objects::new(options, Names::All, Layout::Lines);
        let sample = Sample::of(&objects, object, notation);
        sample.source.is_some() || sample.destination.is_some()
    };
    let Some(layout) = layout::layout(head, skip, &has_addresses) else {
        return Ok(None);
    };
    // Names of single addresses say little beside those of sources and destinations.
    let mut objects = Objects::new(options, Names::Pairs, layout);
    let mut sample = Sample::of(&objects, &head.bytes()[skip..], notation);
    // A first line without fields says nothing.
    while sample.fields.is_empty() && head.bytes().len() < ENOUGH && head.grow() {
        sample = Sample::of(&objects, &head.bytes()[skip..], notation);
    }
    if !sample.has_flows && sample.source.is_none() && sample.destination.is_none() {
        objects = Objects::new(options, Names::All, layout);
        sample = Sample::of(&objects, &head.bytes()[skip..], notation);
        objects.is_list = sample.destination.is_none()
            && options.names_no_column()
            && !sample.has_rows
            && (sample.source.is_some() || sample.has_lists);
    }
    // Nor are there addresses in fields: the objects may hold the lines of a log.
    if options.names_no_column() && sample.is_empty() && !sample.lines.is_empty() {
        // So many that their number does not depend on how fast a pipe is.
        while head.bytes().len() < ENOUGH && head.grow() {}
        sample = Sample::of(&objects, &head.bytes()[skip..], notation);
        let lines: Vec<&[u8]> = sample.lines.iter().map(Vec::as_slice).collect();
        objects.embedded = Embedded::of(&lines, options);
    }
    let roles = match objects.is_list {
        true => Roles::of_single(options.roles),
        false if objects.embedded.as_ref().is_some_and(|embedded| !embedded.has_destination) => {
            Roles::of_log(options.roles)
        }
        false => options.roles.unwrap_or(Roles::Both),
    };
    let is_list = objects.is_list;
    let is_known = is_list || objects.embedded.is_some();
    let warnings = if is_known { Vec::new() } else { missing(&sample, options, roles) };
    let is_asked = |role: Role| is_list || roles.as_slice().contains(&role);
    let path = |role, found: Option<(String, u16)>| {
        found.filter(|_| is_asked(role)).map(|(path, _)| shown(&path))
    };
    let has_destination = objects.embedded.as_ref().is_none_or(|embedded| embedded.has_destination);
    let parser: Arc<dyn Parser> = Arc::new(objects);
    let cutter: Box<dyn Cutter> = match layout {
        Layout::Lines => Box::new(LineCutter(parser)),
        Layout::Forest => Box::new(ForestCutter::new(parser)),
    };
    Ok(Some(Opened {
        format: Format {
            name: "json",
            record: ["object", "objects"],
            has_roles: !is_list && has_destination,
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
    let fields: Vec<String> = sample.fields.iter().map(|name| shown(name)).collect();
    if fields.is_empty() || sample.has_flows {
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
