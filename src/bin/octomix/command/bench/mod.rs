//! `octomix bench`: the passes on every engine, checked, then timed.

mod check;
mod floor;
mod machine;
mod report;
mod runner;
mod task;

use std::path::Path;

use clap::ValueEnum;
use octomix::engine::choice::{Choice, EngineKind};
use octomix::input::{Options, Role};
use octomix::model::any::Model;
use octomix::pass::Centres;
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

/// Checks and times every pass on every engine.
///
/// # Errors
/// When a set or an engine asked for cannot be had, or an answer is wrong.
pub fn run(args: &BenchArgs) -> Result<(), Failure> {
    let mut console = Console::new(&args.print);
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
    let mut bar = console.bar("timing".to_owned());
    let devices = engines.iter().map(Device::new).collect();
    let mut report = Report::new(Machine::measure(), devices, left_out);
    let mut runner =
        Runner { engines: &engines, passes, seconds: args.seconds, report: &mut report };
    let steps = (sets.len() * components.len()) as u64;
    let mut step = 0;
    for set in sets {
        let (name, addresses) = set.addresses();
        let mut set = runner.set(name, &addresses);
        for &k in &components {
            let of = format!("{name}, {} addresses, k {k}", addresses.len());
            bar.update(Unit::Steps, step, Some(steps), of);
            step += 1;
            match &given {
                Some(parameters) => set.time(parameters, true)?,
                None => set.time(&fitted(&addresses, k)?, false)?,
            }
        }
    }
    drop(bar);
    report.find_crossovers();
    print(args.print.format, &report, |out| report.write(out))
}

fn fitted(addresses: &[u32], k: usize) -> Result<Parameters, Failure> {
    let failed = |reason| Failure::Fit { role: Role::Source, reason };
    Parameters::fitted(addresses, k).map_err(failed)
}

/// The parameters in a model.json.
fn given(path: &Path) -> Result<Parameters, Failure> {
    let none = Parameters::default();
    Ok(match Loaded::read(path)?.model {
        Model::Mixture(estimate) => Parameters { mixture: Some(estimate.mixture()), ..none },
        Model::KMeans(partition) => {
            let centres = Centres::new(&partition.centres)
                .map_err(|reason| Failure::Fit { role: Role::Source, reason: reason.into() })?;
            Parameters { centres: Some(centres), ..none }
        }
    })
}

/// A set to run on: made when its turn comes, or read.
enum Set {
    Synthetic(&'static str, Synthetic),
    Read(&'static str, Vec<u32>),
}

impl Set {
    /// Its name and its addresses.
    fn addresses(self) -> (&'static str, Vec<u32>) {
        match self {
            Self::Synthetic(name, set) => (name, set.iter().collect()),
            Self::Read(name, addresses) => (name, addresses),
        }
    }
}

/// The sets asked for, by shape, the smaller ones first.
fn sets(args: &BenchArgs, console: &mut Console) -> Result<Vec<Set>, Failure> {
    if !args.captures.is_empty() {
        let capture = read(&args.captures, &Options::default(), console)?;
        let of = |role: Role| Set::Read(role.key(), capture.sets.get(role).addresses().to_vec());
        let held = |role: &Role| !capture.sets.get(*role).is_empty();
        return Ok(Role::ALL.into_iter().filter(held).map(of).collect());
    }
    let mut counts: Vec<u64> = args.addresses.clone();
    counts.sort_unstable();
    counts.dedup();
    let mut sets = Vec::new();
    for shape in args.shape.iter().copied() {
        for &count in &counts {
            sets.push(Set::Synthetic(shape.name(), Synthetic::new(shape, count, args.seed)?));
        }
    }
    Ok(sets)
}
