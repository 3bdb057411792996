//! Sets of addresses from the text of a list.

use std::ops::RangeInclusive;

use thiserror::Error;

use super::entry::{Entry, entry};
use super::line::{self, Line};
use crate::address::Blocks;
use crate::input::message::excerpt;
use crate::input::options::Notation;
use crate::input::record::Cell;
use crate::input::text::lines;

/// A line that is not a block.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "line {line} is '{value}', which is no block of addresses; \
     write one a line, e.g. 10.0.0.0/8, 192.0.2.1 or 192.0.2.1-192.0.2.9"
)]
pub struct BlocksError {
    /// The line, from 1.
    pub line: u64,
    /// What stands there, safe to display.
    pub value: String,
}

impl Blocks {
    /// The blocks of a list, read as inputs that are lists are: a CIDR block, an address, or a range a line, in
    /// the notations of firewalls and block lists. What follows `#` or `;` is a comment. Blocks of IPv6 hold no
    /// IPv4 address and are passed over.
    ///
    /// # Errors
    ///
    /// The first line that is none of these.
    pub fn parse(list: &str) -> Result<Self, BlocksError> {
        let (mut ranges, mut entries) = (Vec::new(), Vec::new());
        let mut rest = &list.as_bytes()[lines::bom(list.as_bytes())..];
        for number in 1.. {
            if rest.is_empty() {
                break;
            }
            let (end, next) = lines::line_end(rest, true).unwrap_or((rest.len(), rest.len()));
            match line::read(&rest[..end], Notation::default(), &mut entries) {
                Line::Malformed => {
                    let value =
                        excerpt(lines::content(&rest[..end]).unwrap_or_default().trim_ascii());
                    return Err(BlocksError { line: number, value });
                }
                _ => ranges.extend(entries.drain(..).filter_map(range)),
            }
            rest = &rest[next..];
        }
        Ok(Self::new(ranges))
    }
}

/// The addresses of `text`: a CIDR block, whose address may be any in it, one address, or a range.
///
/// ```
/// use octomix::input::parse_block;
/// assert_eq!(parse_block("192.0.2.77/31"), Some(0xc000_024c..=0xc000_024d));
/// assert_eq!(parse_block("192.0.2.7"), Some(0xc000_0207..=0xc000_0207));
/// assert_eq!(parse_block("192.0.2.7-192.0.2.9"), Some(0xc000_0207..=0xc000_0209));
/// assert_eq!(parse_block("192.0.2.0/33"), None);
/// ```
pub fn parse_block(text: &str) -> Option<RangeInclusive<u32>> {
    range(entry(text.trim().as_bytes(), Notation::default())?)
}

/// The IPv4 addresses that `entry` names, if any.
fn range(entry: Entry) -> Option<RangeInclusive<u32>> {
    match entry {
        Entry::Range(first, last) => Some(first..=last),
        Entry::One(Cell::Address { address, .. }) => Some(address..=address),
        Entry::One(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_block_is_told_with_its_line() {
        let error = Blocks::parse("# mine\n10.0.0.0/8\n\n10.0.0/8 # short\n").unwrap_err();
        assert_eq!((error.line, error.value.as_str()), (4, "10.0.0/8"));
        for wrong in
            ["1.2.3.4/", "1.2.3.4/+8", "1.2.3.4/33", "::1/129", "9.9.9.9-1.1.1.1", "x", "1.2.3.04"]
        {
            assert!(Blocks::parse(wrong).is_err(), "{wrong}");
        }
        assert_eq!(Blocks::parse("2001:db8::/32\n::1\n").unwrap().addresses(), 0);
    }

    #[test]
    fn several_addresses_on_a_line_are_all_meant() {
        let blocks = Blocks::parse("\u{feff}10.0.0.1, 10.0.0.2\r\n10.0.0.3 10.0.0.4\r").unwrap();
        assert_eq!(blocks.addresses(), 4);
    }
}
