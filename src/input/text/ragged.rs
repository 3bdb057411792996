//! Rows with more cells than their header has names: a value holds the separator without being quoted, as
//! TShark writes several values of a field.
//!
//! Nothing is guessed. A column is read only if every way to lay the row out gives it the same cell.

use crate::input::record::Cell;

/// Where the columns of such a row are, as far as that can be told.
pub(crate) struct Placed {
    surplus: usize,
    /// The cells of the two address columns.
    sides: [Option<usize>; 2],
    /// Columns up to this one are where the header has them.
    before: usize,
    /// Columns from this one on are moved by the whole surplus.
    after: Option<usize>,
}

impl Placed {
    /// Places a row of more than `width` cells. `sides` are its columns of addresses, and `cell` says what
    /// the cell with a number holds.
    ///
    /// A column at `i` is somewhere from `i` to `i + surplus`, and columns keep their order. A place is
    /// possible if it holds an address of either version or says that there is none.
    pub fn new(
        cells: usize,
        width: usize,
        sides: [Option<usize>; 2],
        cell: impl Fn(usize) -> Cell,
    ) -> Self {
        let surplus = cells.saturating_sub(width);
        let shifts = |column: usize| -> Vec<usize> {
            // Nothing stands before the first column that could move it.
            let most = if column == 0 { 0 } else { surplus };
            let is_possible =
                |shift: &usize| column == 0 || cell(column + shift) != Cell::Malformed;
            (0..=most).filter(is_possible).collect()
        };
        let mut possible = sides.map(|column| column.map_or_else(Vec::new, shifts));
        if let [Some(source), Some(destination)] = sides {
            let (one, other) = if source <= destination { (0, 1) } else { (1, 0) };
            let least = possible[one].first().copied();
            let most = possible[other].last().copied();
            possible[one].retain(|shift| most.is_some_and(|most| *shift <= most));
            possible[other].retain(|shift| least.is_some_and(|least| *shift >= least));
        }
        let mut placed = Self { surplus, sides: [None; 2], before: 0, after: None };
        for side in [0, 1] {
            let Some(column) = sides[side] else { continue };
            let shifts = &possible[side];
            let Some(&first) = shifts.first() else {
                placed.sides[side] = (column == 0).then_some(0);
                continue;
            };
            if shifts.iter().all(|shift| cell(column + shift) == cell(column + first)) {
                placed.sides[side] = Some(column + first);
            }
            match shifts[..] {
                [0] => placed.before = placed.before.max(column),
                [shift] if shift == surplus => {
                    placed.after = Some(placed.after.map_or(column, |after| after.min(column)));
                }
                _ => {}
            }
        }
        placed
    }

    /// The cell of the source's column and that of the destination's.
    pub fn sides(&self) -> [Option<usize>; 2] {
        self.sides
    }

    /// The cell of another column.
    pub fn at(&self, column: usize) -> Option<usize> {
        if column <= self.before {
            return Some(column);
        }
        let is_after = self.after.is_some_and(|after| column >= after);
        is_after.then_some(column + self.surplus)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::options::Notation;
    use crate::input::text::cell::parse_cell;

    fn placed(row: &str, width: usize, sides: [Option<usize>; 2]) -> Placed {
        let cells: Vec<&str> = row.split(',').collect();
        let cell = |at: usize| parse_cell(cells[at].as_bytes(), Notation::default());
        Placed::new(cells.len(), width, sides, cell)
    }

    #[test]
    fn only_what_every_layout_agrees_on_is_read() {
        let both = [Some(0), Some(1)];
        // Two values in each cell: the second column is one of three.
        assert_eq!(placed("10.0.0.1,10.9.9.9,10.0.0.2,10.8.8.8", 2, both).sides(), [Some(0), None]);
        // The same address wherever it stands.
        assert_eq!(placed("10.0.0.1,10.0.0.2,10.0.0.2", 2, both).sides(), [Some(0), Some(1)]);
        // Text with a comma behind the addresses, and before them.
        let row = placed("10.0.0.1,10.0.0.2,hello, world", 3, both);
        assert_eq!((row.sides(), row.at(2)), ([Some(0), Some(1)], None));
        let row = placed("hello, world,10.0.0.1,10.0.0.2,443", 4, [Some(1), Some(2)]);
        assert_eq!((row.sides(), row.at(3)), ([Some(2), Some(3)], Some(4)));
        assert_eq!(row.at(0), Some(0));
        // No layout at all.
        assert_eq!(placed("a,b,c,d", 3, [Some(1), Some(2)]).sides(), [None, None]);
    }

    #[test]
    fn columns_keep_their_order_whichever_comes_first() {
        let row = placed("x,10.0.0.2,y,10.0.0.1,z", 4, [Some(2), Some(1)]);
        assert_eq!(row.sides(), [Some(3), Some(1)]);
    }
}
