//! What a model says of each address: its cluster and its log-density, from any engine.

use super::estimate::Estimate;
use super::kmeans::Partition;
use crate::engine::order::order_statistics;
use crate::engine::{Engine, EngineError, Sink};
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
                    labels.extend(addresses.iter().zip(clusters).map(|(&address, &cluster)| {
                        let log_density = partition.log_density(address, cluster);
                        Label { cluster, log_density }
                    }));
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
