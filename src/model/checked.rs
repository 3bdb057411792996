//! Parameters are checked once, by becoming [`Checked`]; only those can be fitted, as with linfa's
//! `ParamGuard`.

use std::ops::Deref;

/// Parameters in which no mistake was found.
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
    pub(super) fn sound(params: P) -> Self {
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
