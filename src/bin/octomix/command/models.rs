//! Models that were fitted before: found in a folder of results, as far as its manifest vouches for them, or named.

use std::path::{Path, PathBuf};

use octomix::input::{PerRole, Role, Roles};
use octomix::store::behaviour;
use octomix::store::model::{Loaded, ModelError};
use octomix::store::seen::{FLAGGED, SEEN};
use octomix::store::{Entry, Manifest};
use octomix::words::shown_path;

use super::Failure;
use super::detect::MODELS;

/// The models at `path`: of a directory both that `octomix fit` wrote, of a file the one, for the roles
/// asked for or else the one that it was fitted to.
///
/// Of a directory with a manifest only what it lists is believed, and only as it was written.
/// What is missing there is told in `doubts`.
///
/// # Errors
/// When a model cannot be read, or is not the one that was written.
pub fn read_models(
    path: &Path,
    asked: Option<Roles>,
    doubts: &mut Vec<String>,
) -> Result<PerRole<Option<Loaded>>, Failure> {
    if !path.is_dir() {
        return Ok(one_model(Loaded::read(path)?, asked));
    }
    let manifest = Manifest::read(path)?;
    if let Some(manifest) = &manifest {
        let is_asked = |folder: &str| {
            asked.is_none_or(|asked| asked.as_slice().iter().any(|role| role.key() == folder))
        };
        let is_wanted = |entry: &&Entry| match entry.file.split_once('/') {
            Some((folder, "model.json" | SEEN | FLAGGED)) => is_asked(folder),
            Some(_) => false,
            None => entry.file == behaviour::SEEN,
        };
        for entry in manifest.by(MODELS).filter(is_wanted) {
            let file = path.join(&entry.file);
            // One that was taken away cannot mislead.
            match file.exists() || entry.file.ends_with("/model.json") {
                true => entry.check(path)?,
                false => doubts
                    .push(format!("'{}' is gone; the model is used without it", shown_path(&file))),
            }
        }
    } else {
        doubts.push(format!(
            "'{}' has no manifest.json, as where a run was killed: its models are used as they are",
            shown_path(path)
        ));
    }
    let of = |role: Role| {
        let wanted = asked.is_none_or(|asked| asked.as_slice().contains(&role));
        let name = format!("{}/model.json", role.key());
        let file = path.join(&name);
        let is_result = match &manifest {
            Some(manifest) => manifest.entry(&name).is_some(),
            None => file.exists(),
        };
        match wanted && (is_result || asked.is_some()) {
            true if manifest.is_some() && !is_result => Err(ModelError::NotOfRun { path: file }),
            true => Loaded::read(&file).map(Some),
            false => Ok(None),
        }
    };
    let (source, destination) = (of(Role::Source)?, of(Role::Destination)?);
    // Not asked, sources and destinations go before what they are together.
    let is_any = source.is_none() && destination.is_none();
    let any = if is_any { of(Role::Any)? } else { None };
    match is_any && any.is_none() {
        // Read it all the same, for the error.
        true => Ok(one_model(Loaded::read(&path.join("model.json"))?, asked)),
        false => Ok(PerRole { source, destination, any }),
    }
}

fn one_model(loaded: Loaded, asked: Option<Roles>) -> PerRole<Option<Loaded>> {
    let roles = asked.unwrap_or(match loaded.file.role.as_str() {
        "dst" => Roles::Destination,
        "any" => Roles::Any,
        _ => Roles::Source,
    });
    let wanted = |role| roles.as_slice().contains(&role).then(|| loaded.clone());
    PerRole::<()>::default().map(|role, ()| wanted(role))
}

/// The one role that there is a model of, if there is but one.
pub fn only_role(models: &PerRole<Option<Loaded>>) -> Option<Roles> {
    let models = models.iter().filter(|(_, model)| model.is_some());
    let mut roles = models.map(|(role, _)| Roles::of(role));
    roles.next().filter(|_| roles.next().is_none())
}

/// Where the model of `role` is, of those at `path`.
pub fn model_file(path: &Path, role: Role) -> PathBuf {
    if !path.is_dir() {
        return path.to_path_buf();
    }
    let file = path.join(role.key()).join("model.json");
    if file.exists() { file } else { path.join("model.json") }
}

/// The folder of results to which the models at `path` belong.
pub fn folder_of(path: &Path) -> Option<PathBuf> {
    if path.is_dir() {
        return Some(path.to_path_buf());
    }
    // A bare name has no parent.
    Some(path.canonicalize().ok()?.parent()?.parent()?.to_path_buf())
}
