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
    /// The log-density strictly below which an address is anomalous; `None` for no addresses.
    ///
    /// Percentiles are numpy's, linear interpolation at `q / 100 (n - 1)`. Reorders `densities`.
    pub fn find(self, densities: &mut [f64]) -> Option<f64> {
        let Self::Percentile(q) = self;
        if densities.is_empty() {
            return None;
        }
        let position = q / 100.0 * (densities.len() - 1) as f64;
        let below = (position.floor() as usize).min(densities.len() - 1);
        let share = position - below as f64;
        let (_, &mut a, rest) = densities.select_nth_unstable_by(below, f64::total_cmp);
        let b = rest.iter().copied().min_by(f64::total_cmp).unwrap_or(a);
        // numpy interpolates from the nearer end.
        Some(if share < 0.5 { a + (b - a) * share } else { b - (b - a) * (1.0 - share) })
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
    use super::*;

    #[test]
    fn percentiles_are_numpys() {
        // np.percentile([5, 1, 4, 2.5], [0, 4, 50, 90, 100])
        let expected = [(0.0, 1.0), (4.0, 1.18), (50.0, 3.25), (90.0, 4.7), (100.0, 5.0)];
        for (q, value) in expected {
            let found = Threshold::Percentile(q).find(&mut [5.0, 1.0, 4.0, 2.5]);
            assert!((found.unwrap() - value).abs() < 1e-15, "{q}: {found:?}");
        }
        assert_eq!(Threshold::Percentile(4.0).find(&mut [-3.0]), Some(-3.0));
        assert_eq!(Threshold::Percentile(4.0).find(&mut []), None);
    }

    #[test]
    fn a_threshold_reads_back_as_written() {
        assert_eq!("percentile:2.5".parse::<Threshold>().unwrap().to_string(), "percentile:2.5");
        for wrong in ["4", "percentile:", "percentile:101", "percentile:nan", "percentile:-1"] {
            assert_eq!(wrong.parse::<Threshold>(), Err(ThresholdError), "{wrong}");
        }
    }
}
