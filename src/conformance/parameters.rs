//! Parameters to compare engines under: such as a fit meets, from its start to its end.

use std::ops::ControlFlow;

use crate::address::octets;
use crate::engine::CpuEngine;
use crate::model::{FitError, bayesian, em, kmeans};
use crate::pass::{Centres, Density, Mixture, Tail};

/// Centres and mixtures for one set of addresses.
#[derive(Debug, Clone, Default)]
pub struct Parameters {
    /// Centres at addresses, and after the first and the tenth iteration of K-Means.
    pub centres: Vec<Centres>,
    /// Mixtures after the first and the tenth iteration.
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
        let k = components.min(addresses.len());
        let mut parameters = Self::default();
        let mut engine = CpuEngine::new(addresses);
        let mut go_on = |_| ControlFlow::Continue(());
        for max_iter in [1, 10] {
            let params = bayesian::Params { n_init: 1, max_iter, ..bayesian::Params::new(k) };
            let fit = em::fit(&mut engine, &params, &mut go_on)?;
            parameters.mixtures.push(fit.posterior.mixture());
            let params = kmeans::Params { max_iter, ..kmeans::Params::new(k) };
            for restart in kmeans::restarts(&mut engine, &params, &mut go_on)? {
                parameters.centres.push(Centres::new(&restart.points)?);
            }
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
