//! Within which limits the arithmetic of a mixture holds. Parameters beyond are refused before a fit begins,
//! so that what is accepted gives a model that can be read and scores that are numbers.
//!
//! A mean is known to a few roundings of an octet, some 2^-45. The limits see to it that no standard
//! deviation comes to less than 2^-42, and that no prior makes a bound so large that doubles could not tell
//! a thousandth of a nat in it.

/// The least `reg_covar` but 0, in squared octets, and the least variance of a covariance prior. A tenth of it, divided
/// among the 2^41 addresses that a set may count and the degrees of freedom of a prior, is the square of 2^-42.
pub const LEAST_VARIANCE: f64 = 1e-12;

/// The largest `reg_covar`, in squared octets: that of a standard deviation of all 256 values of an octet.
pub const LARGEST_VARIANCE: f64 = (1u64 << 16) as f64;

/// What a prior may count at most, in addresses: as many as there are.
pub const LARGEST_PRIOR: f64 = (1u64 << 32) as f64;

/// The largest coordinate of a mean, in octets. Beyond twice their range nothing can be near an address.
pub const LARGEST_MEAN: f64 = 512.0;

/// Whether a prior can count as `addresses`.
pub(super) fn is_prior(addresses: f64) -> bool {
    addresses > 0.0 && addresses <= LARGEST_PRIOR
}

/// Whether `variance` can be added to all variances.
pub(super) fn is_regularisation(variance: f64) -> bool {
    variance == 0.0 || (LEAST_VARIANCE..=LARGEST_VARIANCE).contains(&variance)
}

/// Whether `scatter` can be a variance of a covariance prior, which counts as often as its degrees of freedom say.
pub(super) fn is_scatter(scatter: f64) -> bool {
    (LEAST_VARIANCE..=LARGEST_VARIANCE * LARGEST_PRIOR).contains(&scatter)
}

/// Whether `x` can be a coordinate of a mean.
pub(super) fn is_coordinate(x: f64) -> bool {
    x.abs() <= LARGEST_MEAN
}
