//! One fit on its way: where it is, how it came there, and what it needs doubles for.
//!
//! An engine that sums in single precision does most of the work: its statistics lead a fit along the
//! way of the reference, to about a millionth of a log-density. What they cannot tell is where that way
//! ends. Where an iteration may be the last, its E-step and the one before it are run again in doubles,
//! and those that follow are in doubles too.

use super::estimate::Estimate;
use super::estimator::{Estimator, NOISE};
use super::fall::Fall;
use super::rise::Iteration;
use super::sufficient::sufficient;
use super::{FitError, Stop};
use crate::engine::{Engine, Precision};
use crate::pass::Mixture;
use crate::pass::expectation::ExpectationStats;

/// A fit may end where the rise to expect is at most this multiple of the tolerance: more than what the
/// expectation is off by.
const MARGIN: f64 = 1.1;

/// What is left to doubles besides the end of a fit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Care {
    /// Iterations whose rise is expected to be at most this, in nats an address.
    rise: f64,
    /// Components at least so slanted. In single precision the least of their variances may be off by 2^-24
    /// times the square of it.
    pub slant: f64,
}

impl Care {
    /// Up to so many addresses an iteration in doubles takes about a millisecond.
    const SMALL: usize = 262_144;

    /// Of large sets, and of what only leads to where a fit ends.
    pub const LARGE: Self = Self { rise: 0.0, slant: 8.0 };

    /// For a set of `addresses`. In a small set the rounding of single addresses tells: it
    /// moves labels near a tie, and decides how a component collapses. In a large one it averages out.
    fn of(addresses: usize) -> Self {
        if addresses <= Self::SMALL { Self { rise: 1e-4, slant: 2.0 } } else { Self::LARGE }
    }
}

/// The course of one fit.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    /// The lower bound after each iteration, in nats.
    pub lower_bounds: Vec<f64>,
    /// By how much each of them may lie below the one before it: see [`fall`](super::fall).
    pub allowances: Vec<f64>,
    /// What single precision may have made of a step from one to the next, in their unit; 0 where all were
    /// summed in doubles. By as much, steps may go down.
    pub noise: f64,
    /// Why it stopped.
    pub stop: Stop,
    /// The time that its start took, and its share of the time that the engine ran, by its share of
    /// the components.
    pub seconds: f64,
}

impl Course {
    /// The last lower bound, in nats; minus infinity before the first iteration.
    pub fn lower_bound(&self) -> f64 {
        self.lower_bounds.last().copied().unwrap_or(f64::NEG_INFINITY)
    }

    /// By how much more than allowed a bound fell at most: 0 if EM did what it should.
    pub fn excess(&self) -> f64 {
        let falls = self.lower_bounds.windows(2).map(|pair| pair[0] - pair[1]);
        let allowances = self.allowances.iter().skip(1);
        let excess = falls.zip(allowances).map(|(fall, allowed)| fall - allowed - self.noise);
        excess.fold(0.0, f64::max)
    }

    /// Adds an iteration.
    pub(super) fn push(&mut self, bound: f64, allowance: f64) {
        self.lower_bounds.push(bound);
        self.allowances.push(allowance);
    }

    /// Takes the last iteration back where there are `most`; returns what it was allowed.
    pub(super) fn make_room(&mut self, most: usize) -> f64 {
        let kept = self.lower_bounds.len().min(most.saturating_sub(1));
        self.lower_bounds.truncate(kept);
        self.allowances.drain(kept..).sum()
    }
}

/// A fit on its way.
#[derive(Debug, Clone)]
pub struct Chain<'a> {
    /// How it estimates.
    pub estimator: &'a Estimator,
    /// Where it is.
    pub estimate: Estimate,
    /// How it came there.
    pub course: Course,
    /// What its next bound may lose.
    pub(super) fall: Fall,
    /// Of an engine in single precision the last two iterations, oldest first.
    steps: Option<Vec<Step>>,
    /// The rise of the last iteration, and of the one before it.
    rises: [Option<f64>; 2],
    max_iter: usize,
    /// What the addresses count in all.
    size: f64,
    care: Care,
}

#[derive(Debug, Clone)]
struct Step {
    iteration: Iteration,
    /// Whether it was summed in doubles.
    exact: bool,
}

impl<'a> Chain<'a> {
    /// A fit that starts at `estimate`.
    pub fn new(estimator: &'a Estimator, estimate: Estimate) -> Self {
        let course = Course {
            lower_bounds: Vec::new(),
            allowances: Vec::new(),
            noise: 0.0,
            stop: Stop::MaxIter,
            seconds: 0.0,
        };
        Self {
            estimator,
            estimate,
            course,
            fall: Fall::default(),
            steps: None,
            rises: [None; 2],
            max_iter: 0,
            size: 0.0,
            care: Care::of(0),
        }
    }

    /// Prepares to go on with `engine`, up to `max_iter` iterations in all.
    pub fn start(&mut self, engine: &dyn Engine, max_iter: usize) {
        let single = engine.arithmetic().sums == Precision::F32;
        self.steps = single.then(Vec::new);
        self.rises = [None; 2];
        (self.size, self.care) = (engine.total() as f64, Care::of(engine.len()));
        (self.max_iter, self.course.stop) = (max_iter, Stop::MaxIter);
    }

    /// Whether it goes the way of `other`: it is where that is, and estimates alike.
    pub fn is_like(&self, other: &Self) -> bool {
        std::ptr::eq(self.estimator, other.estimator)
            && self.estimate == other.estimate
            && self.course.lower_bounds == other.course.lower_bounds
    }

    /// The M-step, given what the E-step under `mixture` returned, `exact` where that was in doubles.
    ///
    /// # Errors
    /// When a covariance is not positive definite.
    pub fn step(
        &mut self,
        mixture: &Mixture,
        stats: &ExpectationStats,
        exact: bool,
    ) -> Result<(), FitError> {
        let statistics = sufficient(stats);
        let estimate = self.estimator.maximise(&statistics)?;
        let allowance = self.fall.step(self.estimator, &self.estimate, &statistics, &estimate);
        self.estimate = estimate;
        self.course.push(self.estimator.lower_bound(&self.estimate, stats), allowance);
        let Some(steps) = &mut self.steps else { return Ok(()) };
        let iteration = Iteration::new(self.estimator, mixture.clone(), statistics, &self.estimate);
        if !exact {
            self.course.noise = NOISE * self.estimator.unit(self.size) + iteration.noise();
        }
        if let Some(before) = steps.last() {
            self.rises = [Some(iteration.rise(&before.iteration)), self.rises[0]];
        }
        steps.drain(..steps.len().saturating_sub(1));
        steps.push(Step { iteration, exact });
        Ok(())
    }

    /// The mixtures of the E-steps that have to be run again in doubles to tell whether this iteration is
    /// the last, or because it is.
    pub fn unsettled(&self, tol: f64) -> Vec<Mixture> {
        let may_end = tol > 0.0 && self.may_rise_by(tol, MARGIN * tol);
        if !may_end && self.has_iterations() {
            return Vec::new();
        }
        let steps = self.steps.iter().flatten().filter(|step| !step.exact);
        steps.map(|step| step.iteration.mixture.clone()).collect()
    }

    /// Takes in what the E-steps under [`unsettled`](Self::unsettled) returned in doubles, in their order.
    ///
    /// # Errors
    /// When a covariance is not positive definite.
    pub fn settle(
        &mut self,
        mut stats: impl Iterator<Item = ExpectationStats>,
    ) -> Result<(), FitError> {
        let Some(steps) = &mut self.steps else { return Ok(()) };
        let bounds = self.course.lower_bounds.iter_mut().rev().take(steps.len()).rev();
        let last = steps.len().saturating_sub(1);
        for (i, (step, bound)) in steps.iter_mut().zip(bounds).enumerate() {
            let Some(stats) = (!step.exact).then(|| stats.next()).flatten() else { continue };
            let statistics = sufficient(&stats);
            let estimate = self.estimator.maximise(&statistics)?;
            *bound = self.estimator.lower_bound(&estimate, &stats);
            let mixture = step.iteration.mixture.clone();
            let iteration = Iteration::new(self.estimator, mixture, statistics, &estimate);
            *step = Step { iteration, exact: true };
            if i == last {
                self.estimate = estimate;
            }
        }
        Ok(())
    }

    /// Whether it has iterations left.
    pub fn has_iterations(&self) -> bool {
        self.iterations() < self.max_iter
    }

    /// Whether it goes on after an iteration: it has iterations left, and its bound did not change by less
    /// than `tol`, which doubles alone can tell.
    pub fn goes_on(&mut self, tol: f64) -> bool {
        if self.is_exact() && self.change().abs() < tol {
            self.course.stop = Stop::Converged;
            return false;
        }
        self.has_iterations()
    }

    /// Whether the next E-step had best be in doubles: also where it is not known yet how much the bound
    /// rises, for components may start far from all addresses, or all alike.
    pub fn needs_doubles(&self, tol: f64) -> bool {
        let slowly = (MARGIN * tol).max(self.care.rise * self.estimator.unit(self.size));
        let is_last = self.iterations() + 1 >= self.max_iter;
        is_last
            || self.rises[0].is_none()
            || self.estimate.slant() >= self.care.slant
            || self.may_rise_by(2.0 * slowly, slowly)
    }

    /// Whether the bound may have risen by no more than `last`, and be about to rise by no more than `next`.
    fn may_rise_by(&self, last: f64, next: f64) -> bool {
        let Some(step) = self.steps.iter().flatten().last() else { return false };
        let noise = if self.is_exact() { 0.0 } else { self.course.noise };
        // Where its noise is small the change itself tells.
        let next = if noise <= last { f64::INFINITY } else { next + step.iteration.noise() };
        self.change().abs() <= last + noise && self.expected_rise() <= next
    }

    /// How much the bound rose last, less the more quickly its rises shrink: what is to be expected of the
    /// iteration after the next. 0, the least, where it cannot be told.
    fn expected_rise(&self) -> f64 {
        match self.rises {
            [Some(rise), Some(before)] if before > 0.0 => {
                rise.max(0.0) * (rise / before).clamp(0.0, 1.0).powi(2)
            }
            _ => 0.0,
        }
    }

    /// Whether the last two bounds were summed in doubles.
    fn is_exact(&self) -> bool {
        self.steps.iter().flatten().all(|step| step.exact)
    }

    fn iterations(&self) -> usize {
        self.course.lower_bounds.len()
    }

    /// By how much the bound changed; infinite after a single iteration.
    fn change(&self) -> f64 {
        match self.course.lower_bounds[..] {
            [.., before, last] => last - before,
            _ => f64::INFINITY,
        }
    }
}
