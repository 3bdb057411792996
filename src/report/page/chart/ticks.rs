//! Round numbers along an axis, and how they are written.

use crate::words::grouped;

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
pub(super) fn unit(ticks: &[f64]) -> (f64, &'static str) {
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
