//! Makes the engines over one set after the other, checks their answers and times the passes.

use std::time::Instant;

use octomix::engine::choice::{Choice, EngineKind};
use octomix::engine::{Engine, EngineError, ReferenceEngine, Run};
use octomix::pass::{Centres, Lloyd};

use super::super::Failure;
use super::machine::cpu_seconds;
use super::report::{Checked, Report, Sums, Timing, Upload};
use super::task::{Answer, Parameters, Task};
use super::{check, one_by_one};
use crate::cli::PassArg;

/// Runs that count, at least, unless they take long. The reference runs once.
const RUNS: usize = 3;
/// They may take this many times as long as asked for.
const LONG: f64 = 10.0;

/// What is the same for all sets, and what came of those so far.
pub struct Runner<'a> {
    /// Where to run.
    pub engines: &'a [Choice],
    /// How long, for each timing.
    pub seconds: f64,
    /// Addresses up to which the reference runs over all of a set: with many components it takes seconds.
    pub reference: usize,
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
    /// Makes the engines over `addresses`, and times until these lie ready.
    ///
    /// # Errors
    /// When an engine fails.
    pub fn make<'s>(
        &mut self,
        set: &'static str,
        addresses: &'s [u32],
    ) -> Result<Made<'s>, EngineError>
    where
        'a: 's,
    {
        let mut engines = Vec::new();
        for choice in self.engines.iter().filter(|choice| !is_reference(choice)) {
            let started = Instant::now();
            let mut seconds = Vec::new();
            let mut made = None;
            while seconds.len() < RUNS
                && (made.is_none() || started.elapsed().as_secs_f64() < LONG * self.seconds)
            {
                drop(made.take());
                let (engine, took) = ready(choice, addresses)?;
                made = Some(engine);
                seconds.push(took);
            }
            let (engine, seconds) = (choice.name(), median(&mut seconds));
            let upload = Upload { set, addresses: addresses.len(), engine, seconds };
            self.report.uploads.push(upload);
            engines.extend(made.map(|engine| (choice, engine)));
        }
        Ok(Made { name: set, addresses, engines })
    }

    /// Checks all engines under `parameters`, then times those of the `passes` on each that are `wanted`
    /// there; tells their sums if `with_sums`.
    ///
    /// # Errors
    /// When an engine fails or is wrong.
    pub fn time(
        &mut self,
        made: &mut Made<'_>,
        parameters: &Parameters,
        passes: &[PassArg],
        with_sums: bool,
        wanted: &dyn Fn(&str, PassArg) -> bool,
    ) -> Result<(), Failure> {
        let Made { name: set, addresses, engines } = made;
        let (n, k) = (addresses.len(), parameters.components());
        let task = |&pass: &PassArg| Some((pass, parameters.task(pass)?));
        let tasks: Vec<(PassArg, Task)> = passes.iter().filter_map(task).collect();
        if tasks.is_empty() {
            return Err(Failure::Usage(
                "no --pass goes with the kind of --model: moments, lloyd and assign take one of \
                 kmeans, the others a mixture"
                    .into(),
            ));
        }
        let machine = self.report.machine;
        let mut tell = |engine, pass: PassArg, spent: Spent, task: &Task, answer: &Answer| {
            let Spent { seconds, fastest, slowest, cpu_seconds, repetitions } = spent;
            // The rates are the CPU's; those of a real GPU are unknown.
            let on_cpu = self.report.engines.iter().any(|of| of.engine == engine && of.on_cpu);
            let one_by_one = || 1e9 * one_by_one::seconds(pass, k, &machine);
            self.report.timings.push(Timing {
                set,
                addresses: n,
                k,
                pass: pass.name(),
                engine,
                seconds,
                fastest,
                slowest,
                cpu_seconds,
                repetitions,
                ns_per_address: 1e9 * seconds / n as f64,
                one_by_one: on_cpu.then(one_by_one),
                sums: with_sums.then(|| Sums::new(task, answer)).flatten(),
            });
        };
        // By task: what the answer must be, as soon as one is known.
        let mut expected: Vec<Option<Answer>> = tasks.iter().map(|_| None).collect();
        let mut of_reference = Vec::new();
        let mut whole = None;
        if n <= self.reference {
            whole = Some(EngineKind::Reference.name());
            let mut reference = ReferenceEngine::new(*addresses);
            for ((_, task), expected) in tasks.iter().zip(&mut expected) {
                of_reference.push(repeat(1, self.seconds, || {
                    *expected = Some(task.answer(&mut reference)?);
                    Ok(())
                })?);
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
            let here = || (0..).zip(&tasks).filter(|(_, (pass, _))| wanted(name, *pass));
            if here().next().is_none() {
                continue;
            }
            let sampled = check::sample(choice, addresses, parameters)?;
            sampled.map_or(Ok(()), |what| Err(wrong(what)))?;
            let mut answers = Vec::new();
            for (at, (_, task)) in here() {
                let found = task.answer(engine.as_mut())?;
                let expected: Option<&Answer> = expected[at].as_ref();
                let differs = expected.and_then(|expected| check::whole(&found, expected, n));
                differs.map_or(Ok(()), |what| Err(wrong(what)))?;
                answers.push(found);
            }
            let sample = n.min(check::SAMPLE);
            let checked = Checked { set, addresses: n, k, engine: name, sample, whole };
            self.report.checks.push(checked);
            for ((_, (pass, task)), answer) in here().zip(&answers) {
                let spent = repeat(RUNS, self.seconds, || task.run(engine.as_mut()))?;
                tell(name, *pass, spent, task, answer);
            }
            if whole.is_none() {
                whole = Some(name);
                for ((at, _), answer) in here().zip(answers) {
                    expected[at] = Some(answer);
                }
            }
        }
        if self.engines.iter().any(is_reference) {
            for (spent, ((pass, task), answer)) in
                of_reference.into_iter().zip(tasks.iter().zip(expected.iter().flatten()))
            {
                tell(EngineKind::Reference.name(), *pass, spent, task, answer);
            }
        }
        Ok(())
    }

    /// Seconds that [`time`](Self::time) spends on a pass of `seconds`: on its answer, then on its runs.
    pub fn cost(&self, seconds: f64) -> f64 {
        let most = (LONG * self.seconds).max(seconds);
        seconds + (RUNS as f64 * seconds).max(self.seconds).min(most)
    }
}

/// An engine over `addresses`, and the seconds until these lie ready on it: sorted, and copied to the
/// device. Engines sort, and drivers copy, when a pass first asks for it, so one is run twice: what the
/// first run takes longer counts.
fn ready<'a>(
    choice: &Choice,
    addresses: &'a [u32],
) -> Result<(Box<dyn Engine + 'a>, f64), EngineError> {
    let sweep = |engine: &mut dyn Engine| {
        let started = Instant::now();
        Run::<Lloyd>::run(engine, &[Centres::single()])?;
        Ok::<_, EngineError>(started.elapsed().as_secs_f64())
    };
    // Its kernel is built here, where nobody watches the clock.
    sweep(choice.engine(addresses.get(..1).unwrap_or_default()).as_mut())?;
    let started = Instant::now();
    let mut engine = choice.engine(addresses);
    let made = started.elapsed().as_secs_f64();
    let first = sweep(engine.as_mut())?;
    let more = first - sweep(engine.as_mut())?;
    Ok((engine, made + more.max(0.0)))
}

fn is_reference(choice: &Choice) -> bool {
    choice.name() == EngineKind::Reference.name()
}

/// What a run costs.
struct Spent {
    /// The median, by the clock.
    seconds: f64,
    fastest: f64,
    slowest: f64,
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
    let seconds = median(&mut times);
    // The median has sorted them.
    let (fastest, slowest) = (times[0], times[repetitions - 1]);
    Ok(Spent { seconds, fastest, slowest, cpu_seconds, repetitions })
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
        let runs = |seconds, milliseconds| {
            let work = || {
                std::thread::sleep(std::time::Duration::from_millis(milliseconds));
                Ok(())
            };
            repeat(3, seconds, work).unwrap().repetitions
        };
        // Fewer on a busy machine.
        assert!(runs(0.1, 1) > 3);
        assert!(runs(0.01, 12) <= 3);
        assert_eq!(runs(0.01, 150), 1);
    }
}
