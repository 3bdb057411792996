//! Records inside an object that is none itself: in its arrays, at any depth, in its strings, and in the rows
//! of a table that is written as arrays.
//!
//! Tools put records into arrays (`hits.hits`, `records`, `entries`), and collectors put the line of a log,
//! with its escapes, into a field of their own. An object that is a field of another one is not taken for a
//! record: its addresses say something about the other one.

use memchr::memchr;

use super::paths::Paths;
use super::prefix;
use super::scan::{self, WantedValues};
use super::strings::unescaped;
use super::syntax::{Cursor, Text};
use super::value::cells;
use super::{table, tuple};
use crate::input::options::Notation;
use crate::input::record::Record;
use crate::input::text::cell::parse_cell;
use crate::input::text::log::embedded::may_hold;

/// How often a string may hold an object that has such a string.
const MOST_EMBEDDED: u32 = 4;

/// What is found inside an object.
pub enum Found<'f> {
    /// An object with addresses: the text it stands in, where, and its values.
    Object(&'f [u8], usize, &'f WantedValues),
    /// A flow that is written as a string.
    Flow(Record),
    /// A string of an array of addresses.
    Listed(&'f [u8]),
    /// A string that may be the line of a log.
    Line(&'f [u8]),
    /// An element without addresses beside records.
    Other,
}

/// What to look for, and where to put it.
pub struct Inside<'s> {
    pub paths: &'s Paths,
    pub notation: Notation,
    /// Whether flows in strings count.
    pub has_flows: bool,
    /// Whether arrays of addresses count.
    pub has_lists: bool,
    /// Whether lines of logs count.
    pub has_lines: bool,
    /// Takes what is found, and where in the outermost text; returns whether it is a record.
    pub sink: &'s mut dyn FnMut(usize, Found<'_>) -> bool,
}

impl Inside<'_> {
    /// Looks into the sound object or array at `start`; returns whether anything was found.
    pub fn search(&mut self, bytes: &[u8], start: usize) -> bool {
        Search { inside: self, outer: None, embedded: 0 }
            .value(&mut Cursor { bytes, at: start })
            .unwrap_or(false)
    }

    /// Takes the string at `start`, an element of an array; returns whether it is a flow, or an address that
    /// counts.
    pub fn text(&mut self, bytes: &[u8], start: usize) -> bool {
        let mut search = Search { inside: self, outer: None, embedded: 0 };
        let text = Cursor { bytes, at: start }.string();
        text.is_some_and(|text| search.element(bytes, text) == Some(Listed::Yes))
    }
}

struct Search<'i, 's> {
    inside: &'i mut Inside<'s>,
    /// Where the string that is looked into stands in the outermost text.
    outer: Option<usize>,
    embedded: u32,
}

/// Whether an element is one of a list.
#[derive(PartialEq, Eq)]
enum Listed {
    Yes,
    /// Only if others in the same array are.
    Maybe,
}

impl Search<'_, '_> {
    fn tell(&mut self, at: usize, found: Found<'_>) -> bool {
        (self.inside.sink)(self.outer.unwrap_or(at), found)
    }

    /// Looks into the value at `cursor`, and moves behind it. Nothing is found in what is no JSON.
    fn value(&mut self, cursor: &mut Cursor<'_>) -> Option<bool> {
        match cursor.peek()? {
            b'{' => self.object(cursor),
            b'[' => self.array(cursor),
            b'"' => {
                let text = cursor.string()?;
                Some(text.is_escaped && self.text(cursor.bytes, text))
            }
            _ => cursor.skip_value(0).map(|()| false),
        }
    }

    fn object(&mut self, cursor: &mut Cursor<'_>) -> Option<bool> {
        let (mut is_any, mut is_line) = (false, false);
        let (mut columns, mut rows) = (None, None);
        let bytes = cursor.bytes;
        let mut has_more = cursor.open(b'{', b'}')?;
        while has_more {
            let name = cursor.name()?;
            let name = str::from_utf8(&bytes[name.start..name.end]).unwrap_or_default();
            let (start, first) = (cursor.at, cursor.peek()?);
            let is_found = self.value(cursor)?;
            is_any |= is_found;
            match first {
                b'"' if self.inside.has_lines && !is_found && !is_line && may_hold(name) => {
                    let raw = &bytes[start + 1..cursor.at - 1];
                    is_line = self.tell(start, Found::Line(&unescaped(raw)));
                }
                b'[' if table::is_columns(name) => columns = Some(start),
                b'[' if table::is_rows(name) => rows = Some(start),
                _ => {}
            }
            has_more = cursor.more(b'}')?;
        }
        if let (false, Some(columns), Some(rows)) = (is_any, columns, rows) {
            is_any = self.table(bytes, columns, rows).unwrap_or(false);
        }
        Some(is_any || is_line)
    }

    /// Takes the rows at `rows` of the table whose columns are named at `columns`.
    fn table(&mut self, bytes: &[u8], columns: usize, rows: usize) -> Option<bool> {
        let names = table::names(bytes, columns)?;
        let (mut is_any, mut others) = (false, Vec::new());
        let mut cursor = Cursor { bytes, at: rows };
        let mut has_more = cursor.open(b'[', b']')?;
        while has_more {
            let start = cursor.at;
            let object = table::object(&names, &mut cursor)?;
            let mut found = scan::NONE_FOUND;
            scan::object(self.inside.paths, &object, 0, &mut found).ok()?;
            if cells(&object, &found, self.inside.notation).iter().any(|cell| cell.is_address()) {
                is_any = true;
                self.tell(start, Found::Object(&object, 0, &found));
            } else {
                others.push(start);
            }
            has_more = cursor.more(b']')?;
        }
        for start in others.into_iter().filter(|_| is_any) {
            self.tell(start, Found::Other);
        }
        Some(is_any)
    }

    fn array(&mut self, cursor: &mut Cursor<'_>) -> Option<bool> {
        let (mut is_any, mut others) = (false, Vec::new());
        let (mut is_list, mut maybe) = (false, Vec::new());
        let mut has_more = cursor.open(b'[', b']')?;
        while has_more {
            let start = cursor.at;
            match cursor.peek()? {
                b'{' => match self.record(cursor)? || self.object(cursor)? {
                    true => is_any = true,
                    false => others.push(start),
                },
                b'"' => {
                    let text = cursor.string()?;
                    match self.element(cursor.bytes, text) {
                        Some(Listed::Yes) => is_list = true,
                        Some(Listed::Maybe) => maybe.push(text),
                        None => {}
                    }
                }
                b'[' => {
                    // A row of a table: which of its addresses is the source, it does not say.
                    let has_lists = std::mem::replace(&mut self.inside.has_lists, false);
                    let found = self.array(cursor);
                    self.inside.has_lists = has_lists;
                    is_any |= found?;
                }
                _ => is_any |= self.value(cursor)?,
            }
            has_more = cursor.more(b']')?;
        }
        for text in maybe.into_iter().filter(|_| is_list) {
            let raw = &cursor.bytes[text.start..text.end];
            self.tell(text.start, Found::Listed(&unescaped(raw)));
        }
        for start in others.into_iter().filter(|_| is_any) {
            self.tell(start, Found::Other);
        }
        Some(is_any || is_list)
    }

    /// Takes the object at `cursor` if it has addresses.
    fn record(&mut self, cursor: &mut Cursor<'_>) -> Option<bool> {
        let (bytes, start) = (cursor.bytes, cursor.at);
        let mut found = scan::NONE_FOUND;
        let end = scan::object(self.inside.paths, bytes, start, &mut found).ok()?;
        let cells = cells(bytes, &found, self.inside.notation);
        let is_record = cells.iter().any(|cell| cell.is_address());
        if is_record {
            cursor.at = end;
            self.tell(start, Found::Object(bytes, start, &found));
        }
        Some(is_record)
    }

    /// Takes an element of an array that is a flow or an address. `None` if it cannot be one.
    fn element(&mut self, bytes: &[u8], text: Text) -> Option<Listed> {
        let raw = &bytes[text.start..text.end];
        let notation = self.inside.notation;
        if self.inside.has_flows
            && let Some(flow) = tuple::flow(raw, notation)
        {
            self.tell(text.start, Found::Flow(flow));
            return Some(Listed::Yes);
        }
        if text.is_escaped && self.text(bytes, text) {
            return Some(Listed::Yes);
        }
        if !self.inside.has_lists {
            return None;
        }
        let plain = unescaped(raw);
        if !parse_cell(&plain, notation).is_address() {
            return Some(Listed::Maybe);
        }
        self.tell(text.start, Found::Listed(&plain));
        Some(Listed::Yes)
    }

    /// Looks into a string that may hold an object.
    fn text(&mut self, bytes: &[u8], text: Text) -> bool {
        let raw = &bytes[text.start..text.end];
        if self.embedded == MOST_EMBEDDED || memchr(b'{', raw).is_none() {
            return false;
        }
        let plain = unescaped(raw);
        let Some(at) = prefix::object_start(&plain) else { return false };
        let outer = Some(self.outer.unwrap_or(text.start));
        let mut search = Search { inside: self.inside, outer, embedded: self.embedded + 1 };
        let mut cursor = Cursor { bytes: &plain, at };
        search.record(&mut cursor) == Some(true) || search.object(&mut cursor) == Some(true)
    }
}
