//! The arguments that say what to fit, and how.
//!
//! What depends on the kind of model has no default here: the plan fills it in, and refuses what
//! does not go together.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::{Args, ValueEnum};
use octomix::model::auto;
use octomix::model::limits::{LARGEST_PRIOR, LARGEST_VARIANCE, LEAST_VARIANCE};
use octomix::store::model::WeightedBy;
use octomix::{Covariance, Init, Search, WeightPrior};

use super::choice::{Choice, one_of};

/// More components, restarts or iterations are a slip of the keyboard, and would fill the memory.
pub const MOST: i64 = 1_000_000;

/// What to fit, and how.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Model")]
pub struct ModelArgs {
    /// The kind of model [default: bayesian; with --warm-start, that model's]
    #[arg(long, value_enum)]
    pub model: Option<ModelKind>,
    /// Components or clusters: a number, or auto[:N]: as many as are needed, at most N (14). Of the numbers tried, the
    /// one of the most evidence among those whose components all have a weight of 0.005 or more; gaussian and kmeans,
    /// which have no evidence: fit N (7), count those of that weight, fit again with so many
    /// [default: auto; with given starts, as many as they have]
    #[arg(short = 'k', long, alias = "k", value_name = "N", allow_negative_numbers = true)]
    pub components: Option<Components>,
    /// The shape of the components [default: full]
    #[arg(long, value_parser = one_of(COVARIANCES))]
    pub covariance: Option<Covariance>,
    /// What an address counts in the fit: once, or as many times as it has packets
    /// (records, where the input says no packets)
    #[arg(long, value_parser = one_of(WEIGHTS), default_value = "addresses")]
    pub weight: WeightedBy,
    /// How to look for the best optimum [default: merge-split for bayesian
    /// without another start, otherwise restarts]
    #[arg(long, value_parser = one_of(SEARCHES))]
    pub search: Option<Search>,
    /// Evaluations of a component at an address that merge-split may spend, such as 2e9 [default:
    /// 70 iterations for each of --n-init restarts, up to 700 where the set needs more]
    #[arg(long, value_name = "X", allow_negative_numbers = true, value_parser = positive)]
    pub budget: Option<f64>,
    /// Restarts from different starting points, of which the best is kept
    #[arg(long, value_name = "N", default_value_t = 10, allow_negative_numbers = true,
          value_parser = clap::value_parser!(u32).range(1..=MOST))]
    pub n_init: u32,
    /// Iterations after which a restart, or an ascent of the search, stops at the latest [default: 1000;
    /// kmeans 300]
    #[arg(long, value_name = "N", allow_negative_numbers = true,
          value_parser = clap::value_parser!(u32).range(1..=MOST))]
    pub max_iter: Option<u32>,
    /// A restart stops when its lower bound changes by less, in nats, for gaussian in nats per address
    /// [default: 1e-3, for bayesian from 10,000 addresses on 1e-7 for each; kmeans 1e-4, of the centres' squared shift
    /// over the mean variance]
    #[arg(long, value_name = "X", allow_negative_numbers = true, value_parser = non_negative)]
    pub tol: Option<f64>,
    /// Added to the variance of every octet in every component, in squared octets [default: 1e-6]
    #[arg(long, value_name = "X", allow_negative_numbers = true, value_parser = regularisation)]
    pub reg_covar: Option<f64>,
    /// The seed of all random choices: the same seed gives the same files
    #[arg(long, value_name = "N", default_value_t = 0, allow_negative_numbers = true)]
    pub seed: u64,
    #[command(flatten)]
    pub start: StartArgs,
    #[command(flatten)]
    pub priors: PriorArgs,
}

impl ModelArgs {
    /// The files that are read beside captures.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        let StartArgs { init_file, warm_start, .. } = &self.start;
        init_file.iter().chain(warm_start).map(PathBuf::as_path)
    }

    /// The file to start from, if that is the user's own. The model of --warm-start is one that this run may replace.
    pub fn start_file(&self) -> impl Iterator<Item = &Path> {
        self.start.init_file.iter().map(PathBuf::as_path)
    }
}

/// Where to start.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Start")]
pub struct StartArgs {
    /// How restarts start [default: kmeans; of --model kmeans itself k-means++]
    #[arg(long, value_parser = one_of(INITS))]
    pub init: Option<Init>,
    /// Start from a file: JSON with means, weights, precisions (any of them), or a CSV with the columns
    /// address and cluster, such as addresses.csv
    #[arg(long, value_name = "FILE", conflicts_with = "init")]
    pub init_file: Option<PathBuf>,
    /// Go on from a fitted model.json
    #[arg(long, value_name = "MODEL", conflicts_with_all = ["init", "init_file"])]
    pub warm_start: Option<PathBuf>,
}

/// The priors of a Bayesian mixture.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Priors of the Bayesian mixture")]
pub struct PriorArgs {
    /// The prior of the components' weights [default: dirichlet-process]
    #[arg(long, value_parser = one_of(WEIGHT_PRIORS))]
    pub weight_prior: Option<WeightPrior>,
    /// The concentration of the weights [default: 1 / components]
    #[arg(long, value_name = "X", allow_negative_numbers = true, value_parser = prior)]
    pub weight_concentration: Option<f64>,
    /// The precision of the means, in addresses [default: 1]
    #[arg(long, value_name = "X", allow_negative_numbers = true, value_parser = prior)]
    pub mean_precision: Option<f64>,
    /// The mean of the means: four octets [default: the addresses' mean]
    #[arg(long, value_name = "A,B,C,D", allow_negative_numbers = true)]
    pub mean_prior: Option<Numbers>,
    /// The degrees of freedom of the covariances, more than 3 [default: 4]
    #[arg(long, value_name = "X", allow_negative_numbers = true, value_parser = prior)]
    pub degrees_of_freedom: Option<f64>,
    /// The covariances' prior: one variance, four, or sixteen entries by rows [default: the addresses'
    /// covariance]
    #[arg(long, value_name = "X,...", allow_negative_numbers = true)]
    pub covariance_prior: Option<Numbers>,
}

impl PriorArgs {
    /// The first option given, if one is.
    pub fn given(&self) -> Option<&'static str> {
        [
            (self.weight_prior.is_some(), "--weight-prior"),
            (self.weight_concentration.is_some(), "--weight-concentration"),
            (self.mean_precision.is_some(), "--mean-precision"),
            (self.mean_prior.is_some(), "--mean-prior"),
            (self.degrees_of_freedom.is_some(), "--degrees-of-freedom"),
            (self.covariance_prior.is_some(), "--covariance-prior"),
        ]
        .into_iter()
        .find_map(|(given, option)| given.then_some(option))
    }
}

/// How many components.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Components {
    /// As many as are needed, at most this many, or as many as [`auto`] tries.
    Auto(Option<usize>),
    /// Exactly this many.
    Exactly(usize),
}

impl Components {
    /// The most that are fitted of a model of this `kind`.
    pub fn most(self, kind: ModelKind) -> usize {
        match self {
            Self::Auto(Some(most)) | Self::Exactly(most) => most,
            Self::Auto(None) => auto::most(kind == ModelKind::Bayesian),
        }
    }
}

impl FromStr for Components {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |text: &str| {
            let number = text.parse::<usize>().ok();
            number.filter(|number| (1..=MOST as usize).contains(number)).ok_or_else(|| {
                format!("expected auto, auto:N or a whole number from 1 to {MOST}, for example 7")
            })
        };
        match text.strip_prefix("auto") {
            Some("") => Ok(Self::Auto(None)),
            Some(rest) => number(rest.strip_prefix(':').unwrap_or("")).map(|n| Self::Auto(Some(n))),
            None => number(text).map(Self::Exactly),
        }
    }
}

/// Numbers separated by commas.
#[derive(Debug, Clone, PartialEq)]
pub struct Numbers(pub Vec<f64>);

impl FromStr for Numbers {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |text: &str| text.trim().parse().ok().filter(|x: &f64| x.is_finite());
        let numbers: Option<Vec<f64>> = text.split(',').map(number).collect();
        numbers
            .map(Self)
            .ok_or_else(|| "expected numbers with commas between, for example 10,0,0,1".to_owned())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ModelKind {
    /// A variational Bayesian Gaussian mixture, which finds how many components it needs
    Bayesian,
    /// A Gaussian mixture of maximum likelihood
    Gaussian,
    /// K-Means
    Kmeans,
}

const COVARIANCES: &[Choice<Covariance>] = &[
    (Covariance::Full, "full", "Any ellipsoid for each component"),
    (Covariance::Tied, "tied", "One ellipsoid for all"),
    (Covariance::Diag, "diag", "An ellipsoid along the axes for each"),
    (Covariance::Spherical, "spherical", "A sphere for each"),
];

const WEIGHT_PRIORS: &[Choice<WeightPrior>] = &[
    (
        WeightPrior::DirichletProcess,
        "dirichlet-process",
        "A stick broken without end: few components take most of the weight",
    ),
    (WeightPrior::DirichletDistribution, "dirichlet-distribution", "All components alike"),
];

const INITS: &[Choice<Init>] = &[
    (Init::KMeans, "kmeans", "The clusters of K-Means"),
    (Init::KMeansPlusPlus, "k-means++", "Addresses drawn far from each other"),
    (Init::Random, "random", "Random responsibilities; of kmeans, random addresses"),
    (Init::RandomFromData, "random-from-data", "Random addresses"),
];

const SEARCHES: &[Choice<Search>] = &[
    (
        Search::MergeSplit(None),
        "merge-split",
        "Merge and split components where the lower bound gains by it",
    ),
    (Search::Restarts, "restarts", "The best of --n-init restarts, as scikit-learn"),
];

const WEIGHTS: &[Choice<WeightedBy>] = &[
    (WeightedBy::Addresses, "addresses", "Once each"),
    (WeightedBy::Packets, "packets", "As many times as it has packets, or else records"),
];

fn non_negative(text: &str) -> Result<f64, String> {
    number(text, |x| x >= 0.0).ok_or_else(|| "expected a number from 0, for example 1e-3".into())
}

pub(super) fn positive(text: &str) -> Result<f64, String> {
    number(text, |x| x > 0.0).ok_or_else(|| "expected a number above 0, for example 0.5".into())
}

/// A variance that can be added to all.
fn regularisation(text: &str) -> Result<f64, String> {
    number(text, |x| x == 0.0 || (LEAST_VARIANCE..=LARGEST_VARIANCE).contains(&x))
        .ok_or_else(|| "expected 0, or a number from 1e-12 to 65536, for example 1e-6".into())
}

/// What a prior counts, in addresses.
fn prior(text: &str) -> Result<f64, String> {
    number(text, |x| x > 0.0 && x <= LARGEST_PRIOR).ok_or_else(|| {
        "expected a number above 0, and at most 4294967296, as many as there are addresses".into()
    })
}

fn number(text: &str, is_valid: impl Fn(f64) -> bool) -> Option<f64> {
    text.parse().ok().filter(|&x: &f64| x.is_finite() && is_valid(x))
}
