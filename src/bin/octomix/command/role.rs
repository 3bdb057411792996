//! One role, in every command the same way: fitted, judged, described, written.
//!
//! The library computes; here it is watched, told of on the terminal, and its files are written.

use std::io;
use std::ops::ControlFlow;
use std::time::Duration;

use octomix::address::{AddressSet, Points, Unit};
use octomix::analysis::{AnalysisError, Criteria, Fitted, Judged, Watcher};
use octomix::behaviour::Earlier;
use octomix::describe::drawing::{Drawing, DrawingBuilder};
use octomix::describe::fanout::Fanout;
use octomix::describe::flagged::Flagged;
use octomix::describe::plane::Shape;
use octomix::engine::choice::Choice;
use octomix::engine::{Engine, EngineError, RecordedEngine, Recorder};
use octomix::input::{Capture, PerRole, Role};
use octomix::model::any::Model;
use octomix::model::pca::Pca;
use octomix::model::scorer::{Score, Scorer};
use octomix::model::{Progress, Stage};
use octomix::pass::Density;
use octomix::report::csv::AddressTable;
use octomix::report::page::RolePage;
#[cfg(feature = "parquet")]
use octomix::report::parquet::ParquetTable;
use octomix::report::summary::fit::FitSummary;
use octomix::report::summary::{RoleSeconds, RoleSummary};
use octomix::rule::Rule;
use octomix::rule::judge::Verdict;
use octomix::store::model::{AppliedThreshold, WeightedBy};
use octomix::store::{Output, Unfinished, WriteError};

use super::Failure;
use super::run::Run;
use crate::cli::{TableArgs, TableFormat};
use crate::console::Console;
use crate::progress::{self, Bar};

/// What was found for a role.
pub struct Findings {
    /// For summary.json and the terminal.
    pub summary: RoleSummary,
    /// For pictures, where files are written.
    pub page: Option<RolePage>,
}

/// One role's addresses, and where they are worked on, told of and written.
pub struct Desk<'a> {
    /// The role.
    pub role: Role,
    /// Its addresses.
    pub set: &'a AddressSet,
    /// Where to compute.
    pub choice: &'a Choice,
    /// Where to tell.
    pub console: &'a mut Console,
    /// Where to write.
    pub output: &'a mut Output,
    /// What keeps the answers of engines, if anything does.
    pub record: Option<&'a Recorder>,
}

impl Run {
    /// What `work` finds for each role that has addresses.
    ///
    /// # Errors
    /// The first of `work`.
    pub fn each_role<T>(
        &mut self,
        capture: &Capture,
        mut work: impl FnMut(Desk<'_>) -> Result<T, Failure>,
    ) -> Result<PerRole<Option<T>>, Failure> {
        let Self { choice, console, output, record, .. } = self;
        let record = record.as_ref().map(|(record, _)| record);
        capture.sets.try_map(|role, set| match set.is_empty() {
            true => Ok(None),
            false => work(Desk { role, set, choice, console, output, record }).map(Some),
        })
    }
}

impl<'a> Desk<'a> {
    /// An engine over the addresses, each counted as `weighted_by` says; packets take 8 bytes each. Warns
    /// if not all counts are packets.
    ///
    /// # Errors
    /// When the packets are too many to be counted exactly, or the record is of other addresses.
    pub fn engine(&mut self, weighted_by: WeightedBy) -> Result<Box<dyn Engine + 'a>, Failure> {
        let addresses = self.set.addresses();
        let points = match weighted_by {
            WeightedBy::Addresses => Ok(addresses.into()),
            WeightedBy::Packets => {
                self.warn_of_unit();
                Points::weighted(addresses, self.set.weights())
            }
        };
        let unit = self.set.unit().name();
        let points = points.map_err(|reason| Failure::Weights { role: self.role, unit, reason })?;
        let Some(record) = self.record else { return Ok(self.choice.engine(points)) };
        let engine = self.choice.engine(points.clone());
        Ok(Box::new(RecordedEngine::new(engine, &points, record.clone())?))
    }

    /// Tells if what is weighed as packets is none.
    fn warn_of_unit(&mut self) {
        match self.set.unit() {
            Unit::Packets => {}
            Unit::Records => {
                self.console.warn_once("no packet counts in the input: records are weighed");
            }
            Unit::Mixed => self.console.warn_once(
                "some records say no packet counts: each of them is weighed as one packet",
            ),
        }
    }

    /// Tells if the CPU had to take over from the device of `engine`.
    pub fn warn_of_trouble(&mut self, engine: &dyn Engine) {
        if let Some(trouble) = engine.trouble() {
            self.console.warn(format!("{}s: the CPU took over: {trouble}", self.role));
        }
    }

    /// `name` in the role's folder.
    pub fn file(&self, name: &str) -> String {
        format!("{}/{name}", self.role.key())
    }

    /// Watches the role's analysis, and writes the tables that are `wanted` once a model is fitted.
    pub fn watch<'d>(&'d mut self, wanted: Option<TablesWanted<'d>>) -> RoleWatcher<'d, 'a> {
        RoleWatcher {
            desk: self,
            bar: None,
            judged: 0,
            wanted,
            tables: None,
            drawing: None,
            fits: Vec::new(),
            failure: None,
        }
    }
}

/// Tables under way: addresses.csv, and what its page will show.
struct Tables<'d, 'a> {
    pca: Pca,
    responsibilities: Option<Density>,
    ranking: Option<Rule>,
    earlier: Option<&'d Earlier>,
    rows: Rows,
    drawing: DrawingBuilder<'a>,
}

/// The table of all addresses under way.
enum Rows {
    None,
    Csv(Box<Unfinished>),
    #[cfg(feature = "parquet")]
    Parquet(Box<ParquetTable<Unfinished>>),
}

/// The names that it may have.
const TABLES: [&str; 2] = ["addresses.csv", "addresses.parquet"];

/// What of a model is written for each address.
#[derive(Debug, Clone, Copy)]
pub struct TablesWanted<'a> {
    /// The score of its log-densities.
    pub score: Score,
    /// The rule that flags a share of any set, if one does.
    pub ranking: Option<Rule>,
    /// Another day, beside which some addresses are new.
    pub earlier: Option<&'a Earlier>,
    /// How, and with what.
    pub args: TableArgs,
}

/// Shows where the analysis of a role stands, tells what is to be told of its fits, and writes tables as
/// addresses are judged.
pub struct RoleWatcher<'d, 'a> {
    desk: &'d mut Desk<'a>,
    bar: Option<Bar>,
    /// Addresses judged so far.
    judged: usize,
    wanted: Option<TablesWanted<'d>>,
    tables: Option<Tables<'d, 'a>>,
    drawing: Option<Drawing>,
    /// The fits so far.
    fits: Vec<FitSummary>,
    failure: Option<WriteError>,
}

impl<'d> RoleWatcher<'d, '_> {
    /// Starts the tables of addresses under `model`, in the plane of `pca`.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn start_tables(
        &mut self,
        model: &Model,
        pca: &Pca,
        wanted: TablesWanted<'d>,
    ) -> Result<(), WriteError> {
        let responsibilities = match (wanted.args.responsibilities, model.scorer(wanted.score)) {
            (true, Ok(Scorer::Mixture(density))) => Some(density),
            (true, Ok(Scorer::Partition(..))) => {
                let none = "K-Means has no responsibilities: its clusters are certain";
                self.desk.console.warn(none.to_owned());
                None
            }
            _ => None,
        };
        let drawing = DrawingBuilder::new(self.desk.set, pca);
        let TablesWanted { ranking, earlier, .. } = wanted;
        let set = self.desk.set;
        let table = AddressTable {
            set,
            pca,
            responsibilities: responsibilities.as_ref(),
            ranking,
            earlier,
        };
        let rows = match wanted.args.tables {
            TableFormat::None => Rows::None,
            TableFormat::Csv => {
                let mut file = self.desk.output.create(&self.desk.file(TABLES[0]))?;
                table.write_header(&mut file).map_err(|error| file.failed(&error))?;
                Rows::Csv(Box::new(file))
            }
            #[cfg(feature = "parquet")]
            TableFormat::Parquet => {
                let name = self.desk.file(TABLES[1]);
                let file = self.desk.output.create(&name)?;
                let failed = |error| self.desk.output.failed(&name, &error);
                Rows::Parquet(Box::new(ParquetTable::new(&table, file).map_err(failed)?))
            }
        };
        self.tables =
            Some(Tables { pca: pca.clone(), responsibilities, ranking, earlier, rows, drawing });
        Ok(())
    }

    /// What there is to tell of the fits so far, and the picture where tables were written.
    pub fn finish(self) -> (Vec<FitSummary>, Option<Drawing>) {
        (self.fits, self.drawing)
    }

    /// What the user is told of `error`, which ended the analysis.
    pub fn failed(&mut self, error: AnalysisError) -> Failure {
        match (error, self.failure.take()) {
            (AnalysisError::Engine(EngineError::Sink(_)), Some(failure)) => failure.into(),
            (AnalysisError::Fit(reason), _) => Failure::Fit { role: self.desk.role, reason },
            (AnalysisError::Fdr(error), _) => error.into(),
            (AnalysisError::Agreement(error), _) => error.into(),
            (AnalysisError::Engine(error), _) => error.into(),
        }
    }

    /// Keeps the failure of a file, which tells its name, until the analysis has ended.
    fn kept<T>(&mut self, written: Result<T, WriteError>) -> io::Result<T> {
        written.map_err(|failure| {
            let error = io::Error::other(failure.to_string());
            self.failure = Some(failure);
            error
        })
    }

    fn write_judged(&mut self, verdicts: &[Verdict]) -> Result<(), WriteError> {
        let Some(Tables { pca, responsibilities, ranking, earlier, rows, drawing }) =
            &mut self.tables
        else {
            return Ok(());
        };
        drawing.add(verdicts);
        let (set, responsibilities) = (self.desk.set, responsibilities.as_ref());
        let (ranking, earlier) = (*ranking, *earlier);
        let table = AddressTable { set, pca, responsibilities, ranking, earlier };
        match rows {
            Rows::None => Ok(()),
            Rows::Csv(file) => table.write(verdicts, file).map_err(|error| file.failed(&error)),
            #[cfg(feature = "parquet")]
            Rows::Parquet(file) => {
                let failed = |error| self.desk.output.failed(&self.desk.file(TABLES[1]), &error);
                file.write(&table, verdicts).map_err(failed)
            }
        }
    }

    fn write_flagged(&mut self, flagged: &Flagged<'_>) -> Result<(), WriteError> {
        let name = self.desk.file("anomalies.csv");
        let Some(Tables { pca, responsibilities, ranking, earlier, rows, drawing }) =
            self.tables.take()
        else {
            return Ok(());
        };
        let (set, responsibilities) = (self.desk.set, responsibilities.as_ref());
        let table = AddressTable { set, pca: &pca, responsibilities, ranking, earlier };
        let written = match rows {
            Rows::None => None,
            Rows::Csv(file) => Some((*file, TABLES[0])),
            #[cfg(feature = "parquet")]
            Rows::Parquet(file) => {
                let failed = |error| self.desk.output.failed(&self.desk.file(TABLES[1]), &error);
                Some((file.finish(&table).map_err(failed)?, TABLES[1]))
            }
        };
        // That of an earlier run, in another form, would not tell of these addresses.
        let kept = written.as_ref().map(|&(_, name)| name);
        for name in TABLES.into_iter().filter(|&name| Some(name) != kept) {
            self.desk.output.remove(&self.desk.file(name));
        }
        if let Some((file, name)) = written {
            self.desk.output.keep(&self.desk.file(name), file)?;
        }
        let Flagged { rows, reasons, .. } = flagged;
        self.desk.output.write(&name, |out| table.write_flagged(rows, reasons, out))?;
        self.drawing = Some(drawing.finish());
        Ok(())
    }
}

impl Watcher for RoleWatcher<'_, '_> {
    fn progress(&mut self, progress: Progress) -> ControlFlow<()> {
        let Desk { console, role, .. } = &*self.desk;
        show(self.bar.get_or_insert_with(|| console.bar(&format!("{role}s:"))), progress)
    }

    fn fitted(&mut self, fitted: &Fitted) -> io::Result<()> {
        self.bar = None;
        self.judged = 0;
        let fits = FitSummary::all(fitted);
        fits.iter().for_each(|fit| tell(self.desk.role, fit, self.desk.console));
        if fits.last().is_some_and(|fit| !fit.converged) {
            self.desk.console.warn(format!(
                "{}s: the best fit had not converged when --max-iter {} stopped it; raise it",
                self.desk.role,
                fitted.params.max_iter()
            ));
        }
        self.fits.extend(fits);
        let Some(wanted) = self.wanted else { return Ok(()) };
        let started = self.start_tables(&fitted.model(), &Pca::new(fitted.fit.moments()), wanted);
        self.kept(started)
    }

    fn judged(&mut self, verdicts: &[Verdict]) -> io::Result<()> {
        let written = self.write_judged(verdicts);
        self.kept(written)?;
        self.judged += verdicts.len();
        let Desk { console, role, .. } = &*self.desk;
        let bar = self.bar.get_or_insert_with(|| console.bar(&format!("{role}s: labelling")));
        let (done, all) = (self.judged as u64, self.desk.set.len() as u64);
        bar.update(progress::Unit::Addresses, done, Some(all), String::new());
        if self.judged == self.desk.set.len() {
            self.bar = None;
        }
        Ok(())
    }

    fn flagged(&mut self, flagged: &Flagged<'_>) -> io::Result<()> {
        let written = self.write_flagged(flagged);
        self.kept(written)
    }
}

/// What `--verbose` tells of a fit.
pub fn tell(role: Role, fit: &FitSummary, console: &Console) {
    let fitted = format!("{role}s, {} components", fit.components);
    if let Some(search) = &fit.search {
        for step in &search.moves {
            let of: Vec<String> = step.components.iter().map(ToString::to_string).collect();
            let of = if of.is_empty() { String::new() } else { format!(" of {}", of.join(", ")) };
            let spent = 100.0 * step.evaluations / search.budget;
            let (kind, after) = (&step.kind, step.after);
            console.detail(&format!(
                "{fitted}, {spent:.0}% of the budget: {kind}{of}: lower bound {after:.3}"
            ));
        }
        return;
    }
    for (r, restart) in fit.restarts.iter().enumerate() {
        let best = if r == fit.best_restart { ", the best" } else { "" };
        let (objective, n_iter) = (restart.objective, restart.n_iter);
        console.detail(&format!("{fitted}, restart {r}: {objective} in {n_iter} iterations{best}"));
    }
}

/// Shows where a fit stands.
pub fn show(bar: &mut Bar, progress: Progress) -> ControlFlow<()> {
    let stage = match progress.stage {
        Stage::Seeding => "seeding",
        Stage::KMeans => "K-Means",
        Stage::Mixture => "mixture",
        Stage::Search => "search",
    };
    let (iteration, most, active) = (progress.iteration, progress.max_iter, progress.active);
    let message = format!("{stage} {iteration}/{most}, {active} restarts");
    bar.update(progress::Unit::Steps, iteration as u64, Some(most as u64), message);
    ControlFlow::Continue(())
}

/// The page of a `drawing` of `set` under `model`, whose fit rose along `bounds`, and of what is flagged.
pub fn page(
    set: &AddressSet,
    model: &Model,
    bounds: &[f64],
    pca: &Pca,
    drawing: Drawing,
    judged: &Judged,
) -> RolePage {
    let shapes = Shape::of(&model.estimate(), pca);
    RolePage {
        pca: pca.clone(),
        shapes,
        drawing,
        evidence: judged.evidence.clone(),
        fanout: Fanout::new(set, &judged.findings),
        flags: judged.anomalies.clone(),
        trace: bounds.to_vec(),
    }
}

/// How long a role took whose fit took `fit`, with `write` seconds for files other than its tables.
pub fn spent(fit: Duration, judged: &Judged, write: f64) -> RoleSeconds {
    RoleSeconds {
        fit: fit.as_secs_f64(),
        label: judged.threshold_time.as_secs_f64(),
        write: judged.sweep_time.as_secs_f64() + write,
    }
}

/// The threshold of `criteria`, which came to `log_density`.
pub fn applied(criteria: &Criteria<'_>, log_density: f64) -> AppliedThreshold {
    let (rule, score) = (criteria.threshold.into(), criteria.score.into());
    AppliedThreshold { rule, score, log_density }
}
