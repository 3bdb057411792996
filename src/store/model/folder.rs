//! Models that were fitted before: found in a folder of results, as far as its manifest vouches for them, or named.

use std::path::{Path, PathBuf};

use super::{Loaded, ModelError};
use crate::input::{PerRole, Role, Roles};
use crate::store::behaviour::{self, Day, DayError};
use crate::store::seen::{FLAGGED, SEEN, Seen};
use crate::store::{Entry, Manifest, Origin};
use crate::words::shown_path;

/// The kind of runs that fit models, in manifests.
pub const BY: &str = "fit";

/// The name of a model's file.
const FILE: &str = "model.json";

/// Models that were fitted before.
#[derive(Debug, Clone)]
pub struct Models {
    path: PathBuf,
    /// The model of each role that there is one of.
    pub loaded: PerRole<Option<Loaded>>,
    /// What is to be told of files that are missing beside them.
    pub doubts: Vec<String>,
}

impl Models {
    /// The models at `path`: of a directory both that `octomix fit` wrote, of a file the one, for the roles `asked` for or
    /// else the one that it was fitted to.
    ///
    /// Of a directory with a manifest only what it lists is believed, and only as it was written.
    ///
    /// # Errors
    /// When a model cannot be read, or is not the one that was written.
    pub fn read(path: &Path, asked: Option<Roles>) -> Result<Self, ModelError> {
        let mut doubts = Vec::new();
        let loaded = match path.is_dir() {
            true => in_folder(path, asked, &mut doubts)?,
            false => one(Loaded::read(path)?, asked),
        };
        Ok(Self { path: path.to_path_buf(), loaded, doubts })
    }

    /// The one role that there is a model of, if there is but one.
    pub fn only_role(&self) -> Option<Roles> {
        let models = self.loaded.iter().filter(|(_, model)| model.is_some());
        let mut roles = models.map(|(role, _)| Roles::of(role));
        roles.next().filter(|_| roles.next().is_none())
    }

    /// The most components that one of them has, at least one.
    pub fn most_components(&self) -> usize {
        let loaded = self.loaded.iter().filter_map(|(_, loaded)| loaded.as_ref());
        loaded.map(|loaded| loaded.file.weights.len()).fold(1, usize::max)
    }

    /// The file of the model of `role`.
    pub fn file(&self, role: Role) -> PathBuf {
        if !self.path.is_dir() {
            return self.path.clone();
        }
        let file = self.path.join(role.file(FILE));
        if file.exists() { file } else { self.path.join(FILE) }
    }

    /// The folder of results to which they belong.
    fn folder(&self) -> Option<PathBuf> {
        if self.path.is_dir() {
            return Some(self.path.clone());
        }
        // A bare name has no parent.
        Some(self.path.canonicalize().ok()?.parent()?.parent()?.to_path_buf())
    }

    /// The run that fitted them, if it is known.
    pub fn origin(&self) -> Option<Origin> {
        Origin::of(&self.folder()?, BY)
    }

    /// What is kept beside them of what addresses did.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn day(&self) -> Result<Option<Day>, DayError> {
        self.folder().map_or(Ok(None), |folder| behaviour::read(&folder.join(behaviour::SEEN)))
    }

    /// What is kept beside the model `loaded` of `role` of the addresses that it was fitted to.
    ///
    /// # Errors
    /// As [`Seen::beside`].
    pub fn seen(&self, role: Role, loaded: &Loaded) -> Result<Seen, ModelError> {
        Seen::beside(&self.file(role), loaded.file.n_addresses)
    }
}

/// The models in the folder `path`. What is missing there is told in `doubts`.
fn in_folder(
    path: &Path,
    asked: Option<Roles>,
    doubts: &mut Vec<String>,
) -> Result<PerRole<Option<Loaded>>, ModelError> {
    let manifest = Manifest::read(path)?;
    if let Some(manifest) = &manifest {
        let is_asked = |folder: &str| {
            asked.is_none_or(|asked| asked.as_slice().iter().any(|role| role.key() == folder))
        };
        let is_wanted = |entry: &&Entry| match entry.file.split_once('/') {
            Some((folder, FILE | SEEN | FLAGGED)) => is_asked(folder),
            Some(_) => false,
            None => entry.file == behaviour::SEEN,
        };
        for entry in manifest.by(BY).filter(is_wanted) {
            let file = path.join(&entry.file);
            // One that was taken away cannot mislead.
            match file.exists() || file.ends_with(FILE) {
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
        let name = role.file(FILE);
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
        true => Ok(one(Loaded::read(&path.join(FILE))?, asked)),
        false => Ok(PerRole { source, destination, any }),
    }
}

fn one(loaded: Loaded, asked: Option<Roles>) -> PerRole<Option<Loaded>> {
    let roles = asked.unwrap_or(match loaded.file.role.as_str() {
        "dst" => Roles::Destination,
        "any" => Roles::Any,
        _ => Roles::Source,
    });
    let wanted = |role| roles.as_slice().contains(&role).then(|| loaded.clone());
    PerRole::<()>::default().map(|role, ()| wanted(role))
}
