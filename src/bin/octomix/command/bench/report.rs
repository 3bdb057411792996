//! What `octomix bench` prints.

use std::collections::HashSet;
use std::io::{self, Write};

use clap::ValueEnum;
use octomix::engine::choice::Choice;
use octomix::model::sufficient::Sufficient;
use octomix::report::text::table::{table, write_table};
use octomix::words::grouped;
use serde::Serialize;

use super::machine::{Load, Machine};
use super::one_by_one;
use super::task::{Answer, Task};
use crate::cli::PassArg;
use crate::console::terminal_width;

/// Above this share of the CPU time that others take, times are not to be relied on.
const BUSY: f64 = 0.05;

/// Headers that are explained below the table.
pub const SPREAD: &str = "fastest-slowest";
pub const ONE_BY_ONE: &str = "one by one";

/// Iterations of a fit, over which an upload is spread.
const ITERATIONS: f64 = 50.0;

/// All of it.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    octomix: &'static str,
    pub machine: Machine,
    pub engines: Vec<Device>,
    /// Engines that could not be run, and why.
    pub left_out: Vec<String>,
    pub checks: Vec<Checked>,
    pub uploads: Vec<Upload>,
    pub timings: Vec<Timing>,
    pub crossovers: Vec<Crossover>,
    /// The share of the machine's CPU time that others took meanwhile, where the system tells.
    others: Option<f64>,
    #[serde(skip)]
    load: Load,
}

/// An engine and what it runs on.
#[derive(Debug, Serialize)]
pub struct Device {
    pub engine: &'static str,
    pub device: String,
    /// Whether that is the CPU: a software adapter is.
    pub on_cpu: bool,
}

/// What an engine's answers were held against.
#[derive(Debug, Serialize)]
pub struct Checked {
    pub set: &'static str,
    pub addresses: usize,
    pub k: usize,
    pub engine: &'static str,
    /// How many addresses were held against the reference, every statistic within its derived bound.
    pub sample: usize,
    /// Whose sums over all addresses these agree with.
    pub whole: Option<&'static str>,
}

/// Until the addresses lie ready on an engine: sorted, and copied to its device.
#[derive(Debug, Serialize)]
pub struct Upload {
    pub set: &'static str,
    pub addresses: usize,
    pub engine: &'static str,
    pub seconds: f64,
}

/// One pass on one engine over one set.
#[derive(Debug, Serialize)]
pub struct Timing {
    pub set: &'static str,
    pub addresses: usize,
    pub k: usize,
    pub pass: &'static str,
    pub engine: &'static str,
    /// Of a run, the median.
    pub seconds: f64,
    /// Of the fastest run.
    pub fastest: f64,
    /// Of the slowest run.
    pub slowest: f64,
    /// Of all threads in a run, the mean.
    pub cpu_seconds: Option<f64>,
    pub repetitions: usize,
    pub ns_per_address: f64,
    /// Nanoseconds an address that the CPU takes at least to read each and to compute it by itself, at the machine's
    /// rates.
    pub one_by_one: Option<f64>,
    /// Of a given model: the sums.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sums: Option<Sums>,
}

impl Timing {
    /// Nanoseconds an address of the fastest run and of the slowest.
    fn spread(&self) -> String {
        let ns = |seconds: f64| 1e9 * seconds / self.addresses as f64;
        format!("{:.1}-{:.1}", ns(self.fastest), ns(self.slowest))
    }
}

/// What an iteration takes from a pass, by component.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Sums {
    Expectation {
        /// Sums of responsibilities, in addresses.
        weights: Vec<f64>,
        means: Vec<[f64; 4]>,
        /// Without `reg_covar`.
        covariances: Vec<[[f64; 4]; 4]>,
        /// In nats.
        log_likelihood: f64,
    },
    Lloyd {
        counts: Vec<u64>,
        means: Vec<Option<[f64; 4]>>,
        inertia: f64,
    },
}

impl Sums {
    /// Those of `answer`, if there are any.
    pub fn new(task: &Task, answer: &Answer) -> Option<Self> {
        match (task, answer) {
            (Task::Expectation(_), Answer::Expectation(stats)) => {
                let of: Vec<_> = stats.components.iter().map(Sufficient::from_soft).collect();
                Some(Self::Expectation {
                    weights: of.iter().map(|s| s.weight).collect(),
                    means: of.iter().map(|s| s.mean.into()).collect(),
                    covariances: of.iter().map(|s| s.covariance.into()).collect(),
                    log_likelihood: stats.log_likelihood,
                })
            }
            (Task::Lloyd(centres), Answer::Lloyd(stats)) => Some(Self::Lloyd {
                counts: stats.0.iter().map(|cluster| cluster.count).collect(),
                means: stats.0.iter().map(|cluster| cluster.mean()).collect(),
                inertia: stats.inertia(centres),
            }),
            _ => None,
        }
    }
}

/// A table before it is rendered: as text, or as Markdown.
pub struct Cells {
    pub header: Vec<String>,
    /// The columns of numbers.
    pub numbers: Vec<usize>,
    pub rows: Vec<Vec<String>>,
}

impl Cells {
    fn write(self, out: &mut dyn Write) -> io::Result<()> {
        let mut table = table(self.header, &self.numbers);
        self.rows.into_iter().for_each(|row| table.add_row(row));
        write_table(&table, terminal_width().unwrap_or(usize::MAX), out)
    }
}

/// Where a GPU begins to pay.
#[derive(Debug, Serialize)]
pub struct Crossover {
    set: &'static str,
    k: usize,
    pass: &'static str,
    /// The smallest size measured from which on a run on the GPU, with a fiftieth of the upload, beats the
    /// CPU.
    addresses: Option<usize>,
}

impl Device {
    /// That of `choice`.
    pub fn new(choice: &Choice) -> Self {
        Self {
            engine: choice.name(),
            device: choice.engine(&[]).description(),
            // A GPU is warned of if it is none.
            on_cpu: choice.name() != "gpu" || choice.warning.is_some(),
        }
    }

    /// Whether it is a GPU that computes on the CPU.
    pub fn is_software(&self) -> bool {
        self.engine == "gpu" && self.on_cpu
    }
}

impl Report {
    /// One without timings, which are to come from now on.
    pub fn new(machine: Machine, engines: Vec<Device>, left_out: Vec<String>) -> Self {
        let (octomix, load) = (env!("CARGO_PKG_VERSION"), Load::begin());
        Self { octomix, machine, engines, left_out, load, ..Self::default() }
    }

    /// Measures the machine again, which others may have slowed at first, and takes the better rates.
    pub fn measure_again(&mut self) {
        let before = self.machine;
        self.machine = before.best(Machine::measure());
        for timing in self.timings.iter_mut().filter(|timing| timing.one_by_one.is_some()) {
            let pass = PassArg::value_variants().iter().find(|pass| pass.name() == timing.pass);
            timing.one_by_one =
                pass.map(|&pass| 1e9 * one_by_one::seconds(pass, timing.k, &self.machine));
        }
    }

    /// Draws the conclusions from all timings.
    pub fn conclude(&mut self) {
        self.others = self.load.of_others();
        self.find_crossovers();
    }

    /// Finds from which size the GPU beats the CPU, if both were timed. Labels are left out: both engines
    /// have the CPU's.
    fn find_crossovers(&mut self) {
        let is_label = |timing: &Timing| timing.pass.starts_with("label");
        let of_gpu = self.timings.iter().filter(|t| t.engine == "gpu" && !is_label(t));
        for gpu in of_gpu {
            let is_same = |t: &&Timing| {
                (t.set, t.k, t.pass) == (gpu.set, gpu.k, gpu.pass)
                    && (t.engine, t.addresses) == ("cpu", gpu.addresses)
            };
            let Some(cpu) = self.timings.iter().find(is_same) else { continue };
            let beats = self.with_upload(gpu) < self.with_upload(cpu);
            let addresses = beats.then_some(gpu.addresses);
            let (set, k, pass) = (gpu.set, gpu.k, gpu.pass);
            let found = self.crossovers.iter_mut().find(|c| (c.set, c.k, c.pass) == (set, k, pass));
            match found {
                // Sizes ascend: the first that beats stays, unless a larger one does not.
                Some(found) => found.addresses = addresses.and(found.addresses.or(addresses)),
                None => self.crossovers.push(Crossover { set, k, pass, addresses }),
            }
        }
    }

    /// What others did meanwhile, if they did too much.
    pub fn busy(&self) -> Option<String> {
        let others = self.others.filter(|&others| others > BUSY)?;
        let share = (100.0 * others).round();
        Some(format!(
            "other programs took {share} % of the CPU time meanwhile; repeat it when the machine is quiet"
        ))
    }

    /// The seconds of an iteration in a fit of fifty.
    fn with_upload(&self, timing: &Timing) -> f64 {
        let is_of = |upload: &&Upload| {
            (upload.set, upload.addresses, upload.engine)
                == (timing.set, timing.addresses, timing.engine)
        };
        let upload = self.uploads.iter().find(is_of).map_or(0.0, |upload| upload.seconds);
        timing.seconds + upload / ITERATIONS
    }

    /// Writes it for people.
    ///
    /// # Errors
    /// When `out` fails.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(
            out,
            "Machine: {} threads, {:.1} G multiply-adds (f32) and {:.1} GB read a second",
            self.machine.threads,
            self.machine.multiply_adds_per_second / 1e9,
            self.machine.read_bytes_per_second / 1e9
        )?;
        for device in &self.engines {
            let note = if device.is_software() {
                " (a software adapter: on the CPU, for tests)"
            } else {
                ""
            };
            writeln!(out, "  {}{note}", device.device)?;
        }
        for reason in &self.left_out {
            writeln!(out, "NOT RUN: {reason}")?;
        }
        if let Some(busy) = self.busy() {
            writeln!(out, "BUSY: {busy}")?;
        }
        self.write_timings(out)?;
        self.write_crossovers(out)?;
        self.write_checks(out)
    }

    /// The sets that were timed.
    pub fn sets(&self) -> Vec<&'static str> {
        let mut names: Vec<_> = self.timings.iter().map(|timing| timing.set).collect();
        names.dedup();
        names
    }

    /// The timings over `set` as a table.
    pub fn timings_table(&self, set: &str) -> Cells {
        let of_set = || self.timings.iter().filter(|timing| timing.set == set);
        let mut sizes: Vec<usize> = of_set().map(|timing| timing.addresses).collect();
        sizes.dedup();
        let mut header = vec!["pass".to_owned(), "k".to_owned(), "engine".to_owned()];
        header.extend(sizes.iter().map(|&size| grouped(size as u64)));
        header.extend([SPREAD.to_owned(), ONE_BY_ONE.to_owned()]);
        let numbers: Vec<usize> = [1].into_iter().chain(3..header.len()).collect();
        let mut rows: Vec<_> = of_set().map(|t| (t.pass, t.k, t.engine)).collect();
        let mut seen = HashSet::new();
        rows.retain(|row| seen.insert(*row));
        // Sorted by pass as they stand, k, then engine: what is compared stands together.
        let passes: Vec<&str> = rows.iter().map(|row| row.0).collect();
        rows.sort_by_key(|&(pass, k, _)| (passes.iter().position(|&of| of == pass), k));
        let cells = |(pass, k, engine): (&str, usize, &str)| {
            let of_row = |size: usize| {
                of_set().find(|t| (t.pass, t.k, t.engine, t.addresses) == (pass, k, engine, size))
            };
            let mut row = vec![pass.to_owned(), k.to_string(), engine.to_owned()];
            let ns = |timing: &Timing| format!("{:.1}", timing.ns_per_address);
            row.extend(sizes.iter().map(|&size| of_row(size).map_or("-".to_owned(), ns)));
            let last = sizes.iter().rev().find_map(|&size| of_row(size));
            row.push(last.map_or("-".to_owned(), Timing::spread));
            let one_by_one = last.and_then(|timing| timing.one_by_one);
            row.push(one_by_one.map_or("-".to_owned(), |ns| format!("{ns:.1}")));
            row
        };
        let rows = rows.into_iter().map(cells).collect();
        Cells { header, numbers, rows }
    }

    fn write_timings(&self, out: &mut dyn Write) -> io::Result<()> {
        for name in self.sets() {
            writeln!(out, "\n{name}: nanoseconds an address, by the number of addresses\n")?;
            self.timings_table(name).write(out)?;
        }
        writeln!(
            out,
            "\n  Medians. {SPREAD}: the fastest and the slowest run at the largest size.\n  {ONE_BY_ONE}: what the \
             CPU takes at least to read each address and compute it by itself, at the\n  rates above; kernels that \
             share the work of common octets take less."
        )
    }

    fn write_crossovers(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.crossovers.is_empty() {
            return Ok(());
        }
        writeln!(out, "\nThe GPU, with a fiftieth of its upload, beats the CPU from\n")?;
        self.crossovers_table().write(out)
    }

    /// The crossovers as a table, in addresses.
    pub fn crossovers_table(&self) -> Cells {
        let mut sets: Vec<&str> = self.crossovers.iter().map(|c| c.set).collect();
        sets.dedup();
        let header = ["pass", "k"].into_iter().chain(sets.iter().copied());
        let header = header.map(str::to_owned).collect();
        let numbers: Vec<usize> = (1..sets.len() + 2).collect();
        let mut of_first: Vec<_> =
            self.crossovers.iter().filter(|c| Some(&c.set) == sets.first()).collect();
        let passes: Vec<&str> = of_first.iter().map(|c| c.pass).collect();
        of_first.sort_by_key(|c| (passes.iter().position(|&pass| pass == c.pass), c.k));
        let cells = |first: &Crossover| {
            let of = |set: &&str| {
                let is_of = |c: &&Crossover| (c.set, c.k, c.pass) == (*set, first.k, first.pass);
                let found = self.crossovers.iter().find(is_of).and_then(|c| c.addresses);
                found.map_or("never here".to_owned(), |n| grouped(n as u64))
            };
            let mut row = vec![first.pass.to_owned(), first.k.to_string()];
            row.extend(sets.iter().map(of));
            row
        };
        let rows = of_first.into_iter().map(cells).collect();
        Cells { header, numbers, rows }
    }

    /// Writes what the answers were held against.
    ///
    /// # Errors
    /// When `out` fails.
    pub fn write_checks(&self, out: &mut dyn Write) -> io::Result<()> {
        let sample = self.checks.iter().map(|check| check.sample).max().unwrap_or(0);
        write!(
            out,
            "\nChecked before they were timed: every statistic of up to {} addresses of each set \
             against\nthe reference, within derived bounds",
            grouped(sample as u64)
        )?;
        let largest = |whole: Option<&str>| {
            let of = self.checks.iter().filter(|check| check.whole == whole);
            of.map(|check| check.addresses).max()
        };
        if let Some(n) = largest(Some("reference")) {
            write!(out, "; sums over all of sets of up to {} too", grouped(n as u64))?;
        }
        if largest(Some("cpu")).is_some() {
            write!(out, "; the GPU's over larger ones against the CPU's")?;
        } else if largest(None).is_some() {
            write!(out, "; no second engine was there to check sums over larger ones")?;
        }
        writeln!(out, ".")
    }
}
