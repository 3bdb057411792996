//! A fit of a mixture from start to end: by restarts, or by a search.

use super::chain::Chain;
use super::em;
use super::estimator::Estimator;
use super::fitted::MixtureFit;
use super::params::{MixtureParams, Search};
use super::{Checked, FitError, Observer, check_size, moments_of_all, search, start};
use crate::engine::Engine;

impl Checked<MixtureParams> {
    /// Fits to the engine's addresses.
    ///
    /// # Errors
    /// When there are fewer addresses than components, a covariance is not positive definite, a pass
    /// fails, or the observer stops it.
    pub fn fit(
        &self,
        engine: &mut dyn Engine,
        observer: &mut Observer<'_>,
    ) -> Result<MixtureFit, FitError> {
        match self.search {
            Search::MergeSplit(budget) => search::fit(engine, self, budget, observer),
            Search::Restarts => {
                Ok(fit_each(engine, self, &[self.components], observer)?.swap_remove(0))
            }
        }
    }
}

/// Fits with each number of components in `ks`, whatever `params` say; all fits share runs of the
/// engine, and each is what it would be alone.
///
/// # Errors
/// As [`Checked::fit`](Checked#method.fit).
pub fn fit_each(
    engine: &mut dyn Engine,
    params: &Checked<MixtureParams>,
    ks: &[usize],
    observer: &mut Observer<'_>,
) -> Result<Vec<MixtureFit>, FitError> {
    ks.iter().try_for_each(|&k| check_size(engine, k))?;
    let moments = moments_of_all(engine)?;
    let estimator = |&k: &usize| Estimator::new(&params.with_components(k), &moments);
    let estimators: Vec<Estimator> = ks.iter().map(estimator).collect();
    let of_k: Vec<_> = ks.iter().copied().zip(&estimators).collect();
    let groups = start::starts(engine, params, &of_k, observer)?;

    let sizes: Vec<usize> = groups.iter().map(Vec::len).collect();
    let mut chains: Vec<Chain<'_>> = groups.into_iter().flatten().collect();
    let tol = params.tolerance(engine.total());
    em::iterate(engine, &mut chains, params.max_iter, tol, observer)?;
    let sorted = sizes.iter().all(|&size| params.is_sorted(size));
    if sorted {
        em::sort_by_mass(engine, &mut chains, params.max_iter)?;
    }
    let mut chains = chains.into_iter();
    let mut groups: Vec<Vec<Chain<'_>>> =
        sizes.iter().map(|&size| chains.by_ref().take(size).collect()).collect();
    let bests: Vec<usize> = groups.iter().map(|group| em::best(group)).collect();
    if sorted {
        let mut chains: Vec<Chain<'_>> =
            groups.iter().zip(&bests).map(|(group, &best)| group[best].clone()).collect();
        em::iterate(engine, &mut chains, params.max_iter, tol, observer)?;
        for ((group, &best), chain) in groups.iter_mut().zip(&bests).zip(chains) {
            group[best] = chain;
        }
    }

    let fit = |((estimator, mut group), best): ((&Estimator, Vec<Chain<'_>>), usize)| {
        MixtureFit {
            estimator: estimator.clone(),
            best,
            restarts: group.iter().map(|chain| chain.course.clone()).collect(),
            estimate: group.swap_remove(best).estimate,
            moments,
            search: None,
        }
        .checked()
    };
    estimators.iter().zip(groups).zip(bests).map(fit).collect()
}
