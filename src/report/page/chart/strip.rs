//! A strip of cells: the addresses of a block, or the ports of a host.

use std::fmt::Write;

/// Cells of a row, and the size of each.
const COLUMNS: usize = 64;
const SIZE: usize = 7;

/// The strip of `cells`, each with how many of its members were contacted and how many of them were silent.
/// `told` names the members of a cell.
pub(in crate::report::page) fn strip(
    label: &str,
    cells: &[[u32; 2]],
    told: impl Fn(usize) -> String,
) -> String {
    let (width, height) = (COLUMNS * SIZE, cells.len().div_ceil(COLUMNS) * SIZE);
    // Labels come from this crate: nothing in them needs escaping.
    let mut svg = format!(
        r#"<svg class="strip" viewBox="0 0 {width} {height}" role="img" aria-label="{label}">"#
    );
    let most = cells.iter().map(|cell| cell[0]).max().unwrap_or(1).max(1);
    for (at, &[contacted, silent]) in cells.iter().enumerate() {
        let (x, y) = (at % COLUMNS * SIZE, at / COLUMNS * SIZE);
        let class = match (contacted, silent) {
            (0, _) => "none",
            (_, 0) => "hit",
            _ => "hit silent",
        };
        let shade = 0.35 + 0.65 * f64::from(contacted) / f64::from(most);
        let shade = if contacted == 0 { 1.0 } else { shade };
        let side = SIZE - 1;
        // Writing to a string cannot fail.
        let _ = write!(
            svg,
            r#"<rect class="{class}" x="{x}" y="{y}" width="{side}" height="{side}" opacity="{shade:.2}"><title>{}</title></rect>"#,
            told(at)
        );
    }
    svg + "</svg>"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_is_told() {
        let mut cells = vec![[0, 0]; 256];
        (cells[1], cells[9]) = ([1, 0], [1, 1]);
        let svg = strip("a block", &cells, |at| format!("cell {at}"));
        assert_eq!(svg.matches("<rect").count(), 256);
        assert_eq!((svg.matches("\"hit\"").count(), svg.matches("hit silent").count()), (1, 1));
    }
}
