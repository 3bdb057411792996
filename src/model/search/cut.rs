//! Cutting the addresses of a component in two, at random, in one of several ways.

use nalgebra::{SymmetricEigen, Vector4};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::address::{OCTETS, octets};
use crate::model::sufficient::{Sufficient, symmetric};
use crate::pass::{Centres, Moments, Pass};

/// Iterations of 2-means: from two random addresses, the rest is left to EM.
const TWO_MEANS: usize = 5;

/// The statistics of the two parts of `points`, as shares: weights sum to 1. `None` where the points
/// cannot be told apart.
///
/// No way of cutting finds all that are worth it, so one is drawn: 2-means finds groups of like size,
/// a quantile along an eigenvector or an octet finds the ends of long components, a ball finds what is
/// dense inside a wide component.
pub fn cut(points: &[u32], rng: &mut ChaCha8Rng) -> Option<[Sufficient; 2]> {
    if points.len() < 2 {
        return None;
    }
    let parts = match rng.random_range(0..3) {
        0 => two_means(points, rng),
        1 => quantile(points, rng),
        _ => ball(points, rng),
    };
    let share = |part: &[u32]| {
        let moments = Moments::reduce(&Centres::single(), part).total();
        let statistics = Sufficient::from_exact(&moments);
        Sufficient { weight: statistics.weight / points.len() as f64, ..statistics }
    };
    let [a, b] = parts;
    (!a.is_empty() && !b.is_empty()).then(|| [share(&a), share(&b)])
}

fn position(address: u32) -> Vector4<f64> {
    octets(address).map(f64::from).into()
}

fn one_of(points: &[u32], rng: &mut ChaCha8Rng) -> Vector4<f64> {
    position(points[rng.random_range(0..points.len())])
}

fn two_means(points: &[u32], rng: &mut ChaCha8Rng) -> [Vec<u32>; 2] {
    let mut centres = [one_of(points, rng), one_of(points, rng)];
    let mut parts = [Vec::new(), Vec::new()];
    for _ in 0..TWO_MEANS {
        parts.iter_mut().for_each(Vec::clear);
        let mut sums = [Vector4::zeros(); 2];
        for &point in points {
            let x = position(point);
            let [a, b] = centres.map(|centre| (x - centre).norm_squared());
            let part = usize::from(b < a);
            parts[part].push(point);
            sums[part] += x;
        }
        for ((centre, sum), part) in centres.iter_mut().zip(sums).zip(&parts) {
            *centre = sum / part.len().max(1) as f64;
        }
    }
    parts
}

/// Cuts across an eigenvector of the covariance, or across an octet.
fn quantile(points: &[u32], rng: &mut ChaCha8Rng) -> [Vec<u32>; 2] {
    let axis = rng.random_range(0..OCTETS);
    let direction = if rng.random_bool(0.5) {
        Vector4::ith(axis, 1.0)
    } else {
        let moments = Moments::reduce(&Centres::single(), points).total();
        SymmetricEigen::new(symmetric(&moments.covariance(0))).eigenvectors.column(axis).into()
    };
    let share = rng.random_range(0.1..0.9);
    lowest(points, share, |x| x.dot(&direction))
}

/// Cuts out what is nearest to one address: in all octets alike, relative to their spread, or in one.
fn ball(points: &[u32], rng: &mut ChaCha8Rng) -> [Vec<u32>; 2] {
    let moments = Moments::reduce(&Centres::single(), points).total();
    let spread = symmetric(&moments.covariance(0)).diagonal();
    let axis = rng.random_range(0..OCTETS);
    let metric = match rng.random_range(0..3) {
        0 => Vector4::repeat(1.0),
        1 => spread.map(|variance| 1.0 / (variance + 1.0)),
        _ => Vector4::ith(axis, 1.0),
    };
    let centre = one_of(points, rng);
    let share = rng.random_range(0.05..0.5);
    lowest(points, share, |x| (x - centre).map(|d| d * d).dot(&metric))
}

/// Cuts off the `share` of the points whose `value` is lowest; equal ones stay together.
fn lowest(points: &[u32], share: f64, value: impl Fn(Vector4<f64>) -> f64) -> [Vec<u32>; 2] {
    let values: Vec<f64> = points.iter().map(|&point| value(position(point))).collect();
    let mut sorted = values.clone();
    sorted.sort_unstable_by(f64::total_cmp);
    let (lowest, highest) = (sorted[0], sorted[sorted.len() - 1]);
    let mut limit = sorted[(share * points.len() as f64) as usize];
    if limit == highest {
        // All up to the highest value, or there would be nothing beyond.
        limit = sorted.iter().rev().copied().find(|&value| value < highest).unwrap_or(lowest);
    }
    let side = |inside| {
        let chosen = points.iter().zip(&values).filter(move |&(_, &v)| (v <= limit) == inside);
        chosen.map(|(&point, _)| point).collect()
    };
    [side(true), side(false)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::RandomStream;

    #[test]
    fn parts_make_up_the_whole_and_points_alike_cannot_be_cut() {
        let points: Vec<u32> = (0..100u32).map(|i| i.wrapping_mul(2_654_435_761)).collect();
        let mut rng = RandomStream::new(3, 0).rng();
        let mean = points.iter().map(|&p| position(p)).sum::<Vector4<f64>>() / 100.0;
        for _ in 0..100 {
            let [a, b] = cut(&points, &mut rng).unwrap();
            assert!((a.weight + b.weight - 1.0).abs() < 1e-12);
            assert!(a.weight > 0.001 && b.weight > 0.001);
            assert!((a.weight * a.mean + b.weight * b.mean - mean).norm() < 1e-9);
            assert!(cut(&[7; 30], &mut rng).is_none());
            assert!(
                cut(&[7, 9], &mut rng).is_none_or(|parts| (parts[0].weight - 0.5).abs() < 1e-12)
            );
        }
        assert!(cut(&[7], &mut rng).is_none());
    }
}
