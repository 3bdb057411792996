//! A role's page as a picture, the lowest items first.
//!
//! Up to [`MOST_MARKS`] addresses are drawn as marks; more are counted in pixels. So are flagged ones, beyond
//! [`MOST_FLAGS`]: marks would hide what they are marks of.

use tiny_skia::{ColorU8, Pixmap};

use super::item::{
    Anchor, GRID, INK, Item, ODD, PAPER, PLOT, PLOT_HEIGHT, PLOT_WIDTH, Pen, Picture, REMOTE, Rgb,
    SOFT, colour,
};
use crate::describe::drawing::Cells;
use crate::describe::plane::Extent;
use crate::report::page::chart::{number, ticks};
use crate::report::page::role::RolePage;

/// Pixels left free about the addresses.
const MARGIN: f64 = 32.0;

/// The most addresses that are drawn as marks.
const MOST_MARKS: usize = 5000;

/// The most flagged addresses that are drawn as marks.
const MOST_FLAGS: usize = 400;

/// Pixels of a place where more are counted, along each side.
const PLACE: usize = 4;

/// The most components whose ellipses are drawn, the largest first.
const MOST_SHAPES: usize = 24;

impl Picture {
    /// A picture of what a page shows of a role.
    pub fn new(page: &RolePage) -> Self {
        let viewport = Viewport::new(page.drawing.extent);
        let mut picture = Self { plot: Vec::new(), frame: Vec::new() };
        picture.axes(viewport);
        picture.titles(page);
        picture.addresses(page, viewport);
        if page.flags.len() > MOST_FLAGS {
            picture.flagged_places(page, viewport);
            picture.shapes(page, viewport);
        } else {
            picture.shapes(page, viewport);
            picture.flags(page, viewport);
        }
        picture.legend(page);
        picture
    }

    /// A mark for each flagged address: findings above what is only remote, and the least dense above all.
    fn flags(&mut self, page: &RolePage, viewport: Viewport) {
        let mut flags: Vec<_> = page.flags.iter().rev().collect();
        flags.sort_by_key(|flag| flag.finding);
        for flag in flags {
            let at = viewport.place(page.pca.project(flag.address.to_bits()));
            let points = mark(at, 5.5, rule_corners(&flag.rule));
            let halo = Some(Pen { ink: PAPER, width: 4.0, dashed: false });
            let ink = if flag.finding { ODD } else { REMOTE };
            let pen = Some(Pen { ink, width: 1.8, dashed: false });
            self.path(points.clone(), true, None, halo);
            self.path(points, true, Some((ink, 0.25)), pen);
        }
    }

    /// How many flagged addresses lie at each place: the more, the less is seen of what is below. A place with a
    /// finding has the colour of findings.
    fn flagged_places(&mut self, page: &RolePage, viewport: Viewport) {
        let Some(mut pixmap) = Pixmap::new(PLOT_WIDTH, PLOT_HEIGHT) else { return };
        let (width, height) = (PLOT_WIDTH as usize, PLOT_HEIGHT as usize);
        let across = width.div_ceil(PLACE);
        let mut places = vec![(0u32, false); across * height.div_ceil(PLACE)];
        for flag in &page.flags {
            let [x, y] = viewport.place(page.pca.project(flag.address.to_bits()));
            let at = y.max(0.0) as usize / PLACE * across + x.max(0.0) as usize / PLACE;
            if let Some((count, finding)) = places.get_mut(at) {
                *count += 1;
                *finding |= flag.finding;
            }
        }
        let most = places.iter().map(|&(count, _)| count).max().unwrap_or(1).max(1);
        for (at, pixel) in pixmap.pixels_mut().iter_mut().enumerate() {
            let (x, y) = (at % width, at / width);
            let (count, finding) = places[y / PLACE * across + x / PLACE];
            if count > 0 {
                let [r, g, b] = if finding { ODD } else { REMOTE };
                let strength = 0.35 + 0.55 * f64::from(count).ln_1p() / f64::from(most).ln_1p();
                let alpha = (255.0 * strength).round() as u8;
                *pixel = ColorU8::from_rgba(r, g, b, alpha).premultiply();
            }
        }
        self.plot.push(Item::Pixels(Box::new(pixmap)));
    }

    /// What the axes are.
    fn titles(&mut self, page: &RolePage) {
        let [x, y] = PLOT;
        let (right, bottom) = (x + f64::from(PLOT_WIDTH), y + f64::from(PLOT_HEIGHT));
        let title = |which, axis: usize| {
            let share = 100.0 * page.pca.explained_variance_ratio[axis];
            format!("{which} principal component, octets ({share:.0} % of the variance)")
        };
        let texts = [
            ([x, y - 14.0], Anchor::Start, title("second", 1)),
            ([right, bottom + 38.0], Anchor::End, title("first", 0)),
        ];
        for (at, anchor, text) in texts {
            self.frame.push(Item::Text { at, anchor, ink: INK, text });
        }
        let corners = vec![[x, y], [right, y], [right, bottom], [x, bottom]];
        let pen = Some(Pen { ink: SOFT, width: 1.0, dashed: false });
        self.frame.push(Item::Path { points: corners, closed: true, fill: None, stroke: pen });
    }

    fn path(
        &mut self,
        points: Vec<[f64; 2]>,
        closed: bool,
        fill: Option<(Rgb, f64)>,
        stroke: Option<Pen>,
    ) {
        self.plot.push(Item::Path { points, closed, fill, stroke });
    }

    fn axes(&mut self, viewport: Viewport) {
        let seen = viewport.seen();
        let (width, height) = (f64::from(PLOT_WIDTH), f64::from(PLOT_HEIGHT));
        let pen = Some(Pen { ink: GRID, width: 1.0, dashed: false });
        for (axis, range, count) in [(0, seen.x, 10), (1, seen.y, 8)] {
            let all = ticks(range, count);
            let step = all.windows(2).next().map_or(1.0, |pair| pair[1] - pair[0]);
            for tick in all {
                let [x, y] = viewport.place([tick; 2]);
                let (line, [dx, dy], anchor) = match axis {
                    0 => (vec![[x, 0.0], [x, height]], [x, height + 18.0], Anchor::Middle),
                    _ => (vec![[0.0, y], [width, y]], [-8.0, y + 4.5], Anchor::End),
                };
                self.path(line, false, None, pen);
                let at = [PLOT[0] + dx, PLOT[1] + dy];
                self.frame.push(Item::Text { at, anchor, ink: SOFT, text: number(tick, step) });
            }
        }
    }

    fn addresses(&mut self, page: &RolePage, viewport: Viewport) {
        match &page.drawing.cells {
            Cells::Points(points) if points.addresses.len() <= MOST_MARKS => {
                let radius = if points.addresses.len() > 600 { 2.6 } else { 4.0 };
                for (&address, &cluster) in points.addresses.iter().zip(&points.clusters) {
                    let at = viewport.place(page.pca.project(address));
                    let cluster = usize::from(cluster);
                    let corners = CORNERS[cluster % CORNERS.len()];
                    self.path(mark(at, radius, corners), true, Some((colour(cluster), 0.75)), None);
                }
            }
            _ => self.pixels(page, viewport),
        }
    }

    /// Draws how many addresses lie at each place, in spots two pixels wide: the more, the stronger.
    fn pixels(&mut self, page: &RolePage, viewport: Viewport) {
        let Some(mut pixmap) = Pixmap::new(PLOT_WIDTH, PLOT_HEIGHT) else { return };
        let (width, height) = (PLOT_WIDTH as usize, PLOT_HEIGHT as usize);
        let mut counts = vec![(0u64, 0u16); width * height];
        page.drawing.for_each_place(&page.pca, |at, cluster, count| {
            let [x, y] = viewport.place(at).map(|at| at.max(0.0) as usize);
            for (x, y) in [(x, y), (x + 1, y), (x, y + 1), (x + 1, y + 1)] {
                if x < width && y < height {
                    let (total, of) = &mut counts[y * width + x];
                    *total += u64::from(count);
                    *of = cluster;
                }
            }
        });
        let most = counts.iter().map(|&(count, _)| count).max().unwrap_or(1).max(1) as f64;
        for (pixel, (count, cluster)) in pixmap.pixels_mut().iter_mut().zip(counts) {
            if count > 0 {
                let strength = 0.35 + 0.65 * (count as f64).ln_1p() / most.ln_1p();
                let ink = colour(usize::from(cluster));
                let mixed = |c: usize| {
                    (255.0 + (f64::from(ink[c]) - 255.0) * strength.min(1.0)).round() as u8
                };
                *pixel = ColorU8::from_rgba(mixed(0), mixed(1), mixed(2), 255).premultiply();
            }
        }
        self.plot.push(Item::Pixels(Box::new(pixmap)));
    }

    fn shapes(&mut self, page: &RolePage, viewport: Viewport) {
        let sizes = sizes(page);
        let mut order: Vec<usize> = (0..page.shapes.len()).filter(|&k| sizes[k] > 0).collect();
        order.sort_by_key(|&k| std::cmp::Reverse(sizes[k]));
        for k in order.into_iter().take(MOST_SHAPES) {
            let shape = page.shapes[k];
            for (sigmas, width, dashed) in [(1.0, 1.8, false), (2.0, 1.2, true)] {
                let points = shape.outline(sigmas, 96).map(|at| viewport.place(at)).collect();
                let fill = (!dashed).then_some((colour(k), 0.08));
                self.path(points, true, fill, Some(Pen { ink: colour(k), width, dashed }));
            }
            let at = viewport.place(shape.mean);
            let pen = Some(Pen { ink: colour(k), width: 1.8, dashed: false });
            self.path(mark(at, 11.0, 24), true, Some((PAPER, 1.0)), pen);
            let (at, anchor) = ([at[0], at[1] + 4.5], Anchor::Middle);
            self.plot.push(Item::Text { at, anchor, ink: INK, text: k.to_string() });
        }
    }
}

/// Maps the plane to pixels, at one scale for both axes unless that would leave most of it empty.
#[derive(Clone, Copy)]
pub(super) struct Viewport {
    middle: [f64; 2],
    scale: [f64; 2],
}

impl Viewport {
    pub fn new(Extent { x, y }: Extent) -> Self {
        let fits =
            |size: u32, [low, high]: [f64; 2]| (f64::from(size) - 2.0 * MARGIN) / (high - low);
        let (across, up) = (fits(PLOT_WIDTH, x), fits(PLOT_HEIGHT, y));
        let scale = match across.min(up) {
            least if across.max(up) < 3.5 * least => [least; 2],
            _ => [across, up],
        };
        Self { middle: [(x[0] + x[1]) / 2.0, (y[0] + y[1]) / 2.0], scale }
    }

    pub fn place(self, [x, y]: [f64; 2]) -> [f64; 2] {
        let ([cx, cy], [sx, sy]) = (self.middle, self.scale);
        [f64::from(PLOT_WIDTH) / 2.0 + (x - cx) * sx, f64::from(PLOT_HEIGHT) / 2.0 - (y - cy) * sy]
    }

    /// The part of the plane that is visible.
    pub fn seen(self) -> Extent {
        let reach = |middle: f64, size: u32, scale: f64| {
            let half = f64::from(size) / 2.0 / scale;
            [middle - half, middle + half]
        };
        Extent {
            x: reach(self.middle[0], PLOT_WIDTH, self.scale[0]),
            y: reach(self.middle[1], PLOT_HEIGHT, self.scale[1]),
        }
    }
}

/// The addresses of each cluster; those of a cell count for its commonest.
pub(super) fn sizes(page: &RolePage) -> Vec<u64> {
    let mut sizes = vec![0; page.shapes.len()];
    page.drawing.for_each_place(&page.pca, |_, cluster, count| {
        if let Some(size) = sizes.get_mut(usize::from(cluster)) {
            *size += u64::from(count);
        }
    });
    sizes
}

/// Corners of the mark of each cluster: a circle, a square, a triangle and so on.
pub(super) const CORNERS: [usize; 5] = [16, 4, 3, 6, 5];

/// Corners of the mark of a rule.
fn rule_corners(rule: &str) -> usize {
    match rule {
        "low-density" => 16,
        "reserved" => 4,
        "gap" => 3,
        _ => 5,
    }
}

/// A regular polygon about `at`, a corner up; a square stands on its side.
pub(super) fn mark([x, y]: [f64; 2], radius: f64, corners: usize) -> Vec<[f64; 2]> {
    let start = if corners == 4 { 0.125 } else { 0.0 };
    let corner = |i: usize| {
        let turn = std::f64::consts::TAU * (i as f64 / corners as f64 + start);
        [x + radius * turn.sin(), y - radius * turn.cos()]
    };
    (0..corners).map(corner).collect()
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::super::item::{COLOURS, HEIGHT, WIDTH};
    use super::*;
    use crate::describe::drawing::{Drawing, Points};
    use crate::describe::flagged::Anomaly;
    use crate::describe::histogram::Histogram;
    use crate::describe::plane::Shape;
    use crate::describe::plane::tests::plane;
    use crate::model::pca::Pca;
    use crate::report::page::picture::svg::hex;

    /// A page of `count` addresses of one /16, one of them flagged.
    fn page(count: u32) -> RolePage {
        let pca = Pca { mean: [10.0, 0.0, 128.0, 128.0], ..plane() };
        let addresses: Vec<u32> = (0..count).map(|i| 0x0a00_0000 + i * 40_503 % 65_536).collect();
        let clusters = (0..count).map(|i| (i % 2) as u16).collect();
        let extent = Extent::of(&addresses, &pca);
        let points = Points { addresses, clusters, ..Points::default() };
        let flag = Anomaly {
            finding: true,
            address: Ipv4Addr::new(10, 0, 0, 0),
            packets: 1,
            cluster: 0,
            log_density: -9.0,
            rule: "gap".to_owned(),
            gist: String::new(),
            reason: String::new(),
            surprise: 0.0,
            surprise_octets: [0.0; 4],
        };
        RolePage {
            evidence: Vec::new(),
            fanout: Default::default(),
            pca,
            shapes: vec![Shape { mean: [0.0; 2], covariance: [900.0, 100.0, 400.0] }; 2],
            drawing: Drawing {
                extent,
                cells: Cells::Points(points),
                histogram: Histogram::default(),
            },
            flags: vec![flag],
            trace: Vec::new(),
        }
    }

    #[test]
    fn colours_are_those_of_the_page() {
        let style = include_str!("../page.css");
        let (light, _) = style.split_once("[data-theme=\"dark\"]").unwrap();
        for (k, &ink) in COLOURS.iter().enumerate() {
            assert!(light.contains(&format!("--c{k}: {};", hex(ink))), "--c{k}");
        }
        assert!(light.contains(&format!("--odd: {};", hex(ODD))));
    }

    #[test]
    fn the_png_has_what_the_svg_has() {
        for count in [300, 20_000] {
            let picture = Picture::new(&page(count));
            let svg = picture.svg().unwrap();
            assert_eq!(svg.contains("<image"), count > 5000);
            // The fill and the line of a flag, and of its sign in the legend.
            assert_eq!(svg.matches(&hex(ODD)).count(), 4);
            for text in [">first principal component", ">cluster 0: ", ">finding<"] {
                assert!(svg.contains(text), "{text}");
            }
            let read = Pixmap::decode_png(&picture.png().unwrap()).unwrap();
            assert_eq!((read.width(), read.height()), (WIDTH, HEIGHT));
            let near = |ink: Rgb| {
                let is_near = |a: u8, b: u8| a.abs_diff(b) < 70;
                let pixels = read.pixels().iter();
                pixels
                    .filter(|p| is_near(p.red(), ink[0]) && is_near(p.green(), ink[1]))
                    .filter(|p| is_near(p.blue(), ink[2]))
                    .count()
            };
            assert!(near(COLOURS[0]) > 1000 && near(COLOURS[1]) > 1000 && near(ODD) > 15);
        }
    }

    #[test]
    fn many_flags_leave_the_addresses_to_be_seen() {
        let mut page = page(20_000);
        let flag = page.flags[0].clone();
        let flags = (0..2000u32).map(|i| Anomaly {
            address: Ipv4Addr::from(0x0a00_0000 + i * 40_503 % 65_536),
            finding: i < 100,
            ..flag.clone()
        });
        page.flags = flags.collect();
        let picture = Picture::new(&page);
        // The addresses, and over them the flags.
        let layers: Vec<&Pixmap> = picture
            .plot
            .iter()
            .filter_map(|item| if let Item::Pixels(layer) = item { Some(&**layer) } else { None })
            .collect();
        let [addresses, flags] = layers[..] else { panic!("{} layers", layers.len()) };
        let drawn = |layer: &Pixmap| layer.pixels().iter().filter(|p| p.alpha() > 0).count();
        assert!(drawn(flags) > 0 && drawn(addresses) > 0);
        assert!(flags.pixels().iter().all(|pixel| pixel.alpha() < 240), "none hides what is below");
        let is_odd =
            |p: &&tiny_skia::PremultipliedColorU8| p.alpha() > 0 && p.red() > 2 * p.green();
        assert!(flags.pixels().iter().filter(is_odd).count() < drawn(flags) / 2);
    }
}
