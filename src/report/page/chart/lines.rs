//! Line charts: the course of a fit, and the figures of a sweep.

use super::axes::{BOTTOM, Chart, HEIGHT, TOP, WIDTH};
use super::ticks::number;

/// The lower bound after each iteration.
pub(in crate::report::page) fn trace(bounds: &[f64]) -> String {
    let values = bounds.iter().enumerate().map(|(at, &bound)| (at as f64 + 1.0, bound)).collect();
    let label = "The lower bound after each iteration";
    let tip = Box::new(|x, y| format!("iteration {x}: {}", number(y, 0.001)));
    lines(label, ["iteration", "lower bound, nats"], &[Line { values, choice: None, tip }])
}

/// A figure of a sweep.
pub(in crate::report::page) struct Curve {
    /// Its name.
    pub name: &'static str,
    /// The numbers of clusters, and the figure of each.
    pub values: Vec<(f64, f64)>,
    /// The number that the figure speaks for, and as what: "knee", "least".
    pub choice: Option<(usize, &'static str)>,
    /// What its last digit stands for.
    pub like: f64,
}

/// One or two figures against the number of clusters; the number that each speaks for is marked.
pub(in crate::report::page) fn elbow(label: &str, y_name: &str, curves: Vec<Curve>) -> String {
    let several = curves.len() > 1;
    let line = |Curve { name, values, choice, like }: Curve| {
        let text = |(k, word): (usize, &str)| match several {
            true => (k as f64, format!("{name} {word} at k = {k}")),
            false => (k as f64, format!("{word} at k = {k}")),
        };
        let tip = Box::new(move |k, y| format!("k = {k}: {name} {}", number(y, like)));
        Line { values, choice: choice.map(text), tip }
    };
    let curves: Vec<Line> = curves.into_iter().map(line).collect();
    lines(label, ["clusters k", y_name], &curves)
}

/// A line: its points from left to right, one to mark with a text, and what tooltips tell of a point.
struct Line {
    values: Vec<(f64, f64)>,
    choice: Option<(f64, String)>,
    tip: Box<dyn Fn(f64, f64) -> String>,
}

/// The most numbers that are all written at the axis.
const MOST_TICKS: f64 = 12.0;

/// `lines` over one axis; empty without points.
fn lines(label: &str, [x_name, y_name]: [&str; 2], lines: &[Line]) -> String {
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
    // A smaller range is rounding, which no axis should show.
    let margin = if high - low > 1e-3 { 0.05 * (high - low) } else { 0.5 };
    let ends = if last > first { [first, last] } else { [first - 0.5, first + 0.5] };
    let mut chart = Chart::new(label, ends, [low - margin, high + margin]);
    // Iterations and components are whole.
    let count = if last - first < MOST_TICKS { MOST_TICKS as usize } else { 5 };
    let mut x_ticks = chart.x.ticks(count);
    x_ticks.retain(|tick| tick.fract() == 0.0);
    chart.axes(x_name, y_name, &x_ticks);
    let base = HEIGHT - BOTTOM;
    for (at, line) in lines.iter().enumerate() {
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
                (line.tip)(x, y)
            ));
        }
    }
    chart.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

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
