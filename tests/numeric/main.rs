//! Random sets under random parameters, extreme ones among them: whatever is accepted gives a sound model.
//!
//! Of each case: no panic; a fit, or a refusal that names the parameter; finite numbers; weights that add up; a
//! bound that falls by no more than it may; a file that reads back to the same model; finite scores of any
//! address. `OCTOMIX_NUMERIC=10000` runs so many cases instead of a few hundred, `OCTOMIX_NUMERIC=7..8` one alone.

mod case;
mod verdict;

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use case::Case;
use verdict::Outcome;

/// Cases where none are asked for.
const CASES: u64 = 400;

/// The cases to run.
fn cases() -> Range<u64> {
    let Ok(asked) = std::env::var("OCTOMIX_NUMERIC") else { return 0..CASES };
    let number = |text: &str| text.parse().expect("OCTOMIX_NUMERIC is a number, or two as in 7..8");
    match asked.split_once("..") {
        Some((first, end)) => number(first)..number(end),
        None => 0..number(&asked),
    }
}

#[test]
fn accepted_parameters_give_sound_models() {
    let (mut fitted, mut refused, mut failed) = (0, 0, Vec::new());
    let (mut fall, mut allowed) = (0f64, 0f64);
    for number in cases() {
        let case = Case::new(number);
        let outcome = catch_unwind(AssertUnwindSafe(|| verdict::of(&case)));
        match outcome.unwrap_or_else(|_| Err("it panicked".to_owned())) {
            Ok(Outcome::Fitted(course)) => {
                fitted += 1;
                fall = fall.max(course.fall);
                allowed = allowed.max(course.allowed);
            }
            Ok(Outcome::Refused) => refused += 1,
            Err(wrong) => failed.push(format!("{number}: {wrong}\n    {case}")),
        }
    }
    println!(
        "{fitted} fits, {refused} refusals; the largest fall {fall:e} nats of a bound, {allowed:e} allowed"
    );
    assert!(failed.is_empty(), "{} failed:\n{}", failed.len(), failed.join("\n"));
    assert!(fitted > refused, "{fitted} fits, {refused} refusals");
}
