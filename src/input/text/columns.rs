//! Which columns of a table hold the addresses: those that the options name, or else known ones.

use std::collections::HashSet;

use crate::input::account::Format;
use crate::input::error::InputError;
use crate::input::names::{self, Field};
use crate::input::options::Options;
use crate::input::role::{Role, Roles};
use crate::input::warning::Warning;

/// A column to read.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) role: Role,
    pub(crate) index: usize,
    pub(crate) name: String,
}

/// Chooses the columns for the roles that the options ask for, and says what to warn of. `header` must be
/// safe to display.
///
/// # Errors
///
/// A named column that does not exist, or no column for any role.
pub(crate) fn choose(
    header: &[String],
    options: &Options,
    file: &str,
) -> Result<(Vec<Column>, Vec<Warning>), InputError> {
    let roles = options.roles.unwrap_or(Roles::Both);
    let mut columns = Vec::new();
    let mut warnings = Vec::new();
    for &role in roles.sides() {
        let index = match options.column(role) {
            Some(name) => Some(find(header, name).ok_or_else(|| InputError::ColumnNotFound {
                name: file.to_owned(),
                column: name.to_owned(),
                role,
                columns: header.to_vec(),
            })?),
            None => guess(header, role, &mut warnings),
        };
        match index {
            Some(index) => columns.push(Column { role, index, name: header[index].clone() }),
            None => warnings.push(Warning::NoColumn { role }),
        }
    }
    if columns.is_empty() {
        return Err(InputError::NoKnownColumn {
            name: file.to_owned(),
            roles,
            columns: header.to_vec(),
        });
    }
    Ok((columns, warnings))
}

/// Describes `columns` for the account, with the roles that they fill.
pub(crate) fn described(name: &'static str, columns: &[Column]) -> (Format, Roles) {
    let name_of = |role| {
        let column = columns.iter().find(|column| column.role == role);
        column.map(|column| column.name.clone())
    };
    let (source, destination) = (name_of(Role::Source), name_of(Role::Destination));
    let roles = match (&source, &destination) {
        (_, None) => Roles::Source,
        (None, _) => Roles::Destination,
        _ => Roles::Both,
    };
    let record = ["row", "rows"];
    (Format { name, record, has_roles: true, source, destination }, roles)
}

fn find(header: &[String], name: &str) -> Option<usize> {
    let exact = header.iter().position(|column| column == name);
    exact.or_else(|| header.iter().position(|column| names::is_same(column, name)))
}

/// The preferred known column of `role`. It comes from the first known pair of which both columns exist, if
/// there is one: a source and a destination that were written together belong together.
fn guess(header: &[String], role: Role, warnings: &mut Vec<Warning>) -> Option<usize> {
    let of_role = |(source, destination): names::Pair| match role {
        Role::Destination => destination,
        Role::Source | Role::Any => source,
    };
    let all =
        |name: &'static str| (0..header.len()).filter(move |&at| names::is_same(&header[at], name));
    let is_whole = |&(source, destination): &names::Pair| {
        [source, destination].iter().all(|name| name.is_some_and(|name| all(name).next().is_some()))
    };
    let pairs = || names::pairs(Field::Source);
    let of = |pair| of_role(pair).into_iter().flat_map(all);
    let mut candidates: Vec<usize> = pairs().filter(is_whole).flat_map(of).collect();
    if candidates.is_empty() {
        candidates.extend(pairs().flat_map(of));
    }
    let mut seen = HashSet::new();
    candidates.retain(|&at| seen.insert(at));
    let (&taken, others) = candidates.split_first()?;
    if !others.is_empty() {
        warnings.push(Warning::SeveralColumns {
            role,
            taken: header[taken].clone(),
            others: others.iter().map(|&at| header[at].clone()).collect(),
        });
    }
    Some(taken)
}
