//! The arguments of `octomix sweep`.

use std::collections::BTreeSet;

use clap::Args;

use super::model::MOST;
use super::{EngineArgs, InputArgs, ModelArgs, OutputArgs, PrintArgs};

const EXAMPLES: &str = "\
Examples:
  The elbow of K-Means over one to nine clusters, the best of 200 restarts each:
    octomix sweep --model kmeans -k 1..9 --n-init 200 day.csv

  Gaussian mixtures by their information criteria:
    octomix sweep --model gaussian -k 1..12 day.csv

  Some numbers of components, of the destinations, as a curve to draw:
    octomix sweep -k 2,4,8,16..20 --role dst day.csv
    cut -d, -f1,3 octomix-out/dst/sweep.csv";

/// Fits a model with each of several numbers of components and shows by what to choose one.
///
/// Prints for each number the tightness (the mean distance of the addresses to the nearest centre, in
/// octets), the inertia, BIC and AIC, and of a Bayesian mixture the evidence, by which -k auto of the
/// other commands chooses. Marks the knee of the tightness and the number of the most evidence. Writes sweep.csv and sweep.json for each role, report.html, which draws them, and
/// summary.json, below the output directory. All numbers share the engine's runs, and each fit is what
/// octomix fit --search restarts gives alone, unless --search merge-split searches each.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, mut_arg("components", |arg| arg.short(None).alias(None).hide(true)),
          mut_arg("model", |arg| arg.help("The kind of model [default: bayesian]")),
          mut_arg("init_file", |arg| arg.hide(true)), mut_arg("warm_start", |arg| arg.hide(true)),
          mut_arg("search", |arg| arg.help("How to look for the best optimum [default: restarts]")))]
pub struct SweepArgs {
    #[command(flatten)]
    pub input: InputArgs,
    /// The numbers of components: A..B is A to B, B among them; commas join several
    #[arg(
        short = 'k',
        alias = "k",
        value_parser = numbers,
        value_name = "A..B,...",
        default_value = "1..9",
        allow_negative_numbers = true,
        help_heading = "Model"
    )]
    pub k: BTreeSet<usize>,
    #[command(flatten)]
    pub model: ModelArgs,
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub print: PrintArgs,
    #[command(flatten)]
    pub engine: EngineArgs,
}

/// More fits than these are a slip of the keyboard.
const MOST_FITS: usize = 1000;

/// Reads numbers of components: each once, in order, at least one.
pub(super) fn numbers(text: &str) -> Result<BTreeSet<usize>, String> {
    let number = |text: &str| {
        let number = text.trim().parse::<usize>().ok();
        number.filter(|number| (1..=MOST as usize).contains(number)).ok_or_else(|| {
            format!("expected numbers from 1 to {MOST}, such as 1..9 (1 to 9) or 2,4,8")
        })
    };
    let mut numbers = BTreeSet::new();
    for part in text.split(',') {
        let (first, last) = part.split_once("..").unwrap_or((part, part));
        // Rust's own way to write a range, 1..=9, means the same.
        let (first, last) = (number(first)?, number(last.strip_prefix('=').unwrap_or(last))?);
        if first > last {
            return Err(format!("{first}..{last} is empty; the smaller number comes first"));
        }
        numbers.extend((first..=last).take(MOST_FITS + 1));
        if numbers.len() > MOST_FITS {
            return Err(format!("these are more than {MOST_FITS} numbers; leave some out"));
        }
    }
    Ok(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<usize>, String> {
        numbers(text).map(|numbers| numbers.into_iter().collect())
    }

    #[test]
    fn ranges_hold_both_ends() {
        assert_eq!(read("1..9").unwrap(), (1..=9).collect::<Vec<_>>());
        assert_eq!(read("1..=3").unwrap(), [1, 2, 3]);
        assert_eq!(read("8,2, 4..5,4").unwrap(), [2, 4, 5, 8]);
        assert_eq!(read("7").unwrap(), [7]);
        assert_eq!(read("1..1000").unwrap().len(), 1000);
    }

    #[test]
    fn what_is_no_number_of_components_is_refused() {
        let expected = "expected numbers from 1 to 1000000, such as 1..9 (1 to 9) or 2,4,8";
        for wrong in ["", "0", "0..3", "1..", "..3", "1-3", "-1", "a", "1,,2", "1..2..3", "1000001"]
        {
            assert_eq!(read(wrong), Err(expected.to_owned()), "{wrong}");
        }
        let empty = "3..1 is empty; the smaller number comes first";
        assert_eq!(read("3..1"), Err(empty.to_owned()));
        let many = "these are more than 1000 numbers; leave some out";
        assert_eq!(read("1..1000000"), Err(many.to_owned()));
    }
}
