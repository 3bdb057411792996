//! What is told of a batch as it goes: of each kind of message the first, and at the end how many more there were.

use std::collections::BTreeMap;

use console::Term;
use octomix::words::{grouped, kind};

use crate::cli::PrintArgs;
use crate::console::Console;

/// Messages of a kind that are shown as they come.
const SHOWN: u64 = 3;

/// Warnings of all captures.
pub struct Told {
    /// Where those go that are about no capture.
    pub console: Console,
    kinds: BTreeMap<String, Kind>,
}

/// Messages of a kind.
#[derive(Default)]
struct Kind {
    count: u64,
    last: String,
}

impl Told {
    /// Nothing has been told.
    pub fn new(print: &PrintArgs) -> Self {
        Self { console: Console::new(print), kinds: BTreeMap::new() }
    }

    /// Shows a `message` and what it is `about`, or keeps it for the end where there were others of its kind.
    pub fn warn(&mut self, about: Option<&str>, message: &str) {
        let line = about.map_or(message.to_owned(), |about| format!("{about}: {message}"));
        let alike = self.kinds.entry(kind(message)).or_default();
        alike.count += 1;
        match alike.count <= SHOWN {
            true => self.show(&line),
            false => alike.last = line,
        }
    }

    /// Shows how many more there were of each kind.
    pub fn end(&mut self) {
        for Kind { count, last } in std::mem::take(&mut self.kinds).into_values() {
            match count.saturating_sub(SHOWN) {
                0 => {}
                1 => self.show(&last),
                more => {
                    self.show(&format!("{} more of this kind, the last: {last}", grouped(more)))
                }
            }
        }
    }

    fn show(&self, line: &str) {
        // The process that works may have drawn a bar there.
        let term = Term::stderr();
        if term.is_term() {
            let _ = term.clear_line();
        }
        self.console.notice(line);
    }
}
