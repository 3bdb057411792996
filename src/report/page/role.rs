//! What pages and pictures show of one role beside its summary.

use crate::describe::drawing::Drawing;
use crate::describe::evidence::Evidence;
use crate::describe::fanout::Fanout;
use crate::describe::flagged::Anomaly;
use crate::describe::plane::Shape;
use crate::model::pca::Pca;

/// The most flagged addresses that a page tells one by one; anomalies.csv has all of them.
pub const MOST_FLAGS: usize = 20_000;

/// What a page shows of one role besides its summary.
#[derive(Debug, Clone)]
pub struct RolePage {
    /// The projection.
    pub pca: Pca,
    /// The components in the plane, in the order of the clusters.
    pub shapes: Vec<Shape>,
    /// The addresses.
    pub drawing: Drawing,
    /// What each of the first findings rests on.
    pub evidence: Vec<Vec<Evidence>>,
    /// Peers and records of the addresses.
    pub fanout: Fanout,
    /// The flagged addresses, least dense first; at most [`MOST_FLAGS`] of them are told.
    pub flags: Vec<Anomaly>,
    /// The lower bound after each iteration of the fit, in nats; empty for K-Means.
    pub trace: Vec<f64>,
}
