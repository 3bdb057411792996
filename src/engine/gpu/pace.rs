//! How much work one dispatch takes, so that it stays short on any device.
//!
//! A dispatch should take at most 50 ms or so: longer ones freeze a display and progress bars, and some
//! drivers reset the device after two seconds. Work is counted in addresses times components. The first
//! run of a kernel takes what the slowest device of its kind does in that time ([`Layout::work`]). Once
//! the dispatches of a run after the first have been timed, the next run takes what was done in half
//! that time. Where a run is cut changes no byte of its result.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::layout::Layout;

/// How long a dispatch should take: half of what it may, as some addresses take longer than others.
const TARGET: Duration = Duration::from_millis(25);

/// The work that each kernel does in one dispatch.
#[derive(Debug, Default)]
pub(super) struct Pace(HashMap<&'static str, usize>);

impl Pace {
    /// The work of the next dispatches of `kernel`.
    pub fn work(&self, kernel: &'static str, layout: Layout) -> usize {
        self.0.get(kernel).copied().unwrap_or(layout.work)
    }

    /// Learns from a run of `kernel`.
    pub fn learn(&mut self, kernel: &'static str, run: &Watch, layout: Layout) {
        let Some(start) = run.start.filter(|_| run.work >= layout.work) else { return };
        let share = TARGET.as_secs_f64() / start.elapsed().as_secs_f64().max(1e-9);
        // Not so little that the device spends its time starting dispatches.
        self.0.insert(kernel, ((run.work as f64 * share) as usize).max(layout.work / 64));
    }
}

/// The work of a run after its first dispatch, which has to wait until the kernel is compiled.
#[derive(Debug, Default)]
pub(super) struct Watch {
    start: Option<Instant>,
    work: usize,
}

impl Watch {
    /// Notes that a dispatch is done.
    pub fn done(&mut self, work: usize) {
        match self.start {
            None => self.start = Some(Instant::now()),
            Some(_) => self.work += work,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_follows_the_device() {
        const LAYOUT: Layout =
            Layout { workgroup: 8, threads: 2, batch: 1 << 20, work: 1000, resident: 0 };
        let mut pace = Pace::default();
        assert_eq!(pace.work("a", LAYOUT), 1000);
        let start = |ago| Instant::now().checked_sub(Duration::from_millis(ago));
        pace.learn("a", &Watch { start: start(100), work: 999 }, LAYOUT);
        assert_eq!(pace.work("a", LAYOUT), 1000);
        pace.learn("a", &Watch { start: start(100), work: 1_000_000 }, LAYOUT);
        // Time goes on while the test runs.
        assert!((200_000..=250_000).contains(&pace.work("a", LAYOUT)));
        assert_eq!(pace.work("b", LAYOUT), 1000);
    }
}
