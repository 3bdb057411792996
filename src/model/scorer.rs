//! What a model says of each address: its cluster and its log-density, from any engine.

use super::estimate::Estimate;
use super::kmeans::Partition;
use crate::engine::order::order_statistics;
use crate::engine::{self, Engine, EngineError, Sink};
use crate::pass::centres::CentresError;
use crate::pass::label::Label;
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

    /// The cluster of each of `addresses`, in their order, from 0: scikit-learn's `predict`. It needs no engine.
    ///
    /// ```
    /// use octomix::KMeans;
    /// use octomix::engine::CpuEngine;
    /// use octomix::model::scorer::Scorer;
    ///
    /// let addresses: Vec<u32> = (0..64).map(|i| (i % 2) << 31 | i).collect();
    /// let mut engine = CpuEngine::new(&addresses);
    /// let fit = KMeans::params(2).check()?.fit(&mut engine, &mut octomix::unobserved)?;
    /// let scorer = Scorer::partition(fit.partition())?;
    /// let clusters = scorer.predict(&[0x0000_0001, 0x8000_0001, 0x0000_0002]);
    /// assert!(clusters[0] == clusters[2] && clusters[0] != clusters[1]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn predict(&self, addresses: &[u32]) -> Vec<u32> {
        let mut all = vec![0; addresses.len()];
        self.label_each(addresses, &mut all, |label| label.cluster);
        all
    }

    /// The log-density of each of `addresses`, in their order, in nats; by K-Means that of the round Gaussian about the
    /// nearest centre.
    pub fn score_samples(&self, addresses: &[u32]) -> Vec<f64> {
        let mut all = vec![0.0; addresses.len()];
        self.label_each(addresses, &mut all, |label| label.log_density);
        all
    }

    /// Writes what `of` makes of the label of each of `addresses` to its place in `all`, on all cores.
    pub fn label_each<T: Send>(
        &self,
        addresses: &[u32],
        all: &mut [T],
        of: impl Fn(Label) -> T + Sync,
    ) {
        match self {
            Self::Mixture(density) => engine::label(density, addresses, all, of),
            Self::Partition(partition, centres) => {
                engine::assign(centres, addresses, all, |address, cluster| {
                    let log_density = partition.log_density(address, cluster);
                    of(Label { cluster, log_density })
                });
            }
        }
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
    fn no_engine_is_needed_for_the_labels_of_an_engine() {
        let addresses: Vec<u32> = (0..999).map(|i| 0x0a00_0000 + i * i * 37).collect();
        let mixture = BayesianMixture::params(3).n_init(1).check().unwrap();
        let kmeans = KMeans::params(3).n_init(1).check().unwrap();
        for params in [Params::from(mixture), Params::from(kmeans)] {
            let mut engine = CpuEngine::new(&addresses);
            let model = params.fit(&mut engine, &mut unobserved).unwrap().model();
            for score in [Score::Sklearn, Score::Predictive] {
                let scorer = model.scorer(score).unwrap();
                let log_densities = scorer.score_samples(&addresses);
                let mut found = scorer.predict(&addresses).into_iter().zip(log_densities);
                let compare = &mut |_: &[u32], expected: &[Label]| {
                    for expected in expected {
                        let found = found.next().unwrap();
                        assert_eq!(found.0, expected.cluster);
                        assert!((found.1 - expected.log_density).abs() < 1e-9);
                    }
                    Ok(())
                };
                scorer.label(&mut engine, compare).unwrap();
                assert!(found.next().is_none());
            }
        }
    }
}
