//! A fitted mixture, and how it came about.

use super::FitError;
use super::chain::Course;
use super::estimate::Estimate;
use super::estimator::Estimator;
use super::trace::Trace;
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
    /// The log-likelihood of the engine's addresses under the plug-in mixture, in nats.
    ///
    /// # Errors
    /// When the pass fails.
    pub fn log_likelihood(&self, engine: &mut dyn Engine) -> Result<f64, FitError> {
        let stats = engine.expectation_in_doubles(&[self.estimate.plug_in()])?;
        Ok(stats.iter().map(|stats| stats.log_likelihood).sum())
    }

    /// The course of the best restart.
    pub fn course(&self) -> &Course {
        &self.restarts[self.best]
    }
}
