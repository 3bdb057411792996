//! A role's page as a picture, the lowest items first.
//!
//! Up to [`MOST_MARKS`] addresses are drawn as marks; more are counted in pixels.

use tiny_skia::{Pixmap, PremultipliedColorU8};

use super::item::{ADVANCE, GRID, HEIGHT, Item, ODD, PAPER, Pen, Picture, Rgb, WIDTH, colour};
use crate::describe::drawing::Cells;
use crate::describe::plane::Extent;
use crate::report::page::chart::{number, ticks};
use crate::report::page::role::RolePage;

/// Pixels left free about the addresses.
const MARGIN: f64 = 48.0;

/// The most addresses that are drawn as marks.
const MOST_MARKS: usize = 5000;

/// The most flagged addresses that are drawn, the least dense first.
const MOST_FLAGS: usize = 1500;

/// The most components whose ellipses are drawn, the largest first.
const MOST_SHAPES: usize = 24;

impl Picture {
    /// A picture of what a page shows of a role.
    pub fn new(page: &RolePage) -> Self {
        let viewport = Viewport::new(page.drawing.extent);
        let mut picture = Self(Vec::new());
        picture.axes(viewport);
        picture.addresses(page, viewport);
        picture.shapes(page, viewport);
        for flag in page.flags.iter().take(MOST_FLAGS).rev() {
            let at = viewport.place(page.pca.project(flag.address.to_bits()));
            let points = mark(at, 5.5, rule_corners(&flag.rule));
            let halo = Some(Pen { ink: PAPER, width: 4.0, dashed: false });
            let pen = Some(Pen { ink: ODD, width: 1.8, dashed: false });
            picture.path(points.clone(), true, None, halo);
            picture.path(points, true, Some((ODD, 0.25)), pen);
        }
        picture
    }

    fn path(
        &mut self,
        points: Vec<[f64; 2]>,
        closed: bool,
        fill: Option<(Rgb, f64)>,
        stroke: Option<Pen>,
    ) {
        self.0.push(Item::Path { points, closed, fill, stroke });
    }

    fn axes(&mut self, viewport: Viewport) {
        let seen = viewport.seen();
        let (width, height) = (f64::from(WIDTH), f64::from(HEIGHT));
        let pen = Some(Pen { ink: GRID, width: 1.0, dashed: false });
        for (axis, range, count) in [(0, seen.x, 10), (1, seen.y, 8)] {
            let all = ticks(range, count);
            let step = all.windows(2).next().map_or(1.0, |pair| pair[1] - pair[0]);
            for tick in all {
                let [x, y] = viewport.place([tick; 2]);
                let (line, at) = match axis {
                    0 => (vec![[x, 0.0], [x, height]], [x + 4.0, height - 6.0]),
                    _ => (vec![[0.0, y], [width, y]], [5.0, y - 4.0]),
                };
                self.path(line, false, None, pen);
                self.0.push(Item::Number { at, text: number(tick, step) });
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
        let Some(mut pixmap) = Pixmap::new(WIDTH, HEIGHT) else { return };
        let (width, height) = (WIDTH as usize, HEIGHT as usize);
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
                // Opaque: no channel exceeds the alpha of 255.
                if let Some(colour) =
                    PremultipliedColorU8::from_rgba(mixed(0), mixed(1), mixed(2), 255)
                {
                    *pixel = colour;
                }
            }
        }
        self.0.push(Item::Pixels(Box::new(pixmap)));
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
            let text = k.to_string();
            let half = text.len() as f64 * ADVANCE / 2.0;
            let at = [at[0] - half, at[1] + 5.0];
            self.0.push(Item::Number { at, text });
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
        let (across, up) = (fits(WIDTH, x), fits(HEIGHT, y));
        let scale = match across.min(up) {
            least if across.max(up) < 3.5 * least => [least; 2],
            _ => [across, up],
        };
        Self { middle: [(x[0] + x[1]) / 2.0, (y[0] + y[1]) / 2.0], scale }
    }

    pub fn place(self, [x, y]: [f64; 2]) -> [f64; 2] {
        let ([cx, cy], [sx, sy]) = (self.middle, self.scale);
        [f64::from(WIDTH) / 2.0 + (x - cx) * sx, f64::from(HEIGHT) / 2.0 - (y - cy) * sy]
    }

    /// The part of the plane that is visible.
    pub fn seen(self) -> Extent {
        let reach = |middle: f64, size: u32, scale: f64| {
            let half = f64::from(size) / 2.0 / scale;
            [middle - half, middle + half]
        };
        Extent {
            x: reach(self.middle[0], WIDTH, self.scale[0]),
            y: reach(self.middle[1], HEIGHT, self.scale[1]),
        }
    }
}

/// The addresses of each cluster; those of a cell count for its commonest.
fn sizes(page: &RolePage) -> Vec<u64> {
    let mut sizes = vec![0; page.shapes.len()];
    page.drawing.for_each_place(&page.pca, |_, cluster, count| {
        if let Some(size) = sizes.get_mut(usize::from(cluster)) {
            *size += u64::from(count);
        }
    });
    sizes
}

/// Corners of the mark of each cluster: a circle, a square, a triangle and so on.
const CORNERS: [usize; 5] = [16, 4, 3, 6, 5];

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
fn mark([x, y]: [f64; 2], radius: f64, corners: usize) -> Vec<[f64; 2]> {
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

    use super::super::item::COLOURS;
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
            assert_eq!(svg.matches(&hex(ODD)).count(), 2, "the fill and the line of a flag");
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
}
