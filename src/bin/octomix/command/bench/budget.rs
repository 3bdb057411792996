//! The time that a report may take: what fits is run, what does not is left out in words.
//!
//! A step that has begun is not stopped, so a step without a prediction should be short.

use std::fmt;
use std::time::Instant;

use octomix::words::duration;
use serde::Serialize;

use super::super::Failure;
use crate::progress::{Bar, Unit};

/// The share of the time that is planned with: predictions are wrong by some of it.
const PLANNED: f64 = 0.95;

/// What may be spent, and what was.
#[derive(Debug)]
pub struct Budget {
    started: Instant,
    bar: Bar,
    /// What may be spent, in seconds.
    pub seconds: f64,
    /// What was run, in order.
    pub steps: Vec<Step>,
    /// What was not.
    pub left_out: Vec<LeftOut>,
    /// What is wrong with the answers.
    pub wrong: Vec<String>,
}

/// What was run.
#[derive(Debug, Serialize)]
pub struct Step {
    pub step: String,
    /// What it should have taken, if anything before told.
    pub predicted_seconds: Option<f64>,
    pub seconds: f64,
}

/// What was not run.
#[derive(Debug, Serialize)]
pub struct LeftOut {
    pub step: String,
    pub reason: String,
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.step, self.reason)
    }
}

impl Budget {
    /// One that is spent from now on, and shown by `bar`.
    pub fn new(seconds: f64, bar: Bar) -> Self {
        let (steps, left_out, wrong) = Default::default();
        Self { started: Instant::now(), bar, seconds, steps, left_out, wrong }
    }

    /// Seconds since the start.
    pub fn spent(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }

    /// Seconds that may still be planned with.
    pub fn left(&self) -> f64 {
        (PLANNED * self.seconds - self.spent()).max(0.0)
    }

    /// Notes that `step` is not run because of `reason`.
    pub fn leave_out(&mut self, step: impl Into<String>, reason: impl Into<String>) {
        self.left_out.push(LeftOut { step: step.into(), reason: reason.into() });
    }

    /// Whether `predicted` seconds are left; if not, `step` is noted as left out.
    pub fn allows(&mut self, step: &str, predicted: Option<f64>) -> bool {
        let left = self.left();
        let allows = left > 0.0 && predicted.is_none_or(|predicted| predicted <= left);
        if !allows {
            let takes =
                predicted.map(|seconds| format!("it would take about {}", duration(seconds)));
            let takes = takes.map_or(String::new(), |takes| takes + ", and ");
            let left = match left {
                0.0 => "no time is left".to_owned(),
                left => format!("{} are left", duration(left)),
            };
            self.leave_out(step, takes + &left);
        }
        allows
    }

    /// Runs `step`, which `work` does, if there is time for it; a wrong answer is noted, and ends it.
    ///
    /// # Errors
    /// When `work` fails otherwise.
    pub fn run<T>(
        &mut self,
        step: String,
        predicted: Option<f64>,
        work: impl FnOnce() -> Result<T, Failure>,
    ) -> Result<Option<T>, Failure> {
        if !self.allows(&step, predicted) {
            return Ok(None);
        }
        let spent = self.spent() as u64;
        self.bar.update(Unit::Steps, spent, Some(self.seconds as u64), step.clone());
        let started = Instant::now();
        let done = work();
        let seconds = started.elapsed().as_secs_f64();
        self.steps.push(Step { step, predicted_seconds: predicted, seconds });
        match done {
            Ok(result) => Ok(Some(result)),
            Err(Failure::WrongAnswer(what)) => {
                self.wrong.push(what);
                Ok(None)
            }
            Err(failure) => Err(failure),
        }
    }

    /// The seconds of the last step, if there was one.
    pub fn last(&self) -> Option<f64> {
        self.steps.last().map(|step| step.seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(seconds: f64) -> Budget {
        Budget::new(seconds, Bar::new(String::new(), false))
    }

    #[test]
    fn what_does_not_fit_is_left_out_in_words() {
        let mut budget = of(100.0);
        let ran = budget.run("a".into(), Some(1.0), || Ok(7)).unwrap();
        assert_eq!((ran, budget.steps.len()), (Some(7), 1));
        let ran = budget.run("b".into(), Some(200.0), || Ok(7)).unwrap();
        assert_eq!((ran, budget.steps.len()), (None, 1));
        let told = "b: it would take about 200.0 s, and 95.0 s are left";
        assert_eq!(budget.left_out[0].to_string(), told);
    }

    #[test]
    fn a_wrong_answer_is_noted_and_other_failures_end_it() {
        let mut budget = of(100.0);
        let wrong = budget
            .run("a".into(), None, || Err::<(), _>(Failure::WrongAnswer("the sum differs".into())));
        assert!(matches!(wrong, Ok(None)));
        assert_eq!(budget.wrong, ["the sum differs"]);
        let failed = budget.run("b".into(), None, || Err::<(), _>(Failure::Usage("no".into())));
        assert!(failed.is_err());
    }

    #[test]
    fn nothing_runs_once_all_is_spent() {
        let mut budget = of(1e-9);
        assert!(budget.run("a".into(), None, || Ok(())).unwrap().is_none());
        assert_eq!(budget.left_out[0].to_string(), "a: no time is left");
    }
}
