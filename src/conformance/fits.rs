//! Whole fits of an engine against those of the reference, from the same start at the same tolerance.
//!
//! Passes can each be within their bounds while a fit ends elsewhere: rounding decides where it stops.
//! So the bound that it ends on, the number of its iterations, and the labels and flags that come of it
//! are compared too. No derivation says how far they may be apart; the limits are what a user would
//! notice.

use super::Check;
use crate::address::{Points, octets};
use crate::engine::{Engine, ReferenceEngine};
use crate::model::params::{BayesianMixture, GaussianMixture, MixtureParams};
use crate::model::{Checked, FitError, unobserved};
use crate::pass::Mixture;
use crate::pass::label::Label;
use crate::rule::threshold::percentile;

/// Lower bounds may be apart by this many nats, or by [`RELATIVE`] of themselves.
pub const NATS: f64 = 0.01;
/// Lower bounds may be apart by this part of themselves, or by [`NATS`].
pub const RELATIVE: f64 = 1e-9;
/// Iterations may be apart by this many, or by a [`SHARE`] of them.
pub const ITERATIONS: f64 = 3.0;
/// Iterations may be apart by this share of them, or by [`ITERATIONS`].
pub const SHARE: f64 = 0.05;
/// Log-densities closer than this tie, in nats: an address may have either label, and be flagged or not.
pub const TIE: f64 = 1e-6;

/// A fit is compared if what doubles may make of its bound is less than this part of the tolerance.
const UNTOLD: f64 = 0.01;
/// The percentile of the log-densities below which an address is flagged.
const FLAGGED: f64 = 4.0;
/// The most iterations: the reference takes its time.
const MAX_ITER: usize = 1000;
/// Addresses that are fitted at most: a few more than the CPU engine sums in doubles.
pub const SAMPLE: usize = 70_000;

/// At most 70,000 of `addresses`, evenly spread: enough for an engine that sums large sets alone in single
/// precision to do so, and few enough for the reference.
pub fn sample(addresses: &[u32]) -> Vec<u32> {
    let taken = addresses.len().min(SAMPLE);
    (0..taken)
        .map(|i| addresses[(i as u128 * addresses.len() as u128 / taken as u128) as usize])
        .collect()
}

/// The fits of the reference.
#[derive(Debug)]
pub struct Fits {
    addresses: Vec<u32>,
    expected: Vec<Expected>,
    /// The names of fits that cannot be compared: doubles do not tell where those of the reference end.
    pub left_out: Vec<&'static str>,
}

/// A fit of the reference.
#[derive(Debug)]
struct Expected {
    name: &'static str,
    params: Checked<MixtureParams>,
    outcome: Outcome,
}

/// What a fit comes to.
#[derive(Debug)]
struct Outcome {
    lower_bound: f64,
    iterations: usize,
    /// The addresses that a unit of the lower bound is of.
    unit: f64,
    /// What doubles may make of the lower bound, in its unit.
    noise: f64,
    mixture: Mixture,
    labels: Vec<Label>,
    threshold: f64,
}

impl Fits {
    /// A Bayesian fit and one of maximum likelihood.
    ///
    /// # Errors
    /// When there are fewer addresses than `components`.
    pub fn new(points: &Points<'_>, components: usize) -> Result<Self, FitError> {
        let bayesian = ("Bayesian fit", BayesianMixture::params(components));
        let likelihood = ("likelihood fit", GaussianMixture::params(components));
        Self::of(points, [bayesian, likelihood])
    }

    /// Fits of the reference over `points`, each of a name and parameters, from the start that one K-Means
    /// makes and by 1,000 iterations at most.
    ///
    /// # Errors
    /// When the parameters or the fits do not hold.
    pub fn of(
        points: &Points<'_>,
        models: impl IntoIterator<Item = (&'static str, MixtureParams)>,
    ) -> Result<Self, FitError> {
        let fit = |(name, params): (_, MixtureParams)| {
            let params = params.n_init(1).max_iter(MAX_ITER).check()?;
            let outcome = Outcome::new(&mut ReferenceEngine::new(points.clone()), &params)?;
            Ok(Expected { name, params, outcome })
        };
        let fits = models.into_iter().map(fit).collect::<Result<Vec<_>, FitError>>()?;
        let (expected, others): (Vec<_>, Vec<_>) = fits
            .into_iter()
            .partition(|fit| fit.outcome.noise < UNTOLD * fit.params.tolerance(points.total()));
        let left_out = others.iter().map(|fit| fit.name).collect();
        Ok(Self { addresses: points.addresses().to_vec(), expected, left_out })
    }

    /// Fits with `engine`, which runs over the same points, and compares.
    ///
    /// # Errors
    /// When the engine fails.
    pub fn check(&self, engine: &mut dyn Engine) -> Result<Vec<Check>, FitError> {
        let mut checks = Vec::new();
        for Expected { name, params, outcome } in &self.expected {
            let found = Outcome::new(engine, params)?;
            checks.extend(outcome.compare(name, &found, &self.addresses));
        }
        Ok(checks)
    }
}

impl Outcome {
    fn new(engine: &mut dyn Engine, params: &Checked<MixtureParams>) -> Result<Self, FitError> {
        let fit = params.fit(engine, &mut unobserved)?;
        let mixture = fit.estimate.mixture();
        let density = mixture.clone().into();
        let mut labels = Vec::with_capacity(engine.len());
        engine.label(&density, &mut |_, block| {
            labels.extend_from_slice(block);
            Ok(())
        })?;
        let ranks = |ranks: &[u64]| engine.order_statistics(&density, ranks);
        let threshold = percentile(FLAGGED, labels.len(), ranks)?.unwrap_or(f64::NEG_INFINITY);
        let size = fit.moments.count as f64;
        // Maximum likelihood states its bound per address.
        let (unit, bound_of) = if params.priors.is_some() { (1.0, size) } else { (size, 1.0) };
        Ok(Self {
            lower_bound: fit.course().lower_bound(),
            iterations: fit.course().lower_bounds.len(),
            unit,
            // Half the logarithm of the least variance, which is off by the square of the slant.
            noise: bound_of * fit.estimate.slant().powi(2) * f64::EPSILON / 4.0,
            mixture,
            labels,
            threshold,
        })
    }

    fn compare(&self, name: &'static str, found: &Self, addresses: &[u32]) -> Vec<Check> {
        let mut checks = Check::all(name, &["lower bound", "iterations", "labels", "flags"]);
        let bound = self.lower_bound * self.unit;
        let error = (found.lower_bound * found.unit - bound).abs();
        checks[0].take(error, NATS.max(RELATIVE * bound.abs()));
        let error = found.iterations.abs_diff(self.iterations) as f64;
        checks[1].take(error, ITERATIONS.max(SHARE * self.iterations as f64));
        let (mut labels, mut flags) = (addresses.len().abs_diff(found.labels.len()), 0);
        for ((expected, got), &address) in self.labels.iter().zip(&found.labels).zip(addresses) {
            labels += usize::from(!self.may_have(address, expected.cluster, got.cluster));
            let flagged = expected.log_density < self.threshold;
            let ties = (expected.log_density - self.threshold).abs() <= TIE;
            flags += usize::from(flagged != (got.log_density < found.threshold) && !ties);
        }
        let share = |count: usize| count as f64 / addresses.len().max(1) as f64;
        checks[2].take(share(labels), 0.0);
        checks[3].take(share(flags), 0.0);
        checks
    }

    /// Whether `address`, which is of component `expected`, may be of component `found` as well.
    fn may_have(&self, address: u32, expected: u32, found: u32) -> bool {
        let x = octets(address).map(f64::from);
        let log_density = |k: u32| self.mixture.0.get(k as usize).map(|c| c.log_density(x));
        let both = log_density(expected).zip(log_density(found));
        expected == found || both.is_some_and(|(a, b)| (a - b).abs() <= TIE)
    }
}
