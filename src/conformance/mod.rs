//! Any engine against the reference: the same parameters, the same addresses, every statistic.
//!
//! Integers must be equal. Floats must agree within bounds that [`bounds`] derives from what the
//! engine's arithmetic guarantees, for these parameters and these addresses: nothing is tuned.
//! `octomix validate` and the tests share this module.

pub mod bounds;
pub mod fits;
pub mod kernels;

use self::bounds::{LabelBounds, expectation_bounds};
use crate::address::{OCTETS, Points, octets};
use crate::engine::{Arithmetic, CpuEngine, Engine, EngineError, ReferenceEngine, Run};
use crate::model::covariance::Covariance;
use crate::model::params::{BayesianMixture, GaussianMixture};
use crate::model::{FitError, kmeans, unobserved};
use crate::pass::assign::assign;
use crate::pass::label::label;
use crate::pass::{
    Centres, Density, Expectation, Lloyd, Mixture, Moments, PAIRS, Tail, expectation,
};

/// The largest error of one statistic over all its entries.
///
/// Errors and bounds of sums are per address, or unit of weight: in addresses, octets, squared octets or nats.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// The pass.
    pub pass: &'static str,
    /// The statistic.
    pub statistic: &'static str,
    /// The largest error.
    pub error: f64,
    /// What the engine's arithmetic allows of that entry; 0 where it is exact.
    pub bound: f64,
    /// The largest error over bound of any entry.
    pub worst: f64,
}

impl Check {
    fn all(pass: &'static str, statistics: &[&'static str]) -> Vec<Self> {
        let check = |&statistic| Self { pass, statistic, error: 0.0, bound: 0.0, worst: 0.0 };
        statistics.iter().map(check).collect()
    }

    /// Whether every entry is within its bound.
    pub fn holds(&self) -> bool {
        self.worst <= 1.0
    }

    /// Takes in an entry. An error that is not a number counts as infinite.
    fn take(&mut self, error: f64, bound: f64) {
        let error = if error.is_nan() { f64::INFINITY } else { error };
        if error > self.error || (error == self.error && bound > self.bound) {
            (self.error, self.bound) = (error, bound);
        }
        if error > 0.0 {
            self.worst = self.worst.max(error / bound);
        }
    }
}

/// Compares `moments`, `lloyd` and `assign` of `engine`, which runs over `points`, under each of
/// `centres`: all integers, so by equality.
///
/// # Errors
/// When the engine fails.
pub fn check_centres(
    engine: &mut dyn Engine,
    points: &Points<'_>,
    centres: &[Centres],
) -> Result<Vec<Check>, EngineError> {
    let mut checks = Check::all("moments", &["counts", "sums", "products"]);
    checks.extend(Check::all("lloyd", &["counts", "sums", "squares"]));
    checks.extend(Check::all("assign", &["centres"]));
    let moments = Run::<Moments>::run(engine, centres)?;
    let lloyds = Run::<Lloyd>::run(engine, centres)?;
    let mut reference = ReferenceEngine::new(points.clone());
    let expected_moments = Run::<Moments>::run(&mut reference, centres)?;
    let expected_lloyds = Run::<Lloyd>::run(&mut reference, centres)?;
    let mut take = |check: usize, found: &[u64], expected: &[u64]| {
        for (f, e) in found.iter().zip(expected) {
            checks[check].take(f.abs_diff(*e) as f64 / points.total().max(1) as f64, 0.0);
        }
    };
    for (found, expected) in moments.iter().zip(&expected_moments) {
        for (f, e) in found.0.iter().zip(&expected.0) {
            take(0, &[f.count], &[e.count]);
            take(1, &f.sum, &e.sum);
            take(2, &f.products, &e.products);
        }
    }
    for (found, expected) in lloyds.iter().zip(&expected_lloyds) {
        for (f, e) in found.0.iter().zip(&expected.0) {
            take(3, &[f.count], &[e.count]);
            take(4, &f.sum, &e.sum);
            take(5, &[f.squares], &[e.squares]);
        }
    }
    for centres in centres {
        check_assignment(engine, points, centres, &mut checks[6])?;
    }
    Ok(checks)
}

/// The share of addresses that are not assigned to their nearest centre.
fn check_assignment(
    engine: &mut dyn Engine,
    points: &Points<'_>,
    centres: &Centres,
    check: &mut Check,
) -> Result<(), EngineError> {
    let mut rest: &[u32] = points.addresses();
    let mut wrong = 0;
    let mut expected = Vec::new();
    engine.assign(centres, &mut |addresses, indices| {
        wrong += misplaced(&mut rest, addresses);
        expected.clear();
        assign(centres, addresses, &mut expected);
        wrong +=
            indices.iter().zip(&expected).filter(|(found, expected)| found != expected).count();
        Ok(())
    })?;
    check.take((wrong + rest.len()) as f64 / points.addresses().len().max(1) as f64, 0.0);
    Ok(())
}

/// The sums of an expectation.
const SUMS: [&str; 5] = ["weights", "first moments", "second moments", "log-likelihood", "entropy"];

/// Compares `expectation` and `label` of `engine`, which runs over `points`, under each of
/// `mixtures`, `label` with Student tails too.
///
/// # Errors
/// When the engine fails.
pub fn check_mixtures(
    engine: &mut dyn Engine,
    points: &Points<'_>,
    mixtures: &[Mixture],
) -> Result<Vec<Check>, EngineError> {
    let found = Run::<Expectation>::run(engine, mixtures)?;
    let of_labels = ["log-densities", "clusters", "Student log-densities", "Student clusters"];
    let mut checks = Check::all("expectation", &SUMS);
    checks.extend(Check::all("label", &of_labels));
    checks.extend(Check::all("in doubles", &SUMS));
    let in_doubles = engine.expectation_in_doubles(mixtures)?;
    let doubles = ReferenceEngine::new(points.clone()).arithmetic();
    let expected = Run::<Expectation>::run(&mut ReferenceEngine::new(points.clone()), mixtures)?;
    for (i, (mixture, expected)) in mixtures.iter().zip(&expected).enumerate() {
        let (of_sums, of_labels) = checks.split_at_mut(5);
        check_expectation(engine.arithmetic(), points, mixture, &found[i], expected, of_sums);
        let (of_labels, of_doubles) = of_labels.split_at_mut(4);
        check_expectation(doubles, points, mixture, &in_doubles[i], expected, of_doubles);
        let (gaussian, student) = of_labels.split_at_mut(2);
        let [of_mixture, joint, each] = densities(mixture);
        check_labels(engine, points, &of_mixture, gaussian)?;
        check_labels(engine, points, &joint, student)?;
        check_labels(engine, points, &each, student)?;
    }
    Ok(checks)
}

fn check_expectation(
    arithmetic: Arithmetic,
    points: &Points<'_>,
    mixture: &Mixture,
    found: &expectation::ExpectationStats,
    expected: &expectation::ExpectationStats,
    checks: &mut [Check],
) {
    let bounds = expectation_bounds(arithmetic, mixture, points);
    let n = points.total().max(1) as f64;
    let mut take = |check: usize, found: f64, expected: f64, bound: f64| {
        checks[check].take((found - expected).abs() / n, bound / n);
    };
    for ((f, e), b) in found.components.iter().zip(&expected.components).zip(&bounds.components) {
        take(0, f.weight, e.weight, b.weight);
        (0..OCTETS).for_each(|j| take(1, f.first[j], e.first[j], b.first[j]));
        (0..PAIRS).for_each(|p| take(2, f.second[p], e.second[p], b.second[p]));
    }
    take(3, found.log_likelihood, expected.log_likelihood, bounds.log_likelihood);
    take(4, found.entropy, expected.entropy, bounds.entropy);
}

/// A cluster may differ from the reference's only where the two log-densities are within bounds.
fn check_labels(
    engine: &mut dyn Engine,
    points: &Points<'_>,
    density: &Density,
    checks: &mut [Check],
) -> Result<(), EngineError> {
    let bounds = LabelBounds::new(density);
    let mut rest: &[u32] = points.addresses();
    let mut wrong = 0;
    let mut expected = Vec::new();
    engine.label(density, &mut |addresses, labels| {
        wrong += misplaced(&mut rest, addresses);
        expected.clear();
        label(density, addresses, &mut expected);
        for ((found, expected), &address) in labels.iter().zip(&expected).zip(addresses) {
            let error = (found.log_density - expected.log_density).abs();
            checks[0].take(error, bounds.log_density(address));
            let same = found.cluster == expected.cluster;
            let may_differ = || bounds.may_swap(address, found.cluster, expected.cluster);
            wrong += usize::from(!same && !may_differ());
        }
        Ok(())
    })?;
    checks[1].take((wrong + rest.len()) as f64 / points.addresses().len().max(1) as f64, 0.0);
    Ok(())
}

/// How many of the `next` addresses handed out are not those that come next of the `rest`, which they
/// are taken from.
fn misplaced(rest: &mut &[u32], next: &[u32]) -> usize {
    let (expected, others) = rest.split_at(next.len().min(rest.len()));
    *rest = others;
    let same = expected.iter().zip(next).filter(|(expected, next)| expected == next).count();
    next.len() - same
}

/// Addresses that parameters are fitted to at most: more would cost time and change them little.
const SAMPLE: usize = 16_384;

/// The models that [`Parameters`] are of, for people.
pub const MODELS: &str = "K-Means; Bayesian and likelihood mixtures, full, tied, diagonal, spherical; \
                          Gaussian and Student tails";

/// Parameters to compare engines under for one set of addresses: such as a fit meets, from its start to
/// its end.
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
fn densities(mixture: &Mixture) -> [Density; 3] {
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
