//! JSON: an object a line, as Zeek, Suricata and flow exporters write it, or an array of objects.
//!
//! The fields that hold the addresses are named by their path, `source.ip`, or known. They are looked for in
//! each object anew, as one log may hold records of many kinds.

mod objects;
mod paths;
mod scan;
mod values;

use std::sync::Arc;

use crate::input::account::{Format, RecordNumber};
use crate::input::error::InputError;
use crate::input::format::{Cutter, Opened, Parser};
use crate::input::message::printable;
use crate::input::options::Options;
use crate::input::read::head::Head;
use crate::input::role::{Role, Roles};
use crate::input::text::cutter::LineCutter;
use crate::input::text::{facts, lines};
use crate::input::warning::Warning;
use objects::Objects;
use paths::{Slot, Wish};
use values::ValueCutter;

/// Paths of the source and the destination, the preferred first.
const KNOWN: [(&str, &str); 18] = [
    // Zeek, Suricata, the Elastic Common Schema.
    ("id.orig_h", "id.resp_h"),
    ("src_ip", "dest_ip"),
    ("source.ip", "destination.ip"),
    ("source.address", "destination.address"),
    ("src_ip", "dst_ip"),
    ("ip.src", "ip.dst"),
    // Amazon's and Google's flow logs, nfdump, IPFIX.
    ("srcaddr", "dstaddr"),
    ("jsonPayload.connection.src_ip", "jsonPayload.connection.dest_ip"),
    ("src4_addr", "dst4_addr"),
    ("src6_addr", "dst6_addr"),
    ("sourceIPv4Address", "destinationIPv4Address"),
    // TShark with -T json and with -T ek.
    ("_source.layers.ip.ip.src", "_source.layers.ip.ip.dst"),
    ("layers.ip.ip_ip_src", "layers.ip.ip_ip_dst"),
    ("SrcAddr", "DstAddr"),
    ("saddr", "daddr"),
    ("srcip", "dstip"),
    ("source_ip", "destination_ip"),
    ("src", "dst"),
];

/// The field that tells a log of Suricata, where records without addresses, such as statistics, are usual.
const EVENT: &str = "event_type";

/// Recognises an object, or an array of them.
///
/// # Errors
///
/// None.
pub(crate) fn recognise(
    head: &mut Head<'_>,
    options: &Options,
) -> Result<Option<Opened>, InputError> {
    let start = lines::bom(head.bytes());
    let Some((is_array, start)) = opening(head, start) else {
        return Ok(None);
    };
    let text = &head.bytes()[start..];
    // Objects over several lines, as `jq` writes them, begin with a brace on a line of its own.
    let first_line = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let is_spread = is_array || first_line.trim_ascii() == b"{";
    let roles = options.roles.unwrap_or(Roles::Both);
    let objects = Objects::new(&wishes(options), is_spread);

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

/// Where the objects begin, and whether in an array; `None` if it is no JSON that they are in.
fn opening(head: &mut Head<'_>, start: usize) -> Option<(bool, usize)> {
    let (bracket, at) = next(head, start)?;
    match (bracket, next(head, at + 1)) {
        (b'[', Some((b'{' | b']', first))) => Some((true, first)),
        // What is cut off here is JSON all the same.
        (b'{', None | Some((b'"' | b'}', _))) => Some((false, at)),
        _ => None,
    }
}

/// The first byte from `at` on that is not white space, and its place.
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

/// The fields that the run asks for.
fn wishes(options: &Options) -> Vec<Wish<'_>> {
    let mut wishes = Vec::new();
    let mut wish = |slot, paths: &[&'static str]| {
        wishes.extend((0..).zip(paths).map(|(rank, path)| Wish { path, slot, rank }));
    };
    if options.needs_facts() {
        wish(Slot::Protocol, &facts::PROTOCOL);
        wish(Slot::SourcePort, &facts::SOURCE_PORT);
        wish(Slot::DestinationPort, &facts::DESTINATION_PORT);
        wish(Slot::Time, &facts::TIME);
    }
    if options.source_column.is_none() {
        wish(Slot::Source, &KNOWN.map(|(source, _)| source));
    }
    if options.destination_column.is_none() {
        wish(Slot::Destination, &KNOWN.map(|(_, destination)| destination));
    }
    let named =
        [(Slot::Source, &options.source_column), (Slot::Destination, &options.destination_column)];
    wishes.extend(named.into_iter().filter_map(|(slot, path)| {
        let path = path.as_deref()?;
        Some(Wish { path, slot, rank: 0 })
    }));
    wishes
}
