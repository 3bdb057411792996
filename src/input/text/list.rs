//! Lists: one address, or one block of addresses, per line. `#` starts a comment; blank lines are ignored.

use std::sync::Arc;

use crate::input::account::{Format, RecordNumber};
use crate::input::error::InputError;
use crate::input::format::{Opened, Parser};
use crate::input::message::excerpt;
use crate::input::options::{Notation, Options};
use crate::input::read::block::{Block, MalformedInBlock};
use crate::input::read::head::Head;
use crate::input::record::{Cell, Record};
use crate::input::role::Roles;
use crate::input::text::cell::{leading_ipv4, network, parse_cell};
use crate::input::text::cutter::LineCutter;
use crate::input::text::lines;

/// Recognises every file: whatever is no other format is a list. It never fails.
pub(crate) fn recognise(
    head: &mut Head<'_>,
    options: &Options,
) -> Result<Option<Opened>, InputError> {
    Ok(Some(Opened {
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
    }))
}

/// Whether a line of `head` is an address or a block of addresses.
pub(crate) fn has_address(head: &[u8]) -> bool {
    let mut lines = head.split(|byte| matches!(byte, b'\n' | b'\r'));
    lines.any(|line| {
        lines::content(line).is_some_and(|content| {
            parse_cell(content, Notation::default()).is_address() || network(content).is_some()
        })
    })
}

/// The lines of a list.
struct Lines;

impl Parser for Lines {
    fn parse(&self, bytes: &[u8], _is_last: bool, block: &mut Block) -> usize {
        let mut at = 0;
        while at < bytes.len() {
            // Most lines are an address and nothing else, which is fast.
            while let Some((address, rest)) = plain(&bytes[at..]) {
                block.add(&record(Cell::plain(address)), |_| no_place());
                block.passed += 1;
                at = bytes.len() - rest.len();
            }
            let rest = &bytes[at..];
            if rest.is_empty() {
                break;
            }
            let (end, next) = lines::line_end(rest, true).unwrap_or((rest.len(), rest.len()));
            if let Some(content) = lines::content(&rest[..end]) {
                let number = block.passed;
                match network(content) {
                    Some((first, last)) => block.add_network(first, last),
                    None => {
                        block.add(&record(parse_cell(content, block.wanted().notation)), |_| {
                            MalformedInBlock {
                                number,
                                offset: at as u64,
                                column: None,
                                value: excerpt(content),
                            }
                        })
                    }
                }
            }
            block.passed += u64::from(next > end);
            at += next;
        }
        bytes.len()
    }
}

/// A line fills each role that the run asks for.
fn record(cell: Cell) -> Record {
    Record::of(cell, cell)
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
