//! The frame of a chart: its scales, its axes with round numbers along them, and the SVG within.

use std::fmt::{Arguments, Write};

use crate::words::grouped;

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
    pub x: Scale,
    pub y: Scale,
}

impl Chart {
    pub fn new(label: &str, x: [f64; 2], y: [f64; 2]) -> Self {
        // Labels come from this crate: nothing in them needs escaping.
        let svg = format!(
            r#"<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">"#
        );
        let x = Scale { from: x, to: [LEFT, WIDTH - RIGHT] };
        let y = Scale { from: y, to: [HEIGHT - BOTTOM, TOP] };
        Self { svg, x, y }
    }

    pub fn push(&mut self, piece: Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.svg.write_fmt(piece);
    }

    pub fn axes(&mut self, x_name: &str, y_name: &str, x_ticks: &[f64]) {
        let (bottom, right) = (HEIGHT - BOTTOM, WIDTH - RIGHT);
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
        self.push(format_args!(
            r#"<path class="axis" d="M{LEFT} {bottom}H{right}"/><text class="name end" x="{right}" y="{:.1}">{x_name}</text><text class="name" x="0" y="10">{y_name}</text>"#,
            HEIGHT - 3.0
        ));
    }

    pub fn finish(mut self) -> String {
        self.svg += "</svg>";
        self.svg
    }
}

/// Round numbers between `low` and `high`, some `count` of them.
pub(in crate::report::page) fn ticks([low, high]: [f64; 2], count: usize) -> Vec<f64> {
    let rough = (high - low) / count as f64;
    let power = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].map(|digit| digit * power);
    let step = step.into_iter().find(|step| *step >= rough).unwrap_or(10.0 * power);
    // An empty range, or one that is not finite, has no ticks.
    if !(step.is_finite() && step > 0.0) {
        return Vec::new();
    }
    let (first, last) = ((low / step).ceil(), (high / step).floor());
    (0..=(last - first).max(-1.0) as i64).map(|i| (first + i as f64) * step).collect()
}

/// The unit in which `ticks` are short enough for an axis, and its sign.
fn unit(ticks: &[f64]) -> (f64, &'static str) {
    let most = ticks.iter().fold(0.0, |most, tick| f64::max(most, tick.abs()));
    let units = [(1e12, "T"), (1e9, "G"), (1e6, "M")];
    units.into_iter().find(|&(unit, _)| most >= unit).unwrap_or((1.0, ""))
}

/// A number as charts show it: a true minus sign, no more digits than `like` needs.
pub(in crate::report::page) fn number(value: f64, like: f64) -> String {
    let decimals = (-like.abs().log10().floor()).clamp(0.0, 6.0) as usize;
    let text = format!("{:.decimals$}", value.abs());
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let grouped = whole.parse().map_or(whole.to_owned(), |n: u64| grouped(n));
    let is_zero = text.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    let sign = if value < 0.0 && !is_zero { "\u{2212}" } else { "" };
    let point = if part.is_empty() { "" } else { "." };
    format!("{sign}{grouped}{point}{part}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_within() {
        assert_eq!(ticks([0.0, 100.0], 5), [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]);
        assert_eq!(ticks([-27.3, -9.1], 4), [-25.0, -20.0, -15.0, -10.0]);
        assert_eq!(ticks([3.0, 3.0], 4), Vec::<f64>::new());
    }

    #[test]
    fn numbers_have_the_digits_of_their_steps() {
        assert_eq!(number(-24305.5, 100.0), "\u{2212}24,306");
        assert_eq!(number(0.25, 0.05), "0.25");
        assert_eq!(number(-0.001, 1.0), "0");
        assert_eq!(number(-14.0487, 0.001), "\u{2212}14.049");
    }
}
