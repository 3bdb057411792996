//! How many components a set needs.
//!
//! The tutorial's two steps, fitting more than enough and fitting again with those that matter, give a first answer.
//! Where all of the first matter more may, and where few do the answer depends on the optimum that the search met. So
//! other numbers are tried, and of the fits whose components all matter the one of the most
//! [evidence](crate::model::fitted::MixtureFit::evidence) wins. Of many addresses a sample is asked first: where it has
//! work for all of the first number, that is not fitted to all addresses.
//!
//! Maximum likelihood and K-Means have no evidence: the likelihood grows and the inertia falls with every component.
//! They take the two steps from the most components that are allowed.

use super::any::{Fit, Params};
use super::{FitError, Observer};
use crate::engine::{CpuEngine, Engine, RandomStream};

/// Components of the first fit, unless fewer are allowed.
pub const FIRST: usize = 7;

/// The most components of a Bayesian mixture, unless told otherwise.
pub const MOST: usize = 2 * FIRST;

/// The most components that are tried unless told otherwise; more than [`FIRST`] only if their fits have an evidence,
/// as those of Bayesian mixtures do.
pub const fn most(has_evidence: bool) -> usize {
    if has_evidence { MOST } else { FIRST }
}

/// A component of this weight matters.
pub const LEAST_WEIGHT: f64 = 0.005;

/// Addresses of the sample that is asked first.
const SAMPLE: usize = 1 << 12;

/// The share of the restarts with which it is.
const QUICK: f64 = 0.3;

/// How many of `weights` matter; at least one.
///
/// ```
/// assert_eq!(octomix::model::auto::needed(&[0.527, 0.463, 0.004, 0.006]), 3);
/// ```
pub fn needed(weights: &[f64]) -> usize {
    weights.iter().filter(|&&weight| weight >= LEAST_WEIGHT).count().max(1)
}

/// The number of components that the evidence favours among `fits`, each told by its components, how many of these are
/// [`needed`], and its evidence: of the fits that need all theirs the one of the most, of equals the one of the fewest.
///
/// ```
/// use octomix::model::auto::favoured;
/// assert_eq!(favoured([(2, 2, 500.0), (3, 3, 900.0), (4, 3, 901.0)]), Some(3));
/// assert_eq!(favoured([(4, 3, 901.0)]), None);
/// ```
pub fn favoured(fits: impl IntoIterator<Item = (usize, usize, f64)>) -> Option<usize> {
    let whole = fits.into_iter().filter(|&(components, needed, _)| needed == components);
    let best = whole.max_by(|a, b| a.2.total_cmp(&b.2).then(b.0.cmp(&a.0)));
    best.map(|(components, ..)| components)
}

/// A fit on the way.
#[derive(Debug, Clone)]
pub struct Trial {
    /// How it was fitted.
    pub params: Params,
    /// What came out.
    pub fit: Fit,
}

impl Trial {
    fn components(&self) -> usize {
        self.params.components()
    }
}

/// Fits with as many components as the addresses of `engine` need, at most those of `params`: all trials, the one that
/// won last.
///
/// # Errors
/// As of the model.
pub fn fit(
    params: &Params,
    engine: &mut dyn Engine,
    observer: &mut Observer<'_>,
) -> Result<Vec<Trial>, FitError> {
    // No more components than addresses can be fitted; of no addresses the fit says that there are none.
    let most = params.components().min(engine.len()).max(1);
    let mut trials = Trials { params, engine, observer, tried: Vec::new() };
    if !params.has_evidence() {
        trials.settle(most)?;
        return Ok(trials.tried);
    }
    let is_outgrown = most > FIRST && trials.outgrow_first()?;
    if !is_outgrown {
        trials.settle(FIRST.min(most))?;
    }
    if is_outgrown || trials.best() == FIRST {
        trials.settle(most)?;
    }
    // Where the evidence rises up to the limit, what lies next to the limit need not be asked.
    while trials.best() < most || most <= FIRST {
        let best = trials.best();
        for near in [best - 1, best + 1] {
            if (1..=most).contains(&near) {
                trials.settle(near)?;
            }
        }
        if trials.best() == best {
            break;
        }
    }
    let best = trials.best();
    // Stable: the others stay in their order.
    trials.tried.sort_by_key(|trial| trial.components() == best);
    Ok(trials.tried)
}

struct Trials<'a, 'o> {
    params: &'a Params,
    engine: &'a mut dyn Engine,
    observer: &'a mut Observer<'o>,
    tried: Vec<Trial>,
}

impl Trials<'_, '_> {
    /// Whether the addresses are many, and a sample of them has work for all of [`FIRST`] components.
    fn outgrow_first(&mut self) -> Result<bool, FitError> {
        if self.engine.len() <= SAMPLE {
            return Ok(false);
        }
        // Those that follow the middle are the searches'.
        let random = RandomStream::new(self.params.seed(), usize::MAX / 2 + 1);
        let sample = self.engine.sample(SAMPLE, random)?;
        let mut engine = CpuEngine::new(&sample).in_singles();
        let fit = self.params.with_components_at(FIRST, QUICK).fit(&mut engine, self.observer)?;
        Ok(needed(fit.model().weights()) == FIRST)
    }

    /// Fits with so many `components`, and again with those that matter until all do or the number was tried before. A
    /// fit of more than [`FIRST`] has fewer restarts, so that it costs about as much as one of [`FIRST`].
    fn settle(&mut self, mut components: usize) -> Result<(), FitError> {
        while self.tried.iter().all(|trial| trial.components() != components) {
            let share = (FIRST as f64 / components as f64).min(1.0);
            let params = self.params.with_components_at(components, share);
            let fit = params.fit(self.engine, self.observer)?;
            components = needed(fit.model().weights());
            self.tried.push(Trial { params, fit });
        }
        Ok(())
    }

    /// The components of the best trial; of equals the fewest.
    fn best(&self) -> usize {
        let told = |trial: &Trial| {
            let needed = needed(trial.fit.model().weights());
            (trial.components(), needed, trial.fit.evidence().unwrap_or_default())
        };
        // One component always matters, and settling ends there at the latest.
        favoured(self.tried.iter().map(told)).unwrap_or(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::CpuEngine;
    use crate::{BayesianMixture, GaussianMixture, KMeans, Search, unobserved};

    /// So many subnets of so many `hosts` each, at most 256, far apart and in no line.
    fn subnets(count: u32, hosts: u32) -> Vec<u32> {
        let network = |n: u32| [(n * 97 + 20) as u8, (n * 61 + 30) as u8, (n * 151 + 40) as u8, 0];
        let hosts = |n: u32| (0..hosts).map(move |host| u32::from_be_bytes(network(n)) + host);
        (0..count).flat_map(hosts).collect()
    }

    fn found(addresses: &[u32], params: &Params) -> (usize, Vec<usize>) {
        let trials = fit(params, &mut CpuEngine::new(addresses), &mut unobserved).unwrap();
        let tried: Vec<usize> = trials.iter().map(Trial::components).collect();
        let best = &trials[trials.len() - 1];
        assert_eq!(best.fit.model().weights().len(), best.components());
        (best.components(), tried)
    }

    fn bayesian(most: usize, seed: u64) -> Params {
        let params = BayesianMixture::params(most).search(Search::MergeSplit(None)).seed(seed);
        params.check().unwrap().into()
    }

    #[test]
    fn as_many_components_as_there_are_subnets_are_found_whatever_the_seed() {
        for count in [1, 3, 7, 11] {
            let addresses = subnets(count, 240);
            for seed in 0..3 {
                let (best, tried) = found(&addresses, &bayesian(MOST, seed));
                assert_eq!(best, count as usize, "seed {seed}: {tried:?}");
                let mut numbers = tried.clone();
                numbers.sort_unstable();
                numbers.dedup();
                assert_eq!(numbers.len(), tried.len(), "{tried:?}: none is tried twice");
            }
        }
    }

    #[test]
    fn the_limit_holds() {
        let addresses = subnets(11, 240);
        for most in [1, 5, 9] {
            assert_eq!(found(&addresses, &bayesian(most, 0)).0, most);
        }
    }

    #[test]
    fn so_many_addresses_as_show_in_a_sample_that_the_first_number_is_too_small_skip_it() {
        let addresses = subnets(20, 240);
        assert!(addresses.len() > SAMPLE);
        let (best, tried) = found(&addresses, &bayesian(MOST, 0));
        assert!(best > FIRST && !tried.contains(&FIRST), "{tried:?}");
    }

    #[test]
    fn as_few_addresses_as_there_may_be_components_are_fitted() {
        for count in [1, 2, 7, 9] {
            let (best, tried) = found(&subnets(count, 1), &bayesian(MOST, 0));
            assert!(best <= count as usize, "{count}: {tried:?}");
        }
    }

    #[test]
    fn what_has_no_evidence_takes_the_two_steps() {
        let addresses = subnets(3, 240);
        let gaussian = GaussianMixture::params(3).n_init(2).check().unwrap();
        assert_eq!(found(&addresses, &gaussian.into()), (3, vec![3]));
        let kmeans = KMeans::params(5).n_init(2).check().unwrap();
        assert_eq!(found(&addresses, &kmeans.into()), (5, vec![5]));
    }

    #[test]
    fn empty_components_change_no_evidence_to_speak_of() {
        let addresses = subnets(3, 240);
        let evidence = |components: usize| {
            let fit = bayesian(components, 0).fit(&mut CpuEngine::new(&addresses), &mut unobserved);
            fit.unwrap().evidence().unwrap()
        };
        let [three, four, ten] = [3, 4, 10].map(evidence);
        // The bounds themselves differ by dozens of nats a component.
        assert!(three > evidence(2) + 50.0);
        assert!((three - four).abs() < 5.0 && (three - ten).abs() < 5.0, "{three} {four} {ten}");
    }
}
