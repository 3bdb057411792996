//! A mixture component about its anchor: the form that engines round to their own precision.
//!
//! `x - anchor` is exact; what is left of the mean is folded into the shifts here, in `f64`.

use crate::address::OCTETS;
use crate::pass::Mixture;
use crate::pass::mixture::Component;

/// Below any log2-density that matters, and far from infinity.
pub(super) const LEAST: f64 = -1e30;

/// Scales the axes of a Gaussian so that `|y|^2` is its fall in bits: `|y|^2 / 2` in nats.
pub(super) fn gaussian_scale() -> f64 {
    (0.5 * std::f64::consts::LOG2_E).sqrt()
}

/// What is taken from the log2-densities of `mixture` before they are rounded: about what addresses have
/// under it. Small numbers round by little, and responsibilities depend on differences alone.
///
/// It is the mean over the components, by their weights, of the log2-density of their own addresses.
pub(crate) fn level(mixture: &Mixture) -> f64 {
    // The weight of a component, but for a factor that all have.
    let log_weight = |c: &Component| {
        let determinant: f64 = (0..OCTETS).map(|j| c.precision_cholesky[j][j]).product();
        c.bias - determinant.ln()
    };
    let heaviest = mixture.0.iter().map(log_weight).fold(f64::NEG_INFINITY, f64::max);
    let (mut sum, mut weights) = (0.0, 0.0);
    for component in &mixture.0 {
        let weight = (log_weight(component) - heaviest).exp();
        sum += weight * (component.bias - 0.5 * OCTETS as f64);
        weights += weight;
    }
    let level = sum / weights * std::f64::consts::LOG2_E;
    // Of no components, or of none with a weight, there is none.
    if level.is_finite() { level } else { 0.0 }
}

/// One component: `y = factor' (x - anchor) + shift`, from `bias` at the mean.
#[derive(Debug, Clone, Copy)]
pub(super) struct Anchored {
    /// The weighted log2-density at the mean.
    pub bias: f64,
    /// The mean in whole octets.
    pub anchor: [f64; OCTETS],
    /// What each row of the factor makes of the rest of the mean.
    pub shift: [f64; OCTETS],
    /// The precision Cholesky factor, upper triangular, by rows, scaled.
    pub factor: [[f64; OCTETS]; OCTETS],
}

impl Anchored {
    /// `component` with its axes scaled by `scale`.
    pub fn new(component: &Component, scale: f64) -> Self {
        let anchor = component.anchor();
        let factor = component.precision_cholesky.map(|row| row.map(|u| scale * u));
        Self {
            bias: component.bias * std::f64::consts::LOG2_E,
            anchor,
            shift: std::array::from_fn(|j| {
                (0..=j).map(|i| factor[i][j] * (anchor[i] - component.mean[i])).sum()
            }),
            factor,
        }
    }

    /// The same with `level` taken from its log2-density.
    pub fn less(self, level: f64) -> Self {
        Self { bias: self.bias - level, ..self }
    }
}
