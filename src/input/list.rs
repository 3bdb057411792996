//! Lists: one address a line, or a block of them, `#` starts a comment, blank lines are nothing.

use std::sync::Arc;

use super::account::At;
use super::block::{Block, Place};
use super::cell::{Cell, leading_ipv4, parse_ipv4};
use super::format::{Head, Opened, Parser};
use super::lines::{self, LineCutter};
use super::record::{Facts, Record};
use super::text::excerpt;
use super::{Format, InputError, Options, Roles, Warning};

/// Every file that is nothing else is a list.
///
/// # Errors
/// None.
pub(super) fn recognise(
    head: &mut Head<'_>,
    options: &Options,
) -> Result<Option<Opened>, InputError> {
    Ok(Some(Opened {
        format: Format {
            name: "list",
            record: ["line of a list", "lines of a list"],
            has_roles: false,
            source: None,
            destination: None,
        },
        roles: Roles::of_single(options.roles),
        skip: lines::bom(head.bytes()),
        lines_before: 0,
        counted_by: At::Line,
        cutter: Box::new(LineCutter(Arc::new(Lines))),
        warnings: Warning::unused_columns(options),
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
                match network(content) {
                    Some((first, last)) => block.add_network(first, last),
                    None => block.add(&record(Cell::of(content)), |_| Place {
                        number,
                        offset: at as u64,
                        column: None,
                        value: excerpt(content),
                    }),
                }
            }
            block.passed += u64::from(next > end);
            at += next;
        }
        bytes.len()
    }
}

/// The addresses of the largest block that a line may stand for: those of a /8.
const LARGEST_NETWORK: u64 = 1 << 24;

/// The first and the last address of a block, written as `10.0.0.0/24` or `10.0.0.1-10.0.0.9`. Bits of the
/// address that are beyond the length of the prefix do not count.
pub(super) fn network(content: &[u8]) -> Option<(u32, u32)> {
    let (address, rest) = leading_ipv4(content.trim_ascii())?;
    let (first, last) = match rest.trim_ascii_start() {
        [b'/', length @ ..] => {
            let length: u32 = str::from_utf8(length).ok()?.parse().ok()?;
            let hosts = u32::MAX.checked_shr(length).unwrap_or(0);
            (length <= u32::BITS).then_some((address & !hosts, address | hosts))?
        }
        [b'-', last @ ..] => (address, parse_ipv4(last.trim_ascii_start())?),
        _ => return None,
    };
    let size = u64::from(last).checked_sub(u64::from(first))? + 1;
    (size <= LARGEST_NETWORK).then_some((first, last))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_read_in_both_notations() {
        let cases: [(&str, Option<(u32, u32)>); 13] = [
            ("10.0.0.0/24", Some((0x0a00_0000, 0x0a00_00ff))),
            ("10.0.0.77/24", Some((0x0a00_0000, 0x0a00_00ff))),
            ("10.0.0.1/32", Some((0x0a00_0001, 0x0a00_0001))),
            ("10.0.0.0/8", Some((0x0a00_0000, 0x0aff_ffff))),
            ("10.0.0.0/7", None),
            ("0.0.0.0/0", None),
            ("10.0.0.0/33", None),
            ("10.0.0.0/", None),
            ("10.0.0.0/-1", None),
            ("10.0.0.1-10.0.0.9", Some((0x0a00_0001, 0x0a00_0009))),
            ("10.0.0.1 - 10.0.0.1", Some((0x0a00_0001, 0x0a00_0001))),
            ("10.0.0.2-10.0.0.1", None),
            ("10.0.0.1", None),
        ];
        for (text, expected) in cases {
            assert_eq!(network(text.as_bytes()), expected, "{text}");
        }
    }
}
