//! One ascent of the bound: EM, over-relaxed while that pays.
//!
//! A step of EM takes statistics to statistics. Where it is slow it moves the same way again and
//! again, so a step `eta` times as long gets there sooner (Salakhutdinov & Roweis 2003, adaptive
//! over-relaxation): `eta` grows while the bound rises and is 1 again when it drops, and then the
//! ascent goes on from the best state. Relaxed are the statistics, in which a model of any covariance
//! is an exponential family; a component whose relaxed statistics describe no addresses takes the
//! plain step.

use super::objective::{bound, combine, maximise};
use crate::model::estimate::Estimate;
use crate::model::estimator::Estimator;
use crate::model::fall::Fall;
use crate::model::sufficient::{Sufficient, sufficient};
use crate::pass::Mixture;
use crate::pass::expectation::ExpectationStats;

/// Growth of the step while the bound rises.
const GROWTH: f64 = 1.2;

/// How a climb moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gait {
    /// EM as it is.
    Plain,
    /// Over-relaxed EM.
    Relaxed,
}

/// An ascent and the best state it has reached, a true state of EM: statistics of some
/// responsibilities and the estimate of these.
#[derive(Debug, Clone)]
pub struct Climb {
    /// The statistics of the best state.
    pub statistics: Vec<Sufficient>,
    /// The estimate of the best state.
    pub estimate: Estimate,
    /// The entropy of the responsibilities of the best state.
    pub entropy: f64,
    /// The bound after each iteration that was kept, in nats.
    pub bounds: Vec<f64>,
    /// By how much each bound may lie below the one before it: see [`fall`](crate::model::fall).
    pub allowances: Vec<f64>,
    /// Iterations run, kept or not.
    pub iterations: usize,
    /// The mixture whose E-step [`step`](Self::step) expects, and the statistics it is of.
    pub mixture: Mixture,
    /// How slanted that mixture is.
    pub slant: f64,
    from: Vec<Sufficient>,
    fall: Fall,
    gait: Gait,
    eta: f64,
    /// An M-step from the best state failed.
    stuck: bool,
}

impl Climb {
    /// A climb from given statistics; `None` if these have no estimate.
    pub fn new(estimator: &Estimator, statistics: Vec<Sufficient>, gait: Gait) -> Option<Self> {
        let estimate = maximise(estimator, &statistics)?;
        Some(Self {
            mixture: estimate.mixture(),
            slant: estimate.slant(),
            estimate,
            entropy: 0.0,
            bounds: Vec::new(),
            allowances: Vec::new(),
            fall: Fall::default(),
            iterations: 0,
            from: statistics.clone(),
            statistics,
            gait,
            eta: 1.0,
            stuck: false,
        })
    }

    /// The bound of the best state.
    pub fn bound(&self) -> f64 {
        self.bounds.last().copied().unwrap_or(f64::NEG_INFINITY)
    }

    /// The last change of the bound; infinite before the second iteration, 0 where there is no other.
    pub fn rise(&self) -> f64 {
        match self.bounds[..] {
            _ if self.stuck => 0.0,
            [.., a, b] => b - a,
            _ => f64::INFINITY,
        }
    }

    /// The M-step, given the E-step of [`mixture`](Self#structfield.mixture).
    pub fn step(&mut self, estimator: &Estimator, stats: &ExpectationStats) {
        self.iterations += 1;
        let statistics = sufficient(stats);
        let estimate = maximise(estimator, &statistics);
        // The responsibilities before the step with the estimate after it: a true bound, wherever
        // the responsibilities came from.
        let reached =
            estimate.map(|estimate| (bound(estimator, &estimate, stats.entropy), estimate));
        let relaxed = self.eta > 1.0;
        match reached {
            Some((bound, estimate)) if bound >= self.bound() || !relaxed => {
                // Of a relaxed step the statistics before it are not those of the best state, but it is kept
                // only where the bound rises.
                let allowance = self.fall.step(estimator, &self.estimate, &statistics, &estimate);
                self.allowances.push(if relaxed { 0.0 } else { allowance });
                self.bounds.push(bound);
                self.estimate = estimate;
                self.entropy = stats.entropy;
                if self.gait == Gait::Relaxed {
                    self.eta *= GROWTH;
                }
                let from = extrapolate(&self.from, &statistics, self.eta);
                self.statistics = statistics;
                if self.eta > 1.0
                    && let Some(estimate) = maximise(estimator, &from)
                {
                    (self.mixture, self.slant) = (estimate.mixture(), estimate.slant());
                    self.from = from;
                } else {
                    self.return_to_best();
                }
            }
            _ if relaxed => self.return_to_best(),
            _ => self.stuck = true,
        }
    }

    fn return_to_best(&mut self) {
        self.eta = 1.0;
        (self.mixture, self.slant) = (self.estimate.mixture(), self.estimate.slant());
        self.from.clone_from(&self.statistics);
    }

    /// Goes on in the other gait, from the best state.
    pub fn set_gait(&mut self, gait: Gait) {
        self.gait = gait;
        self.return_to_best();
    }

    /// Puts the components in the order of descending mass, which costs no E-step: see
    /// [`sort_by_mass`](crate::model::em::sort_by_mass) for why.
    pub fn sort(&mut self, estimator: &Estimator) {
        let mut order: Vec<usize> = (0..self.statistics.len()).collect();
        // Stable, so that of equals the first stays the first.
        order.sort_by(|&a, &b| self.statistics[b].weight.total_cmp(&self.statistics[a].weight));
        let sorted: Vec<_> = order.iter().map(|&k| self.statistics[k]).collect();
        let Some(estimate) = maximise(estimator, &sorted) else { return };
        let sorted_bound = bound(estimator, &estimate, self.entropy);
        if sorted_bound > self.bound() {
            self.fall.sort(&order);
            self.statistics = sorted;
            self.estimate = estimate;
            self.bounds.push(sorted_bound);
            self.allowances.push(0.0);
            self.return_to_best();
        }
    }
}

/// `from + eta (to - from)`, component by component; `to` where that describes no addresses.
fn extrapolate(from: &[Sufficient], to: &[Sufficient], eta: f64) -> Vec<Sufficient> {
    let pairs = from.iter().zip(to);
    pairs.map(|(from, to)| combine(from, 1.0 - eta, to, eta).unwrap_or(*to)).collect()
}
