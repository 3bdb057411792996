//! How far an engine may be from the reference, derived from its arithmetic.
//!
//! Every rounding on the way from an address to a sum is counted once, in its worst case, as a
//! multiple of the magnitudes it acts on; WGSL's accuracy of built-in functions is taken from its
//! specification ("Accuracy of concrete floating point expressions"). Any order and any fusing of
//! operations is covered. Logarithms are base 2 here, as in the shaders.

use std::f64::consts::{LN_2, LOG2_E};

use crate::address::{OCTETS, Points, octets};
use crate::engine::{Arithmetic, Engine, Precision, ReferenceEngine, level};
use crate::pass::expectation::ExpectationStats;
use crate::pass::mixture::Component;
use crate::pass::{Density, Expectation, Mixture, PAIR, Pass, Tail};

/// Half an ulp of f32 at 1: the relative error of one rounding.
const U32: f64 = f32::EPSILON as f64 / 2.0;
/// The same of f64.
const U64: f64 = f64::EPSILON / 2.0;

/// The relative error of one rounding in `precision` that the reference does not share. In doubles it
/// rounds as often, so there it is two.
fn unit(precision: Precision) -> f64 {
    match precision {
        Precision::F32 => U32,
        Precision::F64 => 2.0 * U64,
    }
}

/// WGSL: `exp2(z)` is within 3 + 2 |z| ulp, an ulp being two roundings. Twice the constant, for the
/// factor that carries a block's exponentials to the largest exponent of all.
const EXP2: [f64; 2] = [12.0, 4.0];
/// What normalising costs: a division (2.5 ulp), a product, and a rescaled sum a component, each
/// within 9 roundings of the final sum: a shift by D bits shrinks its own error of 6 + 4 D.
const NORMALISE: [f64; 2] = [6.0, 9.0];
/// WGSL: `log2` is within 3 ulp, or 2^-21, eight roundings of 1, for arguments in [0.5, 2].
const LOG2: [f64; 2] = [8.0, 6.0];
/// Roundings of a product of a responsibility and one or two octets, and of its sum over lanes.
const ROUNDINGS_MOMENT: f64 = 3.0;

/// What an engine may take from all log2-densities before it rounds them to `precision`. In doubles the
/// reference rounds too, and takes nothing.
fn level_of(mixture: &Mixture, precision: Precision) -> f64 {
    match precision {
        Precision::F32 => level(mixture),
        Precision::F64 => 0.0,
    }
}

/// What is known of one address under a mixture and its tail.
struct Assessment {
    exponents: Vec<Bounded>,
    /// The bound on the error of the largest exponent.
    largest_error: f64,
    /// log2 of the sum of the exponentials.
    log_sum: f64,
    /// The bound on its error.
    log_sum_error: f64,
    /// The log2 error of each responsibility's numerator.
    numerators: Vec<f64>,
    /// log2 of the least and the largest sum of exponentials there may be, over the true one.
    spread: [f64; 2],
    /// The relative error of normalising.
    normalise: f64,
}

impl Assessment {
    /// Log2-densities are rounded less `level`.
    fn new(mixture: &Mixture, tail: &Tail, level: f64, address: u32, unit: f64) -> Self {
        let x = octets(address).map(f64::from);
        let exponent = |(k, c)| exponent(k, c, tail, level, x, unit);
        let exponents: Vec<Bounded> = mixture.0.iter().enumerate().map(exponent).collect();
        let largest = exponents.iter().fold(f64::NEG_INFINITY, |m, e| m.max(e.value));
        let largest_error =
            exponents.iter().fold(0.0, |m, e| f64::max(m, e.value + e.error - largest));
        // Each about its own largest term: far from every component errors are of thousands of bits.
        let log_sum_of = |f: &dyn Fn(usize) -> f64| {
            let terms = (0..exponents.len()).map(f);
            let largest = terms.clone().fold(f64::NEG_INFINITY, f64::max);
            largest + terms.map(|term| (term - largest).exp2()).sum::<f64>().log2()
        };
        let log_sum = log_sum_of(&|k| exponents[k].value);
        let numerators: Vec<f64> = exponents
            .iter()
            .map(|e| {
                let z = (largest - e.value).abs();
                let relative = unit * (EXP2[0] + EXP2[1] * z) * LOG2_E;
                e.error + relative + unit * z
            })
            .collect();
        let most = log_sum_of(&|k| exponents[k].value + numerators[k]) - log_sum;
        let least = log_sum_of(&|k| exponents[k].value - numerators[k]) - log_sum;
        let normalise = unit * (NORMALISE[0] + NORMALISE[1] * exponents.len() as f64);
        let log2 = unit * (LOG2[0] + LOG2[1] * (log_sum - largest) + 2.0 * (log_sum - level).abs());
        let log_sum_error = most.max(-least) + normalise * LOG2_E + log2;
        Self {
            exponents,
            largest_error,
            log_sum,
            log_sum_error,
            numerators,
            spread: [least, most],
            normalise,
        }
    }

    /// The responsibility of component `k` and the bound on its error, where it may be taken for 0
    /// below `negligible`.
    fn responsibility(&self, k: usize, negligible: f64) -> (f64, f64) {
        let log_r = self.exponents[k].value - self.log_sum;
        let r = log_r.exp2();
        // The numerator and the sum each at their worst, in opposite directions.
        let most = (log_r + self.numerators[k] - self.spread[0]).exp2();
        let least = (log_r - self.numerators[k] - self.spread[1]).exp2();
        let error = (most - r).max(r - least) + most * self.normalise + negligible;
        (r, error.clamp(0.0, 1.0))
    }
}

/// Bounds on the difference of [`ExpectationStats`], in their units, for an engine of `arithmetic`
/// over `points`.
pub fn expectation_bounds(
    arithmetic: Arithmetic,
    mixture: &Mixture,
    points: &Points<'_>,
) -> ExpectationStats {
    let unit = unit(arithmetic.sums);
    // Each term passes through as many sums as there are links, in the engine, then in the
    // reference, which is one chain.
    let n = ReferenceEngine::new(points.clone()).arithmetic().chain;
    let chain = arithmetic.chain.min(n) as f64 * unit + n as f64 * U64;
    let moment = ROUNDINGS_MOMENT * unit + chain;
    let level = level_of(mixture, arithmetic.sums);
    let mut bounds = Expectation::identity(mixture);
    for (i, &address) in points.addresses().iter().enumerate() {
        // What weights scale, bounds scale with.
        let weight = match points.weight(i) {
            0 => continue,
            weight => weight as f64,
        };
        let x = octets(address).map(f64::from);
        let a = Assessment::new(mixture, &Tail::Gaussian, level, address, unit);
        // The reference sums them whole, and the engine adds the level in doubles.
        let whole = n as f64 * U64 * a.log_sum.abs() + 2.0 * U64 * level.abs();
        let summed = chain * (a.log_sum - level).abs() + whole;
        bounds.log_likelihood += weight * LN_2 * (a.log_sum_error + summed);
        for (k, sums) in bounds.components.iter_mut().enumerate() {
            let (r, dr) = a.responsibility(k, arithmetic.negligible);
            let d: [f64; OCTETS] = std::array::from_fn(|j| (x[j] - sums.anchor[j]).abs());
            sums.weight += weight * (dr + chain * r);
            for (bound, d) in sums.first.iter_mut().zip(d) {
                *bound += weight * (dr + moment * r) * d;
            }
            for (bound, (i, j)) in sums.second.iter_mut().zip(PAIR) {
                *bound += weight * (dr + moment * r) * d[i] * d[j];
            }
            let bits = a.log_sum - a.exponents[k].value;
            // Also where it is summed as r (largest - t), and the log-sum once for all components: what
            // the largest is off cancels but for what the responsibilities are off.
            let error = a.exponents[k].error + a.log_sum_error + moment * bits.abs();
            bounds.entropy +=
                weight * LN_2 * (dr * (bits.abs() + a.largest_error) + (r + dr) * error);
        }
    }
    bounds
}

/// Bounds on labels, which are in doubles on every engine, address by address.
#[derive(Debug)]
pub struct LabelBounds<'a> {
    density: &'a Density,
}

impl<'a> LabelBounds<'a> {
    /// Under `density`.
    pub fn new(density: &'a Density) -> Self {
        Self { density }
    }

    fn assess(&self, address: u32) -> Assessment {
        let Density { components, tail } = self.density;
        Assessment::new(components, tail, 0.0, address, unit(Precision::F64))
    }

    /// The bound on the error of a log-density, in nats.
    pub fn log_density(&self, address: u32) -> f64 {
        self.assess(address).log_sum_error * LN_2
    }

    /// Whether rounding may have put component `found` before `expected`.
    pub fn may_swap(&self, address: u32, found: u32, expected: u32) -> bool {
        let a = self.assess(address);
        let of = |component: u32| a.exponents.get(component as usize);
        let both = of(found).zip(of(expected));
        both.is_some_and(|(f, e)| e.value - f.value <= e.error + f.error)
    }
}

/// Roundings of one entry of `y = U'(x - mean)`: its coefficient, its product, four sums.
const ROUNDINGS_Y: f64 = 6.0;
/// Roundings of `|y|^2` after `y`: a product, three sums.
const ROUNDINGS_SQUARE: f64 = 4.0;
/// Roundings of `log2(1 + z)` relative to it, as `src/engine/cpu/lanes.rs` promises and tests.
const ROUNDINGS_LOG2_1P: f64 = 8.0;
/// Roundings of what follows: three sums of logarithms, the power, its product.
const ROUNDINGS_POWER: f64 = 5.0;

/// A value and a bound on its error.
#[derive(Debug, Clone, Copy)]
struct Bounded {
    value: f64,
    error: f64,
}

/// The weighted log2-density of component `c`, the one at index `k`, rounded less `level`.
fn exponent(
    k: usize,
    c: &Component,
    tail: &Tail,
    level: f64,
    x: [f64; OCTETS],
    unit: f64,
) -> Bounded {
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
    let error = fall.error + unit * (2.0 * (bias - level).abs() + (t - level).abs());
    Bounded { value: t, error }
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
    // Four squares may each lose what is not normal.
    let error = z.error + 4.0 * f64::MIN_POSITIVE;
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
