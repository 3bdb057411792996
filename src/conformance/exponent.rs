//! How far the log2-density of one component may be off, by the roundings on its way.

use std::f64::consts::LOG2_E;

use crate::address::OCTETS;
use crate::pass::Tail;
use crate::pass::mixture::Component;

/// Roundings of one entry of `y = U'(x - mean)`: its coefficient, its product, four sums.
const ROUNDINGS_Y: f64 = 6.0;
/// Roundings of `|y|^2` after `y`: a product, three sums.
const ROUNDINGS_SQUARE: f64 = 4.0;
/// Roundings of `log2(1 + z)` in `shaders/student.wgsl`, relative to it.
///
/// Below 1: a sum and a division (2.5 ulp, an ulp being two roundings) for s; twice that and a
/// product for s^2, of which a 24th reaches the series; about one for its last sum and its terms
/// (each shrunk by s^2 < 1/9), a quarter for those left out; a constant and two products. From 1:
/// what rounding 1 + z does to a logarithm of at least 1, and `log2`: 3 ulp, or at exactly 2 an
/// absolute 2^-21, which is eight roundings of 1.
const ROUNDINGS_LOG2_1P: f64 = 12.0;
/// Roundings of what follows: three sums of logarithms, the power, its product.
const ROUNDINGS_POWER: f64 = 5.0;

/// The least normal f32: what is smaller may be taken for 0.
const FLUSH: f64 = f32::MIN_POSITIVE as f64;

/// A value and a bound on its error.
#[derive(Debug, Clone, Copy)]
struct Bounded {
    value: f64,
    error: f64,
}

/// Bounds on the log2-density of one component and what follows from it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Exponent {
    /// The weighted log2-density.
    pub t: f64,
    /// The bound on its error.
    pub error: f64,
}

/// For component `c`, the one at index `k`.
pub(super) fn exponent(
    k: usize,
    c: &Component,
    tail: &Tail,
    x: [f64; OCTETS],
    unit: f64,
) -> Exponent {
    let fall = match tail {
        Tail::Gaussian => sum(&squares(c, x, (0.5 * LOG2_E).sqrt(), unit)),
        Tail::Joint(freedom) => {
            let squares = squares(c, x, 1.0 / freedom[k].sqrt(), unit);
            power((freedom[k] + OCTETS as f64) / 2.0, log2_1p(sum(&squares), unit), unit)
        }
        Tail::Each(freedom) => {
            let squares = squares(c, x, 1.0 / freedom[k].sqrt(), unit);
            power((freedom[k] + 1.0) / 2.0, sum(&squares.map(|z| log2_1p(z, unit))), unit)
        }
    };
    let bias = c.bias * LOG2_E;
    let t = bias - fall.value;
    // The bias is rounded, and once more where octets that a block shares are folded into it; what that
    // adds is a square, of whose four roundings only two are then left.
    let error = fall.error + unit * (2.0 * bias.abs() + t.abs());
    Exponent { t, error }
}

/// The square of each entry of `y` times `scale`, with the roundings of their sum.
fn squares(c: &Component, x: [f64; OCTETS], scale: f64, unit: f64) -> [Bounded; OCTETS] {
    let anchor = c.anchor();
    std::array::from_fn(|j| {
        // The entry, the sum of the magnitudes it is made of, and the error of that.
        let (mut y, mut reach, mut shift) = (0.0, 0.0, 0.0);
        for i in 0..=j {
            let u = scale * c.precision_cholesky[i][j];
            y += u * (x[i] - c.mean[i]);
            reach += (u * (x[i] - anchor[i])).abs();
            shift += u * (anchor[i] - c.mean[i]);
        }
        let dy = ROUNDINGS_Y * unit * (reach + shift.abs());
        let value = y * y;
        Bounded { value, error: 2.0 * y.abs() * dy + dy * dy + ROUNDINGS_SQUARE * unit * value }
    })
}

/// The sum of `terms`, whose roundings are counted elsewhere.
fn sum(terms: &[Bounded]) -> Bounded {
    let of = |part: fn(&Bounded) -> f64| terms.iter().map(part).sum();
    Bounded { value: of(|term| term.value), error: of(|term| term.error) }
}

/// `log2(1 + z)`.
fn log2_1p(z: Bounded, unit: f64) -> Bounded {
    // Four squares, s and its products may each be taken for 0 where they are not normal.
    let error = z.error + 8.0 * FLUSH;
    let value = z.value.ln_1p() * LOG2_E;
    // The logarithm is concave: it moves most where z is least.
    let moved = (error / (1.0 + (z.value - error).max(0.0))).ln_1p() * LOG2_E;
    Bounded { value, error: moved + ROUNDINGS_LOG2_1P * unit * (value + moved) }
}

/// `power` times a logarithm.
fn power(power: f64, log: Bounded, unit: f64) -> Bounded {
    let rounding = ROUNDINGS_POWER * unit * (log.value + log.error);
    Bounded { value: power * log.value, error: power * (log.error + rounding) }
}
