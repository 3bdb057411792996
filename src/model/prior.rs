//! The prior of a Bayesian mixture; what is left out comes from the addresses, as in scikit-learn.

use nalgebra::{Matrix4, Vector4};

use super::covariance::{Covariance, factor};
use super::error::ParamError;
use super::estimate::D;
use super::limits::{is_coordinate, is_prior, is_scatter};
use super::sufficient::symmetric;
use crate::address::OCTETS;
use crate::pass::moments::ExactMoments;

/// The family of the weights' prior.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WeightPrior {
    /// A stick broken without end (Blei & Jordan 2006): few components take most of the weight.
    #[default]
    DirichletProcess,
    /// A Dirichlet distribution: all components alike.
    DirichletDistribution,
}

impl WeightPrior {
    /// Its name in scikit-learn and in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::DirichletProcess => "dirichlet_process",
            Self::DirichletDistribution => "dirichlet_distribution",
        }
    }
}

/// The prior as far as it is given; the default is scikit-learn's.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Priors {
    /// The family of the weights' prior.
    pub weights: WeightPrior,
    /// The concentration of the weights; 1 / components where left out.
    pub weight_concentration: Option<f64>,
    /// The precision of the means' prior, in addresses; 1 where left out.
    pub mean_precision: Option<f64>,
    /// The mean of the means' prior, in octets; the addresses' mean where left out.
    pub mean: Option<[f64; OCTETS]>,
    /// Degrees of freedom of the covariances' prior, more than 3; 4 where left out.
    pub degrees_of_freedom: Option<f64>,
    /// The covariances' prior, cut to the kind fitted; the addresses' covariance where left out.
    pub covariance: Option<Matrix4<f64>>,
}

impl Priors {
    /// Checks what is given.
    pub(super) fn check(&self) -> Result<(), ParamError> {
        let beyond = |x: Option<f64>| x.filter(|&x| !is_prior(x));
        if let Some(value) = beyond(self.weight_concentration) {
            return Err(ParamError::WeightConcentration(value));
        }
        if let Some(value) = beyond(self.mean_precision) {
            return Err(ParamError::MeanPrecision(value));
        }
        if let Some(value) = self.mean.and_then(|m| m.into_iter().find(|&x| !is_coordinate(x))) {
            return Err(ParamError::MeanPrior(value));
        }
        let improper = |nu: &f64| !(is_prior(*nu) && *nu > D - 1.0);
        if let Some(value) = self.degrees_of_freedom.filter(improper) {
            return Err(ParamError::DegreesOfFreedom(value));
        }
        let Some(covariance) = &self.covariance else { return Ok(()) };
        if *covariance != covariance.transpose() || factor(*covariance, 0.0, false).is_none() {
            return Err(ParamError::CovariancePrior);
        }
        match covariance.diagonal().iter().find(|&&variance| !is_scatter(variance)) {
            Some(&variance) => Err(ParamError::PriorVariance(variance)),
            None => Ok(()),
        }
    }
}

/// The prior of a fit, complete.
#[derive(Debug, Clone, PartialEq)]
pub struct Prior {
    /// The family of the weights' prior.
    pub weights: WeightPrior,
    /// Concentration of the weights.
    pub weight_concentration: f64,
    /// Precision of the means, in addresses.
    pub mean_precision: f64,
    /// Mean of the means, in octets.
    pub mean: Vector4<f64>,
    /// Degrees of freedom of the covariances.
    pub degrees_of_freedom: f64,
    /// Scale of the covariances, in squared octets, of the kind fitted.
    pub covariance: Matrix4<f64>,
}

impl Prior {
    /// `given`, filled up from the moments of all addresses, for `components` components.
    pub fn new(
        given: &Priors,
        components: usize,
        covariance: Covariance,
        all: &ExactMoments,
    ) -> Self {
        let scatter = given.covariance.unwrap_or_else(|| symmetric(&all.covariance(1)));
        Self {
            weights: given.weights,
            weight_concentration: given.weight_concentration.unwrap_or(1.0 / components as f64),
            mean_precision: given.mean_precision.unwrap_or(1.0),
            mean: given.mean.unwrap_or_else(|| all.mean()).into(),
            degrees_of_freedom: given.degrees_of_freedom.unwrap_or(D),
            covariance: covariance.keep(scatter),
        }
    }
}
