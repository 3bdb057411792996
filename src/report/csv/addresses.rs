//! The addresses of one role with what the model says of each, as CSV.
//!
//! A table may have a hundred million rows: they come in blocks, in their order, and are written by
//! all cores.

use std::io::{self, Write};

use rayon::prelude::*;

use crate::address::{AddressSet, OCTETS, Span, dotted};
use crate::input::Rfc3339;
use crate::model::pca::Pca;
use crate::pass::Density;
use crate::rule::judge::Row;
use crate::rule::reason::Reasons;

/// Rows that a task writes: some 50 KiB of text.
const ROWS: usize = 512;

/// Tasks whose text is held at a time.
const TASKS: usize = 256;

/// What a table tells of each of its rows.
#[derive(Debug, Clone, Copy)]
pub struct Table<'a> {
    /// The addresses and their packets.
    pub set: &'a AddressSet,
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
        self.write_names(out)?;
        writeln!(out)
    }

    fn write_names(&self, out: &mut dyn Write) -> io::Result<()> {
        write!(out, "address,packets,cluster,log_density,anomaly,pc1,pc2")?;
        if self.set.has_times() {
            write!(out, ",first_seen,last_seen")?;
        }
        (0..self.components()).try_for_each(|k| write!(out, ",responsibility_{k}"))
    }

    /// Writes `rows`.
    ///
    /// # Errors
    /// When `out` fails.
    pub fn write(&self, rows: &[Row], out: &mut dyn Write) -> io::Result<()> {
        self.write_blocks(rows, out, |rows, out| {
            let mut responsibilities = vec![0.0; self.components()];
            rows.iter().try_for_each(|row| {
                self.write_row(row, &mut responsibilities, out)?;
                writeln!(out)
            })
        })
    }

    /// Writes flagged `rows` with the rules that flag them and the `reasons`, the names of the columns
    /// first.
    ///
    /// # Errors
    /// When `out` fails.
    pub fn write_flagged(
        &self,
        rows: &[Row],
        reasons: &Reasons<'_>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        self.write_names(out)?;
        write!(out, ",rule,reason,surprise")?;
        (1..=OCTETS).try_for_each(|octet| write!(out, ",surprise_octet{octet}"))?;
        writeln!(out)?;
        self.write_blocks(rows, out, |rows, out| {
            let mut responsibilities = vec![0.0; self.components()];
            let mut fields = Vec::new();
            let mut csv = csv::Writer::from_writer(out);
            for row in rows {
                fields.clear();
                self.write_row(row, &mut responsibilities, &mut fields)?;
                // Numbers and an address: no comma is part of a field.
                fields.split(|&byte| byte == b',').try_for_each(|field| csv.write_field(field))?;
                let at = row.at as usize;
                let (address, packets) = (self.set.addresses()[at], self.set.packets(at));
                let reason = reasons.of(address, packets, self.set.span(at), row.rules());
                csv.write_field(row.rules().to_string())?;
                csv.write_field(&reason.sentence)?;
                csv.write_field(reason.bits().to_string())?;
                reason.surprise.iter().try_for_each(|bits| csv.write_field(bits.to_string()))?;
                csv.write_record(None::<&[u8]>)?;
            }
            csv.flush()
        })
    }

    /// Has `write` write `rows`, by all cores.
    fn write_blocks(
        &self,
        rows: &[Row],
        out: &mut dyn Write,
        write: impl Fn(&[Row], &mut Vec<u8>) -> io::Result<()> + Sync,
    ) -> io::Result<()> {
        for rows in rows.chunks(ROWS * TASKS) {
            let text = |rows| {
                let mut text = Vec::with_capacity(128 * ROWS);
                write(rows, &mut text).map(|()| text)
            };
            let texts: io::Result<Vec<Vec<u8>>> = rows.par_chunks(ROWS).map(text).collect();
            texts?.iter().try_for_each(|text| out.write_all(text))?;
        }
        Ok(())
    }

    /// Writes the fields of one row.
    fn write_row(
        &self,
        row: &Row,
        responsibilities: &mut [f64],
        out: &mut Vec<u8>,
    ) -> io::Result<()> {
        let (at, cluster, log_density) = (row.at as usize, row.cluster(), row.log_density);
        let address = self.set.addresses()[at];
        let packets = self.set.packets(at);
        let anomaly = !row.rules().is_empty();
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
            density.responsibilities(address, responsibilities);
            // Debug has exponents: a responsibility of 1e-300 is no line of zeros.
            responsibilities.iter().try_for_each(|r| write!(out, ",{r:?}"))?;
        }
        Ok(())
    }

    fn components(&self) -> usize {
        self.responsibilities.map_or(0, |density| density.components.0.len())
    }
}
