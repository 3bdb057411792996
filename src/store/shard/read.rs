//! Reads tables that octomix extract wrote, `address,packets` or `address,records`: each row is an address
//! and its count. The file's name tells the role, or else the options do.

use std::sync::Arc;

use super::header;
use crate::address::Unit;
use crate::input::account::{Format, RecordNumber};
use crate::input::error::InputError;
use crate::input::format::{Cutter, Opened, Parser};
use crate::input::message::excerpt;
use crate::input::options::{Notation, Options};
use crate::input::read::block::{Block, MalformedInBlock};
use crate::input::read::head::Head;
use crate::input::read::source::shard_roles;
use crate::input::record::{Cell, Record};
use crate::input::role::Role;
use crate::input::text::cell::{leading_ipv4, parse_cell};
use crate::input::text::cutter::LineCutter;
use crate::input::text::lines;
use crate::store::activity;

/// Recognises the header. A table whose columns are named by options is left to `delimited`.
///
/// # Errors
/// That of [`opened`].
pub(crate) fn recognise(
    head: &mut Head<'_>,
    options: &Options,
) -> Result<Option<Opened>, InputError> {
    let bytes = head.bytes();
    let offset = lines::bom(bytes);
    let (end, next) = lines::line_end(&bytes[offset..], head.is_whole())
        .unwrap_or((bytes.len() - offset, bytes.len() - offset));
    let is_named = [Role::Source, Role::Destination].iter().any(|&r| options.column(r).is_some());
    let line = &bytes[offset..offset + end];
    let is_header = |&unit: &Unit| {
        let more = line.strip_prefix(header(unit).as_bytes());
        more.is_some_and(activity::is_header)
    };
    let Some(unit) = Unit::ALL.into_iter().find(is_header).filter(|_| !is_named) else {
        return Ok(None);
    };
    let record = ["counted address", "counted addresses"];
    let cutter = Box::new(LineCutter(Arc::new(Rows(unit))));
    let table = opened(head.name(), options, ("shard", record), offset + next, cutter)?;
    Ok(Some(Opened { lines_before: 1, counted_by: RecordNumber::Line, ..table }))
}

/// A set of addresses in the file `name`, whose name may tell its role, after `skip` bytes.
///
/// # Errors
/// One of both sides as one set, unless all are to be read so.
pub(crate) fn opened(
    name: &str,
    options: &Options,
    (format, record): (&'static str, [&'static str; 2]),
    skip: usize,
    cutter: Box<dyn Cutter>,
) -> Result<Opened, InputError> {
    Ok(Opened {
        format: Format { name: format, record, has_roles: false, source: None, destination: None },
        roles: shard_roles(name, options)?,
        skip,
        lines_before: 0,
        counted_by: RecordNumber::Packet,
        cutter,
        warnings: Vec::new(),
    })
}

/// The rows of a shard, and what it counts.
struct Rows(Unit);

impl Parser for Rows {
    fn parse(&self, bytes: &[u8], is_last: bool, block: &mut Block) -> usize {
        let mut at = 0;
        while at < bytes.len() {
            let rest = &bytes[at..];
            let end = lines::line_end(rest, true);
            let (len, next) = end.unwrap_or((rest.len(), rest.len()));
            let line = &rest[..len];
            if !line.trim_ascii().is_empty() {
                // The digits left of a truncated number are another number.
                if is_last && end.is_none() {
                    break;
                }
                let (cell, packets) = match row(line) {
                    Some((address, packets)) => (Cell::plain(address), Some(packets)),
                    None => (other(line), None),
                };
                let record = Record { packets, ..Record::of(cell, cell) };
                let number = block.passed;
                block.add(&record, |_| MalformedInBlock {
                    number,
                    offset: at as u64,
                    column: None,
                    value: excerpt(line),
                });
            }
            block.passed += u64::from(next > len);
            at += next;
        }
        block.recount(self.0);
        at
    }
}

/// An address and its count.
fn row(line: &[u8]) -> Option<(u32, u64)> {
    let (address, rest) = leading_ipv4(line)?;
    let rest = rest.strip_prefix(b",")?;
    // What addresses did is read from another file, which is exact.
    let digits = rest.split(|&byte| byte == b',').next().unwrap_or_default();
    if digits.is_empty() {
        return None;
    }
    let count = digits.iter().try_fold(0u64, |count, digit| {
        let digit = digit.wrapping_sub(b'0');
        count.checked_mul(10)?.checked_add(u64::from(digit)).filter(|_| digit < 10)
    })?;
    Some((address, count))
}

/// What a line that is not a valid row holds. An address with an invalid count is malformed, too.
fn other(line: &[u8]) -> Cell {
    let first = line.split(|&byte| byte == b',').next().unwrap_or_default();
    match parse_cell(first, Notation::default()) {
        Cell::Address { .. } | Cell::Network { .. } => Cell::Malformed,
        cell => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_an_address_and_a_number() {
        assert_eq!(row(b"1.2.3.4,5"), Some((0x0102_0304, 5)));
        assert_eq!(row(b"1.2.3.4,18446744073709551615"), Some((0x0102_0304, u64::MAX)));
        assert_eq!(row(b"1.2.3.4,5,60,1,,,,"), Some((0x0102_0304, 5)));
        for wrong in ["1.2.3.4", "1.2.3.4,", "1.2.3.4,x", "1.2.3.4,-1", "1.2.3,5"] {
            assert_eq!(row(wrong.as_bytes()), None, "{wrong}");
            assert_eq!(other(wrong.as_bytes()), Cell::Malformed, "{wrong}");
        }
        for large in ["18446744073709551616", "99999999999999999999999"] {
            assert_eq!(row(format!("1.2.3.4,{large}").as_bytes()), None);
        }
        assert_eq!((other(b",5"), other(b"::1,5")), (Cell::Missing, Cell::Ipv6));
    }
}
