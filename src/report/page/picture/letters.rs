//! The outlines of letters, from a font that comes along: a PNG has no fonts of its reader's.
//!
//! It holds ASCII and the minus sign; other characters are left out.

use tiny_skia::{Path, PathBuilder};
use ttf_parser::{Face, OutlineBuilder};

use super::item::{Anchor, LETTERS};

/// DejaVu Sans; see font.txt for its licence.
const FONT: &[u8] = include_bytes!("font.ttf");

/// The outline of `text`, whose baseline has `at` as its `anchor`; nothing where it shows nothing.
pub(super) fn outline(text: &str, at: [f64; 2], anchor: Anchor) -> Option<Path> {
    let face = Face::parse(FONT, 0).ok()?;
    let scale = LETTERS as f32 / f32::from(face.units_per_em());
    let glyphs: Vec<_> = text.chars().filter_map(|letter| face.glyph_index(letter)).collect();
    let advances = glyphs.iter().map(|&glyph| face.glyph_hor_advance(glyph).unwrap_or(0));
    let advances: Vec<f32> = advances.map(|advance| scale * f32::from(advance)).collect();
    let width: f32 = advances.iter().sum();
    let before = match anchor {
        Anchor::Start => 0.0,
        Anchor::Middle => width / 2.0,
        Anchor::End => width,
    };
    let [mut x, y] = [at[0] as f32 - before, at[1] as f32];
    let mut path = PathBuilder::new();
    for (glyph, advance) in glyphs.into_iter().zip(advances) {
        // A space has none.
        let _ = face.outline_glyph(glyph, &mut Placed { path: &mut path, scale, x, y });
        x += advance;
    }
    path.finish()
}

/// The outline of a glyph in its place.
struct Placed<'a> {
    path: &'a mut PathBuilder,
    scale: f32,
    x: f32,
    y: f32,
}

impl Placed<'_> {
    /// Fonts count upwards.
    fn at(&self, x: f32, y: f32) -> (f32, f32) {
        (self.x + self.scale * x, self.y - self.scale * y)
    }
}

impl OutlineBuilder for Placed<'_> {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let ((x1, y1), (x, y)) = (self.at(x1, y1), self.at(x, y));
        self.path.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let ((x1, y1), (x2, y2), (x, y)) = (self.at(x1, y1), self.at(x2, y2), self.at(x, y));
        self.path.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_have_outlines_where_they_are_anchored() {
        let bounds = |anchor| outline("-120", [100.0, 50.0], anchor).unwrap().bounds();
        let (start, middle, end) =
            (bounds(Anchor::Start), bounds(Anchor::Middle), bounds(Anchor::End));
        assert!(start.left() >= 100.0 && end.right() <= 100.0, "{start:?} {end:?}");
        assert!(middle.left() < 100.0 && middle.right() > 100.0, "{middle:?}");
        // Digits are some seven tenths as high as letters are said to be, and stand on the line.
        assert!((8.0..12.0).contains(&start.height()) && start.bottom() < 51.0, "{start:?}");
        assert!(outline(" \n", [0.0, 0.0], Anchor::Start).is_none());
    }

    #[test]
    fn every_character_of_a_picture_is_in_the_font() {
        let face = Face::parse(FONT, 0).unwrap();
        let ascii = (b' '..=b'~').map(char::from);
        assert!(ascii.chain(['\u{2212}']).all(|letter| face.glyph_index(letter).is_some()));
    }
}
