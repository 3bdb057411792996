//! Tables of text: columns aligned, no lines.

use std::io::{self, Write};

use comfy_table::{CellAlignment, Row, Table, presets};

/// An empty table under `header`; the columns at `right` hold numbers.
pub fn table(header: impl Into<Row>, right: &[usize]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(header);
    for column in table.column_iter_mut().enumerate().filter(|(at, _)| right.contains(at)) {
        column.1.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// Writes `table`, indented by two.
///
/// # Errors
/// When `out` fails.
pub fn write_table(table: &Table, out: &mut dyn Write) -> io::Result<()> {
    table.lines().try_for_each(|line| writeln!(out, " {}", line.trim_end()))
}
