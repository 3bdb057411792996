//! Lists: one address a line, `#` starts a comment, blank lines are nothing.

use std::sync::Arc;

use super::account::At;
use super::block::{Block, Place};
use super::cell::{Cell, leading_ipv4};
use super::format::{Head, Opened, Parser};
use super::lines::{self, LineCutter};
use super::record::{Facts, Record};
use super::text::{excerpt, printable};
use super::{Format, InputError, Options, Role, Roles, Warning};

/// Every file that is nothing else is a list.
///
/// # Errors
/// None.
pub(super) fn recognise(
    head: &mut Head<'_>,
    options: &Options,
) -> Result<Option<Opened>, InputError> {
    let unused = [Role::Source, Role::Destination].into_iter().filter_map(|role| {
        let column = printable(options.column(role)?);
        Some(Warning::UnusedColumn { role, column })
    });
    Ok(Some(Opened {
        format: Format {
            name: "list",
            record: ["line of a list", "lines of a list"],
            has_roles: false,
            source: None,
            destination: None,
        },
        roles: match options.roles {
            // A list's line is one address, whatever it is called.
            None | Some(Roles::Any) => Roles::Source,
            Some(roles) => roles,
        },
        skip: lines::bom(head.bytes()),
        lines_before: 0,
        counted_by: At::Line,
        cutter: Box::new(LineCutter(Arc::new(Lines))),
        warnings: unused.collect(),
    }))
}

/// The lines of a list.
struct Lines;

impl Parser for Lines {
    fn parse(&self, bytes: &[u8], _is_last: bool, block: &mut Block) -> usize {
        let mut at = 0;
        while at < bytes.len() {
            // Most lines are an address and nothing else.
            while let Some((address, rest)) = plain(&bytes[at..]) {
                block.add(&record(Cell::Address { address, padded: false }), |_| no_place());
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
                block.add(&record(Cell::of(content)), |_| Place {
                    number,
                    offset: at as u64,
                    column: None,
                    value: excerpt(content),
                });
            }
            block.passed += u64::from(next > end);
            at += next;
        }
        bytes.len()
    }
}

/// A line fills each role that is asked for.
fn record(cell: Cell) -> Record {
    Record { source: cell, destination: cell, packets: 1, facts: Facts::default() }
}

/// That of an address, which is never asked for.
fn no_place() -> Place {
    Place { number: 0, offset: 0, column: None, value: String::new() }
}

/// The address that is all of the first line of `text`, and the text after it.
#[inline]
fn plain(text: &[u8]) -> Option<(u32, &[u8])> {
    let (address, rest) = leading_ipv4(text)?;
    Some((address, rest.strip_prefix(b"\n")?))
}
