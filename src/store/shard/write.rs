//! Shards: the distinct addresses of captures as small files.
//!
//! A table may have a hundred million rows, so all cores write it, in order.

use std::io::{self, Write};

use rayon::prelude::*;

use super::header;
use crate::address::AddressSet;
use crate::store::text::{Times, put_address, put_number};
use crate::store::{activity, roaring};

/// Rows that a task writes, and bytes of a long row: 48 KiB of text.
const ROWS: usize = 512;
const ROW: usize = 96;

/// Rows whose text is held at a time.
const HELD: usize = 256 * ROWS;

/// How a shard is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShardFormat {
    /// A table of addresses and their counts, in the order of the set.
    Csv,
    /// A portable Roaring bitmap: no counts, no order.
    Bitmap,
}

impl ShardFormat {
    /// How its files end.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Bitmap => "roaring",
        }
    }

    /// Writes `set`.
    ///
    /// # Errors
    /// When `out` fails.
    pub fn write(self, set: &AddressSet, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Csv => write_table(set, out),
            Self::Bitmap => roaring::write(set.addresses(), out),
        }
    }
}

fn write_table(set: &AddressSet, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}{}", header(set.unit()), activity::names(set))?;
    for start in (0..set.len()).step_by(HELD) {
        let end = set.len().min(start + HELD);
        let text = |first: usize| {
            let (mut text, mut times) = (Vec::with_capacity(ROW * ROWS), Times::default());
            for at in first..end.min(first + ROWS) {
                put_address(set.addresses()[at], &mut text);
                text.push(b',');
                put_number(set.packets(at), &mut text);
                activity::write(set, at, &mut times, &mut text);
                text.push(b'\n');
            }
            text
        };
        let firsts: Vec<usize> = (start..end).step_by(ROWS).collect();
        let texts: Vec<Vec<u8>> = firsts.into_par_iter().map(text).collect();
        texts.iter().try_for_each(|text| out.write_all(text))?;
    }
    Ok(())
}
