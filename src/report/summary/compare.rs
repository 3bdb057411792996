//! compare.json: a mixture against K-Means over the same addresses.

use serde::Serialize;

use super::fit::FitSummary;
use crate::address::OCTETS;
use crate::analysis::{self, Criteria, Labelled};
use crate::describe::agreement::{Agreement, Profile, Side};
use crate::describe::octets::{LEADING, OctetValues};
use crate::store::model::AppliedThreshold;

/// How far a mixture and K-Means agree on one role's addresses.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// Distinct addresses.
    pub addresses: usize,
    /// The adjusted Rand index of the clusters: 1 where they are the same, 0 for what chance gives.
    pub adjusted_rand_index: f64,
    /// Addresses by cluster: a row for each cluster of the mixture, a column for each of K-Means.
    pub contingency: Vec<Vec<u64>>,
    /// /24 subnets that hold two addresses or more.
    pub blocks: u64,
    /// Addresses that are anomalies of both.
    pub shared_anomalies: u64,
    /// The mixture.
    pub mixture: Compared,
    /// K-Means.
    pub kmeans: Compared,
}

/// One of the two models.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Compared {
    /// All fits on the way, the model last.
    pub fits: Vec<FitSummary>,
    /// What made an address anomalous.
    pub threshold: AppliedThreshold,
    /// How many of the /24 subnets of two addresses or more lie in several of its clusters.
    pub split_blocks: u64,
    /// Its anomalies.
    pub anomalies: u64,
    /// In which of the other model's clusters they lie.
    pub anomalies_by_other: Vec<u64>,
    /// Its clusters, empty ones among them.
    pub clusters: Vec<ComparedCluster>,
}

/// The addresses of one cluster.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComparedCluster {
    /// Its index.
    pub cluster: usize,
    /// Distinct addresses.
    pub size: u64,
    /// Its mean or centre, in octets.
    pub mean: [f64; OCTETS],
    /// The values of the first, second and third octet.
    pub octets: [OctetValues; LEADING],
}

impl Comparison {
    /// What was `found` of so many `addresses` by the score and the threshold of `criteria`.
    pub fn of(addresses: usize, found: &analysis::Compared, criteria: &Criteria<'_>) -> Self {
        let told = |labelled: &Labelled, side: &Side| {
            let fits = FitSummary::all(&labelled.fitted);
            let threshold =
                AppliedThreshold::new(criteria.threshold, criteria.score, labelled.threshold);
            Compared::new(fits, threshold, labelled.fitted.model().means(), side)
        };
        let analysis::Compared { mixture, kmeans, agreement } = found;
        let of_mixture = told(mixture, &agreement.a);
        Self::new(addresses, agreement, of_mixture, told(kmeans, &agreement.b))
    }

    /// The `agreement` of `mixture`, its A, and `kmeans`, its B, over so many `addresses`.
    fn new(addresses: usize, agreement: &Agreement, mixture: Compared, kmeans: Compared) -> Self {
        Self {
            addresses,
            adjusted_rand_index: agreement.contingency.adjusted_rand_index(),
            contingency: agreement.contingency.rows().to_vec(),
            blocks: agreement.blocks,
            shared_anomalies: agreement.shared_anomalies,
            mixture,
            kmeans,
        }
    }
}

impl Compared {
    /// The model of these `fits`, whose clusters have these `means`, as its `side` of an agreement.
    fn new(
        fits: Vec<FitSummary>,
        threshold: AppliedThreshold,
        means: Vec<[f64; OCTETS]>,
        side: &Side,
    ) -> Self {
        let cluster = |(cluster, (profile, mean)): (usize, (&Profile, [f64; OCTETS]))| {
            let octets = profile.octets.each_ref().map(|counts| OctetValues::new(counts, 256));
            ComparedCluster { cluster, size: profile.size, mean, octets }
        };
        Self {
            fits,
            threshold,
            split_blocks: side.split_blocks,
            anomalies: side.anomalies,
            anomalies_by_other: side.anomalies_by_other.clone(),
            clusters: side.profiles.iter().zip(means).enumerate().map(cluster).collect(),
        }
    }

    /// The indices of the clusters that hold addresses.
    pub fn full(&self) -> Vec<usize> {
        let full = self.clusters.iter().filter(|cluster| cluster.size > 0);
        full.map(|cluster| cluster.cluster).collect()
    }
}
