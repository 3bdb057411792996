//! What to read, and how.

use std::sync::Arc;

use crate::address::Blocks;
use crate::behaviour::Counting;
use crate::input::filter::Filter;

use crate::input::role::{Role, Roles};
use crate::input::text::preset::Preset;
use crate::input::warning::Warning;
use crate::words::shown;

/// What to read from the files.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The roles to fill. By default a table fills both, and a list, which has no roles, fills the source.
    pub roles: Option<Roles>,
    /// The column of the sources, instead of the known names.
    pub source_column: Option<String>,
    /// The column of the destinations, instead of the known names.
    pub destination_column: Option<String>,
    /// Which IPv4 header counts in a packet that carries others.
    pub tunnels: Tunnels,
    /// Whether damage, truncation and malformed cells are errors.
    pub strict: bool,
    /// The columns of a table without a header.
    pub layout: Option<&'static Preset>,
    /// How addresses and times may be written.
    pub notation: Notation,
    /// Which records count.
    pub filter: Option<Filter>,
    /// Only addresses in these blocks count.
    pub only: Option<Arc<Blocks>>,
    /// Addresses in these blocks do not count.
    pub exclude: Option<Arc<Blocks>>,
    /// Whether to record when each address was first and last seen.
    pub times: bool,
    /// Whether to count what addresses do.
    pub behaviour: Counting,
    /// What a directory stands for.
    pub directories: Directories,
}

impl Options {
    /// Whether any option needs protocols, ports or times.
    pub(crate) fn needs_facts(&self) -> bool {
        self.times
            || self.behaviour != Counting::Off
            || self.filter.as_ref().is_some_and(Filter::needs_facts)
    }

    pub(crate) fn names_no_column(&self) -> bool {
        self.source_column.is_none() && self.destination_column.is_none()
    }

    /// The column named for `role`, if any.
    pub fn column(&self, role: Role) -> Option<&str> {
        match role {
            Role::Source => self.source_column.as_deref(),
            Role::Destination => self.destination_column.as_deref(),
            Role::Any => None,
        }
    }

    /// The warnings about columns that are named for a format without columns.
    pub(crate) fn unused_columns(&self) -> Vec<Warning> {
        let named = |role| {
            let column = shown(self.column(role)?);
            Some(Warning::UnusedColumn { role, column })
        };
        [Role::Source, Role::Destination].into_iter().filter_map(named).collect()
    }
}

/// How addresses and times may be written, besides the notations that are clear by themselves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Notation {
    /// Whether a whole number below 2^32 is an address: 3232235777 is 192.168.1.1.
    pub integers: bool,
    /// Whether octets may be padded with zeros, and are decimal: 010.001.001.147 is 10.1.1.147.
    pub zero_padded: bool,
    /// Whether the day comes first in dates such as 05/07/2017, where both may be a month.
    pub day_first: bool,
    /// Whether the month comes first in such dates.
    pub month_first: bool,
    /// The year of times that name none, as syslog's do.
    pub year: Option<i16>,
}

/// Which IPv4 header counts in a packet that carries others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tunnels {
    /// The outermost.
    #[default]
    Outer,
    /// The innermost: the header of the packet inside a tunnel.
    Inner,
}

/// What a directory stands for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Directories {
    /// Nothing: naming one is an error.
    #[default]
    Refused,
    /// All files in it and below; for a folder that octomix extract wrote, its shards.
    Files,
    /// All shards in it and below.
    Shards,
}
