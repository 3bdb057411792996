//! Tables of text: columns aligned, no lines. Where a row is wider than the terminal it is folded between columns.

use std::io::{self, Write};
use std::ops::Range;

use comfy_table::{CellAlignment, presets};

use super::wrap::write_wrapped;

/// Columns by which the first line of a row is set in, and by which the others are.
const INDENT: usize = 1;
const FOLDED: usize = 4;

/// A table before it is written.
#[derive(Debug)]
pub struct Table {
    header: Vec<String>,
    /// The columns that hold numbers.
    right: Vec<usize>,
    rows: Vec<Vec<String>>,
}

/// An empty table under `header`; the columns at `right` hold numbers.
pub fn table<T: Into<String>>(header: impl IntoIterator<Item = T>, right: &[usize]) -> Table {
    let header = header.into_iter().map(Into::into).collect();
    Table { header, right: right.to_vec(), rows: Vec::new() }
}

impl Table {
    /// Adds a row below the others.
    pub fn add_row<T: Into<String>>(&mut self, cells: impl IntoIterator<Item = T>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    /// Some of its columns, aligned.
    fn part(&self, columns: Range<usize>) -> comfy_table::Table {
        let cells = |row: &Vec<String>| row.get(columns.clone()).unwrap_or_default().to_vec();
        let mut part = comfy_table::Table::new();
        part.load_style(presets::NOTHING).set_header(cells(&self.header));
        part.add_rows(self.rows.iter().map(cells));
        for (column, at) in part.column_iter_mut().zip(columns.clone()) {
            if self.right.contains(&at) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        part
    }

    /// The columns of each line of a row, as many as `width` has room for, but at least one.
    fn lines(&self, width: usize) -> Vec<Range<usize>> {
        let widths = self.part(0..self.header.len()).column_max_content_widths();
        let (mut lines, mut begin, mut used) = (Vec::new(), 0, INDENT);
        for (at, content) in widths.iter().enumerate() {
            // One column is left free at either side.
            let taken = usize::from(*content) + 2;
            // What is free at the end need not be there.
            if at > begin && used + taken - 1 > width {
                lines.push(begin..at);
                (begin, used) = (at, FOLDED);
            }
            used += taken;
        }
        lines.push(begin..widths.len());
        lines
    }
}

/// Writes `table`, indented by two, in lines of at most `width` columns.
///
/// # Errors
/// When `out` fails.
pub fn write_table(table: &Table, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let lines = table.lines(width);
    let is_folded = lines.len() > 1;
    let parts: Vec<Vec<String>> =
        lines.into_iter().map(|columns| table.part(columns).lines().collect()).collect();
    for row in 0..=table.rows.len() {
        for (at, part) in parts.iter().enumerate() {
            let text = part.get(row).map_or("", |line| line.trim_end());
            let indent = " ".repeat(if at == 0 { INDENT } else { FOLDED });
            match text.chars().count() + indent.len() > width && is_folded {
                true => write_wrapped(&format!("{indent} "), text.trim_start(), width, out)?,
                false if at > 0 && text.is_empty() => {}
                false => writeln!(out, "{indent}{text}")?,
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_folded_between_columns() -> io::Result<()> {
        let mut table = table(["address", "records", "where it is"], &[1]);
        table.add_row(["10.0.0.1", "7", "in a block of others"]);
        table.add_row(["192.168.100.200", "1,234", ""]);
        let told = |width| {
            let mut out = Vec::new();
            write_table(&table, width, &mut out)?;
            Ok::<_, io::Error>(String::from_utf8_lossy(&out).into_owned())
        };
        let whole = "  address          records  where it is\n  \
                     10.0.0.1               7  in a block of others\n  \
                     192.168.100.200    1,234\n";
        assert_eq!(told(100)?, whole);
        assert_eq!(
            told(30)?,
            "  address          records\n     where it is\n  \
             10.0.0.1               7\n     in a block of others\n  \
             192.168.100.200    1,234\n"
        );
        Ok(())
    }
}
