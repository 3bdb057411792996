//! What a model must be to be used: every number is one, its parts belong together, and every address has a
//! log-density. One check for models that come out of a fit, that are written and that are read.
//!
//! It does not tell whether a model is a good one.

use nalgebra::Matrix4;

use super::any::Model;
use super::estimate::{Concentration, Estimate, Gaussian, Posterior};
use super::kmeans::Partition;
use crate::address::OCTETS;
use crate::pass::Centres;
use crate::pass::density::{Density, Tail};

/// How far the sum of the weights may be from 1: what the rounding of a million of them leaves, and what other
/// programs write.
pub const SUM_ERROR: f64 = 1e-6;

/// How far a precision times its covariance may be from the identity: ill-conditioned ones lose most of
/// their digits.
const INVERSE_ERROR: f64 = 0.1;

/// Checks `model`.
///
/// # Errors
/// Which part of it is wrong.
pub fn check(model: &Model) -> Result<(), &'static str> {
    match model {
        Model::Mixture(estimate) => mixture(estimate),
        Model::KMeans(partition) => clusters(partition),
    }
}

pub(super) fn clusters(partition: &Partition) -> Result<(), &'static str> {
    shares(&partition.weights, partition.centres.len())?;
    if Centres::new(&partition.centres).is_err() {
        return Err("centres are no numbers, or far from all addresses");
    }
    if !(partition.variance.is_finite() && partition.variance > 0.0) {
        return Err("inertia is no number from 0");
    }
    densities(&partition.estimate().plug_in().into())
}

pub(super) fn mixture(estimate: &Estimate) -> Result<(), &'static str> {
    let k = estimate.gaussians.len();
    shares(&estimate.weights, k)?;
    estimate.gaussians.iter().try_for_each(gaussian)?;
    if let Some(of) = &estimate.posterior {
        posterior(of, k)?;
    }
    densities(&estimate.plug_in().into())?;
    densities(&estimate.mixture().into())?;
    densities(&estimate.predictive())
}

fn shares(weights: &[f64], k: usize) -> Result<(), &'static str> {
    if k == 0 || weights.len() != k {
        return Err("weights and means are not one a component");
    }
    if !weights.iter().all(|&w| w.is_finite() && w >= 0.0) {
        return Err("weights are no numbers from 0");
    }
    if (weights.iter().sum::<f64>() - 1.0).abs() > SUM_ERROR {
        return Err("weights do not sum to 1");
    }
    Ok(())
}

fn gaussian(of: &Gaussian) -> Result<(), &'static str> {
    let Gaussian { mean, covariance, precision_cholesky: u } = of;
    if mean.iter().any(|x| !x.is_finite()) {
        return Err("means are no numbers");
    }
    let is_factor = u.iter().all(|x| x.is_finite())
        && u.diagonal().iter().all(|&x| x > 0.0)
        && *u == u.upper_triangle();
    if !is_factor {
        return Err("precisions_cholesky are not upper triangles with a positive diagonal");
    }
    let error = u.transpose() * covariance * u - Matrix4::identity();
    if !error.iter().all(|x| x.abs() <= INVERSE_ERROR) {
        return Err("covariances and precisions_cholesky do not belong together");
    }
    Ok(())
}

fn posterior(of: &Posterior, k: usize) -> Result<(), &'static str> {
    let above = |least: f64, list: &[f64]| {
        list.len() == k && list.iter().all(|&x| x.is_finite() && x > least)
    };
    let is_positive = match &of.concentration {
        Concentration::Process(sticks) => {
            let sides = |side: usize| sticks.iter().map(|stick| stick[side]).collect::<Vec<_>>();
            above(0.0, &sides(0)) && above(0.0, &sides(1))
        }
        Concentration::Distribution(list) => above(0.0, list),
    };
    if !is_positive {
        return Err("weight_concentration is not one positive number a component");
    }
    if !above(0.0, &of.mean_precision) {
        return Err("mean_precision is not one positive number a component");
    }
    if !above(3.0, &of.degrees_of_freedom) {
        return Err("degrees_of_freedom are not one number above 3 a component");
    }
    Ok(())
}

/// Checks that every address has a log-density: no component may be so narrow, or so far away, that the square of
/// a distance is no number. A component of no weight may have none, but not all.
fn densities(density: &Density) -> Result<(), &'static str> {
    let mut has_weight = false;
    for (k, component) in density.components.0.iter().enumerate() {
        // The farthest that an octet can be from the mean, each part of a distance taken by its magnitude.
        let reach = component.mean.map(|mean| mean.abs().max((255.0 - mean).abs()));
        let column = |j: usize| {
            let parts = component.precision_cholesky.iter().zip(reach).take(j + 1);
            parts.map(|(row, reach)| row[j].abs() * reach).sum::<f64>()
        };
        let square: f64 = (0..OCTETS).map(|j| column(j).powi(2)).sum();
        let fall = match &density.tail {
            Tail::Gaussian => square / 2.0,
            Tail::Joint(v) => (v[k] + OCTETS as f64) * (square / v[k]).ln_1p(),
            // No axis adds more than all of the square.
            Tail::Each(v) => OCTETS as f64 * (v[k] + 1.0) * (square / v[k]).ln_1p(),
        };
        if !fall.is_finite() || component.bias.is_nan() || component.bias == f64::INFINITY {
            return Err("covariances are too small for distances to be numbers");
        }
        has_weight |= (component.bias - fall).is_finite();
    }
    if has_weight { Ok(()) } else { Err("no component has a weight") }
}
