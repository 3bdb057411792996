//! What pages and pictures show of one role beside its summary.

use crate::address::AddressSet;
use crate::analysis::Judged;
use crate::describe::drawing::Drawing;
use crate::describe::evidence::Evidence;
use crate::describe::fanout::Fanout;
use crate::describe::flagged::Anomaly;
use crate::describe::plane::Shape;
use crate::model::any::Model;
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

impl RolePage {
    /// The page of a `drawing` of `set` under `model` in the plane of `pca`, and of what was `judged`. The fit of the
    /// model rose along `bounds`.
    pub fn new(
        set: &AddressSet,
        (model, pca): (&Model, &Pca),
        bounds: &[f64],
        drawing: Drawing,
        judged: &Judged,
    ) -> Self {
        let findings = &judged.findings[..judged.findings.len().min(MOST_FLAGS)];
        Self {
            pca: pca.clone(),
            shapes: Shape::of(&model.estimate(), pca),
            drawing,
            evidence: judged.evidence.clone(),
            fanout: Fanout::new(set, findings),
            flags: judged.anomalies.clone(),
            trace: bounds.to_vec(),
        }
    }
}
