//! Models: host arithmetic in `f64` between passes. They know nothing of devices.
//!
//! A mixture is fitted by [`fit`]: it starts as [`init`] says and is iterated by [`em`], whose M-step is
//! the [`estimator`]'s. [`kmeans`] and [`pca`] stand beside it, and a [`sweep`] fits several numbers of
//! components.

pub mod any;
pub mod auto;
mod checked;
pub mod covariance;
pub mod diagnosis;
pub mod em;
pub mod error;
pub mod estimate;
pub mod estimator;
pub mod fit;
pub mod fitted;
pub mod init;
pub mod kmeans;
mod numbering;
pub mod params;
pub mod pca;
pub mod prior;
pub mod sample;
pub mod scorer;
pub mod search;
mod start;
pub mod sufficient;
pub mod sweep;
pub mod trace;
mod whole;

pub use checked::Checked;
pub use error::{FitError, ParamError, StartError};

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
    /// The search for better optima; `iteration` counts what was spent of its budget, in iterations
    /// over all addresses, and `active` the mixtures under way.
    Search,
}

/// Watches a fit; `Break` ends it with [`FitError::Interrupted`].
pub type Observer<'a> = dyn FnMut(Progress) -> std::ops::ControlFlow<()> + 'a;

/// Tells `observer` and turns its `Break` into an error.
fn tell(observer: &mut Observer<'_>, progress: Progress) -> Result<(), FitError> {
    if observer(progress).is_break() { Err(FitError::Interrupted) } else { Ok(()) }
}

/// An observer that looks away.
pub fn unobserved(_: Progress) -> std::ops::ControlFlow<()> {
    std::ops::ControlFlow::Continue(())
}
