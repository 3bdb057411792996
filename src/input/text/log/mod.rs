//! Logs of text in which marks tell whose an address is: the name before a value, an arrow between two, a word
//! such as `from`, or a fixed place in the line.
//!
//! The first lines of a file decide which marks are looked for in all of it ([`sample`]). A line whose marks
//! are missing though it has two addresses is malformed, because their order alone says nothing; a line
//! without addresses is another record than one of IP. Where lines have one address, it is the source.

mod arrow;
mod dump;
pub(crate) mod embedded;
mod endpoint;
mod filterlog;
mod flows;
mod messages;
mod pairs;
mod sample;
mod sockets;
mod times;
mod web;
mod words;

use std::sync::Arc;

use crate::input::account::{Format, RecordNumber};
use crate::input::error::InputError;
use crate::input::format::{Opened, Parser};
use crate::input::message::excerpt;
use crate::input::options::{Notation, Options};
use crate::input::read::block::{Block, MalformedInBlock};
use crate::input::read::head::Head;
use crate::input::record::{Cell, Facts, Record};
use crate::input::role::{Role, Roles};
use crate::input::text::cutter::LineCutter;
use crate::input::text::lines;
use endpoint::Endpoint;
use flows::Flows;
use pairs::Names;

/// How the lines of a log mark addresses.
#[derive(Debug)]
enum Dialect {
    /// tcpdump's.
    Dump,
    /// Tables of nfdump and Argus, with an arrow between endpoints.
    Flows(Flows),
    /// The packet filter of pfSense and OPNsense.
    Filterlog,
    /// Open connections: netstat and ss.
    Sockets,
    /// Access logs.
    Web,
    /// Names with values.
    Pairs(Names),
    /// Messages of programs, with marks of all kinds.
    Messages(Names),
}

/// What a run wants of a line, and how it may be written.
#[derive(Debug, Clone, Copy)]
struct Context {
    notation: Notation,
    needs_facts: bool,
}

/// What a line says.
#[derive(Debug)]
enum Line<'l> {
    Record(Said<'l>),
    /// The start of a record whose addresses stand on the next line.
    Start,
    /// Something without marked addresses.
    Other,
    /// Several addresses and no marks.
    Unmarked,
    /// A header, a summary, or a detail of the record before.
    Nothing,
}

/// What a line says of a record.
#[derive(Debug)]
struct Said<'l> {
    source: Endpoint<'l>,
    destination: Endpoint<'l>,
    protocol: Option<u8>,
    packets: Option<u64>,
    bytes: Option<u64>,
    /// Where it does not stand at the front of the line.
    time: Option<i64>,
}

impl<'l> Said<'l> {
    /// A record that says nothing but its endpoints.
    fn of(source: Endpoint<'l>, destination: Endpoint<'l>) -> Self {
        Self { source, destination, protocol: None, packets: None, bytes: None, time: None }
    }

    fn has_address(&self) -> bool {
        self.source.cell.is_address() || self.destination.cell.is_address()
    }
}

impl Dialect {
    /// Its name, and what its records are called.
    fn described(&self) -> (&'static str, [&'static str; 2]) {
        match self {
            Dialect::Dump => ("tcpdump", ["packet", "packets"]),
            Dialect::Flows(flows) => (flows.name(), ["flow", "flows"]),
            Dialect::Filterlog => ("filterlog", ["line of a filter log", "lines of a filter log"]),
            Dialect::Sockets => ("sockets", ["connection", "connections"]),
            Dialect::Web => ("web log", ["line of a web log", "lines of a web log"]),
            Dialect::Pairs(_) => {
                ("key=value", ["line of a key=value log", "lines of a key=value log"])
            }
            Dialect::Messages(_) => ("log", ["line of a log", "lines of a log"]),
        }
    }

    fn read<'l>(&self, line: &'l [u8], context: Context) -> Line<'l> {
        match self {
            Dialect::Dump => dump::read(line, context),
            Dialect::Flows(flows) => flows.read(line, context),
            Dialect::Filterlog => filterlog::read(line, context),
            Dialect::Sockets => sockets::read(line, context),
            Dialect::Web => web::read(line, context),
            Dialect::Pairs(names) => pairs::read(line, names, context),
            Dialect::Messages(names) => messages::read(line, names, context),
        }
    }
}

/// Recognises a log by its first lines. It never fails.
pub(crate) fn recognise(
    head: &mut Head<'_>,
    options: &Options,
) -> Result<Option<Opened>, InputError> {
    let Some(found) = sample::dialect(head, options) else { return Ok(None) };
    let (name, record) = found.dialect.described();
    let has_roles = found.has_destination;
    let roles = match options.roles {
        asked if has_roles => asked.unwrap_or(Roles::Both),
        asked => Roles::of_log(asked),
    };
    let warnings = match found.dialect {
        Dialect::Pairs(_) => Vec::new(),
        _ => options.unused_columns(),
    };
    Ok(Some(Opened {
        format: Format { name, record, has_roles, ..Format::default() },
        roles,
        skip: lines::bom(head.bytes()),
        lines_before: 0,
        counted_by: RecordNumber::Line,
        cutter: Box::new(LineCutter(Arc::new(Log { dialect: found.dialect }))),
        warnings,
    }))
}

/// The lines of a log.
struct Log {
    dialect: Dialect,
}

/// A line, and where it is in its block.
#[derive(Clone, Copy)]
struct Place<'l> {
    line: &'l [u8],
    at: usize,
    number: u64,
}

impl Parser for Log {
    fn parse(&self, bytes: &[u8], is_last: bool, block: &mut Block) -> usize {
        let wanted = block.wanted();
        let context = Context { notation: wanted.notation, needs_facts: wanted.needs_facts() };
        let mut start: Option<Place<'_>> = None;
        let mut at = 0;
        while at < bytes.len() {
            let rest = &bytes[at..];
            let (end, next) = lines::line_end(rest, true).unwrap_or((rest.len(), rest.len()));
            let line = lines::without_zeros(&rest[..end]);
            let place = Place { line, at, number: block.passed };
            let before = start.take();
            let is_indented = line.first().is_some_and(u8::is_ascii_whitespace);
            match self.dialect.read(line, context) {
                Line::Start => {
                    other(before, block);
                    start = Some(place);
                }
                Line::Record(said) => {
                    let before = before.filter(|_| is_indented).or_else(|| {
                        other(before, block);
                        None
                    });
                    add(&said, place, before.map_or(line, |before| before.line), context, block);
                }
                Line::Nothing if is_indented => start = before,
                Line::Nothing => other(before, block),
                Line::Other => {
                    other(before, block);
                    other(Some(place), block);
                }
                Line::Unmarked => {
                    other(before, block);
                    let malformed = Endpoint::malformed(line);
                    add(&Said::of(malformed, malformed), place, line, context, block);
                }
            }
            block.passed += u64::from(next > end);
            at += next;
        }
        match start {
            // The lines that follow belong to its record.
            Some(start) if !is_last => {
                block.passed = start.number;
                start.at
            }
            _ => {
                other(start, block);
                at
            }
        }
    }
}

/// Counts a line without addresses, if there is one.
fn other(line: Option<Place<'_>>, block: &mut Block) {
    if line.is_some() {
        block.add(&Record::of(Cell::NotIp, Cell::NotIp), |_| MalformedInBlock::default());
    }
}

/// The record of what a line says; it begins with the line `front`, which `is_dump` if tcpdump wrote two.
fn record(said: &Said<'_>, front: &[u8], is_dump: bool, context: Context) -> Record {
    let facts = if context.needs_facts {
        Facts {
            protocol: said.protocol.or_else(|| if is_dump { dump::protocol(front) } else { None }),
            source_port: said.source.port,
            destination_port: said.destination.port,
            time: said.time.or_else(|| times::leading(front, context.notation)),
        }
    } else {
        Facts::default()
    };
    Record {
        source: said.source.cell,
        destination: said.destination.cell,
        packets: said.packets,
        bytes: said.bytes,
        is_answered: None,
        facts,
    }
}

/// Counts what the line at `place` says; its record begins with the line `front`.
fn add(said: &Said<'_>, place: Place<'_>, front: &[u8], context: Context, block: &mut Block) {
    let record = record(said, front, front.len() != place.line.len(), context);
    block.add(&record, |role| MalformedInBlock {
        number: place.number,
        offset: place.at as u64,
        column: None,
        value: excerpt(match role {
            Role::Destination => said.destination.text,
            Role::Source | Role::Any => said.source.text,
        }),
    });
}
