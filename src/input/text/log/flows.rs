//! Tables of nfdump and Argus in their default texts: a time, two endpoints with an arrow between them, and
//! counts, of which the header says the order.

use memchr::memmem;

use super::arrow::Arrow;
use super::endpoint::Endpoint;
use super::words::{protocol, words};
use super::{Context, Line, Said};
use crate::input::names::{self, Field, Pair};
use crate::input::text::facts::parse_count;

/// The most columns after the endpoints.
const COLUMNS: usize = 24;
/// How nfdump begins the lines around its table.
const AROUND: [&[u8]; 8] = [
    b"Summary",
    b"Time window",
    b"Total flows",
    b"Total records",
    b"Sys: ",
    b"Top ",
    b"Aggregated ",
    b"No matched ",
];

/// The two tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tool {
    Nfdump,
    Argus,
}

/// Where the columns after the endpoints are that count.
#[derive(Debug)]
pub(super) struct Flows {
    tool: Tool,
    packets: Option<Sum>,
    bytes: Option<Sum>,
}

/// The columns of both directions, or the one of their sum.
type Sum = (usize, Option<usize>);

impl Flows {
    /// The table below `header`; `None` if that is no header of these tools.
    pub fn of(header: &[u8]) -> Option<Self> {
        let (tool, columns) = columns_after_endpoints(header)?;
        let mut titles: Vec<String> = Vec::new();
        let mut is_open = false;
        for word in words(columns).take(2 * COLUMNS) {
            let word = String::from_utf8_lossy(word);
            match titles.last_mut() {
                Some(title) if is_open => title.push_str(&word),
                _ => titles.push(names::fold(&word)),
            }
            // Titles of several words: In Byte, X-Src IP Addr:Port.
            is_open = matches!(&*word, "In" | "Out" | "X-Src" | "X-Dst" | "IP");
        }
        let at = |name: &str| {
            let name = names::fold(name);
            titles.iter().position(|title| names::fold(title) == name)
        };
        let sum = |field| {
            let of = |(one, other): Pair| Some((at(one?)?, other.and_then(at)));
            names::pairs(field).find_map(of)
        };
        Some(Self { tool, packets: sum(Field::Packets), bytes: sum(Field::Bytes) })
    }

    pub fn name(&self) -> &'static str {
        match self.tool {
            Tool::Nfdump => "nfdump",
            Tool::Argus => "argus",
        }
    }

    /// Reads `line`.
    pub fn read<'l>(&self, line: &'l [u8], context: Context) -> Line<'l> {
        if line.trim_ascii().is_empty()
            || AROUND.iter().any(|words| line.starts_with(words))
            || columns_after_endpoints(line).is_some()
        {
            return Line::Nothing;
        }
        let between = Arrow::between(line, context.notation);
        match between.or_else(|| Arrow::beside(line, context.notation)) {
            Some(arrow) => Line::Record(self.said(&arrow, context)),
            None => Line::Other,
        }
    }

    fn said<'l>(&self, arrow: &Arrow<'l>, context: Context) -> Said<'l> {
        let mut counts = [None; COLUMNS];
        let mut count = 0usize;
        for word in words(arrow.after) {
            if word == b"->" {
                continue;
            }
            // A count is scaled by the letter after it: 1.2 M.
            if let Some(scale) = scale(word)
                && let Some(Some((_, last))) = count.checked_sub(1).map(|at| counts[at])
            {
                counts[count - 1] = Some((scale, last));
                continue;
            }
            let Some(slot) = counts.get_mut(count) else { break };
            *slot = Some((1, word));
            count += 1;
        }
        let value = |at: usize| {
            let (scale, word) = counts.get(at).copied().flatten()?;
            scaled(word, scale)
        };
        let sum = |sum: Option<Sum>| {
            let (one, other) = sum?;
            let other = other.and_then(value);
            Some(value(one)?.saturating_add(other.unwrap_or(0)))
        };
        let protocol = if context.needs_facts {
            words(arrow.before).filter_map(protocol).last()
        } else {
            None
        };
        let without_port = |endpoint: Endpoint<'l>| match protocol {
            Some(1 | 58) => Endpoint { port: None, ..endpoint },
            _ => endpoint,
        };
        Said {
            protocol,
            packets: sum(self.packets),
            bytes: sum(self.bytes),
            ..Said::of(without_port(arrow.source), without_port(arrow.destination))
        }
    }
}

/// The tool that wrote `header`, and its columns after the endpoints; `None` if it is no header.
fn columns_after_endpoints(header: &[u8]) -> Option<(Tool, &[u8])> {
    let after = |words: &[u8]| Some(&header[memmem::find(header, words)? + words.len()..]);
    if let Some(columns) = after(b"Dst IP Addr:Port") {
        return header.starts_with(b"Date ").then_some((Tool::Nfdump, columns));
    }
    let columns = after(b" DstAddr")?;
    after(b" SrcAddr")?;
    // Without the arrow between them, the columns are those of a table like any other.
    after(b" Dir ")?;
    let ports = columns.trim_ascii_start().strip_prefix(b"Dport");
    Some((Tool::Argus, ports.unwrap_or(columns)))
}

/// What a letter after a count multiplies it by.
fn scale(word: &[u8]) -> Option<u64> {
    match word {
        b"K" => Some(1_000),
        b"M" => Some(1_000_000),
        b"G" => Some(1_000_000_000),
        b"T" => Some(1_000_000_000_000),
        _ => None,
    }
}

/// `scale` times the decimal number that `word` is, with one digit after the point.
fn scaled(word: &[u8], scale: u64) -> Option<u64> {
    if scale == 1 {
        return parse_count(word);
    }
    let point = memchr::memchr(b'.', word).unwrap_or(word.len());
    let whole = parse_count(&word[..point])?.saturating_mul(scale);
    let tenths = match &word[point..] {
        [b'.', digit, ..] if digit.is_ascii_digit() => u64::from(digit - b'0') * (scale / 10),
        _ => 0,
    };
    Some(whole.saturating_add(tenths))
}
