//! Labelling one role's addresses: the threshold, the rules, and the tables. No label is kept but of
//! anomalies.

use octomix::address::Blocks;
use octomix::engine::choice::Choice;
use octomix::engine::{Engine, EngineError};
use octomix::input::Role;
use octomix::model::any::Fit;
use octomix::model::estimate::Estimate;
use octomix::model::scorer::Scorer;
use octomix::pass::Density;
use octomix::report::census::Tally;
use octomix::report::model::AppliedThreshold;
use octomix::report::page::{Drawing, Sketch};
use octomix::report::rules::Flagged;
use octomix::report::{Census, Judge, Output, Row, Table};
use octomix::rule::prefix::Ascending;
use octomix::rule::reason::Reasons;
use octomix::rule::{Rule, Rules, Structure, fdr};
use octomix::rule::threshold::{Threshold, percentile};

use super::Failure;
use crate::cli::RuleArgs;
use crate::console::Console;
use crate::progress::Unit;

/// The threshold of `args` for `addresses`, those of `engine`, which `scorer` of `fit` scores. What is
/// drawn for it follows from `seed`.
///
/// # Errors
/// When the engine fails, or nothing can be drawn from the model.
pub fn threshold(
    args: &RuleArgs,
    fit: &Fit,
    scorer: &Scorer,
    engine: &mut dyn Engine,
    addresses: &[u32],
    choice: &Choice,
    seed: u64,
) -> Result<AppliedThreshold, Failure> {
    let found = match args.threshold {
        Threshold::Percentile(q) => percentile(q, addresses.len(), |ranks| {
            scorer.order_statistics(engine, addresses, ranks)
        })?
        // Without a log-density there is no address to flag either.
        .unwrap_or(f64::NEG_INFINITY),
        Threshold::Density(density) => density,
        Threshold::Fdr(q) => {
            let open: fdr::Open<'_> = &|points| choice.engine(points);
            fdr::cut(q, scorer, &fit.estimate(), seed, engine, addresses, open)?
        }
    };
    let (rule, score) = (args.threshold.into(), args.score.score().into());
    Ok(AppliedThreshold { rule, score, log_density: found })
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
pub struct Labelled<'a> {
    /// The addresses of each cluster.
    pub tallies: Vec<Tally>,
    /// The flagged ones.
    pub flagged: Flagged<'a>,
    /// A picture, where files are written.
    pub drawing: Option<Drawing>,
}

/// What there is to label one role's addresses by.
#[derive(Debug, Clone, Copy)]
pub struct Labelling<'a> {
    /// The role.
    pub role: Role,
    /// The addresses, and what is told of each.
    pub table: &'a Table<'a>,
    /// The addresses again, sorted.
    pub ascending: &'a Ascending<'a>,
    /// What labels them.
    pub scorer: &'a Scorer,
    /// The mixture that distances to clusters are of.
    pub estimate: &'a Estimate,
    /// The log-density below which an address is flagged by that rule.
    pub threshold: f64,
    /// The rules.
    pub rules: Rules,
    /// What those found that need no model.
    pub structure: &'a Structure,
    /// The addresses whose flags are not told.
    pub allowed: Option<&'a Blocks>,
}

impl<'a> Labelling<'a> {
    /// One sweep over the addresses of `engine`, which are those of the table: the addresses of each
    /// cluster, and the flagged. On the way it writes addresses.csv, and then anomalies.csv, to
    /// `output`, if there is one.
    ///
    /// # Errors
    /// When the engine fails, or a file cannot be written.
    pub fn run(
        &self,
        engine: &mut dyn Engine,
        output: Option<&mut Output>,
        console: &Console,
    ) -> Result<Labelled<'a>, Failure> {
        let Self { role, table, scorer, rules, structure, .. } = *self;
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
        let threshold = rules.has(Rule::LowDensity).then_some(self.threshold);
        let judge = Judge { threshold, flags: &structure.flags };
        let mut census = Census::new(table.set, self.estimate.components());
        let mut sketch = file.is_some().then(|| Sketch::new(table.set, table.pca));
        let (addresses, all) = (table.set.addresses(), table.set.len() as u64);
        let (mut rows, mut done) = (Vec::new(), 0);
        let mut suppressed = self.allowed.map(|_| 0);
        let labelled = scorer.label(engine, addresses, &mut |labels| {
            rows.clear();
            rows.extend(judge.rows(done, labels));
            done += rows.len();
            if let (Some(allowed), Some(suppressed)) = (self.allowed, &mut suppressed) {
                *suppressed += silence(&mut rows, addresses, allowed);
            }
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
        let (tallies, rows) = census.finish();
        let sizes: Vec<u64> = tallies.iter().map(|tally| tally.size).collect();
        let reasons = Reasons::new(self.ascending, self.estimate, &sizes);
        if let (Some(file), Some(output)) = (file, output) {
            output.keep(file)?;
            let file = name("anomalies.csv");
            output.write(&file, |out| table.write_flagged(&rows, &reasons, out))?;
        }
        let diffuse = structure.diffuse;
        let flagged = Flagged { rows, reasons, rules, diffuse, suppressed };
        Ok(Labelled { tallies, flagged, drawing: sketch.map(Sketch::finish) })
    }
}

/// Takes the flags of those of `rows` whose address is `allowed`, and returns how many they were.
fn silence(rows: &mut [Row], addresses: &[u32], allowed: &Blocks) -> u64 {
    let mut silenced = 0;
    for row in rows.iter_mut().filter(|row| !row.rules().is_empty()) {
        if allowed.contains(addresses[row.at as usize]) {
            row.silence();
            silenced += 1;
        }
    }
    silenced
}
