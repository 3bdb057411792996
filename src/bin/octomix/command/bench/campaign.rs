//! `octomix bench --report`: all that a machine can tell of octomix in a few minutes, most important first.
//!
//! Steps are run in the order of what they are worth: validation, passes at the base size, whole fits,
//! the crossover, larger sets. What earlier steps took predicts the later ones, and those that the budget
//! or the memory does not allow are left out in words. A wrong answer or a lost device is written down
//! before the command fails.

use std::ffi::OsString;
use std::path::Path;
use std::time::{Instant, SystemTime};

use octomix::address::Points;
use octomix::analysis;
use octomix::conformance::fits::{Fits, NATS, RELATIVE};
use octomix::conformance::{MODELS, Parameters as Conformance};
use octomix::engine::choice::{Choice, EngineKind};
use octomix::model::auto;
use octomix::report::text;
use octomix::store::{Intent, Origin, Output};
use octomix::synthetic::{Shape, Synthetic};
use octomix::words::{bytes, duration, grouped, shown_path};
use octomix::{BayesianMixture, Search};
use rayon::prelude::*;

use super::super::validate::{self, Row, check_passes};
use super::super::{Failure, print, write_json};
use super::budget::Budget;
use super::host::Host;
use super::machine::Machine;
use super::record::{Adapter, Comparison, KernelCheck, Occupancy, Record, Validation, WholeFit};
use super::report::{Device, Report};
use super::runner::Runner;
use super::task::Parameters;
use super::{failed, markdown};
use crate::cli::{BenchArgs, PassArg};
use crate::console::Console;
use crate::gpu;

/// Components that passes are timed with.
const COMPONENTS: [usize; 5] = [2, 4, 8, 16, 32];
/// Those of the crossover.
const OF_CROSSOVER: [usize; 3] = [2, 8, 32];
/// Passes that each engine has kernels for, the most important first.
const SUMS: &[PassArg] = &[PassArg::Expectation, PassArg::Lloyd, PassArg::Moments, PassArg::Assign];
/// Passes that the CPU runs on every engine.
const LABELS: &[PassArg] = &[PassArg::Label, PassArg::LabelJoint, PassArg::LabelEach];
/// Seconds for each timing, as `octomix bench` has it by default.
const SECONDS: f64 = 0.02;
/// Addresses up to which the reference runs over all of a set; the GPU is held against the CPU beyond.
const REFERENCE: usize = 100_000;
/// All addresses that there are.
const EVERY: u64 = 1 << 32;
/// Sets beyond this are sorted, as octomix holds them.
const SORTED: u64 = 1 << 20;
/// Components of the fits that are compared with the reference's.
const OF_FITS: usize = 4;
/// Bytes that may be allocated where the system does not tell how many there are.
const UNTOLD: u64 = 4 << 30;

/// Seconds that a report may take unless it is told.
const BUDGET: f64 = 240.0;

/// Seconds from which on its sizes are those of all reports.
const FULL: f64 = 60.0;

/// How large the sets are: as the device and the time allow.
struct Sizes {
    /// Addresses that passes are validated on.
    validated: u64,
    /// Addresses that fits are validated on.
    fitted: u64,
    /// Components that passes are validated with. A kernel is built anew for each number up to eight.
    components: &'static [usize],
    /// Where every pass is timed, and the defaults are fitted.
    base: u64,
    /// Smaller ones, for the crossover.
    small: &'static [u64],
    /// Larger ones.
    large: &'static [u64],
}

impl Sizes {
    /// For a hardware GPU or none, and `seconds` in all.
    fn new(is_hardware: bool, seconds: f64) -> Self {
        let components = &[1, 2, 3, 4, 5, 6, 7, 8, 20];
        match (is_hardware, seconds >= FULL) {
            (true, true) => Self {
                validated: 20_000,
                fitted: 70_000,
                components,
                base: 1_000_000,
                small: &[1_000, 10_000, 100_000],
                large: &[10_000_000, 100_000_000, EVERY],
            },
            (_, true) => Self {
                validated: 10_000,
                fitted: 20_000,
                components,
                base: 100_000,
                small: &[1_000, 10_000],
                large: &[1_000_000, 10_000_000, 100_000_000, EVERY],
            },
            (_, false) => Self {
                validated: 1_000,
                fitted: 1_000,
                components: &[2, 9],
                base: 10_000,
                small: &[1_000],
                large: &[100_000, 1_000_000, 100_000_000, EVERY],
            },
        }
    }
}

/// A report under way.
struct Campaign<'a> {
    budget: Budget,
    runner: Runner<'a>,
    sizes: Sizes,
    validation: Validation,
    fits: Vec<WholeFit>,
    /// The addresses of the largest set that was generated, and the seconds it took.
    generated: Option<(u64, f64)>,
}

/// Writes the report of this machine to `directory`, and prints it.
///
/// # Errors
/// When an engine asked for cannot be had, an answer is wrong, an engine fails, or `directory` cannot be
/// written to. All but the first and the last are in the report as well.
pub fn run(args: &BenchArgs, directory: &Path, console: &mut Console) -> Result<(), Failure> {
    if args.engine.engine == EngineKind::Reference {
        let what =
            "--report holds the CPU and a GPU against the reference; leave --engine reference out";
        return Err(Failure::Usage(what.into()));
    }
    let mut output = Output::new(directory, Intent { by: "bench", folders: &[], files: &[] })?;
    let seconds = args.budget.unwrap_or(BUDGET);
    let mut budget = Budget::new(seconds, console.bar("report"));
    if seconds < FULL {
        let why = format!(
            "{} are given, and below {} sets are smaller and kernels are validated with k 2 and 9 alone",
            duration(seconds),
            duration(FULL)
        );
        budget.leave_out("the sizes of other reports", why);
    }
    let date = now();
    let (mut engines, left_out) = validate::choices(&args.engine)?;
    // A GPU alone has nothing to be measured by.
    if engines.iter().all(|choice| choice.name() != EngineKind::Cpu.name()) {
        engines.insert(0, Choice::new(EngineKind::Cpu, None, 0, 0)?);
    }
    // That the CPU runs on no GPU is no surprise here.
    let on_gpus = engines.iter().filter(|choice| !choice.gpus().is_empty());
    on_gpus.filter_map(|choice| choice.warning.clone()).for_each(|told| console.warn(told));
    let devices = Adapter::all(&engines);
    let host = Host::new();
    let is_hardware = devices.iter().any(|device| !device.software);
    let tested = engines.iter().map(Device::new).collect();
    let report = Report::new(Machine::measure(), tested, left_out);
    let runner = Runner { engines: &engines, seconds: SECONDS, reference: REFERENCE, report };
    let mut campaign = Campaign {
        runner,
        sizes: Sizes::new(is_hardware, seconds),
        budget,
        validation: Validation { models: MODELS, ..Validation::default() },
        fits: Vec::new(),
        generated: None,
    };
    let ended = campaign.all();
    let Campaign { budget, runner, mut validation, fits, .. } = campaign;
    let mut passes = runner.report;
    passes.timings.sort_by_key(|timing| timing.addresses);
    passes.uploads.sort_by_key(|upload| upload.addresses);
    passes.measure_again();
    passes.conclude();
    if !devices.is_empty() {
        validation.kernels = kernels(&validation.comparisons);
    }
    let record = Record {
        octomix: env!("CARGO_PKG_VERSION"),
        date,
        command: command(std::env::args_os().skip(1)),
        budget_seconds: budget.seconds,
        seconds: budget.spent(),
        host,
        occupancy: Occupancy {
            share: None,
            reason: match devices[..] {
                [] => "there is no GPU",
                _ => "the driver does not tell through wgpu",
            },
        },
        devices,
        validation,
        passes,
        fits,
        steps: budget.steps,
        left_out: budget.left_out,
        wrong: budget.wrong,
        failure: ended.as_ref().err().map(ToString::to_string),
    };
    let name = file_name(&record);
    output.write(&format!("{name}.json"), |file| write_json(&record, file))?;
    output.write(&format!("{name}.md"), |file| markdown::write(&record, file))?;
    let files = output.files().join("  ");
    let replaced = Origin::of_file(&directory.join(format!("{name}.json")));
    // Other machines' reports stand beside: there is no manifest.
    output.publish()?;
    print(args.print.format, &record, |out| {
        markdown::write(&record, out)?;
        writeln!(out, "\nWrote 2 files to {}: {files}", shown_path(directory))?;
        text::write_replaced(replaced.as_ref(), usize::MAX, out)
    })?;
    ended?;
    match record.wrong.as_slice() {
        [] => Ok(()),
        [first, others @ ..] => {
            let more = match others.len() {
                0 => String::new(),
                more => format!(", and {more} more"),
            };
            let file = directory.join(format!("{name}.md"));
            Err(Failure::WrongAnswer(format!("{first}{more}; see {}", shown_path(&file))))
        }
    }
}

impl Campaign<'_> {
    fn all(&mut self) -> Result<(), Failure> {
        self.validate()?;
        self.passes(self.sizes.base, &COMPONENTS, &[SUMS, LABELS])?;
        self.fits()?;
        if self.has_gpu() {
            let why = "the CPU labels on every engine, by the same code";
            self.budget.leave_out("labels on gpu", why);
            for &n in self.sizes.small {
                self.passes(n, &OF_CROSSOVER, &[SUMS])?;
            }
        } else {
            self.budget.leave_out("the crossover", "there is no GPU beside the CPU");
        }
        for &n in self.sizes.large {
            self.passes(n, &COMPONENTS, &[SUMS, LABELS])?;
        }
        Ok(())
    }

    fn has_gpu(&self) -> bool {
        self.runner.engines.iter().any(|choice| !choice.gpus().is_empty())
    }

    /// Holds every statistic of every pass, and whole fits, against the reference.
    fn validate(&mut self) -> Result<(), Failure> {
        let engines = self.runner.engines;
        let addresses = set(self.sizes.validated)?;
        let points = Points::new(&addresses);
        let mut before = None;
        for &k in self.sizes.components {
            let predicted = before.map(|(of, seconds)| seconds * k as f64 / of as f64);
            let step = format!(
                "validation of passes, {} addresses, k {k}",
                grouped(addresses.len() as u64)
            );
            let done = self.budget.run(step, predicted, || {
                let parameters = Conformance::new(&addresses, k).map_err(failed)?;
                let compare = |choice: &Choice| {
                    let mut engine = choice.engine(points.clone());
                    let checks = check_passes(engine.as_mut(), &points, &parameters)?;
                    Ok(comparison(choice, addresses.len(), k, checks))
                };
                engines.iter().map(compare).collect::<Result<Vec<_>, Failure>>()
            })?;
            if let Some(found) = done {
                before = self.budget.last().map(|seconds| (k, seconds));
                self.take(found);
            }
        }
        let addresses = set(self.sizes.fitted)?;
        let points = Points::new(&addresses);
        let step = format!(
            "validation of fits, {} addresses, k {OF_FITS}",
            grouped(addresses.len() as u64)
        );
        let done = self.budget.run(step, None, || {
            let fits = Fits::new(&points, OF_FITS).map_err(failed)?;
            let compare = |choice: &Choice| {
                let checks = fits.check(choice.engine(points.clone()).as_mut()).map_err(failed)?;
                let checks = checks.iter().map(Row::from).collect();
                Ok(comparison(choice, addresses.len(), OF_FITS, checks))
            };
            let found = engines.iter().map(compare).collect::<Result<Vec<_>, Failure>>()?;
            Ok((found, fits.left_out))
        })?;
        if let Some((found, left_out)) = done {
            for fit in left_out {
                self.budget.leave_out(fit, "doubles do not tell where it ends on this set");
            }
            self.take(found);
        }
        Ok(())
    }

    /// Takes comparisons in, and notes what is out of bounds.
    fn take(&mut self, found: Vec<Comparison>) {
        for comparison in &found {
            let Comparison { set, addresses, components, engine, .. } = comparison;
            for Row { pass, statistic, error, bound, within } in &comparison.checks {
                if !within {
                    self.budget.wrong.push(format!(
                        "{engine} is wrong on {set}, {addresses} addresses, {components} components: {pass}, \
                         {statistic}: off by {error:e}, {bound:e} is allowed"
                    ));
                }
            }
        }
        self.validation.comparisons.extend(found);
    }

    /// Times passes over `n` addresses, by `rounds` of passes with each number of components.
    fn passes(
        &mut self,
        n: u64,
        components: &[usize],
        rounds: &[&[PassArg]],
    ) -> Result<(), Failure> {
        let name = name(n);
        let title = match n {
            EVERY => "passes over all 2^32 addresses".to_owned(),
            _ => format!("passes over {name}, {} addresses", grouped(n)),
        };
        if let Some(reason) = self.no_room(n) {
            self.budget.leave_out(title, reason);
            return Ok(());
        }
        let making = self.making(n);
        let least = self.expected(EngineKind::Cpu.name(), PassArg::Expectation, n, components[0]);
        let all = making.zip(least).map(|(making, pass)| making + self.runner.cost(pass));
        if !self.budget.allows(&title, all) {
            return Ok(());
        }
        let started = Instant::now();
        let addresses = set(n)?;
        if self.generated.is_none_or(|(largest, _)| largest < n) {
            self.generated = Some((n, started.elapsed().as_secs_f64()));
        }
        let make = || Ok(self.runner.make(name, &addresses)?);
        let made = self.budget.run(format!("{title}: upload"), making, make)?;
        let Some(mut made) = made else { return Ok(()) };
        for passes in rounds {
            for &k in components {
                let is_label = passes.iter().all(|pass| pass.is_label());
                let what = if is_label { "labels" } else { "sums" };
                let step = format!("{title}, k {k}: {what}");
                let (wanted, predicted) = self.choose(&step, n, k, passes);
                if wanted.is_empty() {
                    continue;
                }
                let is_wanted = |engine: &str, pass| wanted.contains(&(engine, pass));
                let runner = &mut self.runner;
                self.budget.run(step, predicted, || {
                    let parameters = Parameters::fitted(&addresses, k).map_err(failed)?;
                    runner.time(&mut made, &parameters, passes, false, &is_wanted)
                })?;
            }
        }
        Ok(())
    }

    /// What making a set of `n` addresses and bringing it to the engines should take, in seconds.
    fn making(&self, n: u64) -> Option<f64> {
        let scaled = |of: u64, seconds: f64| seconds * n as f64 / of as f64;
        let (of, seconds) = self.generated?;
        let mut all = scaled(of, seconds);
        for choice in self.runner.engines {
            let uploads = self.runner.report.uploads.iter();
            let uploads = uploads.filter(|upload| upload.engine == choice.name());
            let largest = uploads.max_by_key(|upload| upload.addresses)?;
            // Twice: it is measured by sweeps.
            all += 2.0 * scaled(largest.addresses as u64, largest.seconds);
        }
        Some(all)
    }

    /// Which of `passes` the time allows on which engine, and what these should take. The others are noted
    /// as left out.
    fn choose(
        &mut self,
        step: &str,
        n: u64,
        k: usize,
        passes: &[PassArg],
    ) -> (Vec<(&'static str, PassArg)>, Option<f64>) {
        let mut wanted = Vec::new();
        let (mut left, mut all, mut too_long, mut others) =
            (self.budget.left(), Some(0.0), 0.0, Vec::new());
        for &pass in passes {
            for choice in self.runner.engines {
                if pass.is_label() && !choice.gpus().is_empty() {
                    continue;
                }
                let engine = choice.name();
                let cost = self.expected(engine, pass, n, k).map(|pass| self.runner.cost(pass));
                match cost {
                    Some(cost) if cost > left => {
                        too_long += cost;
                        others.push(format!("{} on {engine}", pass.name()));
                    }
                    _ => {
                        left -= cost.unwrap_or(0.0);
                        all = all.zip(cost).map(|(all, cost)| all + cost);
                        wanted.push((engine, pass));
                    }
                }
            }
        }
        if !others.is_empty() {
            let (takes, left) = (duration(too_long), duration(left));
            let reason = format!("it would take about {takes} more, and {left} are left");
            self.budget.leave_out(format!("{step}, {}", others.join(", ")), reason);
        }
        (wanted, all)
    }

    /// What a run of `pass` should take, in seconds, by what was timed nearest to `n` and `k`.
    fn expected(&self, engine: &str, pass: PassArg, n: u64, k: usize) -> Option<f64> {
        let timings = self.runner.report.timings.iter();
        let timed = timings.filter(|t| t.engine == engine && t.pass == pass.name());
        let scaled = timed.map(|timing| {
            let size = n as f64 / timing.addresses as f64;
            let components = k as f64 / timing.k as f64;
            // A kernel of the GPU visits the components once for each block of eight.
            let components = if k > 8 { components.powi(2) } else { components };
            // The nearest is the one that is scaled least.
            let distance = size.ln().abs() + components.ln().abs();
            (distance, timing.seconds * size * components)
        });
        scaled.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, seconds)| seconds)
    }

    /// Why there is no room for `n` addresses, if so.
    fn no_room(&self, n: u64) -> Option<String> {
        // The set, and what an engine may copy of it; what a driver copies on its way to a GPU; the memory
        // of a GPU that is the CPU.
        let copies = match &Adapter::all(self.runner.engines)[..] {
            [] => 2,
            devices if devices.iter().any(|device| device.software) => 4,
            _ => 3,
        };
        let needed = 4 * n * copies;
        let needs = format!("it needs {} of memory", bytes(needed));
        match crate::memory::available() {
            _ if usize::try_from(needed).is_err() => {
                Some(format!("{needs}, more than a process has"))
            }
            Some(free) if free < needed => Some(format!("{needs}, and {} are free", bytes(free))),
            None if needed > UNTOLD => {
                Some(format!("{needs}, and the system does not tell how much is free"))
            }
            _ => None,
        }
    }

    /// Fits by the defaults on each engine, to their ends.
    fn fits(&mut self) -> Result<(), Failure> {
        let params = BayesianMixture::params(auto::MOST).search(Search::MergeSplit(None));
        let params = params.check().map_err(failed)?.into();
        let plan = analysis::Plan { params, auto: true };
        for n in [self.sizes.base / 10, self.sizes.base] {
            let addresses = set(n)?;
            for choice in self.runner.engines {
                let engine = choice.name();
                let before = self.fits.iter().rfind(|fit| fit.engine == engine);
                let predicted = before.map(|fit| fit.seconds * n as f64 / fit.addresses as f64);
                let step =
                    format!("default fit of {}, {} addresses, on {engine}", name(n), grouped(n));
                let done = self.budget.run(step, predicted, || {
                    let mut engine = choice.engine(&addresses);
                    analysis::fit(engine.as_mut(), &plan, &mut ()).map_err(failed)
                })?;
                let (Some(fitted), Some(seconds)) = (done, self.budget.last()) else { continue };
                let bounds = fitted.fit.lower_bounds();
                let lower_bound = bounds.last().copied().unwrap_or(f64::NEG_INFINITY);
                let is_of_cpu = |fit: &&WholeFit| {
                    (fit.addresses, fit.engine) == (addresses.len(), EngineKind::Cpu.name())
                };
                let of_cpu = self.fits.iter().find(is_of_cpu);
                let above = of_cpu.map(|of_cpu| lower_bound - of_cpu.lower_bound);
                let limit = NATS.max(RELATIVE * lower_bound.abs());
                self.fits.push(WholeFit {
                    set: name(n),
                    addresses: addresses.len(),
                    engine,
                    components: fitted.params.components(),
                    iterations: bounds.len(),
                    lower_bound,
                    seconds,
                    above,
                    same_end: above.map(|above| above.abs() <= limit),
                });
            }
        }
        Ok(())
    }
}

fn comparison(
    choice: &Choice,
    addresses: usize,
    components: usize,
    checks: Vec<Row>,
) -> Comparison {
    Comparison { set: Shape::Mixed.name(), addresses, components, engine: choice.name(), checks }
}

/// The name of the set of `n` addresses.
fn name(n: u64) -> &'static str {
    if n == EVERY { "every" } else { Shape::Mixed.name() }
}

/// A set of `n` addresses: mixed as in captures, or every one.
fn set(n: u64) -> Result<Vec<u32>, Failure> {
    // Ranges of usize are collected in place; those of u64 are put together of pieces, in twice the room.
    let places = (0..n as usize).into_par_iter();
    if n == EVERY {
        return Ok(places.map(|i| i as u32).collect());
    }
    let set = Synthetic::new(Shape::Mixed, n, 0)?;
    let mut addresses: Vec<u32> = places.map(|i| set.at(i as u64)).collect();
    if n > SORTED {
        addresses.par_sort_unstable();
    }
    Ok(addresses)
}

/// What `comparisons` say of each kernel of the GPU.
fn kernels(comparisons: &[Comparison]) -> Vec<KernelCheck> {
    let of_gpu = || comparisons.iter().filter(|of| of.engine == EngineKind::Gpu.name());
    let check = |kernel: &'static str| {
        let passes = match kernel {
            // It adds up what these leave.
            "reduce" => vec!["moments", "lloyd", "expectation"],
            kernel => vec![kernel],
        };
        let with = of_gpu().filter(|of| of.checks.iter().any(|row| passes.contains(&row.pass)));
        let components = with.map(|of| of.components).collect();
        let rows = of_gpu().flat_map(|of| &of.checks).filter(|row| passes.contains(&row.pass));
        let within: Vec<bool> = rows.map(|row| row.within).collect();
        KernelCheck {
            kernel,
            statistics: within.len(),
            components,
            within: (!within.is_empty()).then(|| within.iter().all(|&within| within)),
            passes,
        }
    };
    gpu::kernels().map(check).collect()
}

/// The time, in UTC, to the second.
fn now() -> String {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let seconds = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
    jiff::Timestamp::from_second(seconds).map_or("unknown".to_owned(), |time| time.to_string())
}

/// The command line, as a shell would take it.
fn command(arguments: impl Iterator<Item = OsString>) -> String {
    // Shown, not run: what is no text, or steers a terminal, is shown as far as it can be.
    let shown = |argument: OsString| -> String {
        let text = argument.to_string_lossy();
        text.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
    };
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,".contains(c);
    let quoted = arguments.map(shown).map(|argument| match argument.chars().all(is_plain) {
        true if !argument.is_empty() => argument,
        _ => format!("'{}'", argument.replace('\'', r"'\''")),
    });
    ["octomix".to_owned()].into_iter().chain(quoted).collect::<Vec<_>>().join(" ")
}

/// What the files of `record` are called: the same on each run on a device.
fn file_name(record: &Record) -> String {
    let cpu = slug(record.host.cpu.as_deref().unwrap_or("unknown"));
    let mut parts: Vec<String> = Vec::new();
    for alike in record.devices.chunk_by(|a, b| a.name == b.name) {
        let name = slug(&alike[0].name);
        parts.push(if alike.len() > 1 { format!("{}x-{name}", alike.len()) } else { name });
    }
    match record.devices.iter().any(|device| device.software) {
        _ if parts.is_empty() => format!("cpu-{cpu}"),
        // Software is as fast as the CPU it runs on.
        true => format!("gpu-{}-on-{cpu}", parts.join("-")),
        false => format!("gpu-{}", parts.join("-")),
    }
}

/// `name` in lower-case letters and digits, with a dash for all between.
fn slug(name: &str) -> String {
    const LONGEST: usize = 60;
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut slug = words.collect::<Vec<_>>().join("-").to_ascii_lowercase();
    slug.truncate(LONGEST);
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "unnamed".to_owned() } else { slug.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_are_safe() {
        assert_eq!(slug("llvmpipe (LLVM 15.0.6, 256 bits)"), "llvmpipe-llvm-15-0-6-256-bits");
        assert_eq!(slug("../../etc/passwd"), "etc-passwd");
        assert_eq!(slug("Grafikgerät \u{202e}"), "grafikger-t");
        assert_eq!(slug("..."), "unnamed");
        assert_eq!(slug(&"a b".repeat(99)).len(), 60);
    }

    #[test]
    fn the_command_line_can_be_typed_again() {
        let arguments = ["bench", "--report", "a b", "--adapter", "it's"].map(OsString::from);
        let typed = command(arguments.into_iter());
        assert_eq!(typed, r"octomix bench --report 'a b' --adapter 'it'\''s'");
        let steering = command([OsString::from("a\x1b[31m")].into_iter());
        assert_eq!(steering, "octomix 'a\u{fffd}[31m'");
    }

    #[cfg(feature = "gpu")]
    #[test]
    fn a_kernel_that_was_not_compared_has_no_verdict() {
        assert!(kernels(&[]).iter().all(|check| check.within.is_none()));
        let row = |within| Row { pass: "lloyd", statistic: "sums", error: 1.0, bound: 0.0, within };
        let checks = vec![row(true), row(false)];
        let of = Comparison { set: "", addresses: 9, components: 2, engine: "gpu", checks };
        let found = kernels(&[of]);
        let of = |kernel| found.iter().find(|check| check.kernel == kernel).unwrap().within;
        assert_eq!([of("lloyd"), of("reduce"), of("assign")], [Some(false), Some(false), None]);
    }
}
