//! A picture as SVG.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::item::{
    Anchor, HEIGHT, Item, LETTERS, PAPER, PLOT, PLOT_HEIGHT, PLOT_WIDTH, Pen, Picture, Rgb, WIDTH,
};

impl Picture {
    /// As SVG.
    pub fn svg(&self) -> io::Result<String> {
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
             font-family=\"sans-serif\" font-size=\"{LETTERS}\" fill=\"none\" stroke-linejoin=\"round\">\n\
             <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"{}\"/>\n",
            hex(PAPER)
        );
        let [x, y] = PLOT;
        svg +=
            &format!("<svg x=\"{x}\" y=\"{y}\" width=\"{PLOT_WIDTH}\" height=\"{PLOT_HEIGHT}\">\n");
        draw(&self.plot, &mut svg)?;
        svg += "</svg>\n";
        draw(&self.frame, &mut svg)?;
        svg += "</svg>\n";
        Ok(svg)
    }
}

fn draw(items: &[Item], svg: &mut String) -> io::Result<()> {
    for item in items {
        match item {
            Item::Path { points, closed, fill, stroke } => {
                let points: Vec<String> =
                    points.iter().map(|[x, y]| format!("{x:.1} {y:.1}")).collect();
                let end = if *closed { "Z" } else { "" };
                *svg += &format!("<path d=\"M{}{end}\"", points.join("L"));
                if let Some((ink, alpha)) = fill {
                    *svg += &format!(" fill=\"{}\" fill-opacity=\"{alpha}\"", hex(*ink));
                }
                if let Some(Pen { ink, width, dashed }) = stroke {
                    let dash = if *dashed { " stroke-dasharray=\"7 5\"" } else { "" };
                    *svg += &format!(" stroke=\"{}\" stroke-width=\"{width}\"{dash}", hex(*ink));
                }
                *svg += "/>\n";
            }
            Item::Text { at: [x, y], anchor, ink, text } => {
                let anchor = match anchor {
                    Anchor::Start => "start",
                    Anchor::Middle => "middle",
                    Anchor::End => "end",
                };
                // Words and numbers of ours: nothing to escape.
                *svg += &format!(
                    "<text x=\"{x:.1}\" y=\"{y:.1}\" fill=\"{}\" text-anchor=\"{anchor}\">{text}</text>\n",
                    hex(*ink)
                );
            }
            Item::Pixels(pixmap) => {
                let png = STANDARD.encode(pixmap.encode_png().map_err(io::Error::other)?);
                *svg += &format!(
                    "<image width=\"{PLOT_WIDTH}\" height=\"{PLOT_HEIGHT}\" href=\"data:image/png;base64,{png}\"/>\n"
                );
            }
        }
    }
    Ok(())
}

pub(super) fn hex([r, g, b]: Rgb) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}
