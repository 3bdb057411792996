//! The frame of a chart: its scales and its axes, and the SVG within.

use std::fmt::{Arguments, Write};

use super::ticks::{number, ticks, unit};

/// The size of a chart in its own units, which text is measured in.
pub(super) const WIDTH: f64 = 432.0;
pub(super) const HEIGHT: f64 = 220.0;

/// The room for axes at the left, the right, the top and the bottom.
pub(super) const LEFT: f64 = 54.0;
pub(super) const RIGHT: f64 = 12.0;
pub(super) const TOP: f64 = 20.0;
pub(super) const BOTTOM: f64 = 34.0;

/// A linear scale from values to a length.
#[derive(Clone, Copy)]
pub(super) struct Scale {
    from: [f64; 2],
    to: [f64; 2],
}

impl Scale {
    pub fn at(self, value: f64) -> f64 {
        let ([a, b], [c, d]) = (self.from, self.to);
        c + (value - a) / (b - a) * (d - c)
    }

    /// Round numbers within the values, some `count` of them.
    pub fn ticks(self, count: usize) -> Vec<f64> {
        ticks(self.from, count)
    }
}

/// A chart under way.
pub(super) struct Chart {
    svg: String,
    width: f64,
    height: f64,
    pub x: Scale,
    pub y: Scale,
}

impl Chart {
    pub fn new(label: &str, x: [f64; 2], y: [f64; 2]) -> Self {
        Self::sized(label, [WIDTH, HEIGHT], x, y)
    }

    /// A chart of another size.
    pub fn sized(label: &str, [width, height]: [f64; 2], x: [f64; 2], y: [f64; 2]) -> Self {
        // Labels come from this crate: nothing in them needs escaping.
        let svg = format!(
            r#"<svg class="chart" viewBox="0 0 {width} {height}" role="img" aria-label="{label}">"#
        );
        let x = Scale { from: x, to: [LEFT, width - RIGHT] };
        let y = Scale { from: y, to: [height - BOTTOM, TOP] };
        Self { svg, width, height, x, y }
    }

    pub fn push(&mut self, piece: Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.svg.write_fmt(piece);
    }

    pub fn axes(&mut self, x_name: &str, y_name: &str, x_ticks: &[f64]) {
        let (bottom, right) = (self.height - BOTTOM, self.width - RIGHT);
        let ticks = self.y.ticks(4);
        // A single tick is written to its own first digit.
        let single = ticks.first().map_or(1.0, |tick| if *tick == 0.0 { 1.0 } else { tick.abs() });
        let step = ticks.windows(2).next().map_or(single, |pair| pair[1] - pair[0]);
        let (unit, sign) = unit(&ticks);
        for tick in ticks {
            let sign = if tick == 0.0 { "" } else { sign };
            let (y, text) = (self.y.at(tick), number(tick / unit, step / unit));
            self.push(format_args!(
                r#"<path class="grid" d="M{LEFT} {y:.1}H{right}"/><text class="end" x="{:.1}" y="{:.1}">{text}{sign}</text>"#,
                LEFT - 6.0,
                y + 3.5
            ));
        }
        let step = x_ticks.windows(2).next().map_or(1.0, |pair| pair[1] - pair[0]);
        for &tick in x_ticks {
            let (x, text) = (self.x.at(tick), number(tick, step));
            self.push(format_args!(
                r#"<path class="axis" d="M{x:.1} {bottom}v4"/><text class="mid" x="{x:.1}" y="{:.1}">{text}</text>"#,
                bottom + 15.0
            ));
        }
        self.names(x_name, y_name);
    }

    /// Axes of logarithms to the base 10, with a tick at each power of ten.
    pub fn log_axes(&mut self, x_name: &str, y_name: &str) {
        let (bottom, right) = (self.height - BOTTOM, self.width - RIGHT);
        let powers = |scale: Scale| (0..=scale.from[1].floor().max(0.0) as i32).map(f64::from);
        let text = |power: f64| {
            let units = ["", "k", "M", "G", "T", "P", "E"];
            let unit = units.get(power as usize / 3).copied().unwrap_or_default();
            format!("{}{unit}", 10u32.pow(power as u32 % 3))
        };
        for power in powers(self.y) {
            let y = self.y.at(power);
            self.push(format_args!(
                r#"<path class="grid" d="M{LEFT} {y:.1}H{right}"/><text class="end" x="{:.1}" y="{:.1}">{}</text>"#,
                LEFT - 6.0,
                y + 3.5,
                text(power)
            ));
        }
        for power in powers(self.x) {
            let x = self.x.at(power);
            self.push(format_args!(
                r#"<path class="axis" d="M{x:.1} {bottom}v4"/><text class="mid" x="{x:.1}" y="{:.1}">{}</text>"#,
                bottom + 15.0,
                text(power)
            ));
        }
        self.names(x_name, y_name);
    }

    /// The line below, and the names of the axes.
    fn names(&mut self, x_name: &str, y_name: &str) {
        let (bottom, right) = (self.height - BOTTOM, self.width - RIGHT);
        self.push(format_args!(
            r#"<path class="axis" d="M{LEFT} {bottom}H{right}"/><text class="name end" x="{right}" y="{:.1}">{x_name}</text><text class="name" x="0" y="10">{y_name}</text>"#,
            self.height - 3.0
        ));
    }

    pub fn finish(mut self) -> String {
        self.svg += "</svg>";
        self.svg
    }
}
