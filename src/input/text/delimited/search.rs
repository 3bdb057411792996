//! Finds the header of a table in the first lines of a file, or says that it has none.

use crate::input::error::InputError;
use crate::input::message::excerpt;
use crate::input::names;
use crate::input::options::Options;
use crate::input::read::head::Head;
use crate::input::record::Cell;
use crate::input::role::Role;
use crate::input::text::cell::parse_cell;
use crate::input::text::columns::{self, Sample};
use crate::input::text::exact::Exact;
use crate::input::text::header::{self, Division, Header};
use crate::input::text::lines::{self, FirstLine};
use crate::input::text::log::embedded::may_hold;
use crate::input::text::opening::{Start, passed_over};
use crate::input::warning::Warning;

/// Lines with content among which a header is looked for.
const LOOKED_AT: usize = 20;

/// A header and where its rows begin.
pub(super) struct Found {
    pub header: Header,
    pub start: Start,
    pub warnings: Vec<Warning>,
}

/// The first lines of a file.
pub(super) struct Search<'h, 's> {
    head: &'h mut Head<'s>,
    options: &'h Options,
}

/// A line of the head.
struct Line {
    start: Start,
    next: usize,
    text: Vec<u8>,
}

impl<'h, 's> Search<'h, 's> {
    pub fn new(head: &'h mut Head<'s>, options: &'h Options) -> Self {
        Self { head, options }
    }

    /// Looks for the header. `None` if the file is no table.
    ///
    /// # Errors
    /// A table without a header, or one whose columns of addresses are not known.
    pub fn run(mut self) -> Result<Option<Found>, InputError> {
        let zeros = lines::zeros(self.head.bytes());
        let Some(first) = self.first(zeros) else { return Ok(None) };
        let mut warnings = Vec::new();
        if zeros > 0 {
            warnings.push(Warning::Zeros { bytes: zeros as u64 });
        }
        let is_told = self.options.layout.is_some() || columns::are_numbered(self.options);
        let is_listed = lines::content(&first.text).is_some_and(|content| self.is_listed(content));
        if header::is_binary(&first.text) || is_listed && !is_told {
            return Ok(None);
        }
        if let Some(delimiter) = declared(&first.text) {
            let below = Start { offset: first.next, lines_before: first.start.lines_before + 1 };
            let division = Division::Delimiter(delimiter);
            return Ok(self.row(below, division).map(|found| Found { warnings, ..found }));
        }
        if self.options.layout.is_some() {
            let header = self.unnamed(&first.text);
            return Ok(Some(Found { header, start: first.start, warnings }));
        }
        let header = Header::of(&first.text, self.options);
        let is_data = header.as_ref().is_some_and(|header| self.has_address(&header.names));
        let is_header = !is_data && self.is_header(&first.text);
        let error = match header {
            Some(header) if is_header => {
                let sides = columns::sides(&header.names, self.options, &Sample::default());
                // One name alone may be the first of a header over several lines.
                let is_one = header.names.len() == 1;
                if is_one && header.division != Division::Blanks
                    || sides.iter().any(Option::is_some)
                    || header.names.iter().any(|name| may_hold(name))
                {
                    let found = self.row(first.start, header.division);
                    return Ok(found.map(|found| Found { warnings, ..found }));
                }
                let chosen = columns::choose(&header.names, self.options, self.head.name());
                chosen.err().filter(|_| header.division != Division::Blanks)
            }
            _ => None,
        };
        if let Some(found) = self.elsewhere(&first)? {
            warnings.extend(found.warnings);
            return Ok(Some(Found { warnings, ..found }));
        }
        if let Some(error) = error {
            return Err(error);
        }
        if !is_data || !self.is_row(&first.text) {
            return Ok(None);
        }
        if columns::are_numbered(self.options) {
            let header = self.unnamed(&first.text);
            return Ok(Some(Found { header, start: first.start, warnings }));
        }
        Err(self.no_header(&first.text))
    }

    /// The first line with content after `skip` bytes.
    fn first(&self, skip: usize) -> Option<Line> {
        let bytes = &self.head.bytes()[skip..];
        let FirstLine { text, offset, lines_before, .. } =
            lines::first(bytes, self.head.is_whole())?;
        let text = text.to_vec();
        let end = lines::line_end(&bytes[offset..], self.head.is_whole());
        let next = end.map_or(bytes.len(), |(_, next)| offset + next);
        let start = Start { offset: skip + offset, lines_before };
        Some(Line { start, next: skip + next, text })
    }

    /// The header that begins at `start`, over as many lines as its quotes hold.
    fn row(&mut self, start: Start, division: Division) -> Option<Found> {
        let mut exact = Exact::new(match division {
            Division::Delimiter(delimiter) | Division::Byte(delimiter) => delimiter,
            Division::Blanks => b' ',
        });
        let blank = loop {
            let rest = &self.head.bytes()[start.offset..];
            let blank = rest.iter().position(|byte| !matches!(byte, b'\n' | b'\r'));
            match blank {
                Some(blank) => break blank,
                None if self.head.grow() => {}
                None => return None,
            }
        };
        let offset = start.offset + blank;
        loop {
            let (bytes, is_last) = (self.head.bytes(), self.head.is_whole());
            if let Some(row) = exact.read(&bytes[offset..], is_last) {
                let line = &bytes[offset..offset + row.len];
                let names = match division {
                    Division::Delimiter(_) => {
                        (0..row.fields).map(|at| header::name(exact.field(at))).collect()
                    }
                    _ => header::names(line.trim_ascii(), division),
                };
                let lines_before =
                    start.lines_before + lines::count(&bytes[start.offset..offset + row.len]);
                let start = Start { offset: offset + row.len, lines_before };
                let header = Header { division, names };
                return Some(Found { header, start, warnings: Vec::new() });
            }
            if !self.head.grow() {
                return None;
            }
        }
    }

    /// The header in a comment above the line `first`, or in one of the lines below it.
    fn elsewhere(&mut self, first: &Line) -> Result<Option<Found>, InputError> {
        let above = &self.head.bytes()[..first.start.offset];
        let comments = lines::all(above, true).collect::<Vec<_>>().into_iter().rev();
        for comment in comments.take(LOOKED_AT) {
            let comment = &comment[lines::bom(comment)..];
            let Some(text) = comment.trim_ascii().strip_prefix(b"#") else { continue };
            if let Some(header) = self.above(text.trim_ascii(), &first.text) {
                return Ok(Some(Found { header, start: first.start, warnings: Vec::new() }));
            }
        }
        let (mut at, mut lines_before) = (first.next, first.start.lines_before + 1);
        let mut passed = 1;
        while passed < LOOKED_AT {
            let len = self.head.bytes().len();
            let ends = lines::line_end(&self.head.bytes()[at.min(len)..], self.head.is_whole());
            if ends.is_none() && self.head.grow() {
                continue;
            }
            if at >= len {
                break;
            }
            let rest = &self.head.bytes()[at..];
            let (end, next) = ends.unwrap_or((rest.len(), rest.len()));
            let line = &rest[..end];
            let header = Header::of(line, self.options);
            if let Some(header) = header.filter(|header| header.names_columns(self.options)) {
                let start = Start { offset: at, lines_before };
                let warning = passed_over(passed as u64, excerpt(&first.text));
                let found = self.row(start, header.division);
                return Ok(found.map(|found| Found { warnings: Vec::from_iter(warning), ..found }));
            }
            passed += usize::from(lines::content(line).is_some());
            (at, lines_before) = (at + next, lines_before + 1);
        }
        Ok(None)
    }

    /// The header that the comment `text` is, if the row `first` below it has as many cells.
    fn above(&self, text: &[u8], first: &[u8]) -> Option<Header> {
        let header = Header::of(text, self.options)?;
        let is_address = |name: &String| names::is_address(name);
        let is_sure = header.names_columns(self.options);
        let cells = header::names(first, header.division).len();
        let is_as_long = cells == header.names.len() && cells > 1;
        let is_possible = is_sure || header.names.iter().any(is_address);
        // A header may be divided by blanks above rows that are divided otherwise.
        (is_as_long && is_possible).then_some(header)
    }

    /// The header of rows such as `line` that have none: the columns of the layout, or their numbers.
    fn unnamed(&self, line: &[u8]) -> Header {
        let division = division(line);
        let cells = header::names(line, division).len();
        let layout = self.options.layout.into_iter().flat_map(|layout| layout.columns());
        let names = layout.map(Some).chain(std::iter::repeat(None)).take(cells);
        let number =
            |(at, name): (usize, Option<String>)| name.unwrap_or_else(|| (at + 1).to_string());
        Header { division, names: names.enumerate().map(number).collect() }
    }

    fn no_header(&self, line: &[u8]) -> InputError {
        let cells = header::names(line, division(line));
        let is_address = |&at: &usize| self.cell(cells[at].as_bytes()).is_address();
        let addresses = (0..cells.len()).filter(is_address).collect();
        let cells = cells.iter().map(|cell| excerpt(cell.as_bytes())).collect();
        InputError::NoHeader { name: self.head.name().to_owned(), cells, addresses }
    }

    /// Whether `line` may be a header that says nothing known: it has several cells, or is one name.
    fn is_header(&self, line: &[u8]) -> bool {
        let name = String::from_utf8_lossy(line);
        let is_named = [Role::Source, Role::Destination]
            .into_iter()
            .filter_map(|role| self.options.column(role))
            .any(|column| names::is_same(column, &name));
        let is_sure =
            Header::of(line, self.options).is_some_and(|header| header.names_columns(self.options));
        let has_cells = header::delimiter(line).is_some() || line.contains(&b'"');
        has_cells || is_named || names::is_address(&name) || is_sure
    }

    /// Whether `line` is a row rather than an entry of a list or a sentence: its cells are divided by a
    /// delimiter or quoted, or it holds two addresses.
    fn is_row(&self, line: &[u8]) -> bool {
        if header::delimiter(line).is_some() || line.contains(&b'"') {
            return true;
        }
        let cells = header::names(line, Division::Blanks);
        let addresses = cells.iter().filter(|cell| self.cell(cell.as_bytes()).is_address());
        // An address and its netmask are an entry of a list.
        let is_mask = |cell: &String| cell.starts_with("255.") || cell == "0.0.0.0";
        let is_entry = cells.len() == 2 && is_mask(&cells[1]);
        let is_range = cells.get(1).is_some_and(|cell| cell == "-");
        addresses.count() > 1 && !is_entry && !is_range
            || columns::are_numbered(self.options) && cells.len() > 1
    }

    fn has_address(&self, cells: &[String]) -> bool {
        cells.iter().any(|cell| self.cell(cell.as_bytes()).is_address())
    }

    fn is_listed(&self, content: &[u8]) -> bool {
        self.cell(content).is_address()
    }

    fn cell(&self, content: &[u8]) -> Cell {
        parse_cell(content, self.options.notation)
    }
}

/// What divides the cells of `line`.
fn division(line: &[u8]) -> Division {
    header::delimiter(line).map_or(
        if line.contains(&b'"') { Division::Delimiter(b',') } else { Division::Blanks },
        Division::Delimiter,
    )
}

/// The delimiter that a line such as `sep=;` declares to Excel.
fn declared(line: &[u8]) -> Option<u8> {
    let bare = line.strip_prefix(b"\"").unwrap_or(line);
    let bare = bare.strip_suffix(b"\"").unwrap_or(bare);
    match bare.get(4..) {
        Some(&[delimiter]) if bare[..4].eq_ignore_ascii_case(b"sep=") => Some(delimiter),
        // The tab was trimmed.
        Some([]) if bare.eq_ignore_ascii_case(b"sep=") => Some(b'\t'),
        _ => None,
    }
}
