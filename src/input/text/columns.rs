//! Which columns of a table hold the addresses: those that the options name, or else known ones.

use std::collections::HashSet;

use crate::input::account::Format;
use crate::input::error::InputError;
use crate::input::message::excerpt;
use crate::input::names::{self, Field};
use crate::input::options::Options;
use crate::input::record::Cell;
use crate::input::role::{Role, Roles};
use crate::input::warning::Warning;

/// A column to read.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) role: Role,
    pub(crate) index: usize,
    pub(crate) name: String,
}

impl Column {
    /// The column `index` of `header`, which must have it.
    pub fn of(role: Role, index: usize, header: &[String]) -> Self {
        Self { role, index, name: header[index].clone() }
    }
}

/// The first rows of a table, which tell a column of addresses from one of names.
#[derive(Debug, Default)]
pub(crate) struct Sample(pub Vec<Vec<Cell>>);

impl Sample {
    /// Whether `column` has values and none of them is an address.
    fn refutes(&self, column: usize) -> bool {
        let cells = self.0.iter().filter_map(|row| row.get(column));
        let mut cells = cells.filter(|&&cell| cell != Cell::Missing).peekable();
        cells.peek().is_some() && cells.all(|&cell| cell == Cell::Malformed)
    }
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
    choose_by(header, options, file, &Sample::default())
}

/// Chooses as [`choose`] does, but leaves out known columns that `sample` shows to hold something else.
///
/// # Errors
/// The same.
pub(crate) fn choose_by(
    header: &[String],
    options: &Options,
    file: &str,
    sample: &Sample,
) -> Result<(Vec<Column>, Vec<Warning>), InputError> {
    let roles = options.roles.unwrap_or(Roles::Both);
    let mut columns = Vec::new();
    let mut warnings = Vec::new();
    let known = Known::of(header, sample);
    for &role in roles.sides() {
        let index = match options.column(role) {
            Some(name) => Some(find(header, name).ok_or_else(|| InputError::ColumnNotFound {
                name: file.to_owned(),
                column: name.to_owned(),
                role,
                columns: header.to_vec(),
            })?),
            None => {
                let candidates = known.candidates(role, header, options);
                if let Some((&taken, others @ [_, ..])) = candidates.split_first() {
                    warnings.push(Warning::SeveralColumns {
                        role,
                        taken: header[taken].clone(),
                        others: others.iter().map(|&at| header[at].clone()).collect(),
                    });
                }
                candidates.first().copied()
            }
        };
        match index {
            Some(index) => columns.push(Column::of(role, index, header)),
            None => warnings.push(Warning::NoColumn { role }),
        }
    }
    if columns.is_empty() && is_prose(header) {
        let (name, line) = (file.to_owned(), excerpt(header[0].as_bytes()));
        return Err(InputError::UnknownText { name, line });
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

/// Whether `header` is a line of a text rather than one of names.
fn is_prose(header: &[String]) -> bool {
    /// The most words of the name of a column, and the most characters.
    const WORDS: usize = 6;
    const LENGTH: usize = 80;
    let is_long = |name: &String| name.len() > LENGTH || name.split(' ').count() > WORDS;
    header.iter().any(is_long)
}

/// The columns of the sources and the destinations, whatever roles are asked for.
pub(crate) fn sides(header: &[String], options: &Options, sample: &Sample) -> [Option<usize>; 2] {
    let known = Known::of(header, sample);
    [Role::Source, Role::Destination].map(|role| match options.column(role) {
        Some(name) => find(header, name),
        None => known.candidates(role, header, options).first().copied(),
    })
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

/// The column that an option names: by its name, or by its number from 1.
fn find(header: &[String], name: &str) -> Option<usize> {
    let exact = header.iter().position(|column| column == name);
    let same = || header.iter().position(|column| names::is_same(column, name));
    let number = || number(name).filter(|&at| at < header.len());
    exact.or_else(same).or_else(number)
}

/// The column that `name` numbers from 1.
fn number(name: &str) -> Option<usize> {
    name.trim().parse::<usize>().ok()?.checked_sub(1)
}

/// Whether the options name columns, and all of them by their numbers.
pub(crate) fn are_numbered(options: &Options) -> bool {
    let named = [Role::Source, Role::Destination].into_iter();
    let mut named = named.filter_map(|role| options.column(role)).peekable();
    named.peek().is_some() && named.all(|name| number(name).is_some())
}

/// Names that may as well be those of a host, a file or a port.
const WORDS: [&str; 5] = ["source", "destination", "src", "dst", "dest"];

/// The known columns of a header.
struct Known {
    /// Those of a source and a destination that are written together, the preferred ones first.
    pairs: Vec<(usize, usize)>,
    /// Those of a source, and those of a destination.
    sources: Vec<usize>,
    destinations: Vec<usize>,
}

impl Known {
    /// Columns that `sample` refutes are left out if there are others.
    fn of(header: &[String], sample: &Sample) -> Self {
        let folded: Vec<String> = header.iter().map(|name| names::fold(name)).collect();
        let all = |name: Option<&'static str>| -> Vec<usize> {
            let Some(name) = name.map(names::fold) else { return Vec::new() };
            (0..folded.len()).filter(|&at| folded[at] == name).collect()
        };
        let (mut pairs, mut sources, mut destinations) = (Vec::new(), Vec::new(), Vec::new());
        for (source, destination) in names::pairs(Field::Source) {
            let (of_source, of_destination) = (all(source), all(destination));
            let both = of_source.iter().flat_map(|&source| {
                of_destination.iter().map(move |&destination| (source, destination))
            });
            pairs.extend(both.take(header.len()));
            sources.extend(of_source);
            destinations.extend(of_destination);
        }
        let is_sound = |&at: &usize| !sample.refutes(at);
        if sources.iter().chain(&destinations).any(is_sound) {
            pairs.retain(|(source, destination)| is_sound(source) && is_sound(destination));
        }
        for side in [&mut sources, &mut destinations] {
            if side.iter().any(is_sound) {
                side.retain(is_sound);
            }
        }
        Self { pairs, sources, destinations }
    }

    /// The columns that may hold `role`, the preferred one first. Whole pairs come first: a source and a
    /// destination that were written together belong together. Beside them a mere word does not count, and
    /// without them no column that an option names for the other role.
    fn candidates(&self, role: Role, header: &[String], options: &Options) -> Vec<usize> {
        let is_destination = role == Role::Destination;
        let of_pairs = self.pairs.iter();
        let mut candidates: Vec<usize> =
            of_pairs.map(|pair| if is_destination { pair.1 } else { pair.0 }).collect();
        let is_word = |at: &usize| WORDS.contains(&names::fold(&header[*at]).as_str());
        let has_pairs = !candidates.is_empty();
        let alone = if is_destination { &self.destinations } else { &self.sources };
        let other = if is_destination { Role::Source } else { Role::Destination };
        let taken = options.column(other).and_then(|name| find(header, name));
        let is_free = |at: &usize| if has_pairs { !is_word(at) } else { taken != Some(*at) };
        candidates.extend(alone.iter().copied().filter(is_free));
        let mut seen = HashSet::new();
        candidates.retain(|&at| seen.insert(at));
        candidates
    }
}
