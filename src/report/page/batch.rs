//! The page of a batch: a row a capture, each with a link to the page of its own.

use std::io::{self, Write};

use askama::Template;
use indicatif::HumanCount;

use super::FILE;
use super::frame::About;
use super::shell::Shell;
use crate::input::Role;
use crate::report::index::{Entry, Index, Status};
use crate::report::text::{counted, duration, title};

/// Writes the page of a batch: of its `index`.
///
/// # Errors
/// When `out` fails.
pub fn write_batch(index: &Index, about: &About, out: &mut dyn Write) -> io::Result<()> {
    let heading = counted(index.captures.len() as u64, "capture", "captures");
    let page = Page { shell: Shell::new(heading), index, about, roles: index.roles() };
    page.write_into(&mut &mut *out).map_err(io::Error::other)
}

#[derive(Template)]
#[template(path = "batch.html")]
struct Page<'a> {
    shell: Shell,
    index: &'a Index,
    about: &'a About,
    /// Those that have columns.
    roles: Vec<Role>,
}

impl Page<'_> {
    /// How many captures ended how, in words.
    fn ends(&self) -> String {
        let of = |status| HumanCount(self.index.count(status) as u64);
        let (ok, skipped, failed) = (of(Status::Ok), of(Status::Skipped), of(Status::Failed));
        format!("{ok} done, {skipped} finished before, {failed} failed")
    }

    /// The page of a capture, unless it has none.
    fn link(&self, entry: &Entry) -> Option<String> {
        (entry.status != Status::Failed).then(|| format!("{}/{FILE}", entry.name))
    }

    fn titles(&self) -> impl Iterator<Item = &'static str> {
        self.roles.iter().map(|&role| title(role))
    }

    /// Addresses, clusters and flagged addresses of each role; nothing of one that was not looked at.
    fn figures(&self, entry: &Entry) -> Vec<String> {
        let of = |&role: &Role| match entry.role(role) {
            Some(found) => [found.addresses, found.clusters, found.anomalies]
                .map(|count| HumanCount(count as u64).to_string()),
            None => [const { String::new() }; 3],
        };
        self.roles.iter().flat_map(of).collect()
    }

    fn took(&self) -> String {
        duration(self.index.seconds)
    }

    fn time(&self, entry: &Entry) -> String {
        entry.seconds.map_or(String::new(), duration)
    }
}
