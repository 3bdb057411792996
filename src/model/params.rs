//! How to fit a Gaussian mixture, and which parameters are refused.

use super::Checked;
use super::covariance::Covariance;
use super::error::ParamError;
use super::init::Init;
use super::limits::is_regularisation;
use super::prior::{Priors, WeightPrior};

/// The variational Bayesian Gaussian mixture, which finds by itself how many components it needs.
///
/// ```
/// use octomix::BayesianMixture;
/// use octomix::engine::CpuEngine;
///
/// let addresses: Vec<u32> = (0..512).map(|i| 0x0a00_0000 + i * 3).collect();
/// let mut engine = CpuEngine::new(&addresses);
/// let params = BayesianMixture::params(3).n_init(2).seed(1).check()?;
/// let fit = params.fit(&mut engine, &mut octomix::unobserved)?;
/// assert!(fit.course().lower_bound().is_finite());
/// # Ok::<(), octomix::FitError>(())
/// ```
#[derive(Debug)]
pub struct BayesianMixture;

impl BayesianMixture {
    /// Parameters for `components` components under scikit-learn's priors.
    pub fn params(components: usize) -> MixtureParams {
        MixtureParams::new(components, Some(Priors::default()))
    }
}

/// A Gaussian mixture fitted by maximum likelihood.
///
/// ```
/// use octomix::engine::CpuEngine;
/// use octomix::{Covariance, GaussianMixture};
///
/// let addresses: Vec<u32> = (0..512).map(|i| 0x0a00_0000 + i * 3).collect();
/// let mut engine = CpuEngine::new(&addresses);
/// let params = GaussianMixture::params(2).covariance(Covariance::Tied).check()?;
/// let fit = params.fit(&mut engine, &mut octomix::unobserved)?;
/// assert_eq!(fit.estimate.weights.len(), 2);
/// # Ok::<(), octomix::FitError>(())
/// ```
#[derive(Debug)]
pub struct GaussianMixture;

impl GaussianMixture {
    /// Parameters for `components` components.
    pub fn params(components: usize) -> MixtureParams {
        MixtureParams::new(components, None)
    }
}

/// How to look for the best optimum of the lower bound.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Search {
    /// The best of all [restarts](MixtureParams::restarts), as scikit-learn does.
    Restarts,
    /// Merging and splitting components, in at most so many evaluations of a component at an address;
    /// `None`: 70 iterations' worth for each of `n_init` restarts, up to 700 where the set proves to need
    /// more. It makes its own starts and leaves `init` aside.
    MergeSplit(Option<f64>),
}

/// The tolerance of a mixture where none is given, scikit-learn's.
const TOL: f64 = 1e-3;

/// The tolerance of a Bayesian mixture of many addresses where none is given, in nats for each of them: there
/// [`TOL`] would be less than anybody could tell from rounding.
const TOL_PER_ADDRESS: f64 = 1e-7;

/// How to fit a mixture; the defaults are scikit-learn's, except `n_init` (10), `max_iter` (1000) and, for more than
/// 10,000 addresses, `tol`.
#[derive(Debug, Clone, PartialEq)]
pub struct MixtureParams {
    /// Components, at least 1. In a Bayesian mixture, those that are not needed end near weight 0.
    pub components: usize,
    /// The shape of the covariances.
    pub covariance: Covariance,
    /// The priors of a Bayesian mixture; `None` for maximum likelihood.
    pub priors: Option<Priors>,
    /// How restarts start; [`Search::MergeSplit`] does not use it.
    pub init: Init,
    /// How to look for the best optimum.
    pub search: Search,
    /// Restarts, at least 1, to which [others](Self::restarts) may come; the one with the largest lower bound is kept.
    pub n_init: usize,
    /// The most iterations of a restart, at least 1.
    pub max_iter: usize,
    /// A restart stops when its lower bound changes by less: in nats, of an address for maximum
    /// likelihood. `None`: 1e-3, for a Bayesian mixture of more than 10,000 addresses 1e-7 for each.
    pub tol: Option<f64>,
    /// Added to the diagonal of every covariance, in squared octets: 0, or within [`limits`](super::limits).
    pub reg_covar: f64,
    /// The seed of all random choices.
    pub seed: u64,
}

impl MixtureParams {
    fn new(components: usize, priors: Option<Priors>) -> Self {
        Self {
            components,
            covariance: Covariance::Full,
            priors,
            init: Init::KMeans,
            search: Search::Restarts,
            n_init: 10,
            max_iter: 1000,
            tol: None,
            reg_covar: 1e-6,
            seed: 0,
        }
    }

    setters! {
        /// Sets the shape of the covariances.
        covariance: Covariance,
        /// Sets how restarts start.
        init: Init,
        /// Sets how to look for the best optimum.
        search: Search,
        /// Sets the number of restarts.
        n_init: usize,
        /// Sets the most iterations of a restart.
        max_iter: usize,
        /// Sets what is added to variances, in squared octets.
        reg_covar: f64,
        /// Sets the seed.
        seed: u64,
    }

    /// Sets the tolerance.
    pub fn tol(mut self, tol: f64) -> Self {
        self.tol = Some(tol);
        self
    }

    /// The search that finds the best optimum of these parameters: by merges and splits, unless there is no prior or a
    /// start is given.
    pub fn best_search(&self) -> Search {
        match (&self.priors, &self.init) {
            (Some(_), Init::KMeans) => Search::MergeSplit(None),
            _ => Search::Restarts,
        }
    }

    /// The tolerance for a set of `addresses`.
    pub fn tolerance(&self, addresses: u64) -> f64 {
        self.tol.unwrap_or_else(|| match self.priors {
            Some(_) => TOL.max(TOL_PER_ADDRESS * addresses as f64),
            None => TOL,
        })
    }

    /// How many restarts there are where no start is given: `n_init`, and half as many more of a Bayesian mixture from
    /// K-Means.
    pub fn restarts(&self) -> usize {
        match (&self.init, &self.priors) {
            (Init::KMeans, Some(_)) => self.n_init.saturating_add(self.n_init / 2),
            _ => self.n_init,
        }
    }

    /// Whether so many restarts put their components in the order of descending mass, which a Dirichlet process favours. A
    /// single one stays as scikit-learn leaves it.
    pub(super) fn is_sorted(&self, restarts: usize) -> bool {
        let process = |priors: &Priors| priors.weights == WeightPrior::DirichletProcess;
        restarts > 1 && self.priors.as_ref().is_some_and(process)
    }

    /// Sets the priors, and so makes the mixture Bayesian.
    pub fn priors(mut self, priors: Priors) -> Self {
        self.priors = Some(priors);
        self
    }

    /// These parameters, if there is no mistake in them. A given start is checked by the fit, which
    /// knows the addresses.
    ///
    /// # Errors
    /// The first mistake.
    pub fn check(self) -> Result<Checked<Self>, ParamError> {
        let non_negative = |x: f64| x.is_finite() && x >= 0.0;
        match (self.search, &self.priors) {
            _ if self.components == 0 => Err(ParamError::NoComponents),
            _ if self.n_init == 0 => Err(ParamError::NoRestarts),
            _ if self.max_iter == 0 => Err(ParamError::NoIterations),
            _ if self.tol.is_some_and(|tol| !non_negative(tol)) => {
                Err(ParamError::Tolerance(self.tol.unwrap_or_default()))
            }
            _ if !is_regularisation(self.reg_covar) => Err(ParamError::RegCovar(self.reg_covar)),
            (Search::MergeSplit(Some(b)), _) if !(b.is_finite() && b > 0.0) => {
                Err(ParamError::Budget(b))
            }
            (Search::MergeSplit(_), None) => Err(ParamError::SearchWithoutPrior),
            (_, priors) => priors.as_ref().map_or(Ok(()), Priors::check),
        }?;
        Ok(Checked::sound(self))
    }
}

impl Checked<MixtureParams> {
    /// The same with `components` components, at least 1. A start with an entry per component does not
    /// follow: the fit then returns a [`StartError`](super::StartError).
    #[must_use]
    pub fn with_components(&self, components: usize) -> Self {
        Self::sound(MixtureParams { components: components.max(1), ..(**self).clone() })
    }

    /// The same with `n_init` restarts, at least 1.
    #[must_use]
    pub fn with_n_init(&self, n_init: usize) -> Self {
        Self::sound(MixtureParams { n_init: n_init.max(1), ..(**self).clone() })
    }
}
