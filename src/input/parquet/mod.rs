//! Parquet files: tables stored by column, whose names are at the end of the file.
//!
//! The reading thread decodes the wanted columns into a table of text (`rows`, `cells`), in the way it
//! decompresses a file, and this table is cut and parsed like any other. So only a few pages of each column
//! are held in memory, however large the row groups are. Offsets count bytes of that text. Column names and
//! facts are found as in tables of text; nested fields are named with dots, and lists are left out. A pipe
//! is refused, because reading starts at the end of the file.

mod cells;
mod rows;

use std::fs::File;
use std::io;

use ::parquet::basic::Compression;
use ::parquet::file::reader::FileReader;
use ::parquet::file::serialized_reader::SerializedFileReader;

use crate::input::account::{Format, RecordNumber};
use crate::input::error::InputError;
use crate::input::foreign::Foreign;
use crate::input::format::Opened;

use crate::input::options::Options;
use crate::input::read::head::Head;
use crate::input::text::columns::{self, Column, Sample, described};
use crate::input::text::delimited;
use crate::input::text::facts::FactColumns;
use crate::input::text::opening;
use crate::input::warning::Warning;
use crate::words::shown;
use rows::{Failed, Picked, Rows};

/// The first bytes of every Parquet file.
const MAGIC: &[u8] = b"PAR1";

/// Recognises the first bytes. If the last ones are wrong, the file is damaged and no row can be read.
///
/// # Errors
/// A pipe, names without address columns, or columns compressed with Brotli.
pub(crate) fn recognise(
    head: &mut Head<'_>,
    options: &Options,
) -> Result<Option<Opened>, InputError> {
    if !head.bytes().starts_with(MAGIC) {
        return Ok(None);
    }
    let name = head.name().to_owned();
    let file = head.reopen().map_err(|error| match error.kind() {
        io::ErrorKind::NotSeekable => {
            let (format, reason) = ("a Parquet file", error.to_string());
            InputError::Sequential { name: name.clone(), format, reason }
        }
        _ => InputError::Read { name: name.clone(), reason: error },
    })?;
    let size = file.metadata().map_or(0, |metadata| metadata.len());
    let table = match rows::guarded(|| SerializedFileReader::new(file)) {
        Ok(file) => {
            let (table, picked) = Table::choose(&file, options, &name)?;
            if has_brotli(&file, &picked) {
                return Err(InputError::Foreign { name, kind: Foreign::BROTLI });
            }
            head.decode(Box::new(Rows::new(file, size, picked)));
            table
        }
        Err(error) => {
            let reason =
                format!("the end, which names the columns, is cut off or damaged ({error})");
            head.decode(Box::new(Failed { reason, size }));
            Table::default()
        }
    };
    let (format, roles) = described("parquet", &table.columns);
    let format = Format { has_roles: !table.is_list, ..format };
    Ok(Some(Opened {
        format,
        roles,
        skip: 0,
        lines_before: 0,
        counted_by: RecordNumber::Row,
        cutter: Box::new(delimited::rows(table.header, table.columns, table.facts)),
        warnings: table.warnings,
    }))
}

/// The table of text that a file becomes.
#[derive(Default)]
struct Table {
    /// The names of the picked columns, after an empty one: a row that begins with a tab is never a blank
    /// line.
    header: Vec<String>,
    /// The columns with addresses.
    columns: Vec<Column>,
    /// Whether it is a list of addresses, as octomix writes them: with one side, and numbers of each.
    is_list: bool,
    facts: FactColumns,
    warnings: Vec<Warning>,
}

impl Table {
    /// Chooses the columns that `options` ask for, and finds them in the file.
    ///
    /// # Errors
    /// Those of [`columns::choose`].
    fn choose(
        file: &SerializedFileReader<File>,
        options: &Options,
        name: &str,
    ) -> Result<(Self, Vec<Picked>), InputError> {
        let schema = file.metadata().file_metadata().schema_descr();
        // The columns with at most one value per row.
        let leaves: Vec<usize> = (0..schema.num_columns())
            .filter(|&leaf| schema.column(leaf).max_rep_level() == 0)
            .collect();
        let name_of = |&leaf: &usize| shown(schema.column(leaf).path().string().trim());
        let names: Vec<String> = leaves.iter().map(name_of).collect();
        let list = opening::list_column(&names, options, &Sample::default());
        let (mut columns, warnings) = match list {
            Some(column) => (opening::fill(column, &names, options), Vec::new()),
            None => columns::choose(&names, options, name)?,
        };
        let facts = FactColumns::of(&names, options.needs_facts());
        let mut wanted: Vec<usize> = columns.iter().map(|column| column.index).collect();
        wanted.extend(facts.all());
        wanted.sort_unstable();
        wanted.dedup();
        let is_address = |at| columns.iter().any(|column| column.index == at);
        let pick = |&at: &usize| Picked { leaf: leaves[at], is_address: is_address(at) };
        let picked = wanted.iter().map(pick).collect();
        let in_table = |index| 1 + wanted.partition_point(|&at| at < index);
        for column in &mut columns {
            column.index = in_table(column.index);
        }
        let facts = facts.map(in_table);
        let mut header = vec![String::new()];
        header.extend(wanted.iter().map(|&at| names[at].clone()));
        Ok((Self { header, columns, is_list: list.is_some(), facts, warnings }, picked))
    }
}

fn has_brotli(file: &SerializedFileReader<File>, picked: &[Picked]) -> bool {
    let groups = file.metadata().row_groups().iter();
    let mut chunks = groups
        .flat_map(|group| picked.iter().filter_map(|picked| group.columns().get(picked.leaf)));
    chunks.any(|chunk| matches!(chunk.compression(), Compression::BROTLI(_)))
}
