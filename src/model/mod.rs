//! Models: host arithmetic in `f64` between passes. They know nothing of devices.
//!
//! A mixture is fitted by [`fit`]: it starts as [`init`] says and is iterated by [`em`], whose M-step is
//! the [`estimator`]'s. [`kmeans`] and [`pca`] stand beside it, and a [`sweep`] fits several numbers of
//! components.

/// Methods that set a field each.
macro_rules! setters {
    ($($(#[$doc:meta])* $field:ident: $kind:ty,)*) => {$(
        $(#[$doc])*
        pub fn $field(mut self, $field: $kind) -> Self {
            self.$field = $field;
            self
        }
    )*};
}

pub mod any;
pub mod auto;
pub mod chain;
pub mod covariance;
pub mod diagnosis;
pub mod em;
pub mod error;
pub mod estimate;
pub mod estimator;
pub mod fall;
pub mod fit;
pub mod fitted;
pub mod init;
pub mod kmeans;
pub mod limits;
pub mod params;
pub mod pca;
pub mod prior;
mod rise;
pub mod sample;
pub mod scorer;
pub mod search;
mod serial;
pub mod sound;
mod start;
pub mod sufficient;
pub mod sweep;
pub mod trace;

use std::ops::{ControlFlow, Deref};

use crate::address::OCTETS;
use crate::engine::{Engine, Run};
use crate::pass::centres::CentresError;
use crate::pass::moments::ExactMoments;
use crate::pass::{Centres, Moments};
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
pub type Observer<'a> = dyn FnMut(Progress) -> ControlFlow<()> + 'a;

/// Tells `observer` and turns its `Break` into an error.
fn tell(observer: &mut Observer<'_>, progress: Progress) -> Result<(), FitError> {
    if observer(progress).is_break() { Err(FitError::Interrupted) } else { Ok(()) }
}

/// The index of the largest of the `count` values that `of` looks up; of equals the first.
pub(crate) fn first_largest(count: usize, of: impl Fn(usize) -> f64) -> usize {
    (1..count).fold(0, |most, i| if of(i) > of(most) { i } else { most })
}

/// An observer that looks away.
pub fn unobserved(_: Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// Parameters in which no mistake was found: only those can be fitted, as with linfa's `ParamGuard`.
///
/// ```
/// use octomix::{BayesianMixture, KMeans, ParamError};
///
/// let checked = KMeans::params(3).n_init(20).check()?;
/// assert_eq!(checked.clusters, 3);
/// assert_eq!(BayesianMixture::params(0).check().unwrap_err(), ParamError::NoComponents);
/// # Ok::<(), ParamError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Checked<P>(P);

impl<P> Checked<P> {
    /// Marks `params` as checked: only for those derived from checked ones, or just checked.
    fn sound(params: P) -> Self {
        Self(params)
    }

    /// The parameters, to be changed and checked again.
    pub fn into_inner(self) -> P {
        self.0
    }
}

impl<P> Deref for Checked<P> {
    type Target = P;

    fn deref(&self) -> &P {
        &self.0
    }
}

/// Checks that there are components, and enough addresses for them.
fn check_size(engine: &dyn Engine, components: usize) -> Result<(), FitError> {
    match engine.len() {
        _ if components == 0 => Err(ParamError::NoComponents.into()),
        0 => Err(FitError::NoAddresses),
        addresses if addresses < components => {
            Err(FitError::TooFewAddresses { components, addresses })
        }
        _ => Ok(()),
    }
}

/// Centres at each list of points.
fn centres_of<'a>(
    lists: impl Iterator<Item = &'a Vec<[f64; OCTETS]>>,
) -> Result<Vec<Centres>, CentresError> {
    lists.map(|points| Centres::new(points)).collect()
}

/// The moments of all addresses, exact.
fn moments_of_all(engine: &mut dyn Engine) -> Result<ExactMoments, FitError> {
    let stats = Run::<Moments>::run(engine, &[Centres::single()])?;
    Ok(stats.first().map(|stats| stats.total()).unwrap_or_default())
}
