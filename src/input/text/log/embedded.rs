//! Lines of logs that stand in the records of another format: in a field of objects, as Docker, journald and
//! CloudWatch keep them, or in a column of a table.

use std::sync::Arc;

use super::sample::{self, Found};
use super::{Context, Dialect, Line, record};
use crate::input::format::Parser;
use crate::input::message::excerpt;
use crate::input::names;
use crate::input::options::{Notation, Options};
use crate::input::read::block::{Block, MalformedInBlock};
use crate::input::record::{Cell, Record};
use crate::input::text::cell::parse_cell;
use crate::input::text::exact::Exact;
use crate::input::text::facts::FactColumns;
use crate::input::text::lines;
use crate::input::text::vpc;

/// The names of what holds a line, folded.
const NAMES: [&str; 8] = ["message", "msg", "log", "line", "text", "textpayload", "raw", "event"];

/// Whether a field or column named `name` may hold lines.
pub(crate) fn may_hold(name: &str) -> bool {
    // Names may be paths, or begin with a sign: _raw, @message.
    name.len() <= 64 && NAMES.contains(&names::fold(name).as_str())
}

/// How the lines are read.
#[derive(Debug)]
pub(crate) struct Embedded {
    form: Form,
    /// Whether the lines tell destinations from sources.
    pub has_destination: bool,
}

#[derive(Debug)]
enum Form {
    /// As rows of VPC flow logs in the order of version 2, whose columns these are.
    Vpc(FactColumns),
    Log(Box<Dialect>),
}

impl Embedded {
    /// How `lines` are read; `None` if they are those of no known log.
    pub fn of(lines: &[&[u8]], options: &Options) -> Option<Self> {
        if let Some(names) = lines.iter().find_map(|line| vpc::columns(line, options)) {
            let form = Form::Vpc(FactColumns::of(&names, options.needs_facts()));
            return Some(Self { form, has_destination: true });
        }
        let Found { dialect, has_destination } = sample::most(lines, options)?;
        Some(Self { form: Form::Log(Box::new(dialect)), has_destination })
    }

    /// Adds what `line` says, if it says anything; returns whether it does. `place` says where it stands.
    pub fn add(
        &self,
        line: &[u8],
        block: &mut Block,
        place: &dyn Fn() -> MalformedInBlock,
    ) -> bool {
        let notation = block.wanted().notation;
        let record = match &self.form {
            Form::Vpc(facts) => vpc_record(line, facts, notation, block),
            Form::Log(dialect) => {
                let context = Context { notation, needs_facts: block.wanted().needs_facts() };
                match dialect.read(line.trim_ascii_end(), context) {
                    Line::Record(said) => Some(record(&said, line, false, context)),
                    Line::Unmarked => Some(Record::of(Cell::Malformed, Cell::Malformed)),
                    _ => None,
                }
            }
        };
        let Some(record) = record else { return false };
        block.add(&record, |_| MalformedInBlock { value: excerpt(line), ..place() });
        true
    }
}

/// What a row of a VPC flow log says; `None` if it is none.
fn vpc_record(
    line: &[u8],
    facts: &FactColumns,
    notation: Notation,
    block: &mut Block,
) -> Option<Record> {
    let cells: Vec<&[u8]> = line.trim_ascii().split(|&byte| byte == b' ').collect();
    let cells = cells.get(cells.len().checked_sub(vpc::COLUMNS)?..)?;
    let field = |at: usize| cells.get(at).copied().unwrap_or_default();
    let [source, destination] = vpc::SIDES.map(|at| parse_cell(field(at), notation));
    Some(Record {
        source,
        destination,
        packets: facts.packets(field, block),
        bytes: facts.bytes(field),
        is_answered: facts.is_answered(field),
        facts: facts.read(field, block),
    })
}

/// The rows of a table of which one column holds lines.
pub(crate) struct Rows {
    pub delimiter: u8,
    pub width: usize,
    /// The column of the lines, and its name.
    pub column: (usize, String),
    pub embedded: Embedded,
}

impl Parser for Rows {
    fn parse(&self, bytes: &[u8], is_last: bool, block: &mut Block) -> usize {
        let mut exact = Exact::new(self.delimiter);
        let mut at = 0;
        while at < bytes.len() {
            if let Some((0, next)) = lines::line_end(&bytes[at..], true) {
                block.passed += 1;
                at += next;
                continue;
            }
            let Some(row) = exact.read(&bytes[at..], is_last) else { return at };
            // A last row that has no line end and too few fields is truncated.
            if !row.has_end && row.fields < self.width {
                return at;
            }
            let (column, name) = &self.column;
            let line = if *column < row.fields { exact.field(*column) } else { b"" };
            let (number, offset) = (block.passed, at as u64);
            let place = || {
                let column = Some(name.clone());
                MalformedInBlock { number, offset, column, ..MalformedInBlock::default() }
            };
            if !self.embedded.add(line, block, &place) {
                block.add(&Record::of(Cell::NotIp, Cell::NotIp), |_| place());
            }
            block.passed += lines::count(&bytes[at..at + row.len]);
            at += row.len;
        }
        at
    }
}

/// The lines in `column` of the first rows of a table, which are `text`.
pub(crate) fn lines_of(text: &[u8], is_whole: bool, delimiter: u8, column: usize) -> Vec<Vec<u8>> {
    /// The most rows that are looked at.
    const MOST: usize = 200;
    let mut exact = Exact::new(delimiter);
    let (mut found, mut at) = (Vec::new(), 0);
    while found.len() < MOST && at < text.len() {
        if let Some((0, next)) = lines::line_end(&text[at..], true) {
            at += next;
            continue;
        }
        let Some(row) = exact.read(&text[at..], is_whole) else { break };
        if column < row.fields {
            found.push(exact.field(column).to_vec());
        }
        at += row.len;
    }
    found
}

/// The parser of such a table.
pub(crate) fn parser(
    delimiter: u8,
    names: &[String],
    column: usize,
    embedded: Embedded,
) -> Arc<dyn Parser> {
    let column = (column, names[column].clone());
    Arc::new(Rows { delimiter, width: names.len(), column, embedded })
}
