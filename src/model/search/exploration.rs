//! A start, the best state that was reached from it, the steps that led there and where they passed.

use super::climb::Climb;
use super::runner::Runner;
use crate::model::sufficient::Sufficient;
use crate::model::trace::{Kind, Move};

/// A state and what rounds have made of it.
#[derive(Debug)]
pub struct Exploration {
    /// The best state.
    pub best: Climb,
    /// The steps that led there.
    pub trace: Vec<Move>,
    /// Where the search has been.
    pub seen: Seen,
    /// Rounds since the last move was accepted.
    pub rounds_without_gain: usize,
    /// Rounds since the last new move was found.
    pub rounds_without_news: usize,
}

impl Exploration {
    /// A start.
    pub fn new(runner: &Runner<'_, '_>, kind: Kind, best: Climb) -> Self {
        let trace = vec![runner.kept(kind, Vec::new(), f64::NEG_INFINITY, &best)];
        let mut seen = Seen { alike: ALIKE * runner.size, states: Vec::new() };
        seen.add(&best.statistics);
        Self { best, trace, seen, rounds_without_gain: 0, rounds_without_news: 0 }
    }
}

/// States whose weights differ by less in all, as a share of the addresses, are alike.
const ALIKE: f64 = 0.002;

/// The states seen, so that the search does not go there again.
///
/// Most moves lead back to where they started or to the same few lower optima. States are told apart
/// by the weights of their components, in descending order.
#[derive(Debug)]
pub struct Seen {
    /// The distance below which weights are alike, in addresses.
    alike: f64,
    states: Vec<Vec<f64>>,
}

impl Seen {
    /// Adds a state; `false` if one alike is there already.
    pub fn add(&mut self, statistics: &[Sufficient]) -> bool {
        let mut weights: Vec<f64> = statistics.iter().map(|s| s.weight).collect();
        weights.sort_unstable_by(|a, b| b.total_cmp(a));
        let distance =
            |state: &Vec<f64>| state.iter().zip(&weights).map(|(a, b)| (a - b).abs()).sum::<f64>();
        if self.states.iter().any(|state| distance(state) < self.alike) {
            return false;
        }
        self.states.push(weights);
        true
    }
}
