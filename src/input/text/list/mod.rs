//! Lists: one address, or one block of addresses, per line, in whatever way tools write them. `line` reads a
//! line, `entry` and `octets` its notations, `written` the lines of tools. Comments and blank lines are
//! ignored.

mod blocks;
mod entry;
mod line;
mod octets;
mod written;

use std::sync::Arc;

use crate::input::account::{Format, RecordNumber};
use crate::input::error::InputError;
use crate::input::foreign::is_binary;
use crate::input::format::{Opened, Parser};
use crate::input::message::excerpt;
use crate::input::options::{Notation, Options};
use crate::input::read::block::{Block, MalformedInBlock};
use crate::input::read::head::Head;
use crate::input::record::{Cell, Form, Record};
use crate::input::role::Roles;
use crate::input::text::cell::leading_ipv4;
use crate::input::text::columns;
use crate::input::text::cutter::LineCutter;
use crate::input::text::lines;
pub use blocks::{BlocksError, parse_block};
use entry::Entry;
use line::Line;

/// Recognises a list by its first line that is no comment: it is an entry.
///
/// # Errors
/// None.
pub(crate) fn recognise(
    head: &mut Head<'_>,
    options: &Options,
) -> Result<Option<Opened>, InputError> {
    if options.layout.is_some() || columns::are_numbered(options) {
        // A table without a header may begin as a list does.
        return Ok(None);
    }
    loop {
        if let Some(is_list) = begins(head.bytes(), head.is_whole(), options.notation) {
            return Ok(is_list.then(|| opened(head, options)));
        }
        if !head.grow() {
            return Ok(None);
        }
    }
}

/// Recognises every text: whatever is no other format is a list.
///
/// # Errors
/// What is no text, unless one of its first lines is an entry: then it is a damaged list.
pub(crate) fn recognise_all(
    head: &mut Head<'_>,
    options: &Options,
) -> Result<Option<Opened>, InputError> {
    if is_binary(head.bytes()) && !has_entry(head.bytes(), options.notation) {
        return Err(InputError::Unknown { name: head.name().to_owned() });
    }
    Ok(Some(opened(head, options)))
}

/// Whether a line of `head` is an address or a block of addresses, and nothing else.
fn has_entry(head: &[u8], notation: Notation) -> bool {
    let mut entries = Vec::new();
    let mut lines = head.split(|byte| matches!(byte, b'\n' | b'\r'));
    lines.any(|line| {
        !line.contains(&0)
            && matches!(line::read(line, notation, &mut entries), Line::Entries { .. })
            && is_entry(line, &entries)
    })
}

fn opened(head: &Head<'_>, options: &Options) -> Opened {
    Opened {
        format: Format {
            name: "list",
            record: ["line of a list", "lines of a list"],
            ..Format::default()
        },
        roles: Roles::of_single(options.roles),
        skip: lines::bom(head.bytes()),
        lines_before: 0,
        counted_by: RecordNumber::Line,
        cutter: Box::new(LineCutter(Arc::new(Lines))),
        warnings: options.unused_columns(),
    }
}

/// Whether `head` begins with a list; `None` if it is all comments so far and not the whole file.
fn begins(head: &[u8], is_whole: bool, notation: Notation) -> Option<bool> {
    let mut rest = &head[lines::bom(head)..];
    let mut entries = Vec::new();
    while !rest.is_empty() {
        let (end, next) = match lines::line_end(rest, is_whole) {
            Some(end) => end,
            None if is_whole => (rest.len(), rest.len()),
            None => return None,
        };
        let line = &rest[..end];
        match line::read(line, notation, &mut entries) {
            Line::Nothing => {}
            Line::Entries { .. } => return Some(is_entry(line, &entries)),
            Line::Row | Line::Malformed => return Some(false),
        }
        rest = &rest[next..];
    }
    is_whole.then_some(false)
}

/// Whether `line`, which holds `entries`, is not likelier a row of a table or of a log. Such a row may hold one
/// address, and more in its next columns.
fn is_entry(line: &[u8], entries: &[Entry]) -> bool {
    let content = line::without_comment(line.trim_ascii());
    let is_row = entries[0].is_address() && content.contains(&b',') && !content.ends_with(b",");
    let is_log = content.contains(&b'"') && content.contains(&b'[');
    entries[0] != Entry::One(Cell::Missing) && !is_row && !is_log
}

/// The lines of a list.
struct Lines;

impl Parser for Lines {
    fn parse(&self, bytes: &[u8], _is_last: bool, block: &mut Block) -> usize {
        let (mut at, mut entries) = (0, Vec::new());
        while at < bytes.len() {
            // Most lines are an address and nothing else, which is fast.
            while let Some((address, rest)) = plain(&bytes[at..]) {
                block.add(&record(Cell::plain(address), None), |_| no_place());
                block.passed += 1;
                at = bytes.len() - rest.len();
            }
            let rest = &bytes[at..];
            if rest.is_empty() {
                break;
            }
            let (end, next) = lines::line_end(rest, true).unwrap_or((rest.len(), rest.len()));
            add(&rest[..end], at, &mut entries, block);
            block.passed += u64::from(next > end);
            at += next;
        }
        bytes.len()
    }
}

/// Adds `line`, which starts at byte `at` of the block. `entries` is scratch space.
fn add(line: &[u8], at: usize, entries: &mut Vec<Entry>, block: &mut Block) {
    let number = block.passed;
    let place = || {
        let value = excerpt(lines::content(line).unwrap_or(line).trim_ascii());
        MalformedInBlock { number, offset: at as u64, column: None, value }
    };
    let packets = match line::read(line, block.wanted().notation, entries) {
        Line::Nothing => return,
        Line::Entries { packets } => packets,
        Line::Row if block.wanted().is_set_of_blocks => None,
        Line::Row | Line::Malformed => {
            return block.add(&record(Cell::Malformed, None), |_| place());
        }
    };
    // A lone address in its line, with white space around it, is told of as a padded cell of a table is.
    let is_padded = entries.len() == 1 && packets.is_none() && line.len() > line.trim_ascii().len();
    for &entry in &*entries {
        match entry {
            Entry::One(Cell::Address { address, form: Form::Plain }) if is_padded => {
                let cell = Cell::Address { address, form: Form::Padded };
                block.add(&record(cell, packets), |_| place());
            }
            Entry::One(cell) => block.add(&record(cell, packets), |_| place()),
            Entry::Range(first, last) => block.add_network(first, last, place),
        }
    }
}

/// A line fills each role that the run asks for.
fn record(cell: Cell, packets: Option<u64>) -> Record {
    Record { packets, ..Record::of(cell, cell) }
}

/// The location of a valid address, which is never used.
fn no_place() -> MalformedInBlock {
    MalformedInBlock { number: 0, offset: 0, column: None, value: String::new() }
}

/// The address that makes up the first line of `text`, and the text after the line.
#[inline]
fn plain(text: &[u8]) -> Option<(u32, &[u8])> {
    let (address, rest) = leading_ipv4(text)?;
    Some((address, rest.strip_prefix(b"\n")?))
}
