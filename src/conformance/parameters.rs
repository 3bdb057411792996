//! Parameters to compare engines under: such as a fit meets, from its start to its end.

use crate::address::octets;
use crate::engine::CpuEngine;
use crate::model::covariance::Covariance;
use crate::model::params::{BayesianMixture, GaussianMixture};
use crate::model::{FitError, kmeans, unobserved};
use crate::pass::{Centres, Density, Mixture, Tail};

/// Addresses that parameters are fitted to at most: more would cost time and change them little.
const SAMPLE: usize = 16_384;

/// The models that [`Parameters`] are of, for people.
pub const MODELS: &str = "K-Means; Bayesian and likelihood mixtures, full, tied, diagonal, spherical; \
                          Gaussian and Student tails";

/// Centres and mixtures for one set of addresses.
#[derive(Debug, Clone, Default)]
pub struct Parameters {
    /// Centres at addresses, and after the first and the tenth iteration of K-Means.
    pub centres: Vec<Centres>,
    /// A mixture after the first iteration, and those of each kind of model and covariance after
    /// the tenth.
    pub mixtures: Vec<Mixture>,
}

/// Degrees of freedom, heavy tails and such that f32 hardly tells from Gaussian by turns.
const FREEDOM: [f64; 7] = [1.0, 1e9, 30.0, 1e5, 2.5, 1e7, 1e3];

/// The densities to label under that have the components of `mixture`: with Gaussian tails, and with
/// Student ones of many degrees of freedom side by side.
pub(super) fn densities(mixture: &Mixture) -> [Density; 3] {
    let freedom =
        |first| FREEDOM.iter().copied().cycle().skip(first).take(mixture.0.len()).collect();
    [Tail::Gaussian, Tail::Joint(freedom(0)), Tail::Each(freedom(1))]
        .map(|tail| Density { components: mixture.clone(), tail })
}

impl Parameters {
    /// For `addresses` with `components` components, or as many as there are addresses.
    ///
    /// # Errors
    /// When there are no addresses or no components.
    pub fn new(addresses: &[u32], components: usize) -> Result<Self, FitError> {
        let sampled = addresses.len().div_ceil(SAMPLE).max(1);
        let sample: Vec<u32> = addresses.iter().step_by(sampled).copied().collect();
        let k = components.min(sample.len());
        let mut parameters = Self::default();
        let mut engine = CpuEngine::new(&sample);
        for max_iter in [1, 10] {
            let params = kmeans::Params::new(k).max_iter(max_iter).check()?;
            for restart in kmeans::restarts(&mut engine, &params, &mut unobserved)? {
                parameters.centres.push(Centres::new(&restart.points)?);
            }
        }
        let (bayesian, gaussian) = (BayesianMixture::params(k), GaussianMixture::params(k));
        let mut params = vec![bayesian.clone().max_iter(1)];
        for kind in Covariance::ALL {
            params.push(bayesian.clone().covariance(kind).max_iter(10));
            params.push(gaussian.clone().covariance(kind).max_iter(10));
        }
        for params in params {
            let fit = params.n_init(1).check()?.fit(&mut engine, &mut unobserved)?;
            parameters.mixtures.push(fit.estimate.mixture());
        }
        // Bisectors of addresses run through other addresses: exact ties abound.
        let spread = addresses.iter().step_by(addresses.len() / k).take(k);
        let at: Vec<_> = spread.map(|&address| octets(address).map(f64::from)).collect();
        parameters.centres.push(Centres::new(&at)?);
        Ok(parameters)
    }

    /// Adds those of `other`.
    pub fn extend(&mut self, other: Self) {
        self.centres.extend(other.centres);
        self.mixtures.extend(other.mixtures);
    }
}
