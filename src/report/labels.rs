//! The addresses of one role with what the model says of each, as CSV.
//!
//! A table may have a hundred million rows: they come in blocks, in their order, and are written by
//! all cores.

use std::io::{self, Write};

use rayon::prelude::*;

use crate::address::{AddressSet, Span, dotted};
use crate::input::Rfc3339;
use crate::model::pca::Pca;
use crate::pass::Density;
use crate::pass::label::Label;

/// Rows that a task writes: some 50 KiB of text.
const ROWS: usize = 512;

/// Tasks whose text is held at a time.
const TASKS: usize = 256;

/// A labelled address: 16 bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row {
    /// Its position in the set.
    pub at: u32,
    /// Its cluster.
    pub cluster: u32,
    /// Its log-density, in nats.
    pub log_density: f64,
}

impl Row {
    /// The rows of `labels`, of which the first is that of the address at position `start`.
    pub fn of(start: usize, labels: &[Label]) -> impl Iterator<Item = Self> {
        // Positions fit in u32: there are 2^32 addresses.
        (start..).zip(labels).map(|(at, &Label { cluster, log_density })| Self {
            at: at as u32,
            cluster,
            log_density,
        })
    }
}

/// What a table tells of each of its rows.
#[derive(Debug, Clone, Copy)]
pub struct Table<'a> {
    /// The addresses and their packets.
    pub set: &'a AddressSet,
    /// The log-density strictly below which an address is anomalous.
    pub threshold: f64,
    /// Where coordinates come from.
    pub pca: &'a Pca,
    /// The density of which responsibilities are written: a column a component, after the others.
    pub responsibilities: Option<&'a Density>,
}

impl Table<'_> {
    /// Writes the names of the columns.
    ///
    /// # Errors
    /// When `out` fails.
    pub fn write_header(&self, out: &mut dyn Write) -> io::Result<()> {
        write!(out, "address,packets,cluster,log_density,anomaly,pc1,pc2")?;
        if self.set.has_times() {
            write!(out, ",first_seen,last_seen")?;
        }
        (0..self.components()).try_for_each(|k| write!(out, ",responsibility_{k}"))?;
        writeln!(out)
    }

    /// Writes `rows`.
    ///
    /// # Errors
    /// When `out` fails.
    pub fn write(&self, rows: &[Row], out: &mut dyn Write) -> io::Result<()> {
        for rows in rows.chunks(ROWS * TASKS) {
            let text = |rows| {
                let mut text = Vec::with_capacity(128 * ROWS);
                self.write_rows(rows, &mut text).map(|()| text)
            };
            let texts: io::Result<Vec<Vec<u8>>> = rows.par_chunks(ROWS).map(text).collect();
            texts?.iter().try_for_each(|text| out.write_all(text))?;
        }
        Ok(())
    }

    fn write_rows(&self, rows: &[Row], out: &mut Vec<u8>) -> io::Result<()> {
        let mut responsibilities = vec![0.0; self.components()];
        for &Row { at, cluster, log_density } in rows {
            let at = at as usize;
            let address = self.set.addresses()[at];
            let packets = self.set.packets(at);
            let anomaly = log_density < self.threshold;
            let [pc1, pc2] = self.pca.project(address);
            let quad = dotted(address);
            write!(out, "{quad},{packets},{cluster},{log_density},{anomaly},{pc1},{pc2}")?;
            if self.set.has_times() {
                match self.set.span(at) {
                    Some(Span { first, last }) => {
                        write!(out, ",{},{}", Rfc3339(first), Rfc3339(last))?;
                    }
                    None => write!(out, ",,")?,
                }
            }
            if let Some(density) = self.responsibilities {
                density.responsibilities(address, &mut responsibilities);
                // Debug has exponents: a responsibility of 1e-300 is no line of zeros.
                responsibilities.iter().try_for_each(|r| write!(out, ",{r:?}"))?;
            }
            writeln!(out)?;
        }
        Ok(())
    }

    fn components(&self) -> usize {
        self.responsibilities.map_or(0, |density| density.components.0.len())
    }
}
