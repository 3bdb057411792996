//! What `octomix bench` prints.

use std::collections::HashSet;
use std::io::{self, Write};

use octomix::engine::choice::Choice;
use octomix::model::sufficient::Sufficient;
use octomix::report::text::table::{table, write_table};
use octomix::words::grouped;
use serde::Serialize;

use super::machine::Machine;
use super::task::{Answer, Task};

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
    /// Of all threads in a run, the mean.
    pub cpu_seconds: Option<f64>,
    pub repetitions: usize,
    pub ns_per_address: f64,
    /// The share of the time that the arithmetic would take at the machine's rate, on the CPU.
    pub arithmetic_floor: Option<f64>,
    /// The share of the time that reading the addresses would take.
    pub memory_floor: Option<f64>,
    /// Of a given model: the sums.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sums: Option<Sums>,
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
        table.add_rows(self.rows);
        write_table(&table, out)
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
}

impl Report {
    /// One without timings.
    pub fn new(machine: Machine, engines: Vec<Device>, left_out: Vec<String>) -> Self {
        Self { octomix: env!("CARGO_PKG_VERSION"), machine, engines, left_out, ..Self::default() }
    }

    /// Measures the machine again, which others may have slowed at first, and takes the better rates.
    pub fn measure_again(&mut self) {
        let before = self.machine;
        self.machine = before.best(Machine::measure());
        let arithmetic = before.multiply_adds_per_second / self.machine.multiply_adds_per_second;
        let memory = before.read_bytes_per_second / self.machine.read_bytes_per_second;
        for timing in &mut self.timings {
            timing.arithmetic_floor = timing.arithmetic_floor.map(|share| share * arithmetic);
            timing.memory_floor = timing.memory_floor.map(|share| share * memory);
        }
    }

    /// Finds from which size the GPU beats the CPU, if both were timed. Labels are left out: both engines
    /// have the CPU's.
    pub fn find_crossovers(&mut self) {
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
            let software = device.engine == "gpu" && device.on_cpu;
            let note = if software { " (a software adapter: on the CPU, for tests)" } else { "" };
            writeln!(out, "  {}{note}", device.device)?;
        }
        for reason in &self.left_out {
            writeln!(out, "NOT RUN: {reason}")?;
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
        header.push("floor".to_owned());
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
            let floor = last.and_then(|t| Some(t.arithmetic_floor?.max(t.memory_floor?)));
            row.push(floor.map_or("-".to_owned(), |share| format!("{:.0}%", 100.0 * share)));
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
            "\n  floor: of the time at the largest size, what the arithmetic or the memory takes at least; \
             above\n  100 % where kernels make use of octets that addresses share"
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
