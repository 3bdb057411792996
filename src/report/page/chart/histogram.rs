//! The histogram of log-densities, with the threshold.

use super::axes::{Chart, TOP, WIDTH};
use super::ticks::number;
use crate::describe::histogram::Bins;
use crate::words::grouped;

/// Log-densities, and the threshold below which they are flagged.
pub(in crate::report::page) fn histogram(bins: &Bins, threshold: f64) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_below_the_threshold_are_told_apart() {
        let bins = Bins { start: -10.0, width: 2.0, counts: vec![3, 0, 5], open: true };
        let svg = histogram(&bins, -7.5);
        assert_eq!(svg.matches("bar low").count(), 1);
        assert!(svg.contains("<title>below \u{2212}8.0: 3 addresses</title>"), "{svg}");
        assert!(svg.contains("threshold \u{2212}7.500"), "{svg}");
    }
}
