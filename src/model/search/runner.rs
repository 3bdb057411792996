//! Climbs over all addresses: runs of the engine, counted against the budget and told to the observer.

use rand_chacha::ChaCha8Rng;

use super::MOST_SEARCHED;
use super::budget::Budget;
use super::climb::{Climb, Gait};
use crate::engine::{Engine, Precision, RandomStream};
use crate::model::chain::Care;
use crate::model::em::expectations;
use crate::model::estimator::Estimator;
use crate::model::params::MixtureParams;
use crate::model::sufficient::Sufficient;
use crate::model::trace::{Kind, Move};
use crate::model::{Checked, FitError, Observer, Progress, Stage, kmeans, tell};

/// While it searches, an ascent ends when the bound rises by less than this an iteration, in nats an
/// address: the gain of a move is larger by orders, and only the best state is worth the rest.
const COARSE: f64 = 1e-5;

/// The most addresses of the sample.
const SAMPLE: usize = 4096;

/// Some of the addresses, each standing for equally many: what moves are drawn from and tried on.
#[derive(Debug, Clone)]
pub struct Sample {
    /// The addresses.
    pub addresses: Vec<u32>,
    /// How many each stands for.
    pub scale: f64,
}

/// What climbs need besides their state.
pub struct Runner<'a, 'o> {
    /// Where the addresses are.
    pub engine: &'a mut dyn Engine,
    /// How to fit.
    pub params: &'a Checked<MixtureParams>,
    /// How to estimate.
    pub estimator: &'a Estimator,
    /// The number of addresses that the climbs are of: of all, whatever the engine holds of them.
    pub size: f64,
    /// How many of these each address of the engine stands for.
    scale: f64,
    /// The rise an iteration below which an ascent ends.
    pub tol: f64,
    /// What may be spent, and what has been.
    pub budget: Budget,
    observer: &'a mut Observer<'o>,
    /// Streams of random numbers drawn from.
    streams: usize,
}

impl<'a, 'o> Runner<'a, 'o> {
    /// Climbs of `size` addresses, of which the engine holds all or a sample, at the cost of `budget`.
    pub fn new(
        engine: &'a mut dyn Engine,
        size: u64,
        params: &'a Checked<MixtureParams>,
        estimator: &'a Estimator,
        budget: Budget,
        observer: &'a mut Observer<'o>,
    ) -> Self {
        let scale = size as f64 / engine.total() as f64;
        let tol = params.tolerance(size);
        let size = size as f64;
        Self { engine, params, estimator, size, scale, tol, budget, observer, streams: 0 }
    }

    /// The same over the addresses of another `engine`, a larger part of all.
    pub fn over(self, engine: &'a mut dyn Engine) -> Self {
        let scale = self.size / engine.total() as f64;
        let budget = self.budget.over(self.params, engine.total());
        Self { engine, scale, budget, ..self }
    }

    /// Whether the engine holds few enough addresses to search among them.
    pub fn is_searched(&self) -> bool {
        self.params.components > 1 && self.engine.len() <= MOST_SEARCHED
    }

    /// The restarts of K-Means over the addresses of the engine.
    pub fn kmeans(
        &mut self,
        params: &Checked<kmeans::Params>,
    ) -> Result<Vec<kmeans::Restart>, FitError> {
        kmeans::restarts(self.engine, params, self.observer)
    }

    /// What an iteration over the addresses of the engine costs.
    pub fn iteration(&self) -> f64 {
        self.engine.total() as f64 * self.params.components as f64
    }

    /// `statistics` of the addresses of the engine, as those of all.
    pub fn of_all(&self, statistics: Sufficient) -> Sufficient {
        Sufficient { weight: statistics.weight * self.scale, ..statistics }
    }

    /// The rise an iteration below which an ascent ends while there is more to search.
    pub fn coarse(&self) -> f64 {
        self.tol.max(COARSE * self.size)
    }

    /// The number of an unused stream of random numbers, from the far end: the near ones are those of
    /// the restarts.
    pub fn stream(&mut self) -> usize {
        self.streams += 1;
        usize::MAX - self.streams
    }

    /// Random numbers from an unused stream.
    pub fn rng(&mut self) -> ChaCha8Rng {
        RandomStream::new(self.params.seed, self.stream()).rng()
    }

    /// A new sample; of a small set always the same one, all addresses.
    ///
    /// # Errors
    /// When the engine fails.
    pub fn sample(&mut self) -> Result<Sample, FitError> {
        let random = RandomStream::new(self.params.seed, self.stream());
        let addresses = self.engine.sample(SAMPLE, random)?;
        let scale = self.size / addresses.len() as f64;
        Ok(Sample { addresses, scale })
    }

    /// What to write down of a step that was kept.
    pub fn kept(&self, kind: Kind, components: Vec<usize>, before: f64, to: &Climb) -> Move {
        Move { kind, components, before, after: to.bound(), evaluations: self.budget.spent }
    }

    /// One iteration of each of `climbs`, in one run of the engine.
    pub fn advance(&mut self, climbs: &mut [Climb]) -> Result<(), FitError> {
        self.iterate(climbs, false)
    }

    /// One iteration of each of `climbs`, all of them `in_doubles` or those alone that need it.
    fn iterate(&mut self, climbs: &mut [Climb], in_doubles: bool) -> Result<(), FitError> {
        let mixtures: Vec<_> = climbs.iter().map(|climb| climb.mixture.clone()).collect();
        let fine = |i: usize| in_doubles || climbs[i].slant >= Care::LARGE.slant;
        let mut stats = expectations(self.engine, &mixtures, fine)?;
        stats.iter_mut().for_each(|stats| stats.scale(self.scale));
        self.budget.spent += self.iteration() * climbs.len() as f64;
        for (climb, stats) in climbs.iter_mut().zip(&stats) {
            climb.step(self.estimator, stats);
        }
        // In iterations: what they are of evaluations would mean nothing to anyone.
        let whole = |evaluations: f64| (evaluations / self.iteration()) as usize;
        let Budget { spent, allowed, .. } = self.budget;
        let (iteration, max_iter) = (whole(spent.min(allowed)), whole(allowed));
        let active = climbs.len();
        tell(self.observer, Progress { stage: Stage::Search, iteration, max_iter, active })
    }

    /// Climbs until it hardly rises or nothing is left to search with, and sorts.
    pub fn approach(&mut self, climb: &mut Climb) -> Result<(), FitError> {
        climb.set_gait(Gait::Relaxed);
        let (tol, last) = (self.coarse(), climb.iterations.saturating_add(self.params.max_iter));
        while climb.rise().abs() >= tol && climb.iterations < last && !self.budget.exhausted() {
            self.advance(std::slice::from_mut(climb))?;
        }
        climb.sort(self.estimator);
        Ok(())
    }

    /// Climbs from where a climb over a sample has led until it hardly rises.
    pub fn lead(&mut self, climb: &mut Climb) -> Result<(), FitError> {
        // The bound of a sample is not that of all.
        if let Some(anew) = Climb::new(self.estimator, climb.statistics.clone(), Gait::Relaxed) {
            *climb = anew;
        }
        while climb.rise().abs() >= self.coarse() && climb.iterations < self.params.max_iter {
            self.iterate(std::slice::from_mut(climb), false)?;
        }
        Ok(())
    }

    /// Climbs to a fixed point of plain EM to `tol`, whatever is left, in doubles; `max_iter` bounds it.
    pub fn finish(&mut self, climb: &mut Climb) -> Result<(), FitError> {
        // The bound so far may be one of single precision, which the first in doubles is not compared with.
        let mut least = 1 + usize::from(self.engine.arithmetic().sums == Precision::F32);
        // Over-relaxed first, in order; then in the order that this has led to.
        for gait in [Gait::Relaxed, Gait::Plain] {
            climb.sort(self.estimator);
            climb.set_gait(gait);
            let first = climb.iterations;
            while climb.iterations - first < self.params.max_iter {
                self.iterate(std::slice::from_mut(climb), true)?;
                if climb.iterations >= first + least && climb.rise().abs() < self.tol {
                    break;
                }
            }
            least = 1;
        }
        Ok(())
    }
}
