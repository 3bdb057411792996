//! The folders of a batch: that each can be made, what they replace, and those that are no part of it any more.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use octomix::store::{Intent, Manifest, Targets};
use octomix::words::{counted, shown, shown_path};

use super::found::Input;
use super::{INDEX, Setting};
use crate::command::Failure;
use crate::console::Console;

/// Folders that a line names.
const NAMED: usize = 3;

/// Checks that a folder can be made under each of `names`, and that no result there takes the place of one of the
/// `captures`, of a file that an option names, or of a result of another capture.
///
/// # Errors
/// When one cannot, or would.
pub fn check(
    setting: &Setting<'_>,
    intent: Intent<'static>,
    names: &[String],
    captures: &[Input],
) -> Result<(), Failure> {
    let directory = setting.directory;
    let mut targets = Targets::of(directory, INDEX)?;
    for name in names {
        let folder = directory.join(name);
        // A link that leads nowhere is there, too.
        if folder.symlink_metadata().is_ok() && !folder.is_dir() {
            return Err(Failure::NoFolder { path: folder });
        }
        targets.add(&folder, intent)?;
    }
    let found = captures.iter().filter_map(|(_, found)| found.as_ref().ok());
    let inputs = found.flat_map(|sources| &sources.files).map(|source| &*source.path);
    Ok(targets.spare(inputs.chain(setting.spared.iter().copied()))?)
}

/// Tells of names that would be others in another batch.
pub fn tell_of_long(told_apart: &[String], console: &Console) {
    if !told_apart.is_empty() {
        console.note(&format!(
            "captures of one name have folders named by more of their paths: {}",
            some_of(told_apart)
        ));
    }
}

/// The folders in `directory` with results of runs of the kind `by` that are none of `names`.
pub fn left(directory: &Path, by: &str, names: &[String]) -> Vec<String> {
    let names: HashSet<&str> = names.iter().map(String::as_str).collect();
    let holds_results = |folder: &Path| {
        let manifest = Manifest::read(folder).ok().flatten();
        manifest.is_some_and(|manifest| manifest.by(by).next().is_some())
    };
    let folders = fs::read_dir(directory).into_iter().flatten().flatten();
    let left = folders.filter_map(|entry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        (!names.contains(&*name) && holds_results(&entry.path())).then_some(name)
    });
    let mut left: Vec<String> = left.collect();
    left.sort();
    left
}

/// Tells that the folders `left` in `directory` are no part of the batch.
pub fn warn_of_left(directory: &Path, left: &[String], console: &Console) {
    if !left.is_empty() {
        let results = counted(left.len() as u64, "folder", "folders");
        console.notice(&format!(
            "'{}' still holds {results} of captures that are not in this batch, and not in its index: {}; \
             remove what is not wanted",
            shown_path(directory),
            some_of(left)
        ));
    }
}

/// The first of `names`, and how many more there are.
fn some_of(names: &[String]) -> String {
    let named = names.iter().take(NAMED).map(|name| shown(name)).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}
