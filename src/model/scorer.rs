//! What a model says of each address: its cluster and its log-density, from any engine.

use super::estimate::Estimate;
use super::kmeans::Partition;
use crate::engine::order::order_statistics;
use crate::engine::{Engine, EngineError, Sink};
use crate::pass::assign::assign;
use crate::pass::centres::CentresError;
use crate::pass::label::{Label, label};
use crate::pass::{Centres, Density};

/// Which log-density of a mixture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Score {
    /// scikit-learn's `score_samples`: of a Bayesian mixture the expected log-density, which is not
    /// normalised: [`Estimate::mixture`].
    #[default]
    Sklearn,
    /// The posterior predictive density, a mixture of Student's t: [`Estimate::predictive`]. Of
    /// maximum likelihood, which has no posterior, the density itself.
    Predictive,
}

impl Score {
    /// Its name on the command line and in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sklearn => "sklearn",
            Self::Predictive => "predictive",
        }
    }
}

/// A model ready to label addresses.
#[derive(Debug, Clone)]
pub enum Scorer {
    /// By the log-density under a mixture.
    Mixture(Density),
    /// By the nearest centre, exactly, and the distance to it.
    Partition(Partition, Centres),
}

impl Scorer {
    /// Of the mixture `estimate`.
    pub fn mixture(estimate: &Estimate, score: Score) -> Self {
        Self::Mixture(match score {
            Score::Sklearn => estimate.mixture().into(),
            Score::Predictive => estimate.predictive(),
        })
    }

    /// Of the clusters of K-Means.
    ///
    /// # Errors
    /// When a centre is out of range, which one of a fit never is.
    pub fn partition(partition: Partition) -> Result<Self, CentresError> {
        let centres = Centres::new(&partition.centres)?;
        Ok(Self::Partition(partition, centres))
    }

    /// The label of each of `addresses`, in plain loops and without an engine: for some of them, or one at a time.
    pub fn labels(&self, addresses: &[u32]) -> Vec<Label> {
        let mut labels = Vec::with_capacity(addresses.len());
        match self {
            Self::Mixture(density) => label(density, addresses, &mut labels),
            Self::Partition(partition, centres) => {
                let mut clusters = Vec::with_capacity(addresses.len());
                assign(centres, addresses, &mut clusters);
                labels.extend(partition_labels(partition, addresses, &clusters));
            }
        }
        labels
    }

    /// Hands every address of `engine` and its label to `sink`, in order, some thousands at a time.
    ///
    /// # Errors
    /// When a device fails, or the sink does.
    pub fn label(
        &self,
        engine: &mut dyn Engine,
        sink: &mut Sink<'_, Label>,
    ) -> Result<(), EngineError> {
        match self {
            Self::Mixture(density) => engine.label(density, sink),
            Self::Partition(partition, centres) => {
                let mut labels = Vec::new();
                engine.assign(centres, &mut |addresses, clusters| {
                    labels.clear();
                    labels.extend(partition_labels(partition, addresses, clusters));
                    sink(addresses, &labels)
                })
            }
        }
    }

    /// The log-densities of the given `ranks`, as [`Engine::order_statistics`] has them.
    ///
    /// # Errors
    /// When a device fails.
    pub fn order_statistics(
        &self,
        engine: &mut dyn Engine,
        ranks: &[u64],
    ) -> Result<Vec<f64>, EngineError> {
        match self {
            Self::Mixture(density) => engine.order_statistics(density, ranks),
            Self::Partition(..) => order_statistics(engine.len() as u64, ranks, |sink| {
                self.label(engine, &mut |_, labels| {
                    labels.iter().for_each(|label| sink(label.log_density));
                    Ok(())
                })
            }),
        }
    }
}

fn partition_labels<'a>(
    partition: &'a Partition,
    addresses: &'a [u32],
    clusters: &'a [u32],
) -> impl Iterator<Item = Label> + 'a {
    addresses.iter().zip(clusters).map(|(&address, &cluster)| {
        let log_density = partition.log_density(address, cluster);
        Label { cluster, log_density }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::CpuEngine;
    use crate::model::any::Params;
    use crate::{BayesianMixture, KMeans, unobserved};

    #[test]
    fn labels_without_an_engine_are_those_of_an_engine() {
        let addresses: Vec<u32> = (0..999).map(|i| 0x0a00_0000 + i * i * 37).collect();
        let mixture = BayesianMixture::params(3).n_init(1).check().unwrap();
        let kmeans = KMeans::params(3).n_init(1).check().unwrap();
        for params in [Params::from(mixture), Params::from(kmeans)] {
            let mut engine = CpuEngine::new(&addresses);
            let model = params.fit(&mut engine, &mut unobserved).unwrap().model();
            for score in [Score::Sklearn, Score::Predictive] {
                let scorer = model.scorer(score).unwrap();
                let mut found = scorer.labels(&addresses).into_iter();
                let compare = &mut |_: &[u32], expected: &[Label]| {
                    for expected in expected {
                        let found = found.next().unwrap();
                        assert_eq!(found.cluster, expected.cluster);
                        assert!((found.log_density - expected.log_density).abs() < 1e-9);
                    }
                    Ok(())
                };
                scorer.label(&mut engine, compare).unwrap();
                assert!(found.next().is_none());
            }
        }
    }
}
