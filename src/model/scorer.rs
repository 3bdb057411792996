//! What a model says of each address: its cluster and its log-density, from any engine.

use super::estimate::Estimate;
use super::kmeans::Partition;
use crate::engine::{Engine, EngineError};
use crate::pass::label::Label;
use crate::pass::{Centres, Mixture};

/// A model ready to label addresses.
#[derive(Debug, Clone)]
pub enum Scorer {
    /// By the log-density under a mixture.
    Mixture(Mixture),
    /// By the nearest centre, exactly, and the distance to it.
    Partition(Partition, Centres),
}
