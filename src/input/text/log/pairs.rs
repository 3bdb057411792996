//! Names with values: `src=10.0.0.1 dst=10.0.0.2`, `src: 10.0.0.1; dst: 10.0.0.2`, `src="10.0.0.1"`. The
//! names are those of [`names`], and of two that are known the preferred one counts. What stands in the quotes
//! of another value is not looked at.

use std::collections::HashMap;
use std::ops::Range;

use memchr::{memchr, memchr2};

use super::endpoint::{Endpoint, leading};
use super::{Context, Line, Said};
use crate::input::names::{self, Field};
use crate::input::options::Options;
use crate::input::protocol::parse_protocol;
use crate::input::record::Cell;
use crate::input::text::cell::parse_cell;
use crate::input::text::facts::{parse_count, parse_port};
use crate::input::time::parse_time;

/// Bytes of the longest name that is looked up.
const LONGEST_NAME: usize = 40;

/// What a name says, and its rank among the names of its field: 0 is preferred.
type Known = (Field, usize);

/// The known names.
#[derive(Debug)]
pub(super) struct Names {
    known: HashMap<Vec<u8>, Vec<Known>>,
    /// The lengths of known names, as bits, by their first letter.
    lengths: [u64; 256],
}

impl Names {
    /// All of [`names`]; those that `options` give come first.
    pub fn new(options: &Options) -> Self {
        let mut names = Self { known: HashMap::new(), lengths: [0; 256] };
        let own = [
            (Field::Source, &options.source_column),
            (Field::Destination, &options.destination_column),
        ];
        for (field, name) in own {
            if let Some(name) = name {
                names.add(name, (field, 0));
            }
        }
        for (first, second) in names::FILLS {
            for (rank, (one, other)) in names::pairs(first).enumerate() {
                let of = [(one, first), (other, second)];
                for (name, field) in of {
                    if let Some(name) = name {
                        names.add(name, (field, rank + 1));
                    }
                }
            }
        }
        names
    }

    fn add(&mut self, name: &str, (field, rank): Known) {
        let name = names::fold(name).into_bytes();
        let Some(&first) = name.first().filter(|_| name.len() <= LONGEST_NAME) else { return };
        self.lengths[usize::from(first)] |= 1 << name.len();
        let known = self.known.entry(name).or_default();
        if !known.iter().any(|&(other, _)| other == field) {
            known.push((field, rank));
        }
    }

    /// What `name` says; nothing if it is not known.
    fn get(&self, name: &[u8]) -> &[Known] {
        let mut folded = [0; LONGEST_NAME];
        let mut len = 0;
        for byte in name.iter().filter(|byte| byte.is_ascii_alphanumeric()) {
            let Some(next) = folded.get_mut(len) else { return &[] };
            *next = byte.to_ascii_lowercase();
            len += 1;
        }
        if self.lengths[usize::from(folded[0])] >> len & 1 == 0 {
            return &[];
        }
        self.known.get(&folded[..len]).map_or(&[], Vec::as_slice)
    }
}

/// A value, and the rank of its name.
type Value<'l> = Option<(usize, &'l [u8])>;

/// The best values of a line, by field.
#[derive(Debug, Default)]
struct Values<'l> {
    of: [Value<'l>; names::FIELDS],
    /// The packets and bytes of the reply: conntrack writes its names twice.
    reply: [u64; 2],
    is_reply: bool,
    /// The day and the time of day, where these are two values.
    day: Option<&'l [u8]>,
    clock: Option<&'l [u8]>,
}

impl<'l> Values<'l> {
    fn get(&self, field: Field) -> Value<'l> {
        self.of[field as usize]
    }

    fn add(&mut self, (field, rank): Known, value: &'l [u8]) {
        let slot = &mut self.of[field as usize];
        match *slot {
            Some((best, _)) if best == rank => {
                self.is_reply |= field == Field::Source;
                let at = match field {
                    Field::Packets => 0,
                    Field::Bytes => 1,
                    _ => return,
                };
                if self.is_reply {
                    let count = parse_count(value).unwrap_or(0);
                    self.reply[at] = self.reply[at].saturating_add(count);
                }
            }
            Some((best, _)) if best < rank => {}
            _ => *slot = Some((rank, value)),
        }
    }

    fn count(&self, out: Field, back: Field, reply: u64) -> Option<u64> {
        let (rank, value) = self.get(out)?;
        let count = parse_count(value)?.saturating_add(reply);
        let back = self.get(back).filter(|&(other, _)| other == rank);
        let back = back.and_then(|(_, value)| parse_count(value)).unwrap_or(0);
        Some(count.saturating_add(back))
    }

    fn time(&self, context: Context) -> Option<i64> {
        let (_, value) = self.get(Field::Time)?;
        parse_time(value, context.notation)
            .or_else(|| parse_time(&[self.day?, b" ", self.clock?].concat(), context.notation))
    }
}

/// Reads the pairs of `line`.
pub(super) fn read<'l>(line: &'l [u8], names: &Names, context: Context) -> Line<'l> {
    let mut values = Values::default();
    let mut at = 0;
    while let Some(found) = memchr2(b'=', b':', &line[at..]) {
        let mark = at + found;
        let (value, next) = value(line, mark);
        at = next;
        let Some(range) = name(line, mark) else { continue };
        let name = &line[range.clone()];
        let mut known = names.get(name);
        if is_general(name) {
            let longer = names.get(with_word_before(line, range.clone()));
            known = if longer.is_empty() { known } else { longer };
        }
        // The packet that an ICMP error quotes.
        if line[..range.start].ends_with(b"[") && values.get(Field::Source).is_some() {
            break;
        }
        for &known in known {
            values.add(known, value);
        }
        if context.needs_facts {
            match name {
                b"date" => values.day = Some(value),
                b"time" => values.clock = Some(value),
                _ => {}
            }
        }
    }
    line_of(line, &values, context)
}

fn line_of<'l>(line: &'l [u8], values: &Values<'l>, context: Context) -> Line<'l> {
    let sides = [(Field::Source, Field::SourcePort), (Field::Destination, Field::DestinationPort)];
    let [source, destination] = sides.map(|(side, port)| {
        let Some((_, value)) = values.get(side) else { return Endpoint::missing() };
        let mut endpoint = endpoint(value, context);
        if context.needs_facts && endpoint.port.is_none() {
            endpoint.port = values.get(port).and_then(|(_, value)| parse_port(value));
        }
        endpoint
    });
    let is_number = |endpoint: &Endpoint<'_>| endpoint.text.first().is_some_and(u8::is_ascii_digit);
    let has_address = source.cell.is_address() || destination.cell.is_address();
    let is_damaged = [&source, &destination]
        .into_iter()
        .any(|endpoint| endpoint.cell == Cell::Malformed && is_number(endpoint));
    if !has_address && !is_damaged {
        return Line::Other;
    }
    let protocol = values.get(Field::Protocol).and_then(|(_, value)| parse_protocol(value));
    let is_tracked = context.needs_facts && values.is_reply && protocol.is_none();
    Line::Record(Said {
        source,
        destination,
        protocol: if is_tracked { leading_protocol(line) } else { protocol },
        packets: values.count(Field::Packets, Field::PacketsBack, values.reply[0]),
        bytes: values.count(Field::Bytes, Field::BytesBack, values.reply[1]),
        time: if context.needs_facts { values.time(context) } else { None },
    })
}

/// What `value` holds, which should be an address.
fn endpoint<'l>(value: &'l [u8], context: Context) -> Endpoint<'l> {
    match leading(value, context.notation) {
        Some((endpoint, _)) => endpoint,
        None => Endpoint { cell: parse_cell(value, context.notation), port: None, text: value },
    }
}

/// Where the name before the `=` or `:` at `mark` stands; `None` if there is none, or it is part of a URL or a
/// time.
fn name(line: &[u8], mark: usize) -> Option<Range<usize>> {
    let before = &line[..mark];
    // Huawei numbers its names: SrcIPAddr(1003)=10.0.0.1.
    let before = match before.strip_suffix(b")") {
        Some(inner) => {
            let digits =
                inner.iter().rev().take(8).take_while(|byte| byte.is_ascii_digit()).count();
            inner[..inner.len() - digits].strip_suffix(b"(")?
        }
        None => before.strip_suffix(b" ").unwrap_or(before),
    };
    let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let len = before.iter().rev().take(LONGEST_NAME).take_while(is_part).count();
    let range = before.len() - len..before.len();
    let is_nested = matches!(
        before[..range.start].last(),
        Some(b'?' | b'&' | b'/' | b':' | b'%' | b'@' | b'=')
    );
    (len > 0 && len < LONGEST_NAME && !is_nested).then_some(range)
}

/// Whether the word before `name` may belong to it, as in `Source IP: 10.0.0.1`.
fn is_general(name: &[u8]) -> bool {
    [&b"ip"[..], b"address", b"addr", b"port", b"host"]
        .iter()
        .any(|general| name.eq_ignore_ascii_case(general))
}

/// The name at `range` of `line` with the word before it.
fn with_word_before(line: &[u8], range: Range<usize>) -> &[u8] {
    let Some(before) = line[..range.start].strip_suffix(b" ") else { return &line[range] };
    let len = before.iter().rev().take(16).take_while(|byte| byte.is_ascii_alphanumeric()).count();
    &line[before.len() - len..range.end]
}

/// The value after the `=` or `:` at `mark`, and where the next name may begin.
fn value(line: &[u8], mark: usize) -> (&[u8], usize) {
    let is_spaced = line[mark] == b':' || line[..mark].ends_with(b" ");
    let blanks = line[mark + 1..].iter().take(if is_spaced { 2 } else { 0 });
    let mut start = mark + 1 + blanks.take_while(|&&byte| byte == b' ').count();
    for opening in [&b"\""[..], b"\\\"", b"'"] {
        if line[start..].starts_with(opening) {
            start += opening.len();
            // Without the second quote the first is part of a word.
            if let Some(len) = memchr(opening[opening.len() - 1], &line[start..]) {
                let value = &line[start..start + len];
                return (value.strip_suffix(b"\\").unwrap_or(value), start + len + 1);
            }
        }
    }
    let is_end =
        |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b';' | b',' | b'|' | b'^' | b')');
    let rest = &line[start..];
    let len = rest.iter().take(LONGEST_NAME * 2).position(is_end);
    (&rest[..len.unwrap_or(rest.len().min(LONGEST_NAME * 2))], mark + 1)
}

/// The protocol that conntrack writes before its pairs.
fn leading_protocol(line: &[u8]) -> Option<u8> {
    let words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let protocol = |word: &[u8]| super::words::protocol(word);
    words.take(5).filter(|word| !word.starts_with(b"ipv")).find_map(protocol)
}
