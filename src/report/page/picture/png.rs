//! A picture as PNG.

use std::io;

use tiny_skia::{
    Color, FillRule, Paint, PathBuilder, Pixmap, PixmapPaint, Stroke, StrokeDash, Transform,
};

use super::item::{HEIGHT, Item, PLOT, PLOT_HEIGHT, PLOT_WIDTH, Pen, Picture, Rgb, WIDTH};
use super::letters::outline;

impl Picture {
    /// As PNG.
    pub fn png(&self) -> io::Result<Vec<u8>> {
        let none = || io::Error::other("no memory for a picture");
        let mut pixmap = Pixmap::new(WIDTH, HEIGHT).ok_or_else(none)?;
        pixmap.fill(Color::WHITE);
        let mut plot = Pixmap::new(PLOT_WIDTH, PLOT_HEIGHT).ok_or_else(none)?;
        draw(&self.plot, &mut plot);
        lay(&plot, PLOT, &mut pixmap);
        draw(&self.frame, &mut pixmap);
        pixmap.encode_png().map_err(io::Error::other)
    }
}

fn draw(items: &[Item], pixmap: &mut Pixmap) {
    for item in items {
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
            Item::Text { at, anchor, ink, text } => {
                if let Some(path) = outline(text, *at, *anchor) {
                    let (paint, rule) = (paint(*ink, 1.0), FillRule::Winding);
                    pixmap.fill_path(&path, &paint, rule, Transform::identity(), None);
                }
            }
            Item::Pixels(layer) => lay(layer, [0.0; 2], pixmap),
        }
    }
}

/// Draws `layer` over `pixmap`, its corner `at`.
fn lay(layer: &Pixmap, [x, y]: [f64; 2], pixmap: &mut Pixmap) {
    let (paint, whole) = (PixmapPaint::default(), Transform::identity());
    pixmap.draw_pixmap(x as i32, y as i32, layer.as_ref(), &paint, whole, None);
}

fn paint([r, g, b]: Rgb, alpha: f64) -> Paint<'static> {
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    paint.set_color_rgba8(r, g, b, (255.0 * alpha).round() as u8);
    paint
}
