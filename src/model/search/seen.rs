//! Where the search has been, so that it does not go there again.
//!
//! Most moves lead back to where they started or to the same few lower optima. States are told apart
//! by the weights of their components, in descending order.

use crate::model::sufficient::Sufficient;

/// States whose weights differ by less in all, as a share of the addresses, are alike.
const ALIKE: f64 = 0.002;

/// The states seen.
#[derive(Debug)]
pub struct Seen {
    alike: f64,
    states: Vec<Vec<f64>>,
}

impl Seen {
    /// None yet, of a set of `size` addresses.
    pub fn new(size: f64) -> Self {
        Self { alike: ALIKE * size, states: Vec::new() }
    }

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
