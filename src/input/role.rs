//! The sides of a packet, and one value for each of them.

use serde::Deserialize;

use crate::behaviour::Side;

/// The side of a packet on which an address appears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The sender.
    Source,
    /// The receiver.
    Destination,
    /// Either side: all addresses in one set.
    Any,
}

impl Role {
    /// All of them.
    pub const ALL: [Role; 3] = [Role::Source, Role::Destination, Role::Any];

    /// Its option, its short name and its name in messages.
    fn names(self) -> [&'static str; 3] {
        match self {
            Role::Source => ["--src-column", "src", "source"],
            Role::Destination => ["--dst-column", "dst", "destination"],
            Role::Any => ["--src-column and --dst-column", "any", "endpoint"],
        }
    }

    /// The command-line option that names this role's column.
    pub fn option(self) -> &'static str {
        self.names()[0]
    }

    /// The short name, used on the command line and for the folder of results.
    pub fn key(self) -> &'static str {
        self.names()[1]
    }

    /// The heading of what is found for this role.
    pub fn title(self) -> &'static str {
        match self {
            Role::Source => "Sources",
            Role::Destination => "Destinations",
            Role::Any => "Addresses",
        }
    }

    /// `name` in its folder of results, a path below theirs.
    pub fn file(self, name: &str) -> String {
        format!("{}/{name}", self.key())
    }

    /// The side of records on which its addresses are.
    pub fn side(self) -> Side {
        match self {
            Role::Source => Side::Source,
            Role::Destination => Side::Destination,
            Role::Any => Side::Either,
        }
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.names()[2])
    }
}

/// The roles asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Roles {
    /// Sources only.
    Source,
    /// Destinations only.
    Destination,
    /// Sources and destinations, each on its own.
    Both,
    /// Sources and destinations as one set.
    Any,
}

impl Roles {
    /// Just this role.
    pub fn of(role: Role) -> Self {
        match role {
            Role::Source => Roles::Source,
            Role::Destination => Roles::Destination,
            Role::Any => Roles::Any,
        }
    }

    /// The roles filled by a file whose records are single addresses, which belong to neither side.
    pub(crate) fn of_single(asked: Option<Roles>) -> Roles {
        asked.filter(|&roles| roles != Roles::Any).unwrap_or(Roles::Source)
    }

    /// The roles filled by a log whose lines have one address, that of a source.
    pub(crate) fn of_log(asked: Option<Roles>) -> Roles {
        asked.filter(|&roles| roles == Roles::Destination).unwrap_or(Roles::Source)
    }

    /// The sides of a record that fill these roles, source first.
    pub fn sides(self) -> &'static [Role] {
        if self == Roles::Any { Roles::Both.as_slice() } else { self.as_slice() }
    }

    /// The roles asked for, source first.
    pub fn as_slice(self) -> &'static [Role] {
        match self {
            Roles::Source => &[Role::Source],
            Roles::Destination => &[Role::Destination],
            Roles::Both => &[Role::Source, Role::Destination],
            Roles::Any => &[Role::Any],
        }
    }
}

/// One value for each role.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default, bound(deserialize = "T: Default + Deserialize<'de>"))]
pub struct PerRole<T> {
    /// For the sources.
    #[serde(rename = "src")]
    pub source: T,
    /// For the destinations.
    #[serde(rename = "dst")]
    pub destination: T,
    /// For both sides taken as one set.
    pub any: T,
}

impl<T> PerRole<T> {
    /// The value of `role`.
    pub fn get(&self, role: Role) -> &T {
        match role {
            Role::Source => &self.source,
            Role::Destination => &self.destination,
            Role::Any => &self.any,
        }
    }

    /// The value of `role`, to be changed.
    pub fn get_mut(&mut self, role: Role) -> &mut T {
        match role {
            Role::Source => &mut self.source,
            Role::Destination => &mut self.destination,
            Role::Any => &mut self.any,
        }
    }

    /// Each role with its value, in the order of [`Role::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = (Role, &T)> {
        Role::ALL.into_iter().map(|role| (role, self.get(role)))
    }

    /// What `of` makes of each value.
    pub fn map<'a, U>(&'a self, of: impl FnMut(Role, &'a T) -> U) -> PerRole<U> {
        let Self { source, destination, any } = self;
        PerRole { source, destination, any }.into_map(of)
    }

    /// What `of` makes of each value, which it takes.
    pub fn into_map<U>(self, mut of: impl FnMut(Role, T) -> U) -> PerRole<U> {
        PerRole {
            source: of(Role::Source, self.source),
            destination: of(Role::Destination, self.destination),
            any: of(Role::Any, self.any),
        }
    }

    /// Applies `of` to each value, in the order of [`Role::ALL`], until the first error.
    ///
    /// # Errors
    /// The first one that `of` returns.
    pub fn try_map<'a, U, E>(
        &'a self,
        mut of: impl FnMut(Role, &'a T) -> Result<U, E>,
    ) -> Result<PerRole<U>, E> {
        Ok(PerRole {
            source: of(Role::Source, &self.source)?,
            destination: of(Role::Destination, &self.destination)?,
            any: of(Role::Any, &self.any)?,
        })
    }
}

impl<A, B> PerRole<(A, B)> {
    /// The first of each pair, and the second.
    pub fn unzip(self) -> (PerRole<A>, PerRole<B>) {
        let Self { source, destination, any } = self;
        let first = PerRole { source: source.0, destination: destination.0, any: any.0 };
        (first, PerRole { source: source.1, destination: destination.1, any: any.1 })
    }
}
