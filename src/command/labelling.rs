//! Labelling one role's addresses: the threshold, and the tables. No label is kept but of anomalies.

use octomix::engine::{Engine, EngineError};
use octomix::input::Role;
use octomix::model::scorer::{Score, Scorer};
use octomix::pass::Density;
use octomix::report::census::Tally;
use octomix::report::model::AppliedThreshold;
use octomix::report::page::{Drawing, Sketch};
use octomix::report::{Census, Output, Row, Table};
use octomix::score::Threshold;

use super::Failure;
use crate::console::Console;
use crate::progress::Unit;

/// The threshold of `rule` for `addresses`, those of `engine`.
///
/// # Errors
/// When the engine fails.
pub fn threshold(
    rule: Threshold,
    score: Score,
    scorer: &Scorer,
    engine: &mut dyn Engine,
    addresses: &[u32],
) -> Result<AppliedThreshold, EngineError> {
    let found = rule
        .find(addresses.len(), |ranks| scorer.order_statistics(engine, addresses, ranks))?
        // Without a log-density there is no address to flag either.
        .unwrap_or(f64::NEG_INFINITY);
    Ok(AppliedThreshold { rule: rule.into(), score: score.into(), log_density: found })
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

/// What a sweep over labels finds.
pub struct Labelled {
    /// The addresses of each cluster.
    pub tallies: Vec<Tally>,
    /// The anomalies, least dense first.
    pub anomalies: Vec<Row>,
    /// A picture, where files are written.
    pub drawing: Option<Drawing>,
}

/// One sweep of `scorer` over the addresses of `engine`, which are those of `table`, for so many
/// `clusters`. On the way it writes addresses.csv, and then anomalies.csv, to `output`, if there is one.
///
/// # Errors
/// When the engine fails, or a file cannot be written.
pub fn label(
    role: Role,
    scorer: &Scorer,
    engine: &mut dyn Engine,
    table: &Table<'_>,
    clusters: usize,
    output: Option<&mut Output>,
    console: &Console,
) -> Result<Labelled, Failure> {
    let name = |file| format!("{}/{file}", role.key());
    let mut file = match &output {
        Some(output) => {
            let mut file = output.create(&name("addresses.csv"))?;
            table.write_header(&mut file).map_err(|error| file.failed(&error))?;
            Some(file)
        }
        None => None,
    };
    let mut bar = console.bar(format!("{role}s: labelling"));
    let mut census = Census::new(table.set, clusters, table.threshold);
    let mut sketch = file.is_some().then(|| Sketch::new(table.set, table.pca, table.threshold));
    let (addresses, all) = (table.set.addresses(), table.set.len() as u64);
    let (mut rows, mut done) = (Vec::new(), 0);
    let labelled = scorer.label(engine, addresses, &mut |labels| {
        rows.clear();
        rows.extend(Row::of(done, labels));
        done += rows.len();
        census.add(&rows);
        if let Some(sketch) = &mut sketch {
            sketch.add(&rows);
        }
        if let Some(file) = &mut file {
            table.write(&rows, file)?;
        }
        bar.update(Unit::Addresses, done as u64, Some(all), String::new());
        Ok(())
    });
    drop(bar);
    match (labelled, &file) {
        (Err(EngineError::Sink(error)), Some(file)) => return Err(file.failed(&error).into()),
        (labelled, _) => labelled?,
    }
    let (tallies, anomalies) = census.finish();
    if let (Some(file), Some(output)) = (file, output) {
        output.keep(file)?;
        output.write(&name("anomalies.csv"), |out| {
            table.write_header(out)?;
            table.write(&anomalies, out)
        })?;
    }
    Ok(Labelled { tallies, anomalies, drawing: sketch.map(Sketch::finish) })
}
