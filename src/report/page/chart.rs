//! Small charts as SVG: they print, scale, and take their colours from the page's style sheet.

use std::fmt::Write;

use crate::describe::histogram::Bins;
use crate::words::grouped;

/// The size of a chart in its own units, which text is measured in.
const WIDTH: f64 = 432.0;
const HEIGHT: f64 = 220.0;

/// What the axes take at the left, the right, the top and the bottom.
const LEFT: f64 = 54.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 20.0;
const BOTTOM: f64 = 34.0;

/// A linear scale from values to a length.
#[derive(Clone, Copy)]
struct Scale {
    from: [f64; 2],
    to: [f64; 2],
}

impl Scale {
    fn at(self, value: f64) -> f64 {
        let ([a, b], [c, d]) = (self.from, self.to);
        c + (value - a) / (b - a) * (d - c)
    }

    /// Round numbers within the values, some `count` of them.
    fn ticks(self, count: usize) -> Vec<f64> {
        ticks(self.from, count)
    }
}

/// Round numbers between `low` and `high`, some `count` of them.
pub(super) fn ticks([low, high]: [f64; 2], count: usize) -> Vec<f64> {
    let rough = (high - low) / count as f64;
    let power = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].map(|digit| digit * power);
    let step = step.into_iter().find(|step| *step >= rough).unwrap_or(10.0 * power);
    // A range of nothing, or of no numbers, has no ticks.
    if !(step.is_finite() && step > 0.0) {
        return Vec::new();
    }
    let (first, last) = ((low / step).ceil(), (high / step).floor());
    (0..=(last - first).max(-1.0) as i64).map(|i| (first + i as f64) * step).collect()
}

/// The unit in which `ticks` are short enough to stand beside an axis, and its sign.
fn unit(ticks: &[f64]) -> (f64, &'static str) {
    let most = ticks.iter().fold(0.0, |most, tick| f64::max(most, tick.abs()));
    let units = [(1e12, "T"), (1e9, "G"), (1e6, "M")];
    units.into_iter().find(|&(unit, _)| most >= unit).unwrap_or((1.0, ""))
}

/// A number as charts show it: a true minus sign, no more digits than `like` needs.
pub(super) fn number(value: f64, like: f64) -> String {
    let decimals = (-like.abs().log10().floor()).clamp(0.0, 6.0) as usize;
    let text = format!("{:.decimals$}", value.abs());
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let grouped = whole.parse().map_or(whole.to_owned(), |n: u64| grouped(n));
    let is_zero = text.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    let sign = if value < 0.0 && !is_zero { "\u{2212}" } else { "" };
    let point = if part.is_empty() { "" } else { "." };
    format!("{sign}{grouped}{point}{part}")
}

/// A chart under way.
struct Chart {
    svg: String,
    x: Scale,
    y: Scale,
}

impl Chart {
    fn new(label: &str, x: [f64; 2], y: [f64; 2]) -> Self {
        // `label` is of this module's own making: nothing in it needs escaping.
        let svg = format!(
            r#"<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">"#
        );
        let x = Scale { from: x, to: [LEFT, WIDTH - RIGHT] };
        let y = Scale { from: y, to: [HEIGHT - BOTTOM, TOP] };
        Self { svg, x, y }
    }

    fn push(&mut self, piece: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.svg.write_fmt(piece);
    }

    fn axes(&mut self, x_name: &str, y_name: &str, x_ticks: &[f64]) {
        let (bottom, right) = (HEIGHT - BOTTOM, WIDTH - RIGHT);
        let ticks = self.y.ticks(4);
        // A single tick is told to its own first digit.
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

    fn finish(mut self) -> String {
        self.svg += "</svg>";
        self.svg
    }
}

/// Log-densities, and the threshold below which they are flagged.
pub(super) fn histogram(bins: &Bins, threshold: f64) -> String {
    let most = bins.counts.iter().max().copied().unwrap_or(1).max(1) as f64;
    let end = bins.start + bins.width * bins.counts.len() as f64;
    let label = "Histogram of the log-densities, with the threshold";
    let mut chart = Chart::new(label, [bins.start, end], [0.0, most]);
    let x_ticks = chart.x.ticks(5);
    chart.axes("log-density, nats", "addresses", &x_ticks);
    let base = chart.y.at(0.0);
    for (bin, &count) in bins.counts.iter().enumerate().filter(|&(_, &count)| count > 0) {
        let low = bins.start + bin as f64 * bins.width;
        let high = low + bins.width;
        let (left, right) = (chart.x.at(low) + 0.5, chart.x.at(high) - 0.5);
        // A single address among a million is still seen.
        let height = (base - chart.y.at(count as f64)).max(1.5);
        let class = if high <= threshold { "bar low" } else { "bar" };
        let (low, high) = (number(low, bins.width / 8.0), number(high, bins.width / 8.0));
        let range = match bin {
            0 if bins.open => format!("below {high}"),
            _ => format!("{low} to {high}"),
        };
        let noun = if count == 1 { "address" } else { "addresses" };
        chart.push(format_args!(
            r#"<rect class="{class}" x="{left:.2}" y="{:.2}" width="{:.2}" height="{height:.2}"><title>{range}: {} {noun}</title></rect>"#,
            base - height,
            (right - left).max(0.5),
            grouped(count)
        ));
    }
    if threshold >= bins.start && threshold <= end {
        let x = chart.x.at(threshold);
        let (class, gap) = if x > WIDTH / 2.0 { ("end", -5.0) } else { ("", 5.0) };
        chart.push(format_args!(
            r#"<path class="threshold" d="M{x:.2} {TOP}V{base}"/><text class="threshold {class}" x="{:.2}" y="{:.1}">threshold {}</text>"#,
            x + gap,
            TOP + 9.0,
            number(threshold, 0.001)
        ));
    }
    chart.finish()
}

/// The lower bound after each iteration.
pub(super) fn trace(bounds: &[f64]) -> String {
    let values = bounds.iter().enumerate().map(|(at, &bound)| (at as f64 + 1.0, bound)).collect();
    let label = "The lower bound after each iteration";
    let tip = |x: f64, y: f64| format!("iteration {x}: {}", number(y, 0.001));
    lines(label, ["iteration", "lower bound, nats"], &[Line { values, choice: None }], &[tip])
}

/// A figure of a sweep.
pub(super) struct Curve {
    /// Its name.
    pub name: &'static str,
    /// The numbers of clusters, and the figure of each.
    pub values: Vec<(f64, f64)>,
    /// The number that the figure speaks for, and as what: "knee", "least".
    pub choice: Option<(usize, &'static str)>,
    /// What its last digit stands for.
    pub like: f64,
}

/// One or two figures against the number of clusters; what each speaks for is marked.
pub(super) fn elbow(label: &str, y_name: &str, curves: Vec<Curve>) -> String {
    let tips: Vec<_> = curves
        .iter()
        .map(|&Curve { name, like, .. }| {
            move |k: f64, y: f64| format!("k = {k}: {name} {}", number(y, like))
        })
        .collect();
    let names: Vec<&str> = curves.iter().map(|curve| curve.name).collect();
    let several = names.len() > 1;
    let line = |curve: Curve| {
        let text = |(k, word): (usize, &str)| match several {
            true => (k as f64, format!("{} {word} at k = {k}", curve.name)),
            false => (k as f64, format!("{word} at k = {k}")),
        };
        Line { choice: curve.choice.map(text), values: curve.values }
    };
    let curves: Vec<Line> = curves.into_iter().map(line).collect();
    lines(label, ["clusters k", y_name], &curves, &tips)
}

/// A line under way: its points from the left to the right, and one to mark, with a text.
struct Line {
    values: Vec<(f64, f64)>,
    choice: Option<(f64, String)>,
}

/// The most numbers that are all told at the axis.
const MOST_TICKS: f64 = 12.0;

/// `lines` over one axis, with what `tips` tell of their points. No line without a point.
fn lines(
    label: &str,
    [x_name, y_name]: [&str; 2],
    lines: &[Line],
    tips: &[impl Fn(f64, f64) -> String],
) -> String {
    let all = || lines.iter().flat_map(|line| &line.values).copied();
    let finite = || all().filter(|(_, y)| y.is_finite());
    let range = |values: &mut dyn Iterator<Item = f64>| {
        values.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], value| {
            [low.min(value), high.max(value)]
        })
    };
    let [first, last] = range(&mut all().map(|value| value.0));
    if first > last {
        return String::new();
    }
    let [low, high] = range(&mut finite().map(|value| value.1));
    // Less than that is rounding, which no axis should tell.
    let margin = if high - low > 1e-3 { 0.05 * (high - low) } else { 0.5 };
    let ends = if last > first { [first, last] } else { [first - 0.5, first + 0.5] };
    let mut chart = Chart::new(label, ends, [low - margin, high + margin]);
    // Iterations and components are whole.
    let count = if last - first < MOST_TICKS { MOST_TICKS as usize } else { 5 };
    let mut x_ticks = chart.x.ticks(count);
    x_ticks.retain(|tick| tick.fract() == 0.0);
    chart.axes(x_name, y_name, &x_ticks);
    let base = HEIGHT - BOTTOM;
    for (at, (line, tip)) in lines.iter().zip(tips).enumerate() {
        let class = if at == 0 { "" } else { " second" };
        let finite = || line.values.iter().filter(|(_, y)| y.is_finite());
        if let Some((chosen, text)) = &line.choice {
            let x = chart.x.at(*chosen);
            let (end, gap) = if x > WIDTH / 2.0 { (" end", -6.0) } else { ("", 6.0) };
            // The text keeps clear of the point, and of the text before it.
            let middle = (low + high) / 2.0;
            let is_high = finite().any(|(k, y)| k == chosen && *y > middle);
            let y = if is_high { base - 8.0 } else { TOP + 9.0 } + 14.0 * at as f64;
            chart.push(format_args!(
                r#"<path class="choice{class}" d="M{x:.1} {TOP}V{base}"/><text class="choice{class}{end}" x="{:.1}" y="{y:.1}">{text}</text>"#,
                x + gap
            ));
        }
        let places: Vec<String> =
            finite().map(|&(x, y)| format!("{:.1} {:.1}", chart.x.at(x), chart.y.at(y))).collect();
        chart.push(format_args!(r#"<path class="line{class}" d="M{}"/>"#, places.join("L")));
        let small = if places.len() > 60 { 1.5 } else { 3.0 };
        for &(x, y) in finite() {
            let is_chosen = line.choice.as_ref().is_some_and(|&(chosen, _)| chosen == x);
            let (chosen, radius) = if is_chosen { (" chosen", 4.5) } else { ("", small) };
            chart.push(format_args!(
                r#"<circle class="dot{class}{chosen}" cx="{:.1}" cy="{:.1}" r="{radius}"><title>{}</title></circle>"#,
                chart.x.at(x),
                chart.y.at(y),
                tip(x, y)
            ));
        }
    }
    chart.finish()
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

    #[test]
    fn bars_below_the_threshold_are_told_apart() {
        let bins = Bins { start: -10.0, width: 2.0, counts: vec![3, 0, 5], open: true };
        let svg = histogram(&bins, -7.5);
        assert_eq!(svg.matches("bar low").count(), 1);
        assert!(svg.contains("<title>below \u{2212}8.0: 3 addresses</title>"), "{svg}");
        assert!(svg.contains("threshold \u{2212}7.500"), "{svg}");
    }

    #[test]
    fn what_a_figure_speaks_for_is_marked() {
        let curve = |name, choice| Curve {
            name,
            values: vec![(1.0, 9e7), (2.0, 1e7), (4.0, f64::NAN), (3.0, 5e6)],
            choice,
            like: 1.0,
        };
        let svg = elbow("Inertia", "octets", vec![curve("inertia", Some((2, "knee")))]);
        assert_eq!(svg.matches("<circle").count(), 3, "{svg}");
        assert_eq!(svg.matches("<circle class=\"dot chosen\"").count(), 1, "{svg}");
        assert!(svg.contains("<title>k = 2: inertia 10,000,000</title>"), "{svg}");
        // Numbers beside the axis are short.
        assert!(svg.contains(">knee at k = 2<") && svg.contains(">50M<"), "{svg}");
        let two = vec![curve("BIC", Some((3, "least"))), curve("AIC", None)];
        let svg = elbow("Criteria", "", two);
        assert_eq!(svg.matches("chosen").count(), 1, "{svg}");
        assert!(svg.contains(">BIC least at k = 3<"), "{svg}");
        assert_eq!(elbow("Nothing", "", vec![]), "");
    }

    #[test]
    fn a_trace_of_one_iteration_is_a_dot() {
        assert_eq!(trace(&[-3.0]).matches("<circle").count(), 1);
        assert_eq!(trace(&[]), "");
    }
}
