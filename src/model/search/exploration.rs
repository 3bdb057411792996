//! A start, the best state that was reached from it, and the steps that led there.

use super::climb::Climb;
use super::runner::Runner;
use super::seen::Seen;
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
        let mut seen = Seen::new(runner.size());
        seen.add(&best.statistics);
        Self { best, trace, seen, rounds_without_gain: 0, rounds_without_news: 0 }
    }
}
