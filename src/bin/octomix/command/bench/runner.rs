//! Makes the engines over one set after the other, checks their answers and times the passes.

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
/// They may take this many times as long as asked for.
const LONG: f64 = 10.0;

/// What is the same for all sets, and what came of those so far.
pub struct Runner<'a> {
    /// Where to run.
    pub engines: &'a [Choice],
    /// What to run.
    pub passes: &'a [PassArg],
    /// How long, for each timing.
    pub seconds: f64,
    /// What the command prints.
    pub report: Report,
}

/// A set, and the engines over it, without the reference.
pub struct Made<'a> {
    name: &'static str,
    addresses: &'a [u32],
    engines: Vec<(&'a Choice, Box<dyn Engine + 'a>)>,
}

impl<'a> Runner<'a> {
    /// Makes the engines over `addresses`; that is what uploads them.
    pub fn make<'s>(&mut self, set: &'static str, addresses: &'s [u32]) -> Made<'s>
    where
        'a: 's,
    {
        let mut engines = Vec::new();
        for choice in self.engines.iter().filter(|choice| !is_reference(choice)) {
            let mut seconds = Vec::new();
            let mut made = None;
            for _ in 0..RUNS {
                drop(made.take());
                let started = Instant::now();
                made = Some(choice.engine(addresses));
                seconds.push(started.elapsed().as_secs_f64());
            }
            let (engine, seconds) = (choice.name(), median(&mut seconds));
            let upload = Upload { set, addresses: addresses.len(), engine, seconds };
            self.report.uploads.push(upload);
            engines.extend(made.map(|engine| (choice, engine)));
        }
        Made { name: set, addresses, engines }
    }

    /// Checks all engines under `parameters`, then times them; tells their sums if `with_sums`.
    ///
    /// # Errors
    /// When an engine fails or is wrong.
    pub fn time(
        &mut self,
        made: &mut Made<'_>,
        parameters: &Parameters,
        with_sums: bool,
    ) -> Result<(), Failure> {
        let Made { name: set, addresses, engines } = made;
        let (n, k) = (addresses.len(), parameters.components());
        let task = |&pass: &PassArg| Some((pass, parameters.task(pass)?));
        let tasks: Vec<(PassArg, Task)> = self.passes.iter().filter_map(task).collect();
        if tasks.is_empty() {
            return Err(Failure::Usage(
                "no --pass goes with the kind of --model: moments, lloyd and assign take one of \
                 kmeans, the others a mixture"
                    .into(),
            ));
        }
        let machine = self.report.machine;
        let mut tell = |engine, pass: PassArg, spent: Spent, task: &Task, answer: &Answer| {
            let Spent { seconds, cpu_seconds, repetitions } = spent;
            // The rates are the CPU's; those of a real GPU are unknown.
            let on_cpu = self.report.engines.iter().any(|of| of.engine == engine && of.on_cpu);
            let share = |floor: f64| on_cpu.then(|| n as f64 * floor / seconds);
            let arithmetic = floor::multiply_adds(pass, k) / machine.multiply_adds_per_second;
            self.report.timings.push(Timing {
                set,
                addresses: n,
                k,
                pass: pass.name(),
                engine,
                seconds,
                cpu_seconds,
                repetitions,
                ns_per_address: 1e9 * seconds / n as f64,
                arithmetic_floor: share(arithmetic),
                memory_floor: share(floor::BYTES / machine.read_bytes_per_second),
                sums: with_sums.then(|| Sums::new(task, answer)).flatten(),
            });
        };
        let mut expected = Vec::new();
        let mut of_reference = Vec::new();
        let mut whole = None;
        if n <= REFERENCE {
            whole = Some(EngineKind::Reference.name());
            let mut reference = ReferenceEngine::new(*addresses);
            for (_, task) in &tasks {
                let mut answer = None;
                of_reference.push(repeat(1, self.seconds, || {
                    answer = Some(task.answer(&mut reference)?);
                    Ok(())
                })?);
                expected.extend(answer);
            }
        }
        for (choice, engine) in engines {
            let name = choice.name();
            let wrong = |what: String| {
                Failure::WrongAnswer(format!(
                    "{name} is wrong on {set}, {n} addresses, {k} components: {what}; \
                     octomix validate shows more"
                ))
            };
            let sampled = check::sample(choice, addresses, parameters)?;
            sampled.map_or(Ok(()), |what| Err(wrong(what)))?;
            let answers = tasks.iter().map(|(_, task)| task.answer(engine.as_mut()));
            let answers = answers.collect::<Result<Vec<Answer>, _>>()?;
            for (found, expected) in answers.iter().zip(&expected) {
                check::whole(found, expected, n).map_or(Ok(()), |what| Err(wrong(what)))?;
            }
            let sample = n.min(check::SAMPLE);
            let checked = Checked { set, addresses: n, k, engine: name, sample, whole };
            self.report.checks.push(checked);
            for ((pass, task), answer) in tasks.iter().zip(&answers) {
                let spent = repeat(RUNS, self.seconds, || task.run(engine.as_mut()))?;
                tell(name, *pass, spent, task, answer);
            }
            if expected.is_empty() {
                (expected, whole) = (answers, Some(name));
            }
        }
        if self.engines.iter().any(is_reference) {
            for (spent, ((pass, task), answer)) in
                of_reference.into_iter().zip(tasks.iter().zip(&expected))
            {
                tell(EngineKind::Reference.name(), *pass, spent, task, answer);
            }
        }
        Ok(())
    }
}

fn is_reference(choice: &Choice) -> bool {
    choice.name() == EngineKind::Reference.name()
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
