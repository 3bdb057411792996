//! What the objects at the start of a file have: where their addresses are, or else which fields there are.

use super::inside::{Found, Inside};
use super::listing;
use super::objects::{Layout, Objects, path};
use super::prefix;
use super::scan::{self, Kind, WantedValues};
use super::tokens::{self, Rest};
use crate::input::names::Field;
use crate::input::options::Notation;

/// The most lines that are looked at.
const MOST_LINES: usize = 200;

/// What the first objects of a file contain.
#[derive(Debug, Default)]
pub struct Sample {
    /// The first path at which a source was found, and its rank.
    pub source: Option<(String, u16)>,
    /// The first path at which a destination was found, and its rank.
    pub destination: Option<(String, u16)>,
    /// Whether a flow or an address was found in a string of an array.
    pub has_flows: bool,
    pub has_lists: bool,
    /// Whether there are arrays of strings in an array, as the rows of a table are: which of their addresses is
    /// the source, they do not say.
    pub has_rows: bool,
    /// Strings that may be lines of a log.
    pub lines: Vec<Vec<u8>>,
    /// The paths of the first object that has any.
    pub fields: Vec<String>,
}

impl Sample {
    /// Looks at the objects in `head`.
    pub fn of(objects: &Objects, head: &[u8], notation: Notation) -> Self {
        let mut sample = Sample::default();
        match objects.layout {
            Layout::Lines => {
                for line in head.split(|&byte| byte == b'\n') {
                    let line = &line[tokens::separators(line)..];
                    let start =
                        if line.starts_with(b"{") { Some(0) } else { prefix::object_start(line) };
                    if let Some(start) = start
                        && sample.object(objects, &line[start..], notation)
                    {
                        break;
                    }
                }
            }
            Layout::Forest => {
                let mut at = 0;
                // Of each open object or array, whether it is an array within an array.
                let mut open = Vec::new();
                while let Some(token) = tokens::next(head, at, Rest::Nothing) {
                    at = token.end;
                    match token.kind {
                        tokens::Kind::Open => {
                            open.push(!open.is_empty() && head[token.start] == b'[');
                        }
                        tokens::Kind::Close => drop(open.pop()),
                        _ => {}
                    }
                    let value = match token.kind {
                        tokens::Kind::Element
                            if head[token.start] == b'"' && open.last() == Some(&true) =>
                        {
                            sample.has_rows = true;
                            continue;
                        }
                        tokens::Kind::Element => token.start,
                        tokens::Kind::Member(value) => value,
                        _ => continue,
                    };
                    if sample.element(objects, &head[value..at], token.kind, notation) {
                        break;
                    }
                }
                if sample.fields.is_empty() {
                    sample.fields = listing::fields(&head[tokens::separators(head)..]);
                }
            }
        }
        sample
    }

    /// Looks at a value; returns whether enough is known.
    fn element(
        &mut self,
        objects: &Objects,
        value: &[u8],
        kind: tokens::Kind,
        notation: Notation,
    ) -> bool {
        match (value.first(), kind) {
            (Some(b'{'), tokens::Kind::Element) => self.object(objects, value, notation),
            (Some(b'"'), tokens::Kind::Element) => {
                self.inside(objects, notation, |inside| inside.text(value, 0))
            }
            _ => self.inside(objects, notation, |inside| inside.search(value, 0)),
        }
    }

    /// Looks at the object that `text` begins with; returns whether enough is known.
    fn object(&mut self, objects: &Objects, text: &[u8], notation: Notation) -> bool {
        let mut found = scan::NONE_FOUND;
        if scan::object(&objects.paths, text, 0, &mut found).is_err() {
            return false;
        }
        if self.fields.is_empty() {
            self.fields = listing::fields(text);
        }
        self.take(objects, text, 0, &found);
        if self.source.is_none() && self.destination.is_none() {
            self.inside(objects, notation, |inside| inside.search(text, 0));
        }
        self.is_done()
    }

    /// Whether neither addresses nor flows were found.
    pub fn is_empty(&self) -> bool {
        let has_address = self.source.is_some() || self.destination.is_some();
        !(has_address || self.has_flows || self.has_lists)
    }

    fn is_done(&self) -> bool {
        self.has_flows || self.source.is_some() && self.destination.is_some()
    }

    fn inside(
        &mut self,
        objects: &Objects,
        notation: Notation,
        look: impl FnOnce(&mut Inside<'_>) -> bool,
    ) -> bool {
        let mut sink = |_: usize, what: Found<'_>| {
            match what {
                Found::Object(text, start, found) => self.take(objects, text, start, found),
                Found::Flow(_) => self.has_flows = true,
                Found::Listed(_) => self.has_lists = true,
                Found::Line(line) => {
                    if self.lines.len() < MOST_LINES {
                        self.lines.push(line.to_vec());
                    }
                    return false;
                }
                Found::Other => {}
            }
            true
        };
        let paths = &*objects.paths;
        look(&mut Inside {
            paths,
            notation,
            has_flows: objects.has_flows,
            has_lists: true,
            has_lines: true,
            sink: &mut sink,
        });
        self.is_done()
    }

    /// Takes note of the paths of the object at `start` of `text`.
    fn take(&mut self, objects: &Objects, text: &[u8], start: usize, found: &WantedValues) {
        let path = |slot, paths| {
            let value = found[slot as usize];
            if value.kind == Kind::Absent {
                return None;
            }
            let in_object = listing::path_to(&text[start..], value.start - start);
            Some((in_object.or_else(|| path(paths, value.rank))?, value.rank))
        };
        self.source = self.source.take().or_else(|| path(Field::Source, &objects.sources));
        self.destination =
            self.destination.take().or_else(|| path(Field::Destination, &objects.destinations));
    }
}
