//! `octomix bench`: the passes on every engine, checked, then timed.

mod budget;
mod campaign;
mod check;
mod host;
mod machine;
mod markdown;
mod one_by_one;
mod record;
mod report;
mod runner;
mod task;

use std::path::Path;

use clap::ValueEnum;
use octomix::engine::choice::{Choice, EngineKind};
use octomix::input::{Options, Role};
use octomix::model::FitError;
use octomix::model::any::Model;
use octomix::pass::Centres;
use octomix::report::study::StudyError;
use octomix::store::model::Loaded;
use octomix::synthetic::Synthetic;

use self::machine::Machine;
use self::report::{Device, Report};
use self::runner::Runner;
use self::task::Parameters;
use super::{Failure, print, read, validate};
use crate::cli::{BenchArgs, PassArg};
use crate::console::Console;
use crate::progress::Unit;

/// Addresses up to which the reference runs over all of a set.
const REFERENCE: usize = 1_000_000;

/// Checks and times every pass on every engine, or makes a report of the machine.
///
/// # Errors
/// When a set or an engine asked for cannot be had, or an answer is wrong.
pub fn run(args: &BenchArgs) -> Result<(), Failure> {
    let mut console = Console::new(&args.print);
    if let Some(directory) = &args.report {
        return campaign::run(args, directory, &mut console);
    }
    // clap does not see it: --report conflicts with options that have defaults.
    if args.budget.is_some() {
        return Err(Failure::Usage("--budget is for --report DIR; add it, or leave it out".into()));
    }
    let given = args.model.as_deref().map(given).transpose()?;
    let (mut engines, left_out) = validate::choices(&args.engine)?;
    if args.engine.engine == EngineKind::Auto && args.engine.adapter.is_none() {
        engines.push(Choice::new(EngineKind::Reference, None, 0, 0)?);
    }
    let passes = if args.pass.is_empty() { PassArg::value_variants() } else { &args.pass };
    let components = match &given {
        Some(parameters) => vec![parameters.components()],
        None => args.components.iter().copied().collect(),
    };
    let sets = sets(args, &mut console)?;
    let mut bar = console.bar("timing");
    let devices = engines.iter().map(Device::new).collect();
    let report = Report::new(Machine::measure(), devices, left_out);
    let (seconds, reference) = (args.seconds, REFERENCE);
    let mut runner = Runner { engines: &engines, seconds, reference, report };
    let steps = (sets.len() * components.len()) as u64;
    let mut step = 0;
    for (name, addresses) in sets {
        let addresses = addresses();
        let mut made = runner.make(name, &addresses)?;
        let everywhere = |_: &str, _: PassArg| true;
        for &k in &components {
            let of = format!("{name}, {} addresses, k {k}", addresses.len());
            bar.update(Unit::Steps, step, Some(steps), of);
            step += 1;
            match &given {
                Some(parameters) => {
                    runner.time(&mut made, parameters, passes, true, &everywhere)?
                }
                None => {
                    let fitted = Parameters::fitted(&addresses, k).map_err(failed)?;
                    runner.time(&mut made, &fitted, passes, false, &everywhere)?;
                }
            }
        }
    }
    drop(bar);
    let mut report = runner.report;
    report.conclude();
    print(args.print.format, &report, |out| match args.markdown {
        true => markdown::write_report(&report, out),
        false => report.write(out),
    })
}

fn failed(reason: impl Into<FitError>) -> Failure {
    StudyError::Fit { role: Role::Source, reason: reason.into() }.into()
}

/// The parameters in a model.json.
fn given(path: &Path) -> Result<Parameters, Failure> {
    let none = Parameters::default();
    Ok(match Loaded::read(path)?.model {
        Model::Mixture(estimate) => Parameters { mixture: Some(estimate.mixture()), ..none },
        Model::KMeans(partition) => {
            let centres = Centres::new(&partition.centres).map_err(failed)?;
            Parameters { centres: Some(centres), ..none }
        }
    })
}

/// The name of a set, and what makes its addresses when its turn comes.
type Set = (&'static str, Box<dyn FnOnce() -> Vec<u32>>);

/// The sets asked for, by shape, the smaller ones first.
fn sets(args: &BenchArgs, console: &mut Console) -> Result<Vec<Set>, Failure> {
    if !args.captures.is_empty() {
        let capture = read(&args.captures, &Options::default(), console)?;
        let held = capture.sets.iter().filter(|(_, set)| !set.is_empty());
        let sets = held.map(|(role, set)| {
            let addresses = set.addresses().to_vec();
            (role.key(), Box::new(move || addresses) as _)
        });
        return Ok(sets.collect());
    }
    let mut counts: Vec<u64> = args.addresses.clone();
    counts.sort_unstable();
    counts.dedup();
    let mut sets: Vec<Set> = Vec::new();
    for shape in args.shape.iter().copied() {
        for &count in &counts {
            let set = Synthetic::new(shape, count, args.seed)?;
            sets.push((shape.name(), Box::new(move || set.iter().collect()) as _));
        }
    }
    Ok(sets)
}
