//! A picture as PNG, with digits of its own: a font would be larger than all of octomix.

use std::io;

use tiny_skia::{
    Color, FillRule, Paint, PathBuilder, Pixmap, PremultipliedColorU8, Stroke, StrokeDash,
    Transform,
};

use super::item::{ADVANCE, HEIGHT, Item, Pen, Picture, Rgb, SOFT, WIDTH};

impl Picture {
    /// As PNG.
    pub fn png(&self) -> io::Result<Vec<u8>> {
        let none = || io::Error::other("no memory for a picture");
        let mut pixmap = Pixmap::new(WIDTH, HEIGHT).ok_or_else(none)?;
        pixmap.fill(Color::WHITE);
        for item in &self.0 {
            match item {
                Item::Path { points, closed, fill, stroke } => {
                    let mut path = PathBuilder::new();
                    for (at, &[x, y]) in points.iter().enumerate() {
                        match at {
                            0 => path.move_to(x as f32, y as f32),
                            _ => path.line_to(x as f32, y as f32),
                        }
                    }
                    if *closed {
                        path.close();
                    }
                    // A path without extent draws nothing.
                    let Some(path) = path.finish() else { continue };
                    if let Some((ink, alpha)) = fill {
                        let paint = paint(*ink, *alpha);
                        let rule = FillRule::Winding;
                        pixmap.fill_path(&path, &paint, rule, Transform::identity(), None);
                    }
                    if let Some(Pen { ink, width, dashed }) = stroke {
                        let dash = dashed.then(|| StrokeDash::new(vec![7.0, 5.0], 0.0)).flatten();
                        let stroke = Stroke { width: *width as f32, dash, ..Stroke::default() };
                        let paint = paint(*ink, 1.0);
                        pixmap.stroke_path(&path, &paint, &stroke, Transform::identity(), None);
                    }
                }
                Item::Number { at, text } => write_digits(&mut pixmap, *at, text),
                Item::Pixels(layer) => {
                    let all = pixmap.pixels_mut().iter_mut().zip(layer.pixels());
                    all.filter(|(_, ink)| ink.alpha() > 0).for_each(|(to, &ink)| *to = ink);
                }
            }
        }
        pixmap.encode_png().map_err(io::Error::other)
    }
}

fn paint([r, g, b]: Rgb, alpha: f64) -> Paint<'static> {
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    paint.set_color_rgba8(r, g, b, (255.0 * alpha).round() as u8);
    paint
}

/// The characters of numbers, as rows of three bits from the top.
fn glyph(character: char) -> Option<[u8; 5]> {
    Some(match character {
        '0' => [7, 5, 5, 5, 7],
        '1' => [2, 6, 2, 2, 7],
        '2' => [7, 1, 7, 4, 7],
        '3' => [7, 1, 7, 1, 7],
        '4' => [5, 5, 7, 1, 1],
        '5' => [7, 4, 7, 1, 7],
        '6' => [7, 4, 7, 5, 7],
        '7' => [7, 1, 2, 2, 2],
        '8' => [7, 5, 7, 5, 7],
        '9' => [7, 5, 7, 1, 7],
        '\u{2212}' => [0, 0, 7, 0, 0],
        '.' => [0, 0, 0, 0, 2],
        ',' => [0, 0, 0, 2, 4],
        _ => return None,
    })
}

/// Writes a number whose baseline starts at `[x, y]`; each bit is two pixels wide.
fn write_digits(pixmap: &mut Pixmap, [x, y]: [f64; 2], text: &str) {
    let (width, height) = (WIDTH as usize, HEIGHT as usize);
    let [r, g, b] = SOFT;
    let Some(ink) = PremultipliedColorU8::from_rgba(r, g, b, 255) else { return };
    for (at, rows) in text.chars().filter_map(glyph).enumerate() {
        for bit in 0..15 {
            let (row, column) = (bit / 3, bit % 3);
            if rows[row] >> (2 - column) & 1 == 0 {
                continue;
            }
            let left = x + at as f64 * ADVANCE + 2.0 * column as f64;
            let top = y - 10.0 + 2.0 * row as f64;
            for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                let (px, py) = (left.max(0.0) as usize + dx, top.max(0.0) as usize + dy);
                if px < width && py < height {
                    pixmap.pixels_mut()[py * width + px] = ink;
                }
            }
        }
    }
}
