//! Which dialect the first lines of a file are in, if they are lines of a log at all.
//!
//! A log is refused too often rather than too seldom: what looks like a table, a list or prose is left to
//! others, though some of its lines may have marks.

use super::arrow::is_summary;
use super::embedded::may_hold;
use super::endpoint::within;
use super::flows::Flows;
use super::pairs::Names;
use super::words::words;
use super::{Context, Dialect, Line, sockets};
use crate::input::names;
use crate::input::options::Options;
use crate::input::read::head::Head;
use crate::input::text::cell::parse_cell;
use crate::input::text::lines;

/// The most lines that are looked at.
const MOST_LINES: usize = 2000;
/// Bytes among which a mark is looked for, where no earlier line has one, if lines begin as those of logs do.
const FARTHEST: usize = 1 << 20;
/// Bytes of the first lines that decide, if a log has so many.
const SAMPLE: usize = 64 << 10;
/// Bytes of a line at whose start its time stands.
const FRONT: usize = 48;

/// The dialect of a log.
pub(super) struct Found {
    pub dialect: Dialect,
    /// Whether its lines tell destinations from sources.
    pub has_destination: bool,
}

/// What the first lines are in some dialect.
#[derive(Debug, Default)]
struct Lines {
    all: usize,
    /// Those with a record that has an address.
    records: usize,
    /// Those with both addresses.
    both: usize,
    /// Those with a record whose marks stand at something else.
    damaged: usize,
    unmarked: usize,
    /// Those that begin with a time.
    timed: usize,
    /// Those with a record that begin with a time or have both addresses.
    sure: usize,
    /// Those of a table or a list.
    tabular: usize,
}

/// The dialect of the file that begins with `head`; `None` if it is no log.
pub(super) fn dialect(head: &mut Head<'_>, options: &Options) -> Option<Found> {
    loop {
        let lines = first_lines(head);
        if lines.first().is_some_and(|line| is_header(line, options)) {
            return None;
        }
        let found = among(&lines, options);
        if found.is_some() {
            // The first bytes may be few, and more lines tell whether destinations are told.
            if head.bytes().len() >= SAMPLE || !head.grow() {
                return found;
            }
            continue;
        }
        // Lines of syslog may go on for long before the first with an address.
        let is_timed = |line: &&&[u8]| is_timed(line);
        let may_follow = match lines.iter().filter(is_timed).count() * 2 > lines.len() {
            true => head.bytes().len() < FARTHEST,
            false => head.bytes().len() < SAMPLE && !has_address(&lines, options),
        };
        let is_prose =
            lines.is_empty() || lines.iter().any(|line| line.trim_ascii().contains(&b' '));
        if !may_follow || !is_prose || !head.grow() {
            return None;
        }
    }
}

/// The whole lines of `head` that are neither blank nor comments.
fn first_lines<'h>(head: &'h Head<'_>) -> Vec<&'h [u8]> {
    let bytes = &head.bytes()[lines::bom(head.bytes())..];
    let mut rest = bytes;
    let mut found = Vec::new();
    while found.len() < MOST_LINES && !rest.is_empty() {
        let (end, next) = match lines::line_end(rest, head.is_whole()) {
            Some(ends) => ends,
            None if head.is_whole() => (rest.len(), rest.len()),
            None => break,
        };
        let line = lines::without_zeros(&rest[..end]);
        if !line.trim_ascii().is_empty() && !line.starts_with(b"#") {
            found.push(line);
        }
        rest = &rest[next..];
    }
    found
}

/// The dialect in which most of `lines` are that each are known to be a line of some log.
pub(super) fn most(lines: &[&[u8]], options: &Options) -> Option<Found> {
    let (pairs, messages) = (Names::new(options), Names::new(options));
    let dialects = [
        Dialect::Dump,
        Dialect::Filterlog,
        Dialect::Web,
        Dialect::Pairs(pairs),
        Dialect::Messages(messages),
    ];
    let counted =
        dialects.into_iter().map(|dialect| (Lines::of(lines, &dialect, options), dialect));
    // Of equals the first, which is read by a fixed place rather than by words.
    let (counts, dialect) = counted.rev().max_by_key(|(counts, _)| counts.records)?;
    let has_destination = counts.both > 0;
    (counts.records > 0).then_some(Found { dialect, has_destination })
}

/// The dialect of `lines`.
fn among(lines: &[&[u8]], options: &Options) -> Option<Found> {
    let found = |dialect, has_destination| Some(Found { dialect, has_destination });
    let read = |dialect: &Dialect| Lines::of(lines, dialect, options);

    if let Some(flows) = lines.iter().find_map(|line| Flows::of(line)) {
        return found(Dialect::Flows(flows), true);
    }
    if lines.iter().any(|line| sockets::is_header(line)) {
        return found(Dialect::Sockets, true);
    }
    let dump = read(&Dialect::Dump);
    // Names instead of addresses stand on either side of an arrow, but so does any word.
    if dump.both > 0 && 2 * dump.both >= dump.records {
        return found(Dialect::Dump, true);
    }
    let filter = read(&Dialect::Filterlog);
    if filter.records > 0 && filter.records >= filter.damaged {
        return found(Dialect::Filterlog, true);
    }
    let web = read(&Dialect::Web);
    if 2 * (web.records + web.damaged) > web.all {
        return found(Dialect::Web, web.both > 0);
    }
    let pairs = Dialect::Pairs(Names::new(options));
    let paired = read(&pairs);
    let messages = Dialect::Messages(Names::new(options));
    let marked = read(&messages);
    if !marked.is_log() {
        return None;
    }
    // What else such lines say is of any words.
    if paired.records * 10 >= marked.records * 9 {
        return found(pairs, paired.both > 0);
    }
    found(messages, marked.both > 0)
}

impl Lines {
    fn of(lines: &[&[u8]], dialect: &Dialect, options: &Options) -> Self {
        let context = Context { notation: options.notation, needs_facts: false };
        let mut counts = Self { all: lines.len(), ..Self::default() };
        for &line in lines {
            let is_timed = is_timed(line);
            counts.timed += usize::from(is_timed);
            let read = dialect.read(line, context);
            // A version such as 4.0.1.2 in a field looks like an address.
            let is_marked = matches!(&read, Line::Record(said) if said.source.cell.is_address() && said.destination.cell.is_address());
            counts.tabular += usize::from(!is_marked && is_tabular(line, options));
            match read {
                Line::Record(said) if said.has_address() => {
                    let [source, destination] = [&said.source, &said.destination];
                    let is_both = source.cell.is_address() && destination.cell.is_address();
                    counts.records += 1;
                    counts.both += usize::from(is_both);
                    counts.sure += usize::from(is_both || is_timed);
                }
                Line::Record(_) => counts.damaged += 1,
                Line::Unmarked => counts.unmarked += 1,
                Line::Start | Line::Other | Line::Nothing => {}
            }
        }
        counts
    }

    fn is_log(&self) -> bool {
        self.sure > 0
            && self.sure >= self.unmarked
            && 4 * self.tabular <= self.all
            && (2 * self.timed >= self.all || 2 * self.sure >= self.all)
    }
}

/// Whether `line` is the header of a table, perhaps of one that holds lines of a log.
fn is_header(line: &[u8], options: &Options) -> bool {
    let named = [&options.source_column, &options.destination_column];
    let is_timed = is_timed(line);
    let is_name = |cell: &[u8]| {
        let name = String::from_utf8_lossy(cell);
        let name = name.trim().trim_matches('"');
        // `Log` is also what a line of CEF calls its kind.
        let is_known = names::is_address(name) || !is_timed && may_hold(name);
        is_known
            || named
                .iter()
                .any(|named| named.as_ref().is_some_and(|named| names::is_same(named, name)))
    };
    cells(line).any(is_name)
}

/// The cells of `line` if it were one of a table.
fn cells(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(|byte| matches!(byte, b',' | b';' | b'|' | b'\t')).map(<[u8]>::trim_ascii)
}

/// Whether `line` is a row of a table or a line of a list.
fn is_tabular(line: &[u8], options: &Options) -> bool {
    let is_address = |cell: &[u8]| {
        let inner = cell.strip_prefix(b"\"").and_then(|cell| cell.strip_suffix(b"\""));
        let cell = inner.unwrap_or(cell);
        parse_cell(cell, options.notation).is_address()
    };
    let content = lines::content(line).unwrap_or_default();
    is_address(content.trim_ascii()) || cells(line).any(is_address)
}

/// Whether `line` begins as lines of logs do: with a time, or the priority of syslog; or is TShark's summary.
fn is_timed(line: &[u8]) -> bool {
    let front = &line[..line.len().min(FRONT)];
    let is_clock = |part: &[u8]| matches!(part, [a, b, b':', c, d] if [a, b, c, d].iter().all(|byte| byte.is_ascii_digit()));
    let digits = front.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let is_priority = matches!(front, [b'<', digit, ..] if digit.is_ascii_digit());
    is_priority || digits >= 10 || front.windows(5).any(is_clock) || is_summary(line)
}

/// Whether any of `lines` has an address.
fn has_address(lines: &[&[u8]], options: &Options) -> bool {
    lines.iter().any(|line| words(line).any(|word| within(word, options.notation).is_some()))
}
