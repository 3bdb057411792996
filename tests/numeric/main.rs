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
use verdict::{Falls, Outcome};

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
fn a_model_that_could_not_be_read_is_not_written() {
    let told = verdict::written_with(f64::NAN).unwrap_err().to_string();
    let expected = "the model of 'm.json' was not written, because it could not be read again: ";
    assert!(told.starts_with(expected), "{told}");
    assert!(verdict::written_with(-1.0).is_ok());
}

#[test]
fn accepted_parameters_give_sound_models() {
    let (mut fitted, mut refused, mut failed) = (0, 0, Vec::new());
    let mut all = Falls::default();
    let mut plain = 0f64;
    for number in cases() {
        let case = Case::new(number);
        let outcome = catch_unwind(AssertUnwindSafe(|| verdict::of(&case)));
        match outcome.unwrap_or_else(|_| Err("it panicked".to_owned())) {
            Ok(Outcome::Fitted(falls)) => {
                fitted += 1;
                all.steps += falls.steps;
                all.strict += falls.strict;
                if case.is_plain() {
                    plain = plain.max(falls.most);
                }
            }
            Ok(Outcome::Refused) => refused += 1,
            Err(wrong) => failed.push(format!("{number}: {wrong}\n    {case}")),
        }
    }
    println!(
        "{fitted} fits, {refused} refusals; {} iterations, {} of which may not lose 1e-3 nats; \
         the largest fall under usual parameters: {plain:.3} nats",
        all.steps, all.strict
    );
    assert!(failed.is_empty(), "{} failed:\n{}", failed.len(), failed.join("\n"));
    // It would be easy to refuse everything, and to allow everything.
    assert!(fitted > refused, "{fitted} fits, {refused} refusals");
    assert!(2 * all.strict > all.steps, "{} of {} iterations", all.strict, all.steps);
}
