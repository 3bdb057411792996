//! A bar on standard error for work that takes long enough to wonder.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Shorter work is over before a bar could be read.
const SHORT: Duration = Duration::from_millis(500);

/// What a bar counts.
#[derive(Debug, Clone, Copy)]
pub enum Unit {
    /// Bytes, with their rate and the time left.
    Bytes,
    /// Steps of which there may be fewer than foreseen, with the time that all would take.
    Steps,
    /// Addresses, with the time left.
    Addresses,
}

/// A bar, hidden until the work has taken a while; removed when dropped.
#[derive(Debug)]
pub struct Bar {
    bar: ProgressBar,
    started: Instant,
    watched: bool,
}

impl Bar {
    /// A bar for work described by `what`, never shown unless `watched`.
    pub fn new(what: String, watched: bool) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        Self { bar: bar.with_prefix(what), started: Instant::now(), watched }
    }

    /// Moves the bar to `position` of `length`, which is `None` where the end is not known.
    pub fn update(&mut self, unit: Unit, position: u64, length: Option<u64>, message: String) {
        if !self.watched {
            return;
        }
        self.bar.set_style(style(unit, length.is_some()));
        match length {
            Some(length) => self.bar.set_length(length),
            None => self.bar.unset_length(),
        }
        self.bar.set_message(message);
        self.bar.set_position(position);
        if self.bar.is_hidden() && self.started.elapsed() > SHORT {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

fn style(unit: Unit, has_end: bool) -> ProgressStyle {
    let template = match (unit, has_end) {
        (Unit::Bytes, true) => {
            "{prefix} [{bar:20}] {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left"
        }
        (Unit::Bytes, false) => "{prefix} {spinner} {bytes}, {bytes_per_sec}",
        (Unit::Steps, _) => "{prefix} [{bar:16}] {msg}, {eta} left at most",
        (Unit::Addresses, _) => "{prefix} [{bar:20}] {human_pos} of {human_len}, {eta} left",
    };
    // The longest fits 80 columns; the templates are sound; if one were not, a plain bar would serve.
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("=> ")
}
