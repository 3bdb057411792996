//! Logs whose lines that start with `#` declare the format, and may recur: Zeek's in their default form, and
//! W3C extended logs, as IIS, CloudFront, Exchange and Windows firewalls write them.

use std::sync::Arc;

use memchr::{memchr, memchr_iter, memmem, memrchr};

use crate::input::account::{Format, RecordNumber};
use crate::input::error::InputError;
use crate::input::format::{Cut, Cutter, Damage, Opened, Parser};
use crate::input::message::excerpt;
use crate::input::options::Options;
use crate::input::read::block::Block;
use crate::input::read::head::Head;
use crate::input::role::Roles;
use crate::input::text::bare::Rows;
use crate::input::text::columns::{self, Column, Sample, described};
use crate::input::text::delimited::table::Table;
use crate::input::text::header::{self, Division, Header};
use crate::input::text::layout::Layout;
use crate::input::text::lines;
use crate::input::text::opening::passed_over;
use crate::input::warning::Warning;

const SEPARATOR: &[u8] = b"#separator";
const FIELDS: &[u8] = b"#fields";
/// Of W3C logs, in any case.
const W3C_FIELDS: &[u8] = b"#Fields:";

/// Lines with content among which the first declaration is looked for: others may be left of records that
/// a rotation has cut.
const LOOKED_AT: usize = 20;

/// Recognises the lines of `#` of Zeek's logs.
///
/// # Errors
///
/// A header without the columns.
pub(crate) fn recognise(
    head: &mut Head<'_>,
    options: &Options,
) -> Result<Option<Opened>, InputError> {
    let is_first = |line: &[u8]| line.starts_with(SEPARATOR) || is_fields(line);
    open(head, options, "zeek", is_first)
}

/// Recognises the line of names of a W3C log.
///
/// # Errors
///
/// A header without the columns.
pub(crate) fn recognise_w3c(
    head: &mut Head<'_>,
    options: &Options,
) -> Result<Option<Opened>, InputError> {
    let column = |name: &Option<String>| name.as_deref().map(w3c_name);
    let options = Options {
        source_column: column(&options.source_column),
        destination_column: column(&options.destination_column),
        ..options.clone()
    };
    open(head, &options, "w3c", |line| w3c_names(line).is_some())
}

fn open(
    head: &mut Head<'_>,
    options: &Options,
    format: &'static str,
    is_first: impl Fn(&[u8]) -> bool,
) -> Result<Option<Opened>, InputError> {
    let start = lines::zeros(head.bytes());
    let Some((above, first)) = declarations(&head.bytes()[start..], is_first) else {
        return Ok(None);
    };
    // Lines of `#` are not records, so the head reaches the first row, or the end of the file.
    let mut directives = Directives::default();
    let mut skip = start + lines::bom(&head.bytes()[start..]);
    let mut lines_before = 0;
    if let Some((_, offset)) = first {
        lines_before = lines::count(&head.bytes()[skip..start + offset]);
        skip = start + offset;
    }
    loop {
        match directives.take(&head.bytes()[skip..], head.is_whole()) {
            Some(len) => (skip, lines_before) = (skip + len, lines_before + 1),
            None if head.bytes()[skip..].starts_with(b"#") && head.grow() => {}
            None => break,
        }
    }
    let (columns, mut warnings) = columns::choose(&directives.header.names, options, head.name())?;
    if format == "w3c" && options.roles.is_none() && options.names_no_column() {
        // Many such logs say who asked, but not whom.
        warnings.retain(|warning| !matches!(warning, Warning::NoColumn { .. }));
    }
    warnings.extend(passed_over(above, first.map_or_else(String::new, |(shown, _)| shown)));
    if start > 0 {
        warnings.push(Warning::Zeros { bytes: start as u64 });
    }
    let (format, roles): (Format, Roles) = described(format, &columns);
    let rows = directives.rows(columns, options);
    let (options, name) = (options.clone(), head.name().to_owned());
    Ok(Some(Opened {
        format,
        roles,
        skip,
        lines_before,
        counted_by: RecordNumber::Line,
        cutter: Box::new(Logs { directives, rows, options, name }),
        warnings,
    }))
}

/// How many lines with content stand above the first declaration of `text`, and the first of them with
/// where the declarations begin; `None` if there is no declaration.
fn declarations(
    text: &[u8],
    is_first: impl Fn(&[u8]) -> bool,
) -> Option<(u64, Option<(String, usize)>)> {
    let mut at = lines::bom(text);
    let (mut above, mut shown, mut begin) = (0, None, None);
    while above < LOOKED_AT && at < text.len() {
        let end = lines::line_end(&text[at..], true);
        let (end, next) = end.map_or((text.len(), text.len()), |(end, next)| (at + end, at + next));
        let line = &text[at..end];
        if line.starts_with(b"#") {
            begin.get_or_insert(at);
            if is_first(line) {
                let shown = shown.map(|shown| (shown, begin.unwrap_or(at)));
                return Some((above as u64, shown));
            }
        } else if !line.trim_ascii().is_empty() {
            begin = None;
            above += 1;
            shown.get_or_insert_with(|| excerpt(line));
        }
        at = next;
    }
    None
}

/// Whether `line` names the fields of a log of Zeek.
fn is_fields(line: &[u8]) -> bool {
    line.strip_prefix(FIELDS).is_some_and(|rest| {
        rest.first()
            .is_some_and(|&byte| byte != b':' && byte != b' ' && !byte.is_ascii_alphanumeric())
    })
}

/// The names in a W3C log's line of names.
fn w3c_names(line: &[u8]) -> Option<&[u8]> {
    let (key, names) = line.split_at_checked(W3C_FIELDS.len())?;
    key.eq_ignore_ascii_case(W3C_FIELDS).then(|| names.trim_ascii())
}

/// A name with its prefix written out: `s-ip` is the server's, which elsewhere may be the source's.
fn w3c_name(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    match (lower.strip_prefix("c-"), lower.strip_prefix("s-")) {
        (Some(of_client), _) => format!("client-{of_client}"),
        (_, Some(of_server)) => format!("server-{of_server}"),
        _ => name.to_owned(),
    }
}

impl Logs {
    /// Where in `bytes` a line begins that changes how the next rows are read; their end if none does. The
    /// parser passes over other lines of `#`, unless rows may span several lines.
    fn next_declaration(&self, bytes: &[u8]) -> usize {
        let may_span = matches!(self.directives.header.division, Division::Delimiter(_));
        let mut at = 0;
        while let Some(found) = memmem::find(&bytes[at..], b"\n#") {
            at += found + 1;
            let mut changed = self.directives.clone();
            changed.take(&bytes[at..], true);
            if may_span || changed != self.directives {
                return at;
            }
        }
        bytes.len()
    }
}

/// What the lines of `#` declare.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Directives {
    /// Of Zeek's logs; if nothing declares it, the names tell.
    separator: Option<u8>,
    unset: Vec<u8>,
    empty: Vec<u8>,
    header: Header,
}

impl Default for Directives {
    fn default() -> Self {
        let (unset, empty) = (b"-".to_vec(), b"(empty)".to_vec());
        let header = Header { division: Division::Byte(b'\t'), names: Vec::new() };
        Self { separator: None, unset, empty, header }
    }
}

impl Directives {
    /// Reads the first line of `bytes` if it starts with `#`. Returns its length, including the line end.
    fn take(&mut self, bytes: &[u8], is_whole: bool) -> Option<usize> {
        if !bytes.starts_with(b"#") {
            return None;
        }
        let end = memchr(b'\n', bytes);
        if end.is_none() && !is_whole {
            return None;
        }
        let line = bytes[..end.unwrap_or(bytes.len())].trim_ascii_end();
        self.obey(line);
        Some(end.map_or(bytes.len(), |end| end + 1))
    }

    fn obey(&mut self, line: &[u8]) {
        if let Some(separator) = line.strip_prefix(SEPARATOR) {
            self.separator = Some(byte(separator.trim_ascii_start()).unwrap_or(b'\t'));
            return;
        }
        if let Some(names) = w3c_names(line) {
            let has_commas = names.contains(&b',');
            let division = if has_commas { Division::Delimiter(b',') } else { Division::Blanks };
            let names = header::names(names, division).iter().map(|name| w3c_name(name)).collect();
            self.header = Header { division, names };
            return;
        }
        let told = line.get(FIELDS.len()).copied().filter(|_| is_fields(line));
        let separator = self.separator.or(told).unwrap_or(b'\t');
        let mut fields = line.split(|&byte| byte == separator);
        match fields.next().unwrap_or_default() {
            b"#unset_field" => self.unset = fields.next().unwrap_or_default().to_vec(),
            b"#empty_field" => self.empty = fields.next().unwrap_or_default().to_vec(),
            key if key == FIELDS => {
                let names = fields.map(header::name).collect();
                self.header = Header { division: Division::Byte(separator), names };
            }
            _ => {}
        }
    }

    fn rows(&self, columns: Vec<Column>, options: &Options) -> Arc<dyn Parser> {
        let sample = Sample::default();
        let layout = Arc::new(Layout::new(self.header.clone(), columns, options, &sample));
        match layout.header.division {
            Division::Delimiter(delimiter) => Arc::new(Table::new(delimiter, layout, None)),
            _ => {
                let unset = vec![self.unset.clone(), self.empty.clone()];
                Arc::new(Rows::new(layout, unset, None))
            }
        }
    }
}

/// The byte that `text` is, or that it escapes as in `\x09`.
fn byte(text: &[u8]) -> Option<u8> {
    match text {
        [byte] => Some(*byte),
        [b'\\', b'x', hex @ ..] => u8::from_str_radix(str::from_utf8(hex).ok()?, 16).ok(),
        _ => None,
    }
}

/// Passes over lines of `#`.
struct Declarations;

impl Parser for Declarations {
    fn parse(&self, bytes: &[u8], _is_last: bool, block: &mut Block) -> usize {
        block.passed += memchr_iter(b'\n', bytes).count() as u64;
        bytes.len()
    }
}

/// Separates rows from the lines of `#` between them, which may change how the next rows are read.
struct Logs {
    directives: Directives,
    rows: Arc<dyn Parser>,
    options: Options,
    name: String,
}

impl Cutter for Logs {
    fn cut(&mut self, bytes: &[u8], at_end: bool) -> Result<Cut, Damage> {
        let before = self.directives.header.clone();
        let mut len = 0;
        while let Some(line) = self.directives.take(&bytes[len..], at_end) {
            len += line;
        }
        if len > 0 {
            if self.directives.header != before {
                // The rows of a log without addresses are counted as not IP.
                let columns =
                    columns::choose(&self.directives.header.names, &self.options, &self.name);
                let columns = columns.map_or_else(|_| Vec::new(), |(columns, _)| columns);
                self.rows = self.directives.rows(columns, &self.options);
            }
            return Ok(Cut { len, parser: Arc::new(Declarations) });
        }
        // A lone CR does not end a line here.
        let end = if at_end { bytes.len() } else { memrchr(b'\n', bytes).map_or(0, |at| at + 1) };
        let len = self.next_declaration(&bytes[..end]);
        Ok(Cut { len, parser: self.rows.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_names_is_not_cut_at_a_carriage_return() {
        let mut directives = Directives::default();
        directives.obey(b"#fields\tid.orig_h");
        let rows = directives.rows(Vec::new(), &Options::default());
        let mut logs = Logs { directives, rows, options: Options::default(), name: String::new() };
        let line = b"#fields\tts\rid.resp_h\tid.orig_h\n";
        for end in 1..line.len() {
            assert_eq!(logs.cut(&line[..end], false).map(|cut| cut.len).ok(), Some(0), "{end}");
        }
        assert_eq!(logs.cut(line, false).map(|cut| cut.len).ok(), Some(line.len()));
        assert_eq!(logs.directives.header.names.len(), 2);
    }

    #[test]
    fn names_tell_the_separator_that_nothing_declares() {
        let mut directives = Directives::default();
        directives.obey(b"#fields,ts,id.orig_h");
        assert_eq!(directives.header.division, Division::Byte(b','));
        directives.obey(b"#Fields: date time c-ip");
        assert_eq!(directives.header.division, Division::Blanks);
        directives.obey(b"#fields: date-time,client-ip");
        assert_eq!(directives.header.names, ["date-time", "client-ip"]);
        assert!(!is_fields(b"#fields of data") && !is_fields(b"#fieldset"));
    }
}
