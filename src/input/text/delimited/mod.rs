//! Tables of text: a header names the columns, and every row is a record. Cells are divided by a comma, a
//! semicolon, a tab, a vertical bar, or blanks. `search` finds the header; `table` reads the rows.

mod search;
pub(crate) mod table;

#[cfg(feature = "parquet")]
use std::sync::Arc;

use crate::input::error::InputError;
use crate::input::format::Opened;
use crate::input::options::Options;
use crate::input::read::head::Head;
use crate::input::text::opening;
#[cfg(feature = "parquet")]
use crate::input::text::{
    columns::Column,
    cutter::LineCutter,
    facts::FactColumns,
    header::{Division, Header},
    layout::Layout,
};
use search::{Found, Search};

/// Recognises a header: a line that names known columns or those of the options, or that has several cells
/// or one column's name. It may be a comment, and lines that are none may stand above it.
///
/// # Errors
///
/// A header without address columns, or data instead of a header.
pub(crate) fn recognise(
    head: &mut Head<'_>,
    options: &Options,
) -> Result<Option<Opened>, InputError> {
    let Some(found) = Search::new(head, options).run()? else { return Ok(None) };
    let Found { header, start, warnings } = found;
    let mut opened = opening::open(head, options, "csv", header, start)?;
    opened.warnings.splice(..0, warnings);
    Ok(Some(opened))
}

/// Cuts and reads the rows below a header: cells separated by tabs, and quoted if they contain one.
#[cfg(feature = "parquet")]
pub(crate) fn rows(names: Vec<String>, columns: Vec<Column>, facts: FactColumns) -> LineCutter {
    let header = Header { division: Division::Delimiter(b'\t'), names };
    let layout = Layout {
        header,
        columns,
        sides: [None; 2],
        has_peers: false,
        facts,
        is_list: false,
        has_row_names: false,
    };
    LineCutter(Arc::new(table::Table::new(b'\t', Arc::new(layout), None)))
}
