//! The rows of a Parquet file as text, a few thousand at a time: row group by row group, all picked columns
//! side by side.

use std::cell::Cell;
use std::fs::File;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use ::parquet::errors::ParquetError;
use ::parquet::file::reader::FileReader;
use ::parquet::file::serialized_reader::SerializedFileReader;

use super::cells::{self, Cells};
use crate::input::read::stream::Decoded;

/// Rows to decode at a time.
const ROWS: usize = 4096;

/// A column to decode.
pub(super) struct Picked {
    /// Its number among the file's columns.
    pub leaf: usize,
    /// Whether its numbers and bytes are addresses.
    pub is_address: bool,
}

/// The picked columns of all rows. A row is a tab and a field for each column, and a line feed.
pub(super) struct Rows {
    file: SerializedFileReader<File>,
    /// Bytes of the file.
    size: u64,
    picked: Vec<Picked>,
    /// The current row group, and how many of its rows are done.
    group: usize,
    done: usize,
    /// The columns of the row group, once they are open.
    columns: Vec<Box<dyn Cells>>,
    /// Rows to decode at a time: one, once a larger step has failed.
    step: usize,
    /// The rows of all row groups, and how many of them are done.
    total_rows: u64,
    done_rows: u64,
    text: Vec<u8>,
    /// How many bytes of `text` have been read.
    given: usize,
    has_ended: bool,
}

impl Rows {
    pub fn new(file: SerializedFileReader<File>, size: u64, picked: Vec<Picked>) -> Self {
        let groups = file.metadata().row_groups().iter();
        let total_rows =
            groups.fold(0, |sum: u64, group| sum.saturating_add(rows(group.num_rows())));
        Self {
            file,
            size,
            picked,
            group: 0,
            done: 0,
            columns: Vec::new(),
            step: ROWS,
            total_rows,
            done_rows: 0,
            text: Vec::new(),
            given: 0,
            has_ended: false,
        }
    }

    /// Decodes the next rows into `text`; false at the end.
    fn next(&mut self) -> Result<bool, String> {
        let Some(group) = self.file.metadata().row_groups().get(self.group) else {
            return Ok(false);
        };
        let rows_of_it = usize::try_from(rows(group.num_rows())).unwrap_or(usize::MAX);
        let left = rows_of_it - self.done;
        if left == 0 {
            (self.group, self.done) = (self.group + 1, 0);
            self.columns.clear();
            return Ok(true);
        }
        let step = self.step.min(left);
        if let Err(reason) = self.decode(step) {
            if self.step > 1 {
                // The rows before the damage are sound: they are read one by one, after opening the group
                // again.
                self.step = 1;
                self.columns.clear();
                return Ok(true);
            }
            let (row, rows) = (self.done_rows + 1, self.total_rows);
            return Err(format!("row {row} of {rows} cannot be read ({reason})"));
        }
        for _ in 0..step {
            for column in &mut self.columns {
                self.text.push(b'\t');
                column.write(&mut self.text);
            }
            self.text.push(b'\n');
        }
        self.done += step;
        self.done_rows += step as u64;
        Ok(true)
    }

    /// Makes the columns decode the next `step` rows.
    fn decode(&mut self, step: usize) -> Result<(), String> {
        guarded(|| {
            if self.columns.is_empty() {
                let group = self.file.get_row_group(self.group)?;
                for picked in &self.picked {
                    let reader = group.get_column_reader(picked.leaf)?;
                    let leaf = group.metadata().column(picked.leaf).column_descr();
                    let mut column = cells::open(reader, leaf, picked.is_address);
                    column.skip(self.done)?;
                    self.columns.push(column);
                }
            }
            self.columns.iter_mut().try_for_each(|column| column.read(step))
        })
    }
}

impl Decoded for Rows {
    fn read(&mut self, bytes: &mut [u8]) -> Result<usize, String> {
        while self.given == self.text.len() {
            self.text.clear();
            self.given = 0;
            match self.next() {
                Ok(true) => {}
                ended => {
                    self.has_ended = true;
                    return ended.map(|_| 0);
                }
            }
        }
        let len = bytes.len().min(self.text.len() - self.given);
        bytes[..len].copy_from_slice(&self.text[self.given..self.given + len]);
        self.given += len;
        Ok(len)
    }

    fn passed(&self) -> u64 {
        if self.has_ended {
            return self.size;
        }
        let part = self.done_rows as f64 / self.total_rows.max(1) as f64;
        (self.size as f64 * part) as u64
    }
}

/// A file of which no row can be read.
pub(super) struct Failed {
    pub reason: String,
    /// Bytes of the file.
    pub size: u64,
}

impl Decoded for Failed {
    fn read(&mut self, _: &mut [u8]) -> Result<usize, String> {
        Err(self.reason.clone())
    }

    fn passed(&self) -> u64 {
        self.size
    }
}

/// The number of rows that a row group claims; in a damaged file it may be negative.
fn rows(said: i64) -> u64 {
    said.max(0) as u64
}

/// What `decode` returns, or why it failed, as part of a sentence.
///
/// The parquet crate uses some numbers of a damaged file for slicing and multiplying before it checks them,
/// and so may panic. That is damage like any other. Whatever panicked is only dropped afterwards, and the
/// panic message is suppressed.
pub(super) fn guarded<T>(decode: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, String> {
    HUSHED.call_once(|| {
        let told = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !GUARDED.get() {
                told(panic);
            }
        }));
    });
    GUARDED.set(true);
    let decoded = panic::catch_unwind(AssertUnwindSafe(decode));
    GUARDED.set(false);
    match decoded {
        Ok(decoded) => decoded.map_err(|error| error.to_string()),
        Err(_) => Err("a number in it leads nowhere".to_owned()),
    }
}

/// Installs, once, the hook that suppresses the panic messages of guarded threads.
static HUSHED: Once = Once::new();

thread_local! {
    /// Whether this thread is [`guarded`].
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}
