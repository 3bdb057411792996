//! How many components a set needs, by the tutorial's two steps: fit more than enough, count those
//! that matter, and fit again with as many.

/// Components of the first fit, unless told otherwise.
pub const FIRST: usize = 7;

/// A component of this weight matters.
pub const LEAST_WEIGHT: f64 = 0.005;

/// How many of `weights` matter; at least one.
///
/// ```
/// assert_eq!(octomix::model::auto::needed(&[0.527, 0.463, 0.004, 0.006]), 3);
/// ```
pub fn needed(weights: &[f64]) -> usize {
    weights.iter().filter(|&&weight| weight >= LEAST_WEIGHT).count().max(1)
}
