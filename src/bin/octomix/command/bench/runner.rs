//! One set after the other: engines made, answers checked, passes timed.

use std::time::Instant;

use octomix::engine::choice::{Choice, EngineKind};
use octomix::engine::{Engine, EngineError, ReferenceEngine};

use super::super::Failure;
use super::machine::cpu_seconds;
use super::report::{Checked, Report, Sums, Timing, Upload};
use super::task::{Answer, Parameters, Task};
use super::{check, floor};
use crate::cli::PassArg;

/// Addresses up to which the reference runs over all of a set: with many components it takes seconds.
const REFERENCE: usize = 1_000_000;
/// Runs that count, at least, unless they take long. The reference runs once.
const RUNS: usize = 3;
/// How many times as long as asked for they may take.
const LONG: f64 = 10.0;

/// What is the same for all sets.
pub struct Runner<'a> {
    /// Where to run; the reference, if it is timed, last.
    pub engines: &'a [Choice],
    /// What to run.
    pub passes: &'a [PassArg],
    /// How long, for each timing.
    pub seconds: f64,
    /// Where it is told.
    pub report: &'a mut Report,
}

/// An engine over a set.
type Made<'a> = (&'a Choice, Box<dyn Engine + 'a>);

/// A set, and the engines over it.
pub struct SetRunner<'r, 'a> {
    runner: &'r mut Runner<'a>,
    name: &'static str,
    addresses: &'r [u32],
    /// All but the reference.
    engines: Vec<Made<'r>>,
}

impl<'a> Runner<'a> {
    /// Makes the engines over `addresses`; that is what uploads them.
    pub fn set<'r>(&'r mut self, name: &'static str, addresses: &'r [u32]) -> SetRunner<'r, 'a> {
        let mut engines: Vec<Made> = Vec::new();
        for choice in self.engines.iter().filter(|choice| !is_reference(choice)) {
            let mut seconds = Vec::new();
            let mut engine = None;
            for _ in 0..RUNS {
                drop(engine.take());
                let started = Instant::now();
                engine = Some(choice.engine(addresses));
                seconds.push(started.elapsed().as_secs_f64());
            }
            let (set, engine_name) = (name, choice.name());
            let upload = Upload {
                set,
                addresses: addresses.len(),
                engine: engine_name,
                seconds: median(&mut seconds),
            };
            self.report.uploads.push(upload);
            engines.extend(engine.map(|engine| (choice, engine)));
        }
        SetRunner { runner: self, name, addresses, engines }
    }
}

fn is_reference(choice: &Choice) -> bool {
    choice.name() == EngineKind::Reference.name()
}

impl SetRunner<'_, '_> {
    /// Checks all engines under `parameters`, then times them; tells their sums if `with_sums`.
    ///
    /// # Errors
    /// When an engine fails or is wrong.
    pub fn time(&mut self, parameters: &Parameters, with_sums: bool) -> Result<(), Failure> {
        let (n, k) = (self.addresses.len(), parameters.components());
        let tasks: Vec<(PassArg, Task)> = self
            .runner
            .passes
            .iter()
            .filter_map(|&pass| Some((pass, parameters.task(pass)?)))
            .collect();
        if tasks.is_empty() {
            return Err(Failure::Usage(
                "no --pass goes with the kind of --model: moments, lloyd and assign take one of \
                 kmeans, the others a mixture"
                    .into(),
            ));
        }
        let mut expected = Vec::new();
        let mut of_reference = Vec::new();
        if n <= REFERENCE {
            let mut reference = ReferenceEngine::new(self.addresses);
            for (pass, task) in &tasks {
                let mut answer = None;
                let spent = repeat(1, self.runner.seconds, || {
                    answer = Some(task.answer(&mut reference)?);
                    Ok(())
                })?;
                of_reference.push((*pass, spent));
                expected.extend(answer);
            }
        }
        for i in 0..self.engines.len() {
            let answers = self.check(i, parameters, &tasks, &expected)?;
            let (choice, engine) = &mut self.engines[i];
            let name = choice.name();
            let mut timings = Vec::new();
            for ((pass, task), answer) in tasks.iter().zip(&answers) {
                let spent = repeat(RUNS, self.runner.seconds, || task.run(engine.as_mut()))?;
                let sums = with_sums.then(|| Sums::new(task, answer)).flatten();
                timings.push((*pass, spent, sums));
            }
            for (pass, spent, sums) in timings {
                self.tell(name, pass, k, spent, sums);
            }
            if expected.is_empty() {
                expected = answers;
            }
        }
        if self.runner.engines.iter().any(is_reference) {
            for ((pass, spent), ((_, task), answer)) in
                of_reference.into_iter().zip(tasks.iter().zip(&expected))
            {
                let sums = with_sums.then(|| Sums::new(task, answer)).flatten();
                self.tell(EngineKind::Reference.name(), pass, k, spent, sums);
            }
        }
        Ok(())
    }

    /// The answers of engine `i`, held against `expected`, or against nothing but the sample if there
    /// are none yet.
    fn check(
        &mut self,
        i: usize,
        parameters: &Parameters,
        tasks: &[(PassArg, Task)],
        expected: &[Answer],
    ) -> Result<Vec<Answer>, Failure> {
        let (n, k) = (self.addresses.len(), parameters.components());
        let first = self.engines[0].0.name();
        let (choice, engine) = &mut self.engines[i];
        let name = choice.name();
        let set = self.name;
        let wrong = |what: String| {
            Failure::WrongAnswer(format!(
                "{name} is wrong on {set}, {n} addresses, {k} components: {what}; \
                 octomix validate shows more"
            ))
        };
        let sampled = check::sample(choice, self.addresses, parameters)?;
        sampled.map_or(Ok(()), |what| Err(wrong(what)))?;
        let mut answers = Vec::new();
        for (_, task) in tasks {
            answers.push(task.answer(engine.as_mut())?);
        }
        for (found, expected) in answers.iter().zip(expected) {
            check::whole(found, expected, n).map_or(Ok(()), |what| Err(wrong(what)))?;
        }
        let whole = match () {
            () if n <= REFERENCE => Some("reference"),
            () if i > 0 => Some(first),
            () => None,
        };
        let sample = n.min(check::SAMPLE);
        self.runner.report.checks.push(Checked {
            set,
            addresses: n,
            k,
            engine: name,
            sample,
            whole,
        });
        Ok(answers)
    }

    fn tell(
        &mut self,
        engine: &'static str,
        pass: PassArg,
        k: usize,
        spent: Spent,
        sums: Option<Sums>,
    ) {
        let n = self.addresses.len();
        let report = &mut self.runner.report;
        // Rates are the CPU's: of a real GPU's nothing is known.
        let on_cpu = report.engines.iter().any(|device| device.engine == engine && device.on_cpu);
        let share = |seconds: f64| on_cpu.then(|| n as f64 * seconds / spent.seconds);
        let machine = report.machine;
        let arithmetic = floor::multiply_adds(pass, k) / machine.multiply_adds_per_second;
        report.timings.push(Timing {
            set: self.name,
            addresses: n,
            k,
            pass: pass.name(),
            engine,
            seconds: spent.seconds,
            cpu_seconds: spent.cpu_seconds,
            repetitions: spent.repetitions,
            ns_per_address: 1e9 * spent.seconds / n as f64,
            arithmetic_floor: share(arithmetic),
            memory_floor: share(floor::BYTES / machine.read_bytes_per_second),
            sums,
        });
    }
}

/// What a run costs.
struct Spent {
    /// The median, by the clock.
    seconds: f64,
    /// The mean of all threads', where the system tells.
    cpu_seconds: Option<f64>,
    repetitions: usize,
}

/// Runs `work` for `seconds`, `least` times at least unless that takes [`LONG`] times as long.
fn repeat(
    least: usize,
    seconds: f64,
    mut work: impl FnMut() -> Result<(), EngineError>,
) -> Result<Spent, EngineError> {
    let (started, cpu) = (Instant::now(), cpu_seconds());
    let mut times = Vec::new();
    loop {
        let run = Instant::now();
        work()?;
        times.push(run.elapsed().as_secs_f64());
        let spent = started.elapsed().as_secs_f64();
        if spent >= if times.len() < least { LONG * seconds } else { seconds } {
            break;
        }
    }
    let repetitions = times.len();
    let each = |(after, before): (f64, f64)| (after - before) / repetitions as f64;
    let cpu_seconds = cpu_seconds().zip(cpu).map(each);
    Ok(Spent { seconds: median(&mut times), cpu_seconds, repetitions })
}

/// The median of `times`, which are not empty.
fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    let middle = times.len() / 2;
    if times.len() % 2 == 1 { times[middle] } else { (times[middle - 1] + times[middle]) / 2.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(&mut [3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&mut [4.0, 1.0, 2.0, 3.0]), 2.5);
    }

    #[test]
    fn short_runs_are_as_many_as_asked_for_at_least() {
        let runs = |milliseconds| {
            let work = || {
                std::thread::sleep(std::time::Duration::from_millis(milliseconds));
                Ok(())
            };
            repeat(3, 0.01, work).unwrap().repetitions
        };
        assert!(runs(1) > 3);
        assert!(runs(12) <= 3); // fewer on a busy machine
        assert_eq!(runs(150), 1);
    }
}
