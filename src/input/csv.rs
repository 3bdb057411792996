//! CSVs of packets: a header names the columns, every row is a packet.

use std::io::{Chain, Read, Take};

use ::csv::{ByteRecord, Reader, ReaderBuilder};

use super::cell::Cell;
use super::{
    Counters, FileAccount, Format, InputError, Options, Role, Warning, columns, sniff, text,
};

/// Bytes of one record: a quote that is never closed must not draw the whole file into memory.
const LONGEST_RECORD: u64 = 16 << 20;
/// Lines of a record beyond which an unclosed quote is likelier than a cell with that many lines.
const MANY_LINES: u64 = 100;

/// Adds the packets of `table` to `counters`. Its first record is the header; `lines_before` is the number
/// of lines above that.
///
/// # Errors
///
/// A header without the columns, data in the place of the header, a record without end, and failed reads.
pub(super) fn read(
    table: impl Read,
    lines_before: u64,
    options: &Options,
    counters: &mut Counters,
    account: &mut FileAccount,
) -> Result<(), InputError> {
    let mut rows = Rows::new(table, lines_before);
    rows.advance(account)?;
    if let Some(data) = rows.record.iter().find(|cell| Cell::of(cell).is_address()) {
        return Err(InputError::NoHeader {
            name: account.name.clone(),
            value: text::excerpt(data),
        });
    }
    let header: Vec<String> = rows.record.iter().map(column_name).collect();
    let (columns, warnings) = columns::choose(&header, options, &account.name)?;
    account.warnings.extend(warnings);
    let name_of = |role| {
        let column = columns.iter().find(|column| column.role == role);
        column.map(|column| column.name.clone())
    };
    account.format =
        Format::Csv { source: name_of(Role::Source), destination: name_of(Role::Destination) };

    while rows.advance(account)? {
        account.records += 1;
        account.ragged += u64::from(rows.record.len() != header.len());
        for column in &columns {
            let content = rows.record.get(column.index).unwrap_or_default();
            let cell = Cell::of(content);
            counters.add(column.role, cell, account);
            if cell == Cell::Malformed {
                account.remember(rows.line(), Some(&column.name), content);
            }
        }
    }
    Ok(())
}

/// A column's name as messages show it, which is also how options name it.
fn column_name(cell: &[u8]) -> String {
    text::printable(String::from_utf8_lossy(cell).trim())
}

/// Records one by one, each with its line.
struct Rows<R> {
    reader: Reader<Take<Chain<R, &'static [u8]>>>,
    record: ByteRecord,
    lines_before: u64,
    warned: bool,
}

impl<R: Read> Rows<R> {
    fn new(table: R, lines_before: u64) -> Self {
        // A last line without its end would break the arithmetic of `line`.
        let ended: Chain<R, &'static [u8]> = table.chain(b"\n");
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(sniff::BLOCK)
            .from_reader(ended.take(LONGEST_RECORD));
        Self { reader, record: ByteRecord::new(), lines_before, warned: false }
    }

    /// Reads the next record; false when there is none.
    fn advance(&mut self, account: &mut FileAccount) -> Result<bool, InputError> {
        let lines_read = self.reader.position().line();
        self.reader.get_mut().set_limit(LONGEST_RECORD);
        let found = self.reader.read_byte_record(&mut self.record).map_err(|error| {
            let name = account.name.clone();
            let reason = error.into();
            InputError::Read { name, reason }
        })?;
        if self.reader.get_ref().limit() == 0 {
            return Err(InputError::EndlessRecord {
                name: account.name.clone(),
                line: self.line(),
                limit: LONGEST_RECORD,
            });
        }
        // Blank lines above a record count here, so this asks only whether to look closer.
        let is_suspect = self.reader.position().line() - lines_read > MANY_LINES;
        if is_suspect && !self.warned && self.line_ends() > MANY_LINES {
            self.warned = true;
            let (line, limit) = (self.line(), MANY_LINES);
            account.warnings.push(Warning::LongRecord { line, limit });
        }
        Ok(found)
    }

    /// The line on which the record starts. Counted back from its end, as csv gives a record the position
    /// of the blank lines above it; but that is the better answer for a record that never ended.
    fn line(&self) -> u64 {
        let counted_back = self.reader.position().line() - 1 - self.line_ends();
        let given = self.record.position().map_or(0, |position| position.line());
        self.lines_before + counted_back.max(given)
    }

    /// Line ends within the record, all of them in quotes.
    fn line_ends(&self) -> u64 {
        let bytes = self.record.as_slice();
        bytes.iter().filter(|&&byte| byte == b'\n').count() as u64
    }
}
