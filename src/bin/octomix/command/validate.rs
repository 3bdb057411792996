//! `octomix validate`: every engine against the reference, pass by pass and in whole fits, on the user's own
//! addresses.

use std::io::{self, Write};

use octomix::address::{AddressSet, Points};
use octomix::conformance::fits::{self, Fits};
use octomix::conformance::{Check, MODELS, Parameters, check_centres, check_mixtures};
use octomix::engine::choice::{Choice, Chooser, EngineKind};
use octomix::engine::gpu::GpuError;
use octomix::engine::{Engine, EngineError};
use octomix::input::Role;
use octomix::report::study::StudyError;
use octomix::report::text::table::{table, write_table};
use octomix::report::text::wrap::write_wrapped;
use octomix::words::grouped;
use serde::Serialize;

use super::{Failure, all_read, print, read};
use crate::cli::{EngineArgs, ValidateArgs};
use crate::console::{Console, terminal_width};
use crate::gpu;

/// One engine over one role's addresses.
#[derive(Debug, Serialize)]
struct Validation {
    role: &'static str,
    addresses: usize,
    components: usize,
    engine: &'static str,
    device: String,
    checks: Vec<Row>,
}

/// One statistic of one pass, or of a fit.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    pub pass: &'static str,
    pub statistic: &'static str,
    pub error: f64,
    pub bound: f64,
    pub within: bool,
}

impl Row {
    /// What people read: whether the engine is equal, within its bound, or wrong.
    pub fn verdict(&self) -> &'static str {
        match (self.within, self.bound == 0.0) {
            (true, true) => "equal",
            (true, false) => "within",
            (false, _) => "OUT OF BOUNDS",
        }
    }
}

impl From<&Check> for Row {
    fn from(check: &Check) -> Self {
        let Check { pass, statistic, error, bound, .. } = *check;
        Self { pass, statistic, error, bound, within: check.holds() }
    }
}

/// What the command prints.
#[derive(Debug, Serialize)]
struct Report {
    /// The models whose parameters the engines were compared under.
    models: &'static str,
    validations: Vec<Validation>,
    /// Engines and fits that could not be run or compared, and why.
    left_out: Vec<String>,
    within: bool,
}

/// Compares the engines asked for, or all, with the reference.
///
/// # Errors
/// When the captures cannot be read, an engine asked for cannot be had, or one is out of bounds.
pub fn run(args: &ValidateArgs) -> Result<(), Failure> {
    let mut console = Console::new(&args.print);
    let capture = read(&args.input.captures, &args.input.options(), &mut console)?;
    let components = args.components as usize;
    let (choices, mut left_out) = choices(&args.engine)?;
    let mut validations = Vec::new();
    for role in Role::ALL {
        let set = capture.sets.get(role);
        if !set.is_empty() {
            let parameters = Parameters::new(set.addresses(), components)
                .map_err(|reason| StudyError::Fit { role, reason })?;
            let sample = fits::sample(set.addresses());
            let fits = Fits::new(&Points::new(&sample), components.min(sample.len()))
                .map_err(|reason| StudyError::Fit { role, reason })?;
            let untold = |fit: &&str| {
                format!(
                    "{fit} of {}: its addresses lie so flat across the octets that doubles do not tell where \
                     it ends",
                    role.key()
                )
            };
            left_out.extend(fits.left_out.iter().map(untold));
            for choice in &choices {
                let mut validation = validate(role, set, choice, &parameters)?;
                let mut engine = choice.engine(Points::new(&sample));
                let checks = fits
                    .check(engine.as_mut())
                    .map_err(|reason| StudyError::Fit { role, reason })?;
                validation.checks.extend(checks.iter().map(Row::from));
                validations.push(validation);
            }
        }
    }
    let outside = validations.iter().flat_map(|v| &v.checks).filter(|row| !row.within).count();
    let report = Report { models: MODELS, validations, left_out, within: outside == 0 };
    print(args.print.format, &report, |out| write(&report, out))?;
    if outside > 0 {
        return Err(Failure::OutOfBounds(outside));
    }
    all_read(capture.account.lost())
}

/// The engines asked for; with `auto` all that there are but the reference, told which are not.
pub(super) fn choices(args: &EngineArgs) -> Result<(Vec<Choice>, Vec<String>), GpuError> {
    let adapter = args.adapter.as_deref();
    // A GPU that gives wrong results is what the tables are to show.
    let choose = |kind| Chooser::new(kind, adapter).opened_by(gpu::open_unchecked).choose(0, 0);
    match args.engine {
        EngineKind::Auto => match choose(EngineKind::Gpu) {
            Ok(gpu) => Ok((vec![choose(EngineKind::Cpu)?, gpu], Vec::new())),
            Err(error) if adapter.is_none() => {
                Ok((vec![choose(EngineKind::Cpu)?], vec![format!("gpu: {error}")]))
            }
            Err(error) => Err(error),
        },
        kind => Ok((vec![choose(kind)?], Vec::new())),
    }
}

fn validate(
    role: Role,
    set: &AddressSet,
    choice: &Choice,
    parameters: &Parameters,
) -> Result<Validation, Failure> {
    let points = Points::new(set.addresses());
    let mut engine = choice.engine(points.clone());
    Ok(Validation {
        role: role.key(),
        addresses: set.len(),
        components: parameters.mixtures.first().map_or(0, |mixture| mixture.0.len()),
        engine: choice.name(),
        device: engine.description(),
        checks: check_passes(engine.as_mut(), &points, parameters)?,
    })
}

/// Every statistic of every pass of `engine`, which runs over `points`, beside the reference's.
pub(super) fn check_passes(
    engine: &mut dyn Engine,
    points: &Points<'_>,
    parameters: &Parameters,
) -> Result<Vec<Row>, EngineError> {
    let mut checks = check_centres(engine, points, &parameters.centres)?;
    checks.extend(check_mixtures(engine, points, &parameters.mixtures)?);
    Ok(checks.iter().map(Row::from).collect())
}

/// An error or a bound at a glance.
pub(super) fn small(x: f64) -> String {
    match x {
        0.0 => "0".to_owned(),
        1.0.. => format!("{x:.0}"),
        _ => format!("{x:.1e}"),
    }
}

fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let width = terminal_width().unwrap_or(usize::MAX);
    for v in &report.validations {
        let what = format!(
            "{}, {} addresses, {} components, {} against the reference",
            v.role, v.addresses, v.components, v.device
        );
        write_wrapped("", &what, width, out)?;
        let header = ["pass", "statistic", "largest error", "bound", "verdict"];
        let mut table = table(header, &[2, 3]);
        for row in &v.checks {
            let (error, bound) = (small(row.error), small(row.bound));
            table.add_row([row.pass, row.statistic, &error, &bound, row.verdict()]);
        }
        write_table(&table, width, out)?;
        writeln!(out)?;
    }
    for reason in &report.left_out {
        write_wrapped("NOT RUN: ", reason, width, out)?;
    }
    write_wrapped("Parameters of ", &format!("{}.", report.models), width, out)?;
    let units = format!(
        "Errors and bounds of sums are per address; those of fits, over at most {} addresses, in nats, iterations and \
         shares of the addresses. {}",
        grouped(fits::SAMPLE as u64),
        if report.within { "All are within bounds." } else { "Some are OUT OF BOUNDS." }
    );
    write_wrapped("", &units, width, out)
}
