//! Rounds: some moves drawn, a few continued over all addresses, at most one accepted; and chains of
//! rounds, one a start.

use rayon::prelude::*;

use super::climb::{Climb, Gait};
use super::exploration::{Exploration, Seen};
use super::moves::{self, Tried, View};
use super::runner::Runner;
use super::starts;
use crate::engine::RandomStream;
use crate::model::FitError;
use crate::model::trace::Kind;

/// Moves drawn in a round: as many as cost about four iterations over all addresses, within this.
const DRAWN: (f64, f64) = (12.0, 48.0);

/// Moves of a round that are continued.
const CONTINUED: usize = 3;

/// Rises to come for which a continued move is given credit, as large as the last: more of them while
/// it is young, and no questions in its first iterations.
const CREDIT: f64 = 6.0;
const CREDIT_YOUNG: f64 = 10.0;

/// Iterations without questions, and those while it is young.
const UNQUESTIONED: usize = 3;
const YOUNG: usize = 6;

/// The least gain for which a move is accepted, in nats.
const GAIN: f64 = 0.01;

/// Rounds that lead no further after which a chain is compared with the best, and after which the best
/// gives way to other starts.
const FIRST_PATIENCE: usize = 5;
const PATIENCE: usize = 10;

/// A chain ends after this many rounds in a row without a new move.
const MOST_REPEATS: usize = 5;

/// The search ends after this many new starts in a row that led no higher.
const MOST_IDLE_STARTS: usize = 4;

impl Exploration {
    /// Goes on where more addresses are searched than before.
    pub fn go_on(&mut self, runner: &mut Runner<'_, '_>) -> Result<(), FitError> {
        (self.rounds_without_gain, self.rounds_without_news) = (0, 0);
        self.explore(runner, PATIENCE, None)
    }

    /// Rounds until the last `patience` have led no further, or the chain is at `known`, the bound of
    /// another.
    fn explore(
        &mut self,
        runner: &mut Runner<'_, '_>,
        patience: usize,
        known: Option<f64>,
    ) -> Result<(), FitError> {
        while !runner.budget.exhausted()
            && self.rounds_without_gain < patience
            && self.rounds_without_news < MOST_REPEATS
            && known.is_none_or(|known| (self.best.bound() - known).abs() >= gain(runner))
        {
            let tried = draw(runner, &self.best, &mut self.seen)?;
            self.rounds_without_gain += 1;
            self.rounds_without_news =
                if tried.is_empty() { self.rounds_without_news + 1 } else { 0 };
            if let Some((components, climb)) = contend(runner, tried, self.best.bound())? {
                let kind = if components.len() == 2 { Kind::Resplit } else { Kind::MergeSplit };
                self.trace.push(runner.kept(kind, components, self.best.bound(), &climb));
                self.best = climb;
                self.seen.add(&self.best.statistics);
                self.rounds_without_gain = 0;
            }
        }
        Ok(())
    }
}

/// What rounds make of `starts` and, when these lead no further, of other starts, until nothing is left to search
/// with or these lead no higher: the best first.
pub fn improve(
    runner: &mut Runner<'_, '_>,
    starts: Vec<Exploration>,
) -> Result<Vec<Exploration>, FitError> {
    let mut chains: Vec<Exploration> = Vec::new();
    for start in starts {
        contest(runner, start, &mut chains)?;
    }
    let mut idle = 0;
    while let Some(best) = chains.first_mut() {
        best.explore(runner, PATIENCE, None)?;
        let before = best.best.bound();
        if runner.budget.exhausted() || idle >= MOST_IDLE_STARTS {
            break;
        }
        let Some(other) = starts::another(runner)? else { break };
        contest(runner, other, &mut chains)?;
        idle = if chains[0].best.bound() > before { 0 } else { idle + 1 };
    }
    Ok(chains)
}

/// Adds `chain`, when a few rounds lead it no further, to others, the best of which is the first.
fn contest(
    runner: &mut Runner<'_, '_>,
    mut chain: Exploration,
    chains: &mut Vec<Exploration>,
) -> Result<(), FitError> {
    let known = chains.first().map(|best| best.best.bound());
    chain.explore(runner, FIRST_PATIENCE, known)?;
    let bound = chain.best.bound();
    let at = chains.iter().take_while(|other| other.best.bound() >= bound).count();
    // Of those at one optimum, the first of the highest stays.
    let alike = |other: &Exploration| (other.best.bound() - bound).abs() < gain(runner);
    if chains[..at].iter().any(alike) {
        return Ok(());
    }
    let lower = chains.split_off(at).into_iter().filter(|other| !alike(other));
    let lower: Vec<_> = lower.collect();
    chains.push(chain);
    chains.extend(lower);
    Ok(())
}

/// What a move has to gain: more than an ascent ended early may have left.
fn gain(runner: &Runner<'_, '_>) -> f64 {
    GAIN.max(10.0 * runner.coarse())
}

/// The best new moves of a round, by their scores on the sample.
fn draw(
    runner: &mut Runner<'_, '_>,
    best: &Climb,
    seen: &mut Seen,
) -> Result<Vec<Tried>, FitError> {
    let sample = runner.sample()?;
    let mut rng = runner.rng();
    let affordable = 4.0 * runner.iteration() / moves::cost(sample.addresses.len());
    let count = affordable.clamp(DRAWN.0, DRAWN.1) as usize;
    let streams: Vec<usize> = (0..count).map(|_| runner.stream()).collect();
    let view = View::new(runner.estimator, &sample, &best.statistics, &best.estimate, &mut rng);
    let seed = runner.params.seed;
    let draw = |stream| view.draw(&mut RandomStream::new(seed, stream).rng());
    let drawn: Vec<_> = streams.into_par_iter().map(draw).collect();
    let spent = view.evaluations + drawn.iter().map(|(_, spent)| spent).sum::<f64>();
    runner.budget.spent += spent;
    let mut tried: Vec<_> = drawn.into_iter().filter_map(|(tried, _)| tried).collect();
    tried.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut new = Vec::with_capacity(CONTINUED);
    for tried in tried {
        if new.len() < CONTINUED && seen.add(&tried.statistics) {
            new.push(tried);
        }
    }
    Ok(new)
}

/// Continues `tried` over all addresses, each until it falls behind; one that rises above `best` is
/// returned near its optimum, with the components that were moved.
fn contend(
    runner: &mut Runner<'_, '_>,
    tried: Vec<Tried>,
    best: f64,
) -> Result<Option<(Vec<usize>, Climb)>, FitError> {
    let enough = best + gain(runner);
    let start = |tried: Tried| {
        Some((tried.components, Climb::new(runner.estimator, tried.statistics, Gait::Relaxed)?))
    };
    let (mut moved, mut climbs): (Vec<_>, Vec<_>) = tried.into_iter().filter_map(start).unzip();
    while !climbs.is_empty() && !runner.budget.exhausted() {
        runner.advance(&mut climbs)?;
        let top = climbs.iter().map(Climb::bound).fold(enough, f64::max);
        for i in (0..climbs.len()).rev() {
            if !hopeful(&climbs[i], top, runner.tol) {
                climbs.remove(i);
                moved.remove(i);
            }
        }
        if let [climb] = &mut climbs[..]
            && climb.bound() >= enough
        {
            runner.approach(climb)?;
            break;
        }
    }
    let done = climbs.pop().filter(|climb| climbs.is_empty() && climb.bound() >= enough);
    Ok(moved.pop().zip(done))
}

/// Whether `climb` may still reach `top`.
fn hopeful(climb: &Climb, top: f64, tol: f64) -> bool {
    let credit = if climb.iterations < YOUNG { CREDIT_YOUNG } else { CREDIT };
    climb.iterations < UNQUESTIONED
        || climb.bound() >= top
        || climb.rise() >= tol && climb.bound() + credit * climb.rise() >= top
}
