//! The captures of a batch: which there are, each once, and what was found beside them. Nothing is read here.

use std::collections::HashMap;
use std::path::PathBuf;

use octomix::input::{
    self, Account, Directories, Expanded, Identity, InputError, Repeated, Sources,
};

/// The path of a capture, and the files that it stands for.
pub type Input = (PathBuf, Result<Sources, InputError>);

/// All captures, and what was found beside them.
#[derive(Default)]
pub struct Found {
    /// In the order given.
    pub captures: Vec<Input>,
    /// Where each capture is, by its files.
    places: HashMap<Vec<Identity>, usize>,
    /// What is to be told of the others.
    pub account: Account,
}

impl Found {
    /// Finds all captures: of a pattern each match. A capture that is found again counts once.
    pub fn all(named: &[PathBuf]) -> Self {
        let mut found = Self::default();
        for path in named {
            match input::expand(path) {
                Ok(Expanded { paths, mut passed_over }) => {
                    found.account.passed_over.append(&mut passed_over);
                    paths.into_iter().for_each(|path| found.add(path));
                }
                Err(error) => found.captures.push((path.clone(), Err(error))),
            }
        }
        found
    }

    fn add(&mut self, path: PathBuf) {
        let sources = Sources::find(std::slice::from_ref(&path), Directories::Files);
        if let Ok(sources) = &sources {
            let files: Vec<_> = sources.files.iter().map(|file| file.identity.clone()).collect();
            let earlier = self.places.get(&files).filter(|_| !files.is_empty());
            if let Some((first, _)) = earlier.and_then(|&at| self.captures.get(at)) {
                return self.account.repeated.push(Repeated::new(&path, first));
            }
            self.places.insert(files, self.captures.len());
        }
        self.captures.push((path, sources));
    }
}
