//! A case: a set, parameters and an engine, all drawn by its number.

use std::fmt;

use nalgebra::{Matrix4, Vector4};
use octomix::engine::{CpuEngine, Engine, ReferenceEngine};
use octomix::model::init::StartParameters;
use octomix::model::kmeans::{self, Seeding};
use octomix::model::params::MixtureParams;
use octomix::{
    BayesianMixture, Covariance, GaussianMixture, Init, KMeans, Points, Priors, Search,
    WeightPrior, unobserved,
};
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// What is fitted to what.
pub struct Case {
    pub addresses: Vec<u32>,
    weights: Option<Vec<u64>>,
    pub model: Model,
    engine: u8,
}

/// How to fit.
#[derive(Debug, Clone)]
pub enum Model {
    Mixture(Box<MixtureParams>),
    KMeans(kmeans::Params),
}

impl Case {
    /// Number `number`.
    pub fn new(number: u64) -> Self {
        let rng = &mut ChaCha8Rng::seed_from_u64(number);
        let addresses = addresses(rng);
        let weights = rng.random_bool(0.2).then(|| weights(rng, addresses.len()));
        let model = match rng.random_range(0..7) {
            0 => Model::KMeans(clusters(rng, addresses.len())),
            1 | 2 => Model::Mixture(Box::new(mixture(rng, &addresses, false))),
            _ => Model::Mixture(Box::new(mixture(rng, &addresses, true))),
        };
        Self { addresses, weights, model, engine: rng.random_range(0..3) }
    }

    /// Whether each address counts once and all parameters of the estimate are the usual ones.
    pub fn is_plain(&self) -> bool {
        let Model::Mixture(params) = &self.model else { return true };
        let usual = Priors {
            weights: params.priors.as_ref().map(|priors| priors.weights).unwrap_or_default(),
            ..Priors::default()
        };
        let are_usual = params.priors.as_ref().is_none_or(|priors| *priors == usual);
        self.weights.is_none() && params.reg_covar == 1e-6 && are_usual
    }

    pub fn points(&self) -> Points<'_> {
        match &self.weights {
            Some(weights) => Points::weighted(&self.addresses, weights).expect("they are few"),
            None => Points::new(&self.addresses),
        }
    }

    pub fn engine(&self) -> Box<dyn Engine + '_> {
        match self.engine {
            0 => Box::new(ReferenceEngine::new(self.points())),
            1 => Box::new(CpuEngine::new(self.points())),
            _ => Box::new(CpuEngine::new(self.points()).in_singles()),
        }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { addresses, weights, model, engine } = self;
        let few: Vec<_> = addresses.iter().take(6).map(|&a| std::net::Ipv4Addr::from(a)).collect();
        let engine = ["reference", "cpu", "cpu in singles"][usize::from(*engine)];
        write!(f, "{} addresses {few:?}, ", addresses.len())?;
        write!(f, "weighted {}, {engine}, {model:?}", weights.is_some())
    }
}

fn one<T: Clone>(rng: &mut ChaCha8Rng, of: &[T]) -> T {
    of.choose(rng).expect("there is a choice").clone()
}

/// A set of 1 to 300 distinct addresses, small ones more often.
fn addresses(rng: &mut ChaCha8Rng) -> Vec<u32> {
    let most = one(rng, &[1, 2, 3, 6, 12, 60, 300]);
    let n = rng.random_range(1..=most);
    let base: u32 = rng.random();
    let shape = rng.random_range(0..8);
    let (a, b) = (rng.random_range(1..9), rng.random_range(1..9));
    let mask = one(rng, &[0x0000_00ff, 0x0000_0303, 0x0707_0000, 0xff00_00ff, 0x0000_ffff]);
    let draw = |i: u32, rng: &mut ChaCha8Rng| match shape {
        0 => rng.random(),
        1 => (base & !mask) | (rng.random::<u32>() & mask),
        2 => (base & !0xff) | rng.random_range(0..256),
        // About two points.
        3 => (if rng.random() { base } else { !base }) ^ rng.random_range(0..2),
        // The corners of all addresses.
        4 => u32::from_be_bytes([0; 4].map(|_| one(rng, &[0, 255]))),
        // A line across the octets.
        5 => u32::from_be_bytes([base.to_be_bytes()[0], (i * a) as u8, (i * b) as u8, i as u8]),
        // A plane across the octets.
        6 => {
            let (x, y) = (i as u8 % 16, (i / 16) as u8);
            u32::from_be_bytes([base.to_be_bytes()[0], x, y, x + y])
        }
        // Neighbours, and one far away.
        _ => {
            if i == 0 {
                !base
            } else {
                (base & !0xffff) + i
            }
        }
    };
    let mut all: Vec<u32> = (0..n).map(|i| draw(i, rng)).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// A weight an address, which do not all vanish.
fn weights(rng: &mut ChaCha8Rng, n: usize) -> Vec<u64> {
    let most = one(rng, &[2u64, 100, 1_000_000, 1 << 32]);
    let mut weights: Vec<u64> = (0..n).map(|_| rng.random_range(0..most)).collect();
    weights[0] += 1;
    weights
}

fn clusters(rng: &mut ChaCha8Rng, n: usize) -> kmeans::Params {
    let k = components(rng, n);
    let seeding = match rng.random_range(0..4) {
        0 => Seeding::Random,
        1 => Seeding::Centres((0..k).map(|_| point(rng)).collect()),
        _ => Seeding::PlusPlus,
    };
    let params = KMeans::params(k).seeding(seeding).n_init(rng.random_range(1..4));
    params.max_iter(one(rng, &[1, 2, 300])).tol(one(rng, &[0.0, 1e-4, 1e308])).seed(rng.random())
}

/// Mostly fewer than addresses.
fn components(rng: &mut ChaCha8Rng, n: usize) -> usize {
    let most = one(rng, &[1, 2, 4, 8]).min(n + 1);
    rng.random_range(1..=most)
}

/// A point, mostly where addresses can be.
fn point(rng: &mut ChaCha8Rng) -> [f64; 4] {
    let reach = one(rng, &[255.0, 255.0, 255.0, 255.0, 512.0, -512.0]);
    let mut point = [0; 4].map(|_| rng.random_range(0.0..=1.0) * reach);
    if rng.random_bool(0.02) {
        point[3] = one(rng, &[1e300, f64::NAN, -1e4]);
    }
    point
}

fn mixture(rng: &mut ChaCha8Rng, addresses: &[u32], bayesian: bool) -> MixtureParams {
    let n = addresses.len();
    let k = components(rng, n);
    let mut params = GaussianMixture::params(k);
    if bayesian {
        params = BayesianMixture::params(k).priors(priors(rng));
        if rng.random_bool(0.3) {
            params.search = Search::MergeSplit(one(rng, &[None, Some(1e-3), Some(1e4)]));
        }
    }
    params.covariance = one(rng, &Covariance::ALL);
    params.reg_covar = match rng.random_range(0..40) {
        0 => one(rng, &[1e-300, 1e308, -1.0, f64::NAN]),
        1..4 => 0.0,
        _ => one(rng, &[1e-6, 1e-6, 1e-6, 1e-12, 1e-9, 1e-3, 1.0, 1e3, 65536.0]),
    };
    params.n_init = rng.random_range(1..4);
    params.max_iter = one(rng, &[1, 2, 3, 10, 100, 100, 1000]);
    params.tol = one(rng, &[None, None, Some(0.0), Some(1e-9), Some(1e-3), Some(1e3), Some(1e308)]);
    params.seed = rng.random();
    params.init = init(rng, addresses, &params);
    params
}

fn priors(rng: &mut ChaCha8Rng) -> Priors {
    const COUNTS: [f64; 9] =
        [f64::MIN_POSITIVE, 1e-100, 1e-10, 1e-3, 1.0, 10.0, 1e3, 1e6, (1u64 << 32) as f64];
    let count = |rng: &mut ChaCha8Rng| match rng.random_range(0..40) {
        0 => Some(one(rng, &[1e308, f64::INFINITY, 0.0])),
        1..14 => Some(one(rng, &COUNTS)),
        _ => None,
    };
    let few = [3.000_000_000_000_000_4, 3.001];
    Priors {
        weights: one(rng, &[WeightPrior::DirichletProcess, WeightPrior::DirichletDistribution]),
        weight_concentration: count(rng),
        mean_precision: count(rng),
        mean: rng.random_bool(0.2).then(|| point(rng)),
        degrees_of_freedom: match rng.random_range(0..10) {
            0 => Some(one(rng, &few)),
            _ => count(rng).filter(|nu| !(f64::MIN_POSITIVE..=3.0).contains(nu)),
        },
        covariance: rng.random_bool(0.2).then(|| scatter(rng)),
    }
}

/// A covariance prior, or the inverse of one.
fn scatter(rng: &mut ChaCha8Rng) -> Matrix4<f64> {
    let size =
        one(rng, &[1e-12, 1e-6, 1.0, 1.0, 100.0, 1e4, 1e10, (1u64 << 48) as f64, 1e300, 1e-300]);
    match rng.random_range(0..3) {
        0 => Matrix4::from_diagonal_element(size),
        1 => Matrix4::from_diagonal(&Vector4::from_fn(|_, _| size.powf(rng.random()))),
        _ => {
            let root = Matrix4::from_fn(|_, _| rng.random_range(-1.0..1.0));
            let square = size * root * root.transpose();
            0.5 * (square + square.transpose())
        }
    }
}

fn init(rng: &mut ChaCha8Rng, addresses: &[u32], params: &MixtureParams) -> Init {
    let (n, k) = (addresses.len(), params.components);
    match rng.random_range(0..9) {
        0 => Init::KMeansPlusPlus,
        1 => Init::Random,
        2 | 3 => Init::RandomFromData,
        4 => Init::Labels((0..n).map(|_| rng.random_range(0..k as u32)).collect()),
        5 => Init::Parameters(StartParameters {
            weights: rng.random_bool(0.5).then(|| {
                let raw: Vec<f64> = (0..k).map(|_| one(rng, &[0.0, 1e-300, 0.5, 1.0])).collect();
                let sum: f64 = raw.iter().sum();
                raw.iter().map(|w| w / sum).collect()
            }),
            means: rng.random_bool(0.7).then(|| (0..k).map(|_| point(rng)).collect()),
            precisions: rng.random_bool(0.5).then(|| (0..k).map(|_| scatter(rng)).collect()),
        }),
        6 => {
            // Of other addresses, and other parameters.
            let others: Vec<u32> = addresses.iter().map(|a| a.rotate_left(8)).collect();
            let mut before = params.clone();
            (before.reg_covar, before.max_iter) = (one(rng, &[1e-6, 1e-12]), 5);
            before.search = Search::Restarts;
            let fit = before.check().ok().and_then(|params| {
                params.fit(&mut ReferenceEngine::new(&others), &mut unobserved).ok()
            });
            fit.map_or(Init::KMeans, |fit| Init::Warm(Box::new(fit.estimate)))
        }
        _ => Init::KMeans,
    }
}
