//! When records were made.

use super::axes::{BOTTOM, Chart};
use crate::behaviour::Timeline;
use crate::words::Rfc3339;
use crate::words::counted;

/// Bars of the chart.
const BARS: i64 = 192;
/// It is as wide as the page.
const SIZE: [f64; 2] = [1296.0, 140.0];
const SECOND: i64 = 1_000_000_000;

/// The bars of `timeline`, and in words when it begins and ends; `None` where no record says when it was made, or
/// all say the same.
pub(in crate::report::page) fn timeline(timeline: &Timeline) -> Option<(String, String)> {
    let stretches = timeline.stretches();
    let (&(first, _), &(last, _)) = (stretches.first()?, stretches.last()?);
    if first == last {
        return None;
    }
    let each = (last - first) / BARS + 1;
    let mut bars = vec![0u64; ((last - first) / each + 1) as usize];
    for (stretch, records) in stretches {
        let bar = &mut bars[((stretch - first) / each) as usize];
        *bar = bar.saturating_add(records);
    }
    let most = bars.iter().max().copied().unwrap_or(1) as f64;
    let label = "Records over time";
    let mut chart = Chart::sized(label, SIZE, [0.0, bars.len() as f64], [0.0, most]);
    chart.axes("", "records", &[]);
    let when = |bar: i64| {
        // The end of the last bar may be behind the last time that there is.
        let second = (first + bar * each) << timeline.shift();
        Rfc3339(second.saturating_mul(SECOND)).to_string()
    };
    for (bar, &records) in bars.iter().enumerate().filter(|&(_, &records)| records > 0) {
        let (left, right) = (chart.x.at(bar as f64), chart.x.at(bar as f64 + 1.0));
        let height = (SIZE[1] - BOTTOM - chart.y.at(records as f64)).max(1.0);
        chart.push(format_args!(
            r#"<rect class="bar" x="{left:.2}" y="{:.2}" width="{:.2}" height="{height:.2}"><title>from {}: {}</title></rect>"#,
            SIZE[1] - BOTTOM - height,
            (right - left - 0.4).max(0.4),
            when(bar as i64),
            counted(records, "record", "records")
        ));
    }
    let told = format!("From {} to {}.", when(0), when(bars.len() as i64));
    Some((chart.finish(), told))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_drawn_over_time() {
        let mut times = Timeline::default();
        assert_eq!(timeline(&times), None);
        times.add(0, 1_767_225_600, 3);
        assert_eq!(timeline(&times), None, "one moment");
        times.add(0, 1_767_225_609, 1);
        let (svg, told) = timeline(&times).unwrap_or_default();
        assert_eq!(svg.matches("<rect").count(), 2, "{svg}");
        assert_eq!(told, "From 2026-01-01T00:00:00Z to 2026-01-01T00:00:10Z.");
    }
}
