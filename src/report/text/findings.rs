//! What any run found for a role, as text can show it.

use std::io::{self, Write};
use std::path::Path;

use super::scatter::Scatter;
use crate::input::Role;
use crate::report::summary::RoleSeconds;

/// How a summary is laid out.
#[derive(Debug, Clone, Copy)]
pub struct Layout<'a> {
    /// The directory of the files that hold what is left out.
    pub output: &'a Path,
    /// The columns of the terminal.
    pub width: usize,
    /// A picture of the role's addresses, if one was asked for.
    pub picture: Option<&'a Scatter>,
}

/// What was found for a role, for people to read.
pub trait Findings {
    /// Writes it as `layout` says.
    ///
    /// # Errors
    /// When `out` fails.
    fn write(&self, role: Role, layout: &Layout<'_>, out: &mut dyn Write) -> io::Result<()>;

    /// How long it took.
    fn seconds(&self) -> RoleSeconds;
}
