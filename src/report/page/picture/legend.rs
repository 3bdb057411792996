//! What the marks of a picture stand for, beside the plot.

use super::draw::{CORNERS, mark, sizes};
use super::item::{
    Anchor, INK, Item, ODD, PLOT, PLOT_WIDTH, Pen, Picture, REMOTE, Rgb, SOFT, colour,
};
use crate::report::page::role::{MOST_FLAGS, RolePage};
use crate::words::{counted, grouped};

/// The most clusters that are named, the largest first.
const MOST_NAMED: usize = 16;

/// From one line to the next, in pixels.
const LINE: f64 = 22.0;

impl Picture {
    /// The legend of what is drawn of `page`.
    pub(super) fn legend(&mut self, page: &RolePage) {
        let left = PLOT[0] + f64::from(PLOT_WIDTH) + 24.0;
        let mut y = PLOT[1] + 12.0;
        let sizes = sizes(page);
        let mut order: Vec<usize> = (0..sizes.len()).filter(|&k| sizes[k] > 0).collect();
        order.sort_by_key(|&k| std::cmp::Reverse(sizes[k]));
        let mut line = |picture: &mut Self, sign: Option<(usize, Rgb)>, ink: Rgb, text: String| {
            if let Some((corners, ink)) = sign {
                let points = mark([left + 6.0, y - 4.5], 5.5, corners);
                let pen = Some(Pen { ink, width: 1.8, dashed: false });
                let item = Item::Path { points, closed: true, fill: Some((ink, 0.4)), stroke: pen };
                picture.frame.push(item);
            }
            let at = [left + if sign.is_some() { 20.0 } else { 0.0 }, y];
            picture.frame.push(Item::Text { at, anchor: Anchor::Start, ink, text });
            y += LINE;
        };
        for &k in order.iter().take(MOST_NAMED) {
            let text = format!("cluster {k}: {}", grouped(sizes[k]));
            line(self, Some((CORNERS[k % CORNERS.len()], colour(k))), INK, text);
        }
        if let Some(more @ 1..) = order.len().checked_sub(MOST_NAMED) {
            line(self, None, SOFT, counted(more as u64, "smaller cluster", "smaller clusters"));
        }
        line(self, None, SOFT, "ellipses: one and two".to_owned());
        line(self, None, SOFT, "standard deviations".to_owned());
        let is_finding = |finding| page.flags.iter().any(|flag| flag.finding == finding);
        for (is_finding, ink, text) in [
            (is_finding(true), ODD, "finding"),
            (is_finding(false), REMOTE, "most remote: a ranking"),
        ] {
            if is_finding {
                line(self, Some((16, ink)), INK, text.to_owned());
            }
        }
        if page.flags.len() == MOST_FLAGS {
            let text = format!("(the {} least dense)", grouped(MOST_FLAGS as u64));
            line(self, None, SOFT, text);
        }
    }
}
