//! One row at a time, with everything that a table may contain: quoted fields, doubled quotes, quoted line
//! ends.
//!
//! The rules are those of the csv crate, whose core does the work.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

/// Reads rows, and holds the fields of the last one.
pub(super) struct Exact {
    reader: Reader,
    content: Vec<u8>,
    ends: Vec<usize>,
}

/// A row that was read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub fields: usize,
    /// Its length in bytes, including the line end.
    pub len: usize,
    /// Whether it has a line end.
    pub has_end: bool,
    /// Whether the text ends within its quotes.
    pub is_open: bool,
}

impl Exact {
    pub fn new(delimiter: u8) -> Self {
        let reader = ReaderBuilder::new().delimiter(delimiter).build();
        Self { reader, content: vec![0; 1024], ends: vec![0; 64] }
    }

    /// Reads the row at the start of `bytes`, which must not start with a line end. `None` if the row
    /// continues beyond `bytes`, unless these are the last.
    pub fn read(&mut self, bytes: &[u8], is_last: bool) -> Option<Row> {
        self.reader.reset();
        let (mut used, mut written, mut fields) = (0, 0, 0);
        let has_end = loop {
            let has_input = used < bytes.len();
            let (result, read, wrote, ended) = self.reader.read_record(
                &bytes[used..],
                &mut self.content[written..],
                &mut self.ends[fields..],
            );
            (used, written, fields) = (used + read, written + wrote, fields + ended);
            match result {
                // The reader takes empty input as the end.
                ReadRecordResult::InputEmpty if is_last => {}
                ReadRecordResult::InputEmpty | ReadRecordResult::End => return None,
                ReadRecordResult::OutputFull => self.content.resize(2 * self.content.len(), 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(2 * self.ends.len(), 0),
                ReadRecordResult::Record => break has_input,
            }
        };
        // The reader ends a row at the CR of CR LF.
        if bytes[..used].last() == Some(&b'\r') && bytes.get(used) == Some(&b'\n') {
            used += 1;
        }
        let quotes = || bytes[..used].iter().filter(|&&byte| byte == b'"').count();
        let is_open = !has_end && quotes() % 2 == 1;
        Some(Row { fields, len: used, has_end, is_open })
    }

    /// Field number `at` of the last row.
    pub fn field(&self, at: usize) -> &[u8] {
        let from = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.content[from..self.ends[at]]
    }
}
