//! A fitted mixture, and how it came about.

use super::any::Model;
use super::chain::{Chain, Course};
use super::em;
use super::estimate::{Concentration, Estimate};
use super::estimator::Estimator;
use super::params::MixtureParams;
use super::trace::Trace;
use super::{FitError, Observer, sound};
use crate::engine::Engine;
use crate::pass::moments::ExactMoments;

/// A fitted mixture.
#[derive(Debug, Clone)]
pub struct MixtureFit {
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
    pub search: Option<Trace>,
}

impl MixtureFit {
    /// This fit, if it is sound.
    pub(super) fn checked(self) -> Result<Self, FitError> {
        sound::check(&Model::Mixture(self.estimate.clone())).map_err(FitError::Unsound)?;
        if !self.course().lower_bounds.iter().all(|bound| bound.is_finite()) {
            return Err(FitError::Unsound("its lower bound is no number"));
        }
        Ok(self)
    }

    /// By how much the lower bound exceeds that of as many components without addresses, in nats; none of maximum
    /// likelihood.
    ///
    /// The lower bound lacks the constants of the prior, as scikit-learn's does: a sum for each component, so that
    /// bounds of different numbers of components cannot be compared. The evidence can: a component without addresses
    /// adds next to nothing to it.
    pub fn evidence(&self) -> Option<f64> {
        let empty = self.estimator.bound_of_empty(self.estimate.weights.len())?;
        Some(self.course().lower_bound() - empty)
    }

    /// The log-likelihood of the engine's addresses under the plug-in mixture, in nats.
    ///
    /// # Errors
    /// When the pass fails.
    pub fn log_likelihood(&self, engine: &mut dyn Engine) -> Result<f64, FitError> {
        let stats = engine.expectation_in_doubles(&[self.estimate.plug_in()])?;
        Ok(stats.iter().map(|stats| stats.log_likelihood).sum())
    }

    /// Puts the components under a Dirichlet process in the order of descending mass, which it favours,
    /// and iterates on under `params`, those of the fit. A search and several restarts end in this order
    /// by themselves; a single restart ends in that of its start, as in scikit-learn.
    ///
    /// # Errors
    /// When a covariance is not positive definite, a pass fails, or the observer stops it.
    pub fn sort_by_mass(
        &mut self,
        engine: &mut dyn Engine,
        params: &MixtureParams,
        observer: &mut Observer<'_>,
    ) -> Result<(), FitError> {
        let posterior = self.estimate.posterior.as_ref();
        let Some(Concentration::Process(sticks)) = posterior.map(|p| &p.concentration) else {
            return Ok(());
        };
        let sorted = sticks.is_sorted_by(|[mass, _], [next, _]| mass >= next);
        if sorted || self.restarts.len() > 1 || self.search.is_some() {
            return Ok(());
        }
        let mut chain = Chain::new(&self.estimator, self.estimate.clone());
        chain.course.clone_from(self.course());
        let chains = std::slice::from_mut(&mut chain);
        em::sort_by_mass(engine, chains, params.max_iter)?;
        let tol = params.tolerance(engine.total());
        em::iterate(engine, chains, params.max_iter, tol, observer)?;
        let Chain { estimate, course, .. } = chain;
        self.estimate = estimate;
        self.restarts[self.best] = course;
        Ok(())
    }

    /// The course of the best restart.
    pub fn course(&self) -> &Course {
        &self.restarts[self.best]
    }
}
