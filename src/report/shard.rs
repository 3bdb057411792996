//! Shards: the distinct addresses of captures as small files, and the summary of what was extracted.
//!
//! A table may have a hundred million rows: it is written in its order and by all cores.

use std::io::{self, Write};

use rayon::prelude::*;
use serde::Serialize;

use super::bitmap;
use super::reading::Reading;
use crate::address::{AddressSet, dotted};

/// Rows that a task writes: some 8 KiB of text.
const ROWS: usize = 512;

/// Rows whose text is held at a time.
const HELD: usize = 256 * ROWS;

/// How a shard is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A table of addresses and their packets, in the order of the set.
    Csv,
    /// A portable Roaring bitmap: no packets, no order.
    Bitmap,
}

impl Form {
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
            Self::Bitmap => bitmap::write(set.addresses(), out),
        }
    }
}

fn write_table(set: &AddressSet, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "address,packets")?;
    for start in (0..set.len()).step_by(HELD) {
        let end = set.len().min(start + HELD);
        let text = |first: usize| {
            let mut text = Vec::with_capacity(24 * ROWS);
            for at in first..end.min(first + ROWS) {
                writeln!(text, "{},{}", dotted(set.addresses()[at]), set.packets(at))?;
            }
            Ok(text)
        };
        let firsts: Vec<usize> = (start..end).step_by(ROWS).collect();
        let texts: io::Result<Vec<Vec<u8>>> = firsts.into_par_iter().map(text).collect();
        texts?.iter().try_for_each(|text| out.write_all(text))?;
    }
    Ok(())
}

/// summary.json of octomix extract and octomix merge.
#[derive(Debug, Clone, Serialize)]
pub struct Extraction {
    /// The version that ran.
    pub octomix: &'static str,
    /// What was read.
    pub input: Reading,
    /// The sources, if there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub src: Option<Extracted>,
    /// The destinations, if there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dst: Option<Extracted>,
    /// Both as one set, if so it was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub any: Option<Extracted>,
    /// Roles that were asked for and have no address: `src`, `dst`.
    pub skipped_roles: Vec<&'static str>,
    /// All warnings.
    pub warnings: Vec<String>,
    /// The directory of the files.
    pub output: String,
    /// The files written, as paths below that directory.
    pub files: Vec<String>,
    /// How long it took.
    pub seconds: ExtractionSeconds,
}

/// What was extracted for one role.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Extracted {
    /// Distinct addresses.
    pub addresses: usize,
    /// Packets of all of them.
    pub packets: u64,
}

impl Extracted {
    /// What `set` holds.
    pub fn new(set: &AddressSet) -> Self {
        let packets = (0..set.len()).map(|at| set.packets(at)).sum();
        Self { addresses: set.len(), packets }
    }
}

/// Seconds of an extraction.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct ExtractionSeconds {
    /// Reading the captures.
    pub read: f64,
    /// Writing the shards.
    pub write: f64,
    /// From the start until the summary was made.
    pub total: f64,
}
