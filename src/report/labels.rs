//! The addresses of one role with what the model says of each, as tables.

use std::io::{self, Write};

use crate::address::{AddressSet, dotted};
use crate::model::pca::Pca;
use crate::pass::Density;

/// Addresses with their labels.
#[derive(Debug)]
pub struct Labelled<'a> {
    /// The addresses and their packets.
    pub set: &'a AddressSet,
    /// The cluster of each address.
    pub clusters: &'a [u32],
    /// The log-density of each address, in nats.
    pub log_densities: &'a [f64],
    /// The log-density strictly below which an address is anomalous.
    pub threshold: f64,
    /// The density of which responsibilities are written: a column a component, after the others.
    pub responsibilities: Option<&'a Density>,
}

impl Labelled<'_> {
    /// The positions of the anomalous addresses, least dense first, equals by first appearance.
    pub fn anomalies(&self) -> Vec<usize> {
        let mut flagged: Vec<usize> =
            (0..self.set.len()).filter(|&at| self.is_anomalous(at)).collect();
        flagged.sort_by(|&a, &b| self.log_densities[a].total_cmp(&self.log_densities[b]));
        flagged
    }

    /// Writes the addresses at the positions `rows` as CSV, with their coordinates under `pca`.
    ///
    /// # Errors
    /// When `out` fails.
    pub fn write_csv(
        &self,
        pca: &Pca,
        rows: impl IntoIterator<Item = usize>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let components = self.responsibilities.map_or(0, |density| density.components.0.len());
        write!(out, "address,packets,cluster,log_density,anomaly,pc1,pc2")?;
        (0..components).try_for_each(|k| write!(out, ",responsibility_{k}"))?;
        writeln!(out)?;
        let mut responsibilities = vec![0.0; components];
        for at in rows {
            let address = self.set.addresses()[at];
            let packets = self.set.packets()[at];
            let cluster = self.clusters[at];
            let log_density = self.log_densities[at];
            let anomaly = self.is_anomalous(at);
            let [pc1, pc2] = pca.project(address);
            let quad = dotted(address);
            write!(out, "{quad},{packets},{cluster},{log_density},{anomaly},{pc1},{pc2}")?;
            if let Some(density) = self.responsibilities {
                density.responsibilities(address, &mut responsibilities);
                // Debug has exponents: a responsibility of 1e-300 is no line of zeros.
                responsibilities.iter().try_for_each(|r| write!(out, ",{r:?}"))?;
            }
            writeln!(out)?;
        }
        Ok(())
    }

    fn is_anomalous(&self, at: usize) -> bool {
        self.log_densities[at] < self.threshold
    }
}
