//! addresses.csv and anomalies.csv: the addresses of one role with what the model says of each.
//!
//! A table may have a hundred million rows, so they come in blocks, in order, and all cores write them.

use std::io::{self, Write};

use rayon::prelude::*;

use super::quoted::quoted;
use crate::address::{AddressSet, OCTETS};
use crate::behaviour::Earlier;
use crate::model::pca::Pca;
use crate::pass::Density;
use crate::rule::Rule;
use crate::rule::judge::Verdict;
use crate::rule::reason::Reasons;
use crate::store::activity;
use crate::store::text::{Times, put_address, put_float, put_number};

/// Rows that a task writes: some 50 KiB of text.
const ROWS: usize = 512;

/// Tasks whose text is held at a time.
const TASKS: usize = 256;

/// What a table tells of each of its rows.
#[derive(Debug, Clone, Copy)]
pub struct AddressTable<'a> {
    /// The addresses and their packets.
    pub set: &'a AddressSet,
    /// The projection that coordinates come from.
    pub pca: &'a Pca,
    /// The density whose responsibilities are written, in a column for each component after the others.
    pub responsibilities: Option<&'a Density>,
    /// The rule that flags a share of any set, if one does.
    pub ranking: Option<Rule>,
    /// Another day: whether it has not seen an address is told in a column of its own.
    pub earlier: Option<&'a Earlier>,
}

impl AddressTable<'_> {
    /// Writes the names of the columns.
    ///
    /// # Errors
    /// When `out` fails.
    pub fn write_header(&self, out: &mut dyn Write) -> io::Result<()> {
        self.write_names(out, |out| write!(out, ",finding,surprise"))
    }

    /// Writes the names of the columns, `more` of which stand behind those of the model.
    fn write_names(
        &self,
        out: &mut dyn Write,
        more: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<()> {
        let counts = self.set.unit().column();
        write!(out, "address,{counts},cluster,log_density,anomaly,pc1,pc2")?;
        more(out)?;
        out.write_all(activity::names(self.set).as_bytes())?;
        out.write_all(self.earlier.map_or(b"", |_| b",new"))?;
        (0..self.components()).try_for_each(|k| write!(out, ",responsibility_{k}"))?;
        writeln!(out)
    }

    /// Writes `rows`.
    ///
    /// # Errors
    /// When `out` fails.
    pub fn write(&self, rows: &[Verdict], out: &mut dyn Write) -> io::Result<()> {
        self.write_rows(rows, out, |row, text| {
            text.extend_from_slice(if self.is_finding(row) { b",true," } else { b",false," });
            put_float(row.surprise, text);
            Ok(())
        })
    }

    /// Writes flagged `rows` with the rules that flag them and the `reasons`, the names of the columns
    /// first.
    ///
    /// # Errors
    /// When `out` fails.
    pub fn write_flagged(
        &self,
        rows: &[Verdict],
        reasons: &Reasons<'_>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        self.write_names(out, |out| {
            write!(out, ",rule,reason,surprise")?;
            (1..=OCTETS).try_for_each(|octet| write!(out, ",surprise_octet{octet}"))?;
            write!(out, ",finding")
        })?;
        self.write_rows(rows, out, |row, text| {
            let (at, rules) = (row.at as usize, row.rules());
            let (address, packets) = (self.set.addresses()[at], self.set.packets(at));
            let reason = reasons.of(address, packets, self.set.activity(at), rules);
            write!(text, ",{rules},{},", quoted(&reason.sentence))?;
            put_float(reason.bits(), text);
            for &bits in &reason.surprise {
                text.push(b',');
                put_float(bits, text);
            }
            write!(text, ",{}", self.is_finding(row))
        })
    }

    /// Writes `rows` by all cores, each with what `more` adds behind the fields of the model.
    fn write_rows(
        &self,
        rows: &[Verdict],
        out: &mut dyn Write,
        more: impl Fn(&Verdict, &mut Vec<u8>) -> io::Result<()> + Sync,
    ) -> io::Result<()> {
        let text = |rows: &[Verdict]| {
            let (mut text, mut times) = (Vec::with_capacity(128 * ROWS), Times::default());
            let mut responsibilities = vec![0.0; self.components()];
            for row in rows {
                self.write_fields(row, &mut text);
                more(row, &mut text)?;
                activity::write(self.set, row.at as usize, &mut times, &mut text);
                if let Some(is_new) = self.is_new(row) {
                    text.extend_from_slice(if is_new { b",true" } else { b",false" });
                }
                if let Some(density) = self.responsibilities {
                    let address = self.set.addresses()[row.at as usize];
                    density.responsibilities(address, &mut responsibilities);
                    // Debug has exponents: a responsibility of 1e-300 is no line of zeros.
                    responsibilities.iter().try_for_each(|r| write!(text, ",{r:?}"))?;
                }
                text.push(b'\n');
            }
            Ok(text)
        };
        for rows in rows.chunks(ROWS * TASKS) {
            let texts: io::Result<Vec<Vec<u8>>> = rows.par_chunks(ROWS).map(text).collect();
            texts?.iter().try_for_each(|text| out.write_all(text))?;
        }
        Ok(())
    }

    /// Appends what the model says of every row to `text`.
    fn write_fields(&self, row: &Verdict, text: &mut Vec<u8>) {
        let (at, cluster, log_density) = (row.at as usize, row.cluster(), row.log_density);
        let address = self.set.addresses()[at];
        let packets = self.set.packets(at);
        let anomaly = !row.rules().is_empty();
        let [pc1, pc2] = self.pca.project(address);
        put_address(address, text);
        text.push(b',');
        put_number(packets, text);
        text.push(b',');
        put_number(cluster.into(), text);
        text.push(b',');
        put_float(log_density, text);
        text.extend_from_slice(if anomaly { b",true" } else { b",false" });
        for coordinate in [pc1, pc2] {
            text.push(b',');
            put_float(coordinate, text);
        }
    }

    /// Whether a rule flags `row` that can flag nothing.
    pub(in crate::report) fn is_finding(&self, row: &Verdict) -> bool {
        let rules = self.ranking.map_or(row.rules(), |ranking| row.rules().without(ranking));
        !rules.is_empty()
    }

    /// Whether the other day has not seen the address of `row`; `None` without such a day.
    pub(in crate::report) fn is_new(&self, row: &Verdict) -> Option<bool> {
        Some(!self.earlier?.has(self.set.addresses()[row.at as usize]))
    }

    pub(in crate::report) fn components(&self) -> usize {
        self.responsibilities.map_or(0, |density| density.components.0.len())
    }
}
