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
use crate::pass::label::Label;
use crate::rule::reason::Reasons;
use crate::rule::{Flag, Rule, Rules};

/// Rows that a task writes: some 50 KiB of text.
const ROWS: usize = 512;

/// Tasks whose text is held at a time.
const TASKS: usize = 256;

/// A labelled address: 16 bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row {
    /// Its position in the set.
    pub at: u32,
    /// Its cluster, above the rules.
    packed: u32,
    /// Its log-density, in nats.
    pub log_density: f64,
}

impl Row {
    fn new(at: u32, Label { cluster, log_density }: Label, rules: Rules) -> Self {
        // Clusters are a million at the most.
        Self { at, packed: cluster << Rules::BITS | rules.bits(), log_density }
    }

    /// Its cluster.
    pub fn cluster(&self) -> u32 {
        self.packed >> Rules::BITS
    }

    /// The rules that flag it.
    pub fn rules(&self) -> Rules {
        Rules::of_bits(self.packed)
    }

    /// Takes its flags.
    pub fn silence(&mut self) {
        self.packed &= !0 << Rules::BITS;
    }
}

/// What flags addresses.
#[derive(Debug, Clone, Copy)]
pub struct Judge<'a> {
    /// The log-density strictly below which an address is flagged; `None` where that is no rule.
    pub threshold: Option<f64>,
    /// What the other rules flag, by position.
    pub flags: &'a [Flag],
}

impl Judge<'_> {
    /// The rows of `labels`, of which the first is that of the address at position `start`.
    pub fn rows(&self, start: usize, labels: &[Label]) -> impl Iterator<Item = Row> {
        let first = self.flags.partition_point(|flag| (flag.at as usize) < start);
        let mut flags = self.flags[first..].iter().peekable();
        (start..).zip(labels).map(move |(at, &label)| {
            // Positions fit in u32: there are 2^32 addresses.
            let at = at as u32;
            let flag = flags.next_if(|flag| flag.at == at);
            let rules = flag.map_or(Rules::default(), |flag| flag.rules);
            let is_low = self.threshold.is_some_and(|threshold| label.log_density < threshold);
            let rules = if is_low { rules.with(Rule::LowDensity) } else { rules };
            Row::new(at, label, rules)
        })
    }
}

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
