//! Labelling one role's addresses, and the tables of them.

use octomix::engine::Engine;
use octomix::input::Role;
use octomix::model::pca::Pca;
use octomix::model::scorer::Scorer;
use octomix::pass::Density;
use octomix::report::{Labelled, Output, WriteError};

use super::Failure;
use crate::console::Console;
use crate::progress::Unit;

/// The label of every address, in order.
pub struct Labels {
    /// The clusters.
    pub clusters: Vec<u32>,
    /// The log-densities, in nats.
    pub log_densities: Vec<f64>,
}

impl Labels {
    /// What `scorer` says of the addresses of `engine`.
    ///
    /// # Errors
    /// When the engine fails.
    pub fn of(
        role: Role,
        scorer: &Scorer,
        engine: &mut dyn Engine,
        console: &Console,
    ) -> Result<Self, Failure> {
        let all = engine.addresses().len();
        let mut bar = console.bar(format!("{role}s: labelling"));
        let mut clusters = Vec::with_capacity(all);
        let mut log_densities = Vec::with_capacity(all);
        scorer.label(engine, &mut |labels| {
            clusters.extend(labels.iter().map(|label| label.cluster));
            log_densities.extend(labels.iter().map(|label| label.log_density));
            bar.update(Unit::Addresses, clusters.len() as u64, Some(all as u64), String::new());
            Ok(())
        })?;
        Ok(Self { clusters, log_densities })
    }
}

/// The density whose responsibilities are written, if they are `wanted` and there are any.
pub fn responsible<'a>(
    scorer: &'a Scorer,
    wanted: bool,
    console: &mut Console,
) -> Option<&'a Density> {
    match scorer {
        Scorer::Mixture(density) if wanted => Some(density),
        Scorer::Partition(..) if wanted => {
            console.warn("K-Means has no responsibilities: its clusters are certain".to_owned());
            None
        }
        _ => None,
    }
}

/// Writes addresses.csv and anomalies.csv of `role`.
///
/// # Errors
/// When one cannot be written.
pub fn write_tables(
    output: &mut Output,
    role: Role,
    labelled: &Labelled<'_>,
    anomalies: &[usize],
    pca: &Pca,
) -> Result<(), WriteError> {
    let file = |name| format!("{}/{name}", role.key());
    output
        .write(&file("addresses.csv"), |out| labelled.write_csv(pca, 0..labelled.set.len(), out))?;
    output.write(&file("anomalies.csv"), |out| {
        labelled.write_csv(pca, anomalies.iter().copied(), out)
    })
}
