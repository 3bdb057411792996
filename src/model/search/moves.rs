//! Moves: two components merged and one split, which EM cannot do by itself (Ueda et al. 2000;
//! Hughes & Sudderth 2013 for the variational case).
//!
//! A merge frees a component where it matters little; a split spends it where it may matter more. Which
//! split is worth it cannot be told beforehand, so moves are drawn at random and tried by EM restricted
//! to the components concerned, on a sample: `score` estimates what the whole bound would gain.

use nalgebra::{SymmetricEigen, Vector4};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::objective::{bound, combine, evidence, maximise, scaled};
use super::runner::Sample;
use crate::address::{OCTETS, octets};
use crate::engine::{CpuEngine, Engine};
use crate::model::estimate::Estimate;
use crate::model::estimator::Estimator;
use crate::model::sufficient::{Sufficient, symmetric};
use crate::pass::{Centres, Mixture, Moments, Pass};

/// Addresses on which a move is tried, at most.
const POINTS: usize = 600;

/// Iterations of EM after which a move is scored.
const ITERATIONS: usize = 4;

/// Responsibilities below this do not count as overlap of two components.
const OVERLAP: f64 = 1e-4;

/// What a move may cost on a sample of `addresses`, in address-component evaluations.
pub fn cost(addresses: usize) -> f64 {
    ((ITERATIONS + 1) * 3 * addresses.min(POINTS)) as f64
}

/// What moves are drawn from: a state of EM as the sample sees it.
#[derive(Debug)]
pub struct View<'a> {
    estimator: &'a Estimator,
    sample: &'a Sample,
    statistics: &'a [Sufficient],
    estimate: &'a Estimate,
    /// The component of each address of the sample, drawn by responsibility.
    labels: Vec<usize>,
    /// Pairs of components, cheapest to merge first.
    merges: Vec<[usize; 2]>,
    /// Address-component evaluations spent on it.
    pub evaluations: f64,
}

/// A move, tried.
#[derive(Debug, Clone)]
pub struct Tried {
    /// The components merged, and the one split where that is a third.
    pub components: Vec<usize>,
    /// The statistics of all components after it.
    pub statistics: Vec<Sufficient>,
    /// The estimated gain of the bound, in nats.
    pub score: f64,
}

impl<'a> View<'a> {
    /// The view of `statistics`, whose estimate is `estimate`.
    pub fn new(
        estimator: &'a Estimator,
        sample: &'a Sample,
        statistics: &'a [Sufficient],
        estimate: &'a Estimate,
        rng: &mut ChaCha8Rng,
    ) -> Self {
        let k = statistics.len();
        let mixture = estimate.mixture();
        let mut overlap = vec![0.0; k * k];
        let mut labels = Vec::with_capacity(sample.addresses.len());
        let (mut r, mut log_r) = (vec![0.0; k], vec![0.0; k]);
        let mut near = Vec::with_capacity(k);
        for &address in &sample.addresses {
            let log_sum = mixture.log_sum(octets(address).map(f64::from), &mut log_r);
            log_r.iter_mut().for_each(|log_r| *log_r -= log_sum);
            r.iter_mut().zip(&log_r).for_each(|(r, log_r)| *r = log_r.exp());
            let mut draw: f64 = rng.random();
            let label = r.iter().position(|r| {
                draw -= r;
                draw < 0.0
            });
            labels.push(label.unwrap_or(k - 1));
            near.clear();
            near.extend((0..k).filter(|&i| r[i] > OVERLAP));
            for (a, &i) in near.iter().enumerate() {
                for &j in &near[a + 1..] {
                    let (x, y) = (r[i], r[j]);
                    overlap[i * k + j] += (x + y) * (x + y).ln() - x * log_r[i] - y * log_r[j];
                }
            }
        }
        let merges = rank_merges(estimator, statistics, &overlap, sample.scale);
        let evaluations = (sample.addresses.len() * k) as f64;
        Self { estimator, sample, statistics, estimate, labels, merges, evaluations }
    }

    /// Draws a move and tries it; with it the address-component evaluations spent. `None` where the
    /// draw came to nothing.
    pub fn draw(&self, rng: &mut ChaCha8Rng) -> (Option<Tried>, f64) {
        let mut spent = 0.0;
        (self.draw_counted(rng, &mut spent), spent)
    }

    fn draw_counted(&self, rng: &mut ChaCha8Rng, spent: &mut f64) -> Option<Tried> {
        let k = self.statistics.len();
        // A cheap merge, but not always the cheapest.
        let reach = self.merges.len().min(2 * k) as f64;
        let [i, j] = *self.merges.get((reach * rng.random::<f64>().powi(2)) as usize)?;
        // The merged pair is one of the k - 1 components that can be split.
        let mut split = rng.random_range(0..k - 1);
        for taken in [i.min(j), i.max(j)] {
            split += usize::from(split >= taken);
        }
        let (components, start) = if split < k {
            let merged = combine(&self.statistics[i], 1.0, &self.statistics[j], 1.0)?;
            let [a, b] = self.parts(&[split], rng)?;
            (vec![i, j, split], vec![merged, a, b])
        } else {
            (vec![i, j], self.parts(&[i, j], rng)?.to_vec())
        };
        self.attempt(components, start, rng, spent)
    }

    /// The points of the sample in any of `components`, at most [`POINTS`] of them.
    fn points(&self, components: &[usize], rng: &mut ChaCha8Rng) -> Vec<u32> {
        let mut is_concerned = vec![false; self.statistics.len()];
        components.iter().for_each(|&k| is_concerned[k] = true);
        // Without branches, which nothing could foretell.
        let mut points = vec![0; self.sample.addresses.len()];
        let mut all = 0;
        for (&address, &label) in self.sample.addresses.iter().zip(&self.labels) {
            points[all] = address;
            all += usize::from(is_concerned[label]);
        }
        points.truncate(all);
        if all > POINTS {
            for i in 0..POINTS {
                points.swap(i, rng.random_range(i..all));
            }
            points.truncate(POINTS);
        }
        points
    }

    fn weight(&self, components: &[usize]) -> f64 {
        components.iter().map(|&k| self.statistics[k].weight).sum()
    }

    /// `components` taken as one and cut in two.
    fn parts(&self, components: &[usize], rng: &mut ChaCha8Rng) -> Option<[Sufficient; 2]> {
        let weight = self.weight(components);
        let parts = cut(&self.points(components, rng), rng)?;
        Some(parts.map(|part| Sufficient { weight: part.weight * weight, ..part }))
    }

    /// EM of `components` from `start`, all others held: the partial EM of Ueda et al. 2000.
    fn attempt(
        &self,
        components: Vec<usize>,
        start: Vec<Sufficient>,
        rng: &mut ChaCha8Rng,
        spent: &mut f64,
    ) -> Option<Tried> {
        let mut points = self.points(&components, rng);
        points.sort_unstable();
        let mut engine = CpuEngine::new(&points);
        let scale = self.weight(&components) / points.len() as f64;
        let cost = (points.len() * components.len()) as f64;
        let mut all = self.statistics.to_vec();
        let mut step = |all: &mut [Sufficient], from: &Estimate| {
            let whole = from.mixture();
            let part = Mixture(components.iter().map(|&k| whole.0[k]).collect());
            let stats = engine.expectation_in_doubles(&[part]).ok()?.pop()?;
            *spent += cost;
            for (&k, statistics) in components.iter().zip(scaled(&stats, scale)) {
                all[k] = statistics;
            }
            let estimate = maximise(self.estimator, all)?;
            // But for the entropy of the responsibilities held, which is the same before and after.
            Some((bound(self.estimator, &estimate, scale * stats.entropy), estimate))
        };
        let (before, _) = step(&mut all, self.estimate)?;
        for (&k, start) in components.iter().zip(start) {
            all[k] = start;
        }
        let mut estimate = maximise(self.estimator, &all)?;
        let mut after = f64::NEG_INFINITY;
        for _ in 0..ITERATIONS {
            (after, estimate) = step(&mut all, &estimate)?;
        }
        let score = after - before;
        score.is_finite().then_some(Tried { components, statistics: all, score })
    }
}

/// All pairs, in the order of what merging them takes from the bound.
fn rank_merges(
    estimator: &Estimator,
    statistics: &[Sufficient],
    overlap: &[f64],
    scale: f64,
) -> Vec<[usize; 2]> {
    let k = statistics.len();
    let alone: Vec<_> = statistics.iter().map(|s| evidence(estimator, s)).collect();
    let mut merges = Vec::with_capacity(k * k / 2);
    for i in 0..k {
        for j in i + 1..k {
            let both = combine(&statistics[i], 1.0, &statistics[j], 1.0)
                .and_then(|both| evidence(estimator, &both));
            if let (Some(both), Some(a), Some(b)) = (both, alone[i], alone[j]) {
                merges.push((a + b - both + scale * overlap[i * k + j], [i, j]));
            }
        }
    }
    merges.sort_by(|a, b| a.0.total_cmp(&b.0));
    merges.into_iter().map(|(_, pair)| pair).collect()
}

/// Iterations of 2-means: from two random addresses, the rest is left to EM.
const TWO_MEANS: usize = 5;

/// The statistics of the two parts of `points`, as shares: weights sum to 1. `None` where the points
/// cannot be told apart.
///
/// No way of cutting finds all that are worth it, so one is drawn: 2-means finds groups of like size,
/// a quantile along an eigenvector or an octet finds the ends of long components, a ball finds what is
/// dense inside a wide component.
fn cut(points: &[u32], rng: &mut ChaCha8Rng) -> Option<[Sufficient; 2]> {
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
    let at = (share * points.len() as f64) as usize;
    let mut limit = *values.clone().select_nth_unstable_by(at, f64::total_cmp).1;
    let highest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if limit == highest {
        // All up to the highest value, or there would be nothing beyond.
        let lower = values.iter().copied().filter(|&value| value < highest);
        limit = lower.reduce(f64::max).unwrap_or(highest);
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
