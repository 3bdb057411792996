//! How close two scores of centres may come in single precision before their order is in doubt.

use crate::pass::Centres;
use crate::pass::centres::Centre;

/// Rounding errors of a score in f32, in units of half an ulp of its largest magnitude: each
/// coordinate, product and sum rounds once, in any order and fused or not.
const SCORE_ROUNDINGS: f64 = 12.0;

/// Scores of `centres` (`|c|^2 / 2 - x.c`, squared octets) that lie closer than this may be in the
/// wrong order in `f32`.
pub(super) fn window(centres: &Centres) -> f64 {
    let magnitude = |c: &Centre| {
        let reach: f64 = c.coordinates.iter().map(|&x| (x as f64).abs() * 255.0).sum();
        (c.half_norm as f64 + reach) * 2f64.powi(-32)
    };
    let largest = centres.as_slice().iter().map(magnitude).fold(0.0, f64::max);
    // Two scores, each off by this much.
    2.0 * SCORE_ROUNDINGS * f64::from(f32::EPSILON) / 2.0 * largest
}
