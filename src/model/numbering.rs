//! The numbers of components: the heaviest is 0, of equal weights the one of least mean.
//!
//! So the same addresses give the same numbers, whatever the start of the fit. Weights under a
//! Dirichlet process are not numbered again: its components break a stick one after the other, and
//! no other order has the same bound. They are in the order of descending mass already where there
//! was a search or several restarts; a single restart stays as scikit-learn leaves it.

use std::cmp::Ordering;

use super::FitError;
use super::any::Fit;
use super::estimate::Concentration;
use crate::address::OCTETS;
use crate::engine::{Engine, Run};
use crate::pass::{Centres, Lloyd};

impl Fit {
    /// Numbers the components, if their order is free; `engine` holds the addresses of the fit.
    ///
    /// # Errors
    /// When the engine fails.
    pub fn number(&mut self, engine: &mut dyn Engine) -> Result<(), FitError> {
        let model = self.model();
        let order = order(model.weights(), &model.means());
        if order.is_sorted() {
            return Ok(());
        }
        match self {
            Self::Mixture(fit) => {
                let estimate = &mut fit.estimate;
                if let Some(posterior) = &mut estimate.posterior {
                    match &mut posterior.concentration {
                        Concentration::Process(_) => return Ok(()),
                        Concentration::Distribution(list) => *list = permuted(list, &order),
                    }
                    for list in [&mut posterior.mean_precision, &mut posterior.degrees_of_freedom] {
                        *list = permuted(list, &order);
                    }
                }
                estimate.weights = permuted(&estimate.weights, &order);
                estimate.gaussians = permuted(&estimate.gaussians, &order);
            }
            Self::KMeans(fit) => {
                fit.centres = permuted(&fit.centres, &order);
                // An address between two centres is of the lower number: they are counted again.
                let centres = Centres::new(&fit.centres)?;
                if let Some(clusters) = Run::<Lloyd>::run(engine, &[centres])?.pop() {
                    fit.clusters = clusters;
                }
            }
        }
        Ok(())
    }
}

/// The components by descending weight, then by mean, then as they were.
fn order(weights: &[f64], means: &[[f64; OCTETS]]) -> Vec<usize> {
    let by_mean = |a: usize, b: usize| {
        let octets = means[a].iter().zip(&means[b]);
        octets.map(|(a, b)| a.total_cmp(b)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    };
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by(|&a, &b| weights[b].total_cmp(&weights[a]).then_with(|| by_mean(a, b)));
    order
}

fn permuted<T: Clone>(list: &[T], order: &[usize]) -> Vec<T> {
    order.iter().map(|&at| list[at].clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::CpuEngine;
    use crate::model::any::Params;
    use crate::model::scorer::Score;
    use crate::{BayesianMixture, GaussianMixture, KMeans, Priors, WeightPrior, unobserved};

    #[test]
    fn equal_weights_are_ordered_by_mean() {
        let means = [[9.0; 4], [1.0, 2.0, 3.0, 5.0], [1.0, 2.0, 3.0, 4.0], [0.0; 4]];
        assert_eq!(order(&[0.3, 0.3, 0.3, 0.1], &means), [2, 1, 0, 3]);
    }

    /// Three subnets of 200, 90 and 30 hosts, the smallest first.
    fn subnets() -> Vec<u32> {
        let hosts = |first: u32, count: u32| (0..count).map(move |i| first + i * 7 % 251);
        hosts(0x0a00_0000, 30)
            .chain(hosts(0x0a40_0000, 90))
            .chain(hosts(0xc0a8_0000, 200))
            .collect()
    }

    #[test]
    fn models_of_free_order_are_numbered_by_weight_and_say_the_same() {
        let addresses = subnets();
        let distribution =
            Priors { weights: WeightPrior::DirichletDistribution, ..Priors::default() };
        let all = [
            Params::from(KMeans::params(3).seed(4).check().unwrap()),
            GaussianMixture::params(3).n_init(1).seed(4).check().unwrap().into(),
            BayesianMixture::params(3)
                .priors(distribution)
                .n_init(1)
                .seed(4)
                .check()
                .unwrap()
                .into(),
        ];
        let mut renumbered = 0;
        for params in all {
            let mut engine = CpuEngine::new(&addresses);
            let mut fit = params.fit(&mut engine, &mut unobserved).unwrap();
            let before = fit.clone();
            fit.number(&mut engine).unwrap();
            let (model, old) = (fit.model(), before.model());
            let weights = model.weights();
            renumbered += usize::from(weights != old.weights());
            assert!(weights.is_sorted_by(|a, b| a >= b), "{weights:?}");
            let of = |fit: &Fit| fit.model().scorer(Score::Predictive).unwrap();
            let labels = |fit: &Fit| {
                let mut all = Vec::new();
                let mut engine = CpuEngine::new(&addresses);
                let sink = &mut |_: &[u32], labels: &[crate::pass::label::Label]| {
                    all.extend(labels.iter().map(|label| (label.cluster, label.log_density)));
                    Ok(())
                };
                of(fit).label(&mut engine, sink).unwrap();
                all
            };
            for (new, was) in labels(&fit).into_iter().zip(labels(&before)) {
                assert!((new.1 - was.1).abs() < 1e-9);
                assert_eq!(model.means()[new.0 as usize], old.means()[was.0 as usize]);
            }
        }
        assert!(renumbered > 0, "no fit came in another order");
    }

    #[test]
    fn a_stick_stays_as_it_was_broken() {
        let addresses = subnets();
        let params = BayesianMixture::params(3).n_init(1);
        for seed in 0..8 {
            let mut engine = CpuEngine::new(&addresses);
            let params = Params::from(params.clone().seed(seed).check().unwrap());
            let mut fit = params.fit(&mut engine, &mut unobserved).unwrap();
            let before = fit.model();
            fit.number(&mut engine).unwrap();
            assert_eq!(fit.model(), before);
        }
    }
}
