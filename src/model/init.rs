//! Where a restart may start, and what cannot be started from.

use nalgebra::Matrix4;

use super::covariance::precision_cholesky;
use super::error::StartError;
use super::estimate::Estimate;
use super::limits::is_coordinate;
use crate::address::OCTETS;

/// How a restart is started.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Init {
    /// From the clusters of one K-Means a restart, seeded by K-Means++. A Bayesian mixture of several restarts has half
    /// as many more, from the clusters about seeds.
    #[default]
    KMeans,
    /// From the addresses that K-Means++ chooses, one a component and no others.
    KMeansPlusPlus,
    /// From responsibilities drawn uniformly for each address.
    Random,
    /// From addresses drawn without replacement, one a component and no others.
    RandomFromData,
    /// From the component of each address, in the engine's order. Every restart starts alike.
    Labels(Vec<u32>),
    /// From parameters; what is left out comes from K-Means.
    Parameters(StartParameters),
    /// From a fit of the same kind: its iterations go on (scikit-learn's `warm_start`).
    Warm(Box<Estimate>),
}

/// Parameters to start from, each with one entry per component.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StartParameters {
    /// Weights, which sum to 1.
    pub weights: Option<Vec<f64>>,
    /// Means, in octets.
    pub means: Option<Vec<[f64; OCTETS]>>,
    /// Precisions, the inverses of the covariances; each kind of covariance uses its own part.
    pub precisions: Option<Vec<Matrix4<f64>>>,
}

impl StartParameters {
    pub(super) fn check(&self, k: usize) -> Result<(), StartError> {
        let count = |what, found| match found {
            Some(found) if found != k => Err(StartError::Count { what, found, expected: k }),
            _ => Ok(()),
        };
        count("means", self.means.as_ref().map(Vec::len))?;
        count("weights", self.weights.as_ref().map(Vec::len))?;
        // One precision may serve all components.
        let precisions = self.precisions.as_ref().map(Vec::len).filter(|&found| found != 1);
        count("precisions", precisions)?;
        if let Some(&x) = self.means.iter().flatten().flatten().find(|&&x| !is_coordinate(x)) {
            return Err(StartError::Mean(x));
        }
        for (component, precision) in self.precisions.iter().flatten().enumerate() {
            if *precision != precision.transpose() || precision_cholesky(precision).is_none() {
                return Err(StartError::Precision(component));
            }
        }
        if let Some(weights) = &self.weights {
            let sum: f64 = weights.iter().sum();
            let is_share = |w: &f64| (0.0..=1.0).contains(w);
            // As scikit-learn allows for rounding.
            if !weights.iter().all(is_share) || (sum - 1.0).abs() > 1e-6 {
                return Err(StartError::Weights(sum));
            }
        }
        Ok(())
    }
}
