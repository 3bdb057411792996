//! What to read, and how.

use std::sync::Arc;

use crate::address::Blocks;
use crate::input::filter::Filter;
use crate::input::message::printable;
use crate::input::role::{Role, Roles};
use crate::input::warning::Warning;

/// What to read from the files.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The roles to fill. Not said, a CSV fills both and a list, which knows no roles, the source.
    pub roles: Option<Roles>,
    /// The CSV column of the sources, in place of the known names.
    pub source_column: Option<String>,
    /// The CSV column of the destinations, in place of the known names.
    pub destination_column: Option<String>,
    /// Which IPv4 header counts of a packet that carries others.
    pub tunnels: Tunnels,
    /// Whether damage, cut ends and malformed cells are errors.
    pub strict: bool,
    /// Which records count.
    pub filter: Option<Filter>,
    /// The blocks that an address must be in to count.
    pub only: Option<Arc<Blocks>>,
    /// The blocks whose addresses do not count.
    pub exclude: Option<Arc<Blocks>>,
    /// Whether to note when each address was first and last seen.
    pub times: bool,
    /// What a directory stands for.
    pub directories: Directories,
}

impl Options {
    /// Whether any option asks for protocols, ports or times.
    pub(crate) fn needs_facts(&self) -> bool {
        self.times || self.filter.as_ref().is_some_and(Filter::needs_facts)
    }

    pub(crate) fn names_no_column(&self) -> bool {
        self.source_column.is_none() && self.destination_column.is_none()
    }

    /// The column named for `role`, if one is.
    pub fn column(&self, role: Role) -> Option<&str> {
        match role {
            Role::Source => self.source_column.as_deref(),
            Role::Destination => self.destination_column.as_deref(),
            Role::Any => None,
        }
    }

    /// What to warn of in a format without columns: those that are named.
    pub(crate) fn unused_columns(&self) -> Vec<Warning> {
        let named = |role| {
            let column = printable(self.column(role)?);
            Some(Warning::UnusedColumn { role, column })
        };
        [Role::Source, Role::Destination].into_iter().filter_map(named).collect()
    }
}

/// Which IPv4 header counts of a packet that carries others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tunnels {
    /// The outermost.
    #[default]
    Outer,
    /// The innermost: that of a packet within a tunnel.
    Inner,
}

/// What a directory stands for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Directories {
    /// Nothing: it is a mistake.
    #[default]
    Refused,
    /// All files in it and below; of a folder that octomix extract wrote its shards.
    Files,
    /// All shards in it and below.
    Shards,
}
