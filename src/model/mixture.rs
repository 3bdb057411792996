//! Gaussian mixtures: parameters, checks, and a fit from start to end.

use super::covariance::Covariance;
use super::em::{self, Chain, Course};
use super::error::ParamError;
use super::estimate::Estimate;
use super::estimator::Estimator;
use super::prior::{Prior, Priors, WeightPrior};
use super::start::{self, Init};
use super::{Checked, FitError, Observer, search};
use crate::engine::{Engine, Run};
use crate::pass::Expectation;
use crate::pass::moments::ExactMoments;

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
    pub fn params(components: usize) -> Params {
        Params::new(components, Some(Priors::default()))
    }
}

/// The Gaussian mixture of maximum likelihood.
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
    pub fn params(components: usize) -> Params {
        Params::new(components, None)
    }
}

/// How to look for the best optimum of the lower bound.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Search {
    /// The best of `n_init` restarts, as scikit-learn does.
    Restarts,
    /// Merges and splits of components, in as many address-component evaluations; left out, in as
    /// many as ten restarts take.
    MergeSplit(Option<f64>),
}

/// How to fit a mixture; the defaults are scikit-learn's but for ten restarts and their length.
#[derive(Debug, Clone, PartialEq)]
pub struct Params {
    /// Components, at least 1; what the addresses do not need keeps a weight near 0.
    pub components: usize,
    /// What covariances may be.
    pub covariance: Covariance,
    /// The priors of a Bayesian mixture; `None` for maximum likelihood.
    pub priors: Option<Priors>,
    /// How restarts start.
    pub init: Init,
    /// How to look for the best optimum.
    pub search: Search,
    /// Restarts, at least 1; the one of largest lower bound is kept.
    pub n_init: usize,
    /// The most iterations of a restart, at least 1.
    pub max_iter: usize,
    /// A restart stops when its lower bound changes by less, in nats.
    pub tol: f64,
    /// Added to the diagonal of every covariance, in squared octets.
    pub reg_covar: f64,
    /// The seed of all random choices.
    pub seed: u64,
}

impl Params {
    fn new(components: usize, priors: Option<Priors>) -> Self {
        Self {
            components,
            covariance: Covariance::Full,
            priors,
            init: Init::KMeans,
            search: Search::Restarts,
            n_init: 10,
            max_iter: 1000,
            tol: 1e-3,
            reg_covar: 1e-6,
            seed: 0,
        }
    }

    /// Sets what covariances may be.
    pub fn covariance(mut self, covariance: Covariance) -> Self {
        self.covariance = covariance;
        self
    }

    /// Sets the priors, and so makes the mixture Bayesian.
    pub fn priors(mut self, priors: Priors) -> Self {
        self.priors = Some(priors);
        self
    }

    /// Sets how restarts start.
    pub fn init(mut self, init: Init) -> Self {
        self.init = init;
        self
    }

    /// Sets how to look for the best optimum.
    pub fn search(mut self, search: Search) -> Self {
        self.search = search;
        self
    }

    /// Sets the restarts.
    pub fn n_init(mut self, n_init: usize) -> Self {
        self.n_init = n_init;
        self
    }

    /// Sets the most iterations of a restart.
    pub fn max_iter(mut self, max_iter: usize) -> Self {
        self.max_iter = max_iter;
        self
    }

    /// Sets the tolerance, in nats.
    pub fn tol(mut self, tol: f64) -> Self {
        self.tol = tol;
        self
    }

    /// Sets what is added to variances, in squared octets.
    pub fn reg_covar(mut self, reg_covar: f64) -> Self {
        self.reg_covar = reg_covar;
        self
    }

    /// Sets the seed.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// These parameters, if there is no mistake in them.
    ///
    /// # Errors
    /// The first mistake.
    pub fn check(self) -> Result<Checked<Self>, ParamError> {
        let non_negative = |x: f64| x.is_finite() && x >= 0.0;
        if self.components == 0 {
            return Err(ParamError::NoComponents);
        }
        if self.n_init == 0 {
            return Err(ParamError::NoRestarts);
        }
        if self.max_iter == 0 {
            return Err(ParamError::NoIterations);
        }
        if !non_negative(self.tol) {
            return Err(ParamError::Tolerance(self.tol));
        }
        if !non_negative(self.reg_covar) {
            return Err(ParamError::RegCovar(self.reg_covar));
        }
        if let Search::MergeSplit(budget) = self.search {
            if let Some(budget) = budget.filter(|b| !(b.is_finite() && *b > 0.0)) {
                return Err(ParamError::Budget(budget));
            }
            if self.priors.is_none() {
                return Err(ParamError::SearchWithoutPrior);
            }
        }
        self.priors.as_ref().map_or(Ok(()), Priors::check)?;
        Ok(Checked::sound(self))
    }

    /// How to estimate, given the moments of all addresses.
    pub fn estimator(&self, all: &ExactMoments) -> Estimator {
        let prior = |priors: &Priors| Prior::new(priors, self.components, self.covariance, all);
        Estimator {
            covariance: self.covariance,
            reg_covar: self.reg_covar,
            prior: self.priors.as_ref().map(prior),
        }
    }
}

impl Checked<Params> {
    /// The same with `components` components, at least 1.
    #[must_use]
    pub fn with_components(&self, components: usize) -> Self {
        Self::sound(Params { components: components.max(1), ..(**self).clone() })
    }

    /// Fits to the engine's addresses.
    ///
    /// # Errors
    /// When there are fewer addresses than components, a covariance is not positive definite, a pass
    /// fails, or the observer stops it.
    pub fn fit(
        &self,
        engine: &mut dyn Engine,
        observer: &mut Observer<'_>,
    ) -> Result<Fit, FitError> {
        match self.search {
            Search::MergeSplit(budget) => search::fit(engine, self, budget, observer),
            Search::Restarts => {
                Ok(fit_each(engine, self, &[self.components], observer)?.swap_remove(0))
            }
        }
    }
}

/// Fits with each number of components in `ks`, whatever `params` say; all fits share runs of the
/// engine, and each is what it would be alone.
///
/// # Errors
/// As [`Checked::fit`](Checked#method.fit).
pub fn fit_each(
    engine: &mut dyn Engine,
    params: &Checked<Params>,
    ks: &[usize],
    observer: &mut Observer<'_>,
) -> Result<Vec<Fit>, FitError> {
    ks.iter().try_for_each(|&k| check_size(engine, k))?;
    let each: Vec<_> = ks.iter().map(|&k| params.with_components(k)).collect();
    let moments = start::moments_of_all(engine)?;
    let estimators: Vec<Estimator> = each.iter().map(|params| params.estimator(&moments)).collect();
    let of_k: Vec<_> = ks.iter().copied().zip(&estimators).collect();
    let groups = start::starts(engine, params, &of_k, observer)?;

    let sizes: Vec<usize> = groups.iter().map(Vec::len).collect();
    let mut chains: Vec<Chain<'_>> = groups.into_iter().flatten().collect();
    em::iterate(engine, &mut chains, params.max_iter, params.tol, observer)?;
    let mut chains = chains.into_iter();
    let mut groups: Vec<Vec<Chain<'_>>> =
        sizes.iter().map(|&size| chains.by_ref().take(size).collect()).collect();
    let bests: Vec<usize> = groups.iter().map(|group| em::best(group)).collect();
    sort_best(engine, params, &mut groups, &bests, observer)?;

    let fit = |((estimator, mut group), best): ((&Estimator, Vec<Chain<'_>>), usize)| Fit {
        estimator: estimator.clone(),
        best,
        restarts: group.iter().map(|chain| chain.course.clone()).collect(),
        estimate: group.swap_remove(best).estimate,
        moments,
        search: None,
    };
    Ok(estimators.iter().zip(groups).zip(bests).map(fit).collect())
}

/// Puts the best of several restarts in the order of descending mass, which a Dirichlet process
/// favours, and iterates it on. A single restart stays as scikit-learn leaves it.
fn sort_best(
    engine: &mut dyn Engine,
    params: &Params,
    groups: &mut [Vec<Chain<'_>>],
    bests: &[usize],
    observer: &mut Observer<'_>,
) -> Result<(), FitError> {
    let process = |priors: &Priors| priors.weights == WeightPrior::DirichletProcess;
    if !params.priors.as_ref().is_some_and(process) {
        return Ok(());
    }
    let of: Vec<(usize, usize)> =
        bests.iter().copied().enumerate().filter(|&(group, _)| groups[group].len() > 1).collect();
    let mut chains: Vec<Chain<'_>> = of.iter().map(|&(g, best)| groups[g][best].clone()).collect();
    em::sort_by_mass(engine, &mut chains)?;
    em::iterate(engine, &mut chains, params.max_iter, params.tol, observer)?;
    for ((g, best), chain) in of.into_iter().zip(chains) {
        groups[g][best] = chain;
    }
    Ok(())
}

/// That there are components, and addresses enough for them.
pub(super) fn check_size(engine: &dyn Engine, components: usize) -> Result<(), FitError> {
    match engine.len() {
        _ if components == 0 => Err(ParamError::NoComponents.into()),
        0 => Err(FitError::NoAddresses),
        addresses if addresses < components => {
            Err(FitError::TooFewAddresses { components, addresses })
        }
        _ => Ok(()),
    }
}

/// A fitted mixture.
#[derive(Debug, Clone)]
pub struct Fit {
    /// How it was estimated, with the complete prior.
    pub estimator: Estimator,
    /// What the best restart estimated.
    pub estimate: Estimate,
    /// Which restart is the best, by lower bound.
    pub best: usize,
    /// The courses of all restarts.
    pub restarts: Vec<Course>,
    /// The exact moments of all addresses.
    pub moments: ExactMoments,
    /// How the search went, where there was one.
    pub search: Option<search::Trace>,
}

impl Fit {
    /// The log-likelihood of the engine's addresses under the plug-in mixture, in nats.
    ///
    /// # Errors
    /// When the pass fails.
    pub fn log_likelihood(&self, engine: &mut dyn Engine) -> Result<f64, FitError> {
        let stats = Run::<Expectation>::run(engine, &[self.estimate.plug_in()])?;
        Ok(stats.iter().map(|stats| stats.log_likelihood).sum())
    }

    /// The course of the best restart.
    pub fn course(&self) -> &Course {
        &self.restarts[self.best]
    }
}
