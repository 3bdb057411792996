//! Which addresses are anomalous: a threshold on the log-density.

use std::fmt;
use std::str::FromStr;

/// How the threshold is found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Threshold {
    /// The given percentile, 0 to 100, of the log-densities.
    Percentile(f64),
}

impl Threshold {
    /// The log-density strictly below which one of `count` addresses is anomalous; `None` for no
    /// addresses. `of_ranks` gives the log-densities of ascending ranks, from 0.
    ///
    /// Percentiles are numpy's, linear interpolation at `q / 100 (n - 1)`.
    ///
    /// # Errors
    /// When `of_ranks` fails.
    pub fn find<E>(
        self,
        count: usize,
        of_ranks: impl FnOnce(&[u64]) -> Result<Vec<f64>, E>,
    ) -> Result<Option<f64>, E> {
        let Self::Percentile(q) = self;
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
}

impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Percentile(q) = self;
        write!(f, "percentile:{q}")
    }
}

/// A threshold that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected percentile:P with P from 0 to 100, for example percentile:4")]
pub struct ThresholdError;

impl FromStr for Threshold {
    type Err = ThresholdError;

    fn from_str(text: &str) -> Result<Self, ThresholdError> {
        text.strip_prefix("percentile:")
            .and_then(|q| q.parse().ok())
            .filter(|q| (0.0..=100.0).contains(q))
            .map(Self::Percentile)
            .ok_or(ThresholdError)
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    fn percentile(q: f64, densities: &[f64]) -> Option<f64> {
        let mut sorted = densities.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        let of_rank = |&rank: &u64| sorted[rank as usize];
        let of_ranks = |ranks: &[u64]| Ok(ranks.iter().map(of_rank).collect());
        let Ok(found) = Threshold::Percentile(q).find::<Infallible>(densities.len(), of_ranks);
        found
    }

    #[test]
    fn percentiles_are_numpys() {
        // np.percentile([5, 1, 4, 2.5], [0, 4, 50, 90, 100])
        let expected = [(0.0, 1.0), (4.0, 1.18), (50.0, 3.25), (90.0, 4.7), (100.0, 5.0)];
        for (q, value) in expected {
            let found = percentile(q, &[5.0, 1.0, 4.0, 2.5]);
            assert!((found.unwrap() - value).abs() < 1e-15, "{q}: {found:?}");
        }
        assert_eq!(percentile(4.0, &[-3.0]), Some(-3.0));
        assert_eq!(percentile(4.0, &[]), None);
    }

    #[test]
    fn a_threshold_reads_back_as_written() {
        assert_eq!("percentile:2.5".parse::<Threshold>().unwrap().to_string(), "percentile:2.5");
        for wrong in ["4", "percentile:", "percentile:101", "percentile:nan", "percentile:-1"] {
            assert_eq!(wrong.parse::<Threshold>(), Err(ThresholdError), "{wrong}");
        }
    }
}
