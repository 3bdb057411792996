//! One day beside another: what is kept of the day that a model is fitted to, and what has changed
//! since.

use std::path::{Path, PathBuf};

use octomix::input::Role;
use octomix::report::csv::write_changes;
use octomix::report::summary::changes::{Changes, WeightChange};
use octomix::rule::prefix::Ascending;
use octomix::store::WriteError;
use octomix::store::model::Loaded;
use octomix::store::roaring;
use octomix::store::seen::{FLAGGED, SEEN, Seen};

use super::role::Desk;

/// Writes which addresses the role has, and which of them are `flagged`, for the days to come.
///
/// # Errors
/// When a file cannot be written.
pub fn keep(desk: &mut Desk<'_>, flagged: &[u32]) -> Result<(), WriteError> {
    let (seen, marked) = (desk.file(SEEN), desk.file(FLAGGED));
    desk.output.write(&seen, |out| roaring::write(desk.set.addresses(), out))?;
    desk.output.write(&marked, |out| roaring::write(flagged, out))
}

/// Where the model of `role` is, of those at `path`.
pub fn model_file(path: &Path, role: Role) -> PathBuf {
    if !path.is_dir() {
        return path.to_path_buf();
    }
    let file = path.join(role.key()).join("model.json");
    if file.exists() { file } else { path.join("model.json") }
}

/// What has changed since the day that was `seen` and `loaded`'s model was fitted to: in the addresses, in
/// those that are `flagged`, and in the `weights` of clusters. Writes changes.csv.
///
/// # Errors
/// When a file cannot be written.
pub fn changes(
    desk: &mut Desk<'_>,
    seen: &Seen,
    loaded: &Loaded,
    flagged: &[u32],
    weights: &[f64],
) -> Result<Changes, WriteError> {
    let pairs = loaded.file.weights.iter().zip(weights).enumerate();
    let weights = pairs.map(|(cluster, (&then, &now))| WeightChange { cluster, then, now });
    let mut file = desk.output.create(&desk.file("changes.csv"))?;
    let ascending = Ascending::new(desk.set.addresses());
    let changes = write_changes(seen, ascending.addresses(), flagged, weights.collect(), &mut file)
        .map_err(|error| file.failed(&error))?;
    desk.output.keep(file)?;
    Ok(changes)
}
