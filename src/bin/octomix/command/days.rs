//! One day beside another: what is kept of the day that a model is fitted to, and what has changed
//! since.

use std::path::{Path, PathBuf};

use octomix::address::AddressSet;
use octomix::describe::census::ClusterTally;
use octomix::describe::flagged::Flagged;
use octomix::engine::{Engine, EngineError, Run};
use octomix::input::Role;
use octomix::pass::Expectation;
use octomix::report::csv::write_changes;
use octomix::report::summary::changes::{Changes, WeightChange};
use octomix::rule::prefix::Ascending;
use octomix::store::Output;
use octomix::store::model::{Loaded, Model, WeightedBy};
use octomix::store::roaring;
use octomix::store::seen::{FLAGGED, SEEN, Seen};

use super::Failure;

/// Writes which addresses `role` has, and which of them are `flagged`, for the days to come.
///
/// # Errors
/// When a file cannot be written.
pub fn keep(
    role: Role,
    set: &AddressSet,
    ascending: &Ascending<'_>,
    flagged: &Flagged<'_>,
    output: &mut Output,
) -> Result<(), Failure> {
    let file = |name| format!("{}/{name}", role.key());
    output.write(&file(SEEN), |out| roaring::write(ascending.addresses(), out))?;
    output.write(&file(FLAGGED), |out| roaring::write(&flagged.ascending(set), out))?;
    Ok(())
}

/// Where the model of `role` is, of those at `path`.
pub fn model_file(path: &Path, role: Role) -> PathBuf {
    if !path.is_dir() {
        return path.to_path_buf();
    }
    let file = path.join(role.key()).join("model.json");
    if file.exists() { file } else { path.join("model.json") }
}

/// What has changed since the day that was `seen`: in the addresses, in those that are `flagged`, and in
/// the `weights` of clusters. Writes changes.csv.
///
/// # Errors
/// When a file cannot be written.
pub fn changes(
    role: Role,
    seen: &Seen,
    ascending: &Ascending<'_>,
    flagged: &[u32],
    weights: Vec<WeightChange>,
    output: &mut Output,
) -> Result<Changes, Failure> {
    let name = format!("{}/changes.csv", role.key());
    let mut file = output.create(&name)?;
    let changes = write_changes(seen, ascending.addresses(), flagged, weights, &mut file)
        .map_err(|error| file.failed(&error))?;
    output.keep(file)?;
    Ok(changes)
}

/// The weight of each component of `loaded` then, and over the addresses of `engine` now, which are
/// in these `tallies`: its mean responsibility, or of K-Means the share of its cluster.
///
/// # Errors
/// When the engine fails.
pub fn weights(
    loaded: &Loaded,
    engine: &mut dyn Engine,
    tallies: &[ClusterTally],
) -> Result<Vec<WeightChange>, EngineError> {
    let now: Vec<f64> = match &loaded.model {
        Model::Mixture(estimate) => {
            let stats = Run::<Expectation>::run(engine, &[estimate.mixture()])?;
            stats.iter().flat_map(|stats| &stats.components).map(|sums| sums.weight).collect()
        }
        Model::KMeans(_) => {
            let count = |tally: &ClusterTally| match loaded.file.weighted_by {
                WeightedBy::Addresses => tally.size,
                WeightedBy::Packets => tally.packets,
            };
            tallies.iter().map(|tally| count(tally) as f64).collect()
        }
    };
    let total: f64 = now.iter().sum();
    let change = |(cluster, (&then, now)): (usize, (&f64, f64))| {
        let now = if total > 0.0 { now / total } else { 0.0 };
        WeightChange { cluster, then, now }
    };
    Ok(loaded.file.weights.iter().zip(now).enumerate().map(change).collect())
}
