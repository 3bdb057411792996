//! What a search may cost: an amount that is given, or one that follows the set.
//!
//! Costs are counted in evaluations of a component at an address. How many iterations a restart takes
//! depends on the set: five where a few subnets stand apart, and hundreds where a blocklist fills the
//! address space. A search does not run restarts to find out, because its own first climbs tell.

use crate::model::params::MixtureParams;

/// The iterations over all addresses allowed for each restart that the search stands in for, at least
/// and at most. On the tutorial's sets half of the least beats 200 restarts (tests/search.rs).
const LEAST: f64 = 70.0;
const MOST: f64 = 700.0;

/// The iterations allowed for each restart and each iteration of a first climb.
///
/// Restarts take more than that on blocklists, because these climbs are over-relaxed and end early, but
/// a search need not cost as much as ten of them to beat fifty. Less leaves it below their best more
/// often, and more raises the cost of sets like the tutorial's, which gain nothing by it
/// (`how_a_search_compares_with_restarts` in tests/search.rs measures both).
const PER_ITERATION: f64 = 3.0;

/// The share of the least budget that is allowed over more addresses, where a sample has been searched.
const OVER_MORE: f64 = 1.0;

/// The share of the budget kept for the last ascent.
const RESERVE: f64 = 0.08;

/// The least that a search in place of `params.n_init` restarts is allowed where no amount is given, in
/// evaluations of a component at an address.
pub fn least_budget(params: &MixtureParams, addresses: u64) -> f64 {
    LEAST * iteration_of_all(params, addresses)
}

/// What an iteration of all restarts costs.
fn iteration_of_all(params: &MixtureParams, addresses: u64) -> f64 {
    params.n_init as f64 * params.components as f64 * addresses as f64
}

/// Where the amount comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Amount {
    /// It is given.
    Given,
    /// It follows the first climbs: what an iteration of all restarts costs.
    Follows(f64),
    /// First climbs over a sample have told.
    Told,
}

/// What may be spent, and what has been.
#[derive(Debug)]
pub struct Budget {
    /// Evaluations allowed.
    pub allowed: f64,
    /// Evaluations spent.
    pub spent: f64,
    amount: Amount,
    climbs: usize,
    iterations: usize,
}

impl Budget {
    /// As much as is `given`; otherwise the least for `params`, until climbs tell that more is needed.
    pub fn new(given: Option<f64>, params: &MixtureParams, addresses: u64) -> Self {
        Self {
            allowed: given.unwrap_or_else(|| least_budget(params, addresses)),
            spent: 0.0,
            amount: match given {
                Some(_) => Amount::Given,
                None => Amount::Follows(iteration_of_all(params, addresses)),
            },
            climbs: 0,
            iterations: 0,
        }
    }

    /// The same where more `addresses` are searched than before, for what is left to find there: a
    /// [share](OVER_MORE) of the least, unless the amount is given.
    pub fn over(self, params: &MixtureParams, addresses: u64) -> Self {
        if self.amount == Amount::Given {
            return self;
        }
        let more = OVER_MORE * least_budget(params, addresses);
        let allowed = (self.spent + more) / (1.0 - RESERVE);
        Self { allowed, amount: Amount::Told, ..self }
    }

    /// Whether nothing is left to search with. A first climb always ends, and tells what is needed.
    pub fn exhausted(&self) -> bool {
        let known = self.amount == Amount::Given || self.climbs > 0;
        known && self.spent >= (1.0 - RESERVE) * self.allowed
    }

    /// Follows a first climb that took so many iterations.
    pub fn follow(&mut self, iterations: usize) {
        self.climbs += 1;
        self.iterations += iterations;
        if let Amount::Follows(iteration) = self.amount {
            let mean = self.iterations as f64 / self.climbs as f64;
            self.allowed = iteration * (PER_ITERATION * mean).clamp(LEAST, MOST);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::BayesianMixture;

    #[test]
    fn a_budget_follows_first_climbs_within_limits_and_a_given_one_nothing() {
        let params = BayesianMixture::params(2).n_init(5);
        let mut budget = Budget::new(None, &params, 100);
        assert_eq!(budget.allowed, 70.0 * 1000.0);
        budget.spent = budget.allowed;
        assert!(!budget.exhausted());
        for (iterations, allowed) in [(4, 70.0), (96, 150.0), (200, 300.0), (9_999, 700.0)] {
            budget.follow(iterations);
            assert_eq!(budget.allowed, allowed * 1000.0);
        }
        let mut budget = Budget::new(Some(5.0), &params, 100);
        assert!(!budget.exhausted());
        budget.spent = 4.7;
        assert!(budget.exhausted());
        budget.follow(9_999);
        assert_eq!(budget.allowed, 5.0);
    }
}
