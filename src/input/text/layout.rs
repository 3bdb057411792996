//! How the rows below a header are read: by what their cells are divided, and which of them are read.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use crate::behaviour::Counting;
use crate::input::format::Parser;
use crate::input::names;
use crate::input::options::Options;
use crate::input::role::{Role, Roles};
use crate::input::text::cell::parse_cell;
use crate::input::text::columns::{self, Column, Sample};
use crate::input::text::facts::FactColumns;
use crate::input::text::header::Header;

/// The most headers of one file that are remembered, for blocks that begin with the same one.
const MOST_REMEMBERED: usize = 64;

/// A header, and which of its columns are read.
#[derive(Debug)]
pub(crate) struct Layout {
    pub header: Header,
    /// The columns that fill roles.
    pub columns: Vec<Column>,
    /// The columns of the sources and the destinations, whether or not they are asked for.
    pub sides: [Option<usize>; 2],
    /// Whether peers are counted, who may be on a side that is not asked for.
    pub has_peers: bool,
    pub facts: FactColumns,
    /// Whether its one column of addresses fills roles as a list does.
    pub is_list: bool,
    /// Whether its first column has no name, so that rows without it are a cell shorter.
    pub has_row_names: bool,
}

impl Layout {
    /// `sample` is what the columns were chosen by.
    pub fn new(header: Header, columns: Vec<Column>, options: &Options, sample: &Sample) -> Self {
        let facts = FactColumns::of(&header.names, options.needs_facts());
        let sides = columns::sides(&header.names, options, sample);
        let has_peers = options.behaviour != Counting::Off;
        Self { header, columns, sides, has_peers, facts, is_list: false, has_row_names: false }
    }

    pub fn width(&self) -> usize {
        self.header.names.len()
    }

    /// The column that fills `role`.
    pub fn column(&self, role: Role) -> Option<&Column> {
        self.columns.iter().find(|column| column.role == role)
    }

    /// The number of the column of the peers of the other side, if `role` itself is not asked for.
    pub fn peers(&self, role: Role) -> Option<usize> {
        let side = self.sides[usize::from(role == Role::Destination)];
        side.filter(|_| self.has_peers && !self.is_list && self.column(role).is_none())
    }
}

/// Makes the parser of a layout.
pub(crate) type Make = fn(Arc<Layout>, Arc<Headers>) -> Arc<dyn Parser>;

/// The headers of one file. A file that was put together from several has more than one, and they may name
/// the same columns in another order, or others.
pub(crate) struct Headers {
    options: Options,
    make: Make,
    known: Mutex<Vec<Arc<Layout>>>,
}

/// A header further down in a file.
pub(crate) enum Further {
    /// It names the columns that are read already.
    Same,
    /// It names others, which this parser reads.
    Other(Arc<dyn Parser>),
}

impl Headers {
    pub fn new(options: &Options, make: Make) -> Arc<Self> {
        Arc::new(Self { options: options.clone(), make, known: Mutex::default() })
    }

    /// The parser of the rows below the first header.
    pub fn parser(self: &Arc<Self>, layout: Layout) -> Arc<dyn Parser> {
        (self.make)(Arc::new(layout), self.clone())
    }

    /// Whether `name` is that of a column: a known one, or one that the options name.
    pub fn knows(&self, name: &str) -> bool {
        let is_named =
            |role| self.options.column(role).is_some_and(|column| names::is_same(column, name));
        names::is_known(name) || [Role::Source, Role::Destination].into_iter().any(is_named)
    }

    /// The header that the row `line` is, of a file that is read by `layout`.
    #[cold]
    pub fn further(self: &Arc<Self>, line: &[u8], layout: &Layout) -> Option<Further> {
        let header = Header::of(line, &self.options)?;
        if header == layout.header {
            return Some(Further::Same);
        }
        if !header.names_columns(&self.options) {
            return None;
        }
        // A thread that has failed ends the reading.
        let mut known = self.known.lock().ok()?;
        let next = match known.iter().find(|known| known.header == header) {
            Some(layout) => layout.clone(),
            None => {
                let layout = Arc::new(self.next(header, layout));
                if known.len() < MOST_REMEMBERED {
                    known.push(layout.clone());
                }
                layout
            }
        };
        Some(Further::Other((self.make)(next, self.clone())))
    }

    fn next(&self, header: Header, before: &Layout) -> Layout {
        let sample = Sample::default();
        let sides = columns::sides(&header.names, &self.options, &sample);
        let roles = self.options.roles.unwrap_or(Roles::Both);
        let columns = if before.is_list {
            let one = sides.into_iter().flatten().next();
            let roles = before.columns.iter().map(|column| column.role);
            roles.filter_map(|role| Some(Column::of(role, one?, &header.names))).collect()
        } else {
            let of = |&role: &Role| {
                let index = sides[usize::from(role == Role::Destination)]?;
                Some(Column::of(role, index, &header.names))
            };
            roles.sides().iter().filter_map(of).collect()
        };
        Layout { is_list: before.is_list, ..Layout::new(header, columns, &self.options, &sample) }
    }
}

impl Header {
    /// Whether it is sure to be a header: it names two known columns, one of addresses, or one that the
    /// options name, and holds no value.
    pub fn names_columns(&self, options: &Options) -> bool {
        let names = &self.names;
        let is_value = |name: &String| {
            let is_number = name.parse::<f64>().is_ok();
            is_number || parse_cell(name.as_bytes(), options.notation).is_address()
        };
        let named = [Role::Source, Role::Destination].into_iter();
        let mut named = named.filter_map(|role| options.column(role));
        let is_named = named.any(|column| names.iter().any(|name| names::is_same(name, column)));
        let is_address = |name: &String| names::is_address(name);
        let is_known = || {
            // A line of types, IPv4 and IPv4 for example, has one name twice.
            let known: HashSet<_> = names.iter().filter(|name| names::is_known(name)).collect();
            names.iter().any(is_address) && known.len() > 1
        };
        let is_one = || names.len() == 1 && is_address(&names[0]);
        (is_named || is_known() || is_one()) && !names.iter().any(is_value)
    }
}
