//! Times and numbers of packets that records have but that cannot be read: how many, and the first of them.

use crate::input::account::RecordNumber;
use crate::input::message::excerpt;
use crate::input::options::Notation;
use crate::input::record::Cell;
use crate::input::text::cell::parse_cell;
use crate::input::time::advice;
use crate::input::warning::Warning;
use crate::words::shown;

/// The values of one kind in a block or a file that cannot be read.
#[derive(Debug, Default)]
pub(crate) struct Unread {
    count: u64,
    first: Option<First>,
}

#[derive(Debug)]
struct First {
    /// The line or packet of the block, or of the file, at which its record starts, from 0.
    number: u64,
    column: String,
    /// The beginning of its content, safe to display.
    value: String,
    /// How it could be read, if it is a time.
    advice: &'static str,
}

impl Unread {
    /// Counts `value` of `column`, unless it means nothing. Its record starts at line or packet `number`.
    #[cold]
    pub fn see(&mut self, value: &[u8], column: &str, number: u64, notation: Notation) {
        if parse_cell(value, Notation::default()) == Cell::Missing {
            return;
        }
        self.count += 1;
        self.first.get_or_insert_with(|| First {
            number,
            column: shown(column),
            value: excerpt(value),
            advice: advice(value, notation),
        });
    }

    /// Adds those of a block that `before` lines or packets precede.
    pub fn append(&mut self, block: Self, before: u64) {
        self.count += block.count;
        let first = block.first.map(|it| First { number: before + it.number, ..it });
        self.first = self.first.take().or(first);
    }

    /// What to tell of times, where records are numbered by `at`.
    pub fn of_times(self, at: fn(u64) -> RecordNumber) -> Option<Warning> {
        let First { number, column, value, advice } = self.first?;
        Some(Warning::UnreadTimes { count: self.count, at: at(number + 1), column, value, advice })
    }

    /// What to tell of numbers of packets.
    pub fn of_packets(self, at: fn(u64) -> RecordNumber) -> Option<Warning> {
        let First { number, column, value, .. } = self.first?;
        Some(Warning::UnreadPackets { count: self.count, at: at(number + 1), column, value })
    }
}
