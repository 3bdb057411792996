//! How long a pass takes at least if it computes each address by itself, as its definition does.
//!
//! Arithmetic is counted from the definitions, for one address, in multiply-adds of f32; a lone product, sum,
//! comparison or shift counts as one too, since it takes as long. It is no bound for kernels that share work between
//! addresses with common octets: those take less, and by how much is what they gain.

use super::machine::Machine;
use crate::cli::PassArg;

/// The score of a centre: four multiply-adds, and a comparison.
const SCORE: f64 = 5.0;
/// `y = U'(x - mean)`: four differences, ten products; and four squares from the bias on.
const EXPONENT: f64 = 4.0 + 10.0 + 4.0;
/// An exponential: its argument's range reduced (3), a polynomial of degree 5, its scale (1).
const EXP: f64 = 9.0;
/// A logarithm: the exponent taken off (3), a polynomial of degree 7, the exponent put on (1).
const LOG: f64 = 11.0;
/// The largest of the exponents, the difference from it, the sum of the exponentials.
const LOG_SUM: f64 = 3.0;
/// Of one component: its responsibility (1); four products with the differences from the anchor, which
/// are had already or stand for them; fifteen sums; a multiply-add of the entropy.
const SUMS: f64 = 1.0 + 4.0 + 15.0 + 1.0;
/// The four octets, taken out of an address and made floats.
const UNPACK: f64 = 8.0;

/// Seconds an address of `pass` with `k` components on `machine`: its arithmetic, or its reading where that takes longer.
pub fn seconds(pass: PassArg, k: usize, machine: &Machine) -> f64 {
    let arithmetic = multiply_adds(pass, k) / machine.multiply_adds_per_second;
    arithmetic.max(BYTES / machine.read_bytes_per_second)
}

/// Multiply-adds of `pass` with `k` components, for one address.
fn multiply_adds(pass: PassArg, k: usize) -> f64 {
    let (each, once) = match pass {
        // The sums: a count, four octets, ten products of two.
        PassArg::Moments => (SCORE, 15.0),
        // A count, four octets, four squares.
        PassArg::Lloyd => (SCORE, 9.0),
        PassArg::Assign => (SCORE, 0.0),
        PassArg::Expectation => (EXPONENT + EXP + LOG_SUM + SUMS, LOG),
        PassArg::Label => (EXPONENT + EXP + LOG_SUM, LOG),
        // A Student's tail is the power of 1 + z: a logarithm, two more products.
        PassArg::LabelJoint => (EXPONENT + LOG + 2.0 + EXP + LOG_SUM, LOG),
        PassArg::LabelEach => (EXPONENT + 4.0 * (LOG + 1.0) + 1.0 + EXP + LOG_SUM, LOG),
    };
    UNPACK + k as f64 * each + once
}

/// Bytes that any pass reads, for one address.
const BYTES: f64 = 4.0;
