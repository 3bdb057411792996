//! The plane of the principal components in braille characters, each two dots wide and four high.

use std::io::{self, Write};

use crate::describe::plane::Extent;
use crate::report::page::RolePage;

/// Dots of a sign, across and up.
const ACROSS: usize = 2;
const UP: usize = 4;

/// The bit of each dot, row by row from above (Unicode 15, section 21.1).
const BITS: [[u8; ACROSS]; UP] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];

/// Terminal colour codes, one for each cluster in turn; red is kept for flagged addresses.
const COLOURS: [u8; 7] = [34, 33, 32, 35, 36, 94, 90];
const RED: &str = "1;31";

/// A picture of addresses for a terminal.
#[derive(Debug, Clone, PartialEq)]
pub struct Scatter {
    columns: usize,
    signs: Vec<Sign>,
    coloured: bool,
}

/// One character.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Sign {
    dots: u8,
    /// The cluster that holds most of its addresses, if one does, by majority vote.
    cluster: u16,
    votes: u64,
    flagged: bool,
}

impl Scatter {
    /// What `page` shows, in so many `columns` and `rows` of characters.
    pub fn new(page: &RolePage, columns: usize, rows: usize, coloured: bool) -> Self {
        let mut scatter = Self { columns, signs: vec![Sign::default(); columns * rows], coloured };
        let extent = page.drawing.extent;
        page.drawing.for_each_place(&page.pca, |at, cluster, count| {
            scatter.dot(&extent, at, cluster, count);
        });
        for flag in &page.flags {
            let sign = scatter.dot(&extent, page.pca.project(flag.address.to_bits()), 0, 0);
            sign.flagged = true;
        }
        scatter
    }

    fn dot(&mut self, extent: &Extent, at: [f64; 2], cluster: u16, count: u32) -> &mut Sign {
        let (columns, rows) = (self.columns, self.signs.len() / self.columns);
        let (x, y) = extent.cell(at, ACROSS * columns, UP * rows);
        let below = UP * rows - 1 - y;
        let sign = &mut self.signs[below / UP * columns + x / ACROSS];
        sign.dots |= BITS[below % UP][x % ACROSS];
        let count = u64::from(count);
        if sign.cluster == cluster {
            sign.votes += count;
        } else if sign.votes < count {
            (sign.cluster, sign.votes) = (cluster, count - sign.votes);
        } else {
            sign.votes -= count;
        }
        sign
    }

    /// Writes it, indented by two.
    ///
    /// # Errors
    /// When `out` fails.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        for row in self.signs.chunks(self.columns) {
            let end = row.iter().rposition(|sign| sign.dots != 0).map_or(0, |last| last + 1);
            write!(out, "{}", if end > 0 { "  " } else { "" })?;
            let mut ink = String::new();
            for sign in &row[..end] {
                let wanted = self.ink(sign);
                if wanted != ink {
                    write!(out, "\u{1b}[{}m", if wanted.is_empty() { "0" } else { &wanted })?;
                    ink = wanted;
                }
                // A sign of no dots is a space: braille's own is not blank in every font.
                let character = match sign.dots {
                    0 => ' ',
                    dots => char::from_u32(0x2800 + u32::from(dots)).unwrap_or(' '),
                };
                write!(out, "{character}")?;
            }
            writeln!(out, "{}", if ink.is_empty() { "" } else { "\u{1b}[0m" })?;
        }
        Ok(())
    }

    /// The colour code of `sign`; empty for none.
    fn ink(&self, sign: &Sign) -> String {
        match sign {
            _ if !self.coloured || sign.dots == 0 => String::new(),
            Sign { flagged: true, .. } => RED.to_owned(),
            Sign { cluster, .. } => COLOURS[usize::from(*cluster) % COLOURS.len()].to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scatter(coloured: bool) -> Scatter {
        let extent = Extent { x: [0.0, 8.0], y: [0.0, 8.0] };
        let mut scatter = Scatter { columns: 4, signs: vec![Sign::default(); 8], coloured };
        scatter.dot(&extent, [0.5, 7.5], 1, 1);
        scatter.dot(&extent, [1.5, 4.5], 2, 3);
        scatter.dot(&extent, [7.9, 0.1], 0, 1).flagged = true;
        scatter
    }

    fn written(scatter: &Scatter) -> String {
        let mut out = Vec::new();
        scatter.write(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn dots_are_where_the_addresses_are() {
        assert_eq!(written(&scatter(false)), "  \u{2881}\n     \u{2880}\n");
    }

    #[test]
    fn colours_tell_clusters_and_flags_and_end() {
        let text = written(&scatter(true));
        assert_eq!(text, "  \u{1b}[32m\u{2881}\u{1b}[0m\n     \u{1b}[1;31m\u{2880}\u{1b}[0m\n");
    }
}
