//! Standard error: warnings, and where a person watches bars for work that takes long enough to wonder.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::PrintArgs;

/// Prints `message` on one line of standard error, with octomix's name and its `kind` before it.
pub fn tell(kind: &str, message: &str) {
    let line = message.lines().collect::<Vec<_>>().join(" ");
    // There is no place left to report that standard error is closed.
    let _ = writeln!(io::stderr(), "octomix: {kind}: {line}");
}

/// The columns of standard output, if that is a terminal.
pub fn terminal_width() -> Option<usize> {
    let (_, columns) = ::console::Term::stdout().size_checked()?;
    io::stdout().is_terminal().then_some(columns.into())
}

/// What a command has to say beside its results.
#[derive(Debug)]
pub struct Console {
    quiet: bool,
    verbose: bool,
    /// What precedes every message.
    prefix: String,
    warnings: Vec<String>,
}

impl Console {
    /// A console that shows what `args` ask for.
    pub fn new(args: &PrintArgs) -> Self {
        Self {
            quiet: args.quiet,
            verbose: args.verbose,
            prefix: String::new(),
            warnings: Vec::new(),
        }
    }

    /// One whose every message says what it is `about`.
    pub fn of(args: &PrintArgs, about: &str) -> Self {
        Self { prefix: format!("{about}: "), ..Self::new(args) }
    }

    fn tell(&self, kind: &str, message: &str) {
        tell(kind, &format!("{}{message}", self.prefix));
    }

    /// Tells what only those want to know who asked for it.
    pub fn detail(&self, message: &str) {
        if self.verbose {
            self.tell("detail", message);
        }
    }

    /// Shows a warning, and keeps it for the summary in any case.
    pub fn warn(&mut self, message: String) {
        if !self.quiet {
            self.tell("warning", &message);
        }
        self.warnings.push(message);
    }

    /// All warnings so far.
    pub fn into_warnings(self) -> Vec<String> {
        self.warnings
    }

    /// A progress bar for work described by `what`.
    pub fn bar(&self, what: &str) -> Bar {
        let what = format!("{}{what}", self.prefix);
        Bar::new(what, !self.quiet && io::stderr().is_terminal())
    }
}

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
    fn new(what: String, watched: bool) -> Self {
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
