//! The page of a batch: a row for each capture, with a link to its own page.

use std::io::{self, Write};

use askama::Template;

use super::frame::Invocation;
use super::shell::{FILE, Shell};
use crate::input::Role;
use crate::report::summary::Shared;
use crate::report::summary::index::{Entry, Index, Status};
use crate::report::text::index;
use crate::words::{counted, duration};

/// Writes the page of the batch that `index` tells of.
///
/// # Errors
/// When `out` fails.
pub fn write_batch(index: &Index, invocation: &Invocation, out: &mut dyn Write) -> io::Result<()> {
    let heading = counted(index.captures.len() as u64, "capture", "captures");
    let page = BatchPage { shell: Shell::new(heading), index, invocation, roles: index.roles() };
    page.write_into(&mut &mut *out).map_err(io::Error::other)
}

#[derive(Template)]
#[template(path = "batch.html")]
struct BatchPage<'a> {
    shell: Shell,
    index: &'a Index,
    invocation: &'a Invocation,
    /// The roles that have columns.
    roles: Vec<Role>,
}

impl BatchPage<'_> {
    fn ends(&self) -> String {
        index::ends(self.index)
    }

    fn verdict(&self) -> Vec<String> {
        index::verdict(self.index)
    }

    /// The page of a capture, unless it failed.
    fn link(&self, entry: &Entry) -> Option<String> {
        (entry.status != Status::Failed).then(|| format!("{}/{FILE}", entry.name))
    }

    fn titles(&self) -> impl Iterator<Item = &'static str> {
        self.roles.iter().map(|role| role.title())
    }

    /// The columns after those of the name and the input.
    fn columns(&self) -> usize {
        3 * self.roles.len() + usize::from(self.has_lost()) + 2
    }

    /// The figures of each role, one after another.
    fn figures(&self, entry: &Entry) -> Vec<String> {
        self.roles.iter().flat_map(|&role| index::figures(entry, role)).collect()
    }

    fn has_lost(&self) -> bool {
        !self.index.lost().is_nothing()
    }

    fn lost(&self, entry: &Entry) -> String {
        index::lost(entry)
    }

    fn look_first(&self, entry: &Entry, lead: Option<&Shared>) -> String {
        index::look_first(entry, lead)
    }

    fn took(&self) -> String {
        duration(self.index.seconds)
    }

    fn time(&self, entry: &Entry) -> String {
        entry.seconds.map_or(String::new(), duration)
    }
}
