//! How a malformed cell can be read after all, where its content tells.

use thiserror::Error;

use crate::input::options::Notation;
use crate::input::read::block::LARGEST_NETWORK;
use crate::input::record::Cell;
use crate::input::text::cell::parse_cell;
use crate::input::text::list::parse_block;

/// What to do about a malformed cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Remedy {
    /// A whole number, which may be an address.
    #[error("add --integers, which reads whole numbers as addresses")]
    Integers,
    /// A dotted quad with zeros in front of its octets.
    #[error("add --zero-padded, which reads octets with zeros in front as decimals")]
    ZeroPadded,
    /// A block of more addresses than are read one by one.
    #[error(
        "write blocks of at most the 16,777,216 addresses of a /8, or give them to --only or --exclude"
    )]
    SmallerBlocks,
}

impl Remedy {
    /// The remedy for a cell with this content.
    pub(crate) fn of(value: &str) -> Option<Self> {
        if parse_block(value).is_some_and(|block| block.end() - block.start() >= LARGEST_NETWORK) {
            return Some(Self::SmallerBlocks);
        }
        // A smaller number is likelier a port or a count.
        const LEAST: u32 = 1 << 24;
        let read = |notation| match parse_cell(value.as_bytes(), notation) {
            Cell::Address { address, .. } => Some(address),
            _ => None,
        };
        let own = Notation::default();
        if read(own).is_some() {
            return None;
        }
        match read(Notation { integers: true, ..own }) {
            Some(LEAST..) => return Some(Self::Integers),
            Some(_) => return None,
            None => {}
        }
        read(Notation { zero_padded: true, ..own }).map(|_| Self::ZeroPadded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_value_that_an_option_reads_has_a_remedy() {
        for value in ["3232235777", "3232235777.0"] {
            assert_eq!(Remedy::of(value), Some(Remedy::Integers));
        }
        assert_eq!(Remedy::of("010.001.001.147"), Some(Remedy::ZeroPadded));
        assert_eq!(Remedy::of("0.0.0.0/0"), Some(Remedy::SmallerBlocks));
        for value in ["443", "x", "10.0.0.1", "10.0.0.0/8", "", "4294967296"] {
            assert_eq!(Remedy::of(value), None, "{value}");
        }
    }
}
