//! Zeek's logs in their default form: lines that start with `#` declare the format, and may recur.

use std::sync::Arc;

use memchr::{memchr, memmem, memrchr};

use crate::input::account::RecordNumber;
use crate::input::error::InputError;
use crate::input::format::{Cut, Cutter, Damage, Opened};
use crate::input::message::printable;
use crate::input::options::Options;
use crate::input::read::head::Head;
use crate::input::text::bare::Rows;
use crate::input::text::columns::{self, Column, described};
use crate::input::text::lines;

const FIRST: &[u8] = b"#separator";

/// Recognises the first line of every such log.
///
/// # Errors
///
/// A header without the columns.
pub(crate) fn recognise(
    head: &mut Head<'_>,
    options: &Options,
) -> Result<Option<Opened>, InputError> {
    let start = lines::bom(head.bytes());
    if !head.bytes()[start..].starts_with(FIRST) {
        return Ok(None);
    }
    // Lines of `#` are not records, so the head reaches the first row, or the end of the file.
    let mut header = Header::default();
    let (mut skip, mut lines_before) = (start, 0);
    loop {
        match header.take(&head.bytes()[skip..], head.is_whole()) {
            Some(len) => (skip, lines_before) = (skip + len, lines_before + 1),
            None if head.bytes()[skip..].starts_with(b"#") && head.grow() => {}
            None => break,
        }
    }
    let (columns, warnings) = columns::choose(&header.names, options, head.name())?;
    let (format, roles) = described("zeek", &columns);
    let rows = Arc::new(header.rows(columns, options));
    let (options, name) = (options.clone(), head.name().to_owned());
    Ok(Some(Opened {
        format,
        roles,
        skip,
        lines_before,
        counted_by: RecordNumber::Line,
        cutter: Box::new(Logs { header, rows, options, name }),
        warnings,
    }))
}

/// What the lines of `#` declare.
#[derive(Debug, Clone)]
struct Header {
    separator: u8,
    unset: Vec<u8>,
    empty: Vec<u8>,
    names: Vec<String>,
}

impl Default for Header {
    fn default() -> Self {
        let (unset, empty) = (b"-".to_vec(), b"(empty)".to_vec());
        Self { separator: b'\t', unset, empty, names: Vec::new() }
    }
}

impl Header {
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
        if let Some(separator) = line.strip_prefix(FIRST) {
            self.separator = byte(separator.trim_ascii_start()).unwrap_or(b'\t');
        } else {
            let mut fields = line.split(|&byte| byte == self.separator);
            let key = fields.next().unwrap_or_default();
            match key {
                b"#unset_field" => self.unset = fields.next().unwrap_or_default().to_vec(),
                b"#empty_field" => self.empty = fields.next().unwrap_or_default().to_vec(),
                b"#fields" => {
                    let name = |name| printable(&String::from_utf8_lossy(name));
                    self.names = fields.map(name).collect();
                }
                _ => {}
            }
        }
        Some(end.map_or(bytes.len(), |end| end + 1))
    }

    fn rows(&self, columns: Vec<Column>, options: &Options) -> Rows {
        let unset = vec![self.unset.clone(), self.empty.clone()];
        Rows::new(self.separator, &self.names, columns, unset, options.needs_facts())
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

/// Separates rows from the lines of `#` between them, which may change how the next rows are read.
struct Logs {
    header: Header,
    rows: Arc<Rows>,
    options: Options,
    name: String,
}

impl Cutter for Logs {
    fn cut(&mut self, bytes: &[u8], at_end: bool) -> Result<Cut, Damage> {
        let before = self.header.names.clone();
        let mut len = 0;
        while let Some(line) = self.header.take(&bytes[len..], at_end) {
            len += line;
        }
        if len > 0 {
            if self.header.names != before {
                // The rows of a log without addresses are counted as not IP.
                let columns = columns::choose(&self.header.names, &self.options, &self.name);
                let columns = columns.map_or_else(|_| Vec::new(), |(columns, _)| columns);
                self.rows = Arc::new(self.header.rows(columns, &self.options));
            }
        } else {
            // A lone CR does not end a line here.
            let end =
                if at_end { bytes.len() } else { memrchr(b'\n', bytes).map_or(0, |at| at + 1) };
            len = memmem::find(&bytes[..end], b"\n#").map_or(end, |at| at + 1);
        }
        Ok(Cut { len, parser: self.rows.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_names_is_not_cut_at_a_carriage_return() {
        let header = Header { names: vec!["id.orig_h".to_owned()], ..Header::default() };
        let rows = Arc::new(header.rows(Vec::new(), &Options::default()));
        let mut logs = Logs { header, rows, options: Options::default(), name: String::new() };
        let line = b"#fields\tts\rid.resp_h\tid.orig_h\n";
        for end in 1..line.len() {
            assert_eq!(logs.cut(&line[..end], false).map(|cut| cut.len).ok(), Some(0), "{end}");
        }
        assert_eq!(logs.cut(line, false).map(|cut| cut.len).ok(), Some(line.len()));
        assert_eq!(logs.header.names.len(), 2);
    }
}
