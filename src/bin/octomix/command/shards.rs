//! Shards to be united: as they were written, each once, and what was lost when they were made.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use octomix::input::{Lost, Source, Sources};
use octomix::store::{EarlierShards, Entry, Manifest, folders_of_batch};
use octomix::words::{grouped, shown_path};
use rayon::prelude::*;

use super::Failure;
use super::extract::INTENT;
use crate::console::Console;

/// The kinds of files of which shards are made that are shards themselves.
const SHARDS: [&str; 2] = ["shard", "bitmap"];

/// Checks the shards that were `found`, tells of those that are there twice, and returns what was lost when they were
/// made.
///
/// # Errors
/// When one that was found in a directory is not as it was written, or one was made of another.
pub fn check(found: &Sources, console: &mut Console) -> Result<Lost, Failure> {
    let mut folders: BTreeMap<&Path, Vec<&Source>> = BTreeMap::new();
    for file in &found.files {
        folders.entry(file.path.parent().unwrap_or(Path::new(""))).or_default().push(file);
    }
    let folders = folders.into_par_iter().map(|(path, files)| Folder::read(path, &files));
    let folders = folders.collect::<Result<Vec<_>, Failure>>()?;
    refuse_parts(&folders, found)?;
    warn_of_copies(&folders, console);
    warn_of_left(&folders, console);
    let lost = folders.iter().map(|folder| folder.lost).fold(Lost::default(), Lost::plus);
    if !lost.is_nothing() {
        console.warn(format!("what these shards were made of was not read whole: {lost}"));
    }
    Ok(lost)
}

/// A folder of shards.
struct Folder<'a> {
    path: &'a Path,
    /// What tells its shards from those of other captures, where that is known.
    content: Vec<Entry>,
    /// Shards that they were made of.
    parts: Vec<PathBuf>,
    /// What was lost when they were made.
    lost: Lost,
}

impl<'a> Folder<'a> {
    /// The folder at `path`, of which `files` are to be read.
    fn read(path: &'a Path, files: &[&Source]) -> Result<Self, Failure> {
        let is_read = |name: &str| files.iter().any(|file| file.path.ends_with(name));
        let mut content = Vec::new();
        // Who names a file means it as it is.
        if files.iter().any(|file| !file.is_named)
            && let Some(manifest) = Manifest::of_whole(path)?
        {
            // The summary too: it says what was lost.
            manifest.by(INTENT.by).try_for_each(|entry| entry.check(path))?;
            let shards = manifest.by(INTENT.by).filter(|entry| entry.file != "summary.json");
            content.extend(shards.cloned());
        }
        let made = EarlierShards::of(path).filter(|made| made.files.iter().any(|f| is_read(f)));
        let (parts, lost) = made.map_or_else(Default::default, |made| {
            let parts = made.input.files.into_iter();
            let parts = parts.filter(|part| SHARDS.contains(&part.format.as_str()));
            (parts.map(|part| part.name.into()).collect(), made.input.lost)
        });
        Ok(Self { path, content, parts, lost })
    }
}

/// Tells of folders that lie beside those of a batch, and are no part of it any more.
fn warn_of_left(folders: &[Folder<'_>], console: &mut Console) {
    let mut batches: HashMap<&Path, HashSet<PathBuf>> = HashMap::new();
    let mut left = Vec::new();
    for folder in folders {
        let Some(above) = folder.path.parent() else { continue };
        let of_batch = || folders_of_batch(above).into_iter().flatten().collect();
        let batch = batches.entry(above).or_insert_with(of_batch);
        if !batch.is_empty() && !batch.contains(folder.path) {
            left.push(shown_path(folder.path));
        }
    }
    if let [first, others @ ..] = left.as_slice() {
        let more = match others.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        console.warn(format!(
            "shards count of captures that are not in the index of their batch any more: '{first}'{more}; remove \
             what is not wanted"
        ));
    }
}

/// Fails if any of `folders` was made of what was `found` besides.
fn refuse_parts(folders: &[Folder<'_>], found: &Sources) -> Result<(), Failure> {
    if folders.iter().all(|folder| folder.parts.is_empty()) {
        return Ok(());
    }
    let places = found.files.iter().filter_map(|file| fs::canonicalize(&file.path).ok());
    let places: HashSet<PathBuf> = places.collect();
    let is_found = |part: &&PathBuf| fs::canonicalize(part).is_ok_and(|at| places.contains(&at));
    for Folder { path, parts, .. } in folders {
        if let Some(part) = parts.iter().find(is_found) {
            return Err(Failure::CountedTwice { whole: path.to_path_buf(), part: part.clone() });
        }
    }
    Ok(())
}

/// Tells of folders whose shards are those of others, which may be of captures that happen to be the same.
fn warn_of_copies(folders: &[Folder<'_>], console: &mut Console) {
    let mut firsts: HashMap<Vec<[&str; 2]>, &Path> = HashMap::new();
    let mut copies = Vec::new();
    for Folder { path, content, .. } in folders.iter().filter(|folder| !folder.content.is_empty()) {
        let shards = content.iter().map(|shard| [&*shard.file, &*shard.xxh3]).collect();
        let first = *firsts.entry(shards).or_insert(path);
        if first != *path {
            copies.push(format!("'{}' those of '{}'", shown_path(path), shown_path(first)));
        }
    }
    if let Some(first) = copies.first() {
        let folders = match copies.len() as u64 {
            1 => "a folder has".to_owned(),
            several => format!("{} folders have", grouped(several)),
        };
        console.warn(format!(
            "{folders} the same shards as another, and both count: {first}; leave one out if it is a copy"
        ));
    }
}
