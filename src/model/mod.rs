//! Models: host arithmetic in `f64` between passes. They know nothing of devices.

pub mod bayesian;
pub mod em;
pub mod kmeans;
pub mod pca;
mod seeding;
pub mod sufficient;

use crate::engine::EngineError;
use crate::pass::centres::CentresError;

/// Why a model could not be fitted.
#[derive(Debug, thiserror::Error)]
pub enum FitError {
    /// There is nothing to fit to.
    #[error("there are no addresses to fit to")]
    NoAddresses,
    /// More components than addresses.
    #[error(
        "{components} components were asked for, but there are only {addresses} distinct addresses; ask for at most {addresses}"
    )]
    TooFewAddresses {
        /// Components asked for.
        components: usize,
        /// Distinct addresses at hand.
        addresses: usize,
    },
    /// A parameter outside its range.
    #[error("{name} is {value}; it must be {range}")]
    Parameter {
        /// The parameter.
        name: &'static str,
        /// The value found.
        value: f64,
        /// What is allowed.
        range: &'static str,
    },
    /// A covariance is not positive definite.
    #[error(
        "the covariance of component {component} is not positive definite, usually because its addresses are alike; raise --reg-covar (now {reg_covar:e})"
    )]
    NotPositiveDefinite {
        /// Which component, from 0.
        component: usize,
        /// The regularisation that did not suffice.
        reg_covar: f64,
    },
    /// The centres could not be used.
    #[error(transparent)]
    Centres(#[from] CentresError),
    /// A pass failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The observer asked to stop.
    #[error("interrupted")]
    Interrupted,
}

/// Why a fit stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// The change fell below the tolerance.
    Converged,
    /// The iterations were spent.
    MaxIter,
}

/// Where a fit stands, told to its observer once a run of the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// The iteration that ended, from 1.
    pub iteration: usize,
    /// The most iterations there can be.
    pub max_iter: usize,
    /// Restarts still under way.
    pub active: usize,
}

/// The stages of a fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// K-Means++ seeding; `iteration` counts restarts.
    Seeding,
    /// K-Means iterations.
    KMeans,
    /// Mixture iterations.
    Mixture,
}

/// Watches a fit; `Break` ends it with [`FitError::Interrupted`].
pub type Observer<'a> = dyn FnMut(Progress) -> std::ops::ControlFlow<()> + 'a;

/// Tells `observer` and turns its `Break` into an error.
fn tell(observer: &mut Observer<'_>, progress: Progress) -> Result<(), FitError> {
    if observer(progress).is_break() { Err(FitError::Interrupted) } else { Ok(()) }
}
