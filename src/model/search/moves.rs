//! Moves: two components merged and one split, which EM cannot do by itself (Ueda et al. 2000;
//! Hughes & Sudderth 2013 for the variational case).
//!
//! A merge frees a component where it matters little; a split spends it where it may matter more. Which
//! split is worth it cannot be told beforehand, so moves are drawn at random and tried by EM restricted
//! to the components concerned, on a sample: `score` estimates what the whole bound would gain.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::cut::cut;
use super::objective::{bound, combine, evidence, maximise, scaled};
use super::runner::Sample;
use crate::address::octets;
use crate::model::estimator::Estimator;
use crate::model::sufficient::Sufficient;
use crate::pass::{Expectation, Mixture, Pass};

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
    /// The view of `statistics`, whose mixture is `mixture`.
    pub fn new(
        estimator: &'a Estimator,
        sample: &'a Sample,
        statistics: &'a [Sufficient],
        mixture: &Mixture,
        rng: &mut ChaCha8Rng,
    ) -> Self {
        let k = statistics.len();
        let mut overlap = vec![0.0; k * k];
        let mut labels = Vec::with_capacity(sample.addresses.len());
        let mut r = vec![0.0; k];
        let mut near = Vec::with_capacity(k);
        for &address in &sample.addresses {
            let log_sum = mixture.log_sum(octets(address).map(f64::from), &mut r);
            r.iter_mut().for_each(|t| *t = (*t - log_sum).exp());
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
                    overlap[i * k + j] += (x + y) * (x + y).ln() - x * x.ln() - y * y.ln();
                }
            }
        }
        let merges = rank_merges(estimator, statistics, &overlap, sample.scale);
        let evaluations = (sample.addresses.len() * k) as f64;
        Self { estimator, sample, statistics, labels, merges, evaluations }
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
        let labelled = self.sample.addresses.iter().zip(&self.labels);
        let mut points: Vec<u32> =
            labelled.filter(|(_, k)| components.contains(k)).map(|(&a, _)| a).collect();
        let all = points.len();
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
        let points = self.points(&components, rng);
        let scale = self.weight(&components) / points.len() as f64;
        let cost = (points.len() * components.len()) as f64;
        let mut all = self.statistics.to_vec();
        let mut step = |all: &mut Vec<Sufficient>| {
            let whole = maximise(self.estimator, all)?.mixture();
            let part = Mixture(components.iter().map(|&k| whole.0[k]).collect());
            let stats = Expectation::reduce(&part, &points);
            *spent += cost;
            for (&k, statistics) in components.iter().zip(scaled(&stats, scale)) {
                all[k] = statistics;
            }
            // But for the entropy of the responsibilities held, which is the same before and after.
            Some(bound(self.estimator, &maximise(self.estimator, all)?, scale * stats.entropy))
        };
        let before = step(&mut all)?;
        for (&k, start) in components.iter().zip(start) {
            all[k] = start;
        }
        let mut after = f64::NEG_INFINITY;
        for _ in 0..ITERATIONS {
            after = step(&mut all)?;
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
