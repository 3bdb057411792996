//! Which addresses are anomalous: a threshold on the log-density.

use std::fmt;
use std::str::FromStr;

/// How the threshold is found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Threshold {
    /// The given percentile, 0 to 100, of the log-densities: so many are flagged in any case.
    Percentile(f64),
    /// A log-density, in nats.
    Density(f64),
    /// The rate of false discoveries, above 0 and below 1: see [`fdr`](crate::rule::fdr).
    Fdr(f64),
}

/// The `q`th percentile, 0 to 100, of `count` log-densities; `None` if there are none. `of_ranks` looks
/// up those of ascending ranks, from 0.
///
/// Percentiles are numpy's, linear interpolation at `q / 100 (n - 1)`.
///
/// # Errors
/// When `of_ranks` fails.
pub fn percentile<E>(
    q: f64,
    count: usize,
    of_ranks: impl FnOnce(&[u64]) -> Result<Vec<f64>, E>,
) -> Result<Option<f64>, E> {
    let Some(last) = count.checked_sub(1) else { return Ok(None) };
    let position = q / 100.0 * last as f64;
    let below = (position.floor() as usize).min(last);
    let share = position - below as f64;
    let found = of_ranks(&[below as u64, (below + 1).min(last) as u64])?;
    let between = |a: f64, b: f64| {
        // numpy interpolates from the nearer end.
        if share < 0.5 { a + (b - a) * share } else { b - (b - a) * (1.0 - share) }
    };
    Ok(found.first().zip(found.last()).map(|(&a, &b)| between(a, b)))
}

impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Percentile(q) => write!(f, "percentile:{q}"),
            Self::Density(density) => write!(f, "density:{density}"),
            Self::Fdr(q) => write!(f, "fdr:{q}"),
        }
    }
}

/// A threshold that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected percentile:P with P from 0 to 100, density:X with a log-density X, or fdr:Q with Q from \
     1e-6 to 0.5, for example percentile:4, density:-25.5 or fdr:0.05"
)]
pub struct ThresholdError;

impl FromStr for Threshold {
    type Err = ThresholdError;

    fn from_str(text: &str) -> Result<Self, ThresholdError> {
        let (rule, number) = text.split_once(':').ok_or(ThresholdError)?;
        let number: f64 = number.parse().map_err(|_| ThresholdError)?;
        match rule {
            "percentile" if (0.0..=100.0).contains(&number) => Ok(Self::Percentile(number)),
            "density" if number.is_finite() => Ok(Self::Density(number)),
            // Smaller rates take more draws than anyone would wait for.
            "fdr" if (1e-6..=0.5).contains(&number) => Ok(Self::Fdr(number)),
            _ => Err(ThresholdError),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    fn of_list(q: f64, densities: &[f64]) -> Option<f64> {
        let mut sorted = densities.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        let of_rank = |&rank: &u64| sorted[rank as usize];
        let of_ranks = |ranks: &[u64]| Ok(ranks.iter().map(of_rank).collect());
        let Ok(found) = percentile::<Infallible>(q, densities.len(), of_ranks);
        found
    }

    #[test]
    fn percentiles_are_numpys() {
        // np.percentile([5, 1, 4, 2.5], [0, 4, 50, 90, 100])
        let expected = [(0.0, 1.0), (4.0, 1.18), (50.0, 3.25), (90.0, 4.7), (100.0, 5.0)];
        for (q, value) in expected {
            let found = of_list(q, &[5.0, 1.0, 4.0, 2.5]);
            assert!((found.unwrap() - value).abs() < 1e-15, "{q}: {found:?}");
        }
        assert_eq!(of_list(4.0, &[-3.0]), Some(-3.0));
        assert_eq!(of_list(4.0, &[]), None);
    }

    #[test]
    fn a_threshold_reads_back_as_written() {
        for text in ["percentile:2.5", "density:-24.125", "fdr:0.05"] {
            assert_eq!(text.parse::<Threshold>().unwrap().to_string(), text);
        }
        let wrong = ["4", "percentile:", "percentile:101", "percentile:nan", "percentile:-1"];
        for wrong in wrong.into_iter().chain(["density:", "density:inf", "fdr:0", "fdr:1"]) {
            assert_eq!(wrong.parse::<Threshold>(), Err(ThresholdError), "{wrong}");
        }
    }
}
